//! Making the full-text index of a database of formats 1 to 7 anew.
//!
//! A million messages take minutes, so it is done in small steps while the writer has nothing else to do, and goes on
//! after a restart where it was. Rows are taken in order, and `held` says up to which one they are in the new index. A
//! message that comes in below that is put into both, one above into the old one alone, since its turn comes. When
//! nothing is above, the new index serves, and the old one is emptied in steps as well.

use super::Sql;
use crate::store::former;
use crate::store::spread::{self, spread};
use rusqlite::{Connection, params};

/// Messages of one step: a few milliseconds, which whoever sends meanwhile waits at most.
const STEP: i64 = 100;
/// All rows.
const ALL: i64 = i64::MAX;

/// Which index has which messages.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Indexed {
    /// The new one holds all messages up to this row.
    held: i64,
    /// The old one holds all messages.
    has_former: bool,
}

/// The words of a message, and where it belongs.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Words<'a> {
    pub row: i64,
    pub account: i64,
    pub chat: i64,
    pub subject: Option<&'a str>,
    pub body: &'a str,
}

impl Indexed {
    /// As it is now.
    pub(in crate::store) fn of(conn: &Connection) -> Sql<Self> {
        conn.prepare_cached("SELECT held, has_former FROM indexing")?
            .query_row([], |row| Ok(Self { held: row.get(0)?, has_former: row.get(1)? }))
    }

    /// A message got its row.
    pub(in crate::store) fn put(self, conn: &Connection, words: Words<'_>) -> Sql<()> {
        if self.held >= words.row {
            insert(conn, words)?;
        }
        if self.has_former {
            conn.prepare_cached("INSERT INTO search (rowid, body, scope) VALUES (?1, ?2, ?3)")?.execute(params![
                words.row,
                former::spread(&words.text()),
                words.scope()
            ])?;
        }
        Ok(())
    }

    /// A message's row goes.
    pub(in crate::store) fn remove(self, conn: &Connection, row: i64) -> Sql<()> {
        if self.held >= row {
            conn.prepare_cached("DELETE FROM words WHERE rowid = ?1")?.execute([row])?;
        }
        if self.has_former {
            conn.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([row])?;
        }
        Ok(())
    }

    /// What FTS5 is asked, and the query for it; `None` where nothing was asked for.
    pub(in crate::store) fn question(self, asked: &str, scope: Option<&str>) -> Option<(&'static str, String)> {
        if self.held == ALL {
            let sql = "SELECT rowid FROM words WHERE words MATCH ?1 AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid DESC LIMIT ?4";
            return Some((sql, spread::query(asked, scope)?));
        }
        let sql = "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid DESC LIMIT ?4";
        Some((sql, former::query(asked, scope)?))
    }
}

impl Words<'_> {
    fn text(&self) -> std::borrow::Cow<'_, str> {
        match self.subject {
            Some(subject) => [subject, self.body].join("\n").into(),
            None => self.body.into(),
        }
    }

    /// So that a search in one chat or one account does not walk through the hits of all others.
    fn scope(&self) -> String {
        format!("a{} c{}", self.account, self.chat)
    }
}

fn insert(conn: &Connection, words: Words<'_>) -> Sql<()> {
    conn.prepare_cached("INSERT INTO words (rowid, body, scope) VALUES (?1, ?2, ?3)")?.execute(params![
        words.row,
        spread(&words.text()),
        words.scope()
    ])?;
    Ok(())
}

/// A database without messages needs no old index at all.
pub(in crate::store) fn begin(conn: &Connection) -> Sql<()> {
    let is_new = conn.prepare("SELECT 1 FROM indexing WHERE held = 0")?.exists([])?
        && !conn.prepare("SELECT 1 FROM messages")?.exists([])?;
    if is_new {
        conn.execute_batch(
            "BEGIN; DROP TABLE search; UPDATE indexing SET held = 9223372036854775807, has_former = 0; COMMIT",
        )?;
    }
    Ok(())
}

/// Goes one step on; `false` when all is done.
pub(in crate::store) fn step(conn: &Connection) -> Sql<bool> {
    let indexed = Indexed::of(conn)?;
    if indexed.held == ALL { drop_former(conn) } else { fill_some(conn, indexed.held).map(|()| true) }
}

fn fill_some(conn: &Connection, held: i64) -> Sql<()> {
    let mut statement = conn.prepare_cached(
        "SELECT m.id, c.account, m.chat, m.subject, m.body FROM messages m CROSS JOIN chats c ON c.id = m.chat
         WHERE m.id > ?1 ORDER BY m.id LIMIT ?2",
    )?;
    let mut rows = statement.query([held, STEP])?;
    let (mut count, mut last) = (0, held);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        (count, last) = (count + 1, id);
        // What the disk damaged is not looked for.
        let (Ok(subject), Ok(body)) = (row.get_ref(3)?.as_str_or_null(), row.get_ref(4)?.as_str()) else { continue };
        insert(conn, Words { row: id, account: row.get(1)?, chat: row.get(2)?, subject, body })?;
    }
    // Nobody else writes meanwhile, so a step that is not full was the last.
    let (held, has_former) = if count < STEP { (ALL, false) } else { (last, true) };
    conn.prepare_cached("UPDATE indexing SET held = ?1, has_former = ?2")?.execute(params![held, has_former])?;
    Ok(())
}

