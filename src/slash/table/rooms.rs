//! Rooms.

use crate::action::{Action, RoomName};
use crate::slash::read::{RoomLink, bare, nick, person, room_link};
use crate::slash::spec::{Arg, ArgKind, Domain, Parsed, Slash, SlashError};

const JOIN: Slash = Slash {
    name: "join",
    aliases: &["j"],
    domain: Domain::Rooms,
    args: &[
        Arg::may("room", ArgKind::Room, "its address, its name at your server, or an xmpp: link"),
        Arg::may("nick", ArgKind::Word, "the nickname to have there"),
        Arg::may("password", ArgKind::Word, "the password, where the room has one"),
    ],
    summary: "join a room, or create it",
    detail: "A name without @ is a room of your server's own room service. Where there is no such room you are asked whether \
        to create it. Without a room: the open one again, where you are not in it; else a box asks which. A password that the room has taken is kept in the keyring, where there is one, and \
        used when the room is entered by itself; a wrong one is forgotten.",
    examples: &[
        "/join verona-plaza",
        "/join plaza@rooms.montague.lit romeo",
        "/join cellar@rooms.example.org \"The Nurse\" s3cret",
        "/join #verona%irc.example.org@irc.montague.lit",
        "/join xmpp:plaza@rooms.montague.lit?join",
    ],
    xeps: &[45],
    run: join,
};

fn join(p: &Parsed<'_>) -> Result<Action, SlashError> {
    let link = p.read(0, room_link)?;
    let nick = p.read(1, nick)?;
    let is_name = matches!(link, Some(RoomLink { name: RoomName::Local(_), .. }));
    if let Some(nick) = nick.as_ref().filter(|nick| is_name && nick.contains('@')) {
        return Err(p.error(1, format!("{nick} is an address, not a nickname: an address has no spaces in it")));
    }
    let (room, named, secret) = link.map_or((None, None, None), |l| (Some(l.name), l.nick, l.password));
    Ok(Action::Join { room, nick: nick.or(named), password: p.text(2).or(secret) })
}

const PART: Slash = Slash {
    name: "part",
    aliases: &["leave"],
    domain: Domain::Rooms,
    args: &[Arg::may("reason", ArgKind::Text, "last words")],
    summary: "leave the room",
    detail: "",
    examples: &["/part", "/part good night"],
    xeps: &[45],
    run: |p| Ok(Action::Part(p.text(0))),
};

const PM: Slash = Slash {
    name: "pm",
    aliases: &["whisper", "w"],
    domain: Domain::Rooms,
    args: &[Arg::need("nick", ArgKind::Nick, "somebody in the room"), Arg::may("text", ArgKind::Text, "what to send")],
    summary: "send a private message to somebody in the room",
    detail: "It goes through the room; the room's service can read it.",
    examples: &["/pm nurse", "/pm nurse is she there?", "/pm \"Friar Lawrence\" hi"],
    xeps: &[45],
    run: |p| Ok(Action::Private { nick: p.need(0, nick)?, text: p.text(1) }),
};

const NICK: Slash = Slash {
    name: "nick",
    aliases: &[],
    domain: Domain::Rooms,
    args: &[Arg::need("nick", ArgKind::Text, "the new nickname")],
    summary: "change your nickname in the room",
    detail: "Emoji and spaces are fine.",
    examples: &["/nick Romeo", "/nick 罗密欧 🌹"],
    xeps: &[45],
    run: |p| Ok(Action::Nick(p.need(0, nick)?)),
};

const TOPIC: Slash = Slash {
    name: "topic",
    aliases: &["subject"],
    domain: Domain::Rooms,
    args: &[Arg::may("text", ArgKind::Text, "the new subject")],
    summary: "show the subject of the room, or set it",
    detail: "",
    examples: &["/topic", "/topic Two households, both alike in dignity"],
    xeps: &[45],
    run: |p| Ok(Action::Topic(p.text(0))),
};

const NAMES: Slash = Slash {
    name: "names",
    aliases: &["who", "occupants"],
    domain: Domain::Rooms,
    args: &[],
    summary: "list the people in the room",
    detail: "",
    examples: &["/names"],
    xeps: &[45],
    run: |_| Ok(Action::Names),
};

const INVITE: Slash = Slash {
    name: "invite",
    aliases: &[],
    domain: Domain::Rooms,
    args: &[
        Arg::need("who", ArgKind::Person, "an address or a contact's name"),
        Arg::may("reason", ArgKind::Text, "why"),
    ],
    summary: "invite somebody to the room",
    detail: "",
    examples: &["/invite juliet@capulet.lit", "/invite juliet@capulet.lit come to the feast"],
    xeps: &[249, 45],
    run: |p| Ok(Action::Invite { who: p.need(0, person)?, reason: p.text(1) }),
};

const KICK: Slash = Slash {
    name: "kick",
    aliases: &[],
    domain: Domain::Rooms,
    args: &[Arg::need("nick", ArgKind::Nick, "somebody in the room"), Arg::may("reason", ArgKind::Text, "why")],
    summary: "kick somebody from the room",
    detail: "They may come back. Only moderators can do it.",
    examples: &["/kick tybalt", "/kick tybalt no duels here"],
    xeps: &[45],
    run: |p| Ok(Action::Kick { nick: p.need(0, nick)?, reason: p.text(1) }),
};

const BAN: Slash = Slash {
    name: "ban",
    aliases: &[],
    domain: Domain::Rooms,
    args: &[
        Arg::need("who", ArgKind::Person, "a nickname in the room, or an address"),
        Arg::may("reason", ArgKind::Text, "why"),
    ],
    summary: "ban somebody from the room",
    detail: "Only admins and owners can do it. /unban takes it back.",
    examples: &["/ban tybalt no duels here", "/ban tybalt@capulet.lit"],
    xeps: &[45],
    run: |p| Ok(Action::Ban { who: p.need(0, person)?, reason: p.text(1) }),
};

const UNBAN: Slash = Slash {
    name: "unban",
    aliases: &[],
    domain: Domain::Rooms,
    args: &[Arg::need("address", ArgKind::Address, "who was banned")],
    summary: "unban somebody",
    detail: "",
    examples: &["/unban tybalt@capulet.lit"],
    xeps: &[45],
    run: |p| Ok(Action::Unban(p.need(0, bare)?)),
};

const CONFIG: Slash = Slash {
    name: "config",
    aliases: &["configure", "form"],
    domain: Domain::Rooms,
    args: &[],
    summary: "change the settings of the room",
    detail: "Opens the room's own form. Only owners can do it.",
    examples: &["/config"],
    xeps: &[45, 4],
    run: |_| Ok(Action::ConfigureRoom),
};

const LIST: Slash = Slash {
    name: "list",
    aliases: &["rooms"],
    domain: Domain::Rooms,
    args: &[Arg::may("service", ArgKind::Service, "a room service; your server's own if left out")],
    summary: "list the public rooms of a service",
    detail: "",
    examples: &["/list", "/list rooms.montague.lit"],
    xeps: &[45, 30],
    run: |p| Ok(Action::RoomList(p.read(0, bare)?)),
};

/// The rows.
pub const TABLE: &[Slash] = &[JOIN, PART, PM, NICK, TOPIC, NAMES, INVITE, KICK, BAN, UNBAN, CONFIG, LIST];
