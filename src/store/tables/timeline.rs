//! Reading messages in their order: the pages of a chat, and the outbox.

use super::rows::{self, columns};
use super::{Sql, chats};
use crate::contract::archive::PageFrom;
use crate::model::{AccountId, ChatId, ChatKind, Message};
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

/// A page, oldest first: the messages, whether nothing older is stored, whether nothing newer is.
pub(in crate::store) fn page(
    conn: &Connection,
    account: i64,
    chat: &ChatId,
    from: PageFrom,
    limit: usize,
) -> Sql<(Vec<Message>, bool, bool)> {
    let Some(row) = chats::find(conn, account, &chat.address)? else { return Ok((Vec::new(), true, true)) };
    let code = conn.query_row("SELECT kind FROM chats WHERE id = ?1", [row.id], |r| r.get(0))?;
    let page = Pages { conn, row: row.id, chat, kind: rows::chat_from(code) };
    let end = i64::MAX;
    let (mut messages, is_oldest, is_newest) = match from {
        PageFrom::Newest => page.down(end, limit).map(|(m, is_oldest)| (m, is_oldest, true))?,
        PageFrom::Before(at) => {
            let (messages, is_oldest) = page.down(order::first_id(at.0), limit)?;
            (messages, is_oldest, page.is_none_from(order::first_id(at.0))?)
        }
        PageFrom::After(at) => {
            let (messages, is_newest) = page.up(order::last_id(at.0), limit)?;
            (messages, page.is_none_below(order::last_id(at.0) + 1)?, is_newest)
        }
        PageFrom::Around(at) => {
            let half = (limit / 2).max(1);
            let (mut messages, is_oldest) = page.down(order::last_id(at.0) + 1, limit - limit / 2)?;
            let (newer, is_newest) = page.up(order::last_id(at.0), half)?;
            messages.extend(newer);
            (messages, is_oldest, is_newest)
        }
    };
    facts::load(conn, &mut messages)?;
    Ok((messages, is_oldest, is_newest))
}

/// Walks along one chat's messages.
struct Pages<'a> {
    conn: &'a Connection,
    row: i64,
    chat: &'a ChatId,
    kind: ChatKind,
}

impl Pages<'_> {
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
             WHERE m.chat = ?1 AND m.id >= ?2 AND m.id < ?3 ORDER BY m.id DESC LIMIT ?4"
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

    /// The oldest above `start`, oldest first, and whether these are all.
    fn up(&self, start: i64, limit: usize) -> Sql<(Vec<Message>, bool)> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages m
             WHERE m.chat = ?1 AND m.id > ?2 AND m.id <= ?3 ORDER BY m.id LIMIT ?4"
        );
        let mut found = self.read(SQL, [start, i64::MAX, i64::from(limit as u32)])?;
        let is_all = found.len() < limit || found.last().is_none();
        if !is_all && let Some(last) = found.last() {
            let ties = self.read(SQL, [last.row.0, order::last_id(last.order.0), i64::MAX])?;
            found.extend(ties);
        }
        let newest = found.last().map_or(start, |m| m.row.0);
        Ok((found, is_all || self.is_none_from(newest + 1)?))
    }

    fn is_none_below(&self, id: i64) -> Sql<bool> {
        let mut any = self.conn.prepare_cached("SELECT 1 FROM messages WHERE chat = ?1 AND id < ?2 LIMIT 1")?;
        Ok(!any.exists([self.row, id])?)
    }

    fn is_none_from(&self, id: i64) -> Sql<bool> {
        let mut any = self.conn.prepare_cached("SELECT 1 FROM messages WHERE chat = ?1 AND id >= ?2 LIMIT 1")?;
        Ok(!any.exists([self.row, id])?)
    }
}
