//! The log file. Only the user may read it (0600); it never holds a password or the text of a stanza.
//!
//! The engine redacts what it logs. Libraries are logged at `warn` and above, whatever level is set: one of them is
//! known to trace what it sends, passwords included.

use crate::{cli::LogChoice, config::dirs::private_file, error::Fatal};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tracing::Level;
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// At the start, a log longer than this (bytes) is put aside.
const KEEP_MAX: u64 = 4 << 20;

/// Lines that may wait to be written. Room for them is taken at the start, and the library's own measure is 4 MB.
const LINES: usize = 2048;

/// Begins to log. What the guard still holds is written when it is dropped.
///
/// # Errors
/// When the file cannot be written.
pub fn begin(choice: Option<&LogChoice>, usual: &Path) -> Result<WorkerGuard, Fatal> {
    let (path, level) = match choice {
        None => (usual.to_path_buf(), Level::INFO),
        Some(LogChoice::Level(level)) => (usual.to_path_buf(), *level),
        Some(LogChoice::File(path)) => (path.clone(), Level::DEBUG),
    };
    let fail = |source| Fatal::Log { path: path.clone(), source };
    if fs::metadata(&path).is_ok_and(|m| m.len() > KEEP_MAX) {
        let mut old = path.clone().into_os_string();
        old.push(".old");
        fs::rename(&path, PathBuf::from(old)).map_err(fail)?;
    }
    let file = private_file().append(true).open(&path).map_err(fail)?;
    narrow(&file).map_err(fail)?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(LINES).finish(file);
    let filter = EnvFilter::new(format!("warn,parlour={level},hickory_resolver=error"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer);
    // A second call in one process (tests) keeps the first subscriber.
    drop(lines.try_init());
    Ok(guard)
}

fn narrow(file: &fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    if file.metadata()?.is_file() { file.set_permissions(fs::Permissions::from_mode(0o600)) } else { Ok(()) }
}
