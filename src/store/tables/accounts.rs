//! Accounts, and forgetting them.

use super::Sql;
use crate::model::AccountId;
use crate::store::facts;
use rusqlite::{Connection, OptionalExtension};

/// How many messages are forgotten at a time, so that nobody waits for the rest.
const FORGET_STEP: i64 = 2000;

/// The account's row, made where it is not there.
pub(in crate::store) fn ensure(conn: &Connection, account: &AccountId) -> Sql<i64> {
    if let Some(id) = find(conn, account)? {
        return Ok(id);
    }
    conn.prepare_cached("INSERT INTO accounts (jid) VALUES (?1)")?.execute([account.jid().as_str()])?;
    Ok(conn.last_insert_rowid())
}

/// The account's row.
pub(in crate::store) fn find(conn: &Connection, account: &AccountId) -> Sql<Option<i64>> {
    conn.prepare_cached("SELECT id FROM accounts WHERE jid = ?1")?
        .query_row([account.jid().as_str()], |row| row.get(0))
        .optional()
}

/// The roster's version.
pub(in crate::store) fn roster_version(conn: &Connection, account: i64) -> Sql<Option<String>> {
    conn.query_row("SELECT roster_version FROM accounts WHERE id = ?1", [account], |row| row.get(0))
}

/// Begins to forget an account: from now on nobody finds it, and [`forget_some`] deletes it piece by piece.
pub(in crate::store) fn begin_forgetting(conn: &Connection, account: &AccountId) -> Sql<()> {
    // No JID begins with a slash, so the same account can be added anew at once.
    conn.execute("UPDATE accounts SET is_forgotten = 1, jid = '/' || id WHERE jid = ?1", [account.jid().as_str()])?;
    Ok(())
}

/// Deletes a piece of what is to be forgotten; `false` when nothing is left.
pub(in crate::store) fn forget_some(conn: &Connection) -> Sql<bool> {
    let Some(account) = conn
        .query_row("SELECT id FROM accounts WHERE is_forgotten = 1 LIMIT 1", [], |row| row.get::<_, i64>(0))
        .optional()?
    else {
        return Ok(false);
    };
    let rows: Vec<i64> = conn
        .prepare_cached(
            "SELECT m.id FROM chats c CROSS JOIN messages m ON m.chat = c.id WHERE c.account = ?1 LIMIT ?2",
        )?
        .query_map([account, FORGET_STEP], |row| row.get(0))?
        .collect::<Sql<_>>()?;
    for row in &rows {
        facts::deleted(conn, *row)?;
        conn.prepare_cached("DELETE FROM messages WHERE id = ?1")?.execute([row])?;
    }
    if rows.is_empty() {
        conn.execute("DELETE FROM accounts WHERE id = ?1", [account])?;
    }
    Ok(true)
}
