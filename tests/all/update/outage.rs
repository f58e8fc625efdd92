//! `/outage`, and what comes of a look at the operators' page (XEP-0455).

use super::desk::{Desk, ME};
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Command, Event, command::session::Command as Ask};
use parlour::model::{Outage, StatusNews, Time};
use parlour::update::Effect;

fn outage(desk: &Desk) -> Outage {
    let messages = vec![("default".to_owned(), "a disk died".into())];
    Outage { is_planned: false, beginning: Time(desk.now - 3_600_000), expected_end: None, messages }
}

fn arrives(desk: &mut Desk, news: StatusNews, is_asked: bool) {
    desk.event(Event::Session(SessionEvent::StatusArrived { news, is_asked }));
}

fn log(desk: &Desk) -> String {
    format!("{:?}", desk.state.console)
}

#[test]
fn who_asks_is_answered() {
    let mut desk = Desk::online();
    for line in ["/outage", "/outage romeo@montague.lit", "/maintenance"] {
        let effects = desk.enters(line);
        let asked =
            |e: &Effect| matches!(e, Effect::Command(id, Command::Session(Ask::CheckStatus)) if id.to_string() == ME);
        assert!(effects.iter().any(asked), "{line}: {effects:?}");
    }
    let told = StatusNews::Told(Some(outage(&desk)));
    arrives(&mut desk, told, true);
    assert!(desk.toasts().last().unwrap().contains("montague.lit: outage since"), "{:?}", desk.toasts());
    arrives(&mut desk, StatusNews::Told(None), true);
    assert!(desk.toasts().last().unwrap().contains("its operators report no outage"), "{:?}", desk.toasts());
    arrives(&mut desk, StatusNews::Unknown("https://x/: the web server says 404".into()), true);
    assert!(desk.toasts().last().unwrap().contains("404"), "{:?}", desk.toasts());
    desk.enters("/outage nobody@nowhere.lit");
    assert!(desk.state.composer.error.is_some() || desk.toasts().last().unwrap().contains("nobody@nowhere.lit"));
}

#[test]
fn who_asks_sees_at_once_that_it_is_looked_at() {
    let mut desk = Desk::online();
    desk.enters("/outage");
    assert!(desk.toasts().last().is_some_and(|t| t.contains("checking") && t.contains("montague.lit")));
}

#[test]
fn a_look_of_its_own_bothers_nobody() {
    let mut desk = Desk::online();
    let before = desk.toasts().len();
    arrives(&mut desk, StatusNews::Unknown("it is no JSON".into()), false);
    assert!(log(&desk).contains("it is no JSON"), "a line of the log");
    let told = StatusNews::Told(Some(outage(&desk)));
    arrives(&mut desk, told, false);
    assert!(log(&desk).contains("outage since"));
    assert_eq!(desk.toasts().len(), before);
    // What could not be found out is no all-clear; what the operators say is.
    arrives(&mut desk, StatusNews::Unknown("no answer".into()), false);
    assert!(desk.state.accounts.list[0].outage.is_some());
    arrives(&mut desk, StatusNews::Told(None), false);
    assert!(desk.state.accounts.list[0].outage.is_none());
}

#[test]
fn the_connection_page_has_it_while_it_is_open_too() {
    let mut desk = Desk::online();
    desk.enters("/connection");
    assert!(!format!("{:?}", desk.state.overlays).contains("operators of the server"));
    let told = StatusNews::Told(Some(outage(&desk)));
    arrives(&mut desk, told, false);
    assert!(format!("{:?}", desk.state.overlays).contains("What the operators of the server say"));
    assert!(format!("{:?}", desk.state.overlays).contains("a disk died"));
}
