//! Starts: the first one, the playground's, one with passwords, ones in odd surroundings.

use super::harness::{Home, KEY_MAX, Plan, Term};
use super::rogue::{After, Login, Rogue};
use crate::figures::figure;
use std::{cell::RefCell, fs, os::unix::fs::PermissionsExt, path::Path};

/// An account on a port where nobody listens.
const ACCOUNT: &str = "[accounts.\"romeo@montague.example\"]\nhost = \"127.0.0.1\"\nport = 9\n";

/// Everything below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn without_a_config_the_first_run_asks_for_an_account() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan::default());
    term.wait_for("Welcome.");
    // The keyring is looked for after the first frame.
    term.wait_for("no keyring");
    term.send("romeo@montague.example\t");
    term.wait_for("romeo@montague.example");
    term.quit();
    assert!(!home.config().exists(), "nothing is written before an account works");
}

#[test]
fn all_files_are_the_users_alone() {
    let home = Home::new();
    let mut term = Term::start(
        &home,
        &Plan {
            program: "sh",
            args: &["-c", "umask 000; exec \"$PARLOUR\""],
            env: &[("PARLOUR", env!("CARGO_BIN_EXE_parlour"))],
            ..Plan::default()
        },
    );
    term.wait_for("Welcome.");
    for path in files(home.path()) {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        // The folders that XDG names are the user's own affair; ours are below them.
        if path.components().any(|c| c.as_os_str() == "parlour") {
            assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
        }
    }
    term.quit();
}

#[test]
fn the_demo_needs_nothing_and_leaves_nothing() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan { args: &["demo"], size: (120, 36), ..Plan::default() });
    term.wait_for("online");
    term.wait_for("Juliet");
    term.quit();
    assert_eq!(files(home.path()), Vec::<std::path::PathBuf>::new(), "the user's own folders are not touched");
}

#[test]
fn two_cannot_have_one_profile() {
    let home = Home::new();
    let mut first = Term::start(&home, &Plan::default());
    first.wait_for("Welcome.");
    let mut second = Term::start(&home, &Plan::default());
    assert_eq!(second.wait_exit(), 1);
    assert!(second.screen().contents().contains("another parlour"), "{}", second.screen().contents());
    let mut other = Term::start(&home, &Plan { args: &["--profile", "other"], ..Plan::default() });
    other.wait_for("Welcome.");
    other.quit();
    first.quit();
}

#[test]
fn without_a_password_the_user_is_asked() {
    let home = Home::new().with_config(ACCOUNT);
    let mut term = Term::start(&home, &Plan::default());
    term.wait_for_box("Password of romeo@montague.example");
    term.send("\x1b");
    term.wait_until("the prompt is closed", |screen| !screen.contents().contains("Password of"));
    term.quit();
}

#[test]
fn a_password_command_has_the_terminal_before_the_screen() {
    let command = "password_command = [\"sh\", \"-c\", \"read line; echo got $line >&2; echo s3cret-of-$line\"]\n";
    let home = Home::new().with_config(&format!("{ACCOUNT}{command}"));
    let mut term = Term::start(&home, &Plan { args: &["--log", "trace"], ..Plan::default() });
    term.wait_for("asking sh for the password of romeo@montague.example");
    assert!(!term.screen().alternate_screen());
    term.send("mantua\n");
    // With a password it dials, and nobody is there.
    term.wait_until("the dial", |screen| screen.alternate_screen() && screen.contents().contains("cannot reach"));
    term.quit();
    assert!(term.screen().contents().contains("got mantua"), "the command spoke on the user's own screen");
    for path in files(home.path()).iter().filter(|p| p.is_file()) {
        let bytes = fs::read(path).unwrap();
        assert!(!bytes.windows(16).any(|w| w == b"s3cret-of-mantua"), "{} holds the password", path.display());
    }
}

#[test]
fn a_password_command_that_fails_is_told_and_the_user_is_asked() {
    let home = Home::new().with_config(&format!("{ACCOUNT}password_command = [\"false\"]\n"));
    let mut term = Term::start(&home, &Plan::default());
    term.wait_for_box("Password of romeo@montague.example");
    term.wait_for("false ended with");
    term.quit();
}

#[test]
fn a_faulty_name_in_the_config_is_told_on_the_screen() {
    let home = Home::new().with_config(&format!("{ACCOUNT}[ui]\nthem = \"dark\"\n"));
    let mut term = Term::start(&home, &Plan { size: (160, 40), ..Plan::default() });
    term.wait_for("did you mean \"ui.theme\"?");
    term.quit();
}

#[test]
fn a_locale_without_utf8_gets_ascii_alone() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan { env: &[("LANG", "C")], ..Plan::default() });
    term.wait_for("Welcome.");
    term.quit();
    assert!(term.raw.is_ascii(), "{}", String::from_utf8_lossy(&term.raw));
}

#[test]
fn no_color_means_none() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan { args: &["demo"], env: &[("NO_COLOR", "1")], ..Plan::default() });
    term.wait_for("online");
    term.quit();
    let text = String::from_utf8_lossy(&term.raw).into_owned();
    for piece in text.split("\x1b[").skip(1) {
        let end = piece.find(|c: char| c.is_ascii_alphabetic()).unwrap();
        if piece.as_bytes()[end] == b'm' {
            let is_colour =
                |n: &str| n.parse().is_ok_and(|n: u32| (30..=38).contains(&n) || (40..=48).contains(&n) || n >= 90);
            assert!(!piece[..end].split(';').any(is_colour), "{:?}", &piece[..=end]);
        }
    }
}

#[test]
fn r06_keys_are_answered_while_the_server_is_stuck() {
    // The connection is taken, and nothing at all is said.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    mute.set_nonblocking(true).unwrap();
    let taken = RefCell::new(Vec::new());
    let rogue = Rogue::start();
    let stuck = |port: u16, step: &str, is_still: &dyn Fn() -> bool| {
        let home = rogue.home();
        let text = fs::read_to_string(home.config()).unwrap();
        let home = home.with_config(&text.replace(&format!("port = {}", rogue.port), &format!("port = {port}")));
        let mut term = Term::start(&home, &Plan::default());
        term.wait_until("the screen", vt100::Screen::alternate_screen);
        term.wait_while(step, is_still);
        let slowest = term.slowest_key();
        figure("R-06", &format!("pty, silent {step}"), &format!("slowest of 10 keys {} ms", slowest.as_millis()));
        assert!(slowest < KEY_MAX, "silent {step}: {slowest:?}");
        term.send("\x15");
        term.quit();
    };
    stuck(mute.local_addr().unwrap().port(), "after accept", &|| {
        taken.borrow_mut().extend(mute.accept());
        taken.borrow().is_empty()
    });
    for (step, after) in [
        ("after the TLS handshake", After::Handshake),
        ("in the login", After::Features),
        ("after the login", After::Login),
    ] {
        rogue.set_login(Login::Silent(after));
        let before = rogue.stuck();
        stuck(rogue.port, step, &|| rogue.stuck() == before);
    }
}
