//! The shell around the pure middle: terminal, channels, effects.
//!
//! One task, the app's, owns the state and the screen. It never waits for the network, the disk or the
//! terminal: what does is a task or a thread of its own behind a bounded channel.

#[expect(dead_code, reason = "the loop that uses it comes next")]
mod decode;
#[expect(dead_code, reason = "the loop that uses it comes next")]
mod harden;
#[expect(dead_code, reason = "the loop that uses it comes next")]
mod host;
#[expect(dead_code, reason = "the loop that uses it comes next")]
mod input;
#[expect(dead_code, reason = "the loop that uses it comes next")]
mod keyring;
#[expect(dead_code, reason = "the loop that uses it comes next")]
mod log;
#[expect(dead_code, reason = "the loop that uses it comes next")]
mod osc;
#[expect(dead_code, reason = "the loop that uses it comes next")]
mod signals;
pub mod terminal;
#[expect(dead_code, reason = "the loop that uses it comes next")]
mod writeback;

use crate::{
    cli::{self, Args, Task},
    config::{Config, Dirs},
    error::Fatal,
};
use std::io::{self, Write};

/// Runs the program.
///
/// # Errors
/// What ends it other than the user's wish.
pub fn run(args: Args) -> Result<(), Fatal> {
    // A second provider (tests in one process) is refused, which is as well.
    drop(rustls::crypto::ring::default_provider().install_default());
    harden::give_up_dumps();
    match &args.task {
        Some(Task::Man) => print(cli::write_man),
        Some(Task::Completions { shell }) => print(|out| cli::write_completions(*shell, out)),
        Some(Task::Demo) | None => {
            let dirs = Dirs::make(args.profile.as_deref(), args.config.clone())?;
            let _log = log::begin(args.log.as_ref(), &dirs.log_file())?;
            Config::load(&dirs.config_file, &dirs.resource()?)?;
            Ok(())
        }
    }
}

/// Prints a page. A reader that has seen enough (`| head`) is no fault.
fn print(page: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fatal> {
    let mut bytes: Vec<u8> = Vec::new();
    page(&mut bytes).and_then(|()| io::stdout().write_all(&bytes)).or_else(|e| match e.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(Fatal::Print(e)),
    })
}
