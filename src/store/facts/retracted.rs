//! Messages whose words are gone: who took them away, when and why.

use super::acts;
use super::fact::{Fact, Read, Stored};
use crate::model::{Message, Retracted, Time, Untrusted};
use crate::store::tables::Sql;
use crate::store::tables::chats::Chat;
use rusqlite::Connection;

/// The fact.
pub(super) struct RetractedFact;

impl Fact for RetractedFact {
    fn inserted(&self, conn: &Connection, _: &Chat, row: i64, message: &Message, _: &mut Stored) -> Sql<()> {
        // An archive keeps such a stone in the place of a message that nobody has read here.
        let Some(stone) = &message.extra.retracted else { return Ok(()) };
        acts::retract(conn, row, stone.is_moderated, stone.reason.as_ref().map(Untrusted::raw), stone.time)
    }

    fn load(&self, conn: &Connection, read: &mut Read<'_>) -> Sql<()> {
        read.each(
            conn,
            "SELECT r.message, r.is_moderated, r.reason, r.time FROM json_each(?1) found
             JOIN retracted r ON r.message = found.value",
            |message, row| {
                message.extra.retracted = Some(Retracted {
                    is_moderated: row.get(1)?,
                    reason: row.get::<_, Option<String>>(2)?.map(Untrusted::from),
                    time: Time(row.get(3)?),
                });
                Ok(())
            },
        )
    }
}
