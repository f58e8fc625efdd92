//! Stores one page of an archive as a whole.

use super::again::{self, Old};
use super::chats::{self, Chat};
use super::messages::{self, Live};
use super::neighbour::{Beside, Side};
use super::{Sql, archives, strangers, summaries};
use crate::contract::event::{Event, history};
use crate::model::{AccountId, BareJid, ChatId, Delivery, Message, Order};
use crate::store::facts::{self, archive_ids};
use crate::store::order::{self, Chain};
use rusqlite::Connection;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// A page as it came: oldest first, with the ids just outside it that are stored.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Page<'a> {
    /// Whose archive.
    pub archive: &'a BareJid,
    /// Its messages.
    pub messages: &'a [Message],
    /// The id just older than it.
    pub after: Option<&'a str>,
    /// The id just newer than it.
    pub before: Option<&'a str>,
    /// Whether what of it lies below what was read is counted.
    pub is_late: bool,
}

/// Stores a page; tells of own messages that it proves to have arrived, then of itself.
pub(in crate::store) fn store(
    conn: &Connection,
    account: i64,
    id: &AccountId,
    page: Page<'_>,
    live: &mut Live,
) -> Sql<Vec<Event>> {
    let archive = archives::ensure(conn, account, page.archive)?;
    let chats = chats_of(conn, account, page.messages)?;
    // An own message in the page counts as read, and with it all before it.
    let mut read: HashMap<&ChatId, i64> = HashMap::new();
    for (id, chat) in chats.iter().filter(|_| page.is_late) {
        read.insert(id, chats::read_up_to(conn, chat.id)?);
    }
    let before = archive_ids::order_of(conn, archive, page.before)?;
    let after = archive_ids::order_of(conn, archive, page.after)?;
    let places = place(conn, account, page.messages, &chats, (after, before))?;
    let mut events = Vec::new();
    let mut changed: Vec<&ChatId> = Vec::new();
    let mut late: Vec<(ChatId, usize)> = Vec::new();
    let mut added = 0;
    let mut over = None;
    for (m, place) in page.messages.iter().zip(places) {
        let Some(chat) = chats.get(&m.chat) else { continue };
        let own_archive = archive_ids::of(conn, account, m)?;
        match place {
            Place::Known(old) => events.extend(messages::merge(conn, &old, own_archive, m)?.map(Event::Chat)),
            Place::New(_) if !live.spent.may_keep(conn, account, Some(chat), m)? => over = Some(m),
            Place::New(_) if facts::acts::is_forged(conn, chat, m)? => {}
            Place::New(place) => {
                let (_, stored) = messages::insert(conn, chat, own_archive, m, place)?;
                events.extend(messages::told(conn, m, &stored)?.into_iter().map(Event::Chat));
                if stored.is_hidden {
                    continue;
                }
                added += 1;
                if !changed.contains(&&m.chat) {
                    changed.push(&m.chat);
                }
                if m.delivery == Delivery::Incoming && read.get(&m.chat).is_some_and(|read| place <= *read) {
                    match late.iter_mut().find(|(chat, _)| *chat == m.chat) {
                        Some((_, count)) => *count += 1,
                        None => late.push((m.chat.clone(), 1)),
                    }
                }
            }
            Place::Twice => {}
        }
    }
    if let Some(m) = over
        && let Some(notice) = strangers::notice(conn, account, m)?
    {
        // The page's own event tells of it.
        drop(messages::arrive(conn, account, &notice, live)?);
        if !changed.contains(&&m.chat) {
            changed.push(&m.chat);
        }
    }
    let summaries = changed
        .iter()
        .filter_map(|chat| chats.get(chat))
        .map(|chat| summaries::one(conn, id, chat.id))
        .collect::<Sql<_>>()?;
    let archive = page.archive.clone();
    events.push(Event::History(history::Event::PageStored { archive, added, late, chats: summaries }));
    Ok(events)
}

