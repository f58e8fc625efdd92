//! Everything that one stanza or command caused. The store commits it in one transaction and then tells the app.

use super::Event;
use crate::model::{
    AccountId, ArchiveId, BareJid, ChatId, ChatKind, Contact, Delivery, DiscoInfo, Jid, Message, StanzaId,
    StatusPlaces, Time, Untrusted,
};

/// All that one stanza caused, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The account whose engine made it.
    pub account: AccountId,
    /// Ascending per account; the writer publishes the last committed one.
    pub seq: u64,
    /// Stanzas wait for this batch: it is synced to the disk (`synchronous=FULL`) at once.
    pub is_durable: bool,
    /// How many stanzas of the session are on disk once this batch is (XEP-0198 `h`); written in its transaction.
    /// `None` where the session could not be resumed anyway.
    pub counted: Option<u32>,
    /// Events to pass on and writes to make, in order.
    pub entries: Vec<Entry>,
}

/// One entry of a batch.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry {
    /// Passed on as it is after the commit.
    Event(Event),
    /// Written; what the app must know of it is told by events that the store makes.
    Write(Write),
}

/// What the engine has the store write.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// A message, live or written by the user (then `Pending`, and a draft that is this text is deleted in the
    /// same transaction). A duplicate is merged into its row and makes no `MessageArrived`; an own message
    /// that comes back (echo, carbon, archive) makes its row Acked.
    Message(Box<Message>),
    /// Something that is stored beside a message.
    Addition(Addition),
    /// Delete a message that was not sent.
    DropMessage {
        /// The conversation.
        chat: ChatId,
        /// The message's stanza id.
        id: StanzaId,
    },
    /// A page of the archive, oldest first. Makes one `PageStored`. Orders are given from the newest
    /// backwards, each below the one after it, above the row of `after`, so that stamps of a whole
    /// second keep the archive's order.
    Page {
        /// Whose archive.
        archive: BareJid,
        /// The messages.
        messages: Vec<Message>,
        /// The archive id just before this page where it is stored already (the gap's lower end).
        after: Option<String>,
        /// The archive id just after this page where it is stored already (the gap's upper end).
        before: Option<String>,
        /// The server archived it late: what of it lies below what the user has read is told.
        is_late: bool,
    },
    /// Another device of the user's has shown a chat up to this message (XEP-0333): to there it is read.
    Displayed {
        /// The conversation.
        chat: ChatId,
        /// The message, by its stanza id; in a room, by the room's id.
        id: String,
    },
    /// Pages of an archive that this device never read before are stored: of the chats that no own message and no marker
    /// tells of, what is older than what the user wrote last is read.
    FirstRead {
        /// Whose archive.
        archive: BareJid,
        /// When the first reading began.
        begun: Time,
    },
    /// What of an archive is stored; replaces the list. Oldest first.
    Intervals {
        /// Whose archive.
        archive: BareJid,
        /// The stretches without gaps.
        intervals: Vec<Interval>,
    },
    /// The whole roster; replaces it.
    Roster {
        /// The roster version (RFC 6121 §2.6).
        version: Option<String>,
        /// All contacts.
        contacts: Vec<Contact>,
    },
    /// One contact was added or changed (`Ok`) or removed (`Err`).
    Contact {
        /// The roster version after it.
        version: Option<String>,
        /// The change.
        change: Result<Contact, BareJid>,
    },
    /// A chat is there, in the sidebar or not, accepted or under Requests.
    Chat {
        /// The conversation.
        chat: ChatId,
        /// Its kind.
        kind: ChatKind,
        /// Its name.
        name: Option<Untrusted>,
    },
    /// The server knows a peer under another address than the typed one. Merges what is stored of the two.
    AddressLearned {
        /// The conversation under the address that was typed.
        typed: ChatId,
        /// The one that it is.
        real: ChatId,
    },
    /// A verified answer for a capabilities hash (XEP-0115).
    Caps(Box<CapsEntry>),
    /// The session that a later start of the program could go on with, or that there is none.
    Resumable(Option<Resumable>),
    /// Where the server's operators tell of outages (XEP-0455).
    StatusPlaces(StatusPlaces),
    /// The user answered an invitation to a room: what invited there before is history.
    InviteAnswered {
        /// Which room.
        room: BareJid,
        /// When.
        at: Time,
    },
}

/// What the engine has stored beside a message that was said before. Each kind is one fact of the store.
#[derive(Debug, Clone, PartialEq)]
pub enum Addition {
    /// A message of the user's own went on. Never moves down the ladder. With `archive`, the row also
    /// learns its archive id.
    Delivery {
        /// The conversation.
        chat: ChatId,
        /// The message's stanza id.
        id: StanzaId,
        /// How far it is now.
        delivery: Delivery,
        /// The archive id, where it became known.
        archive: Option<ArchiveId>,
    },
}

/// A session that the server keeps for a while when the link breaks (XEP-0198 §5): what must be known to go on with
/// it after the program itself ended without a goodbye.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumable {
    /// What the server calls it.
    pub id: String,
    /// The full JID that is bound to it.
    pub me: Jid,
    /// How many of its stanzas are on disk.
    pub handled: u32,
}

/// A stretch of an archive that is stored without gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interval {
    /// The archive id of its oldest message.
    pub first: String,
    /// The archive id of its newest message.
    pub last: String,
    /// When its oldest message was archived.
    pub first_time: Time,
    /// When its newest message was archived.
    pub last_time: Time,
    /// Nothing older is in the archive.
    pub is_start: bool,
}

/// A verified capabilities hash (XEP-0115 §5.4) and what it stands for.
#[derive(Debug, Clone, PartialEq)]
pub struct CapsEntry {
    /// The hash algorithm, such as `sha-1`.
    pub hash: String,
    /// The verification string.
    pub ver: String,
    /// What it stands for.
    pub info: DiscoInfo,
}

/// What an engine is told when it starts; it reads nothing while it runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bootstrap {
    /// The roster version that goes with `contacts`.
    pub roster_version: Option<String>,
    /// The cached roster.
    pub contacts: Vec<Contact>,
    /// What of each archive is stored.
    pub archives: Vec<(BareJid, Vec<Interval>)>,
    /// Verified capabilities, the most recently used 2,000.
    pub caps: Vec<CapsEntry>,
    /// Messages in state Pending or Sent, oldest first: the outbox.
    pub outbox: Vec<Message>,
    /// Addresses that the user accepted by writing to them.
    pub accepted: Vec<BareJid>,
    /// Addresses of rooms that the user has been in.
    pub rooms: Vec<BareJid>,
    /// The session of a program that ended without a goodbye.
    pub resumable: Option<Resumable>,
    /// Where the server's operators tell of outages, for when the server cannot be asked.
    pub status_places: StatusPlaces,
    /// Rooms to which invitations were answered lately, and when.
    pub answered: Vec<(BareJid, Time)>,
}

/// Writer → app: the events of committed batches, in order, at most 256.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// The account whose engine made it.
    pub account: AccountId,
    /// The events.
    pub events: Vec<Event>,
}
