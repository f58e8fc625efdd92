//! Events of the archive (XEP-0313).

use crate::model::{BareJid, ChatId, ChatSummary, Untrusted};

/// What happened with the archive.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A catch-up began: whose archive.
    CatchUpStarted(BareJid),
    /// A page was stored; made by the store. The chats that it changed, counted anew.
    PageStored {
        /// Whose archive.
        archive: BareJid,
        /// How many new messages.
        added: usize,
        /// Messages of others that the server archived late and that are older than what the user has read: how many, and
        /// in which chat.
        late: Vec<(ChatId, usize)>,
        /// The chats that gained messages.
        chats: Vec<ChatSummary>,
    },
    /// The catch-up is done: no gap is left that will be filled by itself.
    CatchUpDone(BareJid),
    /// A page that the user asked for has come; `is_start` when nothing older is in the archive.
    OlderFetched {
        /// Which chat.
        chat: ChatId,
        /// Whether the beginning is reached.
        is_start: bool,
    },
    /// The archive cannot be asked or refused.
    Failed {
        /// Whose archive.
        archive: BareJid,
        /// The chat it was for, where one was named.
        chat: Option<ChatId>,
        /// Why, in words.
        reason: Untrusted,
    },
}
