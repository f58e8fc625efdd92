//! Reading messages in their order: the pages of a chat, and the outbox.

use super::rows::{self, columns};
use super::{Sql, chats};
use crate::contract::archive::{PageFrom, Place};
use crate::model::{AccountId, ChatId, ChatKind, Message, Order};
use crate::store::{facts, order};
use rusqlite::{Connection, OptionalExtension};

/// The outbox: messages that were written and are not known to have arrived, oldest first.
pub(in crate::store) fn outbox(conn: &Connection, account: i64, of: &AccountId) -> Sql<Vec<Message>> {
    let mut statement = conn.prepare(concat!(
        "SELECT ",
        columns!(),
        ", c.address, c.kind FROM messages m JOIN chats c ON c.id = m.chat
         WHERE m.delivery IN (1, 2) AND c.account = ?1 ORDER BY m.id"
    ))?;
    let mut found: Vec<Message> = statement
        .query_map([account], |row| {
            let chat = ChatId { account: of.clone(), address: rows::jid(row, rows::COLUMNS)? };
            rows::message(row, &chat, rows::chat_from(row.get(rows::COLUMNS + 1)?))
        })?
        // What the disk has changed is nobody's word any more and must not be sent.
        .filter(|message| message.as_ref().map_or(true, Message::is_own))
        .collect::<Sql<_>>()?;
    facts::load(conn, &mut found)?;
    Ok(found)
}

/// One message by its row.
pub(in crate::store) fn one(conn: &Connection, of: &AccountId, row: i64) -> Sql<Option<Message>> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        ", c.address, c.kind FROM messages m JOIN chats c ON c.id = m.chat WHERE m.id = ?1"
    ))?;
    let mut found = statement
        .query_row([row], |row| {
            let chat = ChatId { account: of.clone(), address: rows::jid(row, rows::COLUMNS)? };
            rows::message(row, &chat, rows::chat_from(row.get(rows::COLUMNS + 1)?))
        })
        .optional()?;
    facts::load(conn, &mut found)?;
    Ok(found)
}

/// No more than so many newer messages are counted.
const NEWER: i64 = 100_000;
/// So many of the oldest messages are told with a place: one of them has the archive's id.
const FIRST: usize = 20;

/// A page, oldest first: the messages, whether nothing older is stored, how many newer ones are.
pub(in crate::store) fn page(
    conn: &Connection,
    account: i64,
    chat: &ChatId,
    from: PageFrom,
    limit: usize,
) -> Sql<(Vec<Message>, bool, usize)> {
    let Some(page) = Pages::of(conn, account, chat)? else { return Ok((Vec::new(), true, 0)) };
    let end = i64::MAX;
    let (mut messages, is_oldest, next) = match from {
        PageFrom::Newest => page.down(end, limit).map(|(m, is_oldest)| (m, is_oldest, end))?,
        PageFrom::Before(at) => {
            let (messages, is_oldest) = page.down(order::first_id(at.0), limit)?;
            (messages, is_oldest, order::first_id(at.0))
        }
        PageFrom::After(at) => {
            let messages = page.up(order::last_id(at.0), limit)?;
            let next = next(&messages, order::last_id(at.0));
            (messages, page.is_none_below(order::last_id(at.0) + 1)?, next)
        }
        PageFrom::Around(at) => {
            let half = (limit / 2).max(1);
            let (mut messages, is_oldest) = page.down(order::last_id(at.0) + 1, limit - limit / 2)?;
            let newer = page.up(order::last_id(at.0), half)?;
            let next = next(&newer, order::last_id(at.0));
            messages.extend(newer);
            (messages, is_oldest, next)
        }
    };
    facts::load(conn, &mut messages)?;
    Ok((messages, is_oldest, page.count_from(next)?))
}

/// The lowest row id above a page that goes up from `start`.
fn next(messages: &[Message], start: i64) -> i64 {
    messages.last().map_or(start, |m| m.row.0).saturating_add(1)
}

