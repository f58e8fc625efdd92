//! The conversations, and which one is open.

use super::composer::About;
use super::peers::Peer;
use crate::model::{ChatId, ChatKind, ChatState, Jid, Order, Time, Untrusted};
use std::collections::HashMap;

/// One conversation.
#[derive(Debug, Clone)]
pub struct Chat {
    /// The account and the address: what tells chats apart.
    pub id: ChatId,
    /// Its kind.
    pub kind: ChatKind,
    /// The room's name, or the nickname that a stranger gives; contacts' names are in the roster.
    pub name: Option<Untrusted>,
    /// Whether it stands in the sidebar.
    pub is_open: bool,
    /// Whether the user accepted the peer: a contact, or written to. Else it stands under Requests.
    pub is_accepted: bool,
    /// Messages that were not read.
    pub unread: u32,
    /// Of these, mentions and direct messages.
    pub mentions: u32,
    /// Where the user has read to.
    pub read_up_to: Order,
    /// Where the "new" line stands while the chat is open: after this; stays until the user leaves.
    pub new_line: Option<Order>,
    /// The last message that the "new" line counts: what comes while the user watches is not counted. `None` while
    /// they do not.
    pub new_until: Option<Order>,
    /// When something last happened.
    pub last_activity: Time,
    /// What the user was typing there, while it is not the open chat.
    pub draft: String,
    /// What that draft is for, where it is not simply said.
    pub about: Option<About>,
    /// Who types, and since when.
    pub typing: Vec<(Jid, Time)>,
    /// The contact's device that the conversation is held with (RFC 6121 §5.1).
    pub device: Option<Jid>,
    /// What we last told the peer (XEP-0085).
    pub told_state: Option<(ChatState, Time)>,
    /// With whom a private chat in a room is.
    pub peer: Peer,
    /// The beginning of what a stranger wrote last, for the row of the request.
    pub preview: Untrusted,
}

impl Chat {
    /// A conversation that nothing is known of yet.
    #[must_use]
    pub fn new(id: ChatId, kind: ChatKind) -> Self {
        Self {
            id,
            kind,
            name: None,
            is_open: false,
            is_accepted: kind != ChatKind::Contact,
            unread: 0,
            mentions: 0,
            read_up_to: Order::default(),
            new_line: None,
            new_until: None,
            last_activity: Time::default(),
            draft: String::new(),
            about: None,
            typing: Vec::new(),
            device: None,
            told_state: None,
            peer: Peer::default(),
            preview: Untrusted::default(),
        }
    }

    /// Puts the "new" line after a message; or takes it away.
    pub fn put_new_line(&mut self, after: Option<Order>) {
        self.new_line = after;
        self.new_until = None;
    }

    /// How urgently it wants to be looked at: mentions of a room or direct messages before mere
    /// unread ones; `None` when there is nothing new or it is a request.
    #[must_use]
    pub fn urgency(&self) -> Option<u8> {
        let is_direct = self.kind != ChatKind::Room;
        match (self.is_accepted, self.unread, self.mentions) {
            (false, ..) | (true, 0, 0) => None,
            (true, _, 1..) if !is_direct => Some(3),
            _ if is_direct => Some(2),
            _ => Some(1),
        }
    }
}

/// All conversations.
#[derive(Debug, Clone, Default)]
pub struct Chats {
    /// By id.
    pub by_id: HashMap<ChatId, Chat>,
    /// The open one.
    pub current: Option<ChatId>,
    /// The one that was open before.
    pub previous: Option<ChatId>,
}

impl Chats {
    /// A chat.
    #[must_use]
    pub fn get(&self, id: &ChatId) -> Option<&Chat> {
        self.by_id.get(id)
    }

    /// A chat, to change.
    pub fn get_mut(&mut self, id: &ChatId) -> Option<&mut Chat> {
        self.by_id.get_mut(id)
    }
}
