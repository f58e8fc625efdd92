//! A message, as it is stored and shown.
//!
//! Every message is made by [`Message::new`] or [`Message::notice`], never by a literal elsewhere. So what most messages
//! lack can get a field in [`Extra`] without a change where messages are made.

use super::{
    BareJid, ChatId, ChatKind, Deed, Jid, Order, Reaction, Relation, Retracted, RowId, StanzaId, Time, Untrusted,
    Version,
};

/// What kind of line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// One-to-one, or in private inside a room.
    Chat,
    /// In a room.
    Groupchat,
    /// A single message with a subject, like mail (`type='normal'`).
    Normal,
    /// An alert; not kept by servers (`type='headline'`).
    Headline,
    /// The subject of the room was changed; the body is the new subject.
    Subject,
    /// A line of parlour's own, such as "you were kicked".
    Notice,
    /// Encrypted with something parlour lacks (XEP-0380); the body names the method.
    Unreadable,
}

/// How far a message of the user's own has come. Later variants never fall back to earlier ones,
/// save for `Failed` and `Unknown`, which end the ladder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Written by somebody else.
    Incoming,
    /// On disk, not yet on the wire.
    Pending,
    /// Handed to the connection.
    Sent,
    /// The server has it (XEP-0198 ack, the room's echo, or found in the archive).
    Acked,
    /// The peer's client has it (XEP-0184).
    Delivered,
    /// The peer has seen it (XEP-0333).
    Displayed,
    /// Refused; the reason in words.
    Failed(Untrusted),
    /// It was on the wire when the link died and no archive can tell.
    Unknown,
}

/// An archive and the id that it gave (XEP-0359 stanza-id). Only kept where the archive may be
/// believed: our own account's, or the room's that sent the message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArchiveId {
    /// Whose archive.
    pub by: BareJid,
    /// The id in it.
    pub id: String,
}

impl ArchiveId {
    /// How far an id may lie from its message's stamp and still be taken for the time in it: a day, in microseconds.
    pub const NEAR: u64 = 86_400_000_000;

    /// The time that an archive's id is, in microseconds since 1970, where it is one near the stamp of its message:
    /// ejabberd's are. Clocks may differ.
    #[must_use]
    pub fn micros(id: &str, stamp: Time) -> Option<i64> {
        id.parse::<i64>().ok().filter(|micros| micros.abs_diff(stamp.0.saturating_mul(1000)) < Self::NEAR)
    }
}

/// The ids by which a message is recognised when it comes a second time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageIds {
    /// The `id` attribute.
    pub stanza: Option<StanzaId>,
    /// XEP-0359 origin-id, set by the sender.
    pub origin: Option<String>,
    /// The trusted archive id.
    pub archive: Option<ArchiveId>,
    /// XEP-0421 occupant-id, in rooms. In other chats, the resource that another device of the user's wrote to at an
    /// address that nobody knew: should that turn out to be a room's, it is a nickname.
    pub occupant: Option<String>,
    /// The stamp of a room that repeats this on entering (XEP-0045 §7.2.13): it may have come before, also without any
    /// id. Not kept.
    pub replay: Option<Time>,
}

/// How the store finds a message's place in its chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Placing {
    /// By its time. That is the arrival's, the archive's, or the one that a room gives to what it repeats on entering.
    #[default]
    Time,
    /// By its time, but below all that the user has read or written: the time is a stamp of what the server held, and
    /// only an archive's id could prove more.
    Unread,
    /// By when it came: its time is a stamp that proves nothing.
    Arrival(Time),
}

/// A delay stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// What it says; never in the future.
    pub stamp: Time,
    /// What it says of the message's place.
    pub placing: Placing,
}

impl Delay {
    /// A live message whose stamp proves nothing.
    #[must_use]
    pub fn is_claim(&self) -> bool {
        matches!(self.placing, Placing::Arrival(_))
    }
}

/// What most messages lack. A field here belongs to what is stored beside a message, and its default says "none".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Extra {
    /// The subject, of `Normal` and `Headline`.
    pub subject: Option<Untrusted>,
    /// What it says of another message.
    pub relation: Relation,
    /// What it said before its corrections, oldest first; the body is what it says now.
    pub versions: Vec<Version>,
    /// When the correction came that the body is of.
    pub edited: Option<Time>,
    /// Its words are gone.
    pub retracted: Option<Retracted>,
    /// What others feel about it, in the order in which the emoji came.
    pub reactions: Vec<Reaction>,
}

