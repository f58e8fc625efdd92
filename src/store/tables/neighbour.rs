//! Where a live message belongs among the stored ones, as far as its archive id tells.
//!
//! ejabberd's archive ids are times in microseconds. After a resumption under load, or when it hands over offline
//! messages at a login, ejabberd may deliver old messages among new ones and long after them. The archive's order is the
//! true one. So the message's neighbours are looked up by archive id, among the nearest ids of the whole archive,
//! however many messages the chat itself has got since.

use super::Sql;
use super::chats::Chat;
use crate::model::{ArchiveId, Message, Time};
use crate::store::order;
use rusqlite::{Connection, OptionalExtension, params};

/// How many rows are looked at for a neighbour, so that no cost grows with the history.
pub(super) const NEAR: i64 = 500;

/// What the archive ids tell of the place of a message among others.
pub(super) enum Neighbour {
    /// Nothing: the ids are no times, or nobody needs to know.
    Unknown,
    /// Later ones have overtaken it: it comes before the order of the first of these and after that of the one
    /// before them, where its own time says. Others of the gap may still come, so it must not crowd one end of it.
    Between {
        /// The order of the newest that is older; 0 where there is none.
        lower: i64,
        /// The order of the oldest that is newer.
        upper: i64,
        /// When the archive got it.
        own: i64,
    },
    /// It comes after all others.
    Below {
        /// The order of the newest.
        lower: i64,
        /// When the archive got it.
        own: i64,
    },
}

/// Finds it. `archive` is the archive's row and the message's id there.
pub(super) fn neighbour(conn: &Connection, chat: &Chat, archive: Option<(i64, &str)>, m: &Message) -> Sql<Neighbour> {
    let Some(beside) = Beside::of(conn, chat, archive, m) else { return Ok(Neighbour::Unknown) };
    let newer = beside.find(Side::Newer)?;
    if newer.is_none() && !m.is_delayed {
        return Ok(Neighbour::Unknown);
    }
    let older = beside.find(Side::Older)?;
    let Some(upper) = newer else {
        return Ok(older.map_or(Neighbour::Unknown, |lower| Neighbour::Below { lower, own: beside.own }));
    };
    // A message that arrived earlier and has no archive id yet stays before this one.
    let unknown = conn
        .prepare_cached(
            "SELECT id FROM (SELECT id, archive_id, delivery FROM messages WHERE chat = ?1 ORDER BY id DESC LIMIT ?2)
             WHERE delivery = 0 AND archive_id IS NULL AND id < ?3 ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![chat.id, NEAR, order::first_id(upper)], |row| row.get::<_, i64>(0))
        .optional()?;
    let lower = older.max(unknown.map(|row| order::order_of(row).0)).unwrap_or_default();
    Ok(Neighbour::Between { lower, upper, own: beside.own })
}

/// Where to look.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    Older,
    Newer,
}

/// The places beside an archive id that is a time.
pub(super) struct Beside<'a> {
    conn: &'a Connection,
    chat: i64,
    archive: i64,
    id: &'a str,
    /// The time that the id is, in microseconds.
    own: i64,
    time: Time,
}

impl<'a> Beside<'a> {
    /// `None` where the id is no time, or there is none.
    pub(super) fn of(conn: &'a Connection, chat: &Chat, archive: Option<(i64, &'a str)>, m: &Message) -> Option<Self> {
        let (archive, id) = archive?;
        // What a stamp says may be far off: then the id is near the arrival.
        let near = |time| ArchiveId::micros(id, time).map(|own| (own, time));
        let (own, time) = near(m.activity()).or_else(|| near(m.time))?;
        Some(Self { conn, chat: chat.id, archive, id, own, time })
    }

    /// The order of the next message on this side that somebody else wrote.
    pub(super) fn find(&self, side: Side) -> Sql<Option<i64>> {
        let sql = match side {
            Side::Newer => {
                "SELECT id, archive_id FROM (SELECT id, archive_id, chat, delivery FROM messages
                     WHERE archive = ?1 AND archive_id > ?2 AND archive_id < ?6 AND length(archive_id) = length(?2)
                         AND ?5 IS NOT NULL ORDER BY archive_id LIMIT ?3)
                 WHERE chat = ?4 AND delivery = 0 LIMIT 1"
            }
            Side::Older => {
                "SELECT id, archive_id FROM (SELECT id, archive_id, chat, delivery FROM messages
                     WHERE archive = ?1 AND archive_id < ?2 AND archive_id > ?5 AND length(archive_id) = length(?2)
                         AND ?6 IS NOT NULL ORDER BY archive_id DESC LIMIT ?3)
                 WHERE chat = ?4 AND delivery = 0 LIMIT 1"
            }
        };
        // Ids that are no times may stand beside them, of a server that the domain had before: none of these is walked
        // over.
        let from = self.own.saturating_sub_unsigned(ArchiveId::NEAR).to_string();
        let to = self.own.saturating_add_unsigned(ArchiveId::NEAR).to_string();
        let found = self
            .conn
            .prepare_cached(sql)?
            .query_row(params![self.archive, self.id, NEAR, self.chat, from, to], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?;
        Ok(found.filter(|(_, id)| ArchiveId::micros(id, self.time).is_some()).map(|(row, _)| order::order_of(row).0))
    }
}
