//! A roster item (RFC 6121 §2).

use super::{BareJid, Untrusted};

/// Who sees whose presence (RFC 6121 §2.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Subscription {
    /// Neither sees the other.
    #[default]
    None,
    /// I see the contact.
    To,
    /// The contact sees me.
    From,
    /// Each sees the other.
    Both,
}

impl Subscription {
    /// The word that the protocol and the screen use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::To => "to",
            Self::From => "from",
            Self::Both => "both",
        }
    }
}

/// One contact in an account's roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// The contact's address.
    pub jid: BareJid,
    /// The name that the user gave.
    pub name: Option<Untrusted>,
    /// The groups it stands in.
    pub groups: Vec<Untrusted>,
    /// Who sees whose presence.
    pub subscription: Subscription,
    /// We asked to see the contact's presence and await the answer (`ask='subscribe'`).
    pub is_asked: bool,
}
