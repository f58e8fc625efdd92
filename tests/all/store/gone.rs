//! The profile's files are deleted or moved while parlour runs: it is noticed at once, told, and nothing more is taken
//! that could not be kept.

use super::Desk;
use super::desk::said;
use parlour::contract::{Batch, Entry, StoreNews, Write};
use parlour::store::Store;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// The next news, which must come within a second.
fn news(desk: &mut Desk, what: &str) -> StoreNews {
    let began = Instant::now();
    let news = desk.outputs.failures.blocking_recv().expect("the store lives");
    assert!(began.elapsed() < Duration::from_secs(1), "{what}: {:?}", began.elapsed());
    news
}

fn is_told(news: &StoreNews, path: &Path) -> bool {
    matches!(news, StoreNews::Stuck(words) if words.contains("deleted or moved") && words.contains(path.to_str().unwrap()))
}

/// Hands a message over without waiting for what becomes of it.
fn push(desk: &mut Desk, body: &str) {
    desk.seq += 1;
    let entries = vec![Entry::Write(Write::Message(Box::new(said("bob@b/a", body, body, desk.seq as i64 * 1000))))];
    let batch = Batch { account: super::account(), seq: desk.seq, is_durable: true, counted: Some(1), entries };
    desk.batches.blocking_send(batch).unwrap();
}

#[test]
fn r09_a_database_that_is_deleted_or_moved_is_noticed_and_takes_nothing() {
    type Deed = fn(&Path);
    let deeds: [(&str, Deed); 7] = [
        ("the folder deleted", |dir| fs::remove_dir_all(dir).unwrap()),
        ("the database deleted", |dir| fs::remove_file(dir.join("history.db")).unwrap()),
        ("the log of writes deleted", |dir| fs::remove_file(dir.join("history.db-wal")).unwrap()),
        ("the database moved", |dir| fs::rename(dir.join("history.db"), dir.join("old.db")).unwrap()),
        ("another one in its place", |dir| {
            fs::copy(dir.join("history.db"), dir.join("copy.db")).unwrap();
            fs::rename(dir.join("copy.db"), dir.join("history.db")).unwrap();
        }),
        ("the folder moved", |dir| fs::rename(dir, dir.with_extension("moved")).unwrap()),
        ("a folder above moved", |dir| {
            let above = dir.parent().unwrap();
            fs::rename(above, above.with_extension("moved")).unwrap();
        }),
    ];
    for (what, deed) in deeds {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("above/profile");
        fs::create_dir_all(&dir).unwrap();
        let mut desk = Desk::at(&dir);
        desk.fresh(said("bob@b/a", "1", "before", 1000));
        let seen = *desk.committed.borrow();
        deed(&dir);
        assert!(is_told(&news(&mut desk, what), &dir), "{what}");
        push(&mut desk, "lost");
        std::thread::sleep(Duration::from_millis(700));
        assert!(desk.outputs.committed.try_recv().is_err(), "{what}: it was shown");
        assert_eq!(*desk.committed.borrow(), seen, "{what}: it counts as kept");
        assert!(desk.outputs.failures.try_recv().is_err(), "{what}: told once");
        let made = dir.exists().then(|| fs::read_dir(&dir).unwrap().count());
        assert!(!what.contains("folder") || made.is_none(), "{what}: nothing is made there");
        desk.close();
    }
}

#[test]
fn r09_what_was_moved_and_comes_back_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("profile");
    fs::create_dir(&dir).unwrap();
    let mut desk = Desk::at(&dir);
    desk.fresh(said("bob@b/a", "1", "before", 1000));
    fs::rename(&dir, root.path().join("away")).unwrap();
    assert!(is_told(&news(&mut desk, "moved"), &dir));
    push(&mut desk, "meanwhile");
    fs::rename(root.path().join("away"), &dir).unwrap();
    assert_eq!(news(&mut desk, "back"), StoreNews::Over);
    assert_eq!(desk.outputs.committed.blocking_recv().unwrap().events.len(), 1);
    assert_eq!(desk.bodies(&super::chat("bob@b")), ["before", "meanwhile"]);
    desk.close();
    let mut desk = Desk::at(&dir);
    assert_eq!(desk.bodies(&super::chat("bob@b")), ["before", "meanwhile"], "on the disk");
}

#[test]
fn r12_a_lock_file_that_is_deleted_is_no_way_in() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(dir.path());
    fs::remove_file(dir.path().join("lock")).unwrap();
    let deadline = Instant::now() + Duration::from_secs(1);
    while !dir.path().join("lock").exists() {
        assert!(Instant::now() < deadline, "it is not made anew");
        std::thread::yield_now();
    }
    desk.fresh(said("bob@b/a", "1", "still here", 1000));
    assert!(Store::open(dir.path()).is_err(), "a second one");
}
