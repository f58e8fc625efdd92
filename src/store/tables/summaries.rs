//! What the sidebar shows of chats: how much is unread, the newest message, the draft.

use super::Sql;
use super::rows;
use crate::model::{AccountId, ChatId, ChatKind, ChatSummary, Order, Time, Untrusted};
use crate::store::{facts, order};
use rusqlite::Connection;

/// No chat counts further than this.
const COUNTED: u32 = 999;
/// At most so many chats are listed, the most recent: strangers can make any number of them.
const LISTED: u32 = 2000;

/// Every chat that is listed or open, unread, a request or has a draft; the most recent first.
pub(in crate::store) fn all(conn: &Connection, account: i64, id: &AccountId) -> Sql<Vec<ChatSummary>> {
    let ids: Vec<i64> = conn
        .prepare_cached(
            "SELECT id FROM chats WHERE account = ?1 AND (is_open OR is_current OR NOT is_accepted OR draft != ''
             OR (last_row >> 10 > read_up_to AND EXISTS (SELECT 1 FROM messages m
                 WHERE m.chat = chats.id AND m.id > (read_up_to << 10 | 1023) AND m.weight > 0))) ORDER BY last_activity DESC, id DESC LIMIT ?2",
        )?
        .query_map([account, i64::from(LISTED)], |row| row.get(0))?
        .collect::<Sql<_>>()?;
    let mut all: Vec<ChatSummary> = Vec::with_capacity(ids.len());
    for chat in ids {
        let summary = count(conn, id, chat)?;
        if summary.is_open
            || summary.is_current
            || !summary.is_accepted
            || summary.unread > 0
            || !summary.draft.is_empty()
        {
            all.push(summary);
        }
    }
    facts::load(conn, all.iter_mut().filter_map(|summary| summary.last.as_deref_mut()))?;
    Ok(all)
}

/// What is known of one chat, counted anew.
pub(in crate::store) fn one(conn: &Connection, account: &AccountId, chat: i64) -> Sql<ChatSummary> {
    let mut summary = count(conn, account, chat)?;
    facts::load(conn, summary.last.as_deref_mut())?;
    Ok(summary)
}

/// The same, where the newest message still lacks its facts.
fn count(conn: &Connection, account: &AccountId, chat: i64) -> Sql<ChatSummary> {
    let mut last_row = 0;
    let mut summary = conn
        .prepare_cached(
            "SELECT address, kind, is_open, is_accepted, read_up_to, last_activity, draft, name, last_row, is_current,
                    bottom
             FROM chats WHERE id = ?1",
        )?
        .query_row([chat], |row| {
            last_row = row.get(8)?;
            Ok(ChatSummary {
                id: ChatId { account: account.clone(), address: rows::jid(row, 0)? },
                kind: rows::chat_from(row.get(1)?),
                is_open: row.get(2)?,
                is_accepted: row.get(3)?,
                unread: 0,
                mentions: 0,
                read_up_to: Order(row.get(4)?),
                last_activity: Time(row.get(5)?),
                last: None,
                draft: row.get(6)?,
                name: row.get::<_, Option<String>>(7)?.map(Untrusted::from),
                is_current: row.get(9)?,
                bottom: row.get::<_, Option<i64>>(10)?.map(Order),
            })
        })?;
    let after = order::last_id(summary.read_up_to.0);
    if last_row > after {
        summary.unread = conn
            .prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM messages WHERE chat = ?1 AND id > ?2 AND weight > 0 LIMIT ?3)",
            )?
            .query_row([chat, after, i64::from(COUNTED)], |row| row.get(0))?;
        summary.mentions = match summary.kind {
            // Whatever is said there is said to the user alone.
            ChatKind::Contact | ChatKind::Occupant => summary.unread,
            ChatKind::Room => conn
                .prepare_cached(
                    "SELECT count(*) FROM (SELECT 1 FROM messages WHERE chat = ?1 AND id > ?2 AND weight = 2 LIMIT ?3)",
                )?
                .query_row([chat, after, i64::from(COUNTED)], |row| row.get(0))?,
        };
    }
    summary.last = rows::any(conn, last_row, &summary.id, summary.kind)?.map(Box::new);
    Ok(summary)
}
