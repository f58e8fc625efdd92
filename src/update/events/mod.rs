//! Handles what the engines and the store report, one file per domain.

mod chat;
mod history;
mod muc;
mod presence;
pub(crate) mod replies;
mod roster;
mod service;
mod session;

pub(crate) use muc::password_wanted;

use super::turn::Turn;
use crate::contract::{Committed, Event};

/// Events of one account were committed.
pub(crate) fn committed(turn: &mut Turn, committed: Committed) {
    let Committed { account, events } = committed;
    if turn.state.accounts.get(&account).is_none() {
        // The account was taken out; what was still on its way means nothing any more.
        return;
    }
    for event in events {
        match event {
            Event::Session(event) => session::event(turn, &account, event),
            Event::Roster(event) => roster::event(turn, &account, event),
            Event::Presence(event) => presence::event(turn, &account, event),
            Event::Chat(event) => chat::event(turn, event),
            Event::Muc(event) => muc::event(turn, &account, event),
            Event::History(event) => history::event(turn, &account, event),
            Event::Service(event) => service::event(turn, &account, event),
        }
    }
}
