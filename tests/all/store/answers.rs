//! What the start, the sidebar and the engine are told.

use super::desk::{archived, delayed, said, said_in_room, wrote};
use super::{Desk, account, chat, room};
use parlour::contract::event::{Event, history};
use parlour::contract::{CapsEntry, Interval, Query, Reply, UserWrite, Write};
use parlour::model::*;

fn contact(jid: &str) -> Contact {
    Contact {
        jid: BareJid::parse(jid).unwrap(),
        name: Some("Bob 🦉".into()),
        groups: vec!["Friends".into(), "朋友".into()],
        subscription: Subscription::Both,
        is_asked: false,
    }
}

#[test]
fn unread_counts_what_others_said_after_the_marker() {
    let mut desk = Desk::new();
    let mut last = Order(0);
    for n in 0..5 {
        let mut m = said_in_room("bob", &n.to_string(), "hi", n * 1000);
        m.is_mention = n == 4;
        last = desk.fresh(m).order;
    }
    let mut subject = said_in_room("bob", "s", "topic", 9000);
    subject.kind = MessageKind::Subject;
    desk.fresh(subject);
    let summary = desk.summary(&room());
    assert_eq!((summary.unread, summary.mentions), (5, 1));
    assert!(summary.is_open && summary.is_accepted);
    desk.user(UserWrite::Read { chat: room(), up_to: last });
    desk.user(UserWrite::Read { chat: room(), up_to: Order(1) });
    let summary = desk.summary(&room());
    assert_eq!((summary.unread, summary.mentions, summary.read_up_to), (0, 0, last), "a marker never goes back");
}

#[test]
fn what_came_before_an_own_message_and_is_told_after_it_is_unread() {
    let mut desk = Desk::new();
    let bob = chat("bob@b");
    desk.fresh(archived(said("bob@b/a", "1", "seen", 1000), "me@home.test", "1"));
    // Written without a connection, before anything of the time away is known.
    for (id, time) in [("the-first-of-ours", 9000), ("the-second-of-ours", 9500)] {
        desk.fresh(wrote("bob@b", id, "are you there?", time, Delivery::Pending));
    }
    assert_eq!(desk.summary(&bob).unread, 0, "who answers has read");
    let missed = vec![
        delayed(archived(said("bob@b/a", "2", "missed", 5000), "me@home.test", "2")),
        delayed(archived(said("bob@b/a", "3", "missed too", 6000), "me@home.test", "3")),
    ];
    desk.page(missed, Some("1"), None);
    assert_eq!(desk.summary(&bob).unread, 2);
    // A chat that begins with a text of the user's own: its history is old, what came after the text is not.
    let carl = chat("carl@c");
    desk.fresh(wrote("carl@c", "the-first-to-carl", "hi", 19_000, Delivery::Pending));
    desk.fresh(wrote("carl@c", "the-second-to-carl", "hi?", 19_500, Delivery::Pending));
    let told = [("a", 10, "long ago"), ("b", 19_200, "missed")];
    let told = told.map(|(id, time, body)| delayed(archived(said("carl@c/a", id, body, time), "me@home.test", id)));
    desk.page(told.to_vec(), None, None);
    assert_eq!(desk.summary(&carl).unread, 1);
    // Who answers on another device has read there.
    let mut other = wrote("bob@b", "the-other-device's", "yes", 6500, Delivery::Acked);
    other = delayed(archived(other, "me@home.test", "4"));
    desk.page(vec![other], Some("3"), None);
    assert_eq!(desk.summary(&bob).unread, 0);
}

#[test]
fn counts_end_at_999() {
    let mut desk = Desk::new();
    let many = (0..1200).map(|n| Write::Message(Box::new(said("bob@b/a", &n.to_string(), "x", n)))).collect();
    assert_eq!(desk.write_all(many).len(), 1200);
    assert_eq!(desk.summary(&chat("bob@b")).unread, 999);
}

