//! The real program on a pseudo-terminal against real servers: first run, sign in, chat, quit, start
//! again, and the history is there.

#[path = "../all/pty/harness.rs"]
#[allow(dead_code, reason = "shared with the tests without a server, which need more of it")]
pub mod pty;

use super::harness::Server;
use pty::{Home, Plan, Term};

const WIDE: Plan<'static> = Plan { program: env!("CARGO_BIN_EXE_parlour"), args: &[], env: &[], size: (100, 30) };

/// Signs in through the first-run screen.
fn first_run(home: &Home, server: &Server, user: &str) -> Term {
    let mut term = Term::start(home, &WIDE);
    term.wait_for("Welcome.");
    let jid = format!("{user}@{}", server.host());
    let ca = server.info["ca"].as_str().unwrap();
    // Address, password, saving; the advanced part is opened: host, port, direct TLS, CA file.
    term.send(&format!("{jid}\tpw-{user}\t\t "));
    term.wait_for("CA file");
    term.send(&format!("\t127.0.0.1\t{}\t\t{ca}\r", server.port("c2s")));
    term.wait_for("online");
    term.wait_for(&format!("welcome, {jid}"));
    term
}

/// An account in the config, so that the program signs in by itself.
pub fn config(home: &Home, server: &Server, user: &str) {
    let ca = server.info["ca"].as_str().unwrap();
    let text = format!(
        "[accounts.\"{user}@{}\"]\nhost = \"127.0.0.1\"\nport = {}\nca_file = \"{ca}\"\npassword_command = [\"printf\", \"pw-{user}\"]\n",
        server.host(),
        server.port("c2s")
    );
    std::fs::create_dir_all(home.config().parent().unwrap()).unwrap();
    std::fs::write(home.config(), text).unwrap();
}

pub fn quit(mut term: Term) {
    term.quit();
}

fn from_the_first_run_to_the_second(kind: &str) {
    let server = Server::start(kind);
    let (alices, bobs) = (Home::new(), Home::new());
    let mut alice = first_run(&alices, &server, "alice");
    let mut bob = first_run(&bobs, &server, "bob");
    alice.send(&format!("/msg bob@{} wherefore art thou 罗密欧?\r", server.host()));
    bob.wait_for("REQUESTS");
    bob.send("/accept\r");
    bob.wait_for("wherefore art thou 罗密欧?");
    bob.send("I take thee at thy word\r");
    alice.wait_for("I take thee at thy word");
    quit(alice);
    quit(bob);

    let config = std::fs::read_to_string(alices.config()).unwrap();
    assert!(config.contains("[accounts.\"alice@") && !config.contains("pw-alice"), "{config}");
    std::fs::write(alices.config(), format!("{config}password_command = [\"printf\", \"pw-alice\"]\n")).unwrap();
    let mut again = Term::start(&alices, &WIDE);
    again.wait_for("online");
    again.send(&format!("/msg bob@{}\r", server.host()));
    again.wait_for("wherefore art thou 罗密欧?");
    again.wait_for("I take thee at thy word");
    quit(again);
}

#[test]
fn prosody_from_the_first_run_to_the_second() {
    from_the_first_run_to_the_second("prosody");
}

#[test]
fn ejabberd_from_the_first_run_to_the_second() {
    from_the_first_run_to_the_second("ejabberd");
}

#[test]
fn a_wrong_password_is_asked_again_and_nothing_is_saved() {
    let server = Server::start("prosody");
    let home = Home::new();
    let mut term = Term::start(&home, &WIDE);
    term.wait_for("Welcome.");
    let ca = server.info["ca"].as_str().unwrap();
    term.send(&format!("alice@{}\twrong\t\t ", server.host()));
    term.wait_for("CA file");
    term.send(&format!("\t127.0.0.1\t{}\t\t{ca}\r", server.port("c2s")));
    term.wait_for("wrong user name or password");
    assert!(!home.config().exists());
    quit(term);
}
