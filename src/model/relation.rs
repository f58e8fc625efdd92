//! What one message says of another: an answer, a correction, a retraction, reactions.
//!
//! A message names another one by an id: that of its stanza, or in rooms mostly that of the room's archive
//! (`Message::named`). What a message does to another ([`Act`]) is a message of its own, with a row, ids and a delivery; it
//! is not shown by itself, but in what the other one is from then on.

use super::{Jid, Order, RowId, Time, Untrusted};

/// What a message says of others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Relation {
    /// It answers one (XEP-0461).
    pub reply: Option<Reply>,
    /// It changes one.
    pub act: Option<Act>,
}

/// The message that is answered (XEP-0461).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Its id.
    pub id: String,
    /// Who wrote it, as the answer says.
    pub to: Option<Jid>,
    /// The message itself, where it is stored. Filled by the store when a message is read.
    pub original: Option<Box<Original>>,
}

/// The beginning of a message that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Its row.
    pub row: RowId,
    /// Its place.
    pub order: Order,
    /// Who wrote it.
    pub from: Jid,
    /// Whether that was the user.
    pub is_own: bool,
    /// Its first words; empty where it was retracted.
    pub words: Untrusted,
}

/// Something that is done to another message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its id.
    pub id: String,
    /// What is done.
    pub deed: Deed,
    /// Since when its sender has been in the room under this nickname without a break, as far as this client has seen:
    /// for rooms that give no occupant-id (XEP-0421). `None` for what is not live. Not kept.
    pub since: Option<Time>,
}

/// What is done to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    /// The body replaces the other one's (XEP-0308).
    Correct,
    /// Its author takes it back (XEP-0424).
    Retract,
    /// A moderator of the room takes it out (XEP-0425). The body is the reason.
    Moderate,
    /// The body holds all reactions of the sender to it, with spaces between them (XEP-0444).
    React,
}

impl Deed {
    /// The message has nothing to show by itself, even where the other one is not there.
    #[must_use]
    pub fn is_silent(self) -> bool {
        match self {
            Self::Correct => false,
            Self::Retract | Self::Moderate | Self::React => true,
        }
    }
}

/// What others see of a message's past: how it was before a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// When it said this.
    pub time: Time,
    /// What it said.
    pub body: Untrusted,
}

/// A message whose words are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retracted {
    /// Whether a moderator did it, rather than the author.
    pub is_moderated: bool,
    /// Why.
    pub reason: Option<Untrusted>,
    /// When.
    pub time: Time,
}

/// One reaction to a message, and whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// One emoji.
    pub emoji: String,
    /// Who: in rooms occupants. The user's own among them.
    pub who: Vec<Jid>,
    /// Whether the user is among them.
    pub is_own: bool,
}
