//! Strangers: no noise, one line of news, and a desk that does not grow.

use super::desk::*;
use parlour::contract::command::{muc, roster};
use parlour::contract::event::{muc as muc_event, roster as roster_event};
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::sidebar::{Row, Section};

fn asks(jid: &str) -> Event {
    Event::Roster(roster_event::Event::SubscriptionAsked { jid: bare(jid), text: None })
}

fn invites(room: &str, from: &str) -> Event {
    let invite = RoomInvite {
        room: bare(room),
        from: Jid::parse(from).unwrap(),
        reason: None,
        password: Some("x".into()),
        is_by_room: false,
    };
    Event::Muc(muc_event::Event::Invited(invite))
}

#[test]
fn five_thousand_requests_are_one_line_and_two_hundred_rows() {
    let mut desk = Desk::online();
    for i in 0..5_000 {
        let effects = desk.events(vec![
            asks(&format!("eve{i}@evil.lit")),
            invites(&format!("room{i}@evil.lit"), &format!("eve{i}@evil.lit/x")),
        ]);
        assert!(!is_noisy(&effects));
        assert_eq!(commands(&effects), [], "nothing is answered by itself");
    }
    assert_eq!(desk.state.requests.list.len(), 200);
    assert_eq!(desk.state.requests.overflow, 9_800);
    assert_eq!(desk.toasts().len(), 1);
    assert!(desk.toasts()[0].starts_with("10000 new requests"));
    assert!(desk.state.console.log.len() < 100);
}

#[test]
fn strangers_messages_stand_under_requests() {
    let mut desk = Desk::online();
    let effects = desk.says("eve@evil.lit", "hi there");
    assert!(!is_noisy(&effects));
    assert_eq!(desk.state.unread_total(), (0, 0));
    desk.waits(1);
    let rows = &desk.state.sidebar.rows;
    assert!(rows.iter().any(|r| matches!(r, Row::Section { section: Section::Requests, count: 1, .. })));
    assert!(!rows.contains(&Row::Chat(chat("eve@evil.lit"))));
}

#[test]
fn a_flood_of_strangers_does_not_grow_the_desk() {
    let mut desk = Desk::online();
    for i in 0..3_000 {
        desk.says(&format!("eve{i}@evil.lit"), "buy!");
    }
    assert!(desk.state.chats.by_id.len() <= 200);
    assert_eq!(desk.state.requests.list.len(), 200);
}

#[test]
fn answering_a_stranger_accepts_them() {
    let mut desk = Desk::online();
    desk.says("eve@evil.lit", "hi there");
    desk.key("alt-r");
    desk.key("enter");
    assert_eq!(desk.state.current_id(), Some(&chat("eve@evil.lit")));
    assert!(!desk.state.current().unwrap().is_accepted, "looking is not accepting");
    desk.enters("who are you?");
    assert!(desk.state.current().unwrap().is_accepted);
    assert!(desk.state.requests.list.is_empty());
}

#[test]
fn accept_and_deny_answer_subscriptions() {
    let mut desk = Desk::online();
    desk.events(vec![asks("a@x.lit"), asks("b@x.lit")]);
    let effects = desk.enters("/accept b@x.lit");
    assert_eq!(commands(&effects)[0], Command::Roster(roster::Command::Allow(bare("b@x.lit"))));
    let effects = desk.enters("/deny");
    assert_eq!(commands(&effects), [Command::Roster(roster::Command::Deny(bare("a@x.lit")))]);
    desk.enters("/accept");
    assert_eq!(desk.state.composer.error.as_ref().unwrap().0, "there are no requests");
}

#[test]
fn an_invitation_is_accepted_with_its_password() {
    let mut desk = Desk::online();
    desk.event(invites("party@x.lit", "juliet@capulet.lit/home"));
    let effects = desk.enters("/accept");
    let join = muc::Command::Enter { room: bare("party@x.lit"), nick: None, password: Some("x".into()) };
    assert!(commands(&effects).contains(&Command::Muc(join)));
    assert_eq!(desk.state.current_id(), Some(&chat("party@x.lit")));
}

#[test]
fn declining_says_so_to_who_invited() {
    let mut desk = Desk::online();
    desk.event(invites("party@x.lit", "juliet@capulet.lit/home"));
    let effects = desk.enters("/deny");
    let from = Jid::parse("juliet@capulet.lit/home").unwrap();
    let decline = muc::Command::DeclineInvite { room: bare("party@x.lit"), from };
    assert_eq!(commands(&effects), [Command::Muc(decline)]);
}

#[test]
fn presences_of_strangers_are_not_kept() {
    use parlour::contract::event::presence;
    let mut desk = Desk::online();
    for i in 0..1_000 {
        desk.event(Event::Presence(presence::Event::Changed(ResourcePresence {
            jid: Jid::parse(&format!("eve{i}@evil.lit/x")).unwrap(),
            availability: Availability::Online,
            status: None,
            priority: 0,
            client: None,
            since: Time(0),
            idle_since: None,
        })));
    }
    assert!(desk.state.presence.by_jid.is_empty());
}

#[test]
fn the_sidebar_is_made_anew_at_most_thirty_times_a_second() {
    let mut desk = Desk::online();
    desk.now += 1_000;
    desk.says("juliet@capulet.lit", "one");
    let made = desk.state.work.sidebar_made;
    for _ in 0..10 {
        desk.says("nurse@capulet.lit", "flood");
    }
    assert_eq!(desk.state.work.sidebar_made, made);
    assert!(desk.state.work.is_sidebar_stale);
    desk.now += 33;
    desk.msg(parlour::update::Msg::Woken);
    assert!(!desk.state.work.is_sidebar_stale, "and never stays out of date");
}

/// What a stranger wrote and the user put away comes back with no start; what waits for an answer does, though it was read.
#[test]
fn an_answered_request_does_not_come_back() {
    let stored = |desk: &mut Desk, unread: u32, message: Message| {
        let summary = ChatSummary {
            is_open: false,
            is_accepted: false,
            unread,
            last_activity: message.time,
            last: Some(Box::new(message)),
            ..ChatSummary::new(chat("eve@x.lit"), ChatKind::Contact)
        };
        let reply =
            parlour::contract::Reply::Chats { account: me(), chats: vec![summary], contacts: vec![], unfolded: vec![] };
        desk.msg(parlour::update::Msg::Replied(reply));
    };
    let reads = |effects: &parlour::update::Effects| {
        writes(effects)
            .into_iter()
            .filter_map(|w| match w {
                parlour::contract::UserWrite::Read { up_to, .. } => Some(up_to),
                _ => None,
            })
            .next_back()
    };
    let mut desk = Desk::online();
    desk.says("eve@x.lit", "hi");
    let message = desk.message(&chat("eve@x.lit"), ChatKind::Contact, "eve@x.lit/a", "hi");
    // Looked at, and not answered: nothing says that it is read.
    desk.key("alt-r");
    let effects = desk.key("enter");
    let effects = desk.answers(&effects, vec![message.clone()]);
    assert_eq!(reads(&effects), None);
    assert_eq!(desk.state.requests.list.len(), 1);
    let effects = desk.enters("/deny eve@x.lit");
    assert!(reads(&effects).is_some_and(|up_to| up_to >= message.order), "{effects:?}");
    assert!(desk.state.requests.list.is_empty());
    // The next start: the store counts nothing unread in what was put away, and what was not.
    let mut desk = Desk::online();
    stored(&mut desk, 0, message.clone());
    assert!(desk.state.requests.list.is_empty());
    stored(&mut desk, 1, message);
    assert_eq!(desk.state.requests.list.len(), 1);
}
