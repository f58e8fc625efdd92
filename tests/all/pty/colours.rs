//! The terminal is asked once for its colours. Its answers are never typed, whenever and in whatever pieces they come.

use super::harness::{Home, Plan, Term};
use std::time::Duration;

const ASKED: &[u8] = b"\x1b]11;?\x1b\\";

/// What a terminal of Solarized dark answers.
fn answers(end: &str) -> String {
    let mut all = format!("\x1b]11;rgb:0000/2b2b/3636{end}\x1b]10;rgb:8383/9494/9696{end}");
    for n in 0..16 {
        all += &format!("\x1b]4;{n};rgb:2a2a/a1a1/9898{end}");
    }
    all
}

fn count(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).filter(|w| *w == wanted).count()
}

fn demo(env: &[(&str, &str)]) -> (Home, Term) {
    let home = Home::new();
    let mut term = Term::start(&home, &Plan { args: &["demo"], env, size: (100, 30), ..Plan::default() });
    term.wait_for("● online");
    (home, term)
}

#[test]
fn answers_change_the_colours_and_type_nothing() {
    for (end, late, pieces) in [("\x1b\\", 0, 4096), ("\x07", 2_000, 1), ("\x1b\\", 2_000, 1), ("\x1b\\", 100, 7)] {
        let (_home, mut term) = demo(&[]);
        term.wait_for_bytes(0, ASKED);
        term.send("hello");
        term.wait_for("> hello");
        std::thread::sleep(Duration::from_millis(late));
        let before = term.raw.len();
        let answers = answers(end);
        for piece in answers.as_bytes().chunks(pieces) {
            term.send_bytes(piece);
            if pieces == 1 {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        // The accent of the palette is used from now on.
        term.wait_for_bytes(before, b"38;5;6");
        term.send(" world");
        term.wait_for("> hello world");
        assert_eq!(count(&term.raw, ASKED), 1, "asked once");
        term.send("\x15");
        term.quit();
    }
}

#[test]
fn the_first_frame_comes_before_the_question() {
    let (_home, mut term) = demo(&[]);
    term.wait_for_bytes(0, ASKED);
    let at = |wanted: &[u8]| term.raw.windows(wanted.len()).position(|w| w == wanted).unwrap();
    assert!(at(b"\x1b[?2026l") < at(ASKED));
    term.quit();
}

#[test]
fn who_cannot_answer_is_not_asked() {
    for env in [[("TERM", "linux")], [("NO_COLOR", "1")]] {
        let home = Home::new();
        let mut term = Term::start(&home, &Plan { args: &["demo"], env: &env, size: (100, 30), ..Plan::default() });
        term.wait_for(" online");
        term.send("hello");
        term.wait_for("> hello");
        assert_eq!(count(&term.raw, b";?\x1b\\"), 0, "{env:?}");
        if env[0].0 == "TERM" {
            // Its font lacks the signs.
            assert!(!term.screen().contents().contains(['●', '◐', '│', '─', '✓', '…']), "{}", term.screen().contents());
        }
        term.send("\x15");
        term.quit();
    }
}
