//! The archive (XEP-0313).

use super::when_full::WhenFull;
use crate::model::{ArchiveId, ChatId, ChatKind, Time};

/// What to ask of the archive.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// One page older than the oldest stored message of this chat.
    FetchOlder {
        /// Which chat.
        chat: ChatId,
        /// Its kind: a room has an archive of its own.
        kind: ChatKind,
        /// The archive id of the oldest stored message of the chat that has one.
        oldest: Option<ArchiveId>,
        /// When the oldest stored message was written; asked before this where there is no archive id.
        before: Option<Time>,
    },
}

impl Command {
    /// What becomes of the command where the engine's channel is full.
    #[must_use]
    pub fn when_full(&self) -> WhenFull<'_> {
        match self {
            Self::FetchOlder { chat, .. } => WhenFull::StopLoading(chat),
        }
    }
}
