//! The source of an account's password. This only names it; `run` asks it.

use crate::model::Secret;
use crate::words;

/// The source that the config names for an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PasswordSource {
    /// The keyring, and when it has none, the user.
    #[default]
    KeyringOrAsk,
    /// The first line that this command prints: a program and its arguments, never a shell's line.
    Command(Vec<String>),
    /// It stands in the config itself, by the user's explicit wish, in a file that nobody else may read.
    InConfig(Secret),
}

impl PasswordSource {
    /// What it is called, without the secret and without the command's arguments.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::KeyringOrAsk => words::secret::keyring(),
            Self::Command(argv) => words::secret::command(argv.first().map_or("", String::as_str)),
            Self::InConfig(_) => words::secret::config(),
        }
    }
}
