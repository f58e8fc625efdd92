//! All commands: one row each, by domain.

mod accounts;
mod chat;
mod contacts;
mod history;
mod message;
mod presence;
mod program;
mod rooms;
mod services;

use super::spec::Slash;

/// All commands, in the order of help.
pub fn all() -> impl Iterator<Item = &'static Slash> {
    [
        chat::TABLE,
        message::TABLE,
        rooms::TABLE,
        contacts::TABLE,
        presence::TABLE,
        history::TABLE,
        services::TABLE,
        accounts::TABLE,
        program::TABLE,
    ]
    .into_iter()
    .flatten()
}

/// The command of this word, without the slash; the case does not matter.
#[must_use]
pub fn find(word: &str) -> Option<&'static Slash> {
    all().find(|s| s.words().any(|w| w.eq_ignore_ascii_case(word)))
}
