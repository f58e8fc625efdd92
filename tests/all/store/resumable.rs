//! The session that a later start could go on with: its count is on disk with what the stanzas caused, or not at all.

use super::desk::said;
use super::{Desk, account};
use parlour::contract::{Batch, Entry, Resumable, Write};
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

#[test]
fn a_transaction_that_fails_leaves_the_count_as_it_was() {
    let mut desk = Desk::new();
    send(&mut desk, vec![(None, vec![Write::Resumable(Some(session("one", 2)))])]);
    let path = desk.dir().join("history.db");
    let found = std::fs::read_dir(desk.dir()).unwrap().filter_map(Result::ok).map(|e| e.path());
    let path = found.chain([path]).find(|p| p.extension().is_some_and(|e| e == "sqlite" || e == "db")).unwrap();
    let other = rusqlite::Connection::open(path).unwrap();
    // Another process holds the file: nothing is committed, so the count stays with the messages.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let message = Write::Message(Box::new(said("bob@sec.test/a", "1", "hi", 1000)));
    desk.seq += 1;
    let entries = vec![Entry::Write(message)];
    let batch = Batch { account: account(), seq: desk.seq, is_durable: false, counted: Some(3), entries };
    desk.batches.blocking_send(batch).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(50));
    assert_eq!(kept(&desk), Some(session("one", 2)));
    other.execute_batch("COMMIT").unwrap();
    desk.write_all(Vec::new());
    assert_eq!(kept(&desk), Some(session("one", 3)));
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
