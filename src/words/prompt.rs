//! Boxes that ask for a password or an address.

use crate::model::{AccountId, BareJid};

/// The password of an account is asked for.
pub fn password_of(account: &AccountId) -> String {
    tr!("Password of {account}")
}

/// The password before was refused.
pub fn was_wrong() -> String {
    tr!("the last one was wrong")
}

/// The password of a room is asked for.
pub fn room_password(room: &BareJid) -> String {
    tr!("{room} asks for a password")
}

/// The box that joins and starts.
pub fn join() -> String {
    tr!("A room (name or address), or somebody's address")
}

/// An empty line.
pub fn nothing_typed() -> String {
    tr!("nothing was typed; Esc closes this")
}

/// The account was removed meanwhile.
pub fn account_gone(account: &AccountId) -> String {
    tr!("{account} is not set up any more")
}

/// For the log: where was looked.
pub fn no_password(account: &AccountId, looked: &str) -> String {
    tr!("{account}: no password: {looked}")
}

/// The password of an account is asked for, and why.
pub fn password_of_because(account: &AccountId, why: &str) -> String {
    tr!("Password of {account} ({why})")
}
