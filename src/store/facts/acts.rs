//! What messages do to others: corrections (XEP-0308), retractions (XEP-0424, 0425), reactions (XEP-0444).
//!
//! An act is a message with a row of its own, so that it is sent, confirmed, archived and recognised like any other. Its
//! row is hidden (a negative weight), and what it did is read with the message that it was done to. Either may come first,
//! since archives are read from their newest end. A correction whose message is not here, or is somebody else's, is
//! shown by itself: no text vanishes.
//!
//! Security: an act counts only from the author of its message ([`may`]), a moderation only from the room.

use super::fact::{Fact, Read, Stored};
use crate::model::{Act, ChatKind, Deed, Delivery, Jid, Message, Reaction, Time, Version};
use crate::store::ladder;
use crate::store::tables::chats::Chat;
use crate::store::tables::indexing::{Indexed, Words};
use crate::store::tables::{Sql, purge, rows};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The weight of a row that is not shown by itself.
pub(in crate::store) const HIDDEN: i64 = -1;
/// So many earlier versions of a message are kept in it.
const VERSIONS_MAX: usize = 50;
/// So many different emoji are shown under a message; of further ones nothing is seen (S-34).
const EMOJI_MAX: usize = 40;
/// So many acts that came before their message are looked at.
const OPEN_MAX: i64 = 64;

/// The fact.
pub(super) struct Acts;

/// Who said something, as far as it can be compared.
struct Author {
    row: i64,
    sender: Jid,
    is_own: bool,
    occupant: Option<String>,
    time: Time,
}

impl Author {
    fn of(message: &Message) -> Self {
        Self {
            row: message.row.0,
            sender: message.from.clone(),
            is_own: message.is_own(),
            occupant: message.ids.occupant.clone(),
            time: message.time,
        }
    }
}

impl Fact for Acts {
    fn inserted(&self, conn: &Connection, chat: &Chat, row: i64, message: &Message, stored: &mut Stored) -> Sql<()> {
        let kind = message.chat_kind;
        let author = Author { row, ..Author::of(message) };
        if let Some(act) = &message.extra.relation.act {
            let target = find(conn, chat.id, kind, act)?.filter(|target| may(kind, act, &author, target));
            conn.prepare_cached("INSERT OR REPLACE INTO acts VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(params![
                row,
                code(act.deed),
                act.id,
                target.as_ref().map(|target| target.row),
                act.since.map(|since| since.0),
            ])?;
            stored.is_hidden = act.deed.is_silent() || target.is_some();
            if stored.is_hidden {
                hide(conn, row)?;
            }
            if let Some(target) = target {
                done(conn, chat, (target.row, row), act.deed, message, stored)?;
            }
            return Ok(());
        }
        for (open, act) in waiting(conn, chat.id, message)? {
            let Some(by) = author_of(conn, open)? else { continue };
            if !may(kind, &act, &by, &author) {
                continue;
            }
            conn.prepare_cached("UPDATE acts SET message = ?2 WHERE row = ?1")?.execute([open, row])?;
            if hide(conn, open)? {
                stored.gone.push(open);
            }
            let said = rows::any(conn, open, &message.chat, kind)?;
            if let Some(said) = said {
                done(conn, chat, (row, open), act.deed, &said, stored)?;
            }
        }
        Ok(())
    }

    fn load(&self, conn: &Connection, read: &mut Read<'_>) -> Sql<()> {
        read.each(
            conn,
            "SELECT a.row, a.deed, a.target, a.since FROM json_each(?1) found JOIN acts a ON a.row = found.value",
            |message, row| {
                message.extra.relation.act = Some(act(row, 1)?);
                Ok(())
            },
        )?;
        read.each(
            conn,
            "SELECT a.message, a.deed, m.sender, m.body, m.time, m.delivery, m.occupant
             FROM json_each(?1) found CROSS JOIN acts a ON a.message = found.value CROSS JOIN messages m ON m.id = a.row
             WHERE m.delivery != 6 AND a.deed IN (0, 3)
             AND NOT EXISTS (SELECT 1 FROM retracted r WHERE r.message = a.message) ORDER BY m.id",
            |message, row| {
                let body = row.get_ref(3)?.as_str()?;
                match deed(row.get(1)?) {
                    Deed::Correct => correct(message, body, Time(row.get(4)?)),
                    Deed::React => {
                        let is_own = row.get::<_, i64>(5)? > 0;
                        react(message, &rows::jid(row, 2)?, is_own, body);
                    }
                    Deed::Retract | Deed::Moderate => {}
                }
                Ok(())
            },
        )
    }
}

