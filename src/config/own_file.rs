//! Reads a config file that can only be the user's own. It names programs that parlour runs (`password_command`) and
//! servers that it trusts, so nobody else may have written it (K-05): the file and its folder belong to the user, or to
//! root, and nobody else may write there. A file of the user's own that others may write is narrowed, and the user is
//! told. What is no file, or has no end, is not waited for.

use super::place::ConfigError;
use crate::words;
use rustix::fs::{Mode, OFlags};
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;

/// The longest config, in bytes.
const LONGEST: u64 = 1 << 20;
/// Others may write.
const WRITABLE: u32 = 0o022;
/// A folder in which nobody may touch the files of others, such as /tmp.
const STICKY: u32 = 0o1000;

/// A config that was read.
#[derive(Debug)]
pub struct OwnFile {
    /// What it says.
    pub text: String,
    /// Nobody but the user may read it.
    pub is_private: bool,
    /// Others could write it until now.
    pub was_wide: bool,
}

/// Reads it; `None` where there is none.
///
/// # Errors
/// When it cannot be read, or could be somebody else's.
pub fn read(path: &Path) -> Result<Option<OwnFile>, ConfigError> {
    let unreadable = |e: &dyn std::fmt::Display| ConfigError::Unreadable { file: path.into(), reason: e.to_string() };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(e) => return Err(unreadable(&io::Error::from(e))),
    };
    let meta = file.metadata().map_err(|e| unreadable(&e))?;
    let kind = meta.file_type();
    if kind.is_dir() || kind.is_fifo() || kind.is_socket() {
        return Err(unreadable(&words::config::not_a_file()));
    }
    let is_wide = meta.is_file() && meta.mode() & WRITABLE != 0;
    if meta.is_file() {
        let refused = owner(&meta)
            .or_else(|| folder(path))
            .or_else(|| (is_wide && !is_own(&meta)).then(words::config::file_is_open));
        if let Some(why) = refused {
            return Err(ConfigError::Unsafe { file: path.into(), why });
        }
    }
    if is_wide {
        file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(|e| unreadable(&e))?;
    }
    let mut bytes = Vec::new();
    (&file).take(LONGEST + 1).read_to_end(&mut bytes).map_err(|e| unreadable(&e))?;
    if bytes.len() as u64 > LONGEST {
        return Err(unreadable(&words::config::too_long()));
    }
    let text = String::from_utf8(bytes).map_err(|_| unreadable(&words::config::not_utf8()))?;
    let is_private = is_wide || meta.mode().trailing_zeros() >= 6;
    Ok(Some(OwnFile { text, is_private, was_wide: is_wide }))
}

fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}

fn is_own(meta: &Metadata) -> bool {
    meta.uid() == me()
}

/// What is wrong with the owner of a file. Root may do anything anyway.
fn owner(meta: &Metadata) -> Option<String> {
    (!is_own(meta) && meta.uid() != 0).then(words::config::file_is_foreign)
}

/// What is wrong with the folders that the file can be replaced in: that of the path, and where it is a link, that of the
/// file itself.
fn folder(path: &Path) -> Option<String> {
    let real = fs::canonicalize(path).ok();
    let folders = [Some(path), real.as_deref()].into_iter().flatten().filter_map(Path::parent);
    folders.map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder }).find_map(|folder| {
        let meta = fs::metadata(folder).ok()?;
        if !is_own(&meta) && meta.uid() != 0 {
            return Some(words::config::folder_is_foreign());
        }
        // A group of the user's own is what many systems give each user.
        let is_own_group = meta.gid() == rustix::process::getegid().as_raw();
        let others = if is_own_group { 0o002 } else { WRITABLE };
        (meta.mode() & others != 0 && meta.mode() & STICKY == 0).then(words::config::folder_is_open)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::config::{file_is_foreign, folder_is_foreign, folder_is_open};
    use std::os::unix::fs::{chown, symlink};
    use std::path::PathBuf;
    use std::process::Command;

    fn chmod(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn place() -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        fs::write(&file, "[ui]\n").unwrap();
        chmod(&file, 0o600);
        (dir, file)
    }

    fn refusal(path: &Path) -> String {
        match read(path) {
            Err(ConfigError::Unsafe { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn k05_a_config_of_somebody_else_is_refused() {
        let (dir, file) = place();
        assert!(read(&file).unwrap().is_some_and(|f| f.is_private && !f.was_wide && f.text == "[ui]\n"));
        if me() == 0 {
            for (what, why) in [(&file, file_is_foreign()), (&dir.path().to_owned(), folder_is_foreign())] {
                chown(what, Some(65534), None).unwrap();
                assert_eq!(refusal(&file), why);
                chown(what, Some(0), None).unwrap();
            }
            // By a link, whose target is somebody else's or lies in somebody else's folder.
            let (other, target) = place();
            let link = dir.path().join("link.toml");
            symlink(&target, &link).unwrap();
            assert!(read(&link).unwrap().is_some());
            for (what, why) in [(&target, file_is_foreign()), (&other.path().to_owned(), folder_is_foreign())] {
                chown(what, Some(65534), None).unwrap();
                assert_eq!(refusal(&link), why);
                chown(what, Some(0), None).unwrap();
            }
        }
        assert!(read(&dir.path().join("none")).unwrap().is_none());
    }

    #[test]
    fn k05_a_config_that_others_may_write_is_narrowed_and_told() {
        for mode in [0o666, 0o622, 0o660, 0o602] {
            let (_dir, file) = place();
            chmod(&file, mode);
            let found = read(&file).unwrap().unwrap();
            assert!(found.was_wide && found.is_private, "{mode:o}");
            assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
            assert!(!read(&file).unwrap().unwrap().was_wide);
        }
        for (mode, is_private) in [(0o644, false), (0o640, false), (0o400, true)] {
            let (_dir, file) = place();
            chmod(&file, mode);
            let found = read(&file).unwrap().unwrap();
            assert_eq!((found.was_wide, found.is_private), (false, is_private), "{mode:o}");
            assert_eq!(
                fs::metadata(&file).unwrap().mode() & 0o777,
                mode,
                "others may read it where the user wants that"
            );
        }
        let (dir, file) = place();
        chmod(dir.path(), 0o777);
        assert_eq!(refusal(&file), folder_is_open());
        chmod(dir.path(), 0o1777);
        assert!(read(&file).is_ok(), "as in /tmp, where nobody can replace it");
    }

    #[test]
    fn what_is_no_file_or_has_no_end_is_not_waited_for() {
        let (dir, file) = place();
        let pipe = dir.path().join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let socket = dir.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let link = dir.path().join("link");
        symlink(&pipe, &link).unwrap();
        for path in [&pipe, &link, &socket, &dir.path().to_owned(), &"/dev/zero".into(), &"/dev/urandom".into()] {
            let began = std::time::Instant::now();
            assert!(matches!(read(path), Err(ConfigError::Unreadable { .. })), "{}", path.display());
            assert!(began.elapsed() < std::time::Duration::from_secs(5), "{}", path.display());
        }
        assert!(read(Path::new("/dev/null")).unwrap().is_some_and(|f| f.text.is_empty()), "no settings at all");
        fs::write(&file, "#".repeat(LONGEST as usize + 1)).unwrap();
        assert!(matches!(read(&file), Err(ConfigError::Unreadable { .. })));
    }
}
