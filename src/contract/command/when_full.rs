//! What the app does with a command that did not fit into its engine's channel. Each domain decides it beside its
//! commands, so that the app has no list of them.

use crate::model::{ChatId, StanzaId};

/// What becomes of a command that was not taken: nothing of it was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum WhenFull<'c> {
    /// The text goes back to the user, who sends it again.
    GiveBack {
        /// The chat that it was written in.
        chat: &'c ChatId,
        /// The text.
        body: &'c str,
        /// The id that it was to have.
        id: &'c StanzaId,
    },
    /// The peer of this chat is told with the user's next key or pause.
    TellTyping(&'c ChatId),
    /// Whether the user looks is told again: that they do (`true`) with their next key, that they do not another time.
    TellAttention(bool),
    /// No older messages of this chat are on their way.
    StopLoading(&'c ChatId),
    /// The user reads that it counts from the next start on: the config has it already.
    AtNextStart,
    /// The user reads that nothing was done, and may try again.
    Busy,
    /// Nothing: something else does the same, or it does not matter any more.
    Drop,
}
