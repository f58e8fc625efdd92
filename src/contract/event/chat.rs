//! Events of messages and chat states.

use crate::model::{ChatId, ChatState, ChatSummary, Deed, Delivery, Jid, Message, RowId, StanzaId, Untrusted};

/// What happened in a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A message is stored; made by the store from `Write::Message`, never by the engine.
    MessageArrived(Box<Message>),
    /// Something that is stored beside a message changed: the message as it is now. Made by the store.
    MessageChanged(Box<Message>),
    /// A message is not shown by itself any more: it was a correction, and the message that it corrects is here now. Made
    /// by the store.
    MessageHidden {
        /// The conversation.
        chat: ChatId,
        /// The message's row.
        row: RowId,
    },
    /// Something that the user does to another message is on disk. Made by the store.
    ActStored {
        /// The conversation.
        chat: ChatId,
        /// The id of its stanza.
        id: Option<StanzaId>,
        /// How far it is.
        delivery: Delivery,
    },
    /// Something that the user did to another message was refused: that message is again what it was. Made by the store.
    ActRefused {
        /// The conversation.
        chat: ChatId,
        /// The id of its stanza.
        id: StanzaId,
        /// What was to be done.
        deed: Deed,
        /// With which text.
        body: String,
        /// Why not.
        reason: Untrusted,
    },
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
    /// The server knows a peer under another address than the typed one: all that is stored of the two is one chat now,
    /// that of the true address. Made by the store from `Write::AddressLearned`.
    AddressLearned {
        /// The conversation under the address that was typed.
        typed: ChatId,
        /// The one that it is.
        real: ChatId,
        /// What is stored of it, where anything is.
        summary: Option<Box<ChatSummary>>,
    },
    /// The conversation is held with this device of the contact, or with all of them (RFC 6121 §5.1).
    DeviceChanged {
        /// The conversation.
        chat: ChatId,
        /// The device's full address.
        device: Option<Jid>,
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
