//! Is this message stored already? The ladder of DESIGN §6.5.
//!
//! The archive's id comes first, where the engine trusts it, since senders cannot forge it. All other ids are chosen by
//! the sender. They match only within one chat, for one full JID and for the same text; so a sender who uses an id twice,
//! by mistake or on purpose, cannot make another message vanish. Ids of the user's own messages match own rows only.

use super::Sql;
use super::chats::Chat;
use crate::model::{Delivery, Message, MessageKind, Time};
use crate::store::{ladder, order};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

/// A live copy of a live message comes soon; the same id and text much later is said again.
const LIVE_COPY: i64 = 3_600_000;
/// Copies of a delayed message bear the same stamp, up to a second of rounding.
const STAMP: i64 = 1000;
/// A room's clock and ours, and the way here, are not further apart than this.
const ROOM_CLOCK: u64 = 600_000;
/// Nor are they, mostly, further apart than this, which counts where the words alone tell.
const OWN_CLOCK: i64 = 120_000;
/// Ids of this length are random: they alone make two own messages the same.
const RANDOM_ID: usize = 16;

/// A stored row that a message is a copy of.
#[derive(Debug)]
pub(in crate::store) struct Old {
    /// The row.
    pub id: i64,
    /// How far it is.
    pub delivery: Delivery,
    /// Its stanza id.
    pub stanza: Option<String>,
    /// Whether it has its archive id already.
    pub has_archive: bool,
    sender: String,
    body: String,
    time: i64,
    is_delayed: bool,
    origin: Option<String>,
}

impl Old {
    /// Whether the row has this message's text, or had it before it was retracted.
    fn is_said(&self, m: &Message) -> bool {
        self.body == m.body.raw() || self.body.is_empty()
    }
}

macro_rules! select_old {
    ($where:literal) => {
        concat!(
            "SELECT id, delivery, failure, stanza_id, archive_id IS NOT NULL, sender, body, time, is_delayed, origin_id
             FROM messages WHERE ",
            $where
        )
    };
}

fn old(row: &Row<'_>) -> Sql<Old> {
    Ok(Old {
        id: row.get(0)?,
        delivery: ladder::from_code(row.get(1)?, row.get(2)?),
        stanza: row.get(3)?,
        has_archive: row.get(4)?,
        sender: row.get(5)?,
        body: row.get(6)?,
        time: row.get(7)?,
        is_delayed: row.get(8)?,
        origin: row.get(9)?,
    })
}

/// The number by which copies find each other: of the stanza id for own messages, of sender and id for others; in
/// rooms, where there is no id, of sender and text, and of the room's stamp once that is known.
pub(in crate::store) fn key(m: &Message) -> Option<i64> {
    let Some(id) = m.ids.stanza.as_ref() else {
        return (m.kind == MessageKind::Groupchat).then(|| nameless(m, m.ids.replay));
    };
    let id = id.as_str();
    Some(if m.is_own() { hash("", id) } else { hash(m.from.as_str(), id) })
}

/// The stanza id, where it is long enough to be random: no two messages of one sender share it.
pub(in crate::store) fn random_id(m: &Message) -> Option<&str> {
    m.ids.stanza.as_ref().map(crate::model::StanzaId::as_str).filter(|id| id.len() >= RANDOM_ID)
}

/// With two zeros no id is meant.
fn nameless(m: &Message, stamp: Option<Time>) -> i64 {
    let stamp = stamp.map(|Time(stamp)| stamp.to_le_bytes());
    let sender = m.from.as_str().bytes().chain([0, 0]);
    super::rows::fnv(sender.chain(stamp.into_iter().flatten()).chain([0]).chain(m.body.raw().bytes()))
}

/// What this confuses is told apart by the texts themselves.
fn hash(sender: &str, id: &str) -> i64 {
    super::rows::fnv(sender.bytes().chain([0]).chain(id.bytes()))
}