/// What a message says now: this came after what it said before.
fn correct(message: &mut Message, body: &str, time: Time) {
    if message.extra.versions.len() < VERSIONS_MAX {
        let old = std::mem::replace(&mut message.body, body.into());
        let said = message.extra.edited.unwrap_or(message.time);
        message.extra.versions.push(Version { time: said, body: old });
    } else {
        message.body = body.into();
    }
    message.extra.edited = Some(time);
}

/// The reactions of one sender take the place of those that they gave before.
fn react(message: &mut Message, from: &Jid, is_own: bool, body: &str) {
    let from = if message.chat_kind == ChatKind::Contact { from.bare().to_jid() } else { from.clone() };
    let all = &mut message.extra.reactions;
    for reaction in all.iter_mut() {
        if is_own {
            reaction.is_own = false;
        }
        reaction.who.retain(|who| *who != from);
    }
    for emoji in body.split_whitespace() {
        if let Some(reaction) = all.iter_mut().find(|reaction| reaction.emoji == emoji) {
            reaction.who.push(from.clone());
            reaction.is_own |= is_own;
        } else if all.len() < EMOJI_MAX {
            all.push(Reaction { emoji: emoji.to_owned(), who: vec![from.clone()], is_own });
        }
    }
    all.retain(|reaction| !reaction.who.is_empty());
}

/// Whether whoever acts may do it to this message.
fn may(kind: ChatKind, act: &Act, by: &Author, target: &Author) -> bool {
    if by.row == target.row {
        return false;
    }
    match act.deed {
        Deed::React => true,
        // The engine takes these from the room alone.
        Deed::Moderate => kind == ChatKind::Room && by.sender.is_bare(),
        Deed::Correct | Deed::Retract => is_same(kind, act, by, target),
    }
}

fn is_same(kind: ChatKind, act: &Act, by: &Author, target: &Author) -> bool {
    if by.is_own != target.is_own {
        return false;
    }
    match kind {
        ChatKind::Contact => by.is_own || by.sender.bare() == target.sender.bare(),
        ChatKind::Room | ChatKind::Occupant => match (&by.occupant, &target.occupant) {
            _ if by.is_own => true,
            (Some(by), Some(target)) => by == target,
            // Nobody else had this nickname between the two.
            (None, _) | (_, None) => by.sender == target.sender && act.since.is_some_and(|since| since <= target.time),
        },
    }
}

/// Whether a message only does something that its sender may not do: to a message of somebody else, or to itself.
/// Nothing of it is kept.
pub(in crate::store) fn is_forged(conn: &Connection, chat: &Chat, message: &Message) -> Sql<bool> {
    let Some(act) = message.extra.relation.act.as_ref().filter(|act| act.deed.is_silent()) else { return Ok(false) };
    if message.ids.stanza.as_ref().is_some_and(|id| id.as_str() == act.id) {
        return Ok(true);
    }
    let target = find(conn, chat.id, message.chat_kind, act)?;
    Ok(target.is_some_and(|target| !may(message.chat_kind, act, &Author::of(message), &target)))
}

/// A message was acted on, by the message of another row.
fn done(
    conn: &Connection,
    chat: &Chat,
    (target, act): (i64, i64),
    deed: Deed,
    by: &Message,
    stored: &mut Stored,
) -> Sql<()> {
    stored.changed.push(target);
    let is_gone = conn.prepare_cached("SELECT 1 FROM retracted WHERE message = ?1")?.exists([target])?;
    match deed {
        Deed::React | Deed::Correct if is_gone => wipe(conn, act),
        Deed::React => Ok(()),
        Deed::Correct => corrected(conn, chat, target, by),
        Deed::Retract | Deed::Moderate => {
            let is_moderated = deed == Deed::Moderate;
            let reason = Some(by.body.raw()).filter(|reason| is_moderated && !reason.is_empty());
            retract(conn, target, is_moderated, reason, by.time)
        }
    }
}

