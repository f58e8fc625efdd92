//! A conversation as the store knows it.

use super::{ChatId, ChatKind, Message, Order, Time, Untrusted};

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
    /// It was open on the screen when the program ended. Of all accounts' chats at most one is.
    pub is_current: bool,
    /// The message at the bottom of the screen then; the newest where `None`.
    pub bottom: Option<Order>,
}

impl ChatSummary {
    /// A conversation in the sidebar of which nothing else is known yet.
    #[must_use]
    pub fn new(id: ChatId, kind: ChatKind) -> Self {
        Self {
            id,
            kind,
            is_open: true,
            is_accepted: true,
            unread: 0,
            mentions: 0,
            read_up_to: Order(0),
            last_activity: Time(0),
            last: None,
            draft: String::new(),
            name: None,
            is_current: false,
            bottom: None,
        }
    }
}
