//! Storing messages one by one, merging copies of them, deleting what was never sent.

use super::again::{self, Old};
use super::chats::{self, Chat, Touch};
use super::neighbour::{NEAR, Neighbour, neighbour};
use super::strangers::{self, Spent};
use super::{Sql, rows, timeline};
use crate::contract::event::chat::Event;
use crate::model::{
    ChatId, ChatKind, Delivery, Message, MessageKind, Placing, Relation, RowId, StanzaId, Time, Untrusted,
};
use crate::store::facts::{self, Stored, archive_ids, delivery};
use crate::store::{ladder, order};
use rusqlite::{Connection, OptionalExtension, params};

/// Live messages follow each other over all chats as long as the clock goes on, so that rows and index
/// only ever grow at their end.
const SAME_BURST: i64 = 1_000_000;

/// What the writer remembers from one message to the next.
#[derive(Debug, Default)]
pub(in crate::store) struct Live {
    /// The place of the last live message.
    last: i64,
    /// What strangers have spent of their budgets.
    pub spent: Spent,
}

/// Stores a message that came live or that the user wrote. What the app is to be told comes back.
pub(in crate::store) fn arrive(conn: &Connection, account: i64, m: &Message, live: &mut Live) -> Sql<Vec<Event>> {
    let archive = archive_ids::of(conn, account, m)?;
    let known = chats::find(conn, account, &m.chat.address)?;
    if let Some(chat) = &known
        && let Some(old) = again::find(conn, chat, archive, m)?
    {
        return Ok(merge(conn, &old, archive, m)?.into_iter().collect());
    }
    if !live.spent.may_keep(conn, account, known.as_ref(), m)? {
        return match strangers::notice(conn, account, m)? {
            Some(notice) => arrive(conn, account, &notice, live),
            None => Ok(Vec::new()),
        };
    }
    if known.is_none() && m.extra.relation.act.as_ref().is_some_and(|act| act.deed.is_silent()) {
        // Nothing was said that it could be done to.
        return Ok(Vec::new());
    }
    if let Some(chat) = &known
        && facts::acts::is_forged(conn, chat, m)?
    {
        tracing::debug!(from = %m.from, "somebody may not do this to that message");
        return Ok(Vec::new());
    }
    let chat = match known {
        Some(chat) => chat,
        None => chats::ensure(conn, account, &m.chat, m.chat_kind)?,
    };
    let is_live = !m.is_delayed || matches!(m.placing, Placing::Arrival(_));
    let place = match neighbour(conn, &chat, archive, m)? {
        Neighbour::Between { lower, upper, own } => own.max(lower + 1).min(upper - 1),
        Neighbour::Below { lower, own } if !is_live => own.max(lower + 1).min(order::last_order()),
        Neighbour::Below { .. } | Neighbour::Unknown if is_live => live_order(&chat, m.activity(), &mut live.last),
        Neighbour::Below { .. } | Neighbour::Unknown => delayed_order(conn, &chat, m)?,
    };
    let (id, stored) = insert(conn, &chat, archive, m, place)?;
    let mut events = told(conn, m, &stored)?;
    let is_whole = m.extra.relation == Relation::default();
    if is_whole && !stored.changed.contains(&id) {
        let mut arrived = Box::new(m.clone());
        (arrived.row, arrived.order) = order::row(id);
        events.push(Event::MessageArrived(arrived));
    } else if !stored.is_hidden {
        events.extend(timeline::one(conn, &m.chat.account, id)?.map(|m| Event::MessageArrived(Box::new(m))));
    } else if m.is_own() {
        events.push(Event::ActStored { chat: m.chat.clone(), id: m.ids.stanza.clone(), delivery: m.delivery.clone() });
    }
    Ok(events)
}

/// What the app is told of the messages that another one changed.
pub(in crate::store) fn told(conn: &Connection, m: &Message, stored: &Stored) -> Sql<Vec<Event>> {
    let mut events = Vec::new();
    for row in &stored.changed {
        if let Some(message) = timeline::one(conn, &m.chat.account, *row)? {
            events.push(Event::MessageChanged(Box::new(message)));
        }
    }
    for row in &stored.gone {
        events.push(Event::MessageHidden { chat: m.chat.clone(), row: RowId(*row) });
    }
    Ok(events)
}

fn live_order(chat: &Chat, time: Time, last_live: &mut i64) -> i64 {
    let now = order::micros(time);
    let burst = if (0..SAME_BURST).contains(&(*last_live - now)) { *last_live + 1 } else { now };
    let place = burst.max(order::order_of(chat.last_row).0 + 1).min(order::last_order());
    *last_live = place;
    place
}

/// The place of a message that came live, but late: where its stamp says, behind what stands there already, and behind
/// what the user has read or written unless a room repeats it.
///
/// A stamp of a whole second may lie before what came in the same second. A server that redelivers after a
/// cut sends in order, so one-to-one such a message never goes before what the peer said last; a room's
/// history may well be older than what is stored.
fn delayed_order(conn: &Connection, chat: &Chat, m: &Message) -> Sql<i64> {
    let stamp = order::micros(m.time);
    let is_vague = m.time.0 % 1000 == 0 && m.chat_kind != ChatKind::Room;
    let newest = if is_vague {
        newest_incoming(conn, chat)?
    } else {
        conn.prepare_cached(
            "SELECT id FROM messages WHERE chat = ?1 AND id BETWEEN ?2 AND ?3 ORDER BY id DESC LIMIT 1",
        )?
        .query_row([chat.id, order::first_id(stamp), order::last_id(stamp + 999)], |row| row.get::<_, i64>(0))
        .optional()?
    };
    let behind = newest.map_or(0, |id| order::order_of(id).0 + 1);
    let end = if is_vague && newest.is_some() { stamp.saturating_add(999_000) } else { stamp };
    let known = if m.placing == Placing::Unread { known(conn, chat)? + 1 } else { 0 };
    Ok(end.max(behind).max(known).min(order::last_order()))
}

