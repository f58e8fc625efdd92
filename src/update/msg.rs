//! The messages that `update` takes.

use crate::action::Key;
use crate::contract::{Command, Committed, Reply, StoreNews, UserWrite};
use crate::model::{AccountId, AccountSettings, BareJid, Options, Secret, TerminalColours, Time};

/// What `run` stamps on each message, so that `update` asks no clock and no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The clock.
    pub now: Time,
    /// The zone's offset from UTC in minutes.
    pub zone_minutes: i32,
    /// Fresh random bits, for ids.
    pub seed: u128,
}

/// Anything that happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key was pressed.
    Key(Key),
    /// Text was pasted (bracketed paste).
    Paste(String),
    /// The terminal has this size now: columns, rows.
    Resized(u16, u16),
    /// The terminal has the focus, or lost it.
    Focused(bool),
    /// The store committed events of an account.
    Committed(Committed),
    /// The store answered.
    Replied(Reply),
    /// The time that an effect asked for has come.
    Woken,
    /// A command did not fit into an engine's channel: nothing was sent. The text goes back.
    Refused(AccountId, Box<Command>),
    /// A write of the user's did not fit; tried again.
    WriteRefused(Box<UserWrite>),
    /// Something is wrong with the store.
    Store(StoreNews),
    /// The system's clock was set: it goes so many milliseconds later now, or earlier.
    ClockMoved(i64),
    /// The program is told to end by something else than the user's wish: a signal, a closed terminal.
    Ending,
    /// The config has no account: the first-run screen is opened. A `ShellNews::Keyring` follows.
    NoAccounts,
    /// An account is there: it was configured, or an engine is started for it (perhaps again).
    AccountStarted(AccountSettings),
    /// No password is known for this account: ask. Says where was looked, in words.
    PasswordWanted(AccountId, String),
    /// A password source answered or failed; in words. For the first-run screen and the log.
    Shell(ShellNews),
    /// The config was read again.
    Reloaded(Box<Options>),
}

/// What the shell tells of work that it did.
#[derive(Debug, Clone, PartialEq)]
pub enum ShellNews {
    /// Worked, in words.
    Info(String),
    /// Worked, but there is something to know.
    Warning(String),
    /// Did not, in words: what, why, what to do.
    Error(String),
    /// Where the keyring is, or why there is none.
    Keyring(Result<String, String>),
    /// A password that is typed for this account could be saved in the keyring, and would be found there.
    CanSave(AccountId),
    /// What the keyring has for a room that asks for a password.
    RoomPassword(AccountId, BareJid, Option<Secret>),
    /// A line for the log pane.
    Log(String),
    /// A password to show in the prompt's place; from a source in the config.
    Password(AccountId, Secret),
    /// The terminal told what its colours look like.
    Colours(Box<TerminalColours>),
}
