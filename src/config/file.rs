//! Reads `config.toml` into values: accounts, options, keys. It walks the document itself, because each value keeps its
//! position, so that an error can point at it.

use super::{ConfigError, PasswordSource, Warning, own_file, place::Place};
use crate::action::{Context, Keymap, keymap::Half, near::nearest};
use crate::model::account::is_language_tag;
use crate::model::{
    AccountId, AccountSettings, BareJid, Options, Secret, Socks5,
    host::host_name,
    login::typed_fingerprint,
    options::{OPTIONS, OptionSpec},
};
use crate::words;
use std::{
    ops::Range,
    path::{Path, PathBuf},
};
use toml_edit::{Item, TableLike};

/// All that the config says.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// The accounts, in the file's order.
    pub accounts: Vec<AccountConfig>,
    /// The user's settings.
    pub options: Options,
    /// The keys.
    pub keymap: Keymap,
    /// The settings that the file names, by dotted key.
    pub named: Vec<&'static str>,
    /// Others could write the file until it was read: it is narrowed now.
    pub was_wide: bool,
}

/// One account of the config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountConfig {
    /// How to reach it.
    pub settings: AccountSettings,
    /// Whether it signs in when the program starts.
    pub is_enabled: bool,
    /// Where its password comes from.
    pub password: PasswordSource,
}

/// A setting of an account: its name, the example's value, and what it does.
pub(super) struct AccountKey {
    pub(super) name: &'static str,
    pub(super) example: &'static str,
    pub(super) doc: &'static str,
}

const fn row(name: &'static str, example: &'static str, doc: &'static str) -> AccountKey {
    AccountKey { name, example, doc }
}

/// What may stand in `[accounts."jid"]`.
pub(super) const ACCOUNT_KEYS: &[AccountKey] = &[
    row("enabled", "true", "Sign in when parlour starts."),
    row("nick", "\"romeo\"", "The nickname for rooms; the part before the @ otherwise."),
    row(
        "host",
        "\"xmpp.example.org\"",
        "Connect to this host instead of what DNS says. The certificate is still checked against the address.",
    ),
    row("port", "5222", "The port on that host: 5222, or 5223 with direct_tls."),
    row("direct_tls", "false", "TLS from the first byte (XEP-0368) on that host."),
    row("ca_file", "\"~/ca.pem\"", "A PEM file of further certificate authorities for this account."),
    row(
        "socks5",
        "\"127.0.0.1:9050\"",
        "Reach the server by this SOCKS5 proxy alone, such as Tor's; \"user:password@host:port\" where it wants that. The \
         proxy looks names up, nothing is asked of DNS here, and without the proxy there is no connection. The port is \
         the one above, else 5222, then 5223 with direct TLS.",
    ),
    row(
        "pins",
        "[]",
        "Fingerprints of the server's key, as \"sha256:…\": only these are accepted then, whatever an authority says. \
         /cert shows the key, /cert pin writes this line.",
    ),
    row(
        "client_certificate",
        "\"~/me.pem\"",
        "A PEM file with a certificate of your own, for servers that sign you in by it (EXTERNAL).",
    ),
    row("client_key", "\"~/me.key\"", "The PEM file of its key; the certificate's own file otherwise."),
    row(
        "guest",
        "false",
        "Come in without an account (ANONYMOUS): the table's name is the server alone, which lends you an address.",
    ),
    row("allow_plain", "false", "Send the password itself (inside TLS) to a server that knows nothing better."),
    row(
        "resource",
        "\"parlour-desk\"",
        "What this parlour is called among your devices; made once per profile otherwise.",
    ),
    row(
        "languages",
        "[\"de\", \"en\"]",
        "The languages that you read, the best first: what your server says comes in it where it can, and of a message in \
         several the text is chosen by them. Those of the system (LANGUAGE, LANG) otherwise.",
    ),
    row(
        "password_command",
        "[\"pass\", \"show\", \"xmpp\"]",
        "A program whose first line of output is the password; no shell is involved. Without it: the system keyring, \
         and where that has none, you are asked.",
    ),
    row("allow_plaintext_password", "false", "Let the password stand in this file. Whoever reads the file has it."),
    row(
        "password",
        "\"…\"",
        "The password: only with the line above, and only if nobody else may read this file (chmod 600).",
    ),
];

