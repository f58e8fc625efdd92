//! The user's own presence (RFC 6121 §4).

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
