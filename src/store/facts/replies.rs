//! Which message a message answers (XEP-0461), with the first words of that one, as it is now.

use super::acts;
use super::fact::{Fact, Read, Stored};
use crate::model::{ChatKind, Jid, Message, Original, Reply, Untrusted};
use crate::store::order;
use crate::store::tables::chats::Chat;
use crate::store::tables::{Sql, rows};
use rusqlite::{Connection, OptionalExtension, params};

/// So much of an answered message is shown, in bytes.
const WORDS_MAX: usize = 400;

/// The fact.
pub(super) struct Replies;

impl Fact for Replies {
    fn inserted(&self, conn: &Connection, _: &Chat, row: i64, message: &Message, _: &mut Stored) -> Sql<()> {
        let Some(reply) = &message.extra.relation.reply else { return Ok(()) };
        conn.prepare_cached("INSERT OR REPLACE INTO replies VALUES (?1, ?2, ?3)")?.execute(params![
            row,
            reply.id,
            reply.to.as_ref().map(Jid::as_str)
        ])?;
        Ok(())
    }

    fn load(&self, conn: &Connection, read: &mut Read<'_>) -> Sql<()> {
        read.each(
            conn,
            "SELECT p.message, p.target, p.author, m.chat FROM json_each(?1) found
             JOIN replies p ON p.message = found.value JOIN messages m ON m.id = p.message",
            |message, row| {
                let id: String = row.get(1)?;
                let to = row.get_ref(2)?.as_str_or_null()?.and_then(|to| Jid::parse(to).ok());
                let original = original(conn, row.get(3)?, message.chat_kind, &id)?.map(Box::new);
                message.extra.relation.reply = Some(Reply { id, to, original });
                Ok(())
            },
        )
    }
}

/// The answered message: its newest version.
fn original(conn: &Connection, chat: i64, kind: ChatKind, id: &str) -> Sql<Option<Original>> {
    let Some(found) = acts::row_named(conn, chat, kind == ChatKind::Room, id)? else { return Ok(None) };
    conn.prepare_cached(
        "SELECT m.sender, m.delivery > 0, coalesce((SELECT c.body FROM acts a JOIN messages c ON c.id = a.row
             WHERE a.message = m.id AND a.deed = 0 ORDER BY c.id DESC LIMIT 1), m.body) FROM messages m WHERE m.id = ?1",
    )?
    .query_row([found], |row| {
        let body = row.get_ref(2)?.as_str()?;
        let (id, order) = order::row(found);
        Ok(Original {
            row: id,
            order,
            from: rows::jid(row, 0)?,
            is_own: row.get(1)?,
            words: Untrusted::from(&body[..body.floor_char_boundary(WORDS_MAX)]),
        })
    })
    .optional()
}
