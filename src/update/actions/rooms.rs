//! Actions on rooms: joining and leaving, nickname and subject, inviting, removing and banning people, settings.

use super::super::overlays::{disco, form, opening, prompt, text};
use super::super::turn::{Done, Turn};
use super::super::{chats, timeline};
use super::send;
use super::target::{account, nick_of, online, resolve};
use crate::action::{RoomName, Target};
use crate::contract::command::muc::Command;
use crate::model::{AccountId, BareJid, ChatId, Jid, Role, RoomFailure, Untrusted};
use crate::slash::read::room_link;
use crate::state::rooms::{Membership, Room};
use crate::words;

/// The room of the open chat, whether the user is in it or not.
pub(crate) fn here(turn: &Turn) -> Result<(AccountId, BareJid), String> {
    let (account, room) = turn.state.current_room().ok_or_else(words::muc::not_a_room)?;
    Ok((account.clone(), room))
}

/// The room of the open chat, where the user is in.
fn inside(turn: &Turn) -> Result<(AccountId, BareJid), String> {
    let (account, room) = here(turn)?;
    if turn.state.rooms.get(&account, &room).is_some_and(Room::is_in) {
        Ok((account, room))
    } else {
        Err(words::muc::not_in_room(&room))
    }
}

/// The account's service for rooms.
fn service(turn: &Turn, account: &AccountId) -> Result<Jid, String> {
    let known = turn.state.accounts.get(account).and_then(|a| a.service("rooms")).cloned();
    known.ok_or_else(|| words::muc::no_service(account.jid().domain()))
}

/// Whether the server has not told yet what services it has.
fn is_unknown_yet(turn: &Turn, account: &AccountId) -> bool {
    turn.state.accounts.get(account).is_some_and(|a| a.server.is_none())
}

/// The server has told what services it has: the rooms that waited for that are entered.
pub(crate) fn services_known(turn: &mut Turn, account: &AccountId) {
    let (due, later) = std::mem::take(&mut turn.state.work.joins).into_iter().partition(|(of, ..)| of == account);
    turn.state.work.joins = later;
    let due: Vec<(AccountId, String, Option<String>, Option<String>)> = due;
    for (of, name, nick, password) in due {
        match address(turn, &of, RoomName::Local(name)) {
            Ok(room) => chats::join(turn, &of, &room, nick, password),
            Err(why) => turn.error(why),
        }
    }
}

fn address(turn: &Turn, account: &AccountId, name: RoomName) -> Result<BareJid, String> {
    match name {
        RoomName::Address(jid) => Ok(jid),
        RoomName::Local(local) => {
            let room = format!("{local}@{}", service(turn, account)?);
            BareJid::parse(&room).map_err(|why| words::address::not_valid_named(&room, why))
        }
    }
}

/// Enters a room. Without a name: the open one, where the user is not in it; else the line asks which.
pub(crate) fn join(turn: &mut Turn, room: Option<RoomName>, nick: Option<String>, password: Option<String>) -> Done {
    let of = account(turn)?;
    let room = match room {
        Some(RoomName::Local(name)) if is_unknown_yet(turn, &of) => {
            turn.info(words::muc::joins_later(&name));
            opening::awaits(turn, &of);
            turn.state.work.joins.push((of, name, nick, password));
            return Ok(());
        }
        Some(name) => address(turn, &of, name)?,
        None => {
            open_again(turn);
            return Ok(());
        }
    };
    chats::join(turn, &of, &room, nick, password);
    Ok(())
}

/// The open room again, by its password where it asks for one; else the line that asks for a room.
fn open_again(turn: &mut Turn) {
    let membership = |(of, room): (AccountId, BareJid)| {
        let entry = turn.state.rooms.get(&of, &room)?;
        (!entry.is_in()).then(|| (of, room, entry.membership.clone()))
    };
    match here(turn).ok().and_then(membership) {
        Some((of, room, Membership::Failed(RoomFailure::Password))) => prompt::room_password(turn, &of, &room, false),
        Some((of, room, Membership::Failed(RoomFailure::WrongPassword))) => {
            prompt::room_password(turn, &of, &room, true);
        }
        Some((of, room, _)) => chats::join(turn, &of, &room, None, None),
        None => prompt::join(turn),
    }
}

