//! A first login that stops at the server's certificate: its key, why, and what to do have room on any screen.

use super::show;
use crate::update::certificates::certificate;
use crate::update::desk::{Desk, ME};
use parlour::contract::{Event, event::session};
use parlour::model::{Certificate, ConnState, DownReason, Refusal, Step, StepState, Untrusted};
use parlour::state::overlays::Overlay;
use parlour::update::{Effect, Msg};

/// No two groups of its digits are the same.
const KEY: &str = "0a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccddeeff0";
/// The digits that must at least be typed.
const FIRST: &str = "0a1b 2c3d 4e5f 6071";

/// The screen after a login was stopped for this reason.
fn stopped(why: &str) -> Desk {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.types(ME);
    desk.key("enter");
    desk.types("o holy night");
    let effects = desk.key("enter");
    let settings = effects.iter().find_map(|e| match e {
        Effect::StartAccount(settings, _) => Some((**settings).clone()),
        _ => None,
    });
    desk.msg(Msg::AccountStarted(settings.expect("the login begins")));
    let step = |step, state| session::Event::StepChanged { step, state, after: std::time::Duration::from_millis(9) };
    let why: Untrusted = why.into();
    let shown = Certificate { key: format!("sha256:{KEY}"), ..certificate('a') };
    let refusal = Refusal { why: why.clone(), certificate: Some(shown), pins: Vec::new() };
    desk.events(
        [
            step(Step::Resolve, StepState::Done("xmpp.montague.lit:5223 (direct TLS)".into())),
            step(Step::Connect, StepState::Done("192.0.2.7".into())),
            step(Step::Secure, StepState::Failed(why)),
            session::Event::StateChanged(ConnState::Stopped(DownReason::Certificate(Box::new(refusal)))),
        ]
        .map(Event::Session)
        .into(),
    );
    desk
}

fn self_signed() -> Desk {
    stopped("the one for montague.lit is self-signed: nobody but itself vouches for it")
}

/// The words on a screen, wherever its lines end.
fn in_one_line(shown: &str) -> String {
    let words = shown.split(|c: char| c.is_whitespace() || c == '│').filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn an_unknown_key_as_it_looks() {
    let desk = self_signed();
    for (w, h) in [(40, 12), (60, 20), (80, 24)] {
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots" }, {
            insta::assert_snapshot!(format!("first_contact_{w}x{h}"), show(&desk.state, w, h));
        });
    }
}

#[test]
fn t11_field_digits_reason_and_advice_have_room_on_every_screen() {
    let desk = self_signed();
    for w in 40..100 {
        for h in 12..40 {
            let shown = show(&desk.state, w, h);
            for words in ["Pinned key", FIRST, "the server's certificate was refused", "Only if the server's operator"]
            {
                assert!(in_one_line(&shown).contains(words), "{words:?} at {w}x{h}:\n{shown}");
            }
        }
        let shown = show(&desk.state, w, 24);
        for group in KEY.as_bytes().chunks(4) {
            let group = std::str::from_utf8(group).unwrap();
            assert!(shown.contains(group), "{group} of the key at {w}x24:\n{shown}");
        }
        let words = in_one_line(&shown);
        assert!(words.contains("the first 16 digits of it or more"), "{w}x24:\n{shown}");
    }
}

#[test]
fn words_without_end_are_cut_with_a_mark_and_leave_the_field() {
    let desk = stopped(&"the one for montague.lit is odd ".repeat(200));
    for (w, h) in [(40, 12), (60, 20), (80, 24), (140, 40)] {
        let shown = show(&desk.state, w, h);
        assert!(shown.contains("Pinned key") && shown.contains(FIRST), "{w}x{h}:\n{shown}");
        assert!(shown.contains('…'), "{w}x{h}:\n{shown}");
    }
    // Smaller than anybody's: nothing panics.
    for (w, h) in [(0, 0), (1, 1), (4, 3), (10, 5), (20, 8), (39, 9)] {
        show(&desk.state, w, h);
    }
}

#[test]
fn elsewhere_than_at_the_fault_the_fields_have_the_room() {
    let mut desk = self_signed();
    match desk.state.overlays.last_mut() {
        Some(Overlay::FirstRun(view)) => view.focused = 1,
        other => panic!("{other:?}"),
    }
    let shown = show(&desk.state, 40, 12);
    for field in ["Address", "Password", "Save it"] {
        assert!(shown.contains(field), "{shown}");
    }
}

/// The theme is named, with the key that takes the next, where somebody sees the program for the first time.
#[test]
fn the_first_screen_names_the_theme_and_its_key() {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    for name in ["auto, the terminal's own", "dark"] {
        for (columns, rows) in [(80, 24), (120, 36)] {
            let shown = show(&desk.state, columns, rows);
            assert!(shown.contains(&format!("Theme: {name} · F9 shows the next")), "{shown}");
        }
        desk.key("f9");
    }
}