/// The chats of a page, made where they are not there. Those that strangers may not begin are left out.
fn chats_of<'m>(conn: &Connection, account: i64, messages: &'m [Message]) -> Sql<HashMap<&'m ChatId, Chat>> {
    let mut chats: HashMap<&ChatId, Chat> = HashMap::new();
    for m in messages {
        if chats.contains_key(&m.chat) {
            continue;
        }
        let known = chats::find(conn, account, &m.chat.address)?;
        if known.is_some() || strangers::may_begin(conn, account, m)? {
            chats.insert(&m.chat, chats::ensure(conn, account, &m.chat, m.chat_kind)?);
        }
    }
    Ok(chats)
}

enum Place {
    New(i64),
    Known(Box<Old>),
    /// The page holds it a second time.
    Twice,
}

/// Where each message goes, found from the newest backwards, given oldest first.
fn place(
    conn: &Connection,
    account: i64,
    messages: &[Message],
    chats: &HashMap<&ChatId, Chat>,
    (after, before): (Option<Order>, Option<Order>),
) -> Sql<Vec<Place>> {
    let mut places = look_up(conn, account, messages, chats)?;
    let beside = |m: &Message, side| -> Sql<Option<i64>> {
        let archive = archive_ids::of(conn, account, m)?;
        let Some(beside) = chats.get(&m.chat).and_then(|chat| Beside::of(conn, chat, archive, m)) else {
            return Ok(None);
        };
        beside.find(side)
    };
    // What is stored of the older ones may have come live, and stand where it arrived: later than its stamp says. All
    // that follows needs its place above that. What lies just outside a page is not always known by the page.
    let mut below: HashMap<&ChatId, (i64, i64)> = HashMap::new();
    let mut floors = Vec::with_capacity(messages.len());
    for (place, m) in places.iter().zip(messages) {
        let (older, run) = match below.entry(&m.chat) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                // Mostly all that is stored is older than the page by its stamps, too.
                let is_below = |chat: &Chat| order::order_of(chat.last_row).0 < order::micros(m.time);
                let older = if chats.get(&m.chat).is_some_and(is_below) { None } else { beside(m, Side::Older)? };
                let older = older.max(after.map(|o| o.0));
                new.insert((older.unwrap_or_default(), 0))
            }
        };
        match place {
            Place::Known(old) if old.delivery == Delivery::Incoming && order::order_of(old.id).0 >= *older => {
                (*older, *run) = (order::order_of(old.id).0, 0);
            }
            Place::New(_) => *run += 1,
            Place::Known(_) | Place::Twice => {}
        }
        floors.push((*older, *run));
    }
    // One chat's places say nothing of another's.
    let mut chains: HashMap<&ChatId, Chain> = HashMap::new();
    for ((place, m), (older, run)) in places.iter_mut().zip(messages).zip(floors).rev() {
        let chain = match chains.entry(&m.chat) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let newer = before.map_or_else(|| beside(m, Side::Newer), |o| Ok(Some(o.0)))?;
                new.insert(Chain::new(newer))
            }
        };
        match place {
            Place::New(at) => *at = chain.place(m.time, older, run),
            Place::Known(old) if old.delivery == Delivery::Incoming => chain.known(order::order_of(old.id)),
            Place::Known(_) | Place::Twice => {}
        }
    }
    Ok(places)
}

/// What is stored of a page; a new message has no place yet.
fn look_up(conn: &Connection, account: i64, messages: &[Message], chats: &HashMap<&ChatId, Chat>) -> Sql<Vec<Place>> {
    let mut places = Vec::with_capacity(messages.len());
    let mut rows = HashSet::new();
    let mut ids = HashSet::new();
    let mut said = HashSet::new();
    for m in messages.iter().rev() {
        let archive = archive_ids::of(conn, account, m)?;
        if archive.is_some_and(|id| !ids.insert(id)) {
            places.push(Place::Twice);
            continue;
        }
        let Some(chat) = chats.get(&m.chat) else {
            places.push(Place::Twice);
            continue;
        };
        // What was sent again because nobody knew whether it had arrived is there twice.
        if again::random_id(m).is_some_and(|id| !said.insert((m.from.as_str(), id, m.body.raw()))) {
            places.push(Place::Twice);
            continue;
        }
        // Two messages of the page are never the same stored one.
        let old = again::find(conn, chat, archive, m)?.filter(|old| rows.insert(old.id));
        places.push(old.map_or(Place::New(0), |old| Place::Known(Box::new(old))));
    }
    places.reverse();
    Ok(places)
}
