//! Full-text search, newest first.
//!
//! Never by rank: ranking reads every hit, and the commonest word of a million messages has hundreds of
//! thousands. Row ids stand in order of time, so the index itself gives the newest hits first.

use super::indexing::Indexed;
use super::rows::{self, columns};
use super::{Sql, accounts, chats};
use crate::model::{AccountId, ChatId, Message, Order, Time};
use crate::store::{facts, order};
use rusqlite::{Connection, OptionalExtension, params};

/// Where and what to look for.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Search<'a> {
    /// Whose messages; everybody's where `None`.
    pub account: Option<&'a AccountId>,
    /// Which chat; all where `None`.
    pub chat: Option<&'a ChatId>,
    /// The words, as typed.
    pub words: &'a str,
    /// At most so many.
    pub limit: usize,
    /// Only older than this.
    pub before: Option<Order>,
}

/// The newest hits, and whether there may be more.
pub(in crate::store) fn find(conn: &Connection, search: &Search<'_>) -> Sql<(Vec<Message>, bool)> {
    let nothing = Ok((Vec::new(), false));
    let scope = match (search.chat, search.account) {
        (Some(chat), _) => {
            let Some(account) = accounts::find(conn, &chat.account)? else { return nothing };
            let Some(found) = chats::find(conn, account, &chat.address)? else { return nothing };
            Some(format!("c{}", found.id))
        }
        (None, Some(account)) => {
            let Some(found) = accounts::find(conn, account)? else { return nothing };
            Some(format!("a{found}"))
        }
        (None, None) => None,
    };
    // Of one piece, while the writer may be making the index anew.
    let read = conn.unchecked_transaction()?;
    let Some(query) = Indexed::of(&read)?.question(search.words, scope.as_deref()) else { return nothing };
    let end = search.before.map_or(i64::MAX, |at| order::first_id(at.0));
    let mut found = hits(conn, &query, (0, end), search.limit.saturating_add(1))?;
    let is_more = found.len() > search.limit;
    found.truncate(search.limit);
    if is_more && let Some(&last) = found.last() {
        // The next page is asked for by order: hits of the same order belong to this one.
        found.extend(hits(conn, &query, (order::first_id(order::order_of(last).0), last), usize::MAX)?);
    }
    let mut messages = Vec::with_capacity(found.len());
    for row in found {
        messages.extend(message(conn, row)?);
    }
    facts::load(conn, &mut messages)?;
    Ok((messages, is_more))
}

/// When the oldest message was written that a search looks at.
pub(in crate::store) fn oldest(conn: &Connection, search: &Search<'_>) -> Sql<Option<Time>> {
    let chat = match search.chat {
        None => None,
        Some(chat) => {
            let account = accounts::find(conn, &chat.account)?;
            account.map(|account| chats::find(conn, account, &chat.address)).transpose()?.flatten()
        }
    };
    let first = match (search.chat, chat) {
        (Some(_), None) => None,
        (Some(_), Some(chat)) => conn
            .prepare_cached("SELECT time FROM messages WHERE chat = ?1 ORDER BY id LIMIT 1")?
            .query_row([chat.id], |row| row.get(0))
            .optional()?,
        (None, _) => conn
            .prepare_cached("SELECT time FROM messages ORDER BY id LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?,
    };
    Ok(first.map(Time))
}

fn hits(conn: &Connection, (sql, query): &(&str, String), (from, end): (i64, i64), limit: usize) -> Sql<Vec<i64>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    conn.prepare_cached(sql)?.query_map(params![query, from, end, limit], |row| row.get(0))?.collect()
}

/// The message of a row; `None` for those of an account that is being forgotten.
fn message(conn: &Connection, row: i64) -> Sql<Option<Message>> {
    let mut statement = conn.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        ", c.address, c.kind, a.jid FROM messages m JOIN chats c ON c.id = m.chat JOIN accounts a ON a.id = c.account
         WHERE m.id = ?1 AND NOT a.is_forgotten"
    ))?;
    let mut rows = statement.query([row])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let chat = ChatId { account: rows::account(row, rows::COLUMNS + 2)?, address: rows::jid(row, rows::COLUMNS)? };
    rows::message(row, &chat, rows::chat_from(row.get(rows::COLUMNS + 1)?)).map(Some)
}
