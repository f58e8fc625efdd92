//! The log's file. When it is longer than [`MAX`] it becomes the `.old` one, also while the program runs, so that both
//! together have a bound.

use crate::config::dirs::private_file;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The longest file, in bytes.
pub const MAX: u64 = 4 << 20;
/// The same for the levels that somebody asks for to find a fault.
pub const MAX_DETAILED: u64 = 32 << 20;

/// A file that is put aside when it is full.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    file: File,
    len: u64,
    max: u64,
}

impl LogFile {
    /// Opens it for the user alone; one that is full is put aside first. A pipe or a terminal has no end.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn open(path: &Path, max: u64) -> io::Result<Self> {
        let file = open(path)?;
        let meta = file.metadata()?;
        let max = if meta.is_file() { max } else { u64::MAX };
        let mut log = Self { path: path.to_owned(), file, len: if meta.is_file() { meta.len() } else { 0 }, max };
        if log.len > log.max {
            log.put_aside()?;
        }
        Ok(log)
    }

    fn put_aside(&mut self) -> io::Result<()> {
        let mut old = self.path.clone().into_os_string();
        old.push(".old");
        fs::rename(&self.path, PathBuf::from(old))?;
        self.file = open(&self.path)?;
        self.len = 0;
        Ok(())
    }

    /// Begins anew where the file is full, or is no longer what its path leads to.
    fn turn(&mut self, coming: usize) {
        if self.len.saturating_add(coming as u64) <= self.max || self.len == 0 {
            return;
        }
        if self.put_aside().is_err() {
            // The folder is gone, or nobody may write into it: the newest lines are worth more than the oldest.
            let _ = self.file.set_len(0);
            self.len = 0;
        }
    }
}

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.turn(bytes.len());
        let written = self.file.write(bytes)?;
        self.len = self.len.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn open(path: &Path) -> io::Result<File> {
    let file = private_file().append(true).open(path)?;
    if file.metadata()?.is_file() {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{FileTypeExt, MetadataExt};

    #[test]
    fn two_files_and_no_more_however_much_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut log = LogFile::open(&path, 1_000).unwrap();
        for n in 0..10_000 {
            writeln!(log, "line {n}").unwrap();
        }
        let len = |name: &str| fs::metadata(dir.path().join(name)).unwrap().len();
        assert!(len("log") <= 1_000 && len("log.old") <= 1_000);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
        let both = fs::read_to_string(dir.path().join("log.old")).unwrap() + &fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = both.lines().collect();
        assert_eq!(lines.last(), Some(&"line 9999"));
        assert!(lines.windows(2).all(|w| w[0].len() <= w[1].len() && w[0] < w[1]), "in order, none lost between");
        let mode = fs::metadata(&path).unwrap().mode() & 0o777;
        assert_eq!(mode, 0o600);
        // A full one is put aside at the start; one line that is longer than a file is still written.
        drop(log);
        let mut log = LogFile::open(&path, 10).unwrap();
        assert_eq!(len("log"), 0);
        log.write_all(&[b'x'; 500]).unwrap();
        assert_eq!(len("log"), 500);
    }

    #[test]
    fn without_its_folder_it_keeps_its_bound() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("state");
        fs::create_dir(&folder).unwrap();
        let mut log = LogFile::open(&folder.join("log"), 1_000).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        for n in 0..1_000 {
            writeln!(log, "line {n}").unwrap();
        }
        assert!(log.file.metadata().unwrap().len() <= 1_000);
    }

    #[test]
    fn what_is_no_file_has_no_end() {
        let mut log = LogFile::open(Path::new("/dev/null"), 10).unwrap();
        log.write_all(&[b'x'; 500]).unwrap();
        log.write_all(&[b'x'; 500]).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}
