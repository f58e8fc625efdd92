//! Contacts and subscriptions (RFC 6121 §2, §3).

use crate::model::{BareJid, Jid};

/// What to do with the roster.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Add a contact (or change it) and, with `subscribe`, ask to see its presence.
    Set {
        /// The address of the contact.
        jid: BareJid,
        /// The name; `None` leaves it as it is, an empty one removes it.
        name: Option<String>,
        /// The groups; `None` leaves them as they are.
        groups: Option<Vec<String>>,
        /// Whether to ask for the subscription as well.
        subscribe: bool,
    },
    /// Remove a contact and both subscriptions.
    Remove(BareJid),
    /// Allow a request to see the user's presence.
    Allow(BareJid),
    /// Refuse a request, or take an earlier permission back.
    Deny(BareJid),
    /// Block an address or unblock it (XEP-0191): a person, a device, or a whole domain.
    Block {
        /// Which.
        who: Jid,
        /// Whether to block it.
        is_blocked: bool,
    },
}
