//! The machine's own faults, as far as `update` has to do with them: a clock that is set, a disk that is full
//! an end that nobody asked for.

use super::desk::{Desk, sent, writes};
use parlour::contract::{StoreNews, UserWrite};
use parlour::update::{Effect, Msg};

const JULIET: &str = "juliet@capulet.lit";
const DAY: i64 = 86_400_000;

fn drafts(effects: &parlour::update::Effects) -> Vec<String> {
    let text = |w| if let UserWrite::Draft { text, .. } = w { Some(text) } else { None };
    writes(effects).into_iter().filter_map(text).collect()
}

fn wake(effects: &parlour::update::Effects) -> Option<i64> {
    effects.iter().rev().find_map(|e| if let Effect::WakeAt(at) = e { Some(at.0) } else { None })
}

/// The clock is set, and the shell has noticed.
fn set_clock(desk: &mut Desk, by: i64) -> parlour::update::Effects {
    desk.now += by;
    desk.msg(Msg::ClockMoved(by))
}

#[test]
fn r08_what_is_due_in_a_second_is_due_in_a_second_whatever_the_clock_says() {
    for by in [DAY, -DAY, 3650 * DAY, -3650 * DAY, 3_600_000, -3_600_000, 5_000, -5_000] {
        let mut desk = Desk::online();
        desk.opens(JULIET);
        desk.types("half a");
        let effects = set_clock(&mut desk, by);
        assert!(drafts(&effects).is_empty(), "{by}");
        let due = wake(&effects).expect("another time to wake");
        assert!((desk.now + 1..=desk.now + 1_000).contains(&due), "{by}: {}", due - desk.now);
        assert_eq!(drafts(&desk.waits(1)), ["half a"], "{by}");
        // A toast goes when its seconds are over, not a day later.
        desk.enters("/nick");
        let shown = desk.toasts().len();
        set_clock(&mut desk, by);
        desk.waits(10);
        assert!(desk.toasts().is_empty() || shown == 0, "{by}: {:?}", desk.toasts());
    }
}

#[test]
fn r08_a_clock_set_forward_makes_nobody_away() {
    let mut desk = Desk::online();
    desk.state.options.auto_away_minutes = 10;
    desk.key("esc");
    let effects = set_clock(&mut desk, DAY);
    assert!(effects.iter().all(|e| !matches!(e, Effect::Command(..))), "{effects:?}");
    assert!(desk.waits(1).iter().all(|e| !matches!(e, Effect::Command(..))));
    assert!(desk.waits(600).iter().any(|e| matches!(e, Effect::Command(..))), "ten minutes later");
}

#[test]
fn r09_nothing_is_sent_that_cannot_be_kept() {
    let mut desk = Desk::online();
    desk.opens(JULIET);
    desk.msg(Msg::Store(StoreNews::Stuck("the disk is full".into())));
    assert!(desk.state.store_trouble.is_some());
    let effects = desk.enters("are you there?");
    assert!(sent(&effects).is_empty());
    assert_eq!(desk.text(), "are you there?", "the text stays the user's");
    let (why, _) = desk.state.composer.error.clone().expect("a reason");
    assert!(why.contains("not sent"), "{why}");
    desk.msg(Msg::Store(StoreNews::Over));
    assert!(desk.state.store_trouble.is_none());
    let effects = desk.key("enter");
    assert_eq!(sent(&effects), [(JULIET.to_owned(), "are you there?".to_owned())]);
}

#[test]
fn r22_an_end_that_nobody_asked_for_keeps_the_draft() {
    let mut desk = Desk::online();
    desk.opens(JULIET);
    desk.types("half a");
    let effects = desk.msg(Msg::Ending);
    assert_eq!(drafts(&effects), ["half a"]);
    assert!(effects.iter().any(|e| matches!(e, Effect::Quit)));
}

#[test]
fn r02_who_types_on_has_the_draft_stored_each_second() {
    let mut desk = Desk::online();
    desk.opens(JULIET);
    let mut stored = 0;
    for n in 0..50 {
        desk.types("x");
        desk.now += 200;
        if desk.state.work.draft_due.is_some_and(|due| due.0 <= desk.now) {
            stored += drafts(&desk.msg(Msg::Woken)).len();
        }
        assert!(stored >= n / 6, "after {n} keys: {stored}");
    }
    assert!(stored <= 11, "{stored} times in ten seconds");
}
