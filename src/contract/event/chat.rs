//! Messages.

use crate::model::{ChatId, ChatState, Delivery, Jid, Message, RowId, StanzaId};

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A message is stored; made by the store from `Write::Message`, never by the engine.
    MessageArrived(Box<Message>),
    /// A message of the user's own went on; made by the store from `Addition::Delivery`.
    DeliveryChanged {
        /// Where.
        chat: ChatId,
        /// Which row.
        row: RowId,
        /// Its stanza id.
        id: StanzaId,
        /// How far it is now.
        delivery: Delivery,
    },
    /// A message that was not sent is gone, as asked.
    MessageDropped {
        /// Where.
        chat: ChatId,
        /// Which row.
        row: RowId,
        /// Its stanza id.
        id: StanzaId,
    },
    /// The peer types, paused, left (XEP-0085).
    StateChanged {
        /// Where.
        chat: ChatId,
        /// Who: in rooms the occupant.
        from: Jid,
        /// What they do.
        state: ChatState,
    },
}
