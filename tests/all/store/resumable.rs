//! The session that a later start could go on with: its count is on disk with what the stanzas caused, or not at all.

use super::desk::said;
use super::{Desk, account, chat};
use parlour::contract::{Batch, Entry, Resumable, StoreNews, Write};
use parlour::model::{Jid, Reach, StatusPlaces};

fn session(id: &str, handled: u32) -> Resumable {
    Resumable { id: id.to_owned(), me: Jid::parse("me@home.test/here").unwrap(), handled }
}

/// Sends batches, and waits until the last is committed.
fn send(desk: &mut Desk, batches: Vec<(Option<u32>, Vec<Write>)>) {
    for (counted, writes) in batches {
        desk.seq += 1;
        let entries = writes.into_iter().map(Entry::Write).collect();
        let batch = Batch { account: account(), seq: desk.seq, is_durable: false, counted, entries };
        desk.batches.blocking_send(batch).unwrap();
    }
    desk.write_all(Vec::new());
}

fn kept(desk: &Desk) -> Option<Resumable> {
    desk.store().bootstrap(&account()).unwrap().resumable
}

#[test]
fn the_newest_count_of_the_newest_session_is_kept() {
    let mut desk = Desk::new();
    assert_eq!(kept(&desk), None);
    send(&mut desk, vec![(Some(3), vec![])]);
    assert_eq!(kept(&desk), None, "a count of no session");
    let begin = |id: &str| (None, vec![Write::Resumable(Some(session(id, 0)))]);
    send(&mut desk, vec![begin("one")]);
    assert_eq!(kept(&desk), Some(session("one", 0)));
    let message = Write::Message(Box::new(said("bob@sec.test/a", "1", "hi", 1000)));
    send(&mut desk, vec![(Some(1), vec![]), (Some(4), vec![message]), (None, vec![])]);
    assert_eq!(kept(&desk), Some(session("one", 4)));
    // In one transaction or in several: the old session's count is nothing to the new one.
    send(&mut desk, vec![(Some(9), vec![]), begin("two")]);
    assert_eq!(kept(&desk), Some(session("two", 0)));
    send(&mut desk, vec![(Some(u32::MAX), vec![])]);
    assert_eq!(kept(&desk), Some(session("two", u32::MAX)));
    send(&mut desk, vec![(Some(0), vec![]), (None, vec![Write::Resumable(None)])]);
    assert_eq!(kept(&desk), None);
}

/// Sends a message that is the session's third stanza, and waits for nothing.
fn send_third(desk: &mut Desk) {
    let message = Write::Message(Box::new(said("bob@sec.test/a", "1", "hi", 1000)));
    desk.seq += 1;
    let entries = vec![Entry::Write(message)];
    let batch = Batch { account: account(), seq: desk.seq, is_durable: false, counted: Some(3), entries };
    desk.batches.blocking_send(batch).unwrap();
}

#[test]
fn a_transaction_that_cannot_begin_is_made_later_with_its_count() {
    let mut desk = Desk::new();
    send(&mut desk, vec![(None, vec![Write::Resumable(Some(session("one", 2)))])]);
    let other = rusqlite::Connection::open(desk.dir().join("history.db")).unwrap();
    // Another process holds the file, for longer than the store waits for it.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    send_third(&mut desk);
    let news = desk.outputs.failures.blocking_recv().unwrap();
    assert!(matches!(&news, StoreNews::Stuck(words) if words.contains("locked")), "{news:?}");
    assert_eq!(kept(&desk), Some(session("one", 2)));
    other.execute_batch("COMMIT").unwrap();
    desk.write_all(Vec::new());
    assert_eq!(desk.outputs.failures.blocking_recv().unwrap(), StoreNews::Over);
    assert_eq!((kept(&desk), desk.bodies(&chat("bob@sec.test"))), (Some(session("one", 3)), vec!["hi".to_owned()]));
}

#[test]
fn a_transaction_that_fails_half_way_leaves_neither_the_count_nor_what_it_counts() {
    // In front of the message, and behind it.
    for step in ["INSERT ON messages", "UPDATE ON resumable"] {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = Desk::at(dir.path());
        send(&mut desk, vec![(None, vec![Write::Resumable(Some(session("one", 2)))])]);
        let other = rusqlite::Connection::open(dir.path().join("history.db")).unwrap();
        other
            .execute_batch(&format!("CREATE TRIGGER fails AFTER {step} BEGIN SELECT RAISE(ABORT, 'on purpose'); END"))
            .unwrap();
        send_third(&mut desk);
        let news = desk.outputs.failures.blocking_recv().unwrap();
        assert!(matches!(&news, StoreNews::Told(words) if words.contains("on purpose")), "{step}: {news:?}");
        other.execute_batch("DROP TRIGGER fails").unwrap();
        // Such a failure is for good: what is kept is there for the next start.
        desk.close();
        let mut desk = Desk::at(dir.path());
        let none: Vec<String> = Vec::new();
        assert_eq!((kept(&desk), desk.bodies(&chat("bob@sec.test"))), (Some(session("one", 2)), none), "{step}");
    }
}

#[test]
fn where_operators_tell_of_outages_is_kept_and_forgotten() {
    let mut desk = Desk::new();
    let stored = |desk: &Desk| desk.store().bootstrap(&account()).unwrap().status_places;
    assert_eq!(stored(&desk), StatusPlaces::default());
    let two = vec!["https://a.example/s.json".to_owned(), "https://b.example/".to_owned()];
    for reach in [Reach::Public, Reach::Loopback, Reach::Private, Reach::Link, Reach::Nobody] {
        let places = StatusPlaces { addresses: two.clone(), reach };
        send(&mut desk, vec![(None, vec![Write::StatusPlaces(places.clone())])]);
        assert_eq!(stored(&desk), places);
    }
    send(&mut desk, vec![(None, vec![Write::StatusPlaces(StatusPlaces::default())])]);
    assert_eq!(stored(&desk), StatusPlaces::default());
}
