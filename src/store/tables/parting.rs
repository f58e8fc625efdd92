//! An address that was taken for somebody's turns out to be a room's.
//!
//! Another device of the user's may write in private to somebody in a room that this one does not know, and leave out the
//! mark that tells so (XEP-0045 §7.5): then it stands as one-to-one with the room's address. Once that is known for a room,
//! what was said in private must not stand among the public lines. It moves to the chats with the occupants.

use super::chats::{self, Chat};
use super::rows::columns;
use super::{Sql, messages, rows, summaries};
use crate::contract::event::{Event, chat as said, history};
use crate::model::{AccountId, ChatId, ChatKind, Message, MessageKind};
use crate::store::facts;
use rusqlite::{Connection, params};

/// So many messages are moved; a chat of this kind has a few.
const MOVED_MAX: u32 = 1_000;

/// Moves what was said in private in a chat that becomes a room's; tells what went and where to.
pub(in crate::store) fn part(conn: &Connection, account: &AccountId, room: &ChatId, chat: &Chat) -> Sql<Vec<Event>> {
    let found: Vec<Message> = {
        let mut statement = conn.prepare(concat!(
            "SELECT ",
            columns!(),
            " FROM messages m WHERE m.chat = ?1 ORDER BY m.id DESC LIMIT ?2"
        ))?;
        statement
            .query_map(params![chat.id, MOVED_MAX], |row| rows::message(row, room, ChatKind::Occupant))?
            .collect::<Sql<_>>()?
    };
    let mut found: Vec<Message> = found.into_iter().filter(is_private).collect();
    facts::load(conn, &mut found)?;
    let mut events = Vec::new();
    let mut places: Vec<i64> = Vec::new();
    let mut last: Option<ChatId> = None;
    for mut message in found.into_iter().rev() {
        // What the user wrote here, and that never went anywhere, was an answer to the one before.
        let to = occupant(room, &message).or_else(|| last.clone().filter(|_| message.is_own()));
        let Some(to) = to else { continue };
        last = Some(to.clone());
        let (row, order) = (message.row, message.order);
        facts::deleted(conn, row.0)?;
        conn.execute("DELETE FROM messages WHERE id = ?1", [row.0])?;
        let id = message.ids.stanza.clone().unwrap_or_else(|| "".into());
        events.push(Event::Chat(said::Event::MessageDropped { chat: room.clone(), row, id }));
        message.chat = to;
        let place = chats::ensure(conn, chat.account, &message.chat, ChatKind::Occupant)?;
        let archive = facts::archive_ids::of(conn, chat.account, &message)?;
        messages::insert(conn, &place, archive, &message, order.0)?;
        if !places.contains(&place.id) {
            places.push(place.id);
        }
    }
    if places.is_empty() {
        return Ok(events);
    }
    chats::refresh_last(conn, chat.id)?;
    let added = events.len();
    let chats = places.into_iter().map(|place| summaries::one(conn, account, place)).collect::<Sql<_>>()?;
    let archive = account.jid().clone();
    events.push(Event::History(history::Event::PageStored { archive, added, late: Vec::new(), chats }));
    Ok(events)
}

fn is_private(message: &Message) -> bool {
    match message.kind {
        MessageKind::Chat | MessageKind::Normal | MessageKind::Headline | MessageKind::Unreadable => true,
        MessageKind::Groupchat | MessageKind::Subject | MessageKind::Notice => false,
    }
}

/// With whom it was: the sender, or to whom the user's device wrote. What the room itself said stays with it.
fn occupant(room: &ChatId, message: &Message) -> Option<ChatId> {
    let nick = if message.is_own() { message.ids.occupant.as_deref()? } else { message.from.resource()? };
    let address = room.address.bare().with_resource(nick).ok()?;
    Some(ChatId::new(room.account.clone(), address))
}