/// The search finds what the message says now. A mention that came by a correction counts like any other.
fn corrected(conn: &Connection, chat: &Chat, target: i64, by: &Message) -> Sql<()> {
    let newest: String = conn
        .prepare_cached(
            "SELECT m.body FROM acts a JOIN messages m ON m.id = a.row WHERE a.message = ?1 AND a.deed = 0
             ORDER BY m.id DESC LIMIT 1",
        )?
        .query_row([target], |row| row.get(0))
        .optional()?
        .unwrap_or_else(|| by.body.raw().to_owned());
    let index = Indexed::of(conn)?;
    index.remove(conn, target)?;
    index.put(conn, Words { row: target, account: chat.account, chat: chat.id, subject: None, body: &newest })?;
    if by.is_mention && by.chat_kind == ChatKind::Room {
        conn.prepare_cached(
            "UPDATE messages SET is_mention = 1, weight = max(weight, 2) WHERE id = ?1 AND weight > 0",
        )?
        .execute([target])?;
    }
    Ok(())
}

/// Takes the words of a message out of the database, and with them what was made of them.
pub(in crate::store) fn retract(
    conn: &Connection,
    target: i64,
    is_moderated: bool,
    reason: Option<&str>,
    time: Time,
) -> Sql<()> {
    conn.prepare_cached("INSERT OR IGNORE INTO retracted VALUES (?1, ?2, ?3, ?4)")?.execute(params![
        target,
        is_moderated,
        reason,
        time.0
    ])?;
    let acts: Vec<i64> = conn
        .prepare_cached("SELECT row FROM acts WHERE message = ?1 AND deed IN (0, 3)")?
        .query_map([target], |row| row.get(0))?
        .collect::<Sql<_>>()?;
    acts.into_iter().chain([target]).try_for_each(|row| wipe(conn, row))
}

/// Empties the text of a row. It keeps its place and its ids, so that a copy that comes later is known.
fn wipe(conn: &Connection, row: i64) -> Sql<()> {
    Indexed::of(conn)?.remove(conn, row)?;
    let Some((chat, sender, kind, time)) = conn
        .prepare_cached("SELECT chat, sender, kind, time FROM messages WHERE id = ?1")?
        .query_row([row], |r| Ok((r.get(0)?, r.get::<_, String>(1)?, r.get(2)?, r.get(3)?)))
        .optional()?
    else {
        return Ok(());
    };
    purge::overwriting(conn, || {
        conn.prepare_cached(
            "UPDATE messages SET body = '', subject = NULL, sum = ?2, weight = min(weight, 0), is_mention = 0
             WHERE id = ?1",
        )?
        .execute(params![row, rows::sum_of([row, chat, kind, time], [&sender, "", ""])])
    })?;
    purge::begin(conn)
}

/// A row is not shown by itself any more; `false` where it was hidden already. Its words are found in its message.
fn hide(conn: &Connection, row: i64) -> Sql<bool> {
    Indexed::of(conn)?.remove(conn, row)?;
    let changed = conn
        .prepare_cached("UPDATE messages SET weight = ?2 WHERE id = ?1 AND weight != ?2")?
        .execute([row, HIDDEN])?;
    Ok(changed > 0)
}

/// A row that is an act which was applied: what was done, with which text, and to which message.
pub(super) fn applied(conn: &Connection, row: i64) -> Sql<Option<(Deed, String, i64)>> {
    conn.prepare_cached(
        "SELECT a.deed, m.body, a.message FROM acts a JOIN messages m ON m.id = a.row
         WHERE a.row = ?1 AND a.message IS NOT NULL",
    )?
    .query_row([row], |row| Ok((deed(row.get(0)?), row.get(1)?, row.get(2)?)))
    .optional()
}

/// The message that an act names, and who wrote it. In a room it is named by the room's id, save for a correction.
fn find(conn: &Connection, chat: i64, kind: ChatKind, act: &Act) -> Sql<Option<Author>> {
    find_named(conn, chat, kind == ChatKind::Room && act.deed != Deed::Correct, &act.id)
}

/// The message of an id: the one that the room's archive gave, or that the sender gave. The newest where several have it.
pub(super) fn row_named(conn: &Connection, chat: i64, is_by_room: bool, id: &str) -> Sql<Option<i64>> {
    Ok(find_named(conn, chat, is_by_room, id)?.map(|found| found.row))
}

