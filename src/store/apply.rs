//! Applies one write of the engine or of the user, inside the writer's transaction.

use super::facts::{self, Done};
use super::tables::messages::Live;
use super::tables::page::Page;
use super::tables::{
    Sql, accounts, answered, archives, caps, chats, merge, messages, page, parting, read, resumable, roster,
    status_places, summaries, timeline, unfolded,
};
use crate::contract::event::chat;
use crate::contract::{Event, UserWrite, Write};
use crate::model::AccountId;
use rusqlite::Connection;

/// Applies a write of the engine; returns the events that only the store can make.
pub(super) fn write(conn: &Connection, account: &AccountId, write: &Write, live: &mut Live) -> Sql<Vec<Event>> {
    let id = accounts::ensure(conn, account)?;
    let one = match write {
        Write::Message(message) => {
            return Ok(messages::arrive(conn, id, message, live)?.into_iter().map(Event::Chat).collect());
        }
        Write::Addition(addition) => {
            let Done { told, changed } = facts::apply(conn, id, addition)?;
            let changed = changed.map(|row| timeline::one(conn, account, row)).transpose()?.flatten();
            let changed = changed.map(|message| chat::Event::MessageChanged(Box::new(message)));
            return Ok(told.into_iter().chain(changed).map(Event::Chat).collect());
        }
        Write::DropMessage { chat, id: stanza } => messages::delete(conn, id, chat, stanza)?,
        Write::Page { archive, messages, after, before, is_late } => {
            let (after, before) = (after.as_deref(), before.as_deref());
            let page = Page { archive, messages, after, before, is_late: *is_late };
            return page::store(conn, id, account, page, live);
        }
        Write::Displayed { chat, id: marked } => {
            return Ok(read::displayed(conn, id, account, chat, marked)?.into_iter().collect());
        }
        Write::FirstRead { archive, begun } => {
            return Ok(read::first(conn, id, account, archive, *begun)?.into_iter().collect());
        }
        Write::Intervals { archive, intervals } => {
            archives::set_intervals(conn, id, archive, intervals)?;
            None
        }
        Write::Roster { version, contacts } => {
            roster::replace(conn, id, version.as_deref(), contacts)?;
            None
        }
        Write::Contact { version, change } => {
            roster::change(conn, id, version.as_deref(), change)?;
            None
        }
        Write::Chat { chat, kind, name } => {
            return match chats::describe(conn, id, chat, *kind, name.as_ref())? {
                Some(row) => parting::part(conn, account, chat, &row),
                None => Ok(Vec::new()),
            };
        }
        Write::AddressLearned { typed, real } => {
            let row = merge::address(conn, id, typed, real)?;
            let summary = row.map(|row| summaries::one(conn, account, row)).transpose()?.map(Box::new);
            Some(chat::Event::AddressLearned { typed: typed.clone(), real: real.clone(), summary })
        }
        Write::Caps(entry) => {
            caps::put(conn, entry)?;
            None
        }
        Write::Resumable(session) => {
            resumable::set(conn, id, session.as_ref())?;
            None
        }
        Write::StatusPlaces(places) => {
            status_places::set(conn, id, places)?;
            None
        }
        Write::InviteAnswered { room, at } => {
            answered::set(conn, id, room, *at)?;
            None
        }
    };
    Ok(one.map(Event::Chat).into_iter().collect())
}

/// Stores how many stanzas of its session an account has on disk.
pub(super) fn count(conn: &Connection, account: &AccountId, handled: u32) -> Sql<()> {
    resumable::count(conn, accounts::ensure(conn, account)?, handled)
}

/// Applies a write of the user.
pub(super) fn user_write(conn: &Connection, write: &UserWrite) -> Sql<()> {
    match write {
        UserWrite::Draft { chat, kind, text } => {
            chats::draft(conn, accounts::ensure(conn, &chat.account)?, chat, *kind, text)
        }
        UserWrite::Read { chat, up_to } => chats::read(conn, accounts::ensure(conn, &chat.account)?, chat, *up_to),
        UserWrite::Listed { chat, kind, is_open, is_accepted } => {
            let account = accounts::ensure(conn, &chat.account)?;
            chats::list(conn, account, chat, *kind, (*is_open, *is_accepted))
        }
        UserWrite::Current { chat, bottom } => {
            let found = chat.as_ref().map(|chat| accounts::find(conn, &chat.account)).transpose()?.flatten();
            let current = found.zip(chat.as_ref()).map(|(account, chat)| (account, &chat.address, *bottom));
            chats::set_current(conn, current)
        }
        UserWrite::Unfolded { account, nodes } => match accounts::find(conn, account)? {
            Some(account) => unfolded::set(conn, account, nodes),
            None => Ok(()),
        },
        UserWrite::Forget(account) => accounts::begin_forgetting(conn, account),
    }
}
