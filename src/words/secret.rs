//! Where passwords are kept.

use std::fmt::Display;

/// A password was looked for.
pub fn not_in_keyring() -> String {
    tr!("it is not in the keyring")
}

/// The keyring has a password now.
pub fn saved(id: impl Display) -> String {
    tr!("the password of {id} is saved in the keyring")
}

/// The keyring refused a password.
pub fn not_saved(id: impl Display, why: impl Display) -> String {
    tr!("the password of {id} is not saved: {why}")
}

/// The keyring forgot a password.
pub fn removed(id: impl Display) -> String {
    tr!("the password of {id} is removed from the keyring")
}

/// The keyring did not answer.
pub fn not_removed(id: impl Display, why: impl Display) -> String {
    tr!("the password of {id} may still be in the keyring: {why}")
}

/// The keyring does not keep what it is given.
pub fn other_came_back() -> String {
    tr!("it gave another password back")
}

/// Why the keyring gave no password.
pub fn locked() -> String {
    tr!("the keyring is locked")
}

/// The same.
pub fn no_entry() -> String {
    tr!("the keyring has no password for it")
}

/// The same.
pub fn not_text() -> String {
    tr!("what the keyring has for it is not text")
}

/// The same.
pub fn several() -> String {
    tr!("the keyring has several passwords for it")
}

/// The same.
pub fn failed() -> String {
    tr!("the keyring failed")
}

/// The same.
pub fn silent(seconds: u64) -> String {
    tr!("the keyring did not answer within {seconds} s")
}

/// The demo.
pub fn playground_keeps_none() -> String {
    tr!("the playground keeps no passwords")
}

/// Where a password comes from.
pub fn keyring() -> String {
    tr!("the system keyring")
}

/// The same.
pub fn command(program: &str) -> String {
    tr!("the command {program}")
}

/// The same.
pub fn config() -> String {
    tr!("the config file")
}

/// Printed before a password command runs.
pub fn asking(program: impl Display, id: impl Display) -> String {
    tr!("parlour: asking {program} for the password of {id}")
}

/// There is no keyring.
pub fn no_keyring() -> String {
    tr!("no keyring is running here")
}