fn find_named(conn: &Connection, chat: i64, is_by_room: bool, id: &str) -> Sql<Option<Author>> {
    const BY_ROOM: &str = "SELECT m.id, m.sender, m.delivery, m.occupant, m.time
         FROM chats c JOIN archives r ON r.account = c.account AND r.jid = c.address
         JOIN messages m ON m.archive = r.id AND m.archive_id = ?2
         WHERE c.id = ?1 AND m.chat = ?1 AND m.weight >= 0";
    const BY_SENDER: &str = "SELECT m.id, m.sender, m.delivery, m.occupant, m.time, a.row, a.message FROM messages m
         LEFT JOIN acts a ON a.row = m.id WHERE m.chat = ?1 AND substr(m.stanza_id, -8) = substr(?2, -8) AND m.stanza_id IS NOT NULL
         AND m.stanza_id = ?2 AND (a.row IS NULL OR a.deed = 0) ORDER BY m.id DESC LIMIT 1";
    if is_by_room {
        return conn.prepare_cached(BY_ROOM)?.query_row(params![chat, id], author).optional();
    }
    let found = conn
        .prepare_cached(BY_SENDER)?
        .query_row(params![chat, id], |row| Ok((author(row)?, row.get(5)?, row.get::<_, Option<i64>>(6)?)))
        .optional()?;
    match found {
        Some((author, None::<i64>, _)) => Ok(Some(author)),
        // Some name the last correction: it is the first message that is meant.
        Some((_, Some(_), Some(first))) => author_of(conn, first),
        // A correction whose message is not here is nothing to act on: two of them could name each other.
        Some((_, Some(_), None)) | None => Ok(None),
    }
}

fn author(row: &Row<'_>) -> Sql<Author> {
    let delivery = ladder::from_code(row.get(2)?, None);
    Ok(Author {
        row: row.get(0)?,
        sender: rows::jid(row, 1)?,
        is_own: delivery != Delivery::Incoming,
        occupant: row.get(3)?,
        time: Time(row.get(4)?),
    })
}

fn author_of(conn: &Connection, row: i64) -> Sql<Option<Author>> {
    conn.prepare_cached("SELECT id, sender, delivery, occupant, time FROM messages WHERE id = ?1")?
        .query_row([row], author)
        .optional()
}

/// Acts of this chat that name a message which was not here until now.
fn waiting(conn: &Connection, chat: i64, message: &Message) -> Sql<Vec<(i64, Act)>> {
    let is_room = message.chat_kind == ChatKind::Room;
    let stanza = message.ids.stanza.as_ref().map(crate::model::StanzaId::as_str);
    let archive = message.ids.archive.as_ref().filter(|_| is_room).map(|a| a.id.as_str());
    if stanza.is_none() && archive.is_none() {
        return Ok(Vec::new());
    }
    let mut found = conn.prepare_cached(
        "SELECT a.row, a.deed, a.target, a.since FROM acts a JOIN messages m ON m.id = a.row
         WHERE a.message IS NULL AND a.target IN (?2, ?3) AND m.chat = ?1 ORDER BY m.id LIMIT ?4",
    )?;
    let rows = found.query_map(params![chat, stanza, archive, OPEN_MAX], |row| Ok((row.get(0)?, act(row, 1)?)))?;
    let is_meant = |(_, act): &(i64, Act)| {
        let id = if is_room && act.deed != Deed::Correct { archive } else { stanza };
        id == Some(act.id.as_str())
    };
    Ok(rows.collect::<Sql<Vec<_>>>()?.into_iter().filter(is_meant).collect())
}

/// An act from its columns `deed`, `target`, `since`, which begin here.
fn act(row: &Row<'_>, at: usize) -> Sql<Act> {
    Ok(Act { deed: deed(row.get(at)?), id: row.get(at + 1)?, since: row.get::<_, Option<i64>>(at + 2)?.map(Time) })
}

fn code(deed: Deed) -> i64 {
    match deed {
        Deed::Correct => 0,
        Deed::Retract => 1,
        Deed::Moderate => 2,
        Deed::React => 3,
    }
}

fn deed(code: i64) -> Deed {
    match code {
        0 => Deed::Correct,
        1 => Deed::Retract,
        2 => Deed::Moderate,
        _ => Deed::React,
    }
}