/// The stored row of this message, where there is one. `archive` is the row of its archive with the id in it.
pub(in crate::store) fn find(
    conn: &Connection,
    chat: &Chat,
    archive: Option<(i64, &str)>,
    m: &Message,
) -> Sql<Option<Old>> {
    if let Some((archive, id)) = archive {
        let found = conn
            .prepare_cached(select_old!("archive = ?1 AND archive_id = ?2"))?
            .query_row(params![archive, id], old)
            .optional()?;
        if found.is_some() {
            return Ok(found);
        }
    }
    let found = match (&m.ids.stanza, &m.ids.origin) {
        (None, None) => find_replayed(conn, chat, m),
        _ if m.is_own() => find_own(conn, chat, m),
        _ => find_incoming(conn, chat, m),
    }?;
    if found.is_some() { Ok(found) } else { find_own_line(conn, chat, m) }
}

/// A room that gives messages other ids, or none, repeats what the user said there: the row of the same words, said
/// under the same nickname at about this time. Where the room tells occupants apart, it must be the user's own line.
/// What nobody can tell apart: the same words that another client of the user's said within these two minutes.
fn find_own_line(conn: &Connection, chat: &Chat, m: &Message) -> Sql<Option<Old>> {
    let (Some(Time(stamp)), None) = (m.ids.replay, &m.ids.archive) else { return Ok(None) };
    if m.ids.occupant.is_some() && !m.is_own() {
        return Ok(None);
    }
    let (from, to) = (Time(stamp.saturating_sub(OWN_CLOCK)), Time(stamp.saturating_add(OWN_CLOCK)));
    let sql = select_old!(
        "chat = ?1 AND id BETWEEN ?2 AND ?3 AND delivery > 1 AND sender = ?4 AND body = ?5 ORDER BY id LIMIT 16"
    );
    let (first, last) = (order::first_id(order::micros(from)), order::last_id(order::micros(to)));
    let found = few(conn, sql, params![chat.id, first, last, m.from.as_str(), m.body.raw()])?;
    Ok(found.into_iter().min_by_key(|o| o.time.abs_diff(stamp)))
}

/// A message of the user's own by its stanza id, the newest where several have it.
pub(in crate::store) fn own_by_id(conn: &Connection, chat: i64, id: &str) -> Sql<Option<Old>> {
    Ok(with_key(conn, chat, hash("", id))?.into_iter().find(|o| is_own(o) && o.stanza.as_deref() == Some(id)))
}

fn is_own(old: &Old) -> bool {
    old.delivery != Delivery::Incoming
}

fn with_key(conn: &Connection, chat: i64, key: i64) -> Sql<Vec<Old>> {
    // The newest 16: a sender who uses one id for everything costs no more than that.
    few(conn, select_old!("chat = ?1 AND again = ?2 ORDER BY id DESC LIMIT 16"), params![chat, key])
}

fn few(conn: &Connection, sql: &'static str, params: &[&dyn ToSql]) -> Sql<Vec<Old>> {
    conn.prepare_cached(sql)?.query_map(params, old)?.collect()
}

fn find_own(conn: &Connection, chat: &Chat, m: &Message) -> Sql<Option<Old>> {
    let stanza = m.ids.stanza.as_ref().map(crate::model::StanzaId::as_str);
    let origin = m.ids.origin.as_deref().filter(|o| Some(*o) != stanza);
    let is_same = |o: &Old, id: &str| {
        let is_conflict = o.has_archive && m.ids.archive.is_some();
        is_own(o) && (o.is_said(m) || (!is_conflict && id.len() >= RANDOM_ID))
    };
    for id in [stanza, origin].into_iter().flatten() {
        let mut found = with_key(conn, chat.id, hash("", id))?;
        if let Some(at) = found.iter().position(|o| o.stanza.as_deref() == Some(id) && is_same(o, id)) {
            return Ok(Some(found.swap_remove(at)));
        }
    }
    // A room may have given the echo another stanza id; the origin-id is the sender's own.
    let Some(origin) = m.ids.origin.as_deref() else { return Ok(None) };
    let sql = select_old!("chat = ?1 AND origin_id = ?2 AND delivery > 0 ORDER BY id DESC LIMIT 16");
    let found = few(conn, sql, params![chat.id, origin])?;
    Ok(found.into_iter().find(|o| o.origin.as_deref() == Some(origin) && is_same(o, origin)))
}

