//! Handles presences. Only those of contacts and of the account itself are kept, so that nobody else can make the state
//! grow.

use super::super::turn::Turn;
use crate::contract::event::presence::Event;
use crate::model::{AccountId, ChatId, Jid};

pub(super) fn event(turn: &mut Turn, account: &AccountId, event: Event) {
    match event {
        Event::Changed(presence) => {
            if is_known(turn, account, &presence.jid) {
                turn.state.presence.put(account, presence);
                turn.touch_sidebar();
            }
        }
        Event::Gone { jid, status: _ } => {
            turn.state.presence.remove(account, &jid);
            stop_typing(turn, account, &jid);
            turn.touch_sidebar();
        }
        Event::AllGone => {
            turn.state.presence.by_jid.retain(|(of, _), _| of != account);
            turn.touch_sidebar();
        }
        Event::OwnChanged(presence) => {
            if let Some(known) = turn.state.accounts.get_mut(account) {
                known.presence = presence;
            }
        }
        Event::ClientKnown { jid, client } => {
            let list = turn.state.presence.by_jid.get_mut(&(account.clone(), jid.bare()));
            if let Some(resource) = list.and_then(|l| l.iter_mut().find(|r| r.jid == jid)) {
                resource.client = Some(client);
            }
        }
    }
}

fn is_known(turn: &Turn, account: &AccountId, jid: &Jid) -> bool {
    let bare = jid.bare();
    turn.state.is_own(account, jid)
        || turn.state.roster.get(account, &bare).is_some()
        || turn.state.chats.get(&ChatId::new(account.clone(), &bare)).is_some_and(|c| c.is_accepted)
}

fn stop_typing(turn: &mut Turn, account: &AccountId, jid: &Jid) {
    let id = ChatId::new(account.clone(), jid.bare());
    if let Some(chat) = turn.state.chats.get_mut(&id) {
        chat.typing.retain(|(who, _)| who.bare_str() != jid.bare_str());
    }
}
