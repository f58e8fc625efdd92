//! The archive (XEP-0313).

use crate::model::{ChatId, ChatKind};

/// What to ask of the archive.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// One page older than the oldest stored message of this chat.
    FetchOlder {
        /// Which chat.
        chat: ChatId,
        /// Its kind: a room has an archive of its own.
        kind: ChatKind,
    },
}
