//! Whether the profile's files are still where they were opened. A database that was deleted or moved takes every write
//! as before, but what is written is gone with the program, or lies where nobody looks. So a thread that sleeps in the
//! kernel (inotify) has the writer ask here as soon as something in the folder, or a folder above it, was deleted or
//! moved; and where the kernel tells nothing, the writer asks before a transaction, some times a second. Nothing polls.

use super::error::StoreError;
use super::profile::{DATABASE, Lock, with_end};
use super::threads::start;
use crate::words;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use std::io::{PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// The files of an open profile.
#[derive(Debug)]
pub(super) struct Place {
    dir: PathBuf,
    lock: Lock,
    kept: Vec<Kept>,
}

/// A file, held without being opened: another descriptor of the database, closed, would give up SQLite's locks on it.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    held: OwnedFd,
}

impl Kept {
    fn hold(path: PathBuf) -> Result<Self, StoreError> {
        match rustix::fs::open(&path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()) {
            Ok(held) => Ok(Self { path, held }),
            Err(error) => Err(StoreError::Io { path, source: error.into() }),
        }
    }

    /// Whether its path still leads to it. What cannot be found out counts as there.
    fn is_there(&self) -> bool {
        match (rustix::fs::fstat(&self.held), rustix::fs::stat(&self.path)) {
            (Ok(held), Ok(found)) => (held.st_dev, held.st_ino) == (found.st_dev, found.st_ino),
            (Ok(_), Err(error)) => !matches!(error, Errno::NOENT | Errno::NOTDIR),
            (Err(_), _) => true,
        }
    }
}

impl Place {
    /// The files of this folder, whose database is open already.
    pub(super) fn new(dir: &Path, lock: Lock) -> Result<Self, StoreError> {
        let database = dir.join(DATABASE);
        let beside = ["-wal", "-shm"].map(|end| with_end(&database, end));
        let files = std::iter::once(database).chain(beside.into_iter().filter(|path| path.exists()));
        let kept = files.map(Kept::hold).collect::<Result<_, _>>()?;
        Ok(Self { dir: dir.to_owned(), lock, kept })
    }

