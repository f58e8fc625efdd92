//! The archive that holds a message, and its id there (XEP-0359).
//!
//! The archive's row and the id are columns of the message's row, since a unique index over them finds a message that
//! comes twice. A message that came live may learn them later, from a copy.

use super::fact::{Fact, Read};
use crate::model::{ArchiveId, BareJid, Message, Order};
use crate::store::order;
use crate::store::tables::{Sql, archives};
use rusqlite::{Connection, OptionalExtension, params};

/// The fact.
pub(super) struct ArchiveIds;

impl Fact for ArchiveIds {
    fn load(&self, conn: &Connection, read: &mut Read<'_>) -> Sql<()> {
        read.each(
            conn,
            "SELECT m.id, r.jid, m.archive_id FROM json_each(?1) found CROSS JOIN messages m ON m.id = found.value
             JOIN archives r ON r.id = m.archive WHERE m.archive_id IS NOT NULL",
            |message, row| {
                // An address that is no longer taken for one is no archive.
                if let Ok(by) = BareJid::parse(row.get_ref(1)?.as_str()?) {
                    message.ids.archive = Some(ArchiveId { by, id: row.get(2)? });
                }
                Ok(())
            },
        )
    }
}

/// The archive's row with the id in it, where the message has one.
pub(in crate::store) fn of<'a>(conn: &Connection, account: i64, message: &'a Message) -> Sql<Option<(i64, &'a str)>> {
    let Some(ArchiveId { by, id }) = &message.ids.archive else { return Ok(None) };
    Ok(Some((archives::ensure(conn, account, by)?, id)))
}

/// A row learns its archive id, unless it has one or another row has this one. Gives whether it did.
pub(in crate::store) fn learn(conn: &Connection, row: i64, (archive, id): (i64, &str)) -> Sql<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE OR IGNORE messages SET archive = ?2, archive_id = ?3 WHERE id = ?1 AND archive_id IS NULL",
        )?
        .execute(params![row, archive, id])?;
    Ok(changed > 0)
}

/// The order of the message that an archive knows by this id.
pub(in crate::store) fn order_of(conn: &Connection, archive: i64, id: Option<&str>) -> Sql<Option<Order>> {
    let Some(id) = id else { return Ok(None) };
    conn.prepare_cached("SELECT id FROM messages WHERE archive = ?1 AND archive_id = ?2")?
        .query_row(params![archive, id], |row| Ok(order::order_of(row.get(0)?)))
        .optional()
}