/// What was typed into the "join or start" line: a room, or somebody's address.
pub(crate) fn go(turn: &mut Turn, typed: &str) -> Done {
    let of = account(turn)?;
    let (text, nick) = match typed.split_once(char::is_whitespace) {
        Some((_, nick)) if nick.contains('@') => return Err(words::address::has_space()),
        Some((address, nick)) => (address, Some(nick.trim().to_owned())),
        None => (typed, None),
    };
    let link = room_link(text)?;
    let nick = nick.or(link.nick);
    match link.name {
        RoomName::Address(jid)
            if !link.is_join && !text.starts_with('#') && !chats::is_room_service(turn, &of, &jid) =>
        {
            chats::start(turn, &ChatId::new(of, &jid));
            Ok(())
        }
        name @ (RoomName::Address(_) | RoomName::Local(_)) => join(turn, Some(name), nick, link.password),
    }
}

/// Leaves the open room, which goes from the sidebar and is not entered again by itself.
pub(crate) fn part(turn: &mut Turn, reason: Option<String>) -> Done {
    let (account, room) = here(turn)?;
    let entry = turn.state.rooms.entry(&account, &room);
    entry.membership = Membership::Out;
    turn.muc(&account, Command::Leave { room: room.clone(), reason });
    chats::close(turn, &ChatId::new(account, &room));
    turn.info(words::muc::left(&room));
    Ok(())
}

/// Another nickname in the open room.
pub(crate) fn nick(turn: &mut Turn, nick: String) -> Done {
    let (account, room) = inside(turn)?;
    room.with_resource(&nick).map_err(words::address::bad_nick)?;
    turn.muc(&account, Command::SetNick { room, nick });
    Ok(())
}

/// Shows the subject, or sets it.
pub(crate) fn topic(turn: &mut Turn, subject: Option<String>) -> Done {
    let (account, room) = here(turn)?;
    let Some(subject) = subject else {
        let known = turn.state.rooms.get(&account, &room).map(|r| r.subject.clone()).filter(|s| !s.is_empty());
        let words = known.map_or_else(words::muc::no_subject, |s| words::muc::subject_is(s.raw()));
        timeline::notice(turn, &ChatId::new(account, &room), words);
        return Ok(());
    };
    inside(turn)?;
    turn.muc(&account, Command::SetSubject { room, subject });
    Ok(())
}

/// Puts the subject into the composer to change it.
pub(crate) fn edit_topic(turn: &mut Turn) -> Done {
    let (account, room) = inside(turn)?;
    let subject = turn.state.rooms.get(&account, &room).map(|r| r.subject.clone()).unwrap_or_default();
    send::compose(turn, &format!("/topic {}", subject.raw()));
    Ok(())
}

/// Tells who is in the room.
pub(crate) fn names(turn: &mut Turn) -> Done {
    let (account, room) = inside(turn)?;
    let Some(entry) = turn.state.rooms.get(&account, &room) else { return Ok(()) };
    let mut lines: Vec<Untrusted> = Vec::new();
    let mut last = None;
    for ((group, _), nick) in &entry.sorted {
        let Some(occupant) = entry.occupants.get(nick) else { continue };
        if last != Some(*group) {
            let heading = match (group, occupant.role) {
                (0, _) => "# Owners",
                (_, Role::Moderator) => "# Moderators",
                (_, Role::Participant) => "# Participants",
                (_, Role::Visitor | Role::None) => "# Visitors",
            };
            lines.push(heading.into());
            last = Some(*group);
        }
        let real = occupant.real_jid.as_ref().map(|j| format!(" · {}", j.bare())).unwrap_or_default();
        let how = words::presence::label(occupant.availability);
        lines.push(format!("{} · {how}{real}", occupant.nick.raw()).into());
    }
    let title = words::muc::people_title(entry.occupants.len(), &room);
    text::open(turn, title, lines);
    Ok(())
}

