//! Handles events of rooms: joining, occupants, subjects, invitations, bookmarks.

use super::super::actions;
use super::super::turn::Turn;
use super::super::{chats, names, passwords, peers, requests, timeline};
use crate::contract::event::muc::Event;
use crate::model::{AccountId, BareJid, ChatId, ChatKind, LeaveReason, Occupant, RoomFailure, RoomInvite, Untrusted};
use crate::state::requests::Request;
use crate::state::rooms::Membership;
use crate::words;

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
            timeline::notice(turn, &id, words::muc::refused(&what, reason.raw()));
            turn.error(words::muc::refused_by(&what, &room, reason.raw()));
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
        turn.info(words::muc::created(room));
    }
    let warning = match (is_public, is_logged) {
        (false, false) => return,
        (true, false) => words::muc::shows_addresses(),
        (false, true) => words::muc::is_logged(),
        (true, true) => words::muc::shows_addresses_and_is_logged(),
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
        RoomFailure::Password => words::muc::wants_password(),
        RoomFailure::WrongPassword if was_kept => words::muc::kept_password_wrong(),
        RoomFailure::WrongPassword => words::muc::password_wrong(),
        RoomFailure::MembersOnly => words::muc::members_only(),
        RoomFailure::Banned => words::muc::banned(),
        RoomFailure::NickConflict => words::muc::nick_taken(room),
        RoomFailure::Full => words::muc::full(),
        RoomFailure::NotThere => words::muc::not_there(),
        RoomFailure::NotFound => words::muc::not_there_or_locked(),
        RoomFailure::MayNotCreate => words::muc::may_not_create(),
        RoomFailure::Timeout => words::muc::timeout(room),
        RoomFailure::Other(text) => text.raw().to_owned(),
    };
    let is_missing = reason == RoomFailure::NotThere;
    turn.state.rooms.entry(account, room).membership = Membership::Failed(reason);
    let words = words::muc::cannot_enter(room, &words);
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
        let mut words: Vec<String> = Vec::new();
        if before.0 != after.0 {
            words.push(after.0.word().to_owned());
        }
        if before.1 != after.1 {
            words.push(match after.1 {
                crate::model::Affiliation::None => words::muc::no_affiliation(),
                crate::model::Affiliation::Owner
                | crate::model::Affiliation::Admin
                | crate::model::Affiliation::Member
                | crate::model::Affiliation::Outcast => after.1.word().to_owned(),
            });
        }
        if is_self || turn.state.options.show_joins {
            let what = words.join(", ");
            let words = if is_self { words::muc::you_are_now(&what) } else { words::muc::is_now(nick.raw(), &what) };
            timeline::notice(turn, &id, words);
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
        timeline::notice(turn, &id, words::muc::you_are_called(new.raw()));
    } else if turn.state.options.show_joins {
        timeline::notice(turn, &id, words::muc::is_called(old.raw(), new.raw()));
    }
}

/// A text where it says something.
fn said(text: Option<&Untrusted>) -> Option<&str> {
    text.map(Untrusted::raw).filter(|text| !text.is_empty())
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
        LeaveReason::Kicked { by, reason } => words::muc::kicked(nick.raw(), said(by.as_ref()), said(reason.as_ref())),
        LeaveReason::Banned { by, reason } => {
            words::muc::was_banned(nick.raw(), said(by.as_ref()), said(reason.as_ref()))
        }
        LeaveReason::NotAMember => words::muc::had_to_leave(nick.raw()),
        LeaveReason::Left(_)
        | LeaveReason::Destroyed { .. }
        | LeaveReason::Shutdown
        | LeaveReason::Disconnected
        | LeaveReason::Error(_) => {
            timeline::came_or_went(turn, &id, nick, false);
            return;
        }
    };
    timeline::notice(turn, &id, words);
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
        LeaveReason::Left(_) => words::muc::you_left(),
        LeaveReason::Disconnected => words::muc::link_lost(),
        LeaveReason::Kicked { by, reason } => words::muc::you_were_kicked(said(by.as_ref()), said(reason.as_ref())),
        LeaveReason::Banned { by, reason } => words::muc::you_were_banned(said(by.as_ref()), said(reason.as_ref())),
        LeaveReason::NotAMember => words::muc::you_had_to_leave(),
        LeaveReason::Destroyed { alternative, reason } => {
            words::muc::destroyed(said(reason.as_ref()), alternative.as_ref())
        }
        LeaveReason::Shutdown => words::muc::shut_down(),
        LeaveReason::Error(text) => words::muc::no_longer_in(text.raw()),
    };
    match reason {
        LeaveReason::Left(_) | LeaveReason::Disconnected => timeline::notice(turn, &id, words),
        // The engine stores a line of these in the chat; here is what to do about it.
        LeaveReason::Kicked { .. }
        | LeaveReason::Banned { .. }
        | LeaveReason::NotAMember
        | LeaveReason::Destroyed { .. }
        | LeaveReason::Shutdown
        | LeaveReason::Error(_) => turn.warn(words::muc::news(room, &words)),
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
