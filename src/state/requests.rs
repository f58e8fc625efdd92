//! What waits for the user's yes or no.

use crate::model::{AccountId, BareJid, ChatId, RoomInvite, Untrusted};

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Somebody asks to see the user's presence.
    Subscription {
        /// Of which account.
        account: AccountId,
        /// Who.
        jid: BareJid,
        /// What they say.
        text: Option<Untrusted>,
    },
    /// An invitation to a room.
    Invite {
        /// Of which account.
        account: AccountId,
        /// The invitation.
        invite: RoomInvite,
    },
    /// A stranger wrote.
    Stranger(ChatId),
}

/// All requests, the oldest first; at most 200 are kept, more are only counted.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    /// The requests.
    pub list: Vec<Request>,
    /// How many came beyond that.
    pub overflow: u64,
}
