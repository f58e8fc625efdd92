//! A login that takes long says its step and its seconds, and can be begun anew.

use super::desk::*;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Command, Event};
use parlour::model::{ConnState, DownReason, Step, StepState, Time};
use parlour::update::Effect;
use std::time::Duration;

fn tells(desk: &mut Desk, event: SessionEvent) -> parlour::update::Effects {
    desk.event(Event::Session(event))
}

fn connects(desk: &mut Desk) {
    tells(desk, SessionEvent::StateChanged(ConnState::Connecting));
    for (step, state) in [
        (Step::Resolve, StepState::Done("found".into())),
        (Step::Connect, StepState::Done("192.0.2.7".into())),
        (Step::Secure, StepState::Done("TLS 1.3".into())),
        (Step::SignIn, StepState::Running("SCRAM-SHA-256".into())),
    ] {
        tells(desk, SessionEvent::StepChanged { step, state, after: Duration::ZERO });
    }
}

fn account(desk: &Desk) -> &parlour::state::accounts::Account {
    desk.state.accounts.get(&me()).unwrap()
}

fn offers_retry(desk: &Desk) -> bool {
    desk.state.hints.first().is_some_and(|(key, words)| key == "Alt-C" && words == "retry now")
}

#[test]
fn the_step_and_its_seconds_are_known_and_a_retry_is_offered_when_it_is_slow() {
    let mut desk = Desk::online();
    connects(&mut desk);
    assert_eq!((account(&desk).step(), account(&desk).connecting_for(desk.state.now)), (Step::SignIn, Some(0)));
    assert!(!offers_retry(&desk));
    for seconds in 1..=12 {
        let effects = desk.waits(1);
        let next = effects.iter().any(|e| matches!(e, Effect::WakeAt(Time(at)) if *at <= desk.now + 1_000));
        assert!(next, "the seconds count on the screen");
        assert_eq!(account(&desk).connecting_for(desk.state.now), Some(seconds));
        assert_eq!(offers_retry(&desk), seconds >= 5, "{seconds}");
    }
    let effects = desk.key("alt-c");
    assert_eq!(commands(&effects), [Command::Session(Ask::Connect)]);
    assert!(desk.toasts()[0].contains("retrying now"), "{:?}", desk.toasts());
}

#[test]
fn a_retry_right_after_the_beginning_says_that_one_has_begun() {
    let mut desk = Desk::online();
    connects(&mut desk);
    desk.key("alt-c");
    assert!(desk.toasts()[0].contains("already connecting"), "{:?}", desk.toasts());
}

#[test]
fn nothing_counts_when_nothing_connects() {
    let mut desk = Desk::online();
    connects(&mut desk);
    desk.waits(9);
    tells(&mut desk, SessionEvent::StateChanged(ConnState::Online { tls: String::new(), is_resumed: false }));
    assert_eq!(account(&desk).connecting_for(desk.state.now), None);
    assert!(!offers_retry(&desk));
    tells(&mut desk, SessionEvent::StateChanged(ConnState::Stopped(DownReason::Asked)));
    assert_eq!(account(&desk).connecting_for(desk.state.now), None);
    // The next login begins at nought.
    connects(&mut desk);
    assert_eq!(account(&desk).connecting_for(desk.state.now), Some(0));
}
