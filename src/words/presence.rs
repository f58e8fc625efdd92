//! How the user is shown to others.

use crate::model::{Availability, Jid};
use std::fmt::Display;

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

/// The title of the presence pane.
pub fn title() -> String {
    tr!("Presence")
}

/// Heading of the user's own presence.
pub fn you() -> String {
    tr!("You")
}

/// Whose presence is set.
pub fn all_accounts(count: usize) -> String {
    tr!("all {count} accounts")
}

/// Label of a field.
pub fn text() -> String {
    tr!("Text")
}

/// Label of a field.
pub fn priority() -> String {
    tr!("Priority")
}

/// Beside the field.
pub fn about_priority() -> String {
    tr!("-128 to 127; a negative one gets no messages")
}

/// No chat is open.
pub fn open_a_chat() -> String {
    tr!("Open a chat to see its contact's presence here.")
}

/// What is known of somebody.
pub fn not_a_contact() -> String {
    tr!("not in your contacts")
}

/// The same.
pub fn subscription(how: &str) -> String {
    tr!("subscription: {how}")
}

/// The same.
pub fn offline_or_hidden() -> String {
    tr!("offline, or not telling you")
}

/// How long nobody touched a device.
pub fn idle_for(span: impl Display) -> String {
    tr!("idle {span}")
}

/// Since when a device shows this.
pub fn since(time: impl Display) -> String {
    tr!("since {time}")
}

/// The facts of a device.
pub fn priority_and_since(priority: i8, dot: &str, since: &str) -> String {
    tr!("priority {priority} {dot} {since}")
}

/// The user is not in the room.
pub fn not_there() -> String {
    tr!("not there")
}

/// No affiliation.
pub fn none() -> String {
    tr!("none")
}

/// Offline, in words.
pub fn offline() -> String {
    tr!("offline")
}

/// How somebody is there.
pub fn label(how: Availability) -> String {
    match how {
        Availability::Chat => tr!("free to chat"),
        Availability::Online => online(),
        Availability::Away => tr!("away"),
        Availability::ExtendedAway => tr!("extended away"),
        Availability::DoNotDisturb => tr!("do not disturb"),
        Availability::Offline => offline(),
    }
}
