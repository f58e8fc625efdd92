//! The store of messages.

use crate::model::BareJid;
use std::fmt::Display;

/// The database of a newer program.
pub fn newer(path: impl Display, found: u32, known: u32) -> String {
    tr!("{path} was written by a newer parlour (format {found}, this one knows up to {known}); it was left as \
         it is")
}

/// Another program's database.
pub fn foreign() -> String {
    tr!("the file is not a message history of parlour")
}

/// A damaged database.
pub fn misnumbered(format: impl Display) -> String {
    tr!("the file calls itself format {format} and is not")
}

/// A file of the database.
pub fn cannot_use(path: impl Display, why: impl Display) -> String {
    tr!("cannot use {path}: {why}")
}

/// SQLite failed.
pub fn failed(why: impl Display) -> String {
    tr!("the message store failed: {why}")
}

/// Another parlour has the profile.
pub fn in_use(dir: &str, pid: Option<u32>) -> String {
    match pid {
        None => tr!("another parlour already uses this profile ({dir})"),
        Some(pid) => tr!("another parlour (process {pid}) already uses this profile ({dir})"),
    }
}

/// An account cannot begin.
pub fn crashed() -> String {
    tr!("the message store failed")
}

/// A fault of parlour's own.
pub fn outputs_taken() -> String {
    tr!("its outputs are taken")
}

/// The database is damaged.
pub fn damaged(found: impl Display, path: impl Display) -> String {
    tr!("The message history is damaged ({found}). Quit and start again: it will be kept as {path}.corrupt-… \
         and a new one begun.")
}

/// The database is gone.
pub fn gone(path: impl Display) -> String {
    tr!("the message history was deleted or moved while parlour runs; put it back, or quit and start again \
         ({path})")
}

/// What was wrong with the database.
pub fn damaged_in_use() -> String {
    tr!("it was found damaged while it was used")
}

/// The same.
pub fn not_ours() -> String {
    tr!("it is not a message history of parlour")
}

/// The same.
pub fn wrong_format(found: impl Display) -> String {
    tr!("it calls itself format {found} and is not")
}

/// A damaged database was put aside.
pub fn was_damaged(damage: impl Display, path: impl Display) -> String {
    tr!("The message history was damaged ({damage}). It was kept as {path} and a new one was begun; what your \
         servers archive comes back by itself.")
}

/// The disk is full, or the like.
pub fn cannot_write(why: impl Display, path: impl Display) -> String {
    tr!("the message history cannot be written: {why} ({path}); retrying")
}

/// The database failed.
pub fn cannot_write_any_more(path: impl Display, why: impl Display) -> String {
    tr!("The message history cannot be written any more ({path}): {why}")
}

/// A line in a chat, in place of a message that the disk has changed.
pub fn message_damaged() -> String {
    tr!("a message here was damaged on the disk and is not shown")
}

/// A line in the chat of a stranger who sent too much.
pub fn stranger_over(who: &BareJid, messages: i64, megabytes: i64) -> String {
    tr!(
        "{who} has sent more than is kept of somebody whom you have not accepted ({messages} messages or {megabytes} MB). \
         What comes now is not kept, until you /accept or answer."
    )
}

/// A line in a room whose people sent too many private messages.
pub fn strangers_over(messages: i64, megabytes: i64) -> String {
    tr!("More private messages came here than are kept of people whom you have not accepted ({messages} messages or \
         {megabytes} MB). What comes now is not kept, until you /accept or answer.")
}