/// One message of a chat.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The row in the store, given by it.
    pub row: RowId,
    /// The place in the chat, given by the store.
    pub order: Order,
    /// The conversation.
    pub chat: ChatId,
    /// The conversation's kind, so that the store can make its row.
    pub chat_kind: ChatKind,
    /// Who wrote it: a full or bare JID, in rooms the occupant's JID.
    pub from: Jid,
    /// What kind of line it is.
    pub kind: MessageKind,
    /// The text.
    pub body: Untrusted,
    /// When it was written, as far as it can be trusted; never in the future.
    pub time: Time,
    /// Whether `time` comes from a delay stamp (XEP-0203) or the archive instead of the arrival.
    pub is_delayed: bool,
    /// How far it came; `Incoming` for what others wrote.
    pub delivery: Delivery,
    /// It names the user, or is a direct message.
    pub is_mention: bool,
    /// Ids for recognising it again.
    pub ids: MessageIds,
    /// What most messages lack.
    pub extra: Extra,
    /// How the store finds its place. Not kept.
    pub placing: Placing,
}

impl Message {
    /// A stamp further from the message's place than this, in milliseconds, is marked. Clocks differ by less.
    const APART: u64 = 120_000;

    /// What somebody else said just now, not stored yet and without ids. The caller changes what is different.
    #[must_use]
    pub fn new(chat: ChatId, chat_kind: ChatKind, from: Jid, body: impl Into<Untrusted>, time: Time) -> Self {
        let kind = match chat_kind {
            ChatKind::Contact | ChatKind::Occupant => MessageKind::Chat,
            ChatKind::Room => MessageKind::Groupchat,
        };
        Self {
            row: RowId::default(),
            order: Order::default(),
            chat,
            chat_kind,
            from,
            kind,
            body: body.into(),
            time,
            is_delayed: false,
            delivery: Delivery::Incoming,
            is_mention: chat_kind != ChatKind::Room,
            ids: MessageIds::default(),
            extra: Extra::default(),
            placing: Placing::Time,
        }
    }

    /// A line of parlour's own in a chat. Nobody is mentioned in it.
    #[must_use]
    pub fn notice(chat: ChatId, chat_kind: ChatKind, body: impl Into<Untrusted>, time: Time) -> Self {
        let from = chat.address.bare().to_jid();
        Self { kind: MessageKind::Notice, is_mention: false, ..Self::new(chat, chat_kind, from, body, time) }
    }

    /// The same message, written by the user, who is never mentioned by it.
    #[must_use]
    pub fn sent(self, delivery: Delivery) -> Self {
        Self { delivery, is_mention: false, ..self }
    }

    /// The same message, which says this of another one.
    #[must_use]
    pub fn relating(mut self, relation: Relation) -> Self {
        self.extra.relation = relation;
        self
    }

    /// The id by which others know it, for a deed or (`None`) an answer; `None` where nobody could tell which message is
    /// meant. Corrections go by the id that the sender gave, all else in rooms by the room's own id (XEP-0424 §4.1,
    /// XEP-0444 §4.2, XEP-0461 §3.1).
    #[must_use]
    pub fn named(&self, deed: Option<Deed>) -> Option<String> {
        let by_sender = || self.ids.origin.clone().or_else(|| self.ids.stanza.as_ref().map(ToString::to_string));
        match (self.chat_kind, deed) {
            (_, Some(Deed::Correct)) => self.ids.stanza.as_ref().map(ToString::to_string),
            (ChatKind::Room, _) => self.ids.archive.as_ref().map(|archive| archive.id.clone()),
            (ChatKind::Contact | ChatKind::Occupant, _) => by_sender(),
        }
    }

    /// Whether the user wrote it.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.delivery != Delivery::Incoming
    }

    /// When something happened in the chat by this message: a stamp that proves nothing does not count.
    #[must_use]
    pub fn activity(&self) -> Time {
        match self.placing {
            Placing::Time | Placing::Unread => self.time,
            Placing::Arrival(came) => came,
        }
    }

    /// When it came, where its time is a stamp that says something else than its place among the others.
    #[must_use]
    pub fn contradicted(&self) -> Option<Time> {
        let placed = Time(self.order.0 / 1000);
        (self.is_delayed && placed.0.abs_diff(self.time.0) > Self::APART).then_some(placed)
    }

    /// The sender's nickname in a room or private room conversation.
    #[must_use]
    pub fn nick(&self) -> Option<&str> {
        match self.chat_kind {
            ChatKind::Contact => None,
            ChatKind::Room | ChatKind::Occupant => self.from.resource(),
        }
    }
}
