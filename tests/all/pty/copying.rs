//! Copying: whoever takes the text has it, whoever fails or hangs is passed over, and parlour says which it was.

use super::harness::{Home, Plan, Term};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// A folder with a program of this name, before all others.
fn program(name: &str, script: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let search = format!("{}:/bin:/usr/bin", folder.path().display());
    (folder, search)
}

/// The demo with its guide open; its last message is copied.
fn copies(search: &str, env: &[(&str, &str)], told: &str) -> Term {
    let home = Home::new();
    let env: Vec<(&str, &str)> = env.iter().copied().chain([("PATH", search)]).collect();
    let mut term = Term::start(&home, &Plan { args: &["demo"], env: &env, size: (100, 30), ..Plan::default() });
    term.wait_for("● online");
    term.send("\x0bJuliet\r");
    term.wait_for("Write to Juliet");
    term.wait_until("a message", |s| !s.contents().contains("Loading messages") && s.contents().contains("Juliet "));
    term.send("/copy\r");
    term.wait_for(told);
    term
}

fn has_osc52(term: &Term) -> bool {
    term.raw.windows(7).any(|w| w == b"\x1b]52;c;")
}

fn taken(folder: &Path) -> String {
    fs::read_to_string(folder.join("taken")).unwrap_or_default()
}

#[test]
fn inside_tmux_its_buffer_has_the_text() {
    let (folder, search) = program("tmux", "test \"$*\" = 'load-buffer -w -' && cat >\"$(dirname \"$0\")/taken\"");
    let env = [("TMUX", "/nowhere,1,0"), ("DISPLAY", ":9"), ("SSH_CONNECTION", "a b c d")];
    let term = copies(&search, &env, "copied to the tmux buffer");
    assert!(!taken(folder.path()).is_empty() && !has_osc52(&term));
}

#[test]
fn an_old_tmux_has_it_too() {
    let script = "test \"$*\" = 'load-buffer -' && cat >\"$(dirname \"$0\")/taken\"";
    let (folder, search) = program("tmux", script);
    copies(&search, &[("TMUX", "/nowhere,1,0")], "copied to the tmux buffer");
    assert!(!taken(folder.path()).is_empty());
}

#[test]
fn on_a_desktop_its_program_has_it_and_through_ssh_it_is_not_asked() {
    let (folder, search) = program("xclip", "cat >\"$(dirname \"$0\")/taken\"");
    copies(&search, &[("DISPLAY", ":9")], "copied");
    assert!(!taken(folder.path()).is_empty());
    let (folder, search) = program("xclip", "cat >\"$(dirname \"$0\")/taken\"");
    let term = copies(&search, &[("DISPLAY", ":9"), ("SSH_CONNECTION", "a b c d")], "sent to the terminal");
    assert!(taken(folder.path()).is_empty() && has_osc52(&term));
}

#[test]
fn programs_that_fail_or_hang_are_passed_over() {
    for script in ["exit 1", "sleep 600", "exec <&-; sleep 600"] {
        let (_folder, search) = program("wl-copy", script);
        let mut term = copies(&search, &[("WAYLAND_DISPLAY", "wayland-9")], "sent to the terminal");
        assert!(has_osc52(&term), "{script}");
        term.quit();
    }
}