    /// Whether all is where it was. A lock file that is gone alone is made and taken anew.
    ///
    /// # Errors
    /// What is the matter, for the user.
    pub(super) fn check(&mut self) -> Result<(), String> {
        if let Some(gone) = self.kept.iter().find(|file| !file.is_there()) {
            return Err(words::store::gone(gone.path.display()));
        }
        if !self.lock.is_there() {
            self.lock = Lock::take(&self.dir).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Gives the profile free, after a clean end.
    pub(super) fn release(self) {
        self.lock.release();
    }
}

/// The thread that hears of changes.
#[derive(Debug)]
pub(super) struct Watch {
    thread: JoinHandle<()>,
    /// Dropped to end it.
    end: PipeWriter,
}

impl Watch {
    /// Calls `changed` whenever one of the profile's files may have been deleted or moved, until it returns `false`.
    pub(super) fn start(dir: &Path, changed: impl FnMut() -> bool + Send + 'static) -> Result<Self, StoreError> {
        let (ended, end) = std::io::pipe().map_err(StoreError::io(dir))?;
        let news = listen(dir).inspect_err(|error| {
            tracing::info!("{} is looked at only when something is written: {error}", dir.display());
        });
        let thread = start("store-watch", dir, move || {
            if let Ok(news) = news {
                hear(&news, &ended, changed);
            }
        })?;
        Ok(Self { thread, end })
    }

    /// Ends it.
    pub(super) fn stop(self) {
        drop(self.end);
        // It has nothing to give back; a panic in it is in the log already.
        let _ = self.thread.join();
    }
}

fn listen(dir: &Path) -> rustix::io::Result<OwnedFd> {
    let news = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    let own = WatchFlags::DELETE | WatchFlags::MOVED_FROM | WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF;
    inotify::add_watch(&news, dir, own)?;
    let whole = std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_owned());
    for above in whole.ancestors().skip(1) {
        // One that may not be watched is looked at with the next write.
        let _ = inotify::add_watch(&news, above, WatchFlags::MOVE_SELF);
    }
    Ok(news)
}

fn hear(news: &OwnedFd, ended: &PipeReader, mut changed: impl FnMut() -> bool) {
    let mut buffer = [0; 4096];
    loop {
        let mut both = [PollFd::new(news, PollFlags::IN), PollFd::new(ended, PollFlags::IN)];
        match poll(&mut both, None) {
            Err(Errno::INTR) => continue,
            Err(_) => return,
            Ok(_) if !both[1].revents().is_empty() => return,
            Ok(_) => {}
        }
        // What exactly happened is not read: the writer looks for itself.
        while rustix::io::read(news, &mut buffer[..]).is_ok_and(|len| len > 0) {}
        if !changed() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn place(dir: &Path) -> Place {
        fs::write(dir.join(DATABASE), "x").unwrap();
        Place::new(dir, Lock::take(dir).unwrap()).unwrap()
    }

    #[test]
    fn what_was_deleted_moved_or_replaced_is_gone() {
        for what in ["deleted", "moved", "replaced", "folder moved", "folder deleted"] {
            let dir = tempfile::tempdir().unwrap();
            let profile = dir.path().join("profile");
            fs::create_dir(&profile).unwrap();
            let mut place = place(&profile);
            assert_eq!(place.check(), Ok(()));
            let database = profile.join(DATABASE);
            match what {
                "deleted" => fs::remove_file(&database).unwrap(),
                "moved" => fs::rename(&database, profile.join("other")).unwrap(),
                "replaced" => {
                    fs::write(profile.join("other"), "x").unwrap();
                    fs::rename(profile.join("other"), &database).unwrap();
                }
                "folder moved" => fs::rename(&profile, dir.path().join("elsewhere")).unwrap(),
                _ => fs::remove_dir_all(&profile).unwrap(),
            }
            assert!(place.check().is_err_and(|why| why.contains("deleted or moved")), "{what}");
            if what == "folder moved" {
                fs::rename(dir.path().join("elsewhere"), &profile).unwrap();
                assert_eq!(place.check(), Ok(()), "put back");
            }
        }
    }

    #[test]
    fn a_lost_lock_file_is_made_anew_unless_somebody_else_did() {
        let dir = tempfile::tempdir().unwrap();
        let mut place = place(dir.path());
        fs::remove_file(dir.path().join("lock")).unwrap();
        assert_eq!(place.check(), Ok(()));
        assert!(Lock::take(dir.path()).is_err(), "it is held");
        fs::remove_file(dir.path().join("lock")).unwrap();
        let _other = Lock::take(dir.path()).unwrap();
        assert!(place.check().is_err_and(|why| why.contains("another parlour")));
    }

    #[test]
    fn the_watch_hears_of_every_way_to_lose_the_folder() {
        for what in ["file", "folder", "above", "far above"] {
            let root = tempfile::tempdir().unwrap();
            let profile = root.path().join("a/b/profile");
            fs::create_dir_all(&profile).unwrap();
            let _place = place(&profile);
            let (tell, told) = std::sync::mpsc::channel();
            let watch = Watch::start(&profile, move || tell.send(()).is_ok()).unwrap();
            match what {
                "file" => fs::remove_file(profile.join(DATABASE)).unwrap(),
                "folder" => fs::remove_dir_all(&profile).unwrap(),
                "above" => fs::rename(root.path().join("a/b"), root.path().join("a/c")).unwrap(),
                _ => fs::rename(root.path().join("a"), root.path().join("d")).unwrap(),
            }
            assert!(told.recv_timeout(std::time::Duration::from_secs(10)).is_ok(), "{what}");
            watch.stop();
        }
    }
}
