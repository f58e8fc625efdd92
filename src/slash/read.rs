//! Readers of arguments: a word as a value, or what is wrong with it in words.
//!
//! The rows of the command table name them; they know neither the table nor the line.

use crate::action::{RoomName, Target};
use crate::model::{Availability, BareJid, Jid};

/// An address.
pub fn jid(text: &str) -> Result<Jid, String> {
    Jid::parse(text).map_err(|e| format!("not a valid address: {e}"))
}

/// An address without a resource.
pub fn bare(text: &str) -> Result<BareJid, String> {
    BareJid::parse(text).map_err(|e| format!("not a valid address: {e}"))
}

/// An account or contact: an address with a part before the `@`.
pub fn user(text: &str) -> Result<BareJid, String> {
    let jid = bare(text)?;
    if jid.local().is_some() { Ok(jid) } else { Err("not a valid address: name@server is meant".into()) }
}

/// Somebody: an address where there is an `@` or a `/`, else a name.
pub fn person(text: &str) -> Result<Target, String> {
    if text.contains(['@', '/']) {
        jid(text).map(Target::Address)
    } else if text.is_empty() {
        Err("a name is missing".into())
    } else {
        Ok(Target::Name(text.to_owned()))
    }
}

/// A room: an address where there is an `@`, else its name; `#` in front and `xmpp:` are left out.
pub fn room(text: &str) -> Result<RoomName, String> {
    let text = text.strip_prefix("xmpp:").unwrap_or(text);
    let text = text.strip_suffix("?join").unwrap_or(text).trim_start_matches('#');
    if text.contains('@') {
        return bare(text).map(RoomName::Address);
    }
    // The name is checked as the address's first part that it will be.
    match BareJid::parse(&format!("{text}@rooms.invalid")) {
        Ok(jid) => Ok(RoomName::Local(jid.local().unwrap_or(text).to_owned())),
        Err(e) => Err(format!("not a valid address: {e}")),
    }
}

/// A nickname.
pub fn nick(text: &str) -> Result<String, String> {
    let fits = !text.trim().is_empty() && text.len() <= 1023 && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err("not a nickname: it is empty, too long or has control characters".into())
    }
}

/// How to be there.
pub fn availability(text: &str) -> Result<Availability, String> {
    let found = Availability::ALL.into_iter().find(|a| a.word().eq_ignore_ascii_case(text));
    found.ok_or_else(|| format!("must be one of {}", Availability::ALL.map(Availability::word).join(", ")))
}

/// A number from 1.
pub fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|n| *n > 0).ok_or_else(|| "must be a number from 1".to_owned())
}
