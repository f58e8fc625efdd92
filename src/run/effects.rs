//! Carries out the effects of `update`. Each one is a try, a task or a line to the terminal; none of them waits.

use super::{
    keyring,
    note::Note,
    osc, programs, secrets,
    shell::{Ended, Shell},
    writeback::{ConfigChange, Kept},
};
use crate::words;
use crate::{
    config::{AccountConfig, Config, PasswordSource, Warning},
    contract::{Command, command::session},
    model::{AccountId, AccountSettings, FastToken, Intent, Options, Secret},
    update::{Effect, Msg, ShellNews},
};

impl Shell {
    /// Carries out one effect.
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Command(id, command) => self.command(id, command),
            Effect::Query(query) => self.waiting.query(query),
            Effect::Write(write) => self.waiting.write(write),
            Effect::StartAccount(settings, intent) => self.start(settings, intent),
            Effect::StopAccount(id) => self.engines.stop(&id),
            Effect::SaveAccount(settings) => {
                self.host.know(&settings);
                self.host.change(ConfigChange::Account(settings));
            }
            Effect::ForgetAccount(id) => {
                self.engines.stop(&id);
                self.host.accounts.retain(|a| a.settings.id != id);
                self.host.change(ConfigChange::Forget(id.clone()));
                self.engines.strengths.remove(&id);
                self.host.keep(Kept::Strength(id.clone(), None));
                self.host.change_secret(secrets::SecretChange::Forget(id));
            }
            Effect::SavePassword(id, secret) => self.host.change_secret(secrets::SecretChange::Password(id, secret)),
            Effect::ReadRoomPassword(id, room) => self.host.read_room_password(id, room),
            Effect::SaveRoomPassword(id, room, secret) => {
                self.host.change_secret(secrets::SecretChange::Room(id, room, secret));
            }
            Effect::SaveToken(id, token) => self.host.change_secret(secrets::SecretChange::Token(id, token)),
            Effect::SaveSetting(key, value) => self.host.change(ConfigChange::Setting(key, value)),
            Effect::SaveStrength(id, strength) => {
                self.engines.strengths.insert(id.clone(), (*strength).clone());
                self.host.keep(Kept::Strength(id, Some(strength)));
            }
            Effect::ReloadConfig => self.host.read_config(),
            Effect::Copy(text) => self.host.copy(text),
            Effect::Open(link) => self.open(link),
            Effect::Notify { title, body } => self.screen.put(&osc::notify(&title, &body)),
            Effect::Bell => self.screen.put(osc::BELL),
            Effect::Title(text) => self.screen.put(&osc::title(&text)),
            Effect::WakeAt(at) => self.wake_at = Some(at),
            Effect::Redraw => self.redraw(),
            Effect::AskKeyring(id) => self.host.ask_keyring(id),
            Effect::LookForKeyring => self.host.look_for_keyring(),
            Effect::Suspend => self.is_suspend_asked = true,
            Effect::Quit => self.begin_end(),
            Effect::Demo => {
                self.ended = Ended::IntoDemo;
                self.begin_end();
            }
        }
    }

    /// Makes the configured accounts known and looks for their passwords.
    pub(super) fn sign_in_all(&mut self) {
        let accounts: Vec<AccountConfig> = self.host.accounts.clone();
        let is_wanted = |a: &&AccountConfig| match &self.host.only {
            Some(only) => a.settings.id.jid() == only,
            None => a.is_enabled,
        };
        let wanted: Vec<AccountConfig> = accounts.iter().filter(is_wanted).cloned().collect();
        if accounts.is_empty() {
            self.take(Msg::NoAccounts);
        }
        for account in wanted {
            self.begin_account(&account);
        }
    }

    /// The engine starts at once, so that what is written offline is on disk; the password follows.
    fn begin_account(&mut self, account: &AccountConfig) {
        self.take(Msg::AccountStarted(account.settings.clone()));
        self.sign_in(account);
    }

    /// Looks for an account's password; its engine, started where there is none, waits for it.
    fn sign_in(&mut self, account: &AccountConfig) {
        let id = account.settings.id.clone();
        let settings = Box::new(account.settings.clone());
        if let PasswordSource::InConfig(secret) = &account.password {
            return self.engines.start(settings, Intent::SignIn(secret.clone()));
        }
        let is_ready = settings.is_guest
            || (settings.client_certificate.is_some() && account.password == PasswordSource::KeyringOrAsk);
        if is_ready {
            return self.engines.start(settings, Intent::WithoutPassword);
        }
        if !self.engines.has(&id) {
            self.engines.start(settings, Intent::AwaitPassword);
        }
        self.host.awaited.insert(id.clone());
        match &account.password {
            PasswordSource::InConfig(_) => {}
            PasswordSource::Command(argv) => self.host.commands.push_back((id, argv.clone())),
            PasswordSource::KeyringOrAsk => {
                let notes = self.host.notes.clone();
                tokio::spawn(async move {
                    let found = match keyring::read(&id).await {
                        Ok(Some(secret)) => Ok(secret),
                        Ok(None) => Err(words::secret::not_in_keyring()),
                        Err(why) => Err(why),
                    };
                    // A token is kept only beside a password; a keyring that is silent is not asked a second time (K-02).
                    if found.is_ok()
                        && let Ok(Some(token)) = keyring::read_token(&id).await
                    {
                        notes.tell(Note::TokenFound(id.clone(), token)).await;
                    }
                    notes.tell(Note::SecretLookedFor(id, found)).await;
                });
            }
        }
    }

    /// The keyring has a token of the last login: the next one needs no password.
    pub(super) fn token_found(&mut self, id: &AccountId, token: FastToken) {
        if self.host.awaited.contains(id) {
            self.command(id.clone(), Command::Session(session::Command::SetToken(Box::new(token))));
        }
    }

    /// A source of passwords answered.
    pub(super) fn secret_looked_for(&mut self, id: &AccountId, found: Result<Secret, String>) {
        if !self.host.awaited.contains(id) {
            // The user was faster.
            return;
        }
        match found {
            Ok(secret) => self.command(id.clone(), Command::Session(session::Command::SetPassword(secret))),
            Err(why) => self.take(Msg::PasswordWanted(id.clone(), why)),
        }
    }

    fn start(&mut self, settings: Box<AccountSettings>, intent: Intent) {
        self.host.know(&settings);
        self.host.awaited.remove(&settings.id);
        self.queue.push_back(Msg::AccountStarted((*settings).clone()));
        self.engines.start(settings, intent);
    }

    fn command(&mut self, id: AccountId, command: Command) {
        if let Command::Session(asked) = &command
            && let Some(account) = self.host.accounts.iter().find(|a| a.settings.id == id).cloned()
        {
            let is_gone = !self.engines.has(&id);
            match asked {
                session::Command::SetPassword(secret) => {
                    self.host.awaited.remove(&id);
                    if is_gone {
                        let intent = Intent::SignIn(secret.clone());
                        return self.engines.start(Box::new(account.settings), intent);
                    }
                }
                session::Command::Connect if is_gone || self.host.awaited.contains(&id) => {
                    return self.sign_in(&account);
                }
                session::Command::Connect
                | session::Command::AcceptWeaker(_)
                | session::Command::AllowPlain
                | session::Command::Disconnect
                | session::Command::SetToken(_)
                | session::Command::SetPins(_)
                | session::Command::NetworkChanged
                | session::Command::CheckStatus
                | session::Command::SendRaw(_)
                | session::Command::WatchWire(_)
                | session::Command::SubmitRegistration(_)
                | session::Command::Quit => {}
            }
        }
        if let Err(command) = self.engines.send(&id, command) {
            self.queue.push_back(Msg::Refused(id, command));
        }
    }

    /// A text for the clipboard that no program took.
    pub(super) fn copy_by_terminal(&mut self, text: &str) {
        let told = match osc::copy(text) {
            Some(bytes) => {
                self.screen.put(&bytes);
                ShellNews::Info(words::outside::sent_to_terminal())
            }
            None => ShellNews::Error(words::outside::too_long_to_copy()),
        };
        self.take(Msg::Shell(told));
    }

    fn open(&self, link: String) {
        let notes = self.host.notes.clone();
        tokio::spawn(async move {
            if let Err(why) = programs::open(link).await {
                notes.msg(Msg::Shell(ShellNews::Error(why))).await;
            }
        });
    }

    /// What is odd in the config: all of it is in the log, one notice is on the screen.
    pub(super) fn config_warned(&mut self, warnings: &[Warning]) {
        for warning in warnings {
            tracing::warn!("{}", warning.line());
        }
        let told = match warnings {
            [] => return,
            [one] => words::config::kept_in_log(one.line()),
            [..] => words::config::not_understood(warnings.len()),
        };
        if warnings.len() > 1 {
            self.queue.extend(warnings.iter().map(|w| Msg::Shell(ShellNews::Log(w.line()))));
        }
        self.queue.push_back(Msg::Shell(ShellNews::Warning(told)));
    }

    /// The config was read again: options, keys and new accounts are taken over.
    pub(super) fn config_read(&mut self, read: Result<Box<(Config, Vec<Warning>)>, String>) {
        let (config, warnings) = match read {
            Ok(read) => *read,
            Err(why) => {
                return self.take(Msg::Shell(ShellNews::Error(words::config::not_reloaded(why))));
            }
        };
        self.keymap = config.keymap;
        let options: Options = config.options;
        self.take(Msg::Reloaded(Box::new(options)));
        self.config_warned(&warnings);
        for account in config.accounts {
            let known = self.host.accounts.iter().position(|a| a.settings.id == account.settings.id);
            match known {
                Some(at) => self.host.accounts[at] = account,
                None => {
                    self.host.accounts.push(account.clone());
                    if account.is_enabled {
                        self.begin_account(&account);
                    }
                }
            }
        }
    }
}
