//! How far the user has read on another device, or before this one was there.
//!
//! A device that is new to an account finds in the archive what was read long ago. Own messages tell so by themselves
//! (`messages::insert`): all before one is read. So do the markers of other devices. A chat without either is read up to
//! the last that the user wrote anywhere: whoever wrote then had seen what came before, and what came after is unread.

use super::Sql;
use super::{chats, summaries};
use crate::contract::event::{Event, history};
use crate::model::{AccountId, BareJid, ChatId, ChatKind, ChatSummary, Time};
use crate::store::order;
use rusqlite::{Connection, OptionalExtension, params};

/// So far back in a chat is the message looked for that a marker names.
const MARKED: u32 = 5_000;
/// Among so many of the newest messages is the user's own last one looked for.
const NEWEST: u32 = 20_000;

/// Another device has shown a chat up to this message. Requests stay: they wait for an answer, not for a look.
pub(in crate::store) fn displayed(
    conn: &Connection,
    account: i64,
    id: &AccountId,
    chat: &ChatId,
    marked: &str,
) -> Sql<Option<Event>> {
    let Some(row) = chats::find(conn, account, &chat.address)?.filter(|row| row.is_accepted) else { return Ok(None) };
    let shown: Option<i64> = conn
        .prepare_cached(
            "SELECT m.id FROM (SELECT id, delivery, stanza_id, archive_id FROM messages WHERE chat = ?1
                               ORDER BY id DESC LIMIT ?3) m
             JOIN chats c ON c.id = ?1
             WHERE m.delivery = 0 AND (CASE WHEN c.kind = ?4 THEN m.archive_id ELSE m.stanza_id END) = ?2
             ORDER BY m.id DESC LIMIT 1",
        )?
        .query_row(params![row.id, marked, MARKED, super::rows::chat_code(ChatKind::Room)], |row| row.get(0))
        .optional()?;
    let Some(up_to) = shown.map(order::order_of) else { return Ok(None) };
    if up_to.0 <= chats::read_up_to(conn, row.id)? {
        return Ok(None);
    }
    chats::read(conn, account, chat, up_to)?;
    Ok(Some(told(id, vec![summaries::one(conn, id, row.id)?])))
}

/// An archive is read for the first time, from `begun` on: chats that nothing tells of are read up to what the user
/// wrote last before that.
pub(in crate::store) fn first(
    conn: &Connection,
    account: i64,
    id: &AccountId,
    archive: &BareJid,
    begun: Time,
) -> Sql<Option<Event>> {
    let written: Option<i64> = conn
        .prepare_cached(
            "SELECT m.id FROM (SELECT id, chat, delivery, time, archive_id FROM messages ORDER BY id DESC LIMIT ?3) m
             JOIN chats c ON c.id = m.chat
             WHERE c.account = ?1 AND m.delivery > 0 AND m.archive_id IS NOT NULL AND m.time <= ?2
             ORDER BY m.id DESC LIMIT 1",
        )?
        .query_row(params![account, begun.0, NEWEST], |row| row.get(0))
        .optional()?;
    let Some(up_to) = written.map(order::order_of) else { return Ok(None) };
    let is_account = !is_room(conn, account, archive)?;
    let chats: Vec<i64> = conn
        .prepare_cached(
            "SELECT id FROM chats WHERE account = ?1 AND read_up_to = 0 AND last_row > 0 AND (?2 OR address = ?3)",
        )?
        .query_map(params![account, is_account, archive.as_str()], |row| row.get(0))?
        .collect::<Sql<_>>()?;
    let mut changed: Vec<ChatSummary> = Vec::new();
    for chat in chats {
        conn.prepare_cached("UPDATE chats SET read_up_to = ?2 WHERE id = ?1")?.execute([chat, up_to.0])?;
        changed.push(summaries::one(conn, id, chat)?);
    }
    Ok((!changed.is_empty()).then(|| told(id, changed)))
}

/// Whether this is the archive of a room; else it is the account's, whose address a server may spell in another form.
fn is_room(conn: &Connection, account: i64, archive: &BareJid) -> Sql<bool> {
    conn.prepare_cached("SELECT 1 FROM chats WHERE account = ?1 AND address = ?2 AND kind = ?3")?.exists(params![
        account,
        archive.as_str(),
        super::rows::chat_code(ChatKind::Room)
    ])
}

fn told(id: &AccountId, chats: Vec<ChatSummary>) -> Event {
    Event::History(history::Event::PageStored { archive: id.jid().clone(), added: 0, late: Vec::new(), chats })
}