impl Config {
    /// Reads a config file. A file that is not there is an empty config: the first run.
    ///
    /// # Errors
    /// When the file cannot be read, could be somebody else's, or a value in it is wrong.
    pub fn load(path: &Path, resource: &str) -> Result<(Self, Vec<Warning>), ConfigError> {
        let Some(own) = own_file::read(path)? else { return Ok((Self::default(), Vec::new())) };
        let (config, warnings) = Self::read(path, &own.text, resource, own.is_private)?;
        Ok((Self { was_wide: own.was_wide, ..config }, warnings))
    }

    /// Reads a config's text. `is_private`: nobody but the user may read the file.
    ///
    /// # Errors
    /// When it is not TOML or a value in it is wrong.
    pub fn read(
        path: &Path,
        text: &str,
        resource: &str,
        is_private: bool,
    ) -> Result<(Self, Vec<Warning>), ConfigError> {
        let mut reader =
            Reader { file: path.into(), text, resource, is_private, warnings: Vec::new(), faults: Vec::new() };
        let document = toml_edit::Document::parse(text)
            .map_err(|e| ConfigError::At(vec![reader.error(e.span(), e.message().trim())]))?;
        let mut config = Self::default();
        for (name, item) in document.as_table() {
            let read = match name {
                "accounts" => reader.accounts(item).map(|accounts| config.accounts = accounts),
                "keys" => reader.keys(item, &mut config.keymap),
                _ => reader.section(document.as_table(), name, item, &mut config),
            };
            reader.note(read);
        }
        if reader.faults.is_empty() {
            return Ok((config, reader.warnings));
        }
        // Whoever mends the file wants to see all of it at once.
        let warned = reader.warnings.into_iter().map(|warning| warning.0);
        Err(ConfigError::At(reader.faults.into_iter().chain(warned).collect()))
    }

    /// An account of the config.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> Option<&AccountConfig> {
        self.accounts.iter().find(|a| a.settings.id == *id)
    }
}

struct Reader<'a> {
    file: PathBuf,
    text: &'a str,
    resource: &'a str,
    is_private: bool,
    warnings: Vec<Warning>,
    faults: Vec<Place>,
}

