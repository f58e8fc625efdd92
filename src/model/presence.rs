//! Presence: availability and status of people and of the user (RFC 6121 §4).

use super::{Jid, Time, Untrusted};

/// The five ways to be there, and not being there (RFC 6121 §4.7.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Availability {
    /// Free to chat.
    Chat,
    /// Online.
    Online,
    /// Away for a short time.
    Away,
    /// Away for long (`xa`).
    ExtendedAway,
    /// Do not disturb.
    DoNotDisturb,
    /// Not there.
    #[default]
    Offline,
}

impl Availability {
    /// All of them, in the order the presence pane shows.
    pub const ALL: [Self; 6] =
        [Self::Chat, Self::Online, Self::Away, Self::ExtendedAway, Self::DoNotDisturb, Self::Offline];

    /// The word in slash commands, the config and plain output.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Online => "online",
            Self::Away => "away",
            Self::ExtendedAway => "xa",
            Self::DoNotDisturb => "dnd",
            Self::Offline => "offline",
        }
    }
}

/// One resource of a contact.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourcePresence {
    /// The full JID.
    pub jid: Jid,
    /// How it is there.
    pub availability: Availability,
    /// The status text.
    pub status: Option<Untrusted>,
    /// -128 to 127; negative takes no messages to the bare JID.
    pub priority: i8,
    /// The client's name, from entity capabilities (XEP-0115), once known.
    pub client: Option<Untrusted>,
    /// When this state began.
    pub since: Time,
    /// Since when nobody has touched it (XEP-0319), where it says so.
    pub idle_since: Option<Time>,
}

/// What the user shows of themself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPresence {
    /// How the user is there.
    pub availability: Availability,
    /// The status text; the user's own words, but other clients of the same account may set it.
    pub status: String,
    /// -128 to 127.
    pub priority: i8,
    /// Since when the user has pressed no key (XEP-0319); set while parlour itself made them "away".
    pub idle_since: Option<Time>,
}

impl Default for OwnPresence {
    fn default() -> Self {
        Self { availability: Availability::Online, status: String::new(), priority: 0, idle_since: None }
    }
}
