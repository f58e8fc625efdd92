//! What can go wrong with the store as a whole.

use std::path::PathBuf;

/// Why the store could not be opened, read or written. Its `Display` is fit for the user.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another parlour holds this profile.
    #[error("{}", crate::words::store::in_use(&dir.display().to_string(), *pid))]
    InUse {
        /// The profile's folder.
        dir: PathBuf,
        /// The other's process id, where the lock file names it.
        pid: Option<u32>,
    },
    /// A newer parlour wrote this file; it was not touched.
    #[error("{}", crate::words::store::newer(path.display(), *found, *known))]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest that we know.
        known: u32,
    },
    /// The file is a database, but none of ours.
    #[error("{}", crate::words::store::foreign())]
    Foreign,
    /// What the file says of its format is not true.
    #[error("{}", crate::words::store::misnumbered(.0))]
    Misnumbered(i64),
    /// The folder or a file in it cannot be used.
    #[error("{}", crate::words::store::cannot_use(path.display(), source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite failed.
    #[error("{}", crate::words::store::failed(.0))]
    Sql(#[from] rusqlite::Error),
}

impl StoreError {
    /// An IO error with its path.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        |source| Self::Io { path, source }
    }
}

/// Whether the file itself is no sound database.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(error.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// Whether trying again later may help: the disk is full, the file is locked or could not be reached.
pub(super) fn is_passing(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, ReadOnly, SystemIoFailure};
    matches!(
        error.sqlite_error_code(),
        Some(DiskFull | DatabaseBusy | DatabaseLocked | SystemIoFailure | CannotOpen | ReadOnly)
    )
}
