//! Messages from the shell's own tasks to the app's task.

use crate::{
    config::{Config, Warning},
    contract::Bootstrap,
    model::{AccountId, FastToken, Secret},
    update::Msg,
};
use tokio::sync::mpsc;

/// One thing that a task has to tell.
#[derive(Debug)]
pub enum Note {
    /// For `update`.
    Msg(Box<Msg>),
    /// The store was asked for what an engine starts with; or why not, in words.
    Bootstrapped(AccountId, Result<Box<Bootstrap>, String>),
    /// An engine ended; whether by a fault of its own.
    EngineEnded(AccountId, bool),
    /// A password command ended; with the password or why there is none, in words.
    CommandEnded(AccountId, Result<Secret, String>),
    /// An address or a route of the machine came or went.
    NetworkChanged,
    /// The config was read again.
    ConfigRead(Result<Box<(Config, Vec<Warning>)>, String>),
    /// No program took a text for the clipboard: the terminal gets it.
    CopyByTerminal(String),
    /// The keyring has a login token of this account.
    TokenFound(AccountId, FastToken),
    /// The keyring was asked for an account's password; in words, why there is none.
    SecretLookedFor(AccountId, Result<Secret, String>),
}

/// Where the tasks tell it. They may wait; the app's task never sends here.
#[derive(Debug, Clone)]
pub struct Notes(mpsc::Sender<Note>);

impl Notes {
    /// A way to the app's task, and its end there.
    pub fn channel() -> (Self, mpsc::Receiver<Note>) {
        let (sender, receiver) = mpsc::channel(64);
        (Self(sender), receiver)
    }

    /// Tells it. When the app's task is gone, nobody needs to know.
    pub async fn tell(&self, note: Note) {
        let _ = self.0.send(note).await;
    }

    /// Tells `update`.
    pub async fn msg(&self, msg: Msg) {
        self.tell(Note::Msg(Box::new(msg))).await;
    }
}
