//! Addresses and nicknames that cannot be taken as they were typed.

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
