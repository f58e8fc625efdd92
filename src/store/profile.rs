//! The profile's folder: its lock, its file modes, and what happens to damaged files.
//!
//! One process uses a profile at a time. The lock is one of the operating system's, so a killed process leaves none.
//! The locked file holds the process id, for the error message; a start that finds one there knows that the process
//! before it did not end cleanly.

use super::error::StoreError;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Read, Seek, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

/// The database's file name.
pub(super) const DATABASE: &str = "history.db";

/// The held lock of a profile; ends with the process at the latest.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
    /// The process before us left its pid: it did not end cleanly.
    pub was_unclean: bool,
}

impl Lock {
    /// Takes the profile. The folder must be there.
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("lock");
        let mut file = open_private(&path)?;
        let mut left = String::new();
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let pid = file.read_to_string(&mut left).ok().and_then(|_| left.trim().parse().ok());
                return Err(StoreError::InUse { dir: dir.to_owned(), pid });
            }
            Err(TryLockError::Error(source)) => return Err(StoreError::Io { path, source }),
        }
        // What was left may be no text at all: any rest says that the end was not clean.
        let was_unclean = file.read_to_string(&mut left).map_or(true, |n| n > 0);
        write_over(&mut file, &std::process::id().to_string()).map_err(StoreError::io(&path))?;
        Ok(Self { file, path, was_unclean })
    }

    /// Whether its path still leads to the file that is locked.
    pub(super) fn is_there(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        match (self.file.metadata(), fs::metadata(&self.path)) {
            (Ok(held), Ok(found)) => (held.dev(), held.ino()) == (found.dev(), found.ino()),
            (Ok(_), Err(error)) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
            (Err(_), _) => true,
        }
    }

    /// Marks a clean end and gives the profile free.
    pub(super) fn release(mut self) {
        // A mark that cannot be written costs the next start one check.
        let _ = write_over(&mut self.file, "");
        // A program that is being started may hold a copy of the file for a moment, before it becomes itself.
        let _ = self.file.unlock();
    }
}

fn write_over(file: &mut File, text: &str) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())
}

/// Makes the folder, for the user's eyes only.
pub(super) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(dir).map_err(StoreError::io(dir))?;
    restrict(dir, 0o700)
}

/// Makes the database's file and narrows what SQLite put beside it: it gives these files the mode of the first.
pub(super) fn make_private(path: &Path) -> Result<(), StoreError> {
    drop(open_private(path)?);
    for end in ["-wal", "-shm"] {
        let beside = with_end(path, end);
        if beside.exists() {
            restrict(&beside, 0o600)?;
        }
    }
    Ok(())
}

fn open_private(path: &Path) -> Result<File, StoreError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(StoreError::io(path))?;
    restrict(path, 0o600)?;
    Ok(file)
}

/// Sets a mode where it differs, whatever the umask was.
#[cfg(unix)]
pub(super) fn restrict(path: &Path, mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let now = fs::metadata(path).map_err(StoreError::io(path))?.permissions().mode() & 0o777;
    if now == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(StoreError::io(path))
}

/// Other systems keep a user's folders apart by themselves.
#[cfg(not(unix))]
pub(super) fn restrict(_path: &Path, _mode: u32) -> Result<(), StoreError> {
    Ok(())
}

/// A file name with something behind it.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Puts a damaged database aside, with what belongs to it; never deletes it. Tells where it is now.
pub(super) fn put_aside(path: &Path) -> Result<PathBuf, StoreError> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    let aside = (0..1000)
        .map(|n| if n == 0 { format!(".corrupt-{seconds}") } else { format!(".corrupt-{seconds}-{n}") })
        .map(|end| with_end(path, &end))
        .find(|p| !p.exists())
        .unwrap_or_else(|| with_end(path, ".corrupt"));
    fs::rename(path, &aside).map_err(StoreError::io(path))?;
    for end in ["-wal", "-shm"] {
        let beside = with_end(path, end);
        if beside.exists() {
            fs::rename(&beside, with_end(&aside, end)).map_err(StoreError::io(beside))?;
        }
    }
    let _ = fs::remove_file(damage_mark(path));
    Ok(aside)
}

/// While this file is there, the database was found damaged at run time.
pub(super) fn damage_mark(path: &Path) -> PathBuf {
    with_end(path, ".damaged")
}

/// Notes that the database is damaged, so that the next start puts it aside.
pub(super) fn mark_damaged(path: &Path) {
    // Where even this cannot be written, the next start finds the damage as this one did.
    let _ = fs::write(damage_mark(path), b"");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_the_pid_of_the_first() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::take(dir.path()).unwrap();
        assert!(!first.was_unclean);
        match Lock::take(dir.path()) {
            Err(StoreError::InUse { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("{other:?}"),
        }
        first.release();
        assert!(!Lock::take(dir.path()).unwrap().was_unclean);
        assert!(Lock::take(dir.path()).unwrap().was_unclean, "the one before was dropped without a release");
    }

    #[test]
    fn a_copy_of_the_file_in_a_program_that_is_being_started_holds_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let first = Lock::take(dir.path()).unwrap();
        let _inherited = first.file.try_clone().unwrap();
        first.release();
        assert!(Lock::take(dir.path()).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn wide_modes_are_narrowed() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("profile");
        fs::create_dir(&inner).unwrap();
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o777)).unwrap();
        let db = inner.join(DATABASE);
        fs::write(&db, b"").unwrap();
        fs::set_permissions(&db, fs::Permissions::from_mode(0o644)).unwrap();
        make_dir(&inner).unwrap();
        make_private(&db).unwrap();
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&inner), mode(&db)), (0o700, 0o600));
    }
}