#[test]
fn a_stranger_stands_under_requests_until_the_user_writes() {
    let mut desk = Desk::new();
    desk.fresh(said("eve@evil.test/x", "1", "buy", 1000));
    let summary = desk.summary(&chat("eve@evil.test"));
    assert_eq!((summary.is_open, summary.is_accepted, summary.unread), (false, false, 1));
    desk.fresh(wrote("eve@evil.test", "random-id-of-ours", "no", 2000, Delivery::Pending));
    let summary = desk.summary(&chat("eve@evil.test"));
    assert_eq!((summary.is_open, summary.is_accepted, summary.unread), (true, true, 0), "who answers has read");
    assert_eq!(desk.store().bootstrap(&account()).unwrap().accepted, [BareJid::parse("eve@evil.test").unwrap()]);
}

#[test]
fn a_contact_is_no_stranger() {
    let mut desk = Desk::new();
    desk.fresh(said("bob@b/a", "1", "early", 1000));
    assert!(!desk.summary(&chat("bob@b")).is_accepted);
    desk.write(Write::Roster { version: Some("v1".into()), contacts: vec![contact("bob@b"), contact("carl@c")] });
    assert!(desk.summary(&chat("bob@b")).is_accepted);
    desk.fresh(said("carl@c/a", "1", "hi", 2000));
    assert!(desk.summary(&chat("carl@c")).is_open);
}

#[test]
fn drafts_stay_until_they_are_sent() {
    let mut desk = Desk::new();
    let (bob, kind) = (chat("bob@b"), ChatKind::Contact);
    desk.user(UserWrite::Draft { chat: bob.clone(), kind, text: "hel".into() });
    desk.user(UserWrite::Draft { chat: bob.clone(), kind, text: "hello".into() });
    assert_eq!(desk.summary(&bob).draft, "hello");
    desk.fresh(wrote("bob@b", "a-random-id-of-ours", "hello", 1000, Delivery::Pending));
    assert_eq!(desk.summary(&bob).draft, "");
    // Neither a newer draft nor that of a text which came from elsewhere is this message.
    for (body, draft, left) in
        [("hi", "half a thou", "half a thou"), ("long\ntext", "long\ntext\n", ""), ("", "x", "x")]
    {
        desk.user(UserWrite::Draft { chat: bob.clone(), kind, text: draft.into() });
        desk.fresh(wrote("bob@b", &format!("a-random-id-{}", draft.len()), body, 2000, Delivery::Pending));
        assert_eq!(desk.summary(&bob).draft, left);
    }
    desk.fresh(wrote("bob@b", "of-another-device", "x", 3000, Delivery::Acked));
    assert_eq!(desk.summary(&bob).draft, "x", "what another device sent is not what is written here");
    desk.user(UserWrite::Draft { chat: bob.clone(), kind, text: String::new() });
    desk.user(UserWrite::Draft { chat: chat("nobody@b"), kind, text: String::new() });
    assert_eq!(desk.chats().len(), 1, "an empty draft makes no chat");
}

#[test]
fn a_closed_chat_stays_closed_and_a_message_opens_it() {
    let mut desk = Desk::new();
    let bob = chat("bob@b");
    desk.fresh(wrote("bob@b", "a-random-id-of-ours", "hello", 1000, Delivery::Acked));
    desk.user(UserWrite::Listed { chat: bob.clone(), kind: ChatKind::Contact, is_open: false, is_accepted: true });
    assert!(desk.chats().is_empty());
    desk.fresh(said("bob@b/a", "1", "are you there?", 2000));
    assert!(desk.summary(&bob).is_open);
    // A room that was left is not opened by what was under way.
    desk.fresh(said_in_room("x", "1", "hi", 1000));
    desk.user(UserWrite::Listed { chat: room(), kind: ChatKind::Room, is_open: false, is_accepted: true });
    desk.fresh(said_in_room("x", "2", "hi again", 2000));
    assert!(!desk.summary(&room()).is_open);
}

