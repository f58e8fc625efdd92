//! The user's own presence (RFC 6121 §4).

use super::when_full::WhenFull;
use crate::model::{Jid, OwnPresence};

/// What to show of the user.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Show this to all who may see it, and in the rooms. Kept for the next login.
    Set(OwnPresence),
    /// Show this to one address only (RFC 6121 §4.6).
    Direct {
        /// To whom.
        to: Jid,
        /// The presence that is sent.
        presence: OwnPresence,
    },
    /// Whether the user looks at the program (XEP-0352): the server may save what can wait while nobody does.
    /// Kept for the next connection.
    Attention(bool),
}

impl Command {
    /// What becomes of the command where the engine's channel is full.
    #[must_use]
    pub fn when_full(&self) -> WhenFull<'_> {
        match self {
            Self::Attention(is_here) => WhenFull::TellAttention(*is_here),
            Self::Set(_) | Self::Direct { .. } => WhenFull::Busy,
        }
    }
}
