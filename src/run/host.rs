//! The files, the keyring and the programs of the machine, as the shell's effects use them.
//!
//! Each call starts a task or sends to one, and returns at once; what became of it comes back as a note.

use super::{
    clipboard, keyring,
    note::{Note, Notes},
    programs, secrets,
    writeback::{ConfigChange, Kept},
};
use crate::words;
use crate::{
    config::{AccountConfig, Config, Dirs, PasswordSource},
    model::{AccountId, AccountSettings, BareJid},
    text::encode,
    update::{Msg, ShellNews},
};
use std::collections::{HashSet, VecDeque};

/// The world outside, as far as the config and passwords go.
pub struct Host {
    /// Where things are.
    pub dirs: Dirs,
    /// The profile's own resource.
    pub resource: String,
    /// The accounts that are known: the config's, and those that the user added.
    pub accounts: Vec<AccountConfig>,
    /// Only this account is wanted.
    pub only: Option<BareJid>,
    /// Whether the keyring may be asked (not in the playground).
    pub has_keyring: bool,
    /// Where tasks tell what became of them.
    pub notes: Notes,
    /// Accounts whose engines wait for a password.
    pub awaited: HashSet<AccountId>,
    /// Password commands that wait for the terminal.
    pub commands: VecDeque<(AccountId, Vec<String>)>,
    /// One of them has the terminal.
    pub is_command_running: bool,
    /// Changes to the files, in order.
    pub changes: tokio::sync::mpsc::Sender<Kept>,
    /// A text that is being copied.
    pub copying: Option<tokio::task::JoinHandle<()>>,
    /// Changes to the keyring, in order.
    pub secrets: tokio::sync::mpsc::UnboundedSender<secrets::SecretChange>,
}

impl Host {
    /// Begins to write changes into the files, one after the other.
    pub fn write_changes(
        dirs: &Dirs,
        resource: &str,
        notes: &Notes,
    ) -> (tokio::sync::mpsc::Sender<Kept>, tokio::task::JoinHandle<()>) {
        let (sender, mut changes) = tokio::sync::mpsc::channel::<Kept>(32);
        let (dirs, resource, notes) = (dirs.clone(), resource.to_owned(), notes.clone());
        let task = tokio::spawn(async move {
            while let Some(change) = changes.recv().await {
                let (dirs, resource) = (dirs.clone(), resource.clone());
                let written = tokio::task::spawn_blocking(move || change.write(&dirs, &resource)).await;
                match written {
                    Ok(Ok(())) => {}
                    Ok(Err(why)) => notes.msg(Msg::Shell(ShellNews::Error(why))).await,
                    Err(e) => tracing::error!("a file was not written: {e}"),
                }
            }
        });
        (sender, task)
    }

    /// Gives the terminal, which must not be in use, to the next command.
    pub fn run_next_command(&mut self) {
        let Some((id, argv)) = self.commands.pop_front() else { return };
        self.is_command_running = true;
        let program = argv.first().cloned().unwrap_or_default();
        eprintln!("{}", words::secret::asking(encode::lines(&program), &id));
        let notes = self.notes.clone();
        tokio::spawn(async move {
            let found = programs::password_command(&argv).await;
            notes.tell(Note::CommandEnded(id, found)).await;
        });
    }

    /// Copies a text; an older one that is not copied yet is not wanted any more.
    pub(super) fn copy(&mut self, text: String) {
        let task = clipboard::begin(text, self.notes.clone());
        if let Some(older) = self.copying.replace(task) {
            older.abort();
        }
    }

    pub(super) fn tell(&self, told: ShellNews) {
        let notes = self.notes.clone();
        tokio::spawn(async move { notes.msg(Msg::Shell(told)).await });
    }

    pub(super) fn change(&self, change: ConfigChange) {
        self.keep(Kept::Config(change));
    }

    pub(super) fn keep(&self, kept: Kept) {
        if self.changes.try_send(kept).is_err() {
            self.tell(ShellNews::Error(words::config::too_many_changes()));
        }
    }

    /// Changes the keyring, where there is one to be used.
    pub(super) fn change_secret(&self, change: secrets::SecretChange) {
        if self.has_keyring && self.secrets.send(change).is_err() {
            tracing::error!("nobody changes the keyring any more");
        }
    }

    pub(super) fn read_config(&self) {
        let (path, resource, notes) = (self.dirs.config_file.clone(), self.resource.clone(), self.notes.clone());
        tokio::spawn(async move {
            let read = tokio::task::spawn_blocking(move || Config::load(&path, &resource)).await;
            let answer = match read {
                Ok(Ok(read)) => Ok(Box::new(read)),
                Ok(Err(e)) => Err(e.to_string()),
                Err(_) => Err(words::config::not_read()),
            };
            notes.tell(Note::ConfigRead(answer)).await;
        });
    }

    /// Tells whether there is a keyring, for the screen that asks for an account.
    pub(super) fn look_for_keyring(&self) {
        if !self.has_keyring {
            return self.tell(ShellNews::Keyring(Err(words::secret::playground_keeps_none())));
        }
        let notes = self.notes.clone();
        tokio::spawn(async move {
            let found = keyring::probe().await;
            notes.msg(Msg::Shell(ShellNews::Keyring(found))).await;
        });
    }

    /// Tells whether a typed password can be kept. Where a command knows it, the keyring is not asked at a start.
    pub(super) fn ask_keyring(&self, id: AccountId) {
        let is_found_there =
            self.accounts.iter().any(|a| a.settings.id == id && a.password == PasswordSource::KeyringOrAsk);
        if !self.has_keyring || !is_found_there {
            return;
        }
        let notes = self.notes.clone();
        tokio::spawn(async move {
            match keyring::probe().await {
                Ok(_) => notes.msg(Msg::Shell(ShellNews::CanSave(id))).await,
                Err(why) => tracing::info!("a typed password cannot be saved: {why}"),
            }
        });
    }

    /// Looks in the keyring for the password of a room. There is always an answer, since the room waits for it.
    pub(super) fn read_room_password(&self, id: AccountId, room: BareJid) {
        let (notes, may_ask) = (self.notes.clone(), self.has_keyring);
        tokio::spawn(async move {
            let found = if may_ask { keyring::read_room(&id, &room).await } else { Ok(None) };
            let found = found.unwrap_or_else(|why| {
                tracing::info!("the password of a room was not found: {why}");
                None
            });
            notes.msg(Msg::Shell(ShellNews::RoomPassword(id, room, found))).await;
        });
    }

    pub(super) fn know(&mut self, settings: &AccountSettings) {
        match self.accounts.iter_mut().find(|a| a.settings.id == settings.id) {
            Some(known) => known.settings = settings.clone(),
            None => self.accounts.push(AccountConfig {
                settings: settings.clone(),
                is_enabled: true,
                password: PasswordSource::default(),
            }),
        }
    }
}
