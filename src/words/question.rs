//! Boxes that wait until nobody types, and questions.

use crate::model::{AccountId, BareJid};
use std::fmt::Display;

/// A box that waits until nobody types.
pub fn needs_password(who: impl Display) -> String {
    tr!("{who}: the password is needed")
}

/// The same.
pub fn needs_yes(account: &AccountId) -> String {
    tr!("{account}: signing in needs your yes")
}

/// The same.
pub fn question() -> String {
    tr!("a question")
}

/// The same.
pub fn account_form(account: &AccountId) -> String {
    tr!("{account}: the form for the new account is here")
}

/// The same.
pub fn registration_form(jid: impl Display) -> String {
    tr!("{jid}: the form to register with is here")
}

/// The same.
pub fn room_form(room: &BareJid) -> String {
    tr!("{room}: the form with its settings is here")
}

/// The same.
pub fn answer() -> String {
    tr!("an answer is here")
}

/// The key that opens a waiting box.
pub fn none_waiting() -> String {
    tr!("no question is waiting")
}

/// A box whose reason has gone.
pub fn not_needed() -> String {
    tr!("this is not needed any more: Enter or Esc closes it")
}

/// The title of a question: a link.
pub fn open_link() -> String {
    tr!("Open link?")
}

/// The title of a question: a form that was changed.
pub fn discard() -> String {
    tr!("Discard changes?")
}

/// The title of any other question.
pub fn confirm() -> String {
    tr!("Please confirm")
}

/// The title of a box that wants a password.
pub fn password() -> String {
    tr!("Password")
}

/// The title of a box whose reason has gone.
pub fn done() -> String {
    tr!("Done")
}

/// The title of the box that joins and starts.
pub fn join() -> String {
    tr!("Join or start")
}

/// The title of a box that wants consent.
pub fn sign_in_anyway() -> String {
    tr!("Sign in anyway?")
}

/// A box to tick.
pub fn save_in_keyring() -> String {
    tr!("save it in the keyring")
}