#[test]
fn the_open_chat_and_its_place_come_back_and_there_is_one() {
    let mut desk = Desk::new();
    let (bob, eve) = (chat("bob@b"), chat("eve@b"));
    desk.fresh(wrote("bob@b", "a-random-id-of-ours", "hello", 1000, Delivery::Acked));
    desk.fresh(wrote("eve@b", "another-id-of-ours", "hello", 2000, Delivery::Acked));
    let current = |chat: Option<&ChatId>, bottom| UserWrite::Current { chat: chat.cloned(), bottom };
    let now = |desk: &mut Desk| -> Vec<_> {
        desk.chats().into_iter().filter(|c| c.is_current).map(|c| (c.id, c.bottom)).collect()
    };
    assert_eq!(now(&mut desk), []);
    desk.user(current(Some(&bob), Some(Order(7))));
    assert_eq!(now(&mut desk), [(bob.clone(), Some(Order(7)))]);
    desk.user(current(Some(&eve), None));
    assert_eq!(now(&mut desk), [(eve.clone(), None)], "the other is open no more, and its place is forgotten");
    // One that stands in no list is told all the same; nobody knows one that has no row.
    desk.user(UserWrite::Listed { chat: eve.clone(), kind: ChatKind::Contact, is_open: false, is_accepted: true });
    assert_eq!(now(&mut desk), [(eve, None)]);
    desk.user(current(Some(&chat("nobody@b")), None));
    assert_eq!(now(&mut desk), []);
    desk.user(current(Some(&bob), None));
    desk.user(current(None, None));
    assert_eq!(now(&mut desk), []);
}

#[test]
fn what_was_unfolded_comes_back_and_is_forgotten_with_its_account() {
    let mut desk = Desk::new();
    let unfolded = |desk: &mut Desk| match desk.ask(Query::Chats { account: account() }) {
        Reply::Chats { unfolded, .. } => unfolded,
        other => panic!("{other:?}"),
    };
    desk.fresh(said("bob@b/a", "1", "hi", 1000));
    let rooms = Jid::parse("rooms.b").unwrap();
    for nodes in [vec![(rooms.clone(), None), (rooms.clone(), Some("x".to_owned()))], vec![(rooms, None)], vec![]] {
        desk.user(UserWrite::Unfolded { account: account(), nodes: nodes.clone() });
        assert_eq!(unfolded(&mut desk), nodes);
    }
    desk.user(UserWrite::Unfolded { account: account(), nodes: vec![(Jid::parse("a").unwrap(), None)] });
    desk.user(UserWrite::Forget(account()));
    assert_eq!(unfolded(&mut desk), []);
    desk.user(UserWrite::Unfolded { account: account(), nodes: vec![(Jid::parse("a").unwrap(), None)] });
    assert_eq!(unfolded(&mut desk), [], "a late word does not bring the account back");
}

#[test]
fn a_page_tells_the_chats_it_changed() {
    let mut desk = Desk::new();
    let archive = account().0;
    let messages = vec![
        delayed(archived(said("bob@b/a", "1", "one", 1000), "me@home.test", "1")),
        delayed(archived(said("eve@b/a", "2", "two", 2000), "me@home.test", "2")),
        delayed(archived(said("bob@b/a", "3", "three", 3000), "me@home.test", "3")),
    ];
    let mut events =
        desk.write(Write::Page { archive: archive.clone(), messages, after: None, before: None, is_late: false });
    let Some(Event::History(history::Event::PageStored { added, chats, .. })) = events.pop() else { panic!() };
    let told: Vec<_> =
        chats.iter().map(|c| (c.id.address.as_str(), c.unread, c.last.as_ref().unwrap().body.raw())).collect();
    assert_eq!((added, told), (3, vec![("bob@b", 2, "three"), ("eve@b", 1, "two")]));
    let again = vec![delayed(archived(said("bob@b/a", "1", "one", 1000), "me@home.test", "1"))];
    let mut events = desk.write(Write::Page { archive, messages: again, after: None, before: None, is_late: false });
    let Some(Event::History(history::Event::PageStored { added, chats, .. })) = events.pop() else { panic!() };
    assert_eq!((added, chats), (0, vec![]));
}