impl Reader<'_> {
    fn error(&self, span: Option<Range<usize>>, words: &str) -> Place {
        Place::new(self.file.clone(), self.text, span, words.to_owned())
    }

    fn warn(&mut self, span: Option<Range<usize>>, words: String) {
        self.warnings.push(Warning(Place::new(self.file.clone(), self.text, span, words)));
    }

    /// A name that nobody knows: a warning, with the nearest name.
    fn unknown<'n>(&mut self, table: &dyn TableLike, name: &str, full: &str, known: impl IntoIterator<Item = &'n str>) {
        let span = table.get_key_value(name).and_then(|(key, _)| key.span());
        let words = match nearest(full, known) {
            Some(near) => words::config::unknown_but(format!("{full:?}"), format!("{near:?}")),
            None => words::config::unknown(format!("{full:?}")),
        };
        self.warn(span, words);
    }

    fn table<'i>(&self, item: &'i Item, what: &str) -> Result<&'i dyn TableLike, Place> {
        item.as_table_like().ok_or_else(|| self.error(item.span(), &words::config::is_table(what)))
    }

    /// Goes on after a fault, so that all of them are told at once.
    fn note<T>(&mut self, read: Result<T, Place>) -> Option<T> {
        read.map_err(|fault| self.faults.push(fault)).ok()
    }

    fn accounts(&mut self, item: &Item) -> Result<Vec<AccountConfig>, Place> {
        let table = self.table(item, "accounts")?;
        let mut accounts: Vec<AccountConfig> = Vec::new();
        for (name, item) in table.iter() {
            let span = table.get_key_value(name).and_then(|(key, _)| key.span());
            let read = self.named_account(name, span.clone(), item);
            let Some(account) = self.note(read) else { continue };
            if accounts.iter().any(|a| a.settings.id == account.settings.id) {
                self.warn(span, words::config::account_twice());
            } else {
                accounts.push(account);
            }
        }
        Ok(accounts)
    }

    fn named_account(&mut self, name: &str, span: Option<Range<usize>>, item: &Item) -> Result<AccountConfig, Place> {
        let jid = BareJid::parse(name).map_err(|e| self.error(span.clone(), &words::address::not_valid(e)))?;
        let account = self.account(AccountId(jid), item)?;
        match (account.settings.id.jid().local(), account.settings.is_guest) {
            (None, false) => {
                let words = words::config::account_name();
                Err(self.error(span, &words))
            }
            (Some(_), true) => Err(self.error(span, &words::config::guest_has_no_name())),
            (None, true) | (Some(_), false) => Ok(account),
        }
    }

    fn account(&mut self, id: AccountId, item: &Item) -> Result<AccountConfig, Place> {
        let table = self.table(item, "accounts.\"name@server\"")?;
        let settings = AccountSettings::new(id, self.resource.to_owned());
        let mut account = AccountConfig { settings, is_enabled: true, password: PasswordSource::default() };
        let mut is_plaintext_allowed = false;
        let mut plaintext = None;
        for (name, item) in table.iter() {
            match name {
                "allow_plaintext_password" => {
                    let read = self.flag(item);
                    is_plaintext_allowed = self.note(read).unwrap_or_default();
                }
                "password" => plaintext = Some(item),
                _ => {
                    let read = self.account_key(table, name, item, &mut account);
                    self.note(read);
                }
            }
        }
        if let Some(item) = plaintext {
            let read = self.plaintext(item, is_plaintext_allowed);
            account.password = self.note(read).unwrap_or_default();
        }
        Ok(account)
    }

    fn account_key(
        &mut self,
        table: &dyn TableLike,
        name: &str,
        item: &Item,
        account: &mut AccountConfig,
    ) -> Result<(), Place> {
        let settings = &mut account.settings;
        match name {
            "enabled" => account.is_enabled = self.flag(item)?,
            "nick" => settings.nick = Some(self.words(item)?),
            "host" => settings.host = Some(self.host(item)?),
            "port" => settings.port = Some(self.port(item)?),
            "direct_tls" => settings.direct_tls = self.flag(item)?,
            "ca_file" => settings.ca_file = Some(home_relative(&self.words(item)?)),
            "socks5" => settings.socks5 = Some(Box::new(self.proxy(item)?)),
            "pins" => settings.pins = self.pins(item)?,
            "client_certificate" => settings.client_certificate = Some(home_relative(&self.words(item)?)),
            "client_key" => settings.client_key = Some(home_relative(&self.words(item)?)),
            "guest" => settings.is_guest = self.flag(item)?,
            "allow_plain" => settings.allow_plain = self.flag(item)?,
            "resource" => {
                settings.resource = self.words(item)?;
                let checked = settings.id.0.with_resource(&settings.resource);
                checked.map_err(|e| self.error(item.span(), &words::address::bad_resource(e)))?;
            }
            "languages" => settings.languages = self.languages(item)?,
            "password_command" => account.password = PasswordSource::Command(self.argv(item)?),
            _ => self.unknown(table, name, name, ACCOUNT_KEYS.iter().map(|key| key.name)),
        }
        Ok(())
    }

    /// A host is a name or a number alone; the port has its own line.
    fn host(&self, item: &Item) -> Result<String, Place> {
        let host = self.words(item)?;
        host_name(&host).map_err(|why| self.error(item.span(), &why))?;
        Ok(host)
    }

    /// The error points at the value but never holds it: what is shown may be read over a shoulder.
    fn plaintext(&mut self, item: &Item, is_allowed: bool) -> Result<PasswordSource, Place> {
        let hidden = |reader: &Self, words: &str| {
            let mut place = Place::new(reader.file.clone(), reader.text, item.span(), words.to_owned());
            place.hide_source();
            place
        };
        let secret = match item.as_str() {
            Some(text) if !text.is_empty() => Secret::new(text),
            Some(_) | None => return Err(hidden(self, &words::config::password_is_text())),
        };
        if !is_allowed {
            let words = words::config::password_not_allowed();
            return Err(hidden(self, &words));
        }
        if !self.is_private {
            let words = words::config::password_readable();
            return Err(hidden(self, &words));
        }
        let place = hidden(self, &words::config::password_plain());
        self.warnings.push(Warning(place));
        Ok(PasswordSource::InConfig(secret))
    }

    fn flag(&self, item: &Item) -> Result<bool, Place> {
        item.as_bool().ok_or_else(|| self.error(item.span(), &words::config::true_or_false()))
    }

    fn words(&self, item: &Item) -> Result<String, Place> {
        match item.as_str() {
            Some(text) if !text.trim().is_empty() && !text.chars().any(char::is_control) => Ok(text.trim().to_owned()),
            Some(_) | None => Err(self.error(item.span(), &words::config::quoted_text())),
        }
    }

    fn port(&self, item: &Item) -> Result<u16, Place> {
        let port = item.as_integer().and_then(|n| u16::try_from(n).ok()).filter(|n| *n > 0);
        port.ok_or_else(|| self.error(item.span(), &words::config::port()))
    }

    fn languages(&self, item: &Item) -> Result<Vec<String>, Place> {
        let wrong = || self.error(item.span(), &words::config::languages());
        let list = item.as_array().ok_or_else(wrong)?;
        let tag = |v: &toml_edit::Value| v.as_str().filter(|tag| is_language_tag(tag)).map(str::to_owned);
        list.iter().map(tag).collect::<Option<_>>().ok_or_else(wrong)
    }

    fn argv(&self, item: &Item) -> Result<Vec<String>, Place> {
        let words = words::config::program();
        let wrong = || self.error(item.span(), &words);
        let list = item.as_array().ok_or_else(wrong)?;
        let argv: Option<Vec<String>> = list.iter().map(|v| v.as_str().map(str::to_owned)).collect();
        argv.filter(|argv| argv.first().is_some_and(|program| !program.is_empty())).ok_or_else(wrong)
    }

    /// A proxy. What is wrong is told without the line, which may hold a password.
    fn proxy(&mut self, item: &Item) -> Result<Socks5, Place> {
        let hidden = |reader: &Self, words: String| {
            let mut place = Place::new(reader.file.clone(), reader.text, item.span(), words);
            place.hide_source();
            place
        };
        let proxy = Socks5::parse(item.as_str().unwrap_or_default()).map_err(|e| hidden(self, e))?;
        if proxy.login.is_some() && !self.is_private {
            let words = words::config::proxy_readable();
            let place = hidden(self, words);
            self.warnings.push(Warning(place));
        }
        Ok(proxy)
    }

    fn pins(&self, item: &Item) -> Result<Vec<String>, Place> {
        let wrong = || self.error(item.span(), &words::config::fingerprints());
        let list = item.as_array().ok_or_else(wrong)?;
        let whole = |v: &toml_edit::Value| {
            let digits = typed_fingerprint(v.as_str()?).ok().filter(|digits| digits.len() == 64)?;
            Some(format!("sha256:{digits}"))
        };
        list.iter().map(whole).collect::<Option<Vec<String>>>().ok_or_else(wrong)
    }

    fn keys(&mut self, item: &Item, keymap: &mut Keymap) -> Result<(), Place> {
        let contexts = self.table(item, "keys")?;
        for (name, item) in contexts.iter() {
            let Some(context) = Context::find(name) else {
                self.unknown(contexts, name, name, Context::ALL.map(Context::word));
                continue;
            };
            let read = self.table(item, &format!("keys.{name}"));
            let Some(bindings) = self.note(read) else { continue };
            for (keys, item) in bindings.iter() {
                let Some(action) = item.as_str() else {
                    let fault = self.error(item.span(), &words::config::action());
                    self.faults.push(fault);
                    continue;
                };
                let key_span = bindings.get_key_value(keys).and_then(|(key, _)| key.span());
                match keymap.bind(context, keys, action) {
                    Ok(clashes) => clashes.into_iter().for_each(|words| self.warn(key_span.clone(), words)),
                    Err(fault) => {
                        let half = match fault.half {
                            Half::Keys => key_span,
                            Half::Action => item.span(),
                        };
                        self.warn(half.map(|whole| within(self.text, whole, &fault.span)), fault.words);
                    }
                }
            }
        }
        Ok(())
    }

    /// A section of options: `[ui]` with `theme = …` is the option `ui.theme`.
    fn section(&mut self, root: &dyn TableLike, section: &str, item: &Item, config: &mut Config) -> Result<(), Place> {
        let sections = || OPTIONS.iter().map(|spec| spec.section);
        if !sections().any(|known| known == section) {
            self.unknown(root, section, section, sections().chain(["accounts", "keys"]));
            return Ok(());
        }
        let table = self.table(item, section)?;
        for (name, item) in table.iter() {
            let key = format!("{section}.{name}");
            match OptionSpec::find(&key) {
                Some(spec) => {
                    let set = self.set_option(spec, item, &mut config.options);
                    self.note(set);
                    config.named.push(spec.key);
                }
                None => self.unknown(table, name, &key, OPTIONS.iter().map(|spec| spec.key)),
            }
        }
        Ok(())
    }

    fn set_option(&self, spec: &OptionSpec, item: &Item, options: &mut Options) -> Result<(), Place> {
        let value = match item.as_value() {
            Some(toml_edit::Value::String(text)) => text.value().clone(),
            Some(toml_edit::Value::Integer(number)) => number.value().to_string(),
            Some(toml_edit::Value::Boolean(flag)) => flag.value().to_string(),
            Some(
                toml_edit::Value::Float(_)
                | toml_edit::Value::Datetime(_)
                | toml_edit::Value::Array(_)
                | toml_edit::Value::InlineTable(_),
            )
            | None => return Err(self.error(item.span(), &words::config::scalar())),
        };
        spec.set(options, &value).map_err(|e| self.error(item.span(), &format!("{} {e}", spec.key)))
    }
}

