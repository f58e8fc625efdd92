//! The message history and the archive: looking back, what came late, what failed.

use std::fmt::Display;

/// For the log: the archive answered with an error.
pub fn unreadable(archive: impl Display, why: &str) -> String {
    tr!("the archive of {archive} cannot be read: {why}")
}

/// The user asked for older messages.
pub fn no_older(why: &str) -> String {
    tr!("no older messages from the archive: {why}")
}

/// The database failed.
pub fn unreadable_here(why: impl Display) -> String {
    tr!("the message history could not be read: {why}")
}

/// Esc ended a search through the archive.
pub fn stopped_at(day: &str) -> String {
    tr!("stopped; the messages here go back to {day}")
}

/// The same, before anything was found.
pub fn stopped() -> String {
    tr!("stopped")
}

/// The first message of a chat that has none.
pub fn empty() -> String {
    tr!("there are no messages here")
}

/// /history with a day.
pub fn nothing_since() -> String {
    tr!("no messages on that day or later")
}

/// /history with a day: what is shown now.
pub fn from_day(day: &str) -> String {
    tr!("from {day} on")
}

/// /history with a number: what is shown now.
pub fn messages_back(count: usize) -> String {
    trn!(count, "1 message back", "{count} messages back")
}

/// The disk has room again.
pub fn writable_again() -> String {
    tr!("the message history can be written again")
}

/// The names of the chats in [`came_late`], where there are more.
pub fn and_others(names: &str) -> String {
    tr!("{names} and others")
}

/// Messages of the archive have their place above what was read already.
pub fn came_late(count: usize, names: &str) -> String {
    trn!(
        count,
        "1 message came late, further up in {names}: older than what you have read",
        "{count} messages came late, further up in {names}: older than what you have read"
    )
}

/// Where the messages of a chat begin, as far as is known.
#[derive(Debug, Clone, Copy)]
pub enum Ends {
    /// There is nothing older.
    First,
    /// The archive was asked often enough.
    MayHaveMore,
    /// The archive cannot be asked.
    NotConnected,
}

/// Where the messages begin.
pub fn begins(ends: Ends, day: &str) -> String {
    match ends {
        Ends::First => tr!("the first message here is from {day}"),
        Ends::MayHaveMore => tr!("the oldest stored message is from {day}; the archive may have more, retry to go on"),
        Ends::NotConnected => tr!("the oldest stored message is from {day}; not connected to the archive"),
    }
}

/// A day was asked for from before the first message.
pub fn is_further_back(wanted: &str, begins: &str) -> String {
    tr!("{wanted} is further back; {begins}")
}

/// More messages were asked for than there are.
pub fn fewer_than(count: usize, ends: Ends, begins: &str) -> String {
    match ends {
        Ends::First => tr!("there are fewer than {count} older messages; {begins}"),
        Ends::MayHaveMore | Ends::NotConnected => tr!("fewer than {count} older messages are stored; {begins}"),
    }
}

/// On the way to a place that is far up.
pub fn waiting_for_archive() -> String {
    tr!("waiting until the missed messages are here; Esc stops")
}

/// On the way to a place that is far up.
pub fn asking() -> String {
    tr!("asking the archive for older messages; Esc stops")
}

/// The same, with how far it went.
pub fn asking_back_to(day: &str) -> String {
    tr!("asking the archive for older messages, back to {day} so far; Esc stops")
}
