//! What messages do to others: whose acts count, in whatever order they come, and what stays on the disk.

use super::desk::{archived, delayed, said, said_in_room, wrote};
use super::{Desk, chat, room};
use parlour::contract::archive::PageFrom;
use parlour::contract::event::{Event, chat as event};
use parlour::contract::{Addition, Write};
use parlour::model::*;

const HOME: &str = "me@home.test";
const BOB: &str = "bob@sec.test/a";
const START: i64 = 1_795_000_000_000;

fn doing(mut m: Message, id: &str, deed: Deed) -> Message {
    m.extra.relation.act = Some(Act { id: id.to_owned(), deed, since: None });
    m
}

/// In a room that gives occupant-ids.
fn occupant(mut m: Message, id: &str) -> Message {
    m.ids.occupant = Some(id.to_owned());
    m
}

/// Live, from somebody who has been there under this nickname since.
fn there_since(mut m: Message, since: i64) -> Message {
    m.extra.relation.act.as_mut().unwrap().since = Some(Time(since));
    m
}

fn all(desk: &mut Desk, chat: &ChatId) -> Vec<Message> {
    desk.read_page(chat, PageFrom::Newest, 2000).0
}

fn changed(events: &[Event]) -> Vec<&Message> {
    let mut found = Vec::new();
    for event in events {
        if let Event::Chat(event::Event::MessageChanged(m)) = event {
            found.push(&**m);
        }
    }
    found
}

fn put(desk: &mut Desk, m: Message) -> Vec<Event> {
    desk.write(Write::Message(Box::new(m)))
}

#[test]
fn a_correction_takes_the_place_of_the_text_and_the_search_finds_it() {
    let mut desk = Desk::new();
    let bob = chat("bob@sec.test");
    desk.fresh(said(BOB, "1", "see you at sixx", START));
    desk.fresh(said(BOB, "2", "bye", START + 1_000));
    let events =
        put(&mut desk, doing(said("bob@sec.test/phone", "3", "see you at six", START + 2_000), "1", Deed::Correct));
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(changed(&events)[0].body.raw(), "see you at six");
    let events = put(&mut desk, doing(said(BOB, "4", "see you at seven", START + 3_000), "1", Deed::Correct));
    let shown = changed(&events)[0];
    assert_eq!(shown.body.raw(), "see you at seven");
    assert_eq!(shown.extra.edited, Some(Time(START + 3_000)));
    let old: Vec<&str> = shown.extra.versions.iter().map(|v| v.body.raw()).collect();
    assert_eq!(old, ["see you at sixx", "see you at six"]);
    assert_eq!(desk.bodies(&bob), ["see you at seven", "bye"]);
    assert_eq!(desk.search("seven", None, None, 10).len(), 1);
    assert_eq!(desk.search("sixx", None, None, 10).len(), 0, "the old text is not found");
    let summary = desk.summary(&bob);
    assert_eq!((summary.unread, summary.last.unwrap().body.raw()), (2, "bye"));
}

#[test]
fn s05_nobody_corrects_or_retracts_what_another_said() {
    let mut desk = Desk::new();
    let (bob, me) = (chat("bob@sec.test"), wrote("bob@sec.test", "own", "I owe you 10", START, Delivery::Acked));
    desk.fresh(me);
    // Bob corrects my message: his text is shown by itself, and mine stays.
    let events = put(&mut desk, doing(said(BOB, "x", "I owe you 1000", START + 1), "own", Deed::Correct));
    assert!(changed(&events).is_empty());
    put(&mut desk, doing(said(BOB, "y", "", START + 2), "own", Deed::Retract));
    assert_eq!(desk.bodies(&bob), ["I owe you 10", "I owe you 1000"]);
    // In a room another nickname, the same nickname of another occupant, the same nickname after a leave.
    let there = |id: &str, by: &str| {
        occupant(archived(said_in_room(by, id, "pay alice", START), "plaza@rooms.test", id), "o-bob")
    };
    desk.fresh(there("r1", "bob"));
    let forged = [
        occupant(doing(said_in_room("eve", "f1", "pay eve", START + 10), "r1", Deed::Correct), "o-eve"),
        occupant(doing(said_in_room("bob", "f2", "pay eve", START + 11), "r1", Deed::Correct), "o-eve"),
        there_since(doing(said_in_room("bob", "f3", "pay eve", START + 12), "r1", Deed::Correct), START + 5),
        doing(
            delayed(archived(said_in_room("bob", "f4", "pay eve", START + 13), "plaza@rooms.test", "f4")),
            "r1",
            Deed::Correct,
        ),
    ];
    for (i, m) in forged.into_iter().enumerate() {
        assert!(changed(&put(&mut desk, m)).is_empty(), "{i}");
    }
    let retractions = [
        occupant(doing(said_in_room("eve", "g1", "", START + 20), "r1", Deed::Retract), "o-eve"),
        there_since(doing(said_in_room("bob", "g2", "", START + 21), "r1", Deed::Retract), START + 5),
        // A moderation by an occupant, should one ever get here.
        occupant(doing(said_in_room("eve", "g3", "", START + 22), "r1", Deed::Moderate), "o-eve"),
    ];
    for (i, m) in retractions.into_iter().enumerate() {
        assert!(changed(&put(&mut desk, m)).is_empty(), "{i}");
    }
    assert_eq!(desk.bodies(&room())[0], "pay alice");
    assert_eq!(desk.bodies(&room()).len(), 5, "forged corrections are shown by themselves, the rest not at all");
    // And the true one: the same occupant under another nickname, or the same nickname without a break.
    let events = put(
        &mut desk,
        occupant(doing(said_in_room("bobby", "t1", "pay bob", START + 30), "r1", Deed::Correct), "o-bob"),
    );
    assert_eq!(changed(&events)[0].body.raw(), "pay bob");
    desk.fresh(said_in_room("carol", "c1", "helo", START + 40));
    let live = there_since(doing(said_in_room("carol", "c2", "hello", START + 41), "c1", Deed::Correct), START);
    assert_eq!(changed(&put(&mut desk, live))[0].body.raw(), "hello");
}

