//! What happens before there is a screen: exit codes and plain lines.

use super::harness::{Home, Plan, Term};
use std::process::{Command, Output};

fn run(home: &Home, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parlour")).args(args).env_clear().envs(home.env()).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_unknown_flag_is_a_wrong_command_line() {
    let output = run(&Home::new(), &["--password", "x"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("--password"), "{}", told(&output));
}

#[test]
fn a_fault_in_the_config_is_shown_with_line_and_caret() {
    let home = Home::new().with_config("[ui]\ntheme = \"pink\"\n");
    let output = run(&home, &[]);
    assert_eq!(output.status.code(), Some(3));
    let told = told(&output);
    assert!(told.contains("config.toml:2:9: ") && told.contains("2 | theme = \"pink\"\n  |         ^^^^^^"), "{told}");
}

#[test]
fn every_fault_of_the_config_is_told_once() {
    let home = Home::new()
        .with_config("[ui]\ntheme = \"pink\"\n[notify]\nbell = 3\n[accounts.\"a@b\"]\nhost = \"127.0.0.1:5222\"\n");
    let told = told(&run(&home, &[]));
    for words in ["ui.theme must be", "notify.bell", "host = \"127.0.0.1\" and port = 5222"] {
        assert_eq!(told.matches(words).count(), 1, "{words}\n{told}");
    }
    assert!(!told.contains("because"), "{told}");
}

#[test]
fn a_config_file_that_is_named_must_be_there() {
    let home = Home::new();
    for args in [vec!["--config", "/no/such/file"], vec!["--config", "/no/such/file", "demo"]] {
        let output = run(&home, &args);
        assert_eq!(output.status.code(), Some(3), "{args:?}");
        assert!(told(&output).contains("there is no such file"), "{}", told(&output));
    }
    assert!(!home.path().join("data").exists() && !home.path().join("state").exists(), "nothing was made");
}

#[test]
fn a_named_config_is_the_only_one_that_is_written() {
    let account = "[accounts.\"me@a.test\"]\nhost = \"127.0.0.1\"\nport = 1\npassword_command = [\"echo\", \"x\"]\n";
    let home = Home::new().with_config(account);
    let named = home.path().join("named.toml");
    std::fs::write(&named, format!("{account}[uj]\nx = 1\n[ui]\nthem = 1\n")).unwrap();
    let args = ["--config", named.to_str().unwrap()];
    let mut term = Term::start(&home, &Plan { args: &args, size: (110, 30), ..Plan::default() });
    term.wait_for("2 lines of the config are not understood");
    term.send("/set notify.bell off\r");
    term.wait_while("the setting is not written", || {
        !std::fs::read_to_string(&named).unwrap().contains("bell = false")
    });
    term.send("\x1b[24~");
    term.wait_for("did you mean \"ui.theme\"?");
    term.send("\x1b");
    term.wait_until("the log is closed", |screen| !screen.contents().contains("┌ Log "));
    term.quit();
    assert_eq!(std::fs::read_to_string(home.config()).unwrap(), account, "the profile's own is as it was");
}

#[test]
fn an_account_that_is_not_there_is_a_fault_of_the_config() {
    let output = run(&Home::new(), &["--account", "nobody@example.org"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(told(&output).contains("nobody@example.org"), "{}", told(&output));
}

#[test]
fn without_a_terminal_there_is_one_clear_line() {
    let output = run(&Home::new(), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(told(&output).lines().count(), 1, "{}", told(&output));
    assert!(told(&output).contains("terminal"));
}

#[test]
fn a_dumb_terminal_gets_one_clear_line() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan { env: &[("TERM", "dumb")], ..Plan::default() });
    assert_eq!(term.wait_exit(), 1);
    assert!(term.screen().contents().contains("TERM is dumb"), "{}", term.screen().contents());
    assert!(!term.raw.contains(&0x1b), "no escape sequence");
}

#[test]
fn the_manual_and_the_completions_are_printed() {
    let home = Home::new();
    let page = run(&home, &["man"]);
    assert!(page.status.success());
    assert!(String::from_utf8_lossy(&page.stdout).contains(".TH parlour"), "a page in roff");
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&home, &["completions", shell]);
        assert!(script.status.success());
        assert!(String::from_utf8_lossy(&script.stdout).contains("parlour"), "{shell}");
    }
    assert_eq!(run(&home, &["completions", "abacus"]).status.code(), Some(2));
}
