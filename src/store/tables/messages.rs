//! Messages: storing them one by one, what becomes of them, and reading pages of them.

use super::again::{self, Old};
use super::chats::{self, Chat, Touch};
use super::neighbour::{NEAR, Neighbour, neighbour};
use super::rows::{self, columns};
use super::{Sql, archives};
use crate::contract::archive::PageFrom;
use crate::contract::event::chat::Event;
use crate::model::{
    ArchiveId, ChatId, ChatKind, Delivery, Message, MessageKind, Order, RowId, StanzaId, Time, Untrusted,
};
use crate::store::{ladder, order, spread::spread};
use rusqlite::{Connection, OptionalExtension, params};

/// Live messages follow each other over all chats as long as the clock goes on, so that rows and index
/// only ever grow at their end.
const SAME_BURST: i64 = 1_000_000;

/// Stores a message that came live or that the user wrote. What the app is to be told comes back.
pub(in crate::store) fn arrive(
    conn: &Connection,
    account: i64,
    m: &Message,
    last_live: &mut i64,
) -> Sql<Option<Event>> {
    let chat = chats::ensure(conn, account, &m.chat, m.chat_kind)?;
    let archive = archive_row(conn, account, m)?;
    if let Some(old) = again::find(conn, &chat, archive, m)? {
        return merge(conn, &old, archive, m);
    }
    let place = match neighbour(conn, &chat, archive, m)? {
        Neighbour::Between { lower, upper, own } => own.max(lower + 1).min(upper - 1),
        Neighbour::Below(order) if m.is_delayed => order::micros(m.time).max(order + 1).min(order::last_order()),
        Neighbour::Unknown if m.is_delayed => delayed_order(conn, &chat, m)?,
        Neighbour::Below(_) | Neighbour::Unknown => live_order(&chat, m.time, last_live),
    };
    let id = insert(conn, &chat, archive, m, place)?;
    let mut stored = Box::new(m.clone());
    (stored.row, stored.order) = order::row(id);
    Ok(Some(Event::MessageArrived(stored)))
}

/// The archive's row with the id in it, where the message has one.
pub(in crate::store) fn archive_row<'a>(
    conn: &Connection,
    account: i64,
    m: &'a Message,
) -> Sql<Option<(i64, &'a str)>> {
    let Some(ArchiveId { by, id }) = &m.ids.archive else { return Ok(None) };
    Ok(Some((archives::ensure(conn, account, by)?, id)))
}

fn live_order(chat: &Chat, time: Time, last_live: &mut i64) -> i64 {
    let now = order::micros(time);
    let burst = if (0..SAME_BURST).contains(&(*last_live - now)) { *last_live + 1 } else { now };
    let place = burst.max(order::order_of(chat.last_row).0 + 1).min(order::last_order());
    *last_live = place;
    place
}

/// The place of a message that came live, but late: where its stamp says, behind what stands there already.
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
    Ok(end.max(behind).min(order::last_order()))
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

/// Puts a new message into its chat and into the index; gives its row id.
pub(in crate::store) fn insert(
    conn: &Connection,
    chat: &Chat,
    archive: Option<(i64, &str)>,
    m: &Message,
    place: i64,
) -> Sql<i64> {
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
    index(conn, id, chat, m)?;
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
            activity: if is_quiet { 0 } else { m.time.0 },
            read_up_to: read_up_to.map_or(0, |id| order::order_of(id).0),
            // A room is opened by going there, not by a last message after the user left.
            opens: m.delivery == Delivery::Pending || (m.chat_kind != ChatKind::Room && (is_own || weight > 0)),
            accepts: is_own,
            ends_draft: (m.delivery == Delivery::Pending).then(|| m.body.raw()),
        },
    )?;
    Ok(id)
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

fn index(conn: &Connection, id: i64, chat: &Chat, m: &Message) -> Sql<()> {
    let body = match &m.extra.subject {
        Some(subject) => spread(&[subject.raw(), m.body.raw()].join("\n")),
        None => spread(m.body.raw()),
    };
    conn.prepare_cached("INSERT INTO search (rowid, body, scope) VALUES (?1, ?2, ?3)")?.execute(params![
        id,
        body,
        format!("a{} c{}", chat.account, chat.id)
    ])?;
    Ok(())
}

