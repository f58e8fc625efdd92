//! Events of messages and chat states.

use crate::model::{ChatId, ChatState, Delivery, Jid, Message, RowId, StanzaId};

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A message is stored; made by the store from `Write::Message`, never by the engine.
    MessageArrived(Box<Message>),
    /// Something that is stored beside a message changed: the message as it is now. Made by the store.
    MessageChanged(Box<Message>),
    /// A message of the user's own went on; made by the store from `Addition::Delivery`.
    DeliveryChanged {
        /// The conversation.
        chat: ChatId,
        /// The message's row.
        row: RowId,
        /// Its stanza id.
        id: StanzaId,
        /// How far it is now.
        delivery: Delivery,
    },
    /// A message that was not sent is gone, as asked.
    MessageDropped {
        /// The conversation.
        chat: ChatId,
        /// The message's row.
        row: RowId,
        /// Its stanza id.
        id: StanzaId,
    },
    /// The peer types, paused, left (XEP-0085).
    StateChanged {
        /// The conversation.
        chat: ChatId,
        /// Who: in rooms the occupant.
        from: Jid,
        /// What they do.
        state: ChatState,
    },
}
