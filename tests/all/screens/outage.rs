//! What the operators of a server say of an outage (XEP-0455), on the cells of the screen.

use super::desk::desk;
use super::show;
use crate::figures::figure;
use parlour::model::*;
use parlour::state::State;
use std::time::Duration;

const HOUR: i64 = 3_600_000;

/// The desk on Friday 20 November 2026 at 12:44, with an outage from so many hours before or after on.
fn with(is_planned: bool, from: i64, until: Option<i64>, message: &str) -> State {
    let mut state = desk();
    let at = |hours: i64| Time(state.now.0 + hours * HOUR);
    let messages = vec![("default".to_owned(), message.into()), ("fr".to_owned(), "le disque est mort".into())];
    let outage = Outage { is_planned, beginning: at(from), expected_end: until.map(at), messages };
    state.accounts.list[0].outage = Some(outage);
    state
}

fn down(state: &mut State) {
    let retry_at = state.now.plus(Duration::from_secs(12));
    let reason = DownReason::Unreachable("connection refused".into());
    state.accounts.list[0].conn = ConnState::Waiting { reason, retry_at };
}

/// The line under the top one.
fn line(state: &State) -> String {
    show(state, 140, 40).lines().nth(1).unwrap().trim().to_owned()
}

#[test]
fn what_is_planned_stands_as_planned_until_it_begins_and_goes_when_it_is_over() {
    let mut state = with(true, 24, Some(28), "a new disk");
    let planned = line(&state);
    let words = "montague.lit: maintenance is planned from Sat 21 November 12:44 to 16:44: a new disk";
    assert!(planned.contains(words), "{planned}");
    assert!(planned.ends_with("/outage checks again"), "{planned}");
    state.now = state.now.plus(Duration::from_hours(24));
    assert!(
        line(&state).contains("planned maintenance since 12:44, expected to end 16:44: a new disk"),
        "{}",
        line(&state)
    );
    state.now = state.now.plus(Duration::from_hours(4));
    assert!(!show(&state, 140, 40).contains("maintenance"), "it is over");
    // Too far away to take a line of the screen every day until then.
    assert!(!show(&with(true, 24 * 8, None, "x"), 140, 40).contains("maintenance"));
}

#[test]
fn without_a_connection_an_outage_says_why_and_what_is_planned_does_not() {
    let mut state = with(false, -2, None, "a disk died");
    down(&mut state);
    let words = line(&state);
    assert!(words.contains("montague.lit: outage since 10:44: a disk died"), "{words}");
    assert!(words.ends_with("retry in 12 s · /reconnect"), "{words}");
    assert!(show(&state, 140, 40).contains("no connection"));
    state.language = "fr-CA".to_owned();
    assert!(line(&state).contains("outage since 10:44: le disque est mort"), "{}", line(&state));
    let mut state = with(true, 2, None, "x");
    down(&mut state);
    assert!(line(&state).contains("cannot reach the server: connection refused"), "{}", line(&state));
}

#[test]
fn s40_the_operators_words_obey_no_terminal() {
    let hostile = "\u{1b}[2Jred\u{9b}31m\r\n\u{202e}desrever\u{7} \u{200b}end";
    let mut state = with(false, -2, None, hostile);
    for is_down in [false, true] {
        if is_down {
            down(&mut state);
        }
        for (width, height) in [(140, 40), (80, 24), (40, 12)] {
            let shown = show(&state, width, height);
            assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
            assert!(!shown.contains('\u{202e}'), "{shown:?}");
        }
        assert!(line(&state).contains("end"), "all in one line: {}", line(&state));
    }
    figure(
        "S-40",
        "screens, outage",
        "an outage's message with escapes, C1, bidi and line ends at 3 sizes: 0 reach the cells",
    );
}
