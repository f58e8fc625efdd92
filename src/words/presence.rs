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