/// Drops the old index, at once: half of one is damage to whoever checks the file, also after a kill.
fn drop_former(conn: &Connection) -> Sql<bool> {
    let is_there = conn.prepare_cached("SELECT 1 FROM sqlite_master WHERE name = 'search'")?.exists([])?;
    if is_there {
        conn.execute_batch("DROP TABLE search")?;
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema::MIGRATIONS;
    use std::collections::BTreeMap;

    const BODIES: [&str; 5] =
        ["a wonderful day", "the wonder itself", "ёлка in winter", "北京 by night", "ฉันรักประเทศไทย"];

    /// A database of format 7 with messages, as the new format finds it.
    struct Upgraded {
        conn: Connection,
        kept: BTreeMap<i64, &'static str>,
    }

    impl Upgraded {
        fn new(rows: impl Iterator<Item = i64>) -> Self {
            let conn = Connection::open_in_memory().unwrap();
            for sql in MIGRATIONS {
                conn.execute_batch(sql).unwrap();
            }
            conn.execute_batch(
                "INSERT INTO accounts (id, jid) VALUES (1, 'me@home.test');
                 INSERT INTO chats (id, account, address, kind, is_open, is_accepted) VALUES (7, 1, 'bob@b', 0, 1, 1);",
            )
            .unwrap();
            let mut made = Self { conn, kept: BTreeMap::new() };
            rows.for_each(|row| made.add(row));
            begin(&made.conn).unwrap();
            made
        }

        fn add(&mut self, row: i64) {
            if self.kept.contains_key(&row) {
                return;
            }
            let body = BODIES[(row / 10 + row) as usize % BODIES.len()];
            let sql =
                "INSERT INTO messages (id, chat, sender, kind, body, time, is_delayed, delivery, is_mention, weight)
                       VALUES (?1, 7, 'bob@b/a', 0, ?2, ?1, 0, 0, 1, 1)";
            self.conn.execute(sql, params![row, body]).unwrap();
            let words = Words { row, account: 1, chat: 7, subject: None, body };
            Indexed::of(&self.conn).unwrap().put(&self.conn, words).unwrap();
            self.kept.insert(row, body);
        }

        fn remove(&mut self, row: i64) {
            if self.kept.remove(&row).is_none() {
                return;
            }
            Indexed::of(&self.conn).unwrap().remove(&self.conn, row).unwrap();
            self.conn.execute("DELETE FROM messages WHERE id = ?1", [row]).unwrap();
        }

        fn found(&self, asked: &str) -> Vec<i64> {
            let (sql, query) = Indexed::of(&self.conn).unwrap().question(asked, Some("c7")).unwrap();
            let mut statement = self.conn.prepare(sql).unwrap();
            let rows = statement.query_map(params![query, 0, i64::MAX, 10_000], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        }

        fn has_former(&self) -> bool {
            self.conn.prepare("SELECT 1 FROM sqlite_master WHERE name LIKE 'search%'").unwrap().exists([]).unwrap()
        }

        /// A whole word is found all the while, once each, and nothing that is gone; and the file is sound, as it must
        /// be when the program is killed here.
        fn check(&self) {
            let sound: String = self.conn.query_row("PRAGMA quick_check", [], |row| row.get(0)).unwrap();
            assert_eq!(sound, "ok");
            for (asked, has) in [("day", "day"), ("北京", "北京"), ("winter", "winter")] {
                let wanted: Vec<i64> =
                    self.kept.iter().rev().filter(|(_, body)| body.contains(has)).map(|(row, _)| *row).collect();
                assert_eq!(self.found(asked), wanted, "{asked}");
            }
        }
    }

    #[test]
    fn the_old_index_serves_until_the_new_one_holds_all() {
        let mut made = Upgraded::new((1..=1_000).map(|n| n * 10));
        made.check();
        assert_eq!(made.found("wonder").len(), 200, "whole words alone");
        assert_eq!(made.found("елка").len(), 0);
        let mut steps = 0_i64;
        while step(&made.conn).unwrap() {
            steps += 1;
            assert!(steps < 1_000, "it comes to an end");
            // Meanwhile messages come in at every place and go, behind what is done and before it.
            made.add(10_000 + steps);
            made.add(steps * 333 + 1);
            made.add(steps * 10 + 5);
            made.remove(steps * 20);
            if steps < 50 {
                made.remove(10_000 - steps * 10);
            }
            made.check();
        }
        assert!(steps > 10, "small steps: {steps}");
        let with = |words: &[&str]| made.kept.values().filter(|body| words.iter().any(|w| body.contains(w))).count();
        assert_eq!(made.found("wonder").len(), with(&["wonder"]), "beginnings");
        assert_eq!(made.found("елка").len(), with(&["ёлка"]), "folded");
        assert_eq!(made.found("ไทย").len(), with(&["ไทย"]), "inside Thai");
        assert!(!made.has_former());
        made.check();
    }

    #[test]
    fn a_new_database_has_the_new_index_alone() {
        let made = Upgraded::new(std::iter::empty());
        assert!(!made.has_former());
        assert!(!step(&made.conn).unwrap());
    }

    #[test]
    fn a_damaged_message_stops_nothing() {
        let made = Upgraded::new((1..=5).map(|n| n * 10));
        made.conn.execute("UPDATE messages SET body = CAST(x'ff' AS TEXT) WHERE id = 20", []).unwrap();
        while step(&made.conn).unwrap() {}
        assert_eq!(made.found("wonderful").len(), 1);
        assert_eq!(made.found("winter").len(), 0);
    }
}
