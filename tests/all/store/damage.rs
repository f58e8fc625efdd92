//! A damaged history is found, kept and begun anew; what was damaged is never somebody's words.

use super::desk::said;
use super::{Desk, account, chat};
use crate::figures::{figure, scale, seed};
use parlour::contract::archive::PageFrom;
use parlour::contract::{Query, Reply, Write};
use parlour::model::MessageKind;
use parlour::store::{Store, StoreError};
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// What a start made of a damaged file.
#[derive(Debug, Default)]
struct Tally {
    /// Every message came as it was.
    whole: usize,
    /// Some were not shown, or a question failed and said so.
    told: usize,
    /// The file was put aside.
    aside: usize,
    /// A greater number of the format: a newer parlour's, for all that we can tell; refused.
    refused: usize,
}

/// A profile with some messages: its folder, and what each of them says.
fn sound(dir: &Path) -> HashMap<i64, String> {
    let mut desk = Desk::at(dir);
    for who in ["bob@b", "carol@c", "dora@d"] {
        let messages = (0..120).map(|n| {
            let body = format!("{who} says number {n} and the quick brown fox jumps {}", "again ".repeat(n % 9));
            Write::Message(Box::new(said(&format!("{who}/a"), &format!("{who}-{n}"), &body, n as i64 * 1000)))
        });
        desk.write_all(messages.collect());
    }
    let mut all = HashMap::new();
    for who in ["bob@b", "carol@c", "dora@d"] {
        let (messages, ..) = desk.read_page(&chat(who), PageFrom::Newest, 500);
        all.extend(messages.into_iter().map(|m| (m.row.0, m.body.raw().to_owned())));
    }
    desk.close();
    assert_eq!(all.len(), 360);
    all
}

