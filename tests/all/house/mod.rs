//! The walls between folders, file sizes and other rules of the house.
//!
//! One Cargo package has no walls of its own, so this test reads the sources. A rule that is in the
//! way is either wrong, then it is changed here with its reason, or right.

mod carrier;
mod graph;
mod types;
mod words;

use graph::Graph;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

/// Who takes what from whom in `src`.
static GRAPH: LazyLock<Graph> = LazyLock::new(|| Graph::read(&root().join("src")));

/// No file is longer than this, its tests included.
const LINES_MAX: usize = 600;
/// Half of the files under `src` are not longer than this.
const MEDIAN_MAX: usize = 180;

/// Folder → what of ours it may import.
const MAY: &[(&str, &[&str])] = &[
    ("model", &["model"]),
    ("text", &["text"]),
    ("words", &["words", "model", "text"]),
    ("contract", &["contract", "model"]),
    ("state", &["state", "model", "words"]),
    ("action", &["action", "model"]),
    ("config", &["config", "model", "action", "words"]),
    ("xmpp", &["xmpp", "model", "contract", "text", "clock.rs"]),
    ("store", &["store", "model", "contract", "text", "words"]),
    ("slash", &["slash", "model", "state", "action", "text", "words"]),
    ("update", &["update", "model", "contract", "state", "action", "slash", "text", "words"]),
    ("ui", &["ui", "model", "state", "action", "slash", "text", "words"]),
    ("playground", &["playground"]),
];

/// Crate → where it may be named.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("chrono", &["playground", "text/date.rs", "xmpp/kit/time.rs", "xmpp/connect/x509.rs", "run/shell.rs"]),
    ("tokio_xmpp", &["playground"]),
    ("rusqlite", &["store"]),
    ("ratatui", &["ui", "run"]),
    ("crossterm", &["run"]),
    ("minidom", &["xmpp", "playground"]),
    ("rxml", &["xmpp", "playground"]),
    (
        "tokio",
        &[
            "clock.rs",
            "xmpp/link.rs",
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

/// What of ours a feature may import, beside the shared files of its own domain.
const FEATURE_MAY: &[&str] = &["xmpp/feature.rs", "xmpp/kit/", "xmpp/stanza.rs", "model/", "contract/", "text/"];

/// Shared structs that stand in the file of a feature: to be moved into a shared file of the domain. May only shrink.
const SHARED_IN_A_FEATURE: &[&str] = &[];

/// Crates that a feature may name.
const FEATURE_CRATES: &[&str] = &["std", "minidom", "xmpp_parsers", "xso", "tracing"];

/// Circles of files that are still there. The list may only shrink.
const KNOWN_CIRCLES: &[&[&str]] = &[];

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

/// Source files under `src`, test modules left out: the path below it, and the text without its tests and comments.
fn sources() -> Vec<(String, String)> {
    let src = root().join("src");
    GRAPH
        .files
        .iter()
        .map(|path| {
            let text = fs::read_to_string(src.join(path)).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            let code: String =
                code.lines().map(|l| l.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n");
            (path.clone(), code)
        })
        .collect()
}

/// The folder of `src` that a file lies in, or the file itself.
fn folder(path: &str) -> &str {
    path.split_once('/').map_or(path, |(folder, _)| folder)
}

#[test]
fn walls_between_folders() {
    let mut wrong = Vec::new();
    for (from, to) in &GRAPH.edges {
        let Some((_, may)) = MAY.iter().find(|(f, _)| *f == folder(from)) else { continue };
        for (target, names) in to {
            let is_manual = target == "slash/manual.rs" || folder(from) != "ui" || folder(target) != "slash";
            if !may.contains(&folder(target)) || !is_manual {
                wrong.push(format!("src/{from} takes {names:?} from src/{target}"));
            }
        }
    }
    assert!(wrong.is_empty(), "walls:\n{}", wrong.join("\n"));
}

#[test]
fn crates_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for (path, crates) in &GRAPH.crates {
        for (name, places) in ONLY_IN {
            if crates.contains(*name) && !places.iter().any(|p| path.starts_with(p)) {
                wrong.push(format!("src/{path} names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "crates:\n{}", wrong.join("\n"));
}

/// A feature is a file (or folder) that stands alone: it sees what is in [`FEATURE_MAY`] and the shared files of its own
/// domain, never another feature.
#[test]
fn features_stand_alone() {
    let graph = &*GRAPH;
    let is_feature = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        path.starts_with("xmpp/features/") && (name.starts_with("xep") || name.starts_with("rfc"))
    };
    let mut wrong = Vec::new();
    for from in graph.files.iter().filter(|f| f.starts_with("xmpp/features/")) {
        let domain = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (target, names) in graph.edges.get(from).into_iter().flatten() {
            // The `mod.rs` of a domain lists its features.
            let is_list = from.ends_with("/mod.rs");
            let is_near = target.starts_with(domain) && (is_list || !is_feature(target));
            let is_known = SHARED_IN_A_FEATURE.contains(&target.as_str());
            if !is_near && !is_known && !FEATURE_MAY.iter().any(|p| target.starts_with(p)) {
                wrong.push(format!("src/{from} takes {names:?} from src/{target}"));
            }
        }
        for name in graph.crates.get(from).into_iter().flatten() {
            if !FEATURE_CRATES.contains(&name.as_str()) {
                wrong.push(format!("src/{from} names the crate {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "features:\n{}", wrong.join("\n"));
}

#[test]
fn no_circles_of_files() {
    let graph = &*GRAPH;
    let circles = graph.circles();
    let mut wrong = Vec::new();
    for circle in &circles {
        if !KNOWN_CIRCLES.iter().any(|known| circle.iter().all(|file| known.contains(&file.as_str()))) {
            wrong.push(graph.tell(circle));
        }
    }
    for file in KNOWN_CIRCLES.iter().copied().flatten() {
        if !circles.iter().flatten().any(|f| f == file) {
            wrong.push(format!("src/{file} is in no circle any more: take it off KNOWN_CIRCLES"));
        }
    }
    assert!(wrong.is_empty(), "files take from each other:\n{}", wrong.join("\n"));
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
    for (path, code) in
        sources().into_iter().filter(|(path, _)| path != "model/message.rs" && !path.starts_with("playground/"))
    {
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

/// What opens by itself must not take the keys of somebody who types: one file decides it for all overlays.
#[test]
fn overlays_are_opened_in_one_place() {
    let mut wrong = Vec::new();
    for (path, code) in sources().into_iter().filter(|(path, _)| path != "update/overlays/opening.rs") {
        for word in ["overlays.push(", "overlays.insert(", "overlays.extend(", "overlays.append(", ".overlays = "] {
            if code.contains(word) {
                wrong.push(format!("src/{path}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "overlays::opening::open, which asks whether they may:\n{}", wrong.join("\n"));
}