/// A copy came: the row learns what it lacked, and an own message is proven to have arrived.
pub(in crate::store) fn merge(
    conn: &Connection,
    old: &Old,
    archive: Option<(i64, &str)>,
    m: &Message,
) -> Sql<Option<Event>> {
    if !old.has_archive
        && let Some((archive, id)) = archive
    {
        learn_archive(conn, old.id, archive, id)?;
    }
    again::stamp(conn, old, m)?;
    if old.delivery == Delivery::Incoming {
        return Ok(None);
    }
    let proven = match &m.delivery {
        Delivery::Incoming | Delivery::Acked => Delivery::Acked,
        Delivery::Delivered | Delivery::Displayed => m.delivery.clone(),
        Delivery::Pending | Delivery::Sent | Delivery::Failed(_) | Delivery::Unknown => return Ok(None),
    };
    advance(conn, &m.chat, old, proven)
}

fn learn_archive(conn: &Connection, row: i64, archive: i64, id: &str) -> Sql<()> {
    conn.prepare_cached(
        "UPDATE OR IGNORE messages SET archive = ?2, archive_id = ?3 WHERE id = ?1 AND archive_id IS NULL",
    )?
    .execute(params![row, archive, id])?;
    Ok(())
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

/// A message of the user's own went on.
pub(in crate::store) fn deliver(
    conn: &Connection,
    account: i64,
    chat: &ChatId,
    (id, delivery): (&StanzaId, &Delivery),
    archive: Option<&ArchiveId>,
) -> Sql<Option<Event>> {
    let Some(row) = chats::find(conn, account, &chat.address)? else { return Ok(None) };
    let Some(old) = again::own_by_id(conn, row.id, id.as_str())? else { return Ok(None) };
    if let Some(ArchiveId { by, id }) = archive {
        learn_archive(conn, old.id, archives::ensure(conn, account, by)?, id)?;
    }
    advance(conn, chat, &old, delivery.clone())
}

/// Deletes a message that was not sent; one that went out stays.
pub(in crate::store) fn delete(conn: &Connection, account: i64, chat: &ChatId, id: &StanzaId) -> Sql<Option<Event>> {
    let Some(row) = chats::find(conn, account, &chat.address)? else { return Ok(None) };
    let Some(old) = again::own_by_id(conn, row.id, id.as_str())? else { return Ok(None) };
    if !matches!(old.delivery, Delivery::Pending | Delivery::Failed(_) | Delivery::Unknown) {
        return Ok(None);
    }
    conn.execute("DELETE FROM search WHERE rowid = ?1", [old.id])?;
    conn.execute("DELETE FROM messages WHERE id = ?1", [old.id])?;
    chats::refresh_last(conn, row.id)?;
    Ok(Some(Event::MessageDropped { chat: chat.clone(), row: RowId(old.id), id: id.clone() }))
}

/// The order of the message that an archive knows by this id.
pub(in crate::store) fn order_in_archive(conn: &Connection, archive: i64, id: Option<&str>) -> Sql<Option<Order>> {
    let Some(id) = id else { return Ok(None) };
    conn.prepare_cached("SELECT id FROM messages WHERE archive = ?1 AND archive_id = ?2")?
        .query_row(params![archive, id], |row| Ok(order::order_of(row.get(0)?)))
        .optional()
}

/// The outbox: messages that were written and are not known to have arrived, oldest first.
pub(in crate::store) fn outbox(conn: &Connection, account: i64, of: &crate::model::AccountId) -> Sql<Vec<Message>> {
    let mut statement = conn.prepare(concat!(
        "SELECT ",
        columns!(),
        ", c.address, c.kind FROM messages m JOIN chats c ON c.id = m.chat
         LEFT JOIN archives r ON r.id = m.archive
         WHERE m.delivery IN (1, 2) AND c.account = ?1 ORDER BY m.id"
    ))?;
    statement
        .query_map([account], |row| {
            let chat = ChatId { account: of.clone(), address: rows::jid(row, rows::COLUMNS)? };
            rows::message(row, &chat, rows::chat_from(row.get(rows::COLUMNS + 1)?))
        })?
        // What the disk has changed is nobody's word any more and must not be sent.
        .filter(|message| message.as_ref().map_or(true, Message::is_own))
        .collect()
}

/// A page, oldest first: the messages, whether nothing older is stored, whether nothing newer is.
pub(in crate::store) fn page(
    conn: &Connection,
    account: i64,
    chat: &ChatId,
    from: PageFrom,
    limit: usize,
) -> Sql<(Vec<Message>, bool, bool)> {
    let Some(row) = chats::find(conn, account, &chat.address)? else { return Ok((Vec::new(), true, true)) };
    let code = conn.query_row("SELECT kind FROM chats WHERE id = ?1", [row.id], |r| r.get(0))?;
    let page = Pages { conn, row: row.id, chat, kind: rows::chat_from(code) };
    let end = i64::MAX;
    Ok(match from {
        PageFrom::Newest => page.down(end, limit).map(|(m, is_oldest)| (m, is_oldest, true))?,
        PageFrom::Before(at) => {
            let (messages, is_oldest) = page.down(order::first_id(at.0), limit)?;
            (messages, is_oldest, page.is_none_from(order::first_id(at.0))?)
        }
        PageFrom::After(at) => {
            let (messages, is_newest) = page.up(order::last_id(at.0), limit)?;
            (messages, page.is_none_below(order::last_id(at.0) + 1)?, is_newest)
        }
        PageFrom::Around(at) => {
            let half = (limit / 2).max(1);
            let (mut messages, is_oldest) = page.down(order::last_id(at.0) + 1, limit - limit / 2)?;
            let (newer, is_newest) = page.up(order::last_id(at.0), half)?;
            messages.extend(newer);
            (messages, is_oldest, is_newest)
        }
    })
}

/// Walks along one chat's messages.
struct Pages<'a> {
    conn: &'a Connection,
    row: i64,
    chat: &'a ChatId,
    kind: ChatKind,
}

