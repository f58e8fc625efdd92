//! Contacts: adding, removing, naming and grouping them.

use crate::model::BareJid;
use std::fmt::Display;

/// The user adds, or asks about, themselves.
pub fn own_address() -> String {
    tr!("that is your own address")
}

/// A contact request goes out.
pub fn request_sent(jid: &BareJid) -> String {
    tr!("sent a contact request to {jid}")
}

/// Something that is only done to contacts.
pub fn not_a_contact(jid: &BareJid) -> String {
    tr!("{jid} is not a contact")
}

/// A contact was removed.
pub fn removed(jid: &BareJid) -> String {
    tr!("removed {jid}; the messages stay in the history")
}

/// The same, where adding them is the next step.
pub fn not_a_contact_add(jid: impl Display) -> String {
    tr!("{jid} is not a contact: /add {jid} first")
}

/// A contact has another name.
pub fn renamed(jid: &BareJid, name: &str) -> String {
    tr!("{jid} is now called {name}")
}

/// What stands in [`grouped`] for an empty list.
pub fn no_group() -> String {
    tr!("no group")
}

/// A contact is in other groups.
pub fn grouped(jid: &BareJid, groups: &str) -> String {
    tr!("{jid} is now in {groups}")
}

/// A key for contacts, elsewhere in the sidebar.
pub fn row_is_none() -> String {
    tr!("this row is not a contact")
}

/// A name that two contacts have.
pub fn ambiguous(name: &str, one: &BareJid, other: &BareJid) -> String {
    tr!("{name} may be {one} or {other}: give the address")
}

/// A name that nobody has.
pub fn nobody_called(name: &str) -> String {
    tr!("nobody here and no contact is called {name}: give the address")
}

/// Their request was answered by the user's own.
pub fn sees_you_too(name: &str) -> String {
    tr!("{name} sees when you are online, too: you asked first")
}

/// A contact request was accepted.
pub fn allowed(name: &str) -> String {
    tr!("{name} lets you see when they are online")
}

/// A contact request was denied, or taken back.
pub fn denied(name: &str) -> String {
    tr!("{name} does not let you see when they are online")
}

/// The server refused a change.
pub fn not_changed(jid: &BareJid, why: &str) -> String {
    tr!("the server did not change the contact {jid}: {why}")
}