fn find_incoming(conn: &Connection, chat: &Chat, m: &Message) -> Sql<Option<Old>> {
    let Some(id) = m.ids.stanza.as_ref() else { return find_replayed(conn, chat, m) };
    // A client that cannot know whether its message arrived sends it again with the same id, and the archive then
    // holds it twice. Only a short id may really have been used for two messages of one text.
    let is_random = random_id(m).is_some();
    let is_alike = |o: &Old| {
        o.stanza.as_deref() == Some(id.as_str())
            && o.sender == m.from.as_str()
            && o.is_said(m)
            && (is_random || !(o.has_archive && m.ids.archive.is_some()))
    };
    let found = with_key(conn, chat.id, hash(m.from.as_str(), id.as_str()))?;
    let same = found.into_iter().find(|o| !is_own(o) && is_alike(o) && is_in_time(o, m));
    if same.is_some() || m.kind != MessageKind::Groupchat {
        return Ok(same);
    }
    // The echo of an own message that was not known as own: from an earlier stay under this nickname.
    let found = with_key(conn, chat.id, hash("", id.as_str()))?;
    Ok(found.into_iter().find(|o| is_own(o) && is_alike(o)))
}

fn is_in_time(old: &Old, m: &Message) -> bool {
    if !m.is_delayed {
        return m.time.0.saturating_sub(old.time) <= LIVE_COPY;
    }
    m.ids.archive.is_some()
        || old.has_archive
        || !old.is_delayed
        || m.time.0.saturating_sub(old.time).saturating_abs() <= STAMP
}

/// History that a room sends anew with each join, without any id: same stamp, sender and text. What came live has no
/// stamp of the room's: the nearest row becomes that of the stamp ([`stamp`]), so that no second message takes it.
/// What nobody can tell apart: where a busy room repeats too little, the same words of one sender, said live and again
/// within ten minutes while the user was away, are one.
fn find_replayed(conn: &Connection, chat: &Chat, m: &Message) -> Sql<Option<Old>> {
    if !m.is_delayed || m.ids.archive.is_some() {
        return Ok(None);
    }
    let is_alike = |o: &Old| {
        o.sender == m.from.as_str() && o.body == m.body.raw() && o.stanza.is_none() && is_own(o) == m.is_own()
    };
    if m.ids.replay.is_some() {
        let same = with_key(conn, chat.id, nameless(m, m.ids.replay))?.into_iter().find(is_alike);
        if same.is_some() {
            return Ok(same);
        }
    }
    let Time(time) = m.time;
    let from = order::micros(m.time);
    // Rows of an earlier version have no number, others of this time are another message by the room's stamp.
    let sql = select_old!("chat = ?1 AND id BETWEEN ?2 AND ?3 AND (again IS NULL OR ?4) LIMIT 64");
    let (first, last, is_any) = (order::first_id(from), order::last_id(from + STAMP - 1), m.ids.replay.is_none());
    let found = few(conn, sql, params![chat.id, first, last, is_any])?;
    let same = found.into_iter().find(|o| o.time == time && o.is_delayed && is_alike(o));
    if same.is_some() || m.ids.replay.is_none() {
        return Ok(same);
    }
    let live = with_key(conn, chat.id, nameless(m, None))?;
    let away = |o: &Old| time.abs_diff(o.time);
    Ok(live.into_iter().filter(|o| is_alike(o) && away(o) <= ROOM_CLOCK).min_by_key(away))
}

/// A row is what a room repeats under this stamp, and nothing else that it repeats.
pub(in crate::store) fn stamp(conn: &Connection, old: &Old, m: &Message) -> Sql<()> {
    if m.ids.replay.is_some() && m.ids.stanza.is_none() && old.stanza.is_none() {
        conn.prepare_cached("UPDATE messages SET again = ?2 WHERE id = ?1")?.execute(params![old.id, key(m)])?;
    }
    Ok(())
}
