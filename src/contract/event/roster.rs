//! Events of contacts and subscriptions (RFC 6121 §2, §3).

use crate::model::{BareJid, Contact, Jid, Untrusted};

/// What happened to the roster.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The whole roster is known; it replaces what was there.
    Loaded(Vec<Contact>),
    /// Contacts were added or changed.
    Changed(Vec<Contact>),
    /// A contact is gone.
    Removed(BareJid),
    /// Somebody asks to see the user's presence.
    SubscriptionAsked {
        /// The contact's address.
        jid: BareJid,
        /// What they say (XEP-0172 nickname or status text).
        text: Option<Untrusted>,
    },
    /// A contact whom the user asked first asks in return, and was allowed.
    AllowedInReturn(BareJid),
    /// A request was withdrawn or answered.
    SubscriptionSettled(BareJid),
    /// Somebody allowed (`true`) or refused the user's own request.
    SubscriptionAnswered {
        /// The contact's address.
        jid: BareJid,
        /// Whether they allow it.
        is_allowed: bool,
    },
    /// Whom the account blocks (XEP-0191), where the server can block. It replaces what was there.
    BlockListLoaded(Vec<Jid>),
    /// Addresses were blocked or unblocked, here or on another device. Unblocked without an address: all.
    BlockListChanged {
        /// Which.
        who: Vec<Jid>,
        /// Whether they are blocked now.
        is_blocked: bool,
    },
    /// The server did not block or unblock an address.
    BlockRefused {
        /// Which.
        who: Jid,
        /// What was asked.
        is_blocked: bool,
        /// Why not, in words.
        reason: Untrusted,
    },
    /// A change was refused by the server.
    Refused {
        /// Whom it was about.
        jid: BareJid,
        /// Why, in words.
        reason: Untrusted,
    },
}