/// Up to which order the user knows a chat: by reading, or by having written there.
fn known(conn: &Connection, chat: &Chat) -> Sql<i64> {
    let written: Option<i64> = conn
        .prepare_cached(
            "SELECT id FROM (SELECT id, delivery FROM messages WHERE chat = ?1 ORDER BY id DESC LIMIT ?2)
             WHERE delivery > 0 ORDER BY id DESC LIMIT 1",
        )?
        .query_row([chat.id, NEAR], |row| row.get(0))
        .optional()?;
    Ok(chats::read_up_to(conn, chat.id)?.max(written.map_or(0, |id| order::order_of(id).0)))
}

/// A row id of this order that is free; where all are taken, of the next.
fn free_id(conn: &Connection, mut place: i64) -> Sql<i64> {
    let mut newest =
        conn.prepare_cached("SELECT id FROM messages WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT 1")?;
    loop {
        let (first, last) = (order::first_id(place), order::last_id(place));
        match newest.query_row([first, last], |row| row.get::<_, i64>(0)).optional()? {
            None => return Ok(first),
            Some(id) if id < last => return Ok(id + 1),
            Some(_) => place += 1,
        }
    }
}

/// Puts a new message into its chat; gives its row id, and what it did to others.
pub(in crate::store) fn insert(
    conn: &Connection,
    chat: &Chat,
    archive: Option<(i64, &str)>,
    m: &Message,
    place: i64,
) -> Sql<(i64, Stored)> {
    let id = free_id(conn, place)?;
    let (delivery, failure) = ladder::to_code(&m.delivery);
    let weight = rows::weight(m);
    conn.prepare_cached(
        "INSERT INTO messages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                                  ?19)",
    )?
    .execute(params![
        id,
        chat.id,
        m.from.as_str(),
        rows::kind_code(m.kind),
        m.extra.subject.as_ref().map(Untrusted::raw),
        m.body.raw(),
        m.time.0,
        m.is_delayed,
        delivery,
        failure,
        m.is_mention,
        weight,
        m.ids.stanza.as_ref().map(StanzaId::as_str),
        m.ids.origin,
        m.ids.occupant,
        archive.map(|(row, _)| row),
        archive.map(|(_, id)| id),
        again::key(m),
        rows::sum(id, chat.id, m),
    ])?;
    let stored = facts::inserted(conn, chat, id, m)?;
    if stored.is_hidden {
        return Ok((id, stored));
    }
    let is_quiet = matches!(m.kind, MessageKind::Subject | MessageKind::Notice);
    let is_own = m.is_own() && !is_quiet;
    let read_up_to = if m.delivery == Delivery::Pending {
        // What came while the program was away may still be under way, and goes above a text written before that. Older
        // history of a chat that begins with such a text is nothing new.
        newest_incoming(conn, chat)?.or((chat.last_row == 0).then_some(id))
    } else {
        is_own.then_some(id)
    };
    chats::touch(
        conn,
        chat.id,
        Touch {
            row: id,
            activity: if is_quiet { 0 } else { m.activity().0 },
            read_up_to: read_up_to.map_or(0, |id| order::order_of(id).0),
            // A room is opened by going there, not by a last message after the user left.
            opens: m.delivery == Delivery::Pending || (m.chat_kind != ChatKind::Room && (is_own || weight > 0)),
            accepts: is_own,
            ends_draft: (m.delivery == Delivery::Pending).then(|| m.body.raw()),
        },
    )?;
    if !stored.gone.is_empty() {
        chats::refresh_last(conn, chat.id)?;
    }
    Ok((id, stored))
}

/// The newest message that somebody else wrote, among those that are near.
fn newest_incoming(conn: &Connection, chat: &Chat) -> Sql<Option<i64>> {
    conn.prepare_cached(
        "SELECT id FROM (SELECT id, delivery FROM messages WHERE chat = ?1 ORDER BY id DESC LIMIT ?2)
         WHERE delivery = 0 ORDER BY id DESC LIMIT 1",
    )?
    .query_row([chat.id, NEAR], |row| row.get(0))
    .optional()
}

/// A copy came: the row learns what it lacked, and an own message is proven to have arrived.
pub(in crate::store) fn merge(
    conn: &Connection,
    old: &Old,
    archive: Option<(i64, &str)>,
    m: &Message,
) -> Sql<Option<Event>> {
    if !old.has_archive
        && let Some(archive) = archive
    {
        archive_ids::learn(conn, old.id, archive)?;
    }
    again::stamp(conn, old, m)?;
    delivery::prove(conn, &m.chat, old, &m.delivery)
}

/// Deletes a message that was not sent; one that went out stays.
pub(in crate::store) fn delete(conn: &Connection, account: i64, chat: &ChatId, id: &StanzaId) -> Sql<Option<Event>> {
    let Some(row) = chats::find(conn, account, &chat.address)? else { return Ok(None) };
    let Some(old) = again::own_by_id(conn, row.id, id.as_str())? else { return Ok(None) };
    if !matches!(old.delivery, Delivery::Pending | Delivery::Failed(_) | Delivery::Unknown) {
        return Ok(None);
    }
    facts::deleted(conn, old.id)?;
    conn.execute("DELETE FROM messages WHERE id = ?1", [old.id])?;
    chats::refresh_last(conn, row.id)?;
    Ok(Some(Event::MessageDropped { chat: chat.clone(), row: RowId(old.id), id: id.clone() }))
}