/// The first messages of a chat, and where a place in it is.
pub(in crate::store) fn place(
    conn: &Connection,
    account: i64,
    chat: &ChatId,
    place: Place,
) -> Sql<(Vec<Message>, Option<Order>)> {
    let Some(page) = Pages::of(conn, account, chat)? else { return Ok((Vec::new(), None)) };
    let mut oldest = page.up(0, FIRST)?;
    let found = match place {
        Place::Oldest => oldest.first().map(|m| m.row.0),
        Place::Since(time) => conn
            .prepare_cached("SELECT id FROM messages WHERE chat = ?1 AND id >= ?2 AND weight >= 0 ORDER BY id LIMIT 1")?
            .query_row([page.row, order::first_id(order::micros(time))], |row| row.get(0))
            .optional()?,
        Place::Above(at, count) => conn
            .prepare_cached("SELECT id FROM messages WHERE chat = ?1 AND id < ?2 AND weight >= 0 ORDER BY id DESC LIMIT 1 OFFSET ?3")?
            .query_row(
                [page.row, order::first_id(at.0), i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX)],
                |row| row.get(0),
            )
            .optional()?,
    };
    facts::load(conn, &mut oldest)?;
    Ok((oldest, found.map(order::order_of)))
}

/// Walks along one chat's messages.
struct Pages<'a> {
    conn: &'a Connection,
    row: i64,
    chat: &'a ChatId,
    kind: ChatKind,
}

impl<'a> Pages<'a> {
    /// `None` where nothing is stored of the chat.
    fn of(conn: &'a Connection, account: i64, chat: &'a ChatId) -> Sql<Option<Self>> {
        let Some(row) = chats::find(conn, account, &chat.address)? else { return Ok(None) };
        let code = conn.query_row("SELECT kind FROM chats WHERE id = ?1", [row.id], |r| r.get(0))?;
        Ok(Some(Self { conn, row: row.id, chat, kind: rows::chat_from(code) }))
    }

    fn read(&self, sql: &'static str, bounds: [i64; 3]) -> Sql<Vec<Message>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let params = [self.row, bounds[0], bounds[1], bounds[2]];
        statement.query_map(params, |row| rows::message(row, self.chat, self.kind))?.collect()
    }

    /// The newest below `end`, oldest first, and whether these are all. The page is asked for by order
    /// alone, so messages of the same order are never torn apart.
    fn down(&self, end: i64, limit: usize) -> Sql<(Vec<Message>, bool)> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages m
             WHERE m.chat = ?1 AND m.id >= ?2 AND m.id < ?3 AND m.weight >= 0 ORDER BY m.id DESC LIMIT ?4"
        );
        let mut found = self.read(SQL, [0, end, i64::from(limit as u32)])?;
        let is_all = found.len() < limit || found.last().is_none();
        if !is_all && let Some(last) = found.last() {
            let ties = self.read(SQL, [order::first_id(last.order.0), last.row.0, i64::MAX])?;
            found.extend(ties);
        }
        let oldest = found.last().map_or(end, |m| m.row.0);
        found.reverse();
        Ok((found, is_all || self.is_none_below(oldest)?))
    }

    /// The oldest above `start`, oldest first.
    fn up(&self, start: i64, limit: usize) -> Sql<Vec<Message>> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages m
             WHERE m.chat = ?1 AND m.id > ?2 AND m.id <= ?3 AND m.weight >= 0 ORDER BY m.id LIMIT ?4"
        );
        let mut found = self.read(SQL, [start, i64::MAX, i64::from(limit as u32)])?;
        if found.len() >= limit
            && let Some(last) = found.last()
        {
            let ties = self.read(SQL, [last.row.0, order::last_id(last.order.0), i64::MAX])?;
            found.extend(ties);
        }
        Ok(found)
    }

    fn is_none_below(&self, id: i64) -> Sql<bool> {
        let mut any =
            self.conn.prepare_cached("SELECT 1 FROM messages WHERE chat = ?1 AND id < ?2 AND weight >= 0 LIMIT 1")?;
        Ok(!any.exists([self.row, id])?)
    }

    /// How many there are from this row id on.
    fn count_from(&self, id: i64) -> Sql<usize> {
        let mut count = self.conn.prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM messages WHERE chat = ?1 AND id >= ?2 AND weight >= 0 LIMIT ?3)",
        )?;
        count.query_row([self.row, id, NEWER], |row| row.get::<_, i64>(0)).map(|n| usize::try_from(n).unwrap_or(0))
    }
}
