//! A history of the format before localparts were prepared (RFC 7622), in which one peer stands under two forms: nothing of
//! either is lost, and what is one is one.

use super::Desk;
use parlour::model::*;
use rusqlite::{Connection, params};
use std::path::Path;

const OLD: [&str; 4] = [
    include_str!("../../../src/store/schema/0001.sql"),
    include_str!("../../../src/store/schema/0002.sql"),
    include_str!("../../../src/store/schema/0003.sql"),
    include_str!("../../../src/store/schema/0004.sql"),
];

/// The two forms of one name.
const APART: &str = "franc\u{327}ois@b.test";
const WHOLE: &str = "françois@b.test";

fn fnv(bytes: impl Iterator<Item = u8>) -> i64 {
    bytes.fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)).cast_signed()
}

/// A history as the older version wrote it.
struct Old(Connection);

impl Old {
    fn at(dir: &Path) -> Self {
        let conn = Connection::open(dir.join("history.db")).unwrap();
        for sql in OLD {
            conn.execute_batch(sql).unwrap();
        }
        conn.pragma_update(None, "user_version", 4).unwrap();
        conn.execute("INSERT INTO accounts (id, jid, roster_version) VALUES (1, 'me@home.test', 'v7')", []).unwrap();
        Self(conn)
    }

    fn account(&self, id: i64, jid: &str) {
        self.0.execute("INSERT INTO accounts (id, jid) VALUES (?1, ?2)", params![id, jid]).unwrap();
    }

    fn archive(&self, id: i64, account: i64, jid: &str) {
        self.0.execute("INSERT INTO archives VALUES (?1, ?2, ?3)", params![id, account, jid]).unwrap();
        let sql = "INSERT INTO intervals VALUES (?1, 0, 'a', 'b', 1, 2, 0)";
        self.0.execute(sql, [id]).unwrap();
    }

    /// A chat of a contact, with what was typed there; read up to a time in milliseconds.
    fn chat(&self, id: i64, account: i64, address: &str, kind: i64, draft: &str, read: i64) {
        let sql = "INSERT INTO chats (id, account, address, kind, is_open, is_accepted, draft, read_up_to)
                   VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7)";
        let params = params![id, account, address, kind, id != 11, draft, read * 1000];
        self.0.execute(sql, params).unwrap();
    }

    /// A message at a time in milliseconds; `delivery` 0 is somebody else's.
    fn message(&self, chat: i64, from: &str, stanza: &str, body: &str, time: i64, delivery: i64) {
        self.archived(chat, from, stanza, body, time, delivery, None);
    }

    #[allow(clippy::too_many_arguments)]
    fn archived(
        &self,
        chat: i64,
        from: &str,
        stanza: &str,
        body: &str,
        time: i64,
        delivery: i64,
        archive: Option<(i64, &str)>,
    ) {
        let id = (time * 1000) << 10;
        let id = (id..id + 1000)
            .find(|id| !self.0.prepare("SELECT 1 FROM messages WHERE id = ?1").unwrap().exists([id]).unwrap());
        let id = id.unwrap();
        let numbers = [id, chat, 0, time];
        let texts = [from, "", body].into_iter().flat_map(|t| t.bytes().chain([0xff]));
        let sum = fnv(numbers.iter().flat_map(|n| n.to_le_bytes()).chain(texts));
        let sender = if delivery == 0 { from } else { "" };
        let again = fnv(sender.bytes().chain([0]).chain(stanza.bytes()));
        let origin = (delivery > 0).then_some(stanza);
        self.0
            .execute(
                "INSERT INTO messages VALUES (?1, ?2, ?3, 0, NULL, ?4, ?5, 0, ?6, NULL, 0, ?7, ?8, ?9, NULL, ?10, ?11, ?12, ?13)",
                params![
                    id,
                    chat,
                    from,
                    body,
                    time,
                    delivery,
                    i64::from(delivery == 0),
                    stanza,
                    origin,
                    archive.map(|(row, _)| row),
                    archive.map(|(_, id)| id),
                    again,
                    sum
                ],
            )
            .unwrap();
        let account: i64 =
            self.0.query_row("SELECT account FROM chats WHERE id = ?1", [chat], |row| row.get(0)).unwrap();
        let scope = format!("a{account} c{chat}");
        self.0
            .execute("INSERT INTO search (rowid, body, scope) VALUES (?1, ?2, ?3)", params![id, body, scope])
            .unwrap();
        let sql = "UPDATE chats SET last_row = max(last_row, ?2), last_activity = max(last_activity, ?3) WHERE id = ?1";
        self.0.execute(sql, params![chat, id, time]).unwrap();
    }

    fn contact(&self, account: i64, jid: &str) {
        let sql = "INSERT INTO contacts VALUES (?1, ?2, NULL, '', 3, 0)";
        self.0.execute(sql, params![account, jid]).unwrap();
    }
}

