//! The store of messages.

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
