//! The file of what was learned about the strength of servers: `strengths.toml` in the state folder, readable by the
//! user alone (0600), one table per account. It is not in the database, so that a lost or restored database does not
//! make a weaker server look as if it had always been weak. Entries that this version does not know are kept.

use super::dirs::put_whole;
use crate::model::{AccountId, BareJid, Strength};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, io};
use toml_edit::{DocumentMut, Item, Table, value};

const HEAD: &str =
    "# What parlour learned of your servers. It asks before it signs in to one that is weaker than this.\n\n";

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StrengthsError {
    /// It cannot be read or written.
    #[error("{}", path.display())]
    Io {
        /// The path of the file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// It is no TOML.
    #[error("{}", crate::words::config::strengths_faulty(path.display(), reason))]
    Faulty {
        /// The path of the file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads the file; a missing one is empty. A faulty one is renamed, and the error is returned as well.
#[must_use]
pub fn load(path: &Path) -> (HashMap<AccountId, Strength>, Option<StrengthsError>) {
    match read(path) {
        Ok(document) => (strengths(&document), None),
        Err(error) => {
            if matches!(error, StrengthsError::Faulty { .. })
                && let Err(e) = fs::rename(path, path.with_extension("toml.faulty"))
            {
                tracing::warn!("{}: {e}", path.display());
            }
            (HashMap::new(), Some(error))
        }
    }
}

fn read(path: &Path) -> Result<DocumentMut, StrengthsError> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(StrengthsError::Io { path: path.into(), source }),
    };
    text.parse().map_err(|e: toml_edit::TomlError| StrengthsError::Faulty {
        path: path.into(),
        reason: e.message().lines().next().unwrap_or_default().to_owned(),
    })
}

fn strengths(document: &DocumentMut) -> HashMap<AccountId, Strength> {
    let mut all = HashMap::new();
    for (name, item) in document.as_table() {
        let (Ok(jid), Some(table)) = (BareJid::parse(name), item.as_table_like()) else { continue };
        let mut strength = Strength::default();
        for (fact, item) in table.iter() {
            if !strength.set(fact, item.as_str().unwrap_or_default()) {
                tracing::info!("{name}: {fact} is not known to this version");
            }
        }
        all.insert(AccountId(jid), strength);
    }
    all
}

/// Writes what is known of one account (`None`: forgets it). The file is replaced whole.
///
/// # Errors
/// The file is as it was.
pub fn save(path: &Path, id: &AccountId, strength: Option<&Strength>) -> Result<(), StrengthsError> {
    let mut document = read(path)?;
    // An older version may have written another form of the name.
    let is_it = |name: &&str| BareJid::parse(name).is_ok_and(|jid| jid == *id.jid());
    let names: Vec<String> = document.iter().map(|(name, _)| name).filter(is_it).map(str::to_owned).collect();
    let name = id.jid().as_str();
    for other in names.iter().filter(|other| *other != name) {
        if let Some(item) = document.remove(other).filter(|_| !document.contains_key(name)) {
            document.insert(name, item);
        }
    }
    match strength {
        None => drop(document.remove(name)),
        Some(strength) => {
            let table = document.entry(name).or_insert_with(|| Item::Table(Table::new()));
            if let Some(table) = table.as_table_like_mut() {
                let known: Vec<String> = table.iter().map(|(k, _)| k.to_owned()).collect();
                for name in known.iter().filter(|name| Strength::default().set(name, "")) {
                    table.remove(name);
                }
                for (name, text) in strength.facts() {
                    table.insert(name, value(text));
                }
            }
        }
    }
    let text = document.to_string();
    let head = if text.starts_with('#') { "" } else { HEAD };
    put_whole(path, format!("{head}{}", text.trim_start()).as_bytes())
        .map_err(|source| StrengthsError::Io { path: path.into(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Binding, Proof};
    use std::os::unix::fs::PermissionsExt;

    fn id(jid: &str) -> AccountId {
        AccountId(BareJid::parse(jid).unwrap())
    }

    #[test]
    fn what_was_learned_comes_back_and_is_the_users_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("strengths.toml");
        let (none, error) = load(&path);
        assert!(none.is_empty() && error.is_none());
        let strength =
            Strength { proof: Some(Proof::ScramSha256), binding: Some(Binding::Exporter), ..Strength::default() };
        save(&path, &id("a@b.example"), Some(&strength)).unwrap();
        save(&path, &id("b.example"), Some(&Strength::default())).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with(HEAD) && text.matches('#').count() == 1, "{text}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&path, text.replace("binding", "later = \"x\"\nbinding")).unwrap();
        let lower = Strength { binding: None, ..strength.clone() };
        assert_eq!(load(&path).0.get(&id("a@b.example")), Some(&strength));
        save(&path, &id("a@b.example"), Some(&lower)).unwrap();
        assert_eq!(load(&path).0.get(&id("a@b.example")), Some(&lower));
        assert!(fs::read_to_string(&path).unwrap().contains("later"));
        save(&path, &id("a@b.example"), None).unwrap();
        let (left, _) = load(&path);
        assert_eq!((left.len(), left.get(&id("b.example"))), (1, Some(&Strength::default())));
    }

    #[test]
    fn a_faulty_file_is_put_aside_and_told() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("strengths.toml");
        fs::write(&path, "oops = = 1\n").unwrap();
        let (none, error) = load(&path);
        assert!(none.is_empty() && error.unwrap().to_string().contains("strengths.toml.faulty"));
        assert!(root.path().join("strengths.toml.faulty").exists());
        save(&path, &id("a@b.example"), Some(&Strength::default())).unwrap();
    }
}
