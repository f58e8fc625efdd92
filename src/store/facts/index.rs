//! The words of a message in the full-text index. It holds no text, so it must be told of every row that goes.

use super::fact::Fact;
use crate::model::Message;
use crate::store::spread::spread;
use crate::store::tables::Sql;
use crate::store::tables::chats::Chat;
use rusqlite::{Connection, params};

/// The fact.
pub(super) struct Index;

impl Fact for Index {
    fn inserted(&self, conn: &Connection, chat: &Chat, row: i64, message: &Message) -> Sql<()> {
        let words = match &message.extra.subject {
            Some(subject) => spread(&[subject.raw(), message.body.raw()].join("\n")),
            None => spread(message.body.raw()),
        };
        // So that a search in one chat or one account does not walk through the hits of all others.
        let scope = format!("a{} c{}", chat.account, chat.id);
        conn.prepare_cached("INSERT INTO search (rowid, body, scope) VALUES (?1, ?2, ?3)")?
            .execute(params![row, words, scope])?;
        Ok(())
    }

    fn deleted(&self, conn: &Connection, row: i64) -> Sql<()> {
        conn.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([row])?;
        Ok(())
    }
}