/// The part of a quoted key or text, whose quotes the part does not count.
fn within(text: &str, whole: Range<usize>, part: &Range<usize>) -> Range<usize> {
    let quote = usize::from(text.get(whole.clone()).is_some_and(|t| t.starts_with(['"', '\''])));
    let start = (whole.start + quote + part.start).min(whole.end);
    start..(start + part.len()).min(whole.end).max(start)
}

/// `~/` at the start is the home folder.
fn home_relative(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), directories::BaseDirs::new()) {
        (Some(rest), Some(base)) => base.home_dir().join(rest),
        (Some(_) | None, _) => PathBuf::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Config, Vec<Warning>), ConfigError> {
        Config::read(Path::new("c.toml"), text, "parlour-1", true)
    }

    fn fault(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn an_account_with_everything() {
        let text = "[accounts.\"Romeo@Montague.lit\"]\nenabled = false\nnick = \"r\"\nhost = \"h\"\nport = 15222\n\
                    direct_tls = true\nca_file = \"/ca.pem\"\nallow_plain = true\nresource = \"desk\"\n\
                    password_command = [\"pass\", \"x\"]\n";
        let (config, warnings) = read(text).unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        let account = &config.accounts[0];
        assert_eq!(account.settings.id.to_string(), "romeo@montague.lit");
        assert_eq!((account.settings.port, account.settings.direct_tls), (Some(15222), true));
        assert_eq!((account.settings.resource.as_str(), account.is_enabled), ("desk", false));
        assert_eq!(account.password, PasswordSource::Command(vec!["pass".to_owned(), "x".to_owned()]));
    }

    #[test]
    fn what_is_wrong_is_shown_with_line_and_caret() {
        assert_eq!(
            fault("[ui]\ntheme = \"pink\"\n"),
            "c.toml:2:9: ui.theme must be auto, light, dark or mono\n  |\n2 | theme = \"pink\"\n  |         ^^^^^^"
        );
        assert!(fault("[accounts.\"a@b\"]\nport = 70000\n").contains("c.toml:2:8: a port is a number"));
        assert!(fault("[accounts.\"a@b\"]\npassword_command = \"pass\"\n").contains("as a list"));
        assert!(fault("[accounts.\"@\"]\n").contains("c.toml:1:11: not a valid address: "));
        assert!(fault("[accounts.example]\n").contains("name@server"));
        assert!(fault("accounts = 3\n").contains("c.toml:1:12: accounts is a table"));
        assert!(fault("[ui]\nbell = = 1\n").contains("c.toml:2:"));
    }

    #[test]
    fn all_faults_are_told_at_once_and_each_once() {
        let text = "[accounts.\"a@b\"]\nport = 70000\nhost = \"127.0.0.1:5222\"\nenabled = 3\n[accounts.x]\n[ui]\n\
                    theme = \"pink\"\nglyphs = 9\nthem = 1\n[keys.global]\nf9 = 3\n[keys]\nlist = 1\n";
        let told = fault(text);
        for place in [":2:8:", ":3:8:", ":4:11:", ":5:11:", ":7:9:", ":8:10:", ":9:1:", ":11:6:", ":13:8:"] {
            assert_eq!(told.matches(&format!("c.toml{place}")).count(), 1, "{place}\n{told}");
        }
        assert!(told.contains("write host = \"127.0.0.1\" and port = 5222"), "{told}");
    }

    #[test]
    fn an_account_that_stands_there_in_two_forms_is_one() {
        for (one, other) in [("a@b", "A@b"), ("zo\u{e9}@b", "zoe\u{301}@b"), ("bob@b", "ｂｏｂ@b")] {
            let text = format!("[accounts.\"{one}\"]\nport = 1\n[accounts.\"{other}\"]\nport = 2\n");
            let (config, warnings) = read(&text).unwrap();
            assert_eq!(config.accounts.len(), 1);
            assert_eq!(config.accounts[0].settings.port, Some(1));
            assert!(warnings[0].line().contains("this account is here twice"), "{warnings:?}");
        }
    }

    #[test]
    fn unknown_names_are_warnings_with_the_nearest_name() {
        let (_, warnings) =
            read("[uj]\nx = 1\n[ui]\nthem = 1\n[accounts.\"a@b\"]\nhots = \"x\"\nzzzzzz = 1\n").unwrap();
        let lines: Vec<String> = warnings.iter().map(Warning::line).collect();
        assert_eq!(
            lines,
            [
                "c.toml:1:2: \"uj\" is not known; did you mean \"ui\"?",
                "c.toml:4:1: \"ui.them\" is not known; did you mean \"ui.theme\"?",
                "c.toml:6:1: \"hots\" is not known; did you mean \"host\"?",
                "c.toml:7:1: \"zzzzzz\" is not known",
            ]
        );
    }

    #[test]
    fn a_password_in_the_file_needs_consent_and_privacy_and_is_never_shown() {
        let bare = "[accounts.\"a@b\"]\npassword = \"hunter2\"\n";
        let allowed = "[accounts.\"a@b\"]\nallow_plaintext_password = true\npassword = \"hunter2\"\n";
        let refused = fault(bare);
        assert!(refused.contains("allow_plaintext_password") && !refused.contains("hunter2"), "{refused}");
        let shared = Config::read(Path::new("c.toml"), allowed, "r", false).unwrap_err().to_string();
        assert!(shared.contains("chmod 600") && !shared.contains("hunter2"), "{shared}");
        let (config, warnings) = read(allowed).unwrap();
        assert_eq!(config.accounts[0].password, PasswordSource::InConfig(Secret::new("hunter2")));
        assert!(warnings[0].to_string().contains("plain text") && !warnings[0].to_string().contains("hunter2"));
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn keys_that_are_wrong_are_told_and_the_others_taken() {
        let (config, warnings) = read(
            "[keys.global]\n\"ctrl-k\" = \"swtich\"\n\"ctrl-x hyper-e\" = \"help\"\n\"f9\" = \"help\"\n\"f1\" = \"\"\n\
             [keys.globl]\n",
        )
        .unwrap();
        let text: Vec<String> = warnings.iter().map(ToString::to_string).collect();
        assert_eq!(text.len(), 3, "{text:?}");
        assert!(text[0].contains("c.toml:2:13: ") && text[0].contains("switch"), "{}", text[0]);
        assert!(text[1].contains("c.toml:3:9: ") && text[1].contains("^^^^^^^"), "{}", text[1]);
        assert!(text[2].contains("did you mean \"global\""), "{}", text[2]);
        let help = config.keymap.keys_of(&crate::action::Action::Help);
        assert!(help.contains(&"F9".to_owned()) && !help.contains(&"F1".to_owned()), "{help:?}");
    }

    #[test]
    fn guests_have_no_name_and_certificates_their_files() {
        let (config, warnings) = read("[accounts.\"b\"]\nguest = true\n").unwrap();
        assert!(config.accounts[0].settings.is_guest && warnings.is_empty(), "{warnings:?}");
        assert!(fault("[accounts.\"a@b\"]\nguest = true\n").contains("write the server alone"));
        assert!(fault("[accounts.\"b\"]\n").contains("guest = true"));
        let (config, _) =
            read("[accounts.\"a@b\"]\nclient_certificate = \"/me.pem\"\nclient_key = \"/me.key\"\n").unwrap();
        let settings = &config.accounts[0].settings;
        assert_eq!(settings.client_certificate.as_deref(), Some(Path::new("/me.pem")));
        assert_eq!(settings.client_key.as_deref(), Some(Path::new("/me.key")));
    }

    #[test]
    fn no_file_is_the_first_run() {
        let (config, warnings) = Config::load(Path::new("/nowhere/config.toml"), "r").unwrap();
        assert!(config.accounts.is_empty() && warnings.is_empty());
    }
}
