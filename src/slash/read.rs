//! Readers of arguments: a word as a value, or what is wrong with it in words.
//!
//! The rows of the command table name them; they know neither the table nor the line.

use crate::action::{RoomName, Target};
use crate::model::{Availability, BareJid, Jid};
use crate::words;

/// An address.
pub fn jid(text: &str) -> Result<Jid, String> {
    Jid::typed(text).map_err(words::address::not_valid)
}

/// An address without a resource.
pub fn bare(text: &str) -> Result<BareJid, String> {
    BareJid::typed(text).map_err(words::address::not_valid)
}

/// An account or contact: an address with a part before the `@`.
pub fn user(text: &str) -> Result<BareJid, String> {
    let jid = bare(text)?;
    if jid.local().is_some() { Ok(jid) } else { Err(words::address::needs_name()) }
}

/// Somebody: an address where there is an `@` or a `/`, else a name.
pub fn person(text: &str) -> Result<Target, String> {
    if text.contains(['@', '/']) {
        jid(text).map(Target::Address)
    } else if text.is_empty() {
        Err(words::command::name_missing())
    } else {
        Ok(Target::Name(text.to_owned()))
    }
}

/// A room, and what a link to it says beside that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomLink {
    /// Which room.
    pub name: RoomName,
    /// The nickname in the link.
    pub nick: Option<String>,
    /// The password in the link.
    pub password: Option<String>,
    /// The link says that it leads into a room.
    pub is_join: bool,
}

/// A room: an address where there is an `@`, else its name. A `#` in front of a name is decoration; in front of an address
/// it belongs to it, as with the channels of IRC.
pub fn room(text: &str) -> Result<RoomName, String> {
    if text.contains('@') {
        return bare(text).map(RoomName::Address);
    }
    let text = text.strip_prefix('#').unwrap_or(text);
    // The name is checked as the address's first part that it will be.
    match BareJid::typed(&format!("{text}@rooms.invalid")) {
        Ok(jid) => Ok(RoomName::Local(jid.local().unwrap_or(text).to_owned())),
        Err(e) => Err(words::address::not_valid(e)),
    }
}

/// A room as the user types it, or an `xmpp:` link to one (RFC 5122, XEP-0147).
pub fn room_link(text: &str) -> Result<RoomLink, String> {
    const SCHEME: &str = "xmpp:";
    let is_link = text.get(..SCHEME.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME));
    if !is_link {
        return Ok(RoomLink { name: room(text)?, nick: None, password: None, is_join: false });
    }
    let (path, query) = text[SCHEME.len()..].split_once('?').unwrap_or((&text[SCHEME.len()..], ""));
    // With the account that is meant in front: xmpp://me@server/room@service.
    let path = match path.strip_prefix("//") {
        Some(rest) => rest.split_once('/').ok_or(words::command::link_without_room())?.1,
        None => path,
    };
    let query = query.split('#').next().unwrap_or_default();
    let mut parts = query.split(';');
    let verb = parts.next().unwrap_or_default();
    if !verb.is_empty() && verb != "join" {
        return Err(words::command::link_with_other_verb(verb));
    }
    let (address, nick) = match path.split_once('/') {
        Some((address, nick)) => (address, Some(decoded(nick)?)),
        None => (path, None),
    };
    let password = parts.find_map(|part| part.strip_prefix("password=")).map(decoded).transpose()?;
    let address = decoded(address)?;
    let name = bare(&address).map(RoomName::Address)?;
    let filled = |text: &String| !text.is_empty();
    let (nick, password) = (nick.filter(filled), password.filter(filled));
    Ok(RoomLink { name, nick, password, is_join: verb == "join" })
}

/// A part of a link with its `%` escapes undone.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        out.push(match byte {
            b'%' => match (digit(bytes.next()), digit(bytes.next())) {
                (Some(high), Some(low)) => high * 16 + low,
                _ => return Err(words::command::bad_escape()),
            },
            byte => byte,
        });
    }
    String::from_utf8(out).map_err(|_| words::command::escapes_not_text())
}

/// A nickname.
pub fn nick(text: &str) -> Result<String, String> {
    let fits = !text.trim().is_empty() && text.len() <= 1023 && !text.chars().any(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err(words::command::bad_nick()) }
}

/// How to be there.
pub fn availability(text: &str) -> Result<Availability, String> {
    let found = Availability::ALL.into_iter().find(|a| a.word().eq_ignore_ascii_case(text));
    found.ok_or_else(|| words::command::one_of(&Availability::ALL.map(Availability::word).join(", ")))
}

/// A number from 1.
pub fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(words::command::number)
}
