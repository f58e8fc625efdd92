//! What a kill, a second start, damage and an end in the middle of work leave.

use super::desk::{said, wrote};
use super::{Desk, account, chat};
use parlour::contract::event::history;
use parlour::contract::{Batch, Entry, Event, StoreNews, Write};
use parlour::model::*;
use parlour::store::{Store, StoreError};
use std::fs;
use std::path::Path;

/// The files as a killed process leaves them: taken while the store runs.
fn killed_copy(from: &Path) -> tempfile::TempDir {
    let to = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.path().join(path.file_name().unwrap())).unwrap();
    }
    to
}

#[test]
fn r02_whatever_was_told_is_there_after_a_kill() {
    let mut desk = Desk::new();
    for n in 0..50 {
        desk.fresh(said("bob@b/a", &n.to_string(), &format!("{n}"), n * 1000));
        if n % 10 == 9 {
            let copy = killed_copy(desk.dir());
            let mut after = Desk::at(copy.path());
            assert_eq!(after.bodies(&chat("bob@b")).len() as i64, n + 1);
            after.close();
        }
    }
}

#[test]
fn a_store_that_is_dropped_loses_nothing_that_was_committed() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(dir.path());
    desk.fresh(wrote("bob@b", "a-random-id-of-ours", "hello", 1000, Delivery::Pending));
    desk.store = None;
    drop(desk);
    // The lock is free once the thread has ended, which nobody waited for.
    let store = loop {
        match Store::open(dir.path()) {
            Ok(store) => break store,
            Err(StoreError::InUse { .. }) => std::thread::yield_now(),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(store.bootstrap(&account()).unwrap().outbox.len(), 1);
    store.close();
}

#[test]
fn closing_commits_what_waits_and_empties_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(dir.path());
    for seq in 1..=40 {
        let m = said("bob@b/a", &seq.to_string(), "x", seq);
        let entries = vec![Entry::Write(Write::Message(Box::new(m)))];
        desk.batches
            .blocking_send(Batch { account: account(), seq: seq as u64, is_durable: false, counted: None, entries })
            .unwrap();
    }
    desk.close();
    assert_eq!(*desk.committed.borrow(), 40);
    let wal = dir.path().join("history.db-wal");
    assert!(fs::metadata(wal).map_or(0, |m| m.len()) == 0);
    let mut desk = Desk::at(dir.path());
    assert_eq!(desk.bodies(&chat("bob@b")).len(), 40);
    desk.close();
}

#[test]
fn r12_a_second_start_is_told_who_holds_the_profile() {
    let mut desk = Desk::new();
    let refused = Store::open(desk.dir()).unwrap_err();
    assert!(matches!(refused, StoreError::InUse { pid: Some(pid), .. } if pid == std::process::id()), "{refused}");
    assert!(refused.to_string().contains(&std::process::id().to_string()));
    desk.close();
    Store::open(desk.dir()).unwrap().close();
}

#[test]
fn r11_a_damaged_history_is_kept_and_told() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("history.db"), vec![0x5a; 9000]).unwrap();
    let mut desk = Desk::at(dir.path());
    assert!(matches!(desk.outputs.failures.try_recv().unwrap(), StoreNews::Told(words) if words.contains("corrupt-")));
    desk.fresh(said("bob@b/a", "1", "goes on", 1000));
    desk.close();
}

#[cfg(unix)]
#[test]
fn only_the_user_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let inner = dir.path().join("a/profile");
    let mut desk = Desk::at(&inner);
    desk.fresh(said("bob@b/a", "1", "x", 1000));
    let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&inner).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    assert_eq!(names, ["history.db", "history.db-shm", "history.db-wal", "lock"]);
    desk.close();
}

#[test]
fn the_sequence_is_published_when_the_batch_is_on_disk() {
    let mut desk = Desk::new();
    let m = wrote("bob@b", "a-random-id-of-ours", "hello", 1000, Delivery::Pending);
    let entries = vec![Entry::Write(Write::Message(Box::new(m)))];
    desk.batches.blocking_send(Batch { account: account(), seq: 7, is_durable: true, counted: None, entries }).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(desk.committed.wait_for(|seq| *seq == 7)).unwrap();
    let copy = killed_copy(desk.dir());
    let store = Store::open(copy.path()).unwrap();
    assert_eq!(store.bootstrap(&account()).unwrap().outbox.len(), 1);
    store.close();
}

#[test]
fn r11_flipped_bytes_neither_panic_nor_are_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(dir.path());
    let many = (0..300).map(|n| Write::Message(Box::new(said("bob@b/a", &n.to_string(), "some words", n)))).collect();
    desk.write_all(many);
    desk.close();
    let sound = fs::read(dir.path().join("history.db")).unwrap();
    let mut at = 7;
    for _ in 0..60 {
        // A fixed walk over the file; the stride is a prime, so it meets every kind of page.
        at = (at + 10_007) % sound.len();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("history.db");
        let mut bytes = sound.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        let mut store = match Store::open(dir.path()) {
            Ok(store) => store,
            // A byte of the format's number, made greater: a newer parlour's, for all that we can tell.
            Err(StoreError::Newer { .. }) => {
                assert_eq!(fs::read(&path).unwrap(), bytes);
                continue;
            }
            Err(error) => panic!("byte {at}: {error}"),
        };
        let mut outputs = store.take_outputs().unwrap();
        let words = "words".to_owned();
        let query =
            parlour::contract::Query::Search { account: None, chat: None, words, limit: 500, before: None, seq: 1 };
        store.queries.blocking_send(query).unwrap();
        // Found, fewer, none or told as a failure: but answered.
        outputs.replies.blocking_recv().unwrap();
        // What could not be a bootstrap is an error, never a panic.
        let _ = store.bootstrap(&account());
        if let Ok(told) = outputs.failures.try_recv() {
            assert!(format!("{told:?}").contains("corrupt-"), "{told:?}");
        }
        store.close();
    }
}

#[test]
fn what_must_wait_for_the_disk_waits_together() {
    let mut desk = Desk::new();
    let send = |desk: &Desk, seq: u64, is_durable: bool, messages: Vec<Message>| {
        let mut entries: Vec<Entry> = messages.into_iter().map(|m| Entry::Write(Write::Message(Box::new(m)))).collect();
        entries.push(Entry::Event(Event::History(history::Event::CatchUpDone(account().0))));
        let batch = Batch { account: account(), seq, is_durable, counted: None, entries };
        desk.batches.blocking_send(batch).unwrap();
    };
    // While the writer is busy with this the others come together.
    let many = (0..1500).map(|n| said("bob@sec.test/a", &format!("id{n}"), &format!("hi {n}"), 1000 + n)).collect();
    send(&desk, 1000, false, many);
    for n in 0..60 {
        let one = wrote("bob@sec.test", &format!("mine-{n}-and-random"), "x", 9000 + n, Delivery::Pending);
        send(&desk, 1001 + n as u64, true, vec![one]);
    }
    let (mut done, mut transactions) = (0, 0);
    while done < 61 {
        let events = desk.outputs.committed.blocking_recv().unwrap().events;
        let ends = events.iter().filter(|e| matches!(e, Event::History(history::Event::CatchUpDone(_)))).count();
        done += ends;
        transactions += usize::from(ends > 0);
    }
    assert!(transactions <= 10, "{transactions} waits for the disk where a few would do");
}