impl Pages<'_> {
    fn read(&self, sql: &'static str, bounds: [i64; 3]) -> Sql<Vec<Message>> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let params = [self.row, bounds[0], bounds[1], bounds[2]];
        statement.query_map(params, |row| rows::message(row, self.chat, self.kind))?.collect()
    }

    /// The newest below `end`, oldest first, and whether these are all. The page is asked for by order
    /// alone, so messages of the same order are never torn apart.
    fn down(&self, end: i64, limit: usize) -> Sql<(Vec<Message>, bool)> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages m LEFT JOIN archives r ON r.id = m.archive
             WHERE m.chat = ?1 AND m.id >= ?2 AND m.id < ?3 ORDER BY m.id DESC LIMIT ?4"
        );
        let mut found = self.read(SQL, [0, end, i64::from(limit as u32)])?;
        let is_all = found.len() < limit || found.last().is_none();
        if !is_all && let Some(last) = found.last() {
            let ties = self.read(SQL, [order::first_id(last.order.0), last.row.0, i64::MAX])?;
            found.extend(ties);
        }
        let oldest = found.last().map_or(end, |m| m.row.0);
        found.reverse();
        Ok((found, is_all || self.is_none_below(oldest)?))
    }

    /// The oldest above `start`, oldest first, and whether these are all.
    fn up(&self, start: i64, limit: usize) -> Sql<(Vec<Message>, bool)> {
        const SQL: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages m LEFT JOIN archives r ON r.id = m.archive
             WHERE m.chat = ?1 AND m.id > ?2 AND m.id <= ?3 ORDER BY m.id LIMIT ?4"
        );
        let mut found = self.read(SQL, [start, i64::MAX, i64::from(limit as u32)])?;
        let is_all = found.len() < limit || found.last().is_none();
        if !is_all && let Some(last) = found.last() {
            let ties = self.read(SQL, [last.row.0, order::last_id(last.order.0), i64::MAX])?;
            found.extend(ties);
        }
        let newest = found.last().map_or(start, |m| m.row.0);
        Ok((found, is_all || self.is_none_from(newest + 1)?))
    }

    fn is_none_below(&self, id: i64) -> Sql<bool> {
        let mut any = self.conn.prepare_cached("SELECT 1 FROM messages WHERE chat = ?1 AND id < ?2 LIMIT 1")?;
        Ok(!any.exists([self.row, id])?)
    }

    fn is_none_from(&self, id: i64) -> Sql<bool> {
        let mut any = self.conn.prepare_cached("SELECT 1 FROM messages WHERE chat = ?1 AND id >= ?2 LIMIT 1")?;
        Ok(!any.exists([self.row, id])?)
    }
}
