//! Forms of servers and rooms.

use crate::model::{BareJid, Jid};
use std::fmt::Display;

/// A field that is empty.
pub fn required() -> String {
    tr!("must be filled in")
}

/// A field with a value that is not offered.
pub fn choose_one() -> String {
    tr!("choose one of the options")
}

/// The second password field.
pub fn not_the_same() -> String {
    tr!("is not the same as above")
}

/// The form to register with was accepted.
pub fn registered(jid: &Jid) -> String {
    tr!("registered with {jid}")
}

/// The form of a room was accepted.
pub fn saved(room: &BareJid) -> String {
    tr!("the settings of {room} are saved")
}

/// Shown in the form.
pub fn refused(why: &str) -> String {
    tr!("refused: {why}")
}

/// Shown when the form is closed.
pub fn was_refused(why: &str) -> String {
    tr!("the form was refused: {why}")
}

/// Shown in the form.
pub fn link_lost() -> String {
    tr!("the connection was lost before the answer came")
}

/// Asks before a form is closed in which something was changed.
pub fn ask_discard(changed: usize) -> String {
    trn!(
        changed,
        "Close the form and discard what you changed in one field?",
        "Close the form and discard what you changed in {changed} fields?"
    )
}

/// The title of a form.
pub fn account_title(domain: &str) -> String {
    tr!("Create an account at {domain}")
}

/// The title of a form.
pub fn register_title(jid: impl Display) -> String {
    tr!("Register with {jid}")
}

/// The title of a form.
pub fn room_title(room: impl Display) -> String {
    tr!("Room configuration: {room}")
}

/// The form was sent.
pub fn waiting() -> String {
    tr!("waiting for the answer")
}

/// How many fields were changed.
pub fn changed(count: usize) -> String {
    tr!("changed: {count}")
}

/// Above the fields.
pub fn required_are_marked() -> String {
    tr!("Fields marked * must be filled in.")
}

/// How many lines are below.
pub fn more_below(mark: &str, count: usize) -> String {
    tr!("{mark} {count} more")
}

/// How many fields are wrong.
pub fn need_attention(count: usize) -> String {
    trn!(count, "1 field needs attention", "{count} fields need attention")
}

/// The button of a form that is kept.
pub fn save() -> String {
    tr!("[ Save ]")
}

/// The button of any other form.
pub fn send() -> String {
    tr!("[ Send ]")
}

/// The button that closes the form.
pub fn cancel() -> String {
    tr!("[ Cancel ]")
}

/// A list in which nothing is chosen.
pub fn none() -> String {
    tr!("(none)")
}

/// A list without options.
pub fn no_options() -> String {
    tr!("(nothing to choose)")
}