/// Invites somebody to the open room.
pub(crate) fn invite(turn: &mut Turn, who: &Target, reason: Option<String>) -> Done {
    let (account, room) = inside(turn)?;
    let jid = resolve(turn, who)?;
    let who = if jid.bare() == room {
        return Err(words::muc::already_in());
    } else {
        jid.bare()
    };
    turn.muc(&account, Command::Invite { room, who, reason });
    Ok(())
}

/// The nickname as it stands in the open room.
fn occupant(turn: &Turn, account: &AccountId, room: &BareJid, nick: &str) -> Result<String, String> {
    let entry = turn.state.rooms.get(account, room);
    entry.and_then(|r| nick_of(r, nick)).ok_or_else(|| words::muc::nobody_called(nick))
}

/// The open room, for what not everybody in it may do.
fn allowed(turn: &Turn, command: &str) -> Result<(AccountId, BareJid), String> {
    let here = inside(turn)?;
    may(turn, command)?;
    Ok(here)
}

/// Whether the user may use this command in the open room; else who may, and what the user is there.
pub(crate) fn may(turn: &Turn, command: &str) -> Done {
    let Some(who) = turn.state.forbids(command) else { return Ok(()) };
    let (account, room) = here(turn)?;
    let me = turn.state.rooms.get(&account, &room).and_then(Room::me);
    let am = me.map_or_else(String::new, |me| words::muc::your_role(me.role.word(), me.affiliation.word()));
    Err(words::muc::may_not(&who, command, &am))
}

/// Puts an occupant out.
pub(crate) fn kick(turn: &mut Turn, nick: String, reason: Option<String>) -> Done {
    let (account, room) = allowed(turn, "kick")?;
    let nick = occupant(turn, &account, &room, &nick)?;
    turn.muc(&account, Command::Kick { room, nick, reason });
    Ok(())
}

/// Puts somebody out for good.
pub(crate) fn ban(turn: &mut Turn, who: &Target, reason: Option<String>) -> Done {
    let (account, room) = allowed(turn, "ban")?;
    let who = match who {
        Target::Address(jid) if jid.bare() == room => jid.resource().unwrap_or_default().to_owned(),
        Target::Address(jid) => jid.bare().to_string(),
        Target::Name(name) if name.contains('.') => name.clone(),
        Target::Name(name) => {
            let nick = occupant(turn, &account, &room, name)?;
            let real = turn.state.rooms.get(&account, &room).and_then(|r| r.occupants.get(&nick)?.real_jid.clone());
            let real = real.ok_or_else(|| words::muc::ban_needs_address(&nick))?;
            real.bare().to_string()
        }
    };
    turn.muc(&account, Command::Ban { room, who, reason });
    Ok(())
}

/// Takes a ban back.
pub(crate) fn unban(turn: &mut Turn, who: BareJid) -> Done {
    let (account, room) = allowed(turn, "unban")?;
    turn.muc(&account, Command::Unban { room, who });
    Ok(())
}

/// Asks for the settings form of the open room.
pub(crate) fn configure_here(turn: &mut Turn) -> Done {
    let (account, room) = allowed(turn, "config")?;
    form::ask_room(turn, &account, &room);
    Ok(())
}

/// Lists the rooms of a service.
pub(crate) fn list(turn: &mut Turn, of: Option<BareJid>) -> Done {
    let account = online(turn)?;
    let jid = match of {
        Some(jid) => jid.to_jid(),
        None => service(turn, &account)?,
    };
    disco::open(turn, Some(jid), None);
    Ok(())
}

/// A conversation in private with an occupant.
pub(crate) fn private(turn: &mut Turn, nick: &str, body: Option<String>) -> Done {
    let (account, room) = inside(turn)?;
    let nick = occupant(turn, &account, &room, nick)?;
    let jid = room.with_resource(&nick).map_err(|why| words::address::bad_nick_named(&nick, why))?;
    let id = ChatId::new(account, jid);
    chats::start(turn, &id);
    match body {
        Some(body) => send::to(turn, &id, &body),
        None => Ok(()),
    }
}
