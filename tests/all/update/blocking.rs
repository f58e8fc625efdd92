//! Blocking people from the keyboard.

use super::desk::*;
use parlour::contract::command::roster::Command as Ask;
use parlour::contract::event::roster;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::Overlay;

const JULIET: &str = "juliet@capulet.lit";

fn jid(text: &str) -> Jid {
    Jid::parse(text).unwrap()
}

fn able(blocked: &[&str]) -> Desk {
    let mut desk = Desk::online();
    let all = blocked.iter().map(|j| jid(j)).collect();
    desk.event(Event::Roster(roster::Event::BlockListLoaded(all)));
    desk
}

fn asked(effects: &parlour::update::Effects) -> Vec<(String, bool)> {
    let blocks = |c| match c {
        Command::Roster(Ask::Block { who, is_blocked }) => Some((who.to_string(), is_blocked)),
        _ => None,
    };
    commands(effects).into_iter().filter_map(blocks).collect()
}

#[test]
fn a_person_a_domain_and_the_open_chat_are_blocked() {
    let mut desk = able(&[]);
    assert_eq!(asked(&desk.enters("/block tybalt@capulet.lit")), [("tybalt@capulet.lit".to_owned(), true)]);
    assert_eq!(asked(&desk.enters("/block juliet")), [(JULIET.to_owned(), true)]);
    desk.opens("Juliet");
    assert!(asked(&desk.enters("/block")).is_empty(), "it asks first");
    assert!(matches!(desk.top(), Some(Overlay::Confirm(_))));
    desk.now += 1_000;
    assert_eq!(asked(&desk.key("y")), [(JULIET.to_owned(), true)]);
}

#[test]
fn nothing_is_sent_to_who_is_blocked_and_the_text_stays() {
    for blocked in [JULIET, "capulet.lit"] {
        let mut desk = able(&[blocked]);
        desk.opens("Juliet");
        assert!(sent(&desk.enters("hello")).is_empty());
        assert_eq!(desk.text(), "hello");
        assert!(desk.state.composer.error.as_ref().is_some_and(|(why, _)| why.contains("/unblock first")));
        desk.key("ctrl-u");
    }
    let mut desk = able(&[JULIET]);
    desk.opens("Juliet");
    assert_eq!(asked(&desk.enters("/unblock")), [(JULIET.to_owned(), false)]);
    desk.event(Event::Roster(roster::Event::BlockListChanged { who: vec![jid(JULIET)], is_blocked: false }));
    assert_eq!(sent(&desk.enters("hello")).len(), 1);
    assert!(asked(&desk.enters("/unblock")).is_empty());
    assert!(desk.state.composer.error.as_ref().is_some_and(|(why, _)| why.contains("is not blocked")));
}

#[test]
fn a_request_of_who_is_blocked_is_gone_and_it_is_told_once() {
    let mut desk = able(&[]);
    desk.event(Event::Roster(roster::Event::SubscriptionAsked { jid: bare("eve@evil.test"), text: None }));
    assert_eq!(desk.state.requests.list.len(), 1);
    desk.key("alt-r");
    desk.now += 1_000;
    desk.key("b");
    assert!(matches!(desk.top(), Some(Overlay::Confirm(_))));
    desk.now += 1_000;
    assert_eq!(asked(&desk.key("y")), [("eve@evil.test".to_owned(), true)]);
    // The answer and the push.
    for _ in 0..2 {
        let who = vec![jid("eve@evil.test")];
        desk.event(Event::Roster(roster::Event::BlockListChanged { who, is_blocked: true }));
    }
    assert!(desk.state.requests.list.is_empty());
    assert_eq!(desk.toasts().iter().filter(|t| t.contains("is blocked now")).count(), 1, "{:?}", desk.toasts());
}

#[test]
fn a_server_that_cannot_block_says_so() {
    let mut desk = Desk::online();
    for line in ["/block tybalt@capulet.lit", "/blocklist"] {
        assert!(asked(&desk.enters(line)).is_empty());
        assert!(desk.state.composer.error.as_ref().is_some_and(|(why, _)| why.contains("XEP-0191")), "{line}");
        desk.key("ctrl-u");
    }
}
