//! Events of contacts and subscriptions (RFC 6121 §2, §3).

use crate::model::{BareJid, Contact, Untrusted};

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
    /// A change was refused by the server.
    Refused {
        /// Whom it was about.
        jid: BareJid,
        /// Why, in words.
        reason: Untrusted,
    },
}
