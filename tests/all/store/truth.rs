//! Where the store puts what a stamp speaks of, and what it does when a person's address turns out to be a room's.

use super::desk::{archived, delayed, said, said_in_room, wrote};
use super::{Desk, chat, room};
use parlour::contract::event::{Event, chat as said_event};
use parlour::contract::{UserWrite, Write};
use parlour::model::*;

const HOME: &str = "me@home.test";
const BOB: &str = "bob@sec.test/a";
const DAY: i64 = 86_400_000;
const START: i64 = 1_795_000_000_000;

/// What the server held, as its stamp says.
fn held(mut m: Message) -> Message {
    m.placing = Placing::Unread;
    delayed(m)
}

/// What came at a time, with a stamp that says another.
fn claims(mut m: Message, came: i64) -> Message {
    m.placing = Placing::Arrival(Time(came));
    delayed(m)
}

#[test]
fn s13_a_stamp_puts_nothing_above_what_was_read_or_written() {
    let mut desk = Desk::new();
    let bob = chat("bob@sec.test");
    desk.fresh(said(BOB, "1", "shall I pay?", START));
    desk.fresh(wrote("bob@sec.test", "2", "yes please", START + 60_000, Delivery::Pending));
    let old = desk.fresh(held(said(BOB, "3", "give it to eve instead", START + 30_000)));
    assert_eq!(old.time, Time(START + 30_000), "the stamp is shown");
    assert_eq!(old.contradicted(), None, "so near that clocks may differ");
    let older = desk.fresh(held(said(BOB, "4", "long ago", START - DAY)));
    assert_eq!(older.contradicted(), Some(Time(START + 60_000)), "and this one is marked");
    assert_eq!(desk.bodies(&bob), ["shall I pay?", "yes please", "give it to eve instead", "long ago"]);
}

#[test]
fn what_the_server_held_stands_by_its_stamp_below_what_was_read() {
    let mut desk = Desk::new();
    let bob = chat("bob@sec.test");
    let read = desk.fresh(said(BOB, "1", "read", START)).order;
    desk.user(UserWrite::Read { chat: bob.clone(), up_to: read });
    desk.fresh(said(BOB, "2", "live", START + 600_000));
    desk.fresh(held(said(BOB, "3", "held", START + 300_001)));
    desk.fresh(held(said(BOB, "4", "held before", START - 299_999)));
    assert_eq!(desk.bodies(&bob), ["read", "held before", "held", "live"]);
}

#[test]
fn s13_a_claim_stands_where_it_arrived_and_is_marked() {
    for stamp in [START - 400 * DAY, START - 1_000, START + 30_000] {
        let mut desk = Desk::new();
        desk.fresh(said(BOB, "1", "1", START));
        desk.fresh(said(BOB, "2", "2", START + 60_000));
        let claim = desk.fresh(claims(archived(said(BOB, "3", "3", stamp), HOME, "x3"), START + 600_000));
        assert_eq!(claim.contradicted(), Some(Time(START + 600_000)));
        assert_eq!(claim.time, Time(stamp));
        desk.fresh(said(BOB, "4", "4", START + 601_000));
        assert_eq!(desk.bodies(&chat("bob@sec.test")), ["1", "2", "3", "4"]);
    }
}

/// With ids that are times the archive itself proves the place, whatever a stamp says.
#[test]
fn s13_an_archives_id_proves_what_a_stamp_cannot() {
    let came = |n: i64, id: i64| {
        archived(
            said(BOB, &format!("random-id-{n:07}"), &n.to_string(), START + n * 1_000),
            HOME,
            &((START + id * 1_000) * 1_000).to_string(),
        )
    };
    let mut desk = Desk::new();
    desk.fresh(came(0, 0));
    desk.fresh(came(2, 2));
    // A stamp of years ago, and one before the last.
    let mut lie = claims(came(3, 3), START + 3_000);
    lie.time = Time(START - 700 * DAY);
    desk.fresh(lie);
    let mut lie = held(came(4, 4));
    lie.time = Time(START + 500);
    desk.fresh(lie);
    // The server delivered this one late.
    desk.fresh(claims(came(1, 1), START + 5_000));
    assert_eq!(desk.bodies(&chat("bob@sec.test")), ["0", "1", "2", "3", "4"]);
}