#[test]
fn an_act_may_come_before_its_message() {
    let mut desk = Desk::new();
    let bob = chat("bob@sec.test");
    let page = |messages: &[(&str, Message)]| {
        messages.iter().map(|(id, m)| delayed(archived(m.clone(), HOME, id))).collect::<Vec<_>>()
    };
    // Archives are read from their newest end.
    let newest = page(&[
        ("a4", doing(said(BOB, "4", "right", START + 40), "1", Deed::Correct)),
        ("a5", doing(said(BOB, "5", "", START + 50), "2", Deed::Retract)),
        ("a6", doing(said(BOB, "6", "👍 🎉", START + 60), "3", Deed::React)),
    ]);
    desk.page(newest, None, None);
    assert_eq!(desk.bodies(&bob), ["right"], "a correction whose message is not here is a message");
    let older = page(&[
        ("a1", said(BOB, "1", "wrong", START + 10)),
        ("a2", said(BOB, "2", "the secret word", START + 20)),
        ("a3", wrote("bob@sec.test", "3", "party?", START + 30, Delivery::Acked)),
    ]);
    desk.page(older.clone(), None, Some("a4"));
    let shown = all(&mut desk, &bob);
    let bodies: Vec<&str> = shown.iter().map(|m| m.body.raw()).collect();
    assert_eq!(bodies, ["right", "", "party?"]);
    assert!(shown[1].extra.retracted.is_some());
    assert_eq!(shown[2].extra.reactions.iter().map(|r| r.emoji.as_str()).collect::<Vec<_>>(), ["👍", "🎉"]);
    // Reading the same again brings nothing back.
    desk.page(older, None, Some("a4"));
    assert_eq!(desk.bodies(&bob), ["right", "", "party?"]);
    assert!(desk.search("secret", None, None, 10).is_empty());
}

#[test]
fn a_retracted_text_leaves_the_database() {
    let mut desk = Desk::new();
    let secret = "xyzzyplugh";
    desk.fresh(said(BOB, "1", secret, START));
    put(&mut desk, doing(said(BOB, "2", &format!("{secret} again"), START + 1), "1", Deed::Correct));
    put(&mut desk, doing(said(BOB, "3", "", START + 2), "1", Deed::Retract));
    let shown = all(&mut desk, &chat("bob@sec.test"));
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].body.raw(), shown[0].extra.versions.len()), ("", 0));
    assert!(desk.search(secret, None, None, 10).is_empty());
    // A correction that comes after it is nothing any more.
    put(&mut desk, doing(said(BOB, "4", secret, START + 3), "1", Deed::Correct));
    assert_eq!(desk.bodies(&chat("bob@sec.test")), [""]);
    // The same message again, live and without an archive id, is known.
    assert!(desk.message(said(BOB, "1", secret, START + 4)).is_none());
    let dir = desk.dir().to_owned();
    // The writer's idle time: nothing tells of its end but the database.
    let is_purged = |conn: &rusqlite::Connection| -> bool {
        conn.query_row("SELECT count(*) FROM tasks", [], |row| row.get::<_, i64>(0)).unwrap() == 0
    };
    let conn = rusqlite::Connection::open(dir.join("history.db")).unwrap();
    let begun = std::time::Instant::now();
    while !is_purged(&conn) {
        assert!(begun.elapsed().as_secs() < 30, "the writer does not get to it");
        std::thread::yield_now();
    }
    drop(conn);
    desk.close();
    for file in std::fs::read_dir(dir).unwrap().flatten().filter(|f| f.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        let found = bytes.windows(secret.len()).filter(|w| *w == secret.as_bytes()).count();
        assert_eq!(found, 0, "{:?} still holds it", file.path());
    }
}

