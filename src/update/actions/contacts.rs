//! Contacts, requests, and talking with somebody.

use super::super::turn::Turn;
use super::super::{chats, looks, requests};
use super::target::{account, contact, online, resolve};
use super::{Done, send};
use crate::action::Target;
use crate::contract::Command;
use crate::contract::command::roster;
use crate::model::{BareJid, ChatId};
use crate::state::requests::Request;

/// Opens a conversation with somebody, and sends a text.
pub(crate) fn talk(turn: &mut Turn, to: &Target, text: Option<String>) -> Done {
    let of = account(turn)?;
    let jid = resolve(turn, to)?;
    // Inside a room a full address is an occupant; anybody else is talked with at the bare one.
    let is_occupant = !jid.is_bare() && turn.state.rooms.get(&of, &jid.bare()).is_some();
    let id = if is_occupant { ChatId::new(of, jid) } else { ChatId::new(of, jid.bare()) };
    chats::start(turn, &id);
    match text {
        Some(text) => send::to(turn, &id, &text),
        None => Ok(()),
    }
}

/// Answers a request: the named one, the open chat's, or the oldest.
pub(crate) fn answer(turn: &mut Turn, who: Option<Target>, is_yes: bool) -> Done {
    let at = match &who {
        None => requests::in_focus(turn).ok_or_else(|| "nothing waits for an answer".to_owned())?,
        Some(target) => {
            let text = match target {
                Target::Address(jid) => jid.bare().to_string(),
                Target::Name(name) => name.to_lowercase(),
            };
            let named = |r: &Request| match r {
                Request::Subscription { jid, .. } => is_named(jid, &text),
                Request::Invite { invite, .. } => is_named(&invite.room, &text) || is_named(&invite.from.bare(), &text),
                Request::Stranger(chat) => is_named(&chat.address.bare(), &text),
            };
            let found = turn.state.requests.list.iter().position(named);
            found.ok_or_else(|| format!("no request of {text}: Alt-R lists them all"))?
        }
    };
    requests::answer(turn, at, is_yes);
    Ok(())
}

fn is_named(jid: &BareJid, text: &str) -> bool {
    jid.as_str() == text || jid.local() == Some(text)
}

/// Adds a contact and asks to see their presence.
pub(crate) fn add(turn: &mut Turn, jid: &BareJid, name: Option<String>, groups: Vec<String>) -> Done {
    let of = online(turn)?;
    if jid == of.jid() {
        return Err("that is you".to_owned());
    }
    let groups = (!groups.is_empty()).then_some(groups);
    let set = roster::Command::Set { jid: jid.clone(), name, groups, subscribe: true };
    turn.command(&of, Command::Roster(set));
    turn.info(format!("asked {jid} to let you see when they are online"));
    if let Some(why) = looks::of_address(turn, &of, jid) {
        turn.warn(why);
    }
    Ok(())
}

/// Removes a contact.
pub(crate) fn remove(turn: &mut Turn, who: Option<Target>) -> Done {
    let of = online(turn)?;
    let jid = contact(turn, who)?;
    if turn.state.roster.get(&of, &jid).is_none() {
        return Err(format!("{jid} is no contact"));
    }
    turn.command(&of, Command::Roster(roster::Command::Remove(jid.clone())));
    turn.info(format!("removed {jid}; what was said stays in the history"));
    Ok(())
}

fn change(turn: &mut Turn, jid: BareJid, name: Option<String>, groups: Option<Vec<String>>) -> Done {
    let of = online(turn)?;
    if turn.state.roster.get(&of, &jid).is_none() {
        return Err(format!("{jid} is no contact: /add {jid} first"));
    }
    let set = roster::Command::Set { jid, name, groups, subscribe: false };
    turn.command(&of, Command::Roster(set));
    Ok(())
}

/// Gives a contact another name.
pub(crate) fn rename(turn: &mut Turn, who: Option<Target>, name: String) -> Done {
    let jid = contact(turn, who)?;
    change(turn, jid, Some(name), None)
}

/// Puts a contact into groups.
pub(crate) fn group(turn: &mut Turn, who: &Target, groups: Vec<String>) -> Done {
    let jid = resolve(turn, who)?.bare();
    change(turn, jid, None, Some(groups))
}
