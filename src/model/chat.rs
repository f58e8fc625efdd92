//! A conversation: with a contact, in a room, or in private with one occupant of a room.

use super::{AccountId, Jid};

/// Which conversation: the account and the peer's address. Bare for contacts and rooms, the
/// occupant's full JID for a private conversation inside a room.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChatId {
    /// The account that it belongs to.
    pub account: AccountId,
    /// The peer.
    pub address: Jid,
}

impl ChatId {
    /// A chat id.
    #[must_use]
    pub fn new(account: AccountId, address: impl Into<Jid>) -> Self {
        Self { account, address: address.into() }
    }
}

/// What kind of conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatKind {
    /// One-to-one with a contact, or with a stranger.
    Contact,
    /// A room (XEP-0045).
    Room,
    /// In private with one occupant of a room (XEP-0045 §7.5).
    Occupant,
}

/// So many private chats of one room may wait to be read. Further new ones are requests, as of strangers: anybody in a
/// room can come under any number of nicknames.
pub const CROWD: u32 = 10;

/// What somebody does in a conversation (XEP-0085 §3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatState {
    /// Looks at the chat.
    Active,
    /// Types.
    Composing,
    /// Stopped typing.
    Paused,
    /// Does something else.
    Inactive,
    /// Closed the chat.
    Gone,
}