/// Starts on a damaged profile, asks it everything, writes to it, ends.
fn live_with(what: &str, dir: &Path, truth: &HashMap<i64, String>, tally: &mut Tally) {
    let path = dir.join("history.db");
    let bytes = fs::read(&path).unwrap();
    let mut store = match Store::open(dir) {
        Ok(store) => store,
        Err(StoreError::Newer { .. }) => {
            assert_eq!(fs::read(&path).unwrap(), bytes, "{what}: refused and touched");
            tally.refused += 1;
            return;
        }
        Err(error) => panic!("{what}: {error}"),
    };
    let mut outputs = store.take_outputs().unwrap();
    let mut seq = 0;
    let mut ask = |query: &dyn Fn(u64) -> Query| {
        seq += 1;
        store.queries.blocking_send(query(seq)).unwrap();
        outputs.replies.blocking_recv().unwrap_or_else(|| panic!("{what}: the reader is gone"))
    };
    let mut seen = 0;
    let mut has_told = false;
    let mut look = |reply: Reply, seen: &mut usize| {
        let (Reply::Page { messages, .. } | Reply::Found { messages, .. }) = reply else {
            has_told |= matches!(reply, Reply::Failed { .. });
            return;
        };
        for m in messages {
            if m.kind == MessageKind::Notice {
                has_told = true;
                continue;
            }
            assert_eq!(Some(m.body.raw()), truth.get(&m.row.0).map(String::as_str), "{what}: wrong words");
            *seen += 1;
        }
    };
    for who in ["bob@b", "carol@c", "dora@d"] {
        look(ask(&|seq| Query::Page { chat: chat(who), from: PageFrom::Newest, limit: 500, seq }), &mut seen);
    }
    let pages = seen;
    look(
        ask(&|seq| Query::Search { account: None, chat: None, words: "fox".into(), limit: 500, before: None, seq }),
        &mut seen,
    );
    drop(ask(&|_| Query::Chats { account: account() }));
    let _ = store.bootstrap(&account());
    store.close();
    let aside: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    let aside = aside.iter().find(|p| {
        let name = p.file_name().unwrap().to_string_lossy();
        name.contains(".corrupt-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    });
    match aside {
        Some(aside) => {
            assert_eq!(fs::read(aside).unwrap(), bytes, "{what}: kept as it was");
            assert_eq!(pages, 0, "{what}: begun anew");
            tally.aside += 1;
        }
        None if pages == truth.len() => tally.whole += 1,
        None => {
            assert!(has_told || pages < truth.len(), "{what}");
            tally.told += 1;
        }
    }
    // What came of it goes on: the next start is a plain one, and takes messages; or says why it cannot.
    if let Ok(mut store) = Store::open(dir) {
        drop(store.take_outputs());
        store.close();
    }
}

#[test]
fn r11_random_bytes_flipped() {
    let home = tempfile::tempdir().unwrap();
    let truth = sound(home.path());
    let bytes = fs::read(home.path().join("history.db")).unwrap();
    let mut dice = seed();
    println!("PARLOUR_SEED={dice}");
    let mut tally = Tally::default();
    let flips = scale(20, 200);
    for n in 0..flips {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (at, bits) = ((dice >> 24) as usize % bytes.len(), (dice >> 16) as u8 | 1);
        let dir = tempfile::tempdir().unwrap();
        let mut bad = bytes.clone();
        // Every other one where messages lie: most of a file is index and room.
        let at = if n % 2 == 0 { at } else { near_words(&bytes, at) };
        bad[at] ^= bits;
        fs::write(dir.path().join("history.db"), &bad).unwrap();
        live_with(&format!("byte {at} ^ {bits:#x}"), dir.path(), &truth, &mut tally);
    }
    println!("{tally:?}");
    let Tally { whole, told, aside, refused } = tally;
    assert_eq!(whole + told + aside + refused, flips);
    assert!(told > 0, "no flip fell into a message");
    figure(
        "R-11",
        "bytes",
        &format!(
            "{flips} flips: {whole} without a trace, {told} told of, {aside} put aside, {refused} refused; 0 wrong words, 0 panics"
        ),
    );
}

/// The next place at which a message's words lie.
fn near_words(bytes: &[u8], at: usize) -> usize {
    let words = b"quick brown fox";
    let found = bytes[at..].windows(words.len()).position(|w| w == words).map(|i| at + i);
    found.or_else(|| bytes.windows(words.len()).position(|w| w == words)).unwrap() + at % words.len()
}

#[test]
fn r11_cut_zeroed_and_foreign_files() {
    let home = tempfile::tempdir().unwrap();
    let truth = sound(home.path());
    let bytes = fs::read(home.path().join("history.db")).unwrap();
    let mut cases: Vec<(String, Vec<u8>)> = [1, 99, 100, 511, 4095, 4096, 4097, 8192, bytes.len() / 2, bytes.len() - 1]
        .iter()
        .map(|len| (format!("cut to {len}"), bytes[..*len].to_vec()))
        .collect();
    for (name, from, to) in [
        ("page 1", 0, 4096),
        ("the header", 0, 100),
        ("page 2", 4096, 8192),
        ("the end", bytes.len() - 4096, bytes.len()),
    ] {
        let mut bad = bytes.clone();
        bad[from..to].fill(0);
        cases.push((format!("{name} zeroed"), bad));
    }
    cases.push(("a text".into(), b"Dear diary, this is no database at all.\n".repeat(200)));
    cases.push(("a picture".into(), [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 9000]].concat()));
    cases.push(("noise".into(), (0..20_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect()));
    let mut tally = Tally::default();
    let count = cases.len();
    for (name, bad) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("history.db"), &bad).unwrap();
        live_with(&name, dir.path(), &truth, &mut tally);
    }
    println!("{tally:?}");
    // A byte less at the end, or an empty page gone, costs nothing.
    assert!(tally.aside >= 10 && tally.refused == 0, "{tally:?}");
    figure(
        "R-11",
        "files",
        &format!(
            "{count} cut, zeroed and foreign files: {} put aside, {} told of; 0 wrong words",
            tally.aside, tally.told
        ),
    );
}

#[test]
fn r11_a_damaged_log_gives_old_words_or_none() {
    let home = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(home.path());
    let mut truth = HashMap::new();
    for n in 0..60 {
        let m = desk.fresh(said("bob@b/a", &n.to_string(), &format!("words in the log, number {n}"), n * 1000));
        truth.insert(m.row.0, m.body.raw().to_owned());
    }
    let (db, wal) = (home.path().join("history.db"), home.path().join("history.db-wal"));
    let (db, wal) = (fs::read(db).unwrap(), fs::read(wal).unwrap());
    assert!(wal.len() > 10_000, "the messages are in the log still");
    let mut dice = seed();
    println!("PARLOUR_SEED={dice}");
    let rounds = scale(12, 60);
    let mut tally = Tally::default();
    for round in 0..rounds {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (dice >> 24) as usize % wal.len();
        let mut bad = wal.clone();
        match round % 4 {
            0 => bad[at] ^= 0x55,
            1 => bad.truncate(at),
            2 => bad[at..].fill(0),
            _ => bad[..32].fill(0xee),
        }
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("history.db"), &db).unwrap();
        fs::write(dir.path().join("history.db-wal"), &bad).unwrap();
        live_with(&format!("log: round {round}, byte {at}"), dir.path(), &truth, &mut tally);
    }
    desk.close();
    println!("{tally:?}");
    assert_eq!(tally.refused, 0);
    figure(
        "R-11",
        "log",
        &format!("{rounds} damaged logs: {} whole, {} shorter; 0 wrong words", tally.whole, tally.told),
    );
}

#[test]
fn r11_what_is_damaged_in_the_outbox_is_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::at(dir.path());
    desk.fresh(super::desk::wrote(
        "bob@b",
        "a-random-id-of-ours",
        "the tenth at noon",
        1000,
        parlour::model::Delivery::Pending,
    ));
    desk.close();
    let path = dir.path().join("history.db");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(9).rposition(|w| w == b"the tenth").unwrap();
    bytes[at + 4..at + 9].copy_from_slice(b"ninth");
    fs::write(&path, bytes).unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert!(store.bootstrap(&account()).unwrap().outbox.is_empty());
    store.close();
}
