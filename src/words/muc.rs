//! Rooms: joining, leaving, who is there, what one may do.

use crate::model::{AccountId, BareJid};
use std::fmt::Display;

/// Asks before a room is made; another room has a name like it.
pub fn ask_create_or_other(room: &str, other: &str) -> String {
    tr!("There is no room {room}. Create it (y), or did you mean {other} (m)?")
}

/// Asks before a room is made.
pub fn ask_create(room: &str, service: &str) -> String {
    tr!("There is no room {room} at {service}. Create it (y)?")
}

/// A command for rooms, in another chat.
pub fn not_a_room() -> String {
    tr!("this chat is not a room")
}

/// A command for those who are in the room.
pub fn not_in_room(room: &BareJid) -> String {
    tr!("you are not in {room}: /join enters it")
}

/// A room by its name alone.
pub fn no_service(domain: &str) -> String {
    tr!("{domain} has no room service that is known: give the whole address, room@service")
}

/// A room by its name alone, before the server's services are known.
pub fn joins_later(name: &str) -> String {
    tr!("joining {name} as soon as the server has said where its rooms are")
}

/// The user left a room.
pub fn left(room: &BareJid) -> String {
    tr!("you left {room} · /join {room} joins it again")
}

/// /topic in a room without one.
pub fn no_subject() -> String {
    tr!("this room has no subject")
}

/// /topic shows it.
pub fn subject_is(subject: &str) -> String {
    tr!("subject: {subject}")
}

/// The title of the list of who is in a room.
pub fn people_title(count: usize, room: &BareJid) -> String {
    trn!(count, "1 person in {room}", "{count} people in {room}")
}

/// An invitation of an occupant.
pub fn already_in() -> String {
    tr!("they are already in this room")
}

/// A nickname that nobody in the room has.
pub fn nobody_called(nick: &str) -> String {
    tr!("nobody here is called {nick}")
}

/// The end of [`may_not`].
pub fn your_role(role: &str, affiliation: &str) -> String {
    tr!("; your role here is {role}, your affiliation {affiliation}")
}

/// A command of moderators, admins or owners.
pub fn may_not(who: &str, command: &str, am: &str) -> String {
    tr!("{who} use /{command}{am}")
}

/// A ban by nickname in a room that hides addresses.
pub fn ban_needs_address(nick: &str) -> String {
    tr!("the room does not show you the address of {nick}: ban by address, or /kick {nick}")
}

/// A line in a room that refused a command.
pub fn refused(what: &str, why: &str) -> String {
    tr!("{what} was refused: {why}")
}

/// News of the same.
pub fn refused_by(what: &str, room: &BareJid, why: &str) -> String {
    tr!("{what}: {room} refused: {why}")
}

/// A room was made.
pub fn created(room: &BareJid) -> String {
    tr!("you created {room} with the server's default settings · /config changes them")
}

/// Entering a room that is not anonymous.
pub fn shows_addresses() -> String {
    tr!("this room shows your address to everybody in it")
}

/// Entering a room that is logged.
pub fn is_logged() -> String {
    tr!("what is said in this room is logged for the public")
}

/// Both.
pub fn shows_addresses_and_is_logged() -> String {
    tr!("this room shows your address to everybody in it, and what is said is logged for the public")
}

/// Why a room cannot be entered.
pub fn wants_password() -> String {
    tr!("it asks for a password: /join here asks you for it")
}

/// The same.
pub fn kept_password_wrong() -> String {
    tr!("the saved password was wrong and is removed: /join here asks you for the new one")
}

/// The same.
pub fn password_wrong() -> String {
    tr!("the password is wrong: /join here asks you for it again")
}

/// The same.
pub fn members_only() -> String {
    tr!("only members may enter: ask one of its owners")
}

/// The same.
pub fn banned() -> String {
    tr!("you are banned from it")
}

/// The same.
pub fn nick_taken(room: &BareJid) -> String {
    tr!("the nickname is taken there: /join {room} with another one")
}

/// The same.
pub fn full() -> String {
    tr!("it is full: try again later")
}

/// The same.
pub fn not_there() -> String {
    tr!("there is no such room")
}

/// The same.
pub fn not_there_or_locked() -> String {
    tr!("there is no such room, or it is locked: check the address")
}

/// The same.
pub fn may_not_create() -> String {
    tr!("there is no such room, and you may not create rooms there")
}

/// The same.
pub fn timeout(room: &BareJid) -> String {
    tr!("no answer in time: /join {room} tries again")
}

/// A room was not entered, and why.
pub fn cannot_enter(room: &BareJid, why: &str) -> String {
    tr!("cannot enter {room}: {why}")
}

/// Part of [`you_are_now`].
pub fn no_affiliation() -> String {
    tr!("no longer affiliated with the room")
}

/// The user has another nickname.
pub fn you_are_called(nick: &str) -> String {
    tr!("you are now known as {nick}")
}

/// Somebody has another nickname.
pub fn is_called(old: &str, new: &str) -> String {
    tr!("{old} is now known as {new}")
}

/// A room has become one for members only.
pub fn had_to_leave(nick: &str) -> String {
    tr!("{nick} had to leave: only members may stay")
}

/// The user left the room.
pub fn you_left() -> String {
    tr!("you left the room")
}

/// A line in a room.
pub fn link_lost() -> String {
    tr!("the connection broke: the room is entered again when it is back")
}

/// A room has become one for members only.
pub fn you_had_to_leave() -> String {
    tr!("you had to leave: only members may stay")
}

/// The room's server goes down.
pub fn shut_down() -> String {
    tr!("the room's service is shutting down · /join enters again later")
}

/// The room sent an error.
pub fn no_longer_in(why: &str) -> String {
    tr!("you are no longer in the room: {why}")
}

