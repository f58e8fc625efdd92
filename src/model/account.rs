//! The user's accounts, and what is needed to sign in to them.

use super::{BareJid, Jid, Reach, Secret, Socks5, Strength};
use std::{fmt, path::PathBuf};

/// Which of the user's accounts: its bare JID.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(pub BareJid);

impl AccountId {
    /// The account's bare JID.
    #[must_use]
    pub fn jid(&self) -> &BareJid {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// How to reach and sign in to one account; from `[accounts."jid"]` of the config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSettings {
    /// The account.
    pub id: AccountId,
    /// Host to connect to instead of what DNS says. The certificate is still checked against the JID's domain.
    pub host: Option<String>,
    /// Port, with `host`. 5222 where unset (5223 with `direct_tls`).
    pub port: Option<u16>,
    /// TLS from the first byte (XEP-0368) instead of STARTTLS; only with `host`.
    pub direct_tls: bool,
    /// A PEM file of further certificate authorities for this account.
    pub ca_file: Option<PathBuf>,
    /// Keys of the server that alone are accepted, as `sha256:` and 64 hex digits; any that the rules allow where empty.
    pub pins: Vec<String>,
    /// A PEM file with the user's own certificate, to sign in by it (SASL EXTERNAL).
    pub client_certificate: Option<PathBuf>,
    /// The PEM file of its key; the certificate's own file where unset.
    pub client_key: Option<PathBuf>,
    /// Without an account of one's own: the server gives an address for as long as the session lasts (ANONYMOUS).
    pub is_guest: bool,
    /// The SOCKS5 proxy that alone leads to the server; it looks up names, too.
    pub socks5: Option<Box<Socks5>>,
    /// Whether PLAIN may be used inside TLS when the server offers nothing better.
    pub allow_plain: bool,
    /// The resource to ask for; stable per profile, so that the server ends a half-open old session.
    pub resource: String,
    /// This installation, to the account's server alone: a UUID (XEP-0388 `user-agent`). Empty: it is not told.
    pub device: String,
    /// The languages that the user reads, the best first, as tags such as `de-AT`.
    pub languages: Vec<String>,
    /// The nickname for rooms; the localpart where unset.
    pub nick: Option<String>,
    /// What was learned of its server; from a file of its own, not from the config.
    pub strength: Strength,
    /// Where a server named `host`: how far the address of that server reached. Nothing farther in is connected to.
    pub sent_by: Option<Reach>,
}

impl AccountSettings {
    /// The settings that a JID alone gives.
    #[must_use]
    pub fn new(id: AccountId, resource: String) -> Self {
        Self {
            id,
            host: None,
            port: None,
            direct_tls: false,
            ca_file: None,
            pins: Vec::new(),
            client_certificate: None,
            client_key: None,
            is_guest: false,
            socks5: None,
            allow_plain: false,
            resource,
            device: String::new(),
            languages: Vec::new(),
            nick: None,
            strength: Strength::default(),
            sent_by: None,
        }
    }

    /// The nickname to join rooms with.
    #[must_use]
    pub fn room_nick(&self) -> &str {
        self.nick.as_deref().or(self.id.0.local()).unwrap_or("me")
    }

    /// What the server is asked to begin the resource with (XEP-0386 §4.2.1): the one that the user chose, else our name. The
    /// number that a profile gives itself is not for everybody to see.
    #[must_use]
    pub fn resource_tag(&self) -> &str {
        let number = self.resource.strip_prefix("parlour-");
        let is_made = number.is_some_and(|n| n.len() == 8 && n.chars().all(|c| c.is_ascii_hexdigit()));
        if is_made || self.resource.is_empty() { "parlour" } else { &self.resource }
    }

    /// The full JID that is asked for.
    #[must_use]
    pub fn wanted_jid(&self) -> Jid {
        self.id.0.with_resource(&self.resource).unwrap_or_else(|_| self.id.0.to_jid())
    }
}

/// Whether a text is a language tag such as `de-AT` (RFC 5646), by its form.
#[must_use]
pub fn is_language_tag(text: &str) -> bool {
    let fits = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    text.split('-').all(fits)
}

/// What the engine is to do when it has a secure connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Sign in with this password.
    SignIn(Secret),
    /// No password is known yet: take what the user writes, and connect when `SetPassword` brings one.
    AwaitPassword,
    /// Sign in without one: as a guest, or by a certificate. Where the server wants a password after all, the user is
    /// asked.
    WithoutPassword,
    /// Ask for the server's registration form (XEP-0077), then sign in with what the user filled in.
    Register,
}
