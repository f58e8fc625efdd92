//! Each rung of the ladder: which messages are the same, and which must never be taken for it.

use super::desk::{archived, delayed, said, said_in_room, wrote};
use super::{Desk, account, chat, room};
use parlour::contract::event::{Event, chat as chat_event};
use parlour::contract::{Addition, Write};
use parlour::model::*;

const HOME: &str = "me@home.test";
const BOB: &str = "bob@sec.test/a";
const LONG: &str = "0123456789abcdef";

#[test]
fn the_same_archive_id_is_the_same_message() {
    let mut desk = Desk::new();
    desk.fresh(archived(said(BOB, "1", "hi", 1000), HOME, "A"));
    assert_eq!(desk.message(archived(said(BOB, "2", "other", 2000), HOME, "A")), None);
    assert_eq!(desk.page(vec![archived(said(BOB, "1", "hi", 900), HOME, "A")], None, None), 0);
    assert_eq!(desk.bodies(&chat("bob@sec.test")), ["hi"]);
}

#[test]
fn the_same_id_in_another_archive_is_another_message() {
    let mut desk = Desk::new();
    desk.fresh(archived(said(BOB, "1", "hi", 1000), HOME, "A"));
    desk.fresh(archived(said_in_room("bob", "1", "hi", 1000), "plaza@rooms.test", "A"));
}

#[test]
fn a_live_message_gains_its_archive_id() {
    let mut desk = Desk::new();
    desk.fresh(said(BOB, "1", "hi", 1000));
    assert_eq!(desk.page(vec![archived(delayed(said(BOB, "1", "hi", 1001)), HOME, "A")], None, None), 0);
    // Now the archive's id alone knows it.
    assert_eq!(desk.message(archived(said(BOB, "x", "whatever", 5), HOME, "A")), None);
}

#[test]
fn s07_a_reused_id_cannot_hide_a_true_message() {
    let mut desk = Desk::new();
    // Whatever came first under this id: another text, another archive id, another sender, another chat.
    desk.fresh(archived(said(BOB, "7", "first", 1000), HOME, "A"));
    desk.fresh(archived(said(BOB, "7", "first", 2000), HOME, "B"));
    desk.fresh(archived(said(BOB, "7", "second", 3000), HOME, "C"));
    desk.fresh(said("bob@sec.test/other", "7", "first", 4000));
    desk.fresh(said("eve@evil.test/x", "7", "first", 5000));
    desk.fresh(said(BOB, "7", "third", 6000));
    assert_eq!(desk.bodies(&chat("bob@sec.test")).len(), 5);
}

#[test]
fn s08_both_are_shown_where_ids_collide() {
    let mut desk = Desk::new();
    desk.fresh(said_in_room("bob", "1", "mine", 1000));
    desk.fresh(said_in_room("eve", "1", "mine", 1001));
    desk.fresh(said_in_room("bob", "1", "another text", 1002));
    // A sender that calls everything "1" and says the same each day.
    desk.fresh(said_in_room("bob", "1", "mine", 1000 + 86_400_000));
    // Somebody forges the id of the user's own message: that stays its own row, and the forgery is shown.
    desk.fresh(wrote("bob@sec.test", LONG, "secret", 1000, Delivery::Sent));
    desk.fresh(said(BOB, LONG, "forged", 1500));
    let own = wrote("bob@sec.test", LONG, "secret", 1000, Delivery::Acked);
    let Some(Event::Chat(chat_event::Event::DeliveryChanged { delivery, .. })) = desk.message(own) else { panic!() };
    assert_eq!(delivery, Delivery::Acked);
}

#[test]
fn without_archive_ids_a_copy_is_known_by_sender_id_and_text() {
    let mut desk = Desk::new();
    desk.fresh(said(BOB, "1", "hi", 1000));
    assert_eq!(desk.message(said(BOB, "1", "hi", 1500)), None);
    assert_eq!(desk.message(delayed(said(BOB, "1", "hi", 900))), None);
    // An archived row, and a room's history that has no archive ids.
    desk.fresh(archived(said_in_room("bob", "r1", "hello", 1000), "plaza@rooms.test", "R"));
    assert_eq!(desk.message(delayed(said_in_room("bob", "r1", "hello", 1000))), None);
}

#[test]
fn history_without_any_ids_is_stored_once() {
    let mut desk = Desk::new();
    let bare = |body: &str, time| {
        let mut m = delayed(said_in_room("bob", "x", body, time));
        m.ids.stanza = None;
        m
    };
    for _ in 0..2 {
        for m in [bare("one", 5000), bare("two", 5000), bare("one", 6000)] {
            desk.message(m);
        }
    }
    assert_eq!(desk.bodies(&room()), ["one", "two", "one"]);
}

