//! What `update` asks of the world. The shell (`run`) carries it out without ever making a key wait.

use crate::contract::{Command, Query, UserWrite};
use crate::model::{AccountId, AccountSettings, BareJid, FastToken, Intent, Secret, Strength, Time};

/// One thing to do, in the order asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Hand a command to an account's engine (`try_send`; comes back as `Msg::Refused` when full).
    Command(AccountId, Command),
    /// Ask the store.
    Query(Query),
    /// Have the store write.
    Write(UserWrite),
    /// Start an engine (again) for an account with these settings.
    StartAccount(Box<AccountSettings>, Intent),
    /// End an account's engine.
    StopAccount(AccountId),
    /// Write an account into the config.
    SaveAccount(Box<AccountSettings>),
    /// Take an account out of the config and its password out of the keyring.
    ForgetAccount(AccountId),
    /// Find out whether there is a keyring; comes back as `ShellNews::Keyring`.
    LookForKeyring,
    /// Find out whether a password that is typed for this account could be saved; comes back as `ShellNews::CanSave` if so.
    AskKeyring(AccountId),
    /// Save a password where the user chose (the keyring), and say so.
    SavePassword(AccountId, Secret),
    /// Ask the keyring for the password of a room; comes back as `ShellNews::RoomPassword`, also where there is none.
    ReadRoomPassword(AccountId, BareJid),
    /// Keep the password of a room in the keyring; `None` takes it out.
    SaveRoomPassword(AccountId, BareJid, Option<Secret>),
    /// Keep what was learned of a server's strength.
    SaveStrength(AccountId, Box<Strength>),
    /// Keep a login token where the password is kept; `None` takes it out.
    SaveToken(AccountId, Option<FastToken>),
    /// Write one setting into the config: dotted key, value as typed; `None` removes it.
    SaveSetting(String, Option<String>),
    /// Read the config again.
    ReloadConfig,
    /// Put text into the clipboard; the shell says what became of it.
    Copy(String),
    /// Open a link with the system's opener.
    Open(String),
    /// A notification (OSC 9), already plain text.
    Notify {
        /// The name of the sender or the room.
        title: String,
        /// The text.
        body: String,
    },
    /// Ring the bell.
    Bell,
    /// The terminal's title, already plain text.
    Title(String),
    /// Send `Msg::Woken` at this time; replaces an earlier one.
    WakeAt(Time),
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back and stop (Ctrl-Z).
    Suspend,
    /// End: sign out, commit, restore the terminal.
    Quit,
    /// End in the same way, then begin the demo in this terminal.
    Demo,
}

/// The effects of one message.
pub type Effects = Vec<Effect>;
