//! The session that the next start can resume (XEP-0198 §5), and how many of its stanzas are on disk.
//!
//! The count is written in the same transaction as the effects of the stanzas. So after a kill the server sends exactly
//! the stanzas that are missing here: none is lost and none comes twice.

use super::Sql;
use crate::contract::Resumable;
use crate::model::Jid;
use rusqlite::{Connection, OptionalExtension, params};

/// Notes a new session, or that there is none.
pub(in crate::store) fn set(conn: &Connection, account: i64, session: Option<&Resumable>) -> Sql<()> {
    match session {
        Some(Resumable { id, me, handled }) => conn
            .prepare_cached("INSERT OR REPLACE INTO resumable (account, session, me, handled) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![account, id, me.as_str(), handled])?,
        None => conn.prepare_cached("DELETE FROM resumable WHERE account = ?1")?.execute([account])?,
    };
    Ok(())
}

/// Notes how many stanzas are on disk, where there is a session.
pub(in crate::store) fn count(conn: &Connection, account: i64, handled: u32) -> Sql<()> {
    conn.prepare_cached("UPDATE resumable SET handled = ?2 WHERE account = ?1")?.execute(params![account, handled])?;
    Ok(())
}

/// The session of before, if any.
pub(in crate::store) fn get(conn: &Connection, account: i64) -> Sql<Option<Resumable>> {
    let row = conn
        .query_row("SELECT session, me, handled FROM resumable WHERE account = ?1", [account], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
        })
        .optional()?;
    Ok(row.and_then(|(id, me, handled)| Some(Resumable { id, me: Jid::parse(&me).ok()?, handled })))
}
