//! Handles events of rooms: joining, occupants, subjects, invitations, bookmarks.

use super::super::actions;
use super::super::turn::Turn;
use super::super::{chats, names, passwords, peers, requests, timeline};
use crate::contract::event::muc::Event;
use crate::model::{AccountId, BareJid, ChatId, ChatKind, LeaveReason, Occupant, RoomFailure, RoomInvite, Untrusted};
use crate::state::requests::Request;
use crate::state::rooms::Membership;

pub(super) fn event(turn: &mut Turn, account: &AccountId, event: Event) {
    match event {
        Event::Joining { room, nick } => {
            let entry = turn.state.rooms.entry(account, &room);
            entry.membership = Membership::Joining;
            entry.nick = nick;
            listed(turn, account, &room);
        }
        Event::Joined { room, nick, occupants, is_new, is_public_jids, is_logged } => {
            joined(turn, account, &room, nick, occupants);
            told_on_joining(turn, account, &room, is_new, is_public_jids, is_logged);
        }
        Event::JoinFailed { room, reason } => join_failed(turn, account, &room, reason),
        Event::OccupantChanged { room, occupant, is_new } => occupant_changed(turn, account, &room, occupant, is_new),
        Event::NickChanged { room, old, new, is_self } => nick_changed(turn, account, &room, &old, &new, is_self),
        Event::OccupantLeft { room, nick, reason } => occupant_left(turn, account, &room, &nick, &reason),
        Event::Left { room, reason } => left(turn, account, &room, reason),
        Event::SubjectChanged { room, by: _, subject, time: _ } => {
            turn.state.rooms.entry(account, &room).subject = subject;
        }
        Event::InfoArrived { room, name, description, traits } => {
            let entry = turn.state.rooms.entry(account, &room);
            entry.description = description;
            entry.traits = traits;
            if let Some(chat) = turn.state.chats.get_mut(&ChatId::new(account.clone(), &room)) {
                chat.name = name.filter(|n| !n.is_empty()).or(chat.name.take());
            }
            turn.touch_sidebar();
        }
        Event::Invited(invite) => invited(turn, account, invite),
        Event::BookmarksLoaded(bookmarks) => bookmarks_loaded(turn, account, bookmarks),
        Event::Refused { room, what, reason } => {
            // The line stays in the chat when the news has gone.
            let id = ChatId::new(account.clone(), &room);
            timeline::notice(turn, &id, format!("{what} was refused: {}", reason.raw()));
            turn.error(format!("{what}: {room} refused: {}", reason.raw()));
        }
        Event::Done { room, what } => turn.info(format!("{what} · {room}")),
    }
}

fn listed(turn: &mut Turn, account: &AccountId, room: &BareJid) -> ChatId {
    let id = ChatId::new(account.clone(), room);
    chats::ensure(turn, &id, ChatKind::Room).kind = ChatKind::Room;
    chats::list(turn, &id, true);
    turn.touch_sidebar();
    id
}

fn joined(turn: &mut Turn, account: &AccountId, room: &BareJid, nick: Untrusted, occupants: Vec<Occupant>) {
    listed(turn, account, room);
    let wish = chats::take_wish(turn, account, room);
    passwords::was_right(turn, account, room, wish);
    let entry = turn.state.rooms.entry(account, room);
    entry.membership = Membership::In;
    entry.nick = nick;
    entry.clear();
    names::all_came(turn, account, room, &occupants);
    let entry = turn.state.rooms.entry(account, room);
    for occupant in occupants {
        entry.put(occupant);
    }
    peers::joined(turn, account, room);
}

fn told_on_joining(
    turn: &mut Turn,
    account: &AccountId,
    room: &BareJid,
    is_new: bool,
    is_public: bool,
    is_logged: bool,
) {
    let id = ChatId::new(account.clone(), room);
    if is_new {
        turn.info(format!("you created {room} with the server's default settings · /config changes them"));
    }
    let warning = match (is_public, is_logged) {
        (false, false) => return,
        (true, false) => "this room shows your address to everybody in it",
        (false, true) => "what is said in this room is logged for the public",
        (true, true) => "this room shows your address to everybody in it, and what is said is logged for the public",
    };
    timeline::notice(turn, &id, warning);
}

/// The keyring has no password for a room that asks for one: the user is told.
pub(crate) fn password_wanted(turn: &mut Turn, account: &AccountId, room: &BareJid) {
    if !passwords::is_awaited(turn, account, room) {
        return;
    }
    join_failed(turn, account, room, RoomFailure::Password);
    passwords::forget_trial(turn, account, room);
}