#[test]
fn reactions_replace_each_other_and_make_no_noise() {
    let mut desk = Desk::new();
    let bob = chat("bob@sec.test");
    desk.fresh(wrote("bob@sec.test", "1", "party?", START, Delivery::Acked));
    let react = |id: &str, with: &str, at: i64| doing(said(BOB, id, with, START + at), "1", Deed::React);
    put(&mut desk, react("2", "👍 🎉", 10));
    let own = doing(wrote("bob@sec.test", "3", "🎉", START + 15, Delivery::Pending), "1", Deed::React);
    put(&mut desk, own);
    let events = put(&mut desk, react("4", "🎉 😢", 20));
    let shown = changed(&events)[0].extra.reactions.clone();
    let seen: Vec<_> = shown.iter().map(|r| (r.emoji.as_str(), r.who.len(), r.is_own)).collect();
    assert_eq!(seen, [("🎉", 2, true), ("😢", 1, false)]);
    let summary = desk.summary(&bob);
    assert_eq!((summary.unread, summary.last.unwrap().body.raw()), (0, "party?"));
    assert!(desk.search("🎉", None, None, 10).is_empty());
    // The server refused ours: it does not count any more.
    let refused = Addition::Delivery {
        chat: bob.clone(),
        id: "3".into(),
        delivery: Delivery::Failed("no".into()),
        archive: None,
    };
    let events = desk.write(Write::Addition(refused));
    assert!(matches!(&events[0], Event::Chat(event::Event::ActRefused { deed: Deed::React, .. })), "{events:?}");
    assert!(changed(&events)[0].extra.reactions.iter().all(|r| !r.is_own));
    let events = put(&mut desk, react("5", "", 30));
    assert!(changed(&events)[0].extra.reactions.is_empty());
}

#[test]
fn an_answer_shows_what_it_answers_as_that_is_now() {
    let mut desk = Desk::new();
    let mut answer = said(BOB, "2", "yes", START + 10);
    answer.extra.relation.reply = Some(Reply { id: "1".into(), to: None, original: None });
    desk.fresh(wrote("bob@sec.test", "1", "comming?", START, Delivery::Acked));
    let shown = desk.fresh(answer);
    let original = |m: &Message| m.extra.relation.reply.clone().unwrap().original;
    assert_eq!(original(&shown).unwrap().words.raw(), "comming?");
    assert!(original(&shown).unwrap().is_own);
    let fixed = doing(wrote("bob@sec.test", "3", "coming?", START + 20, Delivery::Acked), "1", Deed::Correct);
    put(&mut desk, fixed);
    let bob = chat("bob@sec.test");
    assert_eq!(original(&all(&mut desk, &bob)[1]).unwrap().words.raw(), "coming?");
    put(&mut desk, doing(wrote("bob@sec.test", "4", "", START + 30, Delivery::Acked), "1", Deed::Retract));
    assert_eq!(original(&all(&mut desk, &bob)[1]).unwrap().words.raw(), "", "the words are gone there, too");
    let mut lost = said(BOB, "5", "no", START + 40);
    lost.extra.relation.reply = Some(Reply { id: "not here".into(), to: None, original: None });
    assert_eq!(original(&desk.fresh(lost)), None);
}

#[test]
fn acts_survive_a_restart_and_wait_in_the_outbox() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(dir.path());
    desk.fresh(wrote("bob@sec.test", "1", "helo", START, Delivery::Acked));
    let fixed = doing(wrote("bob@sec.test", "2", "hello", START + 1, Delivery::Pending), "1", Deed::Correct);
    let events = put(&mut desk, fixed);
    assert!(events.iter().any(|e| matches!(e, Event::Chat(event::Event::ActStored { .. }))), "{events:?}");
    desk.close();
    let mut desk = Desk::at(dir.path());
    assert_eq!(desk.bodies(&chat("bob@sec.test")), ["hello"]);
    let outbox = desk.store().bootstrap(&super::account()).unwrap().outbox;
    let act = outbox[0].extra.relation.act.clone().unwrap();
    assert_eq!((outbox.len(), outbox[0].body.raw(), act.id.as_str(), act.deed), (1, "hello", "1", Deed::Correct));
}

#[test]
fn a_mention_that_a_correction_adds_counts_and_no_other_correction_does() {
    let mut desk = Desk::new();
    let at = |nick: &str, id: &str, body: &str, t: i64| occupant(said_in_room(nick, id, body, START + t), "o");
    desk.fresh(at("bob", "1", "me: look", 0));
    let before = desk.summary(&room());
    assert_eq!((before.unread, before.mentions), (1, 0), "the engine did not say that it is a mention");
    put(&mut desk, doing(at("bob", "2", "look here", 1), "1", Deed::Correct));
    assert_eq!(desk.summary(&room()).mentions, 0);
    let mut mention = doing(at("bob", "3", "me: look here", 2), "1", Deed::Correct);
    mention.is_mention = true;
    let events = put(&mut desk, mention);
    assert!(changed(&events)[0].is_mention);
    let after = desk.summary(&room());
    assert_eq!((after.unread, after.mentions), (1, 1));
}
