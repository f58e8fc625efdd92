//! The rows of the service browser that the user unfolded, so that the tree looks the same at the next start.

use super::{Sql, rows};
use crate::model::Jid;
use rusqlite::{Connection, params};

/// Notes all of an account's unfolded rows anew.
pub(in crate::store) fn set(conn: &Connection, account: i64, nodes: &[(Jid, Option<String>)]) -> Sql<()> {
    conn.prepare_cached("DELETE FROM unfolded WHERE account = ?1")?.execute([account])?;
    for (jid, node) in nodes {
        conn.prepare_cached("INSERT OR IGNORE INTO unfolded (account, jid, node) VALUES (?1, ?2, ?3)")?
            .execute(params![account, jid.as_str(), node.as_deref().unwrap_or_default()])?;
    }
    Ok(())
}

/// What was noted.
pub(in crate::store) fn get(conn: &Connection, account: i64) -> Sql<Vec<(Jid, Option<String>)>> {
    let mut statement = conn.prepare_cached("SELECT jid, node FROM unfolded WHERE account = ?1")?;
    let row = |row: &rusqlite::Row<'_>| {
        let node: String = row.get(1)?;
        Ok((rows::jid(row, 0)?, (!node.is_empty()).then_some(node)))
    };
    statement.query_map([account], row)?.collect()
}