fn join_failed(turn: &mut Turn, account: &AccountId, room: &BareJid, reason: RoomFailure) {
    if passwords::is_looked_up(turn, account, room, &reason) {
        return;
    }
    let was_kept = reason == RoomFailure::WrongPassword && passwords::was_kept(turn, account, room);
    let id = ChatId::new(account.clone(), room);
    let words = match &reason {
        RoomFailure::Password => "it asks for a password: /join here asks you for it".to_owned(),
        RoomFailure::WrongPassword if was_kept => {
            "the kept password is wrong and was forgotten: /join here asks you for the new one".to_owned()
        }
        RoomFailure::WrongPassword => "the password is wrong: /join here asks you for it again".to_owned(),
        RoomFailure::MembersOnly => "only members may enter: ask one of its owners".to_owned(),
        RoomFailure::Banned => "you are banned from it".to_owned(),
        RoomFailure::NickConflict => {
            format!("the nickname is taken there: /join {room} with another one")
        }
        RoomFailure::Full => "it is full: try again later".to_owned(),
        RoomFailure::NotThere => "there is no such room".to_owned(),
        RoomFailure::NotFound => "there is no such room, or it is locked: check the address".to_owned(),
        RoomFailure::MayNotCreate => "there is no such room, and the service lets nobody make one".to_owned(),
        RoomFailure::Timeout => format!("no answer in time: /join {room} tries again"),
        RoomFailure::Other(text) => text.raw().to_owned(),
    };
    let is_missing = reason == RoomFailure::NotThere;
    turn.state.rooms.entry(account, room).membership = Membership::Failed(reason);
    let words = format!("cannot enter {room}: {words}");
    turn.touch_sidebar();
    if is_missing {
        // The question about it and the header say the same, and a line about it would stand above the new room.
        turn.log(words);
        actions::missing::not_there(turn, account, room);
    } else {
        timeline::notice(turn, &id, words.clone());
        turn.error(words);
    }
}

fn occupant_changed(turn: &mut Turn, account: &AccountId, room: &BareJid, occupant: Occupant, is_new: bool) {
    let id = ChatId::new(account.clone(), room);
    let nick = occupant.nick.clone();
    let Some(entry) = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone())) else { return };
    let before = entry.occupants.get(nick.raw()).map(|o| (o.role, o.affiliation));
    let after = (occupant.role, occupant.affiliation);
    let is_self = entry.nick == nick;
    if is_new {
        names::came(turn, account, room, &occupant);
        peers::came(turn, account, room, &occupant);
        turn.state.rooms.entry(account, room).put(occupant);
        timeline::came_or_went(turn, &id, &nick, true);
        return;
    }
    entry.put(occupant);
    if let Some(before) = before.filter(|b| *b != after) {
        let who = if is_self { "you are".to_owned() } else { format!("{} is", nick.raw()) };
        let mut words = Vec::new();
        if before.0 != after.0 {
            words.push(after.0.word());
        }
        if before.1 != after.1 {
            words.push(match after.1 {
                crate::model::Affiliation::None => "no longer on the room's lists",
                crate::model::Affiliation::Owner
                | crate::model::Affiliation::Admin
                | crate::model::Affiliation::Member
                | crate::model::Affiliation::Outcast => after.1.word(),
            });
        }
        if is_self || turn.state.options.show_joins {
            timeline::notice(turn, &id, format!("{who} now {}", words.join(", ")));
        }
    }
}

fn nick_changed(turn: &mut Turn, account: &AccountId, room: &BareJid, old: &Untrusted, new: &Untrusted, is_self: bool) {
    let id = ChatId::new(account.clone(), room);
    let Some(entry) = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone())) else { return };
    if is_self {
        entry.nick = new.clone();
    }
    if let Some(mut occupant) = entry.remove(old.raw()) {
        names::went(turn, account, room, &occupant);
        peers::went(turn, account, room, &occupant, Some(new.raw()));
        occupant.nick = new.clone();
        names::came(turn, account, room, &occupant);
        peers::came(turn, account, room, &occupant);
        turn.state.rooms.entry(account, room).put(occupant);
    }
    if is_self {
        timeline::notice(turn, &id, format!("you are now known as {}", new.raw()));
    } else if turn.state.options.show_joins {
        timeline::notice(turn, &id, format!("{} is now known as {}", old.raw(), new.raw()));
    }
}

