//! Events of presence (RFC 6121 §4).

use crate::model::{Jid, OwnPresence, ResourcePresence, Untrusted};

/// What happened to presences. Those of one stretch of stanzas come together.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A resource of a contact (or of the account itself) came or changed.
    Changed(ResourcePresence),
    /// A resource went; with its last words.
    Gone {
        /// The full JID; a bare one means all resources.
        jid: Jid,
        /// The last words.
        status: Option<Untrusted>,
    },
    /// The account went offline: nobody's presence is known any more.
    AllGone,
    /// The user's own presence is now this.
    OwnChanged(OwnPresence),
    /// The client of a resource became known (XEP-0115).
    ClientKnown {
        /// The full JID.
        jid: Jid,
        /// The program's name.
        client: Untrusted,
    },
}
