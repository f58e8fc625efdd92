//! The walls between folders, file sizes and other rules of the house.
//!
//! One Cargo package has no walls of its own, so this test reads the sources. A rule that is in the
//! way is either wrong, then it is changed here with its reason, or right.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// No file is longer than this, its tests included.
const LINES_MAX: usize = 600;
/// Half of the files under `src` are not longer than this.
const MEDIAN_MAX: usize = 180;

/// Folder → what of ours it may import.
const MAY: &[(&str, &[&str])] = &[
    ("model", &["model"]),
    ("text", &["text"]),
    ("contract", &["contract", "model"]),
    ("state", &["state", "model"]),
    ("action", &["action", "model"]),
    ("config", &["config", "model", "action"]),
    ("xmpp", &["xmpp", "model", "contract", "text"]),
    ("store", &["store", "model", "contract", "text"]),
    ("slash", &["slash", "model", "state", "action", "text"]),
    ("update", &["update", "model", "contract", "state", "action", "slash", "text"]),
    ("ui", &["ui", "model", "state", "action", "slash", "text"]),
    ("playground", &["playground"]),
];

/// Crate → where it may be named.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("jid", &["xmpp/kit"]),
    ("rusqlite", &["store"]),
    ("ratatui", &["ui", "run"]),
    ("crossterm", &["run"]),
    ("minidom", &["xmpp", "playground"]),
    ("rxml", &["xmpp", "playground"]),
    (
        "tokio",
        &[
            "xmpp/session",
            "xmpp/connect",
            "xmpp/stream",
            "xmpp/mod.rs",
            "store",
            "playground",
            "run",
            "lib.rs",
            "main.rs",
        ],
    ),
    ("hyper", &["xmpp/connect/https.rs"]),
    ("serde_json", &["xmpp/kit"]),
    ("toml_edit", &["config", "run"]),
    ("keyring", &["run", "config"]),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Source files under `src`: the path below it, and the text without its tests and comments.
fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    files(&src)
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let code: String =
                code.lines().map(|l| l.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
            (path.strip_prefix(&src).unwrap().to_string_lossy().into_owned(), code)
        })
        .collect()
}

/// The folders of ours that a file imports: every first word after `crate::`, also in `use crate::{a, b}`.
fn imports(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0usize;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => {
                        found.insert(std::mem::take(&mut word));
                        break;
                    }
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.insert(std::mem::take(&mut word));
                    }
                    _ if depth == 0 => word.push(c),
                    _ => {}
                }
            }
        } else {
            found.insert(rest.to_owned());
        }
    }
    found
        .iter()
        .map(|w| w.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>())
        .filter(|w| !w.is_empty())
        .collect()
}

#[test]
fn walls_between_folders() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let Some((folder, _)) = path.split_once('/') else { continue };
        let Some((_, may)) = MAY.iter().find(|(f, _)| *f == folder) else { continue };
        for import in imports(&code) {
            if import.starts_with(|c: char| c.is_lowercase()) && !may.contains(&import.as_str()) {
                wrong.push(format!("src/{path} imports {import}"));
            }
        }
        if folder == "ui" && code.contains("slash::") && !code.contains("slash::manual") {
            wrong.push(format!("src/{path}: of slash, ui may use manual alone"));
        }
    }
    assert!(wrong.is_empty(), "walls:\n{}", wrong.join("\n"));
}

#[test]
fn crates_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        for (name, places) in ONLY_IN {
            let named = code.match_indices(&format!("{name}::")).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if named && !places.iter().any(|p| path.starts_with(p)) {
                wrong.push(format!("src/{path} names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "crates:\n{}", wrong.join("\n"));
}

#[test]
fn features_do_not_know_each_other() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        let Some(rest) = path.strip_prefix("xmpp/features/") else { continue };
        let Some((domain, _)) = rest.split_once('/') else { continue };
        for (at, _) in code.match_indices("features::") {
            let target = code[at + "features::".len()..].split("::").next().unwrap_or_default();
            if target != domain {
                wrong.push(format!("src/{path} imports features::{target}"));
            }
        }
    }
    assert!(wrong.is_empty(), "features:\n{}", wrong.join("\n"));
}

#[test]
fn no_circles_between_folders() {
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, code) in sources() {
        let Some((folder, _)) = path.split_once('/') else { continue };
        let into = imports(&code).into_iter().filter(|i| i != folder && root().join("src").join(i).is_dir());
        graph.entry(folder.to_owned()).or_default().extend(into);
    }
    // Take away folders that import nothing that is left, until none is left.
    while let Some(free) =
        graph.iter().find(|(_, to)| to.iter().all(|t| !graph.contains_key(t))).map(|(f, _)| f.clone())
    {
        graph.remove(&free);
    }
    assert!(graph.is_empty(), "a circle among: {graph:?}");
}

#[test]
fn files_stay_small() {
    let mut long = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for path in files(&root().join(folder)) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            if lines > LINES_MAX {
                long.push(format!("{} has {lines} lines", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "longer than {LINES_MAX} lines:\n{}", long.join("\n"));
    let mut lengths: Vec<usize> =
        files(&root().join("src")).iter().map(|p| fs::read_to_string(p).unwrap().lines().count()).collect();
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= MEDIAN_MAX, "the median file has {median} lines, more than {MEDIAN_MAX}");
}

#[test]
fn every_file_says_what_it_is() {
    let mut silent = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for path in files(&root().join(folder)) {
            if !fs::read_to_string(&path).unwrap().starts_with("//!") {
                silent.push(path.display().to_string());
            }
        }
    }
    assert!(silent.is_empty(), "no //! at the top:\n{}", silent.join("\n"));
}

#[test]
fn state_is_owned_not_locked() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        for word in ["Mutex<", "RwLock<", "RefCell<"] {
            if code.contains(word) {
                wrong.push(format!("src/{path} uses {word}>"));
            }
        }
    }
    assert!(wrong.is_empty(), "a shared thing gets an owner and a channel:\n{}", wrong.join("\n"));
}

#[test]
fn sql_is_never_made_by_formatting() {
    let mut wrong = Vec::new();
    for (path, code) in sources() {
        for (at, _) in code.match_indices("format!(") {
            let head: String = code[at..].chars().take(60).collect::<String>().to_uppercase();
            if ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|w| head.contains(&format!("\"{w}"))) {
                wrong.push(format!("src/{path}: {head}"));
            }
        }
    }
    assert!(wrong.is_empty(), "bound parameters only:\n{}", wrong.join("\n"));
}

#[test]
fn messages_are_made_in_one_place() {
    let mut wrong = Vec::new();
    for (path, code) in sources().into_iter().filter(|(path, _)| path != "model/message.rs") {
        for (at, found) in code.match_indices("Message {") {
            let is_part_of_a_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let inside = code[at + found.len()..].trim_start();
            let after = inside.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            let names_a_field = after.len() < inside.len() && after.starts_with([':', ',']) && !after.starts_with("::");
            if names_a_field && !is_part_of_a_word {
                wrong.push(format!("src/{path}: {}", &code[at..].lines().take(2).collect::<String>()));
            }
        }
    }
    assert!(wrong.is_empty(), "Message::new, so that a new field changes one file:\n{}", wrong.join("\n"));
}
