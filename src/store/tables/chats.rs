//! Chats: their rows, whether they stand in the sidebar, read markers and drafts.

use super::{Sql, rows};
use crate::model::{BareJid, CROWD, ChatId, ChatKind, Jid, Order, Untrusted};
use rusqlite::{Connection, OptionalExtension, params};

/// What the writer needs of a chat.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Chat {
    /// Its row.
    pub id: i64,
    /// Its account's row.
    pub account: i64,
    /// Its newest message, 0 for none.
    pub last_row: i64,
    /// Whether the user has accepted it.
    pub is_accepted: bool,
}

/// The chat's row.
pub(in crate::store) fn find(conn: &Connection, account: i64, address: &Jid) -> Sql<Option<Chat>> {
    let found = conn
        .prepare_cached("SELECT id, last_row, is_accepted FROM chats WHERE account = ?1 AND address = ?2")?
        .query_row(params![account, address.as_str()], |row| {
            Ok(Chat { id: row.get(0)?, account, last_row: row.get(1)?, is_accepted: row.get(2)? })
        })
        .optional()?;
    match address.resource() {
        Some(nick) if found.is_none() && !nick.is_ascii() => find_alike(conn, account, address),
        Some(_) | None => Ok(found),
    }
}

/// The chat with somebody in a room whose nickname is written in another form of the same characters.
fn find_alike(conn: &Connection, account: i64, address: &Jid) -> Sql<Option<Chat>> {
    let (from, to) = occupants(&address.bare());
    let mut statement = conn.prepare_cached(
        "SELECT id, last_row, is_accepted, address FROM chats WHERE account = ?1 AND address > ?2 AND address < ?3",
    )?;
    let mut rows = statement.query(params![account, from, to])?;
    while let Some(row) = rows.next()? {
        if rows::jid(row, 3).is_ok_and(|other| other == *address) {
            return Ok(Some(Chat { id: row.get(0)?, account, last_row: row.get(1)?, is_accepted: row.get(2)? }));
        }
    }
    Ok(None)
}

/// The addresses that begin with this one and a slash: all between these two, since a zero comes after the slash.
pub(super) fn occupants(room: &BareJid) -> (String, String) {
    (format!("{room}/"), format!("{room}0"))
}

/// Whether so many private chats of this room wait to be read that a further one is a request.
fn is_crowded(conn: &Connection, account: i64, room: &BareJid) -> Sql<bool> {
    let (from, to) = occupants(room);
    let unread: u32 = conn
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM chats WHERE account = ?1 AND address > ?2 AND address < ?3
             AND is_accepted AND last_row >> 10 > read_up_to LIMIT ?4)",
        )?
        .query_row(params![account, from, to, CROWD], |row| row.get(0))?;
    Ok(unread >= CROWD)
}

/// Whether nobody need accept a new chat: a room, a contact, the account or its server itself, or somebody in a room of
/// whose private chats not too many wait to be read.
pub(super) fn is_accepted_from_the_start(conn: &Connection, account: i64, chat: &ChatId, kind: ChatKind) -> Sql<bool> {
    Ok(match kind {
        ChatKind::Room => true,
        ChatKind::Occupant => !is_crowded(conn, account, &chat.address.bare())?,
        ChatKind::Contact => {
            let own = chat.account.jid();
            chat.address == *own
                || chat.address == own.domain_jid()
                || conn
                    .prepare_cached("SELECT 1 FROM contacts WHERE account = ?1 AND jid = ?2")?
                    .exists(params![account, chat.address.bare_str()])?
        }
    })
}

/// The chat's row, made where it is not there.
pub(in crate::store) fn ensure(conn: &Connection, account: i64, chat: &ChatId, kind: ChatKind) -> Sql<Chat> {
    if let Some(found) = find(conn, account, &chat.address)? {
        return Ok(found);
    }
    let is_accepted = is_accepted_from_the_start(conn, account, chat, kind)?;
    conn.prepare_cached(
        "INSERT INTO chats (account, address, kind, is_open, is_accepted) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        account,
        chat.address.as_str(),
        rows::chat_code(kind),
        kind == ChatKind::Room,
        is_accepted
    ])?;
    Ok(Chat { id: conn.last_insert_rowid(), account, last_row: 0, is_accepted })
}

/// Sets what the engine learnt of a chat. Gives its row where it was a person's and is a room's now.
pub(in crate::store) fn describe(
    conn: &Connection,
    account: i64,
    chat: &ChatId,
    kind: ChatKind,
    name: Option<&Untrusted>,
) -> Sql<Option<Chat>> {
    let row = ensure(conn, account, chat, kind)?;
    let was_person = kind == ChatKind::Room
        && conn
            .prepare_cached("SELECT kind FROM chats WHERE id = ?1")?
            .query_row([row.id], |row| row.get::<_, i64>(0))?
            == rows::chat_code(ChatKind::Contact);
    conn.prepare_cached("UPDATE chats SET kind = ?2, name = coalesce(?3, name) WHERE id = ?1")?.execute(params![
        row.id,
        rows::chat_code(kind),
        name.map(Untrusted::raw)
    ])?;
    Ok(was_person.then_some(row))
}

