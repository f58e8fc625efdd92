//! The folders: config, data (messages), state (log, resource name). They follow XDG on Linux, and each profile has its
//! own subfolder. Only the user may read them: they have mode 0700, and a folder that somebody else owns is refused.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Why a folder or file of parlour's own cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirsError {
    /// There is no home folder.
    #[error("{}", crate::words::config::no_home())]
    NoHome,
    /// It cannot be made or changed.
    #[error("{}", path.display())]
    Io {
        /// The path of the folder or file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// It belongs to another user.
    #[error("{}", crate::words::config::foreign_folder(path.display()))]
    Foreign {
        /// The path of the folder or file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("{}", crate::words::config::no_random())]
    Random,
}

/// The folders of one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dirs {
    /// The config file.
    pub config_file: PathBuf,
    /// Messages.
    pub data: PathBuf,
    /// The log and the resource's name.
    pub state: PathBuf,
}

impl Dirs {
    /// Finds and makes the folders of a profile. `config_file` replaces the profile's own file.
    ///
    /// # Errors
    /// No home, a folder that cannot be made, or one that is somebody else's.
    pub fn make(profile: Option<&str>, config_file: Option<PathBuf>) -> Result<Self, DirsError> {
        let dirs = Self::find(profile, config_file)?;
        for dir in [&dirs.data, &dirs.state] {
            private_dir(dir)?;
            narrow_files(dir);
        }
        Ok(dirs)
    }

    /// The profile's config, and everything else in a temporary folder.
    ///
    /// # Errors
    /// No home, or the folder cannot be used.
    pub fn without_history(
        profile: Option<&str>,
        config_file: Option<PathBuf>,
        root: &Path,
    ) -> Result<Self, DirsError> {
        let config_file = Self::find(profile, config_file)?.config_file;
        Ok(Self { config_file, ..Self::within(root)? })
    }

    /// The config's own folder is narrowed like the others, where it is there and the user's; whether what lies in it
    /// may be used is found out when that is read.
    fn find(profile: Option<&str>, config_file: Option<PathBuf>) -> Result<Self, DirsError> {
        let base = directories::ProjectDirs::from("", "", "parlour").ok_or(DirsError::NoHome)?;
        let state = base.state_dir().unwrap_or_else(|| base.data_local_dir());
        let of = |dir: &Path| match profile {
            Some(name) => dir.join("profiles").join(name),
            None => dir.to_path_buf(),
        };
        let config_dir = of(base.config_dir());
        let me = rustix::process::geteuid().as_raw();
        if config_file.is_none() && fs::metadata(&config_dir).is_ok_and(|m| m.uid() == me && m.mode() & 0o022 != 0) {
            let fail = |source| DirsError::Io { path: config_dir.clone(), source };
            fs::set_permissions(&config_dir, fs::Permissions::from_mode(0o700)).map_err(fail)?;
        }
        Ok(Self {
            config_file: config_file.unwrap_or_else(|| config_dir.join("config.toml")),
            data: of(base.data_dir()),
            state: of(state),
        })
    }

    /// All in one folder, for the playground.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn within(root: &Path) -> Result<Self, DirsError> {
        let dirs = Self { config_file: root.join("config.toml"), data: root.join("data"), state: root.join("state") };
        private_dir(&dirs.data)?;
        private_dir(&dirs.state)?;
        Ok(dirs)
    }

    /// The log file.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.state.join("parlour.log")
    }

    /// What was learned of servers' strength.
    #[must_use]
    pub fn strengths_file(&self) -> PathBuf {
        self.state.join("strengths.toml")
    }

    /// The resource to ask servers for: made once and kept, so that a server ends the half-open session
    /// of a parlour that died when the next one signs in, and two profiles never throw each other out.
    ///
    /// # Errors
    /// When it can neither be read nor written.
    pub fn resource(&self) -> Result<String, DirsError> {
        let path = self.state.join("resource");
        let fits = |t: &str| t.starts_with("parlour-") && t.len() <= 64 && t.chars().all(|c| c.is_ascii_graphic());
        if let Ok(text) = fs::read_to_string(&path)
            && fits(text.trim())
        {
            return Ok(text.trim().to_owned());
        }
        let mut bits = [0u8; 4];
        getrandom::fill(&mut bits).map_err(|_| DirsError::Random)?;
        let name = format!("parlour-{:08x}", u32::from_ne_bytes(bits));
        let fail = |source| DirsError::Io { path: path.clone(), source };
        let mut file = private_file().truncate(true).open(&path).map_err(fail)?;
        file.write_all(format!("{name}\n").as_bytes()).map_err(fail)?;
        Ok(name)
    }
}

/// Options that open a file for writing, made with mode 0600.
#[must_use]
pub fn private_file() -> fs::OpenOptions {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}

/// Puts a file in place whole: a new one (0600) is written beside it, to the disk, and takes its name.
///
/// # Errors
/// The file is as it was.
pub fn put_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

/// Makes a folder with mode 0700, narrows one that is wider, refuses one that is somebody else's.
///
/// # Errors
/// See [`DirsError`].
pub fn private_dir(path: &Path) -> Result<(), DirsError> {
    let fail = |source| DirsError::Io { path: path.to_path_buf(), source };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fail)?;
    let meta = fs::metadata(path).map_err(fail)?;
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return Err(DirsError::Foreign { path: path.to_path_buf() });
    }
    if meta.mode() & 0o077 != 0 {
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(fail)?;
    }
    Ok(())
}

/// Narrows the files of one of our folders that others may read or write: a copy from elsewhere, an old mask (K-05).
/// Whoever opens such a file afterwards tells what is wrong with it, so nothing is told here.
fn narrow_files(dir: &Path) {
    for path in fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.mode() & 0o077 != 0) {
            let _ = fs::set_permissions(&path, fs::Permissions::from_mode(0o600));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_the_users_alone_and_the_resource_stays() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("data")).unwrap();
        fs::set_permissions(root.path().join("data"), fs::Permissions::from_mode(0o777)).unwrap();
        let dirs = Dirs::within(root.path()).unwrap();
        let first = dirs.resource().unwrap();
        assert!(first.starts_with("parlour-") && first.len() == 16, "{first}");
        assert_eq!(dirs.resource().unwrap(), first);
        for (path, mode) in [(&dirs.data, 0o700), (&dirs.state, 0o700), (&dirs.state.join("resource"), 0o600)] {
            assert_eq!(fs::metadata(path).unwrap().mode() & 0o777, mode, "{}", path.display());
        }
        fs::write(dirs.state.join("resource"), "parlour-\u{9b}\n").unwrap();
        assert_ne!(dirs.resource().unwrap(), "parlour-\u{9b}");
    }
}
