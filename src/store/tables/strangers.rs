//! What people whom the user has not accepted may put into the database: a budget for each address. A room counts as one,
//! since anybody in it can come under as many nicknames as they like. What goes beyond is not kept, and a line says so.

use super::chats::{self, Chat, occupants};
use super::{Sql, again};
use crate::model::{BareJid, ChatId, ChatKind, Message, MessageKind};
use crate::words;
use rusqlite::{Connection, params};
use std::collections::HashMap;

/// Messages of one address.
const MESSAGES: i64 = 20_000;
/// Bytes of text of one address.
const BYTES: i64 = 4 << 20;
/// Private chats of one room that wait for the user's yes.
const CHATS: i64 = 200;
/// Addresses whose use is remembered; of others it is counted again.
const REMEMBERED: usize = 1000;
/// The stanza id of the line that says so.
const OVER: &str = "parlour-over-budget";
/// How long after such a line there is no other in the same chat, in milliseconds.
const TOLD: i64 = 24 * 3_600_000;

/// What is stored of one address.
#[derive(Debug, Clone, Copy, Default)]
struct Use {
    messages: i64,
    bytes: i64,
}

/// What strangers have spent, by account and address.
#[derive(Debug, Default)]
pub(in crate::store) struct Spent(HashMap<(i64, BareJid), Use>);

impl Spent {
    /// Whether this message is kept; it counts then. `chat` is its chat, where there is one.
    pub(in crate::store) fn may_keep(
        &mut self,
        conn: &Connection,
        account: i64,
        chat: Option<&Chat>,
        m: &Message,
    ) -> Sql<bool> {
        if !is_limited(conn, account, chat, m)? {
            return Ok(true);
        }
        if chat.is_none() && !may_begin(conn, account, m)? {
            return Ok(false);
        }
        let key = (account, m.chat.address.bare());
        let spent = match self.0.get(&key) {
            Some(spent) => *spent,
            None => count(conn, account, &key.1)?,
        };
        let size = m.body.raw().len() + m.extra.subject.as_ref().map_or(0, |s| s.raw().len());
        let next = Use { messages: spent.messages + 1, bytes: spent.bytes + size.cast_signed() as i64 };
        let is_kept = next.messages <= MESSAGES && next.bytes <= BYTES;
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.insert(key, if is_kept { next } else { spent });
        Ok(is_kept)
    }

    /// An account is being forgotten, with all that was counted.
    pub(in crate::store) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Whether a budget applies: to what others say in a chat that the user has not accepted.
fn is_limited(conn: &Connection, account: i64, chat: Option<&Chat>, m: &Message) -> Sql<bool> {
    if m.chat_kind == ChatKind::Room || m.is_own() || m.kind == MessageKind::Notice {
        return Ok(false);
    }
    Ok(!match chat {
        Some(chat) => chat.is_accepted,
        None => chats::is_accepted_from_the_start(conn, account, &m.chat, m.chat_kind)?,
    })
}

/// What an address has stored in chats that are not accepted.
fn count(conn: &Connection, account: i64, address: &BareJid) -> Sql<Use> {
    let (from, to) = occupants(address);
    conn.prepare_cached(
        "SELECT count(*), coalesce(sum(octet_length(m.body) + coalesce(octet_length(m.subject), 0)), 0)
         FROM chats c JOIN messages m ON m.chat = c.id
         WHERE c.account = ?1 AND NOT c.is_accepted AND m.kind != 5
         AND (c.address = ?2 OR (c.address > ?3 AND c.address < ?4))",
    )?
    .query_row(params![account, address.as_str(), from, to], |row| {
        Ok(Use { messages: row.get(0)?, bytes: row.get(1)? })
    })
}

/// Whether a message may begin a chat: of one room only so many may wait for the user.
pub(super) fn may_begin(conn: &Connection, account: i64, m: &Message) -> Sql<bool> {
    if m.chat_kind != ChatKind::Occupant || !is_limited(conn, account, None, m)? {
        return Ok(true);
    }
    let (from, to) = occupants(&m.chat.address.bare());
    let waiting: i64 = conn
        .prepare_cached(
            "SELECT count(*) FROM chats WHERE account = ?1 AND address > ?2 AND address < ?3 AND NOT is_accepted",
        )?
        .query_row(params![account, from, to], |row| row.get(0))?;
    Ok(waiting < CHATS)
}

/// The line that says that this message is not kept, where there is a place for it: the chat, or the room.
pub(in crate::store) fn notice(conn: &Connection, account: i64, m: &Message) -> Sql<Option<Message>> {
    let address = m.chat.address.bare();
    let megabytes = BYTES >> 20;
    let (kind, text) = match m.chat_kind {
        ChatKind::Contact | ChatKind::Room => {
            (ChatKind::Contact, words::store::stranger_over(&address, MESSAGES, megabytes))
        }
        ChatKind::Occupant => (ChatKind::Room, words::store::strangers_over(MESSAGES, megabytes)),
    };
    let Some(chat) = chats::find(conn, account, &address.to_jid())? else { return Ok(None) };
    let mut notice = Message::notice(ChatId::new(m.chat.account.clone(), address), kind, text, m.time);
    notice.ids.stanza = Some(OVER.into());
    let told: Option<i64> = conn
        .prepare_cached("SELECT max(time) FROM messages WHERE chat = ?1 AND again = ?2")?
        .query_row(params![chat.id, again::key(&notice)], |row| row.get(0))?;
    if told.is_some_and(|told| m.time.0.saturating_sub(told) < TOLD) {
        return Ok(None);
    }
    tracing::warn!("a stranger's messages are not kept: more than {MESSAGES}, or {BYTES} bytes");
    Ok(Some(notice))
}