fn count(dir: &Path, sql: &str) -> i64 {
    Connection::open(dir.join("history.db")).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn two_forms_of_a_peer_become_one_chat_that_lacks_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let old = Old::at(dir.path());
    old.archive(1, 1, "me@home.test");
    // What the user wrote went to the typed form; what came back stood under the server's.
    old.chat(10, 1, APART, 0, "older draft", 1000);
    old.message(10, "me@home.test/tui", "an-id-that-is-random-1", "my question", 1000, 3);
    old.message(10, &format!("{APART}/x"), "odd", "said under the typed form", 1500, 0);
    old.chat(11, 1, WHOLE, 0, "newer draft", 2000);
    old.message(11, &format!("{WHOLE}/phone"), "one", "their answer", 2000, 0);
    old.message(11, &format!("{WHOLE}/phone"), "two", "another answer", 3000, 0);
    // The own archive gave the question a second time, in the other chat.
    old.archived(11, "me@home.test/tui", "an-id-that-is-random-1", "my question", 1001, 3, Some((1, "900")));
    old.contact(1, APART);
    old.contact(1, WHOLE);
    drop(old);

    let mut desk = Desk::at(dir.path());
    let chat = super::chat(WHOLE);
    assert_eq!(
        desk.bodies(&chat),
        ["my question", "said under the typed form", "their answer", "another answer"],
        "each once, by time, and none taken for damaged"
    );
    assert_eq!(super::chat(APART), chat);
    let all = desk.chats();
    assert_eq!(all.len(), 1, "{all:?}");
    let summary = desk.summary(&chat);
    assert_eq!(summary.draft, "newer draft");
    // Unread were one there and one here.
    assert_eq!((summary.unread, summary.is_accepted, summary.is_open), (2, true, true));
    assert_eq!(summary.last.unwrap().body.raw(), "another answer");
    // The index knows it under one chat, and copies still find each other.
    assert_eq!(desk.search("typed form", Some(chat.clone()), None, 10).len(), 1);
    assert_eq!(desk.search("question", Some(chat.clone()), None, 10).len(), 1);
    let mut copy = super::desk::said(&format!("{WHOLE}/x"), "odd", "said under the typed form", 1500);
    copy.is_delayed = true;
    assert_eq!(desk.message(copy), None, "it is there already");
    let stored = desk.store().bootstrap(&super::account()).unwrap();
    assert_eq!(stored.contacts.len(), 1);
    assert_eq!(stored.roster_version, None, "the server is asked for its list");
    desk.close();
    // It runs once.
    assert_eq!(count(dir.path(), "SELECT count(*) FROM tasks"), 0);
    let mut desk = Desk::at(dir.path());
    assert_eq!(desk.bodies(&chat).len(), 4);
    desk.close();
    assert!(dir.path().join("history.db.format-4").exists(), "the old file is kept");
}

#[test]
fn what_one_server_keeps_apart_stays_two_chats() {
    let dir = tempfile::tempdir().unwrap();
    let old = Old::at(dir.path());
    for (chat, address) in [(1, "straße@b.test"), (2, "strasse@b.test"), (3, "ca\u{ad}fe@b.test"), (4, "cafe@b.test")]
    {
        old.chat(chat, 1, address, 0, "", 0);
        old.message(chat, &format!("{address}/x"), "one", address, 1000 * chat, 0);
    }
    drop(old);
    let mut desk = Desk::at(dir.path());
    assert_eq!(desk.chats().len(), 4);
    for address in ["straße@b.test", "strasse@b.test", "ca\u{ad}fe@b.test", "cafe@b.test"] {
        assert_eq!(desk.bodies(&super::chat(address)), [address]);
    }
    desk.close();
}

