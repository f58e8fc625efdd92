//! App ↔ store: what the user's actions write, what the screen queries, what the store replies.

use crate::model::{AccountId, ChatId, ChatKind, ChatSummary, Contact, Jid, Message, Order, Time};

/// What the user's own actions write. Writes of one key are merged. When the channel is full, the app keeps them and
/// tries again.
#[derive(Debug, Clone, PartialEq)]
pub enum UserWrite {
    /// What the user is typing there; empty deletes it.
    Draft {
        /// Which chat.
        chat: ChatId,
        /// Its kind, so that the store can make its row.
        kind: ChatKind,
        /// The text.
        text: String,
    },
    /// The user has read this chat up to here.
    Read {
        /// Which chat.
        chat: ChatId,
        /// Up to and with this message.
        up_to: Order,
    },
    /// The chat was opened or closed in the sidebar, accepted or not.
    Listed {
        /// Which chat.
        chat: ChatId,
        /// Its kind.
        kind: ChatKind,
        /// Whether it stands in the sidebar.
        is_open: bool,
        /// Whether it is no longer a request.
        is_accepted: bool,
    },
    /// The chat that is open on the screen from now on, so that the next start begins there.
    Current {
        /// The chat; none where `None`.
        chat: Option<ChatId>,
        /// The message at the bottom of the screen; the newest where `None`.
        bottom: Option<Order>,
    },
    /// The rows of the service browser that the user has unfolded: address and node.
    Unfolded {
        /// As which account.
        account: AccountId,
        /// All of them.
        nodes: Vec<(Jid, Option<String>)>,
    },
    /// Forget an account: history, roster, everything.
    Forget(AccountId),
}

/// News of the store itself, sent to the app outside the ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreNews {
    /// Something to know, once, in words.
    Told(String),
    /// Nothing can be written for now (the disk is full, the file is locked); it is tried again by itself.
    Stuck(String),
    /// Writing goes on.
    Over,
}

/// A question of the screen to the store. Only the newest per pane is answered; `seq` tells them apart.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// All chats and cached contacts of an account, asked once at the start.
    Chats {
        /// The account.
        account: AccountId,
    },
    /// A page of a chat's messages.
    Page {
        /// Which chat.
        chat: ChatId,
        /// From where.
        from: PageFrom,
        /// At most so many.
        limit: usize,
        /// Tells answers apart.
        seq: u64,
    },
    /// Where a place in a chat is, and where what is stored of it begins.
    Place {
        /// Which chat.
        chat: ChatId,
        /// Which place.
        place: Place,
        /// Tells answers apart.
        seq: u64,
    },
    /// Full-text search, newest first.
    Search {
        /// Whose; all accounts where `None`.
        account: Option<AccountId>,
        /// Which chat; all where `None`.
        chat: Option<ChatId>,
        /// The words, as typed.
        words: String,
        /// At most so many.
        limit: usize,
        /// Only older than this, for the next page.
        before: Option<Order>,
        /// Tells answers apart.
        seq: u64,
    },
}

/// A place in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The oldest message.
    Oldest,
    /// The first message from this time on.
    Since(Time),
    /// So many messages above this one.
    Above(Order, usize),
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFrom {
    /// The newest messages.
    Newest,
    /// Just older than this.
    Before(Order),
    /// Just newer than this.
    After(Order),
    /// With this in the middle.
    Around(Order),
}

/// What the store answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// To [`Query::Chats`].
    Chats {
        /// The account.
        account: AccountId,
        /// Every chat that is open, unread or a request; the most recent first.
        chats: Vec<ChatSummary>,
        /// The cached roster.
        contacts: Vec<Contact>,
        /// The rows of the service browser that the user had unfolded: address and node.
        unfolded: Vec<(Jid, Option<String>)>,
    },
    /// To [`Query::Page`]: oldest first.
    Page {
        /// Which chat.
        chat: ChatId,
        /// What was asked.
        from: PageFrom,
        /// The messages.
        messages: Vec<Message>,
        /// Nothing older is stored.
        is_oldest: bool,
        /// Nothing newer is stored.
        is_newest: bool,
        /// How many that are stored are newer.
        newer: usize,
        /// The question's.
        seq: u64,
    },
    /// To [`Query::Place`].
    Placed {
        /// The first messages that are stored of the chat, oldest first.
        oldest: Vec<Message>,
        /// Where the place is; `None` where what is stored does not reach so far.
        place: Option<Order>,
        /// The question's.
        seq: u64,
    },
    /// To [`Query::Search`]: newest first.
    Found {
        /// The messages.
        messages: Vec<Message>,
        /// There may be more.
        is_more: bool,
        /// When the oldest message was written that was looked at.
        oldest: Option<Time>,
        /// The question's.
        seq: u64,
    },
    /// A question could not be answered, in words.
    Failed {
        /// The reason, in words.
        reason: String,
        /// The question's.
        seq: u64,
    },
}
