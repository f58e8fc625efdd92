//! A device that is new to the account: far up in a chat that only the archive has.

use super::harness::Server;
use super::terminal::{config, pty, quit};
use pty::{Home, Plan, Term};

const WIDE: Plan<'static> = Plan { program: env!("CARGO_BIN_EXE_parlour"), args: &[], env: &[], size: (100, 30) };
/// More than three pages of the archive.
const SAID: usize = 330;

fn far_up(kind: &str) {
    let server = Server::start(kind);
    let (alices, bobs) = (Home::new(), Home::new());
    config(&alices, &server, "alice");
    config(&bobs, &server, "bob");
    let mut alice = Term::start(&alices, &WIDE);
    alice.wait_for("● online");
    alice.send(&format!("/msg bob@{} line 1\r", server.host()));
    for n in 2..=SAID {
        alice.send(&format!("line {n}\r"));
        if n % 30 == 0 {
            alice.wait_for(&format!("line {n}"));
        }
    }
    alice.wait_until("all is with the server", |s| !s.contents().contains("sending") && !s.contents().contains('⋯'));

    let mut bob = Term::start(&bobs, &WIDE);
    bob.wait_for("● online");
    bob.send(&format!("/msg alice@{}\r", server.host()));
    bob.wait_for(&format!("line {SAID}"));
    bob.send("\x1b[1;3H");
    bob.wait_for("the first message here is from");
    bob.wait_until("the first line", |s| s.contents().lines().any(|l| l.trim_end().ends_with("line 1")));
    let below = |screen: &vt100::Screen| {
        let text = screen.contents();
        let words: Vec<&str> = text.split_whitespace().collect();
        let at = words.iter().position(|w| *w == "below")?;
        words[at - 1].parse::<usize>().ok()
    };
    // The catch-up fills the middle, and what it brings counts.
    bob.wait_until("all that is below counts", |s| {
        let shown = s.contents().lines().filter(|l| l.trim_end().rsplit(' ').nth(1) == Some("line")).count();
        below(s).is_some_and(|count| count + shown == SAID)
    });
    bob.send("\x1b[1;3F");
    bob.wait_for(&format!("line {SAID}"));
    // The store has all of it by now.
    bob.send("/history 200\r");
    bob.wait_for("200 messages back");
    quit(bob);
    quit(alice);
}

#[test]
fn prosody_far_up_on_a_new_device() {
    far_up("prosody");
}

#[test]
fn ejabberd_far_up_on_a_new_device() {
    far_up("ejabberd");
}
