//! The threads of the store.

use super::error::StoreError;
use std::{
    path::Path,
    thread::{self, JoinHandle},
};

/// Starts a thread; `path` is named in the error where the system has no thread left.
pub(super) fn start(
    name: &str,
    path: &Path,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, StoreError> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map_err(StoreError::io(path))
}
