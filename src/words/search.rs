//! The search through the messages.

use std::fmt::Display;

/// The title of a search.
pub fn in_chat(chat: impl Display) -> String {
    tr!("Search in {chat}")
}

/// The title of a search.
pub fn everywhere() -> String {
    tr!("Search everywhere")
}

/// How many were found: not known yet.
pub fn searching() -> String {
    tr!("searching")
}

/// How many were found.
pub fn and_more(count: usize) -> String {
    tr!("{count} and more")
}

/// How many were found.
pub fn found(count: usize) -> String {
    tr!("{count} found")
}

/// Nothing was typed.
pub fn type_words() -> String {
    tr!("Type words. \"two words\" finds them side by side.")
}

/// Nothing was found yet.
pub fn searching_sentence() -> String {
    tr!("Searching")
}

/// Nothing was found.
pub fn nothing() -> String {
    tr!("Nothing found.")
}

/// How far a search reaches.
pub fn asking_server(day: &str) -> String {
    tr!("Asking the server: back to {day} so far. Esc stops.")
}

/// The same.
pub fn all_searched(day: &str) -> String {
    tr!("Searched back to {day}: that is all there is.")
}

/// The same.
pub fn searched(day: &str) -> String {
    tr!("Searched back to {day}. Enter here asks the server for older messages.")
}
