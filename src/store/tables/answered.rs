//! Invitations to rooms that were answered: whatever invited there before that is history, also where an archive repeats it.

use super::{Sql, rows};
use crate::model::{BareJid, Time};
use rusqlite::{Connection, params};

/// What is older is never news again, so that the table stays small.
const KEPT: i64 = 8 * 24 * 3_600_000;

/// Notes an answer.
pub(in crate::store) fn set(conn: &Connection, account: i64, room: &BareJid, at: Time) -> Sql<()> {
    conn.prepare_cached("DELETE FROM answered_invites WHERE account = ?1 AND at < ?2")?
        .execute(params![account, at.0.saturating_sub(KEPT)])?;
    conn.prepare_cached("INSERT OR REPLACE INTO answered_invites (account, room, at) VALUES (?1, ?2, ?3)")?
        .execute(params![account, room.as_str(), at.0])?;
    Ok(())
}

/// All of them.
pub(in crate::store) fn all(conn: &Connection, account: i64) -> Sql<Vec<(BareJid, Time)>> {
    let mut statement = conn.prepare("SELECT room, at FROM answered_invites WHERE account = ?1 ORDER BY room")?;
    statement.query_map([account], |row| Ok((rows::jid(row, 0)?.bare(), Time(row.get(1)?))))?.collect()
}
