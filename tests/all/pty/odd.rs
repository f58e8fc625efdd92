//! Odd terminals: sizes, locales, kinds, bytes that are no text (R-25, R-26).

use super::harness::{Home, Plan, Term};
use crate::figures::{figure, scale, seed};
use std::time::{Duration, Instant};

const ACCOUNT: &str = "[accounts.\"romeo@montague.example\"]\nhost = \"127.0.0.1\"\nport = 9\n\
                       password_command = [\"printf\", \"x\"]\n";

#[test]
fn r25_a_terminal_without_a_size() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan { args: &["demo"], ..Plan::default() });
    term.wait_for("online");
    for size in [(0, 0), (0, 24), (80, 0), (1, 1), (2, 1), (1, 500), (500, 1), (500, 200), (65_535, 1)] {
        let seen = term.raw.len();
        term.claim_size(size);
        // A size without a cell is taken for 80×24, which it was before.
        if size.0 > 0 && size.1 > 0 {
            term.wait_for_bytes(seen, b"\x1b[2J");
        }
    }
    term.resize((100, 30));
    term.wait_for("online");
    term.send("\x11");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
}

#[test]
fn r25_a_storm_of_sizes_with_traffic() {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan { args: &["demo"], size: (120, 36), ..Plan::default() });
    term.wait_for("online");
    let sizes = scale(200u64, 1_000);
    let mut dice = seed();
    println!("PARLOUR_SEED={dice}");
    let (began, busy) = (Instant::now(), term.cpu());
    for n in 0..sizes {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let size = (1 + (dice >> 33) % 200, 1 + (dice >> 45) % 60);
        term.resize((u16::try_from(size.0).unwrap(), u16::try_from(size.1).unwrap()));
        // Somebody writes and is answered meanwhile.
        term.send(if n % 10 == 9 { "\r" } else { "x" });
        let due = began + Duration::from_millis(5) * u32::try_from(n + 1).unwrap();
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    term.resize((120, 36));
    term.send("the last word");
    term.wait_for("the last word");
    let (took, busy) = (began.elapsed(), term.cpu().saturating_sub(busy));
    assert!(busy < took, "{busy:?} of work in {took:?}");
    term.send("\x11");
    // What was typed may not be sent: then it asks.
    term.send("y");
    assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    term.assert_restored();
    let share = busy.as_millis() * 100 / took.as_millis();
    figure("R-25", "", &format!("{sizes} sizes in {} ms with traffic: {share} % of a processor", took.as_millis()));
}

#[test]
fn r26_every_locale_without_utf8_gets_ascii_and_a_line() {
    for (name, value) in [
        ("LC_ALL", "C"),
        ("LC_ALL", "POSIX"),
        ("LC_ALL", "de_DE.ISO-8859-1"),
        ("LC_ALL", "en_US"),
        ("LC_CTYPE", "fr_FR.iso88591"),
        ("LANG", "C"),
        ("LANG", ""),
        ("LANG", "ru_RU.KOI8-R"),
    ] {
        let home = Home::new().with_config(ACCOUNT);
        let plan = Plan { env: &[(name, value)], size: (140, 30), ..Plan::default() };
        let mut term = Term::start(&home, &plan);
        term.wait_for("the locale is not UTF-8");
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0, "{name}={value}");
        assert!(term.raw.is_ascii(), "{name}={value}: {}", String::from_utf8_lossy(&term.raw));
        term.assert_restored();
    }
    for value in ["C.UTF-8", "en_US.utf8", "de_DE.UTF-8@euro"] {
        let home = Home::new().with_config(ACCOUNT);
        let mut term = Term::start(&home, &Plan { env: &[("LC_ALL", value)], ..Plan::default() });
        term.wait_for("─");
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0, "{value}");
    }
}

#[test]
fn r26_every_kind_of_terminal_has_a_screen_or_one_line() {
    for kind in ["linux", "screen", "screen-256color", "tmux", "vt100", "xterm", "rxvt", "foot", "no-such-terminal"] {
        let home = Home::new();
        let mut term = Term::start(&home, &Plan { env: &[("TERM", kind)], ..Plan::default() });
        term.wait_for("Welcome.");
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0, "{kind}");
        term.assert_restored();
    }
    for env in [&[("TERM", "dumb")][..], &[("TERM", "")]] {
        let home = Home::new();
        let mut term = Term::start(&home, &Plan { env, ..Plan::default() });
        assert_eq!(term.wait_exit(), 1, "{env:?}");
        let text = String::from_utf8_lossy(&term.raw).into_owned();
        assert!(text.contains("TERM is dumb or not set") && text.lines().count() == 1, "{text:?}");
        term.assert_restored();
    }
    let home = Home::new();
    let unset = ["-u", "TERM", env!("CARGO_BIN_EXE_parlour")];
    let mut term = Term::start(&home, &Plan { program: "env", args: &unset, ..Plan::default() });
    assert_eq!(term.wait_exit(), 1);
    assert!(term.screen().contents().contains("TERM is dumb or not set"));
}

#[test]
fn r26_bytes_that_are_no_utf8_reach_no_message() {
    let home = Home::new().with_config(ACCOUNT);
    let mut term = Term::start(&home, &Plan { size: (140, 30), ..Plan::default() });
    term.wait_until("the screen", |s| s.alternate_screen() && s.contents().contains("cannot reach"));
    term.send("/msg juliet@capulet.example\r");
    term.wait_for("juliet@capulet.example");
    // Latin-1, stray continuations, an overlong slash, a surrogate, beyond the last character, a cut sequence.
    let foreign: [&[u8]; 9] = [
        b"\xe9",
        b"\xff\xfe",
        b"\x80",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf5\x80\x80\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\xc3",
    ];
    for (bytes, letter) in foreign.iter().zip("abcdefghi".chars()) {
        term.send_bytes(bytes);
        term.send_bytes(letter.to_string().as_bytes());
    }
    term.send("罗 end\r");
    term.wait_for("abcdefghi罗 end");
    term.wait_for("not UTF-8");
    term.send("\x11");
    term.wait_for("Quit?");
    term.send("y");
    assert_eq!(term.wait_exit(), 0);
    let db = rusqlite::Connection::open(home.database()).unwrap();
    let body: Vec<u8> = db.query_row("SELECT CAST(body AS BLOB) FROM messages", [], |r| r.get(0)).unwrap();
    assert_eq!(String::from_utf8(body).unwrap(), "abcdefghi罗 end");
}
