//! Handles events of the roster: contacts and subscription requests.

use super::super::turn::Turn;
use super::super::{names, requests};
use crate::contract::event::roster::Event;
use crate::model::{AccountId, BareJid, ChatId, Contact, Jid};
use crate::state::requests::Request;
use crate::words;

pub(super) fn event(turn: &mut Turn, account: &AccountId, event: Event) {
    match event {
        Event::Loaded(contacts) => {
            turn.state.roster.by_account.insert(account.clone(), std::collections::HashMap::new());
            put(turn, account, contacts);
        }
        Event::Changed(contacts) => put(turn, account, contacts),
        Event::Removed(jid) => {
            if let Some(contacts) = turn.state.roster.by_account.get_mut(account) {
                contacts.remove(&jid);
            }
            names::contacts_changed(turn, account);
            turn.state.presence.remove(account, &jid.to_jid());
            turn.touch_sidebar();
        }
        Event::SubscriptionAsked { jid, text } => {
            requests::arrived(turn, Request::Subscription { account: account.clone(), jid, text });
        }
        Event::AllowedInReturn(jid) => {
            settle(turn, account, &jid);
            let name = turn.state.contact_name(account, &jid, None);
            turn.info(words::roster::sees_you_too(name.raw()));
        }
        Event::SubscriptionSettled(jid) => {
            settle(turn, account, &jid);
        }
        Event::SubscriptionAnswered { jid, is_allowed } => {
            let name = turn.state.contact_name(account, &jid, None);
            if is_allowed {
                turn.info(words::roster::allowed(name.raw()));
            } else {
                turn.warn(words::roster::denied(name.raw()));
            }
        }
        Event::BlockListLoaded(all) => {
            if let Some(known) = turn.state.accounts.get_mut(account) {
                known.blocked = Some(all.into_iter().collect());
            }
            turn.touch_sidebar();
        }
        Event::BlockListChanged { who, is_blocked } => block_changed(turn, account, &who, is_blocked),
        Event::BlockRefused { who, is_blocked: _, reason } => {
            turn.error(words::blocking::refused(&who, reason.raw()));
        }
        Event::Refused { jid, reason } => {
            turn.error(words::roster::not_changed(&jid, reason.raw()));
        }
    }
}

/// Addresses were blocked or unblocked. The answer to the user's own command and the push tell the same: what is known
/// already is not told again. Who is blocked asks for nothing any more.
fn block_changed(turn: &mut Turn, account: &AccountId, who: &[Jid], is_blocked: bool) {
    let Some(blocked) = turn.state.accounts.get_mut(account).map(|a| a.blocked.get_or_insert_default()) else { return };
    if who.is_empty() && !blocked.is_empty() {
        blocked.clear();
        turn.info(words::blocking::all_unblocked());
    }
    for jid in who {
        let Some(blocked) = turn.state.accounts.get_mut(account).and_then(|a| a.blocked.as_mut()) else { return };
        let is_new = if is_blocked { blocked.insert(jid.clone()) } else { blocked.remove(jid) };
        if is_new {
            turn.info(if is_blocked { words::blocking::blocked(jid) } else { words::blocking::unblocked(jid) });
        }
        if is_blocked {
            let asks = |r: &Request| match r {
                Request::Subscription { account: a, jid: j, .. } => a == account && j.to_jid() == *jid,
                Request::Invite { account: a, invite } => a == account && invite.from.bare().to_jid() == *jid,
                Request::Stranger(chat) => chat.account == *account && chat.address.bare().to_jid() == *jid,
            };
            turn.state.requests.settle(asks);
        }
    }
    turn.touch_sidebar();
}

/// Contacts came or changed: whoever is a contact is no stranger.
pub(super) fn put(turn: &mut Turn, account: &AccountId, contacts: Vec<Contact>) {
    names::contacts_changed(turn, account);
    for contact in contacts {
        let jid = contact.jid.clone();
        turn.state.roster.by_account.entry(account.clone()).or_default().insert(jid.clone(), contact);
        let id = ChatId::new(account.clone(), &jid);
        if turn.state.chats.get(&id).is_some_and(|c| !c.is_accepted) {
            requests::accept_chat(turn, &id);
        }
    }
    turn.touch_sidebar();
}

fn settle(turn: &mut Turn, account: &AccountId, jid: &BareJid) {
    let is_it = |r: &Request| matches!(r, Request::Subscription { account: a, jid: j, .. } if a == account && j == jid);
    turn.state.requests.settle(is_it);
    turn.touch_sidebar();
}
