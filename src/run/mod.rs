//! The shell around the pure middle: terminal, channels, effects.
//!
//! One task, the app's, owns the state and the screen. It never waits for the network, the disk or the terminal:
//! whatever has to wait is a task or a thread of its own behind a bounded channel.

mod answers;
mod clipboard;
pub mod decode;
mod demo;
mod effects;
mod engines;
mod harden;
mod host;
mod input;
mod keyring;
mod language;
mod log;
mod network;
mod note;
mod osc;
mod programs;
mod secrets;
mod shell;
mod signals;
mod start;
mod suspend;
pub mod terminal;
mod waiting;
mod writeback;

use crate::{
    cli::{self, Args, Task},
    error::Fatal,
};
use shell::Ended;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;

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
            let engines = tokio::runtime::Builder::new_multi_thread()
                // What takes long (TLS roots, SCRAM, the keyring) has the pool's threads. A second worker would only
                // be woken for nothing.
                .worker_threads(1)
                .thread_name("parlour-worker")
                // A second line of defence against deep XML; the first is the wire's bound.
                .thread_stack_size(16 << 20)
                .enable_all()
                .build()
                .map_err(Fatal::Start)?;
            // The app's own thread waits for keys by itself: between a key and the screen nobody else is woken.
            let app = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Fatal::Start)?;
            let ended = app.block_on(start::chat(args, engines.handle().clone()));
            // A keyring that never answers must not hold the program back.
            app.shutdown_background();
            engines.shutdown_background();
            match ended? {
                Ended::Quit => Ok(()),
                Ended::IntoDemo => become_demo(),
            }
        }
    }
}

/// Begins anew as `parlour demo`, in place of this process: nothing of the first run is left in it.
fn become_demo() -> Result<(), Fatal> {
    let program = std::env::current_exe().map_err(Fatal::Start)?;
    Err(Fatal::Start(std::process::Command::new(program).arg("demo").exec()))
}

/// Prints a page. A reader that has seen enough (`| head`) is no fault.
fn print(page: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Fatal> {
    let mut bytes: Vec<u8> = Vec::new();
    page(&mut bytes)
        .and_then(|()| io::stdout().write_all(&bytes))
        .or_else(|e| if e.kind() == io::ErrorKind::BrokenPipe { Ok(()) } else { Err(Fatal::Print(e)) })
}
