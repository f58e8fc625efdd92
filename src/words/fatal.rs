//! What ends the program.

use std::fmt::Display;

/// A folder of parlour's own cannot be made.
pub fn cannot_use_folder() -> String {
    tr!("cannot use a folder")
}

/// `--account` with an account that the config does not have.
pub fn no_account_in(wanted: impl Display, config: impl Display) -> String {
    tr!("no account {wanted} in {config}")
}

/// The database cannot be opened.
pub fn cannot_open_store(folder: impl Display) -> String {
    tr!("cannot open the message store in {folder}")
}

/// The database failed while the program ran.
pub fn store_stopped(why: impl Display) -> String {
    tr!("the message store cannot go on: {why}")
}

/// The terminal refuses something.
pub fn cannot_use_terminal(what: impl Display) -> String {
    tr!("cannot use the terminal: {what}")
}

/// The system refuses threads or signals.
pub fn cannot_start() -> String {
    tr!("cannot start")
}

/// The log file cannot be written.
pub fn cannot_write_log(file: impl Display) -> String {
    tr!("cannot write the log {file}")
}

/// A page could not be printed.
pub fn cannot_print() -> String {
    tr!("cannot print")
}
