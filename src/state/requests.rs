//! Requests that wait for the user's yes or no.

use crate::model::{AccountId, BareJid, ChatId, RoomInvite, Untrusted};
use crate::words;

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Somebody asks to see the user's presence.
    Subscription {
        /// The account that it came to.
        account: AccountId,
        /// The address of the person who asks.
        jid: BareJid,
        /// Their own words.
        text: Option<Untrusted>,
    },
    /// An invitation to a room.
    Invite {
        /// The account that it came to.
        account: AccountId,
        /// The invitation.
        invite: RoomInvite,
    },
    /// A stranger wrote.
    Stranger(ChatId),
}

/// How many requests are kept; more are only counted.
pub const REQUESTS: usize = 200;

impl Request {
    /// What kind of request it is, in a word or two: the same wherever it is named.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Self::Subscription { .. } => words::request::contact(),
            Self::Invite { .. } => words::request::invitation(),
            Self::Stranger(_) => words::request::message(),
        }
    }

    /// The address that answers it with `/accept` and `/deny`: of the person, or of the room.
    #[must_use]
    pub fn who(&self) -> String {
        match self {
            Self::Subscription { jid, .. } => jid.to_string(),
            Self::Invite { invite, .. } => invite.room.to_string(),
            Self::Stranger(chat) => chat.address.to_string(),
        }
    }

    /// The account that the request came to.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        match self {
            Self::Subscription { account, .. } | Self::Invite { account, .. } => account,
            Self::Stranger(chat) => &chat.account,
        }
    }

    /// Whether both ask the same: an answer to one is an answer to the other.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Subscription { account, jid, .. }, Self::Subscription { account: a, jid: j, .. }) => {
                account == a && jid == j
            }
            (Self::Invite { account, invite }, Self::Invite { account: a, invite: i }) => {
                account == a && invite.room == i.room
            }
            (Self::Stranger(chat), Self::Stranger(c)) => chat == c,
            (Self::Subscription { .. } | Self::Invite { .. } | Self::Stranger(_), _) => false,
        }
    }
}

impl Requests {
    /// How many wait, also those that are only counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.overflow.saturating_add(self.list.len() as u64)
    }

    /// Keeps a request. Returns whether it is a new one that was kept.
    pub fn add(&mut self, request: Request) -> bool {
        if self.list.iter().any(|r| r.is_same(&request)) {
            return false;
        }
        if self.list.len() >= REQUESTS {
            self.overflow = self.overflow.saturating_add(1);
            return false;
        }
        self.list.push(request);
        true
    }

    /// Forgets the requests for which this holds.
    pub fn settle(&mut self, mut is_settled: impl FnMut(&Request) -> bool) {
        self.list.retain(|r| !is_settled(r));
        if self.list.is_empty() {
            self.overflow = 0;
        }
    }
}

/// All requests, the oldest first; at most 200 are kept, more are only counted.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    /// The keys that accept and deny the request of the open chat, as they are bound; `None` before there is one.
    pub keys: Option<(String, String)>,
    /// The requests.
    pub list: Vec<Request>,
    /// How many came beyond that.
    pub overflow: u64,
}
