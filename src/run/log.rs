//! The log file. Only the user may read it (0600); it never holds a password or the text of a stanza, and nobody can
//! make it grow without end.
//!
//! The engine redacts what it logs. Libraries are logged at `warn` and above, whatever level is set: one of them is
//! known to trace what it sends, passwords included.

mod file;
mod limit;

use crate::{cli::LogChoice, error::Fatal};
use file::{LogFile, MAX, MAX_DETAILED};
use limit::Limited;
use std::io::{self, Write};
use std::path::Path;
use tracing::Level;
use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::EnvFilter;

/// Lines that may wait to be written. Room for them is taken at the start, and the library's own measure is 4 MB.
const LINES: usize = 2048;

/// Dropped at the end of the program, it has written what still waits.
#[derive(Debug)]
pub struct LogGuard {
    _writing: WorkerGuard,
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        limit::end();
    }
}

/// Begins to log.
///
/// # Errors
/// When the file cannot be written.
pub fn begin(choice: Option<&LogChoice>, usual: &Path) -> Result<LogGuard, Fatal> {
    let (path, level) = match choice {
        None => (usual, Level::INFO),
        Some(LogChoice::Level(level)) => (usual, *level),
        Some(LogChoice::File(path)) => (path.as_path(), Level::DEBUG),
    };
    let max = if level > Level::INFO { MAX_DETAILED } else { MAX };
    let file = LogFile::open(path, max).map_err(|source| Fatal::Log { path: path.to_owned(), source })?;
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(LINES).finish(file);
    let filter = EnvFilter::new(format!("warn,parlour={level},hickory_resolver=error"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    let lines = lines.event_format(Limited::new()).with_writer(move || Lines(writer.clone()));
    // A second call in one process (tests) keeps the first subscriber.
    drop(lines.try_init());
    Ok(LogGuard { _writing: guard })
}

/// Passes lines on, but not the empty ones, which were left out.
struct Lines(NonBlocking);

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if line.is_empty() { Ok(0) } else { self.0.write(line) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
