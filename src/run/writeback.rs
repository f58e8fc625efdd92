//! Changes to the config file that keep the user's comments and order: parse, change, write a new file beside it
//! (0600), then rename it into place.

use crate::config::dirs::{private_dir, put_whole};
use crate::config::{Dirs, strengths};
use crate::model::{AccountId, AccountSettings, BareJid, Strength};
use crate::words;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use toml_edit::{DocumentMut, Item, Table, Value};

/// Why the config was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteBackError {
    /// The file is no TOML now; it is left alone.
    #[error("{}", crate::words::config::has_fault(.0))]
    Faulty(String),
    /// It cannot be read or written.
    #[error("{}", crate::words::config::not_changed(.0))]
    Io(#[from] io::Error),
    /// The folder cannot be made.
    #[error("{}", crate::words::config::not_written(.0))]
    Dirs(#[from] crate::config::DirsError),
}

/// A change to the config.
#[derive(Debug, Clone, PartialEq)]
pub enum ConfigChange {
    /// Put this account in, or change it. Its password keys are left as they are.
    Account(Box<AccountSettings>),
    /// Take this account out.
    Forget(AccountId),
    /// Set a dotted key to what the user typed; take it out where `None`.
    Setting(String, Option<String>),
}

/// What is to be kept in one of the program's files.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// In the config.
    Config(ConfigChange),
    /// What was learned of a server's strength; `None` forgets it.
    Strength(AccountId, Option<Box<Strength>>),
}

impl Kept {
    /// Writes it.
    ///
    /// # Errors
    /// In words; the file is as it was.
    pub fn write(&self, dirs: &Dirs, resource: &str) -> Result<(), String> {
        match self {
            Self::Config(change) => write(&dirs.config_file, resource, change).map_err(|e| e.to_string()),
            Self::Strength(id, strength) => {
                strengths::save(&dirs.strengths_file(), id, strength.as_deref()).map_err(|e| {
                    let source = std::error::Error::source(&e).map_or_else(String::new, |s| format!(": {s}"));
                    words::config::strengths_not_kept(e, &source)
                })
            }
        }
    }
}

/// Writes a change into the config. `resource` is the profile's own, which need not be written.
///
/// # Errors
/// The file is as it was.
pub fn write(path: &Path, resource: &str, change: &ConfigChange) -> Result<(), WriteBackError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e.into()),
    };
    let mut document: DocumentMut = text.parse().map_err(|e: toml_edit::TomlError| {
        WriteBackError::Faulty(e.message().lines().next().unwrap_or_default().to_owned())
    })?;
    match change {
        ConfigChange::Account(settings) => account(&mut document, settings, resource),
        ConfigChange::Forget(id) => {
            if let Some(accounts) = document.get_mut("accounts").and_then(Item::as_table_like_mut) {
                let name = as_written(accounts, id);
                accounts.remove(&name);
            }
        }
        ConfigChange::Setting(key, value) => setting(&mut document, key, value.as_deref()),
    }
    replace(path, document.to_string().as_bytes())
}

/// The table of that name, made where it is missing.
fn table<'d>(
    parent: &'d mut dyn toml_edit::TableLike,
    name: &str,
    is_header_shown: bool,
) -> Option<&'d mut dyn toml_edit::TableLike> {
    if parent.get(name).is_none_or(|item| !item.is_table_like()) {
        let mut made = Table::new();
        made.set_implicit(!is_header_shown);
        parent.insert(name, Item::Table(made));
    }
    parent.get_mut(name).and_then(Item::as_table_like_mut)
}

/// The account's name as it stands in the table; as it will, where it does not yet. The user may have written it in capitals.
fn as_written(accounts: &dyn toml_edit::TableLike, id: &AccountId) -> String {
    let is_it = |name: &&str| BareJid::parse(name).is_ok_and(|jid| jid == *id.jid());
    let mut names = accounts.iter().map(|(name, _)| name);
    names.find(is_it).unwrap_or(id.jid().as_str()).to_owned()
}

fn account(document: &mut DocumentMut, settings: &AccountSettings, resource: &str) {
    let Some(accounts) = table(document.as_table_mut(), "accounts", false) else { return };
    let name = as_written(accounts, &settings.id);
    let Some(account) = table(accounts, &name, true) else { return };
    let text = |t: &Option<String>| t.as_deref().map(Value::from);
    let flag = |is: bool| is.then(|| Value::from(true));
    let path = |p: &Option<PathBuf>| p.as_ref().map(|p| Value::from(p.to_string_lossy().into_owned()));
    let ca_file = path(&settings.ca_file);
    let own_resource = (settings.resource != resource).then(|| Value::from(settings.resource.as_str()));
    for (key, value) in [
        ("host", text(&settings.host)),
        ("port", settings.port.map(|p| Value::from(i64::from(p)))),
        ("direct_tls", flag(settings.direct_tls)),
        ("ca_file", ca_file),
        ("socks5", settings.socks5.as_ref().map(|s| Value::from(s.to_config()))),
        ("pins", (!settings.pins.is_empty()).then(|| settings.pins.iter().map(String::as_str).collect())),
        ("client_certificate", path(&settings.client_certificate)),
        ("client_key", path(&settings.client_key)),
        ("guest", flag(settings.is_guest)),
        ("allow_plain", flag(settings.allow_plain)),
        ("resource", own_resource),
        ("nick", text(&settings.nick)),
    ] {
        put(account, key, value);
    }
}

