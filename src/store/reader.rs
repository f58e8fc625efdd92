//! The reader thread: pages of history, search, and the list of chats at the start.
//!
//! If several queries for the same pane wait, only the newest is answered: the user has left the place that the older
//! ones were for.

use super::tables::search::Search;
use super::tables::{Sql, accounts, roster, search, summaries, timeline, unfolded};
use super::wait;
use crate::contract::{Query, Reply};
use crate::model::{AccountId, ChatId};
use crate::words;
use rusqlite::Connection;
use tokio::sync::mpsc;

/// No page and no list of hits is longer.
const LONGEST: usize = 2000;

/// Answers until nobody asks any more or nobody listens.
pub(super) fn run(conn: &Connection, mut queries: mpsc::Receiver<Query>, replies: &mpsc::Sender<Reply>) {
    while let Some(first) = wait::block_on(queries.recv()) {
        let mut waiting = vec![first];
        while let Ok(query) = queries.try_recv() {
            waiting.retain(|old| Pane::of(old) != Pane::of(&query));
            waiting.push(query);
        }
        for query in waiting {
            if replies.blocking_send(answer(conn, query)).is_err() {
                return;
            }
        }
    }
}

/// Whose question it is.
#[derive(PartialEq)]
enum Pane<'a> {
    Start(&'a AccountId),
    Timeline(&'a ChatId),
    Place,
    Search,
}

impl<'a> Pane<'a> {
    fn of(query: &'a Query) -> Self {
        match query {
            Query::Chats { account } => Self::Start(account),
            Query::Page { chat, .. } => Self::Timeline(chat),
            Query::Place { .. } => Self::Place,
            Query::Search { .. } => Self::Search,
        }
    }
}

fn answer(conn: &Connection, query: Query) -> Reply {
    let seq = match &query {
        Query::Chats { .. } => 0,
        Query::Page { seq, .. } | Query::Place { seq, .. } | Query::Search { seq, .. } => *seq,
    };
    read(conn, query).unwrap_or_else(|error| {
        tracing::warn!(%error, "a question to the store failed");
        Reply::Failed { reason: words::history::unreadable_here(error), seq }
    })
}

fn read(conn: &Connection, query: Query) -> Sql<Reply> {
    Ok(match query {
        Query::Chats { account } => match accounts::find(conn, &account)? {
            None => Reply::Chats { account, chats: Vec::new(), contacts: Vec::new(), unfolded: Vec::new() },
            Some(id) => {
                let (chats, contacts) = (summaries::all(conn, id, &account)?, roster::all(conn, id)?);
                let unfolded = unfolded::get(conn, id)?;
                Reply::Chats { account, chats, contacts, unfolded }
            }
        },
        Query::Page { chat, from, limit, seq } => {
            let (messages, is_oldest, newer) = match accounts::find(conn, &chat.account)? {
                None => (Vec::new(), true, 0),
                Some(id) => timeline::page(conn, id, &chat, from, limit.clamp(1, LONGEST))?,
            };
            Reply::Page { chat, from, messages, is_oldest, is_newest: newer == 0, newer, seq }
        }
        Query::Place { chat, place, seq } => {
            let (oldest, place) = match accounts::find(conn, &chat.account)? {
                None => (Vec::new(), None),
                Some(id) => timeline::place(conn, id, &chat, place)?,
            };
            Reply::Placed { oldest, place, seq }
        }
        Query::Search { account, chat, words, limit, before, seq } => {
            let limit = limit.clamp(1, LONGEST);
            let asked = Search { account: account.as_ref(), chat: chat.as_ref(), words: &words, limit, before };
            let (messages, is_more) = search::find(conn, &asked).or_else(|error| {
                // What FTS5 does not take for a question finds nothing.
                if error.sqlite_error_code() == Some(rusqlite::ErrorCode::Unknown) {
                    Ok((Vec::new(), false))
                } else {
                    Err(error)
                }
            })?;
            let oldest = search::oldest(conn, &asked)?;
            Reply::Found { messages, is_more, oldest, seq }
        }
    })
}