#[test]
fn wide_letters_rooms_and_people_in_them_are_prepared_too() {
    let dir = tempfile::tempdir().unwrap();
    let old = Old::at(dir.path());
    old.archive(1, 1, "cafe\u{301}@rooms.test");
    old.chat(1, 1, "cafe\u{301}@rooms.test", 1, "to the room", 0);
    old.archived(1, "cafe\u{301}@rooms.test/Zoé", "one", "in the room", 1000, 0, Some((1, "7")));
    old.chat(2, 1, "ｂｏｂ@b.test", 0, "", 0);
    old.message(2, "ｂｏｂ@b.test/x", "one", "in wide letters", 1000, 0);
    old.chat(3, 1, "plaza@rooms.test/Zoe\u{301}", 2, "", 0);
    old.message(3, "plaza@rooms.test/Zoe\u{301}", "one", "first", 1000, 0);
    old.chat(4, 1, "plaza@rooms.test/Zoé", 2, "", 0);
    old.message(4, "plaza@rooms.test/Zoé", "two", "second", 2000, 0);
    drop(old);
    let mut desk = Desk::at(dir.path());
    let room = super::chat("café@rooms.test");
    assert_eq!(desk.bodies(&room), ["in the room"]);
    assert_eq!(desk.summary(&room).draft, "to the room");
    assert_eq!(desk.bodies(&super::chat("bob@b.test")), ["in wide letters"]);
    assert_eq!(desk.bodies(&super::chat("plaza@rooms.test/Zoé")), ["first", "second"]);
    let archives = desk.store().bootstrap(&super::account()).unwrap().archives;
    assert_eq!(archives.iter().map(|(jid, i)| (jid.as_str(), i.len())).collect::<Vec<_>>(), [("café@rooms.test", 1)]);
    desk.close();
}

#[test]
fn two_forms_of_an_account_become_one() {
    for order in [[1, 2], [2, 1]] {
        let dir = tempfile::tempdir().unwrap();
        let old = Old::at(dir.path());
        let [apart, whole] = order.map(|n| n + 1);
        for id in [2, 3] {
            old.account(id, if id == apart { "zoe\u{301}@home.test" } else { "zoé@home.test" });
        }
        old.archive(1, apart, "zoe\u{301}@home.test");
        old.archive(2, whole, "zoé@home.test");
        old.chat(1, apart, "bob@b.test", 0, "still typing", 0);
        old.archived(1, "bob@b.test/x", "one", "seen by both", 1000, 0, Some((1, "5")));
        old.message(1, "zoe\u{301}@home.test/tui", "an-id-that-is-random-1", "from the one", 2000, 1);
        old.chat(2, whole, "bob@b.test", 0, "", 0);
        old.archived(2, "bob@b.test/x", "one", "seen by both", 1000, 0, Some((2, "5")));
        old.archived(2, "bob@b.test/x", "two", "seen by the other", 3000, 0, Some((2, "6")));
        old.chat(3, apart, "carol@b.test", 0, "", 0);
        old.message(3, "carol@b.test/x", "one", "only here", 1000, 0);
        old.contact(apart, "carol@b.test");
        drop(old);

        let mut desk = Desk::at(dir.path());
        let zoe = AccountId(BareJid::parse("zoé@home.test").unwrap());
        let chat = |jid: &str| ChatId::new(zoe.clone(), Jid::parse(jid).unwrap());
        assert_eq!(desk.bodies(&chat("bob@b.test")), ["seen by both", "from the one", "seen by the other"]);
        assert_eq!(desk.bodies(&chat("carol@b.test")), ["only here"]);
        let stored = desk.store().bootstrap(&zoe).unwrap();
        assert_eq!(stored.outbox.len(), 1, "what waits to be sent still does");
        assert_eq!(stored.contacts.len(), 1);
        assert_eq!(stored.archives.len(), 1);
        desk.close();
        assert_eq!(count(dir.path(), "SELECT count(*) FROM accounts WHERE id > 1"), 1);
        assert_eq!(count(dir.path(), "SELECT count(*) FROM words WHERE words MATCH 'scope : c3'"), 1);
    }
}

#[test]
fn what_the_disk_damaged_stays_damaged() {
    let dir = tempfile::tempdir().unwrap();
    let old = Old::at(dir.path());
    old.chat(1, 1, APART, 0, "", 0);
    old.message(1, &format!("{APART}/x"), "one", "true words", 1000, 0);
    old.message(1, &format!("{APART}/x"), "two", "turned words", 2000, 0);
    old.0.execute("UPDATE messages SET body = 'other words' WHERE stanza_id = 'two'", []).unwrap();
    drop(old);
    let mut desk = Desk::at(dir.path());
    let bodies = desk.bodies(&super::chat(WHOLE));
    assert_eq!(bodies[0], "true words");
    assert!(bodies[1].contains("damaged on the disk"), "{bodies:?}");
    desk.close();
}