/// Sets a value and keeps the comment behind it.
fn put(table: &mut dyn toml_edit::TableLike, key: &str, value: Option<Value>) {
    let Some(mut value) = value else {
        table.remove(key);
        return;
    };
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

fn setting(document: &mut DocumentMut, key: &str, value: Option<&str>) {
    let mut parts: Vec<&str> = key.split('.').collect();
    let Some(name) = parts.pop() else { return };
    let mut place: &mut dyn toml_edit::TableLike = document.as_table_mut();
    for part in parts {
        match table(place, part, true) {
            Some(inner) => place = inner,
            None => return,
        }
    }
    put(place, name, value.map(typed));
}

/// What was typed as the value that it looks like.
fn typed(text: &str) -> Value {
    match (text.parse::<bool>(), text.parse::<i64>()) {
        (Ok(flag), _) => flag.into(),
        (Err(_), Ok(number)) => number.into(),
        (Err(_), Err(_)) => text.into(),
    }
}

/// Puts a file in place whole. A link stays a link: what it points at is replaced.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), WriteBackError> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let folder =
        target.parent().filter(|p| !p.as_os_str().is_empty()).map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    if !folder.exists() {
        private_dir(&folder)?;
    }
    Ok(put_whole(&target, bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn settings() -> AccountSettings {
        let mut settings = AccountSettings::new(AccountId(BareJid::parse("a@b.example").unwrap()), "parlour-1".into());
        settings.host = Some("127.0.0.1".to_owned());
        settings.port = Some(5222);
        settings.pins = vec![format!("sha256:{}", "0f".repeat(32))];
        settings
    }

    #[test]
    fn a_new_file_is_private_and_reads_back() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("new/config.toml");
        write(&path, "parlour-1", &ConfigChange::Account(Box::new(settings()))).unwrap();
        write(&path, "parlour-1", &ConfigChange::Setting("ui.people_width".into(), Some("16".into()))).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains("[accounts.\"a@b.example\"]") && !text.contains("resource"), "{text}");
        let (config, warnings) = crate::config::Config::load(&path, "parlour-1").unwrap();
        assert_eq!(config.accounts[0].settings, settings());
        assert!(warnings.iter().all(|w| !w.line().contains("accounts")), "{warnings:?}");
    }

    #[test]
    fn comments_order_and_passwords_stay() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("config.toml");
        let text =
            "# mine\n[accounts.\"a@b.example\"] # home\nport = 1 # odd\npassword_command = [\"pass\"]\nhost = \"x\"\n";
        fs::write(&path, text).unwrap();
        write(&path, "parlour-1", &ConfigChange::Account(Box::new(settings()))).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "# mine\n[accounts.\"a@b.example\"] # home\nport = 5222 # odd\npassword_command = [\"pass\"]\nhost = \"127.0.0.1\"\npins = [\"sha256:0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f\"]\n"
        );
        write(&path, "parlour-1", &ConfigChange::Forget(settings().id)).unwrap();
        assert!(!fs::read_to_string(&path).unwrap().contains("a@b"));
    }

    #[test]
    fn an_account_is_changed_where_the_user_wrote_it() {
        for name in ["A@B.example", "ａ@b.example"] {
            let root = tempfile::tempdir().unwrap();
            let path = root.path().join("config.toml");
            fs::write(&path, format!("[accounts.\"{name}\"]\nport = 1\n")).unwrap();
            write(&path, "parlour-1", &ConfigChange::Account(Box::new(settings()))).unwrap();
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(name) && text.matches("[accounts").count() == 1, "{text}");
            write(&path, "parlour-1", &ConfigChange::Forget(settings().id)).unwrap();
            assert!(!fs::read_to_string(&path).unwrap().contains("accounts"));
        }
    }

    #[test]
    fn a_faulty_file_and_a_link_are_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let (real, link) = (root.path().join("real.toml"), root.path().join("config.toml"));
        fs::write(&real, "oops = = 1\n").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let change = ConfigChange::Setting("ui.bell".into(), Some("false".into()));
        assert!(matches!(write(&link, "r", &change), Err(WriteBackError::Faulty(_))));
        fs::write(&real, "").unwrap();
        write(&link, "r", &change).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "[ui]\nbell = false\n");
    }
}