/// What a room repeats on entering and what came live, none of it with an id: each row is one of the copies at most.
#[test]
fn what_a_room_without_ids_repeats_is_stored_once_and_nothing_is_lost() {
    let live = |nick: &str, body: &str, time| {
        let mut m = said_in_room(nick, "x", body, time);
        m.ids.stanza = None;
        m
    };
    // The room's clock is five minutes ahead or behind, or the same.
    for skew in [0, 300_000, -300_000] {
        let repeated = |nick: &str, body: &str, time: i64| {
            let mut m = delayed(live(nick, body, time + skew));
            m.ids.replay = Some(m.time);
            m
        };
        let mut desk = Desk::new();
        let start = 10_000_000;
        // Both came live: two messages, however alike.
        desk.fresh(live("bob", "ok", start));
        desk.fresh(live("bob", "ok", start + 800));
        desk.fresh(live("eve", "ok", start + 900));
        let mut own = live("me", "ok", start + 950);
        own.delivery = Delivery::Acked;
        desk.fresh(own.clone());
        // The link breaks; one more is said, and is not lost. Whoever comes in again is told all of it, every time.
        for join in 0..3 {
            let fresh = |m: Message, desk: &mut Desk| assert_eq!(desk.message(m).is_some(), join == 0);
            assert_eq!(desk.message(repeated("bob", "ok", start - 40)), None, "{skew} {join}");
            assert_eq!(desk.message(repeated("bob", "ok", start + 770)), None, "{skew} {join}");
            assert_eq!(desk.message(repeated("eve", "ok", start + 880)), None, "{skew} {join}");
            let again = repeated("me", "ok", start + 900).sent(Delivery::Acked);
            assert_eq!(desk.message(again), None, "{skew} {join}");
            fresh(repeated("bob", "ok", start + 60_000), &mut desk);
            fresh(repeated("bob", "another", start + 61_000), &mut desk);
        }
        assert_eq!(desk.bodies(&room()).len(), 6, "{skew}");
        // A server of ours that was late with it is no room that repeats it, and live is live.
        desk.fresh(delayed(live("bob", "ok", start + 120_500)));
        desk.fresh(live("bob", "ok", start + 121_000));
        // Further apart than clocks are: said again.
        desk.fresh(repeated("eve", "ok", start + 2_000_000));
    }
}

#[test]
fn two_alike_that_a_room_repeats_at_once_are_two() {
    let mut desk = Desk::new();
    // The room's clock is ahead: no stamp is shown that lies in the future.
    let repeated = |stamp| {
        let mut m = delayed(said_in_room("bob", "x", "ok", 5_000));
        (m.ids.stanza, m.ids.replay) = (None, Some(Time(stamp)));
        m
    };
    desk.fresh(repeated(9_000));
    desk.fresh(repeated(9_500));
    assert_eq!((desk.message(repeated(9_000)), desk.message(repeated(9_500))), (None, None));
    let later = |stamp| {
        let mut m = repeated(stamp);
        m.time = Time(8_000);
        m
    };
    assert_eq!((desk.message(later(9_000)), desk.message(later(9_500))), (None, None), "the clock went on");
}

