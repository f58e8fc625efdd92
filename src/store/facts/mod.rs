//! Facts: what is stored beside messages.
//!
//! A message's row has a checksum of what never changes in it ([`rows`](super::tables::rows)): who said what and when.
//! All else is a fact with a file of its own here. To add one: write the file, add its migration in `schema.rs`, its
//! variant to [`Addition`] and its lines below. Nothing else in the store changes: every message that is read, in pages,
//! searches, summaries and the outbox, passes through [`load`].

pub(super) mod acts;
pub(super) mod archive_ids;
pub(super) mod delivery;
mod fact;
mod index;
mod replies;
mod retracted;

use super::tables::Sql;
use super::tables::chats::Chat;
use crate::contract::Addition;
use crate::model::Message;
pub(super) use fact::{Done, Stored};
use fact::{Fact, Read};
use rusqlite::Connection;

/// All facts. Those that are columns of the message's row, as the delivery, are read with it and have no line here.
///
/// The index comes before the acts, which change it; retractions come after the acts, which may bring some.
const FACTS: &[&dyn Fact] =
    &[&archive_ids::ArchiveIds, &index::Index, &replies::Replies, &acts::Acts, &retracted::RetractedFact];

/// Performs one addition of the engine's.
pub(super) fn apply(conn: &Connection, account: i64, addition: &Addition) -> Sql<Done> {
    match addition {
        Addition::Delivery { chat, id, delivery, archive } => {
            delivery::change(conn, account, chat, (id, delivery), archive.as_ref())
        }
    }
}

/// A message got its row.
pub(super) fn inserted(conn: &Connection, chat: &Chat, row: i64, message: &Message) -> Sql<Stored> {
    let mut stored = Stored::default();
    FACTS.iter().try_for_each(|fact| fact.inserted(conn, chat, row, message, &mut stored))?;
    Ok(stored)
}

/// A message's row is about to be deleted.
pub(super) fn deleted(conn: &Connection, row: i64) -> Sql<()> {
    FACTS.iter().try_for_each(|fact| fact.deleted(conn, row))
}

/// Completes messages that were read from their rows, with one query per fact for all of them.
pub(super) fn load<'a>(conn: &Connection, messages: impl IntoIterator<Item = &'a mut Message>) -> Sql<()> {
    let mut read = Read::new(messages.into_iter());
    if read.is_empty() {
        return Ok(());
    }
    FACTS.iter().try_for_each(|fact| fact.load(conn, &mut read))
}
