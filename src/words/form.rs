//! Forms of servers and rooms.

use crate::model::{BareJid, Jid};

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
