//! The words of a message in the full-text index. It holds no text, so it must be told of every row that goes.

use super::fact::{Fact, Stored};
use crate::model::{Message, Untrusted};
use crate::store::tables::Sql;
use crate::store::tables::chats::Chat;
use crate::store::tables::indexing::{Indexed, Words};
use rusqlite::Connection;

/// The fact.
pub(super) struct Index;

impl Fact for Index {
    fn inserted(&self, conn: &Connection, chat: &Chat, row: i64, message: &Message, _: &mut Stored) -> Sql<()> {
        let subject = message.extra.subject.as_ref().map(Untrusted::raw);
        let words = Words { row, account: chat.account, chat: chat.id, subject, body: message.body.raw() };
        Indexed::of(conn)?.put(conn, words)
    }

    fn deleted(&self, conn: &Connection, row: i64) -> Sql<()> {
        Indexed::of(conn)?.remove(conn, row)
    }
}