#[test]
fn an_own_message_comes_back_as_itself() {
    let mut desk = Desk::new();
    let row = desk.fresh(wrote("bob@sec.test", LONG, "hello", 1000, Delivery::Pending)).row;
    let echo = archived(wrote("bob@sec.test", LONG, "hello", 1200, Delivery::Acked), HOME, "A");
    match desk.message(echo.clone()) {
        Some(Event::Chat(chat_event::Event::DeliveryChanged { row: r, id, delivery, .. })) => {
            assert_eq!((r, id.as_str(), delivery), (row, LONG, Delivery::Acked));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(desk.message(echo), None, "a second proof changes nothing");
    assert_eq!(desk.bodies(&chat("bob@sec.test")), ["hello"]);
}

#[test]
fn an_echo_with_a_new_stanza_id_is_known_by_its_origin_id() {
    let mut desk = Desk::new();
    desk.fresh(wrote("bob@sec.test", LONG, "hello", 1000, Delivery::Sent));
    let mut echo = wrote("bob@sec.test", "of-the-room", "hello", 1200, Delivery::Acked);
    echo.ids.origin = Some(LONG.to_owned());
    assert!(matches!(desk.message(echo), Some(Event::Chat(chat_event::Event::DeliveryChanged { .. }))));
    // And the other way about: first seen with both ids, as from another client.
    let mut carbon = wrote("bob@sec.test", "stanza", "from the phone", 2000, Delivery::Acked);
    carbon.ids.origin = Some("origin-of-the-phone".to_owned());
    desk.fresh(carbon);
    let mut copy = wrote("bob@sec.test", "rewritten", "from the phone", 2000, Delivery::Acked);
    copy.ids.origin = Some("origin-of-the-phone".to_owned());
    assert_eq!(desk.message(copy), None);
}

#[test]
fn own_messages_with_short_ids_are_told_apart_by_their_text() {
    let mut desk = Desk::new();
    desk.fresh(wrote("bob@sec.test", "1", "one", 1000, Delivery::Acked));
    desk.fresh(wrote("bob@sec.test", "1", "two", 2000, Delivery::Acked));
    assert_eq!(desk.message(wrote("bob@sec.test", "1", "two", 2100, Delivery::Acked)), None);
}

#[test]
fn delivery_goes_up_only() {
    let mut desk = Desk::new();
    desk.fresh(wrote("bob@sec.test", LONG, "hello", 1000, Delivery::Pending));
    let mut go = |delivery: Delivery| {
        let (chat, id) = (chat("bob@sec.test"), LONG.into());
        !desk.write(Write::Addition(Addition::Delivery { chat, id, delivery, archive: None })).is_empty()
    };
    assert!(go(Delivery::Sent));
    assert!(go(Delivery::Unknown));
    assert!(go(Delivery::Pending), "sent again");
    assert!(go(Delivery::Sent) && go(Delivery::Acked) && go(Delivery::Delivered));
    for late in [Delivery::Acked, Delivery::Sent, Delivery::Unknown, Delivery::Failed("no".into()), Delivery::Pending] {
        assert!(!go(late.clone()), "{late:?} after a receipt");
    }
    assert!(go(Delivery::Displayed));
}

#[test]
fn what_a_row_learns_is_told_with_the_whole_message() {
    let mut desk = Desk::new();
    let own = desk.fresh(wrote("bob@sec.test", LONG, "hello", 1000, Delivery::Sent));
    let archived = archived(own.clone(), HOME, "A");
    let echo = Addition::Delivery {
        chat: own.chat.clone(),
        id: LONG.into(),
        delivery: Delivery::Acked,
        archive: archived.ids.archive.clone(),
    };
    let told = desk.write(Write::Addition(echo.clone()));
    let [Event::Chat(chat_event::Event::DeliveryChanged { .. }), Event::Chat(chat_event::Event::MessageChanged(now))] =
        told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!(**now, archived.sent(Delivery::Acked));
    assert!(desk.write(Write::Addition(echo)).is_empty(), "it knows all that");
}

#[test]
fn a_delivery_of_somebody_elses_message_is_nothing() {
    let mut desk = Desk::new();
    desk.fresh(said(BOB, LONG, "hello", 1000));
    let (chat, id) = (chat("bob@sec.test"), StanzaId::from(LONG));
    let delivery = Delivery::Displayed;
    assert!(
        desk.write(Write::Addition(Addition::Delivery { chat: chat.clone(), id: id.clone(), delivery, archive: None }))
            .is_empty()
    );
    assert!(desk.write(Write::DropMessage { chat, id }).is_empty());
}

#[test]
fn only_what_was_not_sent_can_be_dropped() {
    let mut desk = Desk::new();
    let chat = chat("bob@sec.test");
    desk.fresh(said(BOB, "1", "hi", 500));
    desk.fresh(wrote("bob@sec.test", LONG, "typo", 1000, Delivery::Pending));
    let events = desk.write(Write::DropMessage { chat: chat.clone(), id: LONG.into() });
    assert!(matches!(events[..], [Event::Chat(chat_event::Event::MessageDropped { .. })]));
    assert_eq!(desk.search("typo", None, None, 10), []);
    assert_eq!(desk.summary(&chat).last.unwrap().body.raw(), "hi");
    desk.fresh(wrote("bob@sec.test", "another-random-id", "gone out", 2000, Delivery::Acked));
    assert!(desk.write(Write::DropMessage { chat, id: "another-random-id".into() }).is_empty());
}

#[test]
fn accounts_do_not_see_each_other() {
    let mut desk = Desk::new();
    desk.fresh(archived(said(BOB, "1", "hi", 1000), HOME, "A"));
    let other = AccountId(BareJid::parse("other@home.test").unwrap());
    let mut m = archived(said(BOB, "1", "hi", 1000), HOME, "A");
    m.chat.account = other.clone();
    let (batches, _seen) = desk.store().attach(&other);
    let entries = vec![parlour::contract::Entry::Write(Write::Message(Box::new(m)))];
    batches
        .blocking_send(parlour::contract::Batch {
            account: other.clone(),
            seq: 1,
            is_durable: true,
            counted: None,
            entries,
        })
        .unwrap();
    let told = desk.outputs.committed.blocking_recv().unwrap();
    assert_eq!(told.account, other);
    assert!(matches!(told.events[..], [Event::Chat(chat_event::Event::MessageArrived(_))]));
    assert_ne!(account(), other);
}
