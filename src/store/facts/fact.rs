//! What a fact must do, and the messages that it adds to.

use crate::contract::event::chat::Event;
use crate::model::{Message, MessageKind};
use crate::store::tables::Sql;
use crate::store::tables::chats::Chat;
use rusqlite::{Connection, Row};
use std::collections::HashMap;
use std::fmt::Write as _;

/// What an addition did.
#[derive(Debug, Default)]
pub(in crate::store) struct Done {
    /// An event of the fact's own.
    pub(in crate::store) told: Option<Event>,
    /// The row of a message that is not what it was: it is read again, and the app is told what it is now.
    pub(in crate::store) changed: Option<i64>,
}

/// What the storing of a message did beside it.
#[derive(Debug, Default)]
pub(in crate::store) struct Stored {
    /// The message is not shown by itself.
    pub(in crate::store) is_hidden: bool,
    /// Rows of messages that are not what they were.
    pub(in crate::store) changed: Vec<i64>,
    /// Rows of messages that are not shown any more.
    pub(in crate::store) gone: Vec<i64>,
}

/// An addition to stored messages. A fact with nothing to do at one of these moments leaves that function out.
pub(in crate::store) trait Fact: Sync {
    /// A message got its row: keeps what the message brings with it.
    fn inserted(
        &self,
        _conn: &Connection,
        _chat: &Chat,
        _row: i64,
        _message: &Message,
        _stored: &mut Stored,
    ) -> Sql<()> {
        Ok(())
    }

    /// A message's row is about to be deleted. What refers to it by `ON DELETE CASCADE` goes by itself.
    fn deleted(&self, _conn: &Connection, _row: i64) -> Sql<()> {
        Ok(())
    }

    /// Messages were read: puts what is stored beside them into them, with one query for all.
    fn load(&self, _conn: &Connection, _read: &mut Read<'_>) -> Sql<()> {
        Ok(())
    }
}

/// Messages that were read from their rows and still lack their facts.
#[derive(Debug)]
pub(in crate::store) struct Read<'a> {
    by_row: HashMap<i64, &'a mut Message>,
    /// Their row ids as a JSON array, for `json_each(?1)`.
    rows: String,
}

impl<'a> Read<'a> {
    /// Lines of parlour's own are left out: nothing is stored beside them, and nothing beside what the disk damaged is
    /// believed.
    pub(super) fn new(messages: impl Iterator<Item = &'a mut Message>) -> Self {
        let by_row: HashMap<_, _> = messages.filter(|m| m.kind != MessageKind::Notice).map(|m| (m.row.0, m)).collect();
        let mut rows = String::from("[");
        for row in by_row.keys() {
            let comma = if rows.len() > 1 { "," } else { "" };
            // Writing to a string does not fail.
            let _ = write!(rows, "{comma}{row}");
        }
        rows.push(']');
        Self { by_row, rows }
    }

    /// Whether there is nothing to add to.
    pub(super) fn is_empty(&self) -> bool {
        self.by_row.is_empty()
    }

    /// Calls `put` with every row that a query gives for these messages. The query has their row ids in
    /// `json_each(?1)`, and its first column is the message's. A row that cannot be read as what it should be was damaged
    /// on the disk: it is logged and left out, since the message itself has its own checksum.
    pub(super) fn each(
        &mut self,
        conn: &Connection,
        sql: &'static str,
        mut put: impl FnMut(&mut Message, &Row<'_>) -> Sql<()>,
    ) -> Sql<()> {
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query([&self.rows])?;
        while let Some(row) = rows.next()? {
            let id: i64 = row.get(0)?;
            let Some(message) = self.by_row.get_mut(&id) else { continue };
            match put(message, row) {
                Ok(()) => {}
                Err(error) if error.sqlite_error_code().is_none() => {
                    tracing::error!(row = id, %error, "what is stored beside a message is damaged on the disk");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