/// What happened in a room that may not be open.
pub fn news(room: &BareJid, what: &str) -> String {
    tr!("{room}: {what}")
}

/// A list of nicknames that is cut.
pub fn and_more(names: &str, more: usize) -> String {
    tr!("{names} ({more} more)")
}

/// Who came, one after the other.
pub fn joined(names: &str) -> String {
    tr!("→ {names} joined")
}

/// Who left, one after the other.
pub fn went(names: &str) -> String {
    tr!("← {names} left")
}

/// A nickname has changed hands.
pub fn other_person(nick: &str) -> String {
    tr!("{nick} is somebody else now: not the one who had this nickname here before")
}

/// A nickname imitates another.
pub fn nick_looks_like(nick: &str, other: &str, difference: &str) -> String {
    tr!("{nick} looks like {other} and is not: {difference}")
}

/// On entering: nicknames that have changed hands.
pub fn other_people(names: &str) -> String {
    tr!("not the ones who had these nicknames here before: {names}")
}

/// On entering: nicknames that imitate others.
pub fn nicks_look_alike(names: &str) -> String {
    tr!("nicknames that look like those of others: {names}")
}

/// A room is joined without a connection.
pub fn joins_when_online(room: &BareJid, account: &AccountId) -> String {
    tr!("not connected: {room} is entered as soon as {account} is online")
}

/// A room is joined from another chat.
pub fn being_entered(room: &BareJid) -> String {
    tr!("joining {room}: it is in the sidebar")
}

/// A line in a private chat.
pub fn peer_renamed(nick: &str, new: &str) -> String {
    tr!("{nick} is now known as {new} in the room: /pm {new} goes on with them")
}

/// The same.
pub fn peer_left(nick: &str) -> String {
    tr!("{nick} left the room")
}

/// The same.
pub fn peer_back(nick: &str) -> String {
    tr!("{nick} is back")
}

/// The same.
pub fn peer_other(nick: &str) -> String {
    tr!("The nickname {nick} is somebody else's now")
}

/// The same.
pub fn peer_unsure(nick: &str) -> String {
    tr!("Somebody is in the room as {nick}: it may be somebody else")
}

/// Asks before a private message goes to whoever has the nickname now.
pub fn ask_peer_unsure(nick: &str) -> String {
    tr!("Nobody can tell whether {nick} is still the one that you talked with here: they, or you, were out of \
         the room meanwhile. Send it to whoever is called {nick} now?")
}

/// The same, where it is known to be somebody else.
pub fn ask_peer_other(nick: &str) -> String {
    tr!("{nick} is not the person you talked with here. Send it to whoever is called {nick} now?")
}

/// A row that joins a room.
pub fn join(room: impl Display) -> String {
    tr!("join {room}")
}

/// What kind of row it is.
pub fn new_room() -> String {
    tr!("new room")
}

/// Somebody was kicked.
pub fn kicked(nick: &str, by: Option<&str>, why: Option<&str>) -> String {
    match (by, why) {
        (None, None) => tr!("{nick} was kicked"),
        (Some(by), None) => tr!("{nick} was kicked by {by}"),
        (None, Some(why)) => tr!("{nick} was kicked: {why}"),
        (Some(by), Some(why)) => tr!("{nick} was kicked by {by}: {why}"),
    }
}

/// Somebody was banned.
pub fn was_banned(nick: &str, by: Option<&str>, why: Option<&str>) -> String {
    match (by, why) {
        (None, None) => tr!("{nick} was banned"),
        (Some(by), None) => tr!("{nick} was banned by {by}"),
        (None, Some(why)) => tr!("{nick} was banned: {why}"),
        (Some(by), Some(why)) => tr!("{nick} was banned by {by}: {why}"),
    }
}

/// The user was kicked.
pub fn you_were_kicked(by: Option<&str>, why: Option<&str>) -> String {
    match (by, why) {
        (None, None) => tr!("you were kicked · /join enters again"),
        (Some(by), None) => tr!("you were kicked by {by} · /join enters again"),
        (None, Some(why)) => tr!("you were kicked: {why} · /join enters again"),
        (Some(by), Some(why)) => tr!("you were kicked by {by}: {why} · /join enters again"),
    }
}

/// The user was banned.
pub fn you_were_banned(by: Option<&str>, why: Option<&str>) -> String {
    match (by, why) {
        (None, None) => tr!("you were banned"),
        (Some(by), None) => tr!("you were banned by {by}"),
        (None, Some(why)) => tr!("you were banned: {why}"),
        (Some(by), Some(why)) => tr!("you were banned by {by}: {why}"),
    }
}

/// The room is no more, and where it moved to.
pub fn destroyed(why: Option<&str>, instead: Option<&BareJid>) -> String {
    match (why, instead) {
        (None, None) => tr!("the room was destroyed"),
        (Some(why), None) => tr!("the room was destroyed: {why}"),
        (None, Some(instead)) => tr!("the room was destroyed · /join {instead} goes where it moved"),
        (Some(why), Some(instead)) => tr!("the room was destroyed: {why} · /join {instead} goes where it moved"),
    }
}

/// The role or affiliation of the user changed; `what` holds the new ones.
pub fn you_are_now(what: &str) -> String {
    tr!("you are now {what}")
}

/// The role or affiliation of somebody changed.
pub fn is_now(nick: &str, what: &str) -> String {
    tr!("{nick} is now {what}")
}

/// Who may use a command, the beginning of [`may_not`].
pub fn only_moderators() -> String {
    tr!("only moderators may")
}

/// The same.
pub fn only_admins() -> String {
    tr!("only admins and owners may")
}

/// The same.
pub fn only_owners() -> String {
    tr!("only owners may")
}