/// What a message changes in its chat.
#[derive(Debug, Default, Clone, Copy)]
pub(in crate::store) struct Touch<'a> {
    /// The message.
    pub row: i64,
    /// When something happened; 0 where nothing did.
    pub activity: i64,
    /// Up to where the user has read by writing.
    pub read_up_to: i64,
    /// The chat comes into the sidebar, unless it is a request.
    pub opens: bool,
    /// The user wrote: it is no request any more.
    pub accepts: bool,
    /// This is now a message. A draft that is another text stays: it may be newer, or the message came from elsewhere.
    pub ends_draft: Option<&'a str>,
}

/// Notes a new message in its chat.
pub(in crate::store) fn touch(conn: &Connection, chat: i64, t: Touch<'_>) -> Sql<()> {
    conn.prepare_cached(
        "UPDATE chats SET last_row = max(last_row, ?2), last_activity = max(last_activity, ?3),
         read_up_to = max(read_up_to, ?4), is_open = is_open OR (?5 AND (is_accepted OR ?6)),
         is_accepted = is_accepted OR ?6,
         draft = CASE WHEN rtrim(draft, char(10)) = ?7 THEN '' ELSE draft END WHERE id = ?1",
    )?
    .execute(params![chat, t.row, t.activity, t.read_up_to, t.opens, t.accepts, t.ends_draft])?;
    Ok(())
}

/// Finds the newest message anew, after one was deleted.
pub(in crate::store) fn refresh_last(conn: &Connection, chat: i64) -> Sql<()> {
    conn.execute(
        "UPDATE chats SET last_row =
         coalesce((SELECT id FROM messages WHERE chat = ?1 AND weight >= 0 ORDER BY id DESC LIMIT 1), 0) WHERE id = ?1",
        [chat],
    )?;
    Ok(())
}

/// Keeps what the user is typing. An empty draft makes no chat.
pub(in crate::store) fn draft(conn: &Connection, account: i64, chat: &ChatId, kind: ChatKind, text: &str) -> Sql<()> {
    let row = match find(conn, account, &chat.address)? {
        None if text.is_empty() => return Ok(()),
        None => ensure(conn, account, chat, kind)?,
        Some(row) => row,
    };
    conn.prepare_cached("UPDATE chats SET draft = ?2 WHERE id = ?1")?.execute(params![row.id, text])?;
    Ok(())
}

/// The user has read up to here.
pub(in crate::store) fn read(conn: &Connection, account: i64, chat: &ChatId, up_to: Order) -> Sql<()> {
    if let Some(row) = find(conn, account, &chat.address)? {
        conn.prepare_cached("UPDATE chats SET read_up_to = max(read_up_to, ?2) WHERE id = ?1")?
            .execute(params![row.id, up_to.0])?;
    }
    Ok(())
}

/// The user opened, closed or accepted a chat. What kind it is the engine tells ([`describe`]).
pub(in crate::store) fn list(
    conn: &Connection,
    account: i64,
    chat: &ChatId,
    kind: ChatKind,
    (is_open, is_accepted): (bool, bool),
) -> Sql<()> {
    let row = ensure(conn, account, chat, kind)?;
    conn.prepare_cached("UPDATE chats SET is_open = ?2, is_accepted = ?3 WHERE id = ?1")?.execute(params![
        row.id,
        is_open,
        is_accepted
    ])?;
    Ok(())
}

/// Notes the chat that is open on the screen, and the message at the bottom of it (`None`: the newest). There is one
/// for all accounts, or none.
pub(in crate::store) fn set_current(conn: &Connection, current: Option<(i64, &Jid, Option<Order>)>) -> Sql<()> {
    conn.prepare_cached("UPDATE chats SET is_current = 0, bottom = NULL WHERE is_current")?.execute([])?;
    if let Some((account, address, bottom)) = current {
        conn.prepare_cached("UPDATE chats SET is_current = 1, bottom = ?3 WHERE account = ?1 AND address = ?2")?
            .execute(params![account, address.as_str(), bottom.map(|order| order.0)])?;
    }
    Ok(())
}

/// Up to which order the user has read.
pub(super) fn read_up_to(conn: &Connection, chat: i64) -> Sql<i64> {
    conn.prepare_cached("SELECT read_up_to FROM chats WHERE id = ?1")?.query_row([chat], |row| row.get(0))
}

/// Whom the user accepted by writing to them.
pub(in crate::store) fn accepted(conn: &Connection, account: i64) -> Sql<Vec<BareJid>> {
    let mut statement =
        conn.prepare("SELECT address FROM chats WHERE account = ?1 AND kind = 0 AND is_accepted ORDER BY address")?;
    statement.query_map([account], |row| Ok(rows::jid(row, 0)?.bare()))?.collect()
}

/// The rooms that the user has been in.
pub(in crate::store) fn rooms(conn: &Connection, account: i64) -> Sql<Vec<BareJid>> {
    let mut statement = conn.prepare("SELECT address FROM chats WHERE account = ?1 AND kind = ?2 ORDER BY address")?;
    let room = rows::chat_code(ChatKind::Room);
    statement.query_map(params![account, room], |row| Ok(rows::jid(row, 0)?.bare()))?.collect()
}