/// What the server archives late would be passed over by a reader who has seen what is newer.
#[test]
fn what_came_late_below_what_was_read_is_counted() {
    let mut desk = Desk::new();
    let bob = chat("bob@b");
    let item = |n: u32| {
        delayed(archived(said("bob@b/a", &n.to_string(), "x", i64::from(n) * 1000), "me@home.test", &n.to_string()))
    };
    desk.page(vec![item(1), item(2)], None, None);
    let read = desk.fresh(archived(said("bob@b/a", "7", "x", 7000), "me@home.test", "7")).order;
    desk.user(UserWrite::Read { chat: bob.clone(), up_to: read });
    desk.fresh(archived(said("bob@b/a", "9", "x", 9000), "me@home.test", "9"));
    let mut late = |ids: &[u32], is_late: bool| {
        let (after, before) = (Some("2".to_owned()), Some("9".to_owned()));
        let messages = ids.iter().map(|n| item(*n)).collect();
        let mut events = desk.write(Write::Page { archive: account().0, messages, after, before, is_late });
        match events.pop() {
            Some(Event::History(history::Event::PageStored { late, added, .. })) => (added, late),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(late(&[3], false), (1, vec![]), "a gap of another kind");
    assert_eq!(late(&[3, 4, 5, 7, 8], true), (3, vec![(bob, 2)]), "8 is unread, and 3 and 7 were there");
    // What was sent from elsewhere moves the mark, and nothing before it was read by that.
    let own = delayed(archived(wrote("bob@b", "o", "mine", 8700, Delivery::Acked), "me@home.test", "87"));
    let messages = vec![item(86), own];
    let page = Write::Page { archive: account().0, messages, after: None, before: None, is_late: true };
    let Some(Event::History(history::Event::PageStored { late, added, .. })) = desk.write(page).pop() else { panic!() };
    assert_eq!((added, late), (2, vec![]));
}

#[test]
fn the_engine_is_told_all_that_it_needs() {
    let mut desk = Desk::new();
    let bob = contact("bob@b");
    let interval = |first: &str| Interval {
        first: first.into(),
        last: "z".into(),
        first_time: Time(1),
        last_time: Time(2),
        is_start: first == "a",
    };
    let caps = CapsEntry {
        hash: "sha-1".into(),
        ver: "xyz=".into(),
        info: DiscoInfo { features: vec!["urn:x".into()], ..DiscoInfo::default() },
    };
    let archive = account().0;
    desk.write_all(vec![
        Write::Roster { version: Some("v1".into()), contacts: vec![bob.clone()] },
        Write::Contact { version: Some("v2".into()), change: Ok(contact("carl@c")) },
        Write::Contact { version: Some("v3".into()), change: Err(BareJid::parse("carl@c").unwrap()) },
        Write::Intervals { archive: archive.clone(), intervals: vec![interval("a")] },
        Write::Intervals { archive: archive.clone(), intervals: vec![interval("a"), interval("m")] },
        Write::Caps(Box::new(caps.clone())),
        Write::Caps(Box::new(caps.clone())),
        Write::Chat { chat: room(), kind: ChatKind::Room, name: None },
    ]);
    let pending = desk.fresh(wrote("bob@b", "a-random-id-of-ours", "one", 1000, Delivery::Pending));
    let sent = desk.fresh(wrote("bob@b", "another-random-id-of-ours", "two", 2000, Delivery::Sent));
    desk.fresh(wrote("bob@b", "a-third-random-id-of-ours", "three", 3000, Delivery::Acked));
    let told = desk.store().bootstrap(&account()).unwrap();
    assert_eq!(told.roster_version.as_deref(), Some("v3"));
    assert_eq!(told.contacts, [bob]);
    assert_eq!(told.archives, [(archive, vec![interval("a"), interval("m")])]);
    assert_eq!(told.caps, [caps]);
    assert_eq!(told.outbox, [pending, sent]);
    // Whom the user talks to is no room.
    assert_eq!(told.rooms, [room().address.bare()]);
}

#[test]
fn a_message_comes_back_whole() {
    let mut desk = Desk::new();
    let mut m = archived(said("bob@b/a 🌙", "1", "text", 1234), "me@home.test", "A");
    m.kind = MessageKind::Normal;
    m.extra.subject = Some("subject".into());
    m.ids.origin = Some("origin".into());
    m.ids.occupant = Some("occupant".into());
    let stored = desk.fresh(m.clone());
    (m.row, m.order) = (stored.row, Order(1_234_000));
    assert_eq!(stored, m);
    let (page, ..) = desk.read_page(&chat("bob@b"), parlour::contract::archive::PageFrom::Newest, 5);
    assert_eq!(page, std::slice::from_ref(&stored));
    assert_eq!(*desk.summary(&chat("bob@b")).last.unwrap(), stored);
    assert_eq!(desk.search("subject", None, None, 5), [stored]);
}
