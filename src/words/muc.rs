//! Rooms: joining, leaving, who is there, what one may do.

use crate::model::BareJid;

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
