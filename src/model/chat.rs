//! A conversation: with a contact, in a room, or in private with one occupant of a room.

use super::{AccountId, Jid, Message, Order, Time, Untrusted};

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

/// What the store knows of a chat when the program starts, and after the archive has filled it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatSummary {
    /// Which chat.
    pub id: ChatId,
    /// Its kind.
    pub kind: ChatKind,
    /// Whether it stands in the sidebar.
    pub is_open: bool,
    /// Whether the user wrote there or the peer is a contact; else it stands under Requests.
    pub is_accepted: bool,
    /// Messages after the read marker.
    pub unread: u32,
    /// Of these, mentions and direct messages.
    pub mentions: u32,
    /// Where the user has read to.
    pub read_up_to: Order,
    /// When something last happened.
    pub last_activity: Time,
    /// The newest message.
    pub last: Option<Box<Message>>,
    /// What the user was typing.
    pub draft: String,
    /// The room's name, where we know it.
    pub name: Option<Untrusted>,
}
