//! Generated files are up to date; `UPDATE_DOCS=1` rewrites them. Each is made from the table that the program itself
//! reads, so nothing is written twice. The pages that people write are checked in `docs/papers.rs`.

mod papers;

use parlour::{cli, config, slash::manual, standards};
use std::{collections::BTreeSet, fs, path::PathBuf};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn is_update() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some_and(|v| v == "1")
}

/// Fails unless the file holds exactly this; with `UPDATE_DOCS=1`, writes it.
fn keep(name: &str, wanted: &str) {
    let file = path(name);
    if is_update() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, wanted).unwrap();
        return;
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    if there != wanted {
        let line = there.lines().zip(wanted.lines()).take_while(|(a, b)| a == b).count() + 1;
        panic!("{name} is out of date from line {line} on; UPDATE_DOCS=1 cargo test --test all docs rewrites it");
    }
}

/// The table of standards.
fn standards_markdown() -> String {
    let mut out = String::from("| standard | title | version | support |\n| --- | --- | --- | --- |\n");
    for s in standards::all() {
        out.push_str(&format!("| {} | {} | {} | {:?} |\n", s.name, s.title, s.version, s.support));
    }
    out
}

#[test]
fn the_manual_page() {
    let mut page = Vec::new();
    cli::write_man(&mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    for section in ["NAME", "SYNOPSIS", "OPTIONS", "COMMANDS", "KEYS", "SETTINGS"] {
        assert!(page.contains(&format!("\n.SH {section}\n")), "{section}");
    }
    keep("assets/parlour.1", &page);
}

#[test]
fn shell_completions() {
    use clap_complete::Shell::{Bash, Fish, Zsh};
    for (shell, name) in [(Bash, "parlour.bash"), (Zsh, "_parlour"), (Fish, "parlour.fish")] {
        let mut script = Vec::new();
        cli::write_completions(shell, &mut script).unwrap();
        keep(&format!("assets/completions/{name}"), &String::from_utf8(script).unwrap());
    }
}

#[test]
fn the_example_config() {
    keep("config.example.toml", &config::example::example());
}

#[test]
fn the_reference() {
    let page = format!(
        "# Reference\n\nCommands, keys, settings and standards. This page is made from the program's own tables \
         (`UPDATE_DOCS=1 cargo test --test all docs`); `/help`, F1 and `/set` show the same.\n\n\
         ## Commands\n\n{}\n## Keys\n\nThe names are for `[keys.<where>]` in the config: `\"ctrl-k\" = \"switch\"`.\n\n{}\n\
         ## Settings\n\n{}\n## Standards\n\n{}",
        manual::commands_markdown(),
        manual::keys_markdown(),
        manual::settings_markdown(),
        standards_markdown(),
    );
    keep("docs/reference.md", &page);
}

/// What parlour speaks, for the lists of clients that read DOAP (XEP-0453).
#[test]
fn doap() {
    let mut out = String::from(
        "<?xml version='1.0' encoding='UTF-8'?>\n\
         <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://usefulinc.com/ns/doap#' \
         xmlns:xmpp='https://linkmauve.fr/ns/xmpp-doap#'>\n  <Project>\n    <name>parlour</name>\n    \
         <shortdesc xml:lang='en'>A terminal chat client for XMPP</shortdesc>\n    \
         <programming-language>Rust</programming-language>\n    <os>Linux</os>\n",
    );
    // Several rows may be parts of one document; DOAP names the document once.
    let all = standards::all();
    let rfcs: BTreeSet<&str> =
        all.iter().filter_map(|s| s.name.strip_prefix("RFC ")?.split_whitespace().next()).collect();
    for number in rfcs {
        out.push_str(&format!("    <implements rdf:resource='https://www.rfc-editor.org/rfc/rfc{number}'/>\n"));
    }
    for s in all.iter().filter(|s| !s.name.contains('§')) {
        let Some(number) = s.name.strip_prefix("XEP-") else { continue };
        let status = format!("{:?}", s.support).to_lowercase();
        out.push_str(&format!(
            "    <implements>\n      <xmpp:SupportedXep>\n        \
             <xmpp:xep rdf:resource='https://xmpp.org/extensions/xep-{number}.html'/>\n        \
             <xmpp:status>{status}</xmpp:status>\n        <xmpp:version>{}</xmpp:version>\n      \
             </xmpp:SupportedXep>\n    </implements>\n",
            s.version
        ));
    }
    out.push_str("  </Project>\n</rdf:RDF>\n");
    keep("assets/doap.xml", &out);
}
