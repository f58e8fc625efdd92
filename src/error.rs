//! The few errors that end the program. Everything else becomes a line on the screen.

use crate::config::{ConfigError, DirsError};
use std::path::PathBuf;

/// Why the program could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The config cannot be used. Its text names file, line and column.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A folder of parlour's own cannot be made, or is not the user's.
    #[error("{}", crate::words::fatal::cannot_use_folder())]
    Dirs(#[from] DirsError),
    /// `--account` names an account that the config does not have.
    #[error("{}", crate::words::fatal::no_account_in(wanted, config.display()))]
    NoSuchAccount {
        /// What was asked for.
        wanted: String,
        /// Where it was looked for.
        config: PathBuf,
    },
    /// The store cannot be opened, or another parlour has it.
    #[error("{}", crate::words::fatal::cannot_open_store(dir.display()))]
    Store {
        /// The folder.
        dir: PathBuf,
        /// The error below it.
        source: crate::store::StoreError,
    },
    /// The store stopped while the program ran; in words.
    #[error("{}", crate::words::fatal::store_stopped(.0))]
    StoreStopped(String),
    /// There is no terminal to draw on, or it refuses.
    #[error("{}", crate::words::fatal::cannot_use_terminal(what))]
    Terminal {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// This terminal cannot show a screen.
    #[error("{0}")]
    UnfitTerminal(String),
    /// The machinery underneath (threads, signals) refused.
    #[error("{}", crate::words::fatal::cannot_start())]
    Start(#[source] std::io::Error),
    /// The log file cannot be written.
    #[error("{}", crate::words::fatal::cannot_write_log(path.display()))]
    Log {
        /// The file.
        path: PathBuf,
        /// The error below it.
        source: std::io::Error,
    },
    /// A page or script could not be printed.
    #[error("{}", crate::words::fatal::cannot_print())]
    Print(#[source] std::io::Error),
}

impl Fatal {
    /// The exit code: 3 for the config, 1 for the rest (2 is a wrong command line, told by `cli`).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_) | Self::NoSuchAccount { .. } => 3,
            Self::Dirs(_)
            | Self::Store { .. }
            | Self::StoreStopped(_)
            | Self::Terminal { .. }
            | Self::UnfitTerminal(_)
            | Self::Start(_)
            | Self::Log { .. }
            | Self::Print(_) => 1,
        }
    }
}