#[test]
fn what_a_room_repeats_of_own_lines_is_there_once_whatever_its_ids_are() {
    let own = |id: &str, time| {
        let mut m = said_in_room("me", id, "ok", time);
        m.ids.origin = Some(id.to_owned());
        m.sent(Delivery::Sent)
    };
    let repeated = |nick: &str, id: &str, body: &str, time: i64| {
        let mut m = delayed(said_in_room(nick, id, body, time));
        m.ids.replay = Some(m.time);
        if id.is_empty() {
            m.ids.stanza = None;
        }
        m
    };
    for id in ["", "srv"] {
        let mut desk = Desk::new();
        desk.fresh(own("own-id-000000001", START));
        desk.fresh(own("own-id-000000002", START + 5_000));
        for _ in 0..2 {
            for time in [START + 300, START + 5_300] {
                let id = if id.is_empty() { String::new() } else { format!("{id}{time}") };
                let told = desk.message(repeated("me", &id, "ok", time));
                assert!(!matches!(told, Some(Event::Chat(said_event::Event::MessageArrived(_)))), "{told:?}");
            }
        }
        assert_eq!(desk.bodies(&room()).len(), 2);
        // Other words, another nickname, long after, or somebody else by the room's own word.
        desk.fresh(repeated("me", "h1", "no", START + 300));
        desk.fresh(repeated("bob", "h2", "ok", START + 300));
        desk.fresh(repeated("me", "h3", "ok", START + 600_000));
        let mut other = repeated("me", "h4", "ok", START + 300);
        other.ids.occupant = Some("eves".to_owned());
        desk.fresh(other);
    }
}

#[test]
fn what_was_private_never_stands_among_the_public_lines() {
    let mut desk = Desk::new();
    let plaza = room();
    let private = |mut m: Message| {
        (m.chat_kind, m.kind) = (ChatKind::Contact, MessageKind::Chat);
        m
    };
    let mut secret = wrote("plaza@rooms.test", "p1", "SECRET", START, Delivery::Acked);
    secret.ids.occupant = Some("bobby".to_owned());
    desk.fresh(secret.clone());
    desk.fresh(private(said_in_room("bobby", "p2", "answer", START + 1_000)));
    desk.fresh(wrote("plaza@rooms.test", "p3", "typed here", START + 2_000, Delivery::Failed("no".into())));
    desk.fresh(private(said_in_room("eve", "p4", "psst", START + 3_000)));
    assert_eq!(desk.bodies(&plaza).len(), 4);
    // The app knows that it enters a room before the engine is in.
    desk.user(UserWrite::Listed { chat: plaza.clone(), kind: ChatKind::Room, is_open: true, is_accepted: true });
    let told = desk.write(Write::Chat { chat: plaza.clone(), kind: ChatKind::Room, name: None });
    let dropped = told.iter().filter(|e| matches!(e, Event::Chat(said_event::Event::MessageDropped { .. })));
    assert_eq!(dropped.count(), 4);
    desk.fresh(said_in_room("bobby", "m1", "public", START + 4_000));
    assert_eq!(desk.bodies(&plaza), ["public"]);
    assert_eq!(desk.bodies(&chat("plaza@rooms.test/bobby")), ["SECRET", "answer", "typed here"]);
    assert_eq!(desk.bodies(&chat("plaza@rooms.test/eve")), ["psst"]);
    // Once is enough.
    assert!(desk.write(Write::Chat { chat: plaza.clone(), kind: ChatKind::Room, name: None }).is_empty());
    desk.close();
}