fn by_and_why(by: Option<&Untrusted>, why: Option<&Untrusted>) -> String {
    let by = by.filter(|b| !b.is_empty()).map(|b| format!(" by {}", b.raw())).unwrap_or_default();
    let why = why.filter(|w| !w.is_empty()).map(|w| format!(": {}", w.raw())).unwrap_or_default();
    format!("{by}{why}")
}

fn occupant_left(turn: &mut Turn, account: &AccountId, room: &BareJid, nick: &Untrusted, reason: &LeaveReason) {
    let id = ChatId::new(account.clone(), room);
    let Some(entry) = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone())) else { return };
    let Some(occupant) = entry.remove(nick.raw()) else { return };
    names::went(turn, account, room, &occupant);
    peers::went(turn, account, room, &occupant, None);
    if let Ok(who) = room.with_resource(nick.raw())
        && let Some(chat) = turn.state.chats.get_mut(&id)
    {
        chat.typing.retain(|(typer, _)| *typer != who);
    }
    let words = match reason {
        LeaveReason::Kicked { by, reason } => format!("was kicked{}", by_and_why(by.as_ref(), reason.as_ref())),
        LeaveReason::Banned { by, reason } => format!("was banned{}", by_and_why(by.as_ref(), reason.as_ref())),
        LeaveReason::NotAMember => "had to leave: only members may stay".to_owned(),
        LeaveReason::Left(_)
        | LeaveReason::Destroyed { .. }
        | LeaveReason::Shutdown
        | LeaveReason::Disconnected
        | LeaveReason::Error(_) => {
            timeline::came_or_went(turn, &id, nick, false);
            return;
        }
    };
    timeline::notice(turn, &id, format!("{} {words}", nick.raw()));
}

fn left(turn: &mut Turn, account: &AccountId, room: &BareJid, reason: LeaveReason) {
    let id = ChatId::new(account.clone(), room);
    let Some(entry) = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone())) else { return };
    entry.membership = Membership::Out;
    entry.clear();
    turn.touch_sidebar();
    if let Some(chat) = turn.state.chats.get_mut(&id) {
        chat.typing.clear();
    }
    let words = match &reason {
        LeaveReason::Left(_) => "you left the room".to_owned(),
        LeaveReason::Disconnected => "the connection broke: the room is entered again when it is back".to_owned(),
        LeaveReason::Kicked { by, reason } => {
            format!("you were kicked{} · /join enters again", by_and_why(by.as_ref(), reason.as_ref()))
        }
        LeaveReason::Banned { by, reason } => format!("you were banned{}", by_and_why(by.as_ref(), reason.as_ref())),
        LeaveReason::NotAMember => "you had to leave: only members may stay".to_owned(),
        LeaveReason::Destroyed { alternative, reason } => {
            let instead = alternative.as_ref().map(|a| format!(" · /join {a} goes where it moved")).unwrap_or_default();
            format!("the room was destroyed{}{instead}", by_and_why(None, reason.as_ref()))
        }
        LeaveReason::Shutdown => "the room's service shuts down · /join enters again later".to_owned(),
        LeaveReason::Error(text) => format!("you are no longer in the room: {}", text.raw()),
    };
    match reason {
        LeaveReason::Left(_) | LeaveReason::Disconnected => timeline::notice(turn, &id, words),
        // The engine stores a line of these in the chat; here is what to do about it.
        LeaveReason::Kicked { .. }
        | LeaveReason::Banned { .. }
        | LeaveReason::NotAMember
        | LeaveReason::Destroyed { .. }
        | LeaveReason::Shutdown
        | LeaveReason::Error(_) => turn.warn(format!("{room}: {words}")),
    }
}

fn invited(turn: &mut Turn, account: &AccountId, invite: RoomInvite) {
    if turn.state.rooms.get(account, &invite.room).is_some_and(crate::state::rooms::Room::is_in) {
        return;
    }
    requests::arrived(turn, Request::Invite { account: account.clone(), invite });
}

fn bookmarks_loaded(turn: &mut Turn, account: &AccountId, bookmarks: Vec<(BareJid, Option<Untrusted>, bool)>) {
    for (room, name, is_autojoin) in bookmarks {
        turn.state.rooms.entry(account, &room).is_autojoin = is_autojoin;
        let chat = chats::ensure(turn, &ChatId::new(account.clone(), &room), ChatKind::Room);
        chat.kind = ChatKind::Room;
        chat.name = name.filter(|n| !n.is_empty()).or(chat.name.take());
    }
    turn.touch_sidebar();
}
