//! How far a message of the user's own has come.
//!
//! The state and the reason of a failure are columns of the message's row, since the outbox and the counts are found by
//! them; so they are read with the row. Every change goes through here, and the ladder decides whether it may happen.

use super::fact::Done;
use super::{acts, archive_ids};
use crate::contract::event::chat::Event;
use crate::model::{ArchiveId, ChatId, Delivery, RowId, StanzaId};
use crate::store::ladder;
use crate::store::tables::again::{self, Old};
use crate::store::tables::{Sql, archives, chats};
use rusqlite::{Connection, params};

/// The engine learnt how far a message is, and maybe its archive id.
pub(super) fn change(
    conn: &Connection,
    account: i64,
    chat: &ChatId,
    (id, delivery): (&StanzaId, &Delivery),
    archive: Option<&ArchiveId>,
) -> Sql<Done> {
    let mut done = Done::default();
    let Some(row) = chats::find(conn, account, &chat.address)? else { return Ok(done) };
    let Some(old) = again::own_by_id(conn, row.id, id.as_str())? else { return Ok(done) };
    if let Some(ArchiveId { by, id }) = archive
        && archive_ids::learn(conn, old.id, (archives::ensure(conn, account, by)?, id))?
    {
        done.changed = Some(old.id);
    }
    done.told = advance(conn, chat, &old, delivery.clone())?;
    // What was refused was not done: its message is again what it was.
    if let (Some(_), Delivery::Failed(reason)) = (&done.told, delivery)
        && let Some((deed, body, target)) = acts::applied(conn, old.id)?
    {
        let (chat, id, reason) = (chat.clone(), id.clone(), reason.clone());
        done.told = Some(Event::ActRefused { chat, id, deed, body, reason });
        done.changed = Some(target);
    }
    Ok(done)
}

/// A copy of a stored message came in this state: it proves that the user's own message arrived.
pub(in crate::store) fn prove(conn: &Connection, chat: &ChatId, old: &Old, copy: &Delivery) -> Sql<Option<Event>> {
    if old.delivery == Delivery::Incoming {
        return Ok(None);
    }
    let proven = match copy {
        Delivery::Incoming | Delivery::Acked => Delivery::Acked,
        Delivery::Delivered | Delivery::Displayed => copy.clone(),
        Delivery::Pending | Delivery::Sent | Delivery::Failed(_) | Delivery::Unknown => return Ok(None),
    };
    advance(conn, chat, old, proven)
}

fn advance(conn: &Connection, chat: &ChatId, old: &Old, delivery: Delivery) -> Sql<Option<Event>> {
    if !ladder::may_follow(&old.delivery, &delivery) {
        return Ok(None);
    }
    let (code, failure) = ladder::to_code(&delivery);
    conn.prepare_cached("UPDATE messages SET delivery = ?2, failure = ?3 WHERE id = ?1")?
        .execute(params![old.id, code, failure])?;
    let id = StanzaId::from(old.stanza.as_deref().unwrap_or_default());
    Ok(Some(Event::DeliveryChanged { chat: chat.clone(), row: RowId(old.id), id, delivery }))
}
