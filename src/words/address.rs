//! Addresses and nicknames that cannot be taken as they were typed.

use crate::model::BareJid;
use std::fmt::Display;

/// The same.
pub fn has_space() -> String {
    tr!("not a valid address: it has a space in it")
}

/// A nickname that was typed.
pub fn bad_nick(why: impl Display) -> String {
    tr!("not a valid nickname: {why}")
}

/// The same.
pub fn bad_nick_named(nick: &str, why: impl Display) -> String {
    tr!("{nick} is not a valid nickname: {why}")
}

/// An address that was typed.
pub fn not_valid_named(typed: &str, why: impl Display) -> String {
    tr!("{typed} is not a valid address: {why}")
}

/// An address that was typed.
pub fn not_valid(why: impl Display) -> String {
    tr!("not a valid address: {why}")
}

/// A resource that was typed.
pub fn bad_resource(why: impl Display) -> String {
    tr!("not a valid resource: {why}")
}

/// An address imitates that of a contact or of the user.
pub fn looks_like(jid: &BareJid, other: &BareJid, difference: &str) -> String {
    tr!("{jid} looks like {other} and is not: {difference}")
}

/// The same, where the server's name is odd as well.
pub fn and_host(alike: &str, why: &str) -> String {
    tr!("{alike}; {why}")
}

/// A server where a person is meant.
pub fn needs_name() -> String {
    tr!("not a valid address: it must be name@server")
}
