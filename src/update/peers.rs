//! Private chats in rooms: the user is told when the other side leaves and when the nickname is somebody else's, and is
//! asked before the first answer to whoever has it now.

use super::turn::Turn;
use crate::contract::{Command, command};
use crate::model::{AccountId, BareJid, ChatId, ChatKind, Occupant};
use crate::state::chats::Chat;
use crate::state::peers::{Doubt, Identity};
use crate::words;

/// The private chat with whoever has this nickname, where there is one in which something was said.
fn chat<'t>(turn: &'t mut Turn<'_>, account: &AccountId, room: &BareJid, nick: &str) -> Option<&'t mut Chat> {
    let id = ChatId::new(account.clone(), room.with_resource(nick).ok()?);
    let is_used = |chat: &&mut Chat| chat.kind == ChatKind::Occupant && (chat.is_open || chat.last_activity.0 > 0);
    turn.state.chats.get_mut(&id).filter(is_used)
}

/// Whoever is in the room under this nickname.
fn occupant(turn: &Turn, id: &ChatId) -> Option<Identity> {
    let room = turn.state.rooms.get(&id.account, &id.address.bare())?;
    room.occupants.get(id.address.resource()?).map(Identity::of)
}

/// A line in the private chat, which stays there.
fn note(turn: &mut Turn, id: &ChatId, text: String) {
    let note = command::chat::Command::Note { chat: id.clone(), kind: ChatKind::Occupant, text };
    turn.command(&id.account, Command::Chat(note));
}

/// The user began, or something was said: it is with whoever has the nickname now, unless the user is to be asked first.
pub(crate) fn spoke(turn: &mut Turn, id: &ChatId) {
    let here = occupant(turn, id);
    if let Some(chat) = turn.state.chats.get_mut(id).filter(|c| c.kind == ChatKind::Occupant)
        && chat.peer.doubt == Doubt::None
        && here.is_some()
    {
        chat.peer.known = here;
    }
}

/// Somebody left the room, or has another nickname now.
pub(crate) fn went(turn: &mut Turn, account: &AccountId, room: &BareJid, who: &Occupant, new: Option<&str>) {
    let nick = who.nick.raw();
    let Some(chat) = chat(turn, account, room, nick) else { return };
    if chat.peer.doubt == Doubt::Gone {
        return;
    }
    // Whoever came after the one that is known, and goes too, changes nothing.
    if chat.peer.doubt == Doubt::None {
        chat.peer.known = Some(Identity::of(who));
    }
    chat.peer.doubt = Doubt::Gone;
    let id = chat.id.clone();
    note(
        turn,
        &id,
        match new {
            Some(new) => words::muc::peer_renamed(nick, new),
            None => words::muc::peer_left(nick),
        },
    );
}

/// Somebody is in the room under this nickname who was not there before.
pub(crate) fn came(turn: &mut Turn, account: &AccountId, room: &BareJid, who: &Occupant) {
    let nick = who.nick.raw();
    let Some(chat) = chat(turn, account, room, nick) else { return };
    let was_gone = chat.peer.doubt == Doubt::Gone;
    let is_same = chat.peer.known.as_ref().and_then(|known| known.is_same(&Identity::of(who)));
    let (doubt, words) = match is_same {
        Some(true) => (Doubt::None, words::muc::peer_back(nick)),
        Some(false) => (Doubt::Other, words::muc::peer_other(nick)),
        None => (Doubt::Unsure, words::muc::peer_unsure(nick)),
    };
    let is_told = chat.peer.doubt == doubt || (doubt != Doubt::Other && !was_gone);
    chat.peer.doubt = doubt;
    let id = chat.id.clone();
    if !is_told {
        note(turn, &id, words);
    }
}

/// The user is in the room: who has the nicknames now of those whom they talked with before?
pub(crate) fn joined(turn: &mut Turn, account: &AccountId, room: &BareJid) {
    let is_of_it = |c: &&Chat| c.kind == ChatKind::Occupant && c.id.account == *account && c.id.address.bare() == *room;
    let ids: Vec<ChatId> = turn.state.chats.by_id.values().filter(is_of_it).map(|c| c.id.clone()).collect();
    for id in ids {
        let nick = id.address.resource().unwrap_or_default();
        let here = turn.state.rooms.get(account, room).and_then(|r| r.occupants.get(nick)).cloned();
        match here {
            Some(who) => came(turn, account, room, &who),
            None => {
                if let Some(chat) = turn.state.chats.get_mut(&id) {
                    chat.peer.doubt = Doubt::Gone;
                }
            }
        }
    }
}

/// Whether it is who wrote last in this chat, as far as the room's ids in the messages tell: they outlive the program.
fn is_who_wrote(turn: &Turn, id: &ChatId) -> Option<bool> {
    let timeline = turn.state.timelines.get(id)?;
    let wrote = timeline.messages.iter().rev().filter(|m| !m.is_own()).find_map(|m| m.ids.occupant.as_deref())?;
    let room = turn.state.rooms.get(&id.account, &id.address.bare())?;
    let here = room.occupants.get(id.address.resource()?)?.occupant_id.as_deref()?;
    Some(wrote == here)
}

/// What the user is asked before a text goes to whoever has the nickname now.
pub(crate) fn question(turn: &Turn, id: &ChatId) -> Option<String> {
    let peer = &turn.state.chats.get(id).filter(|c| c.kind == ChatKind::Occupant)?.peer;
    let nick = id.address.resource().unwrap_or_default();
    let doubt = match (peer.doubt, is_who_wrote(turn, id)) {
        (Doubt::Unsure, Some(true)) => Doubt::None,
        (Doubt::Unsure, Some(false)) => Doubt::Other,
        (doubt, _) => doubt,
    };
    match doubt {
        Doubt::None | Doubt::Gone => None,
        Doubt::Unsure => Some(words::muc::ask_peer_unsure(nick)),
        Doubt::Other => Some(words::muc::ask_peer_other(nick)),
    }
}

/// The user goes on with whoever has the nickname now.
pub(crate) fn accepted(turn: &mut Turn, id: &ChatId) {
    if let Some(chat) = turn.state.chats.get_mut(id) {
        chat.peer.doubt = Doubt::None;
    }
    spoke(turn, id);
}
