//! Taking retracted texts out of the file for good.
//!
//! An emptied row is overwritten at once. The words of its text stay in the full-text index until its parts are merged:
//! that is work for the writer's idle time, in small steps. What was freed in the meantime, and the log of the database,
//! are overwritten then.

use super::Sql;
use crate::contract::{Batch, Entry, Write};
use crate::model::Message;
use rusqlite::Connection;

/// So many pages of the index are merged in a step.
const PAGES: i64 = -64;

/// So many bytes of given-up pages are overwritten at a time.
const SCRUBBED_MAX: i64 = 64 << 20;

/// What is deleted or moved within a page is overwritten, which costs nothing; pages that are given up are not.
pub(in crate::store) fn usually(conn: &Connection) -> Sql<()> {
    conn.pragma_update_and_check(None, "secure_delete", "FAST", |_| Ok(()))
}

/// Overwrites what is deleted while `work` is done. It costs more writing, so it is not always on.
pub(in crate::store) fn overwriting<T>(conn: &Connection, work: impl FnOnce() -> Sql<T>) -> Sql<T> {
    conn.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    let done = work();
    usually(conn)?;
    done
}

/// The words of something that was emptied are still in the index.
pub(in crate::store) fn begin(conn: &Connection) -> Sql<()> {
    conn.prepare_cached("INSERT OR IGNORE INTO tasks VALUES ('purge words')")?.execute([])?;
    Ok(())
}

/// Whether a batch may empty something, so that there is work for idle time afterwards.
pub(in crate::store) fn is_due_after(batch: &Batch) -> bool {
    // Also a correction of what is gone already.
    let empties = |m: &Message| m.extra.retracted.is_some() || m.extra.relation.act.is_some();
    batch.entries.iter().any(|entry| match entry {
        Entry::Write(Write::Message(message)) => empties(message),
        // What comes out of an archive may be waited for by a retraction.
        Entry::Write(Write::Page { .. }) => true,
        Entry::Write(_) | Entry::Event(_) => false,
    })
}

/// Goes one step on; `false` when all is done.
pub(in crate::store) fn step(conn: &Connection) -> Sql<bool> {
    if !conn.prepare_cached("SELECT 1 FROM tasks WHERE name = 'purge words'")?.exists([])? {
        return Ok(false);
    }
    let before = changes(conn)?;
    overwriting(conn, || {
        conn.prepare_cached("INSERT INTO words (words, rank) VALUES ('merge', ?1)")?.execute([PAGES])
    })?;
    // One change is the command itself.
    let is_done = changes(conn)? - before < 2;
    if is_done {
        conn.execute("DELETE FROM tasks WHERE name = 'purge words'", [])?;
        scrub(conn)?;
    }
    Ok(!is_done)
}

/// Overwrites the pages that were given up before: a table of zeros takes them, and gives them back.
fn scrub(conn: &Connection) -> Sql<()> {
    let free: i64 =
        conn.query_row("SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size", [], |row| {
            row.get(0)
        })?;
    conn.execute_batch("CREATE TABLE scrub (zeros BLOB) STRICT")?;
    conn.execute("INSERT INTO scrub VALUES (zeroblob(?1))", [free.min(SCRUBBED_MAX)])?;
    overwriting(conn, || conn.execute_batch("DROP TABLE scrub"))
}

/// Empties the log of the database, outside of any transaction. Where somebody reads meanwhile, it stays until the next
/// time.
pub(in crate::store) fn finish(conn: &Connection) -> Sql<()> {
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn changes(conn: &Connection) -> Sql<i64> {
    conn.prepare_cached("SELECT total_changes()")?.query_row([], |row| row.get(0))
}
