//! A device that is new to an account: what of the archive is unread, and what was read long ago.

use super::desk::*;
use parlour::contract::Write;
use parlour::contract::event::{Event, history};
use parlour::model::*;

const OWN: &str = "me@home.test";
const BEGUN: Time = Time(1_000_000);

fn contact(jid: &str) -> Contact {
    Contact {
        jid: BareJid::parse(jid).unwrap(),
        name: None,
        groups: Vec::new(),
        subscription: Subscription::Both,
        is_asked: false,
    }
}

/// A desk whose roster holds these.
fn desk(contacts: &[&str]) -> Desk {
    let mut desk = Desk::new();
    desk.write(Write::Roster { version: None, contacts: contacts.iter().map(|c| contact(c)).collect() });
    desk
}

/// An archived message of somebody, at this second.
fn theirs(from: &str, id: &str, second: i64) -> Message {
    delayed(archived(said(from, &format!("s{id}"), id, second * 1_000), OWN, id))
}

/// One that another device of the user's wrote.
fn ours(to: &str, id: &str, second: i64) -> Message {
    delayed(archived(wrote(to, &format!("written-elsewhere-{id}"), id, second * 1_000, Delivery::Acked), OWN, id))
}

/// The first page of the account's archive, as the engine writes it, with the markers in it.
fn first_page(desk: &mut Desk, messages: Vec<Message>, markers: &[(&str, &str)]) -> Vec<Event> {
    let archive = account().0;
    let page = Write::Page { archive: archive.clone(), messages, after: None, before: None, is_late: false };
    let markers = markers.iter().map(|(chat_, id)| Write::Displayed { chat: chat(chat_), id: (*id).to_owned() });
    let first = Write::FirstRead { archive, begun: BEGUN };
    desk.write_all(std::iter::once(page).chain(markers).chain([first]).collect())
}

fn unread(desk: &mut Desk, of: &str) -> u32 {
    let of = chat(of);
    desk.chats().into_iter().find(|c| c.id == of).map_or(0, |c| c.unread)
}

#[test]
fn what_was_answered_or_shown_elsewhere_is_read_and_what_came_after_is_not() {
    let mut desk = desk(&["bob@b", "carl@c", "dora@d", "emil@e", "fred@f"]);
    let page = vec![
        theirs("dora@d/x", "1", 10),
        theirs("bob@b/x", "2", 20),
        theirs("emil@e/x", "3", 30),
        theirs("dora@d/x", "4", 40),
        theirs("dora@d/x", "5", 50),
        ours("bob@b", "6", 60),
        theirs("bob@b/x", "7", 70),
        theirs("carl@c/x", "8", 80),
        ours("fred@f", "9", 90),
        theirs("carl@c/x", "10", 100),
        theirs("emil@e/x", "11", 110),
    ];
    let events = first_page(&mut desk, page, &[("dora@d", "s4")]);
    let rows = [
        ("bob@b", 1, "after the answer, though the user has written elsewhere since"),
        ("carl@c", 1, "no sign: what is newer than the last that the user wrote anywhere"),
        ("dora@d", 1, "after the marker"),
        ("emil@e", 1, "no sign"),
        ("fred@f", 0, "the user's own"),
    ];
    for (who, wanted, why) in rows {
        assert_eq!(unread(&mut desk, who), wanted, "{who}: {why}");
    }
    // The screen is told the same.
    let mut told = std::collections::HashMap::new();
    for event in events {
        let Event::History(history::Event::PageStored { chats, .. }) = event else { panic!("{event:?}") };
        told.extend(chats.into_iter().map(|c| (c.id.address.to_string(), c.unread)));
    }
    for (who, wanted, why) in rows {
        assert_eq!(told[who], wanted, "{who}: {why}");
    }
}

