//! The check after an unclean end: SQLite's `quick_check`, in a thread of its own, some seconds after the start.

use super::error::StoreError;
use super::threads::start;
use super::{profile, schema};
use crate::contract::StoreNews;
use crate::words;
use rusqlite::InterruptHandle;
use std::{
    path::{Path, PathBuf},
    sync::mpsc::{self, RecvTimeoutError},
    thread::JoinHandle,
    time::Duration,
};
use tokio::sync::mpsc::Sender;

/// Until the program has drawn and signed in.
const REST: Duration = Duration::from_secs(3);

/// A check under way.
pub(super) struct Check {
    thread: JoinHandle<()>,
    /// Dropped to end the rest before the check.
    rest: mpsc::Sender<()>,
    interrupt: InterruptHandle,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Check")
    }
}

impl Check {
    /// Starts it; what it finds is told through `failures`, and the next start puts the file aside.
    pub(super) fn start(path: PathBuf, failures: Sender<StoreNews>) -> Result<Self, StoreError> {
        let conn = schema::open_reader(&path)?;
        let interrupt = conn.get_interrupt_handle();
        let (rest, rested) = mpsc::channel();
        let at = path.clone();
        let thread = start("store-check", &path, move || {
            if rested.recv_timeout(REST) == Err(RecvTimeoutError::Timeout)
                && let Some(found) = find_damage(&conn)
            {
                tell(&at, &found, &failures);
            }
        })?;
        Ok(Self { thread, rest, interrupt })
    }

    /// Ends it, also in the middle.
    pub(super) fn stop(self) {
        drop(self.rest);
        self.interrupt.interrupt();
        // It has nothing to give back; a panic in it is in the log already.
        let _ = self.thread.join();
    }
}

fn tell(path: &Path, found: &str, failures: &Sender<StoreNews>) {
    profile::mark_damaged(path);
    let _ = failures.try_send(StoreNews::Told(words::store::damaged(found, path.display())));
}

/// The first fault that SQLite names; `None` for a sound file, and when the check was ended.
fn find_damage(conn: &rusqlite::Connection) -> Option<String> {
    match conn.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)) {
        Ok(found) if found == "ok" => None,
        Ok(found) => Some(found),
        Err(error) if super::error::is_damage(&error) => Some(error.to_string()),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_sound_from_damaged() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("db");
        let (conn, _) = schema::open(&path).unwrap();
        assert_eq!(find_damage(&conn), None);
        drop(conn);
        let mut bytes = std::fs::read(&path).unwrap();
        // The head of the second page: an empty table.
        bytes[4096..4104].fill(0xee);
        std::fs::write(&path, bytes).unwrap();
        let conn = schema::open_reader(&path).unwrap();
        assert!(find_damage(&conn).is_some());
        let (failed, mut failures) = tokio::sync::mpsc::channel(1);
        tell(&path, "x", &failed);
        assert!(matches!(failures.try_recv().unwrap(), StoreNews::Told(words) if words.contains("damaged")));
        assert!(profile::damage_mark(&path).exists());
    }
}
