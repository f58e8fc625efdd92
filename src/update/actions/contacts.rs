//! Actions on contacts: opening a chat, adding, removing, renaming, grouping.

use super::super::turn::{Done, Turn};
use super::super::{chats, looks};
use super::target::{account, contact, online, resolve};
use super::{requests, send};
use crate::action::Target;
use crate::contract::Command;
use crate::contract::command::{chat, roster};
use crate::model::{BareJid, ChatId};
use crate::words;

/// Opens a conversation with somebody, and sends a text.
pub(crate) fn talk(turn: &mut Turn, to: &Target, text: Option<String>) -> Done {
    let of = account(turn)?;
    let jid = resolve(turn, to)?;
    // Inside a room a full address is an occupant; anybody else has one conversation, which a full address leads to one
    // of their devices.
    let is_occupant = !jid.is_bare() && turn.state.rooms.get(&of, &jid.bare()).is_some();
    let id = if is_occupant { ChatId::new(of, jid.clone()) } else { ChatId::new(of, jid.bare()) };
    chats::start(turn, &id);
    if !is_occupant && !jid.is_bare() {
        // Known here at once: what is written next is for this device.
        if let Some(chat) = turn.state.chats.get_mut(&id) {
            chat.device = Some(jid.clone());
        }
        turn.command(&id.account, Command::Chat(chat::Command::Device(jid)));
    }
    match text {
        Some(text) => send::to(turn, &id, &text),
        None => Ok(()),
    }
}

/// Adds a contact and asks to see their presence.
pub(crate) fn add(turn: &mut Turn, jid: &BareJid, name: Option<String>, groups: Vec<String>) -> Done {
    let of = online(turn)?;
    if jid == of.jid() {
        return Err(words::roster::own_address());
    }
    let groups = (!groups.is_empty()).then_some(groups);
    let set = roster::Command::Set { jid: jid.clone(), name, groups, subscribe: true };
    turn.command(&of, Command::Roster(set));
    turn.info(words::roster::request_sent(jid));
    requests::added(turn, &of, jid);
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
        return Err(words::roster::not_a_contact(&jid));
    }
    turn.command(&of, Command::Roster(roster::Command::Remove(jid.clone())));
    turn.info(words::roster::removed(&jid));
    Ok(())
}

fn change(turn: &mut Turn, jid: BareJid, name: Option<String>, groups: Option<Vec<String>>) -> Done {
    let of = online(turn)?;
    if turn.state.roster.get(&of, &jid).is_none() {
        return Err(words::roster::not_a_contact_add(&jid));
    }
    let set = roster::Command::Set { jid, name, groups, subscribe: false };
    turn.command(&of, Command::Roster(set));
    Ok(())
}

/// Gives a contact another name.
pub(crate) fn rename(turn: &mut Turn, who: Option<Target>, name: String) -> Done {
    let jid = contact(turn, who)?;
    change(turn, jid.clone(), Some(name.clone()), None)?;
    turn.info(words::roster::renamed(&jid, &name));
    Ok(())
}

/// Puts a contact into groups.
pub(crate) fn group(turn: &mut Turn, who: &Target, groups: Vec<String>) -> Done {
    let jid = resolve(turn, who)?.bare();
    change(turn, jid.clone(), None, Some(groups.clone()))?;
    let groups = if groups.is_empty() { words::roster::no_group() } else { groups.join(", ") };
    turn.info(words::roster::grouped(&jid, &groups));
    Ok(())
}
