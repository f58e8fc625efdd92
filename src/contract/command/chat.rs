//! Commands for messages: to contacts, to rooms, and in private to people in rooms. All of them take the same way.

use super::when_full::WhenFull;
use crate::model::{ChatId, ChatKind, ChatState, Jid, Relation, StanzaId};

/// What to do in a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Send a text. It becomes a Pending row first, whether the account is online or not.
    Send {
        /// The conversation.
        chat: ChatId,
        /// What kind of conversation that is.
        kind: ChatKind,
        /// The text.
        body: String,
        /// The id that the app chose: the stanza's `id` and origin-id.
        id: StanzaId,
        /// What it says of another message.
        relation: Relation,
    },
    /// Send a failed or unknown message again, with the same id.
    Retry {
        /// The conversation.
        chat: ChatId,
        /// What kind of conversation that is.
        kind: ChatKind,
        /// The text, as it is stored: the engine reads nothing while it runs.
        body: String,
        /// The message's stanza id.
        id: StanzaId,
        /// What it says of another message.
        relation: Relation,
    },
    /// Give a message that was not sent up.
    Drop {
        /// The conversation.
        chat: ChatId,
        /// The message's stanza id.
        id: StanzaId,
    },
    /// What is written to this contact goes to this device, until something changes there (RFC 6121 §5.1).
    Device(Jid),
    /// Whether requests for receipts are answered (XEP-0184); they are until this says no.
    AnswerReceipts(bool),
    /// Keep a line of parlour's own in the conversation.
    Note {
        /// The conversation.
        chat: ChatId,
        /// What kind of conversation that is.
        kind: ChatKind,
        /// What it says.
        text: String,
    },
    /// Tell the peer that the user types, paused, looks, or left (XEP-0085).
    State {
        /// The conversation.
        chat: ChatId,
        /// What kind of conversation that is.
        kind: ChatKind,
        /// What to tell.
        state: ChatState,
    },
}

impl Command {
    /// What becomes of the command where the engine's channel is full.
    #[must_use]
    pub fn when_full(&self) -> WhenFull<'_> {
        match self {
            Self::Send { chat, body, id, kind: _, relation: _ } => WhenFull::GiveBack { chat, body, id },
            Self::State { chat, .. } => WhenFull::TellTyping(chat),
            Self::Retry { .. } | Self::Drop { .. } | Self::Device(_) | Self::AnswerReceipts(_) => WhenFull::Busy,
            Self::Note { .. } => WhenFull::Drop,
        }
    }
}
