//! The pages that people write: every link leads somewhere, every file and function that they name exists, and the README
//! stays short enough to be read.

use super::path;
use std::{collections::HashSet, fs, path::PathBuf};

/// The README is a first page. What is longer has its own page in `docs/`.
const README_MAX: usize = 12_000;

/// Every Markdown page of the repository, as paths from its root.
fn pages() -> Vec<String> {
    let mut pages = Vec::new();
    let mut folders = vec![PathBuf::from("."), "docs".into(), "docs/upstream".into(), "benches/peers".into()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(path(&folder.to_string_lossy())).unwrap() {
            let name = entry.unwrap().file_name();
            if PathBuf::from(&name).extension().is_some_and(|e| e == "md") {
                pages.push(folder.join(name).to_string_lossy().trim_start_matches("./").to_owned());
            }
        }
    }
    pages.sort();
    pages
}

/// The text without code blocks and code spans: what looks like a link there is none.
fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            out.extend(line.split('`').step_by(2));
            out.push('\n');
        }
    }
    out
}

/// What stands between backticks outside code blocks.
fn spans(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            out.extend(line.split('`').skip(1).step_by(2).map(str::to_owned));
        }
    }
    out
}

/// Whether a source defines a function or type of this name.
fn defines(source: &str, name: &str) -> bool {
    ["fn", "struct", "enum", "trait", "type", "const", "static"].iter().any(|kind| {
        let found = format!("{kind} {name}");
        source.match_indices(&found).any(|(at, _)| {
            let next = source[at + found.len()..].chars().next();
            !next.is_some_and(|c| c.is_alphanumeric() || c == '_')
        })
    })
}

/// The targets of `[words](target)` and `![words](target)`.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    let ends = prose.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    ends.map(|(target, _)| target.to_owned()).collect()
}

/// The names under which a page's headings can be linked to, as GitHub makes them.
fn anchors(text: &str) -> HashSet<String> {
    let headings = text.lines().filter_map(|l| l.strip_prefix('#')).map(|l| l.trim_start_matches('#').trim());
    headings
        .map(|h| h.to_lowercase().replace(' ', "-"))
        .map(|h| h.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect())
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    let pages = pages();
    assert!(pages.len() > 10, "{pages:?}");
    for page in &pages {
        let text = fs::read_to_string(path(page)).unwrap();
        let folder = path(page).parent().unwrap().to_owned();
        for link in links(&text).iter().filter(|l| !l.contains("://") && !l.starts_with("mailto:")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path(page) } else { folder.join(file) };
            let is_there = target.exists()
                && (anchor.is_empty() || fs::read_to_string(&target).is_ok_and(|t| anchors(&t).contains(anchor)));
            if !is_there {
                broken.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

#[test]
fn what_the_pages_name_exists() {
    let mut wrong = Vec::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = fs::read_to_string(path(page)).unwrap();
        let names = spans(&text);
        let is_path = |s: &&String| ["src/", "tests/", "docs/", "assets/", "benches/"].iter().any(|f| s.starts_with(f));
        let names: Vec<_> = names.iter().filter(is_path).filter(|s| !s.contains(['<', ' ', '*'])).collect();
        assert!(names.len() > 10, "{page}: {names:?}");
        for name in names {
            let (file, item) = name.split_once("::").map_or((name.as_str(), None), |(f, i)| (f, Some(i)));
            let is_there = match item {
                None => path(file).exists(),
                Some(item) => fs::read_to_string(path(file)).is_ok_and(|source| defines(&source, item)),
            };
            if !is_there {
                wrong.push(format!("{page} names {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "moved or renamed? Say where it is now:\n{}", wrong.join("\n"));
}

#[test]
fn the_readme_is_short() {
    let length = fs::read(path("README.md")).unwrap().len();
    assert!(length <= README_MAX, "README.md has {length} bytes, at most {README_MAX}; move something into docs/");
}

#[test]
fn what_is_a_link() {
    let text = "a [b](c.md#d) `[no](x)` ![e](f.png)\n```\n[no](y)\n```\n## Why `it` is, so\n";
    assert_eq!(links(text), ["c.md#d", "f.png"]);
    assert!(anchors(text).contains("why-it-is-so"));
    assert_eq!(spans(text), ["[no](x)", "it"]);
    assert!(defines("pub fn take(&mut self)", "take") && !defines("fn takes()", "take"));
}
