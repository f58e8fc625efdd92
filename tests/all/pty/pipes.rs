//! Pipes that break, and programs beside ours that die.

use super::harness::{Home, Plan, Term};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

/// What prints and ends. The rest of the subcommands has a screen.
const PRINTING: &[&[&str]] = &[
    &["man"],
    &["completions", "bash"],
    &["completions", "elvish"],
    &["completions", "fish"],
    &["completions", "powershell"],
    &["completions", "zsh"],
    &["--help"],
    &["--version"],
    &["help", "demo"],
];

fn parlour(home: &Home, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parlour"));
    command.args(args).env_clear().envs(home.env()).stderr(Stdio::piped());
    command
}

#[test]
fn r24_every_subcommand_is_known_here() {
    for sub in parlour::cli::command().get_subcommands() {
        let name = sub.get_name();
        assert!(name == "demo" || PRINTING.iter().any(|args| args[0] == name), "{name} prints or has a screen?");
    }
}

#[test]
fn r24_a_reader_that_has_seen_enough_is_no_fault() {
    let home = Home::new();
    for args in PRINTING {
        // As `| head -1` does: a line, then nobody reads any more.
        let mut child = parlour(&home, args).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::with_capacity(1, child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        drop(out);
        assert!(!line.is_empty(), "{args:?}");
        quiet(child, args);
        // Nobody reads at all.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        quiet(parlour(&home, args).stdout(writer).spawn().unwrap(), args);
    }
}

fn quiet(mut child: std::process::Child, args: &[&str]) {
    let status = child.wait().unwrap();
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    let is_fine = status.code() == Some(0) || status.signal() == Some(13);
    assert!(is_fine && told.is_empty(), "{args:?}: {status}: {told}");
}

#[test]
fn r24_what_cannot_be_printed_is_a_fault() {
    let home = Home::new();
    for args in [&["man"][..], &["completions", "bash"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = parlour(&home, args).stdout(full).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains("cannot print") && told.contains("No space left"), "{told}");
    }
}

#[test]
fn r24_a_log_that_nobody_reads_any_more() {
    let home = Home::new();
    let fifo = home.path().join("log.pipe");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let reading = fifo.clone();
    let reader = std::thread::spawn(move || std::fs::File::open(reading).unwrap());
    let args = ["--log", fifo.to_str().unwrap()];
    let mut term = Term::start(&home, &Plan { args: &args, ..Plan::default() });
    term.wait_for("Welcome.");
    let mut log = reader.join().unwrap();
    assert!(log.read(&mut [0; 64]).unwrap() > 0, "it logs");
    drop(log);
    term.send("romeo@montague.example\t");
    term.wait_for("romeo@montague.example");
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
}

#[test]
fn r24_without_a_place_for_errors() {
    let home = Home::new();
    let env = [("PARLOUR", env!("CARGO_BIN_EXE_parlour"))];
    let plan = Plan { program: "sh", args: &["-c", "exec \"$PARLOUR\" 2>&-"], env: &env, ..Plan::default() };
    let mut term = Term::start(&home, &plan);
    term.wait_for("Welcome.");
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
}

#[test]
fn r24_a_helper_that_dies_is_told() {
    // What gives the password is killed, is no program, closes its output, says nothing for ever after its first line.
    for (command, told) in [
        ("[\"sh\", \"-c\", \"kill -9 $$\"]", "ended with signal: 9"),
        ("[\"/nowhere/pass\"]", "cannot be run"),
        ("[\"sh\", \"-c\", \"exec >&-; exit 3\"]", "ended with exit status: 3"),
        ("[\"sh\", \"-c\", \"kill -PIPE $$\"]", "ended with signal: 13"),
    ] {
        let config = "[accounts.\"romeo@montague.example\"]\nhost = \"127.0.0.1\"\nport = 9\n";
        let home = Home::new().with_config(&format!("{config}password_command = {command}\n"));
        let mut term = Term::start(&home, &Plan { size: (140, 30), ..Plan::default() });
        term.wait_for_box("Password of romeo@montague.example");
        // The words are broken into lines within a frame.
        let told: String = told.split_whitespace().collect();
        term.wait_until(&told, |s| {
            s.contents().chars().filter(|c| !c.is_whitespace() && *c != '│').collect::<String>().contains(&told)
        });
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0, "{command}");
        term.assert_restored();
    }
}

#[test]
fn r24_a_keeper_that_dies_is_not_missed() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan::default());
    term.wait_for("Welcome.");
    rustix::process::kill_process(term.child(), rustix::process::Signal::KILL).unwrap();
    term.send("romeo@montague.example\t");
    term.wait_for("romeo@montague.example");
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
}