#[test]
fn years_of_an_archive_are_not_unread() {
    let mut desk = desk(&["news@n"]);
    let mut page: Vec<Message> = (0..99).map(|n| theirs("news@n/x", &n.to_string(), n + 1)).collect();
    page.push(ours("bob@b", "own", 200));
    first_page(&mut desk, page, &[]);
    assert_eq!(unread(&mut desk, "news@n"), 0);
    // An older page, when the user scrolls up, makes nothing unread.
    desk.page(vec![theirs("news@n/x", "older", 0)], None, Some("0"));
    assert_eq!(unread(&mut desk, "news@n"), 0);
    // What comes from now on is.
    desk.fresh(archived(said("news@n/x", "live", "live", 2_000_000), OWN, "live"));
    assert_eq!(unread(&mut desk, "news@n"), 1);
}

#[test]
fn nothing_is_read_where_the_user_never_wrote() {
    let mut desk = desk(&["bob@b"]);
    first_page(&mut desk, vec![theirs("bob@b/x", "1", 10), theirs("bob@b/x", "2", 20)], &[]);
    assert_eq!(unread(&mut desk, "bob@b"), 2);
}

/// What this device itself writes meanwhile says nothing of what came before.
#[test]
fn own_words_of_this_device_are_no_sign_for_others() {
    let mut desk = desk(&["bob@b", "carl@c"]);
    desk.fresh(wrote("carl@c", "written-here-just-now", "hi", 900_000, Delivery::Pending));
    let later = archived(wrote("carl@c", "written-here-later", "hi", 1_000_001, Delivery::Acked), OWN, "z");
    desk.fresh(later);
    first_page(&mut desk, vec![theirs("bob@b/x", "1", 10)], &[]);
    assert_eq!(unread(&mut desk, "bob@b"), 1);
}

#[test]
fn a_marker_reads_no_request_and_nothing_that_it_does_not_name() {
    let mut desk = desk(&["bob@b"]);
    let page = vec![theirs("bob@b/x", "1", 10), theirs("bob@b/x", "2", 20), theirs("eve@e/x", "3", 30)];
    first_page(&mut desk, page, &[("bob@b", "unknown"), ("eve@e", "s3"), ("nobody@n", "s1"), ("bob@b", "1")]);
    assert_eq!((unread(&mut desk, "bob@b"), unread(&mut desk, "eve@e")), (2, 1));
    let displayed = |desk: &mut Desk, id: &str| {
        desk.write(Write::Displayed { chat: chat("bob@b"), id: id.to_owned() });
        unread(desk, "bob@b")
    };
    assert_eq!(displayed(&mut desk, "s2"), 0);
    assert_eq!(displayed(&mut desk, "s1"), 0, "a marker never goes back");
}

/// A stranger of long ago is no request on a new device; one of now is.
#[test]
fn old_strangers_do_not_ask_again() {
    let mut desk = desk(&["bob@b"]);
    first_page(&mut desk, vec![theirs("old@e/x", "1", 10), ours("bob@b", "2", 20), theirs("new@e/x", "3", 30)], &[]);
    assert_eq!((unread(&mut desk, "old@e"), unread(&mut desk, "new@e")), (0, 1));
}

#[test]
fn rooms_are_read_by_the_ids_that_they_give() {
    let mut desk = Desk::new();
    first_page(&mut desk, vec![ours("bob@b", "own", 15)], &[]);
    let archive = BareJid::parse("plaza@rooms.test").unwrap();
    let line = |n: i64| {
        delayed(archived(said_in_room("bob", &format!("m{n}"), "hi", n * 1_000), "plaza@rooms.test", &format!("r{n}")))
    };
    let messages = (10..20).map(line).collect();
    let page = Write::Page { archive: archive.clone(), messages, after: None, before: None, is_late: false };
    desk.write_all(vec![page, Write::FirstRead { archive, begun: BEGUN }]);
    assert_eq!(desk.summary(&room()).unread, 4, "after the user's last words");
    for (id, wanted) in [("m19", 4), ("r18", 1), ("r11", 1)] {
        desk.write(Write::Displayed { chat: room(), id: id.to_owned() });
        assert_eq!(desk.summary(&room()).unread, wanted, "{id}");
    }
}
