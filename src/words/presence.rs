//! How the user is shown to others.

use crate::model::Jid;

/// Presence was sent to one address only.
pub fn directed(to: &Jid, how: &str) -> String {
    tr!("{to} alone sees you as {how}")
}

/// /priority changed it.
pub fn priority_is(priority: i8) -> String {
    tr!("this client's priority is now {priority}")
}

/// The priority field.
pub fn bad_priority() -> String {
    tr!("must be a whole number from -128 to 127")
}

/// What is shown of the user from now on.
pub fn shown_as(how: &str) -> String {
    tr!("you are shown as {how}")
}

/// The same, without a connection.
pub fn shown_later_as(how: &str) -> String {
    tr!("not signed in; then you are shown as {how}")
}

/// The same, with the text that is shown beside it.
pub fn with_status(shown: &str, status: &str) -> String {
    tr!("{shown}: {status}")
}

/// Online, in words.
pub fn online() -> String {
    tr!("online")
}
