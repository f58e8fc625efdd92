//! What a feature is: a synchronous state machine for one XEP, and what it may do.
//!
//! Features know nothing of tokio, of the socket or of each other. The router hands each stanza to
//! them in stage order; whatever they want to happen is collected in [`Cx`] and becomes one `Batch` and
//! some stanzas. Clock and ids come from `Cx` too, so a feature is a pure function of its script.

use super::stanza::Stanza;
use crate::contract::{Bootstrap, Command, Entry, Event, Write};
use crate::model::{
    AccountId, AccountSettings, ArchiveId, BareJid, ChatId, ChatKind, Contact, Delay, DiscoInfo, Jid, Message, Reach,
    Relation, Role, Standard, StanzaId, StatusPlaces, Time,
};
use minidom::Element;
use std::collections::{HashMap, HashSet};

pub use crate::model::Support;

/// When a feature sees a stanza: all of one stage before the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Carbons, archive, delay: each checks its sender and puts the inner stanza forward.
    Unwrap,
    /// Decryption.
    Open,
    /// Which ids it has: origin-id, stanza-id, occupant-id.
    Identify,
    /// What it is: receipt, chat state, invitation, error, encrypted with something we lack.
    Classify,
    /// How it looks: reply, fallback, links.
    Dress,
    /// Into the chat.
    Deliver,
}

/// What a feature says of itself; the reference, doap.xml, the disco answer and the caps hash are
/// made from these.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Such as `XEP-0199` or `RFC 6121 §2`.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The version that was read.
    pub version: &'static str,
    /// How much of it is here.
    pub support: Support,
    /// Namespaces that we announce in disco#info.
    pub disco: &'static [&'static str],
    /// When it sees stanzas.
    pub stage: Stage,
}

impl Spec {
    /// The row of the reference and of doap.xml.
    #[must_use]
    pub fn standard(&self) -> Standard {
        Standard { name: self.name, title: self.title, version: self.version, support: self.support }
    }
}

/// What a feature answers when it is shown something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// Not mine, or let the others see it too.
    Pass,
    /// Mine; nobody after me sees it.
    Taken,
}

/// One feature sets another in motion by these alone. Delivered in stage order after the stanza.
#[derive(Debug, Clone, PartialEq)]
pub enum Signal {
    /// A new session is bound: nothing of the old one holds.
    BoundAnew,
    /// The old session went on (XEP-0198): nothing was lost.
    Resumed,
    /// The link is down. Nothing can be sent; open questions will not be answered.
    Down,
    /// The roster is loaded (after `BoundAnew`): time for initial presence.
    RosterLoaded,
    /// The server's features are known (in `Facts`).
    ServerKnown,
    /// The user entered this room or took another nickname in it (`is_kept`), or left it by their own will: what other clients should do too.
    RoomWished {
        /// The room's address.
        room: BareJid,
        /// With which nickname.
        nick: String,
        /// Whether the user named that one; else an older bookmark's stays.
        is_nick_chosen: bool,
        /// Whether to enter it at the next login.
        is_kept: bool,
    },
    /// The user is in this room.
    RoomJoined(BareJid),
    /// What the room says of itself (disco#info) is in `Facts`, also when that came after the join.
    RoomKnown(BareJid),
    /// The user is no longer in this room.
    RoomLeft(BareJid),
    /// Catch-up with an archive is done (also when it cannot be asked): the outbox may go.
    CaughtUp {
        /// Whose archive.
        archive: BareJid,
        /// Whether the archive was really asked, so that what it does not hold was not received.
        is_asked: bool,
    },
    /// This archive should be looked at once more: what a dead connection still held may have got there late.
    LookAgain(BareJid),
    /// The archive holds these own messages, by stanza id or origin-id.
    FoundInArchive(Vec<String>),
    /// The server confirmed these own message stanzas (XEP-0198 `h`), by stanza id.
    AckedByServer(Vec<StanzaId>),
    /// These own message stanzas were handed to the connection.
    HandedOver(Vec<StanzaId>),
    /// Enter this room (bookmarks with autojoin, accepted invitations).
    JoinRoom {
        /// The room's address.
        room: BareJid,
        /// With which nickname.
        nick: Option<String>,
        /// With which password.
        password: Option<String>,
        /// Whether to make it where it is not there.
        may_create: bool,
    },
    /// The server has another address for a peer than the one that was typed.
    AddressLearned {
        /// The one that was typed.
        typed: BareJid,
        /// The one that the server has for it.
        real: BareJid,
    },
    /// The user's own presence is to be shown to rooms as well.
    OwnPresence(Box<Stanza>),
    /// A live message has a trusted archive id: the archive has grown by it.
    ArchiveGrew {
        /// Whose archive, and the id there.
        id: ArchiveId,
        /// When it came.
        time: Time,
    },
    /// An archive tells that another device of the user's has shown this chat up to this message (XEP-0333).
    DisplayedElsewhere {
        /// The conversation.
        chat: ChatId,
        /// The message, by its stanza id; in a room, by the room's id.
        id: String,
    },
    /// A message out of an archive went through the stages; it belongs to the page that is being fetched.
    Archived(Box<Message>),
}

/// What is known about the session, kept by the router, read by all features.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The account.
    pub account: AccountId,
    /// Its settings.
    pub settings: AccountSettings,
    /// The full JID that the server gave, while signed in.
    pub me: Option<Jid>,
    /// The user's bare JID as the server has it: the account's, what the server made of that, or what it lent a guest.
    pub own: BareJid,
    /// The same account as other parts of the server spell it, where they differ: ejabberd binds a session under the typed
    /// form, and stamps the true one on what the user sends.
    pub own_elsewhere: Option<BareJid>,
    /// Whether stanzas can be sent now.
    pub is_online: bool,
    /// What the server said of itself (disco#info), once known.
    pub server: Option<DiscoInfo>,
    /// What the account said of itself (disco#info of the own bare JID), once known.
    pub account_info: Option<DiscoInfo>,
    /// Namespaces of the stream features of this session, such as `urn:xmpp:features:rosterver`.
    pub stream_features: HashSet<String>,
    /// The server sends copies of what the user's other clients get and say (XEP-0280).
    pub has_carbons: bool,
    /// Capabilities of full JIDs (XEP-0115), where verified.
    pub peers: HashMap<Jid, std::sync::Arc<DiscoInfo>>,
    /// Rooms that the user is in (or enters), with nickname and role there.
    pub rooms: HashMap<BareJid, RoomFacts>,
    /// Rooms that the user has been in or keeps a bookmark of, whether or not they are in them now.
    pub known_rooms: HashSet<BareJid>,
    /// The nicknames that bookmarks have for rooms.
    pub room_nicks: HashMap<BareJid, String>,
    /// The roster, from the cache until the server's came.
    pub roster: HashMap<BareJid, Contact>,
    /// Contacts who see the user's presence (subscription from or both): they may ask things of us.
    pub subscribers: HashSet<BareJid>,
    /// Whom the user accepted by writing to them.
    pub accepted: HashSet<BareJid>,
    /// The device of a contact that messages go to: the one that wrote last, or that the user named (RFC 6121 §5.1).
    pub devices: HashMap<BareJid, Jid>,
    /// Whom alone the user is shown to, by directed presence.
    pub shown_to: HashSet<Jid>,
    /// Addresses that the user typed, with those that the server has for them.
    pub learned: HashMap<BareJid, BareJid>,
    /// How many messages of the user's own were on the wire, those of an earlier run that may have been counted as one.
    pub handed: u64,
    /// Up to which of them the fate of all is known. Those above may stand in the archive, and nobody has said so.
    pub settled: u64,
    /// What we say of ourselves (disco#info): every namespace of every `Spec`, sorted.
    pub own_info: DiscoInfo,
    /// Where the server's operators tell of outages (XEP-0455), from the store until the server said it.
    pub status_places: StatusPlaces,
    /// The server has had its time to end the session before this one. Else messages may still be under way there.
    pub had_time: bool,
    /// How far the address reached by which the server was met at this login.
    pub reach: Reach,
    /// Our own capabilities as (node, ver), for the `<c/>` of every presence (XEP-0115).
    pub own_caps: Option<(String, String)>,
}

impl Facts {
    /// What is known before anything happened.
    #[must_use]
    pub fn new(settings: AccountSettings) -> Self {
        Self {
            account: settings.id.clone(),
            own: settings.id.jid().clone(),
            own_elsewhere: None,
            settings,
            me: None,
            is_online: false,
            server: None,
            account_info: None,
            stream_features: HashSet::new(),
            has_carbons: false,
            peers: HashMap::new(),
            rooms: HashMap::new(),
            known_rooms: HashSet::new(),
            room_nicks: HashMap::new(),
            roster: HashMap::new(),
            subscribers: HashSet::new(),
            accepted: HashSet::new(),
            devices: HashMap::new(),
            shown_to: HashSet::new(),
            learned: HashMap::new(),
            handed: 0,
            settled: 0,
            own_info: DiscoInfo::default(),
            status_places: StatusPlaces::default(),
            had_time: false,
            reach: Reach::Public,
            own_caps: None,
        }
    }
}

/// What features know of a room.
#[derive(Debug, Clone, Default)]
pub struct RoomFacts {
    /// The user's nickname there.
    pub nick: String,
    /// The user's role there.
    pub role: Role,
    /// The user's occupant-id there (XEP-0421), where the room announces that it makes them.
    pub occupant_id: Option<String>,
    /// Whether the join is complete.
    pub is_joined: bool,
    /// The room's disco#info, once known.
    pub info: Option<DiscoInfo>,
}

/// Where a stanza came to us by. Set by the Unwrap stage after it checked the sender.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Origin {
    /// Straight from the stream.
    #[default]
    Live,
    /// Another of the user's clients received or sent it (XEP-0280).
    Carbon {
        /// Whether the user sent it from there.
        is_sent: bool,
    },
    /// An archive gave it (XEP-0313).
    Archive {
        /// Whose archive.
        by: BareJid,
        /// Its id there.
        id: String,
        /// When it was archived.
        time: Time,
    },
}

/// A message or presence on its way through the stages. Earlier stages fill in what later ones need.
#[derive(Clone)]
pub struct Inbound {
    /// The stanza; after Unwrap the inner one.
    pub stanza: Stanza,
    /// The sender, parsed. Our own server where the stanza names none.
    pub from: Jid,
    /// Which way it came.
    pub origin: Origin,
    /// A delay stamp (XEP-0203), and how far it is believed. Rooms' own are judged by Classify.
    pub delay: Option<Delay>,
    /// What a room said: whether the user wrote it. Filled by Classify.
    pub is_own_in_room: Option<bool>,
    /// Ids: filled by Identify.
    pub ids: crate::model::MessageIds,
    /// The conversation: filled by Identify, so that the stages after it agree.
    pub chat: Option<(ChatId, ChatKind)>,
    /// In a room that the user is in, live: since when its sender has been there under this nickname. Filled by Classify.
    pub sender_since: Option<Time>,
    /// What it says of another message: filled by Classify and Dress.
    pub relation: Relation,
    /// Parts of the body that are there for clients that do not know better (XEP-0428), in characters: filled by Dress.
    pub fallback: Vec<std::ops::Range<usize>>,
    /// What Classify or Dress make of the body instead of what the stanza says.
    pub message: Option<Box<Message>>,
}

/// An outgoing message on its way through `decorate`.
#[derive(Clone)]
pub struct Outbound {
    /// The stanza that is being made.
    pub stanza: Stanza,
    /// The conversation.
    pub chat: ChatId,
    /// Its kind.
    pub kind: ChatKind,
    /// What it says of another message.
    pub relation: Relation,
}

impl Outbound {
    /// Whether it only does something to another message, and has no text of its own.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.relation.act.as_ref().is_some_and(|act| act.deed.is_silent())
    }
}

/// One question of a feature, from [`Cx::ask`] until its answer comes. What it was about is the feature's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId(pub(super) u64);

/// One timer of a feature, from [`Cx::wake_at`] until it rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId(pub(super) u64);

/// An answer to a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// `type='result'`; the payload, where there is one.
    Result(Option<Element>),
    /// `type='error'`, in words made from RFC 6120 §8.3 (condition, then the server's own text).
    Error {
        /// Such as `item-not-found`.
        condition: String,
        /// In words, for people; includes the server's text.
        words: String,
    },
    /// No answer within 30 s.
    Timeout,
    /// The link went down before an answer came.
    Down,
}

/// What a feature can see and do while it handles one thing.
pub struct Cx<'a> {
    /// What is known. Features that own a fact change it.
    pub facts: &'a mut Facts,
    /// The clock.
    pub now: Time,
    /// Makes ids.
    pub(super) ids: &'a mut dyn FnMut() -> String,
    /// How many questions and timers there have been: their ids are counted.
    pub(super) count: &'a mut u64,
    /// The feature that runs now: questions and timers are its own.
    pub(super) feature: usize,
    /// What has been collected.
    pub(super) out: &'a mut Collected,
}

/// What features asked for while they ran.
#[derive(Default)]
pub(super) struct Collected {
    /// For the batch, in order.
    pub entries: Vec<Entry>,
    /// Whether the batch must be on disk before anything else leaves.
    pub is_durable: bool,
    /// Elements that are no stanzas, to send before these.
    pub elements: Vec<Element>,
    /// To send right away.
    pub stanzas: Vec<Stanza>,
    /// To send once the batch is on disk.
    pub durable: Vec<Stanza>,
    /// The user's own messages, to be decorated; whether they wait for the disk.
    pub outbound: Vec<(Outbound, bool)>,
    /// Questions asked; their stanzas are among `stanzas`.
    pub questions: Vec<Question>,
    /// Timers: (feature, when, id).
    pub timers: Vec<(usize, Time, TimerId)>,
    /// For the other features.
    pub signals: Vec<Signal>,
}

/// A question on its way.
pub(super) struct Question {
    /// Who asks.
    pub feature: usize,
    /// Which of its questions.
    pub id: QuestionId,
    /// The id of the iq.
    pub iq: String,
    /// Who is asked.
    pub to: Option<String>,
}

impl Cx<'_> {
    /// The account, as the config names it.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.facts.account
    }

    /// The user's bare JID, as the server has it.
    #[must_use]
    pub fn own(&self) -> &BareJid {
        &self.facts.own
    }

    /// A fresh random id (at least 64 random bits).
    pub fn new_id(&mut self) -> String {
        (self.ids)()
    }

    /// Tell the app, once the batch is committed.
    pub fn emit(&mut self, event: Event) {
        self.out.entries.push(Entry::Event(event));
    }

    /// Have the store write.
    pub fn write(&mut self, write: Write) {
        self.out.entries.push(Entry::Write(write));
    }

    /// Send a stanza now. While offline it is dropped: whatever must survive is written first.
    pub fn send(&mut self, stanza: Stanza) {
        if self.facts.is_online {
            self.out.stanzas.push(stanza);
        }
    }

    /// Send a stanza once this batch is on disk; makes the batch durable. While offline nothing is sent, but
    /// the batch is durable all the same.
    pub fn send_durable(&mut self, stanza: Stanza) {
        self.out.is_durable = true;
        if self.facts.is_online {
            self.out.durable.push(stanza);
        }
    }

    /// Send an element that is no stanza (RFC 6120 §4.8.4) now. Nothing confirms it; while offline it is dropped.
    pub fn send_element(&mut self, element: Element) {
        if self.facts.is_online {
            self.out.elements.push(element);
        }
    }

    /// Send a message of the user's own: the features decorate it first. With `is_durable` it waits until this
    /// batch is on disk. While offline it is dropped.
    pub fn post(&mut self, message: Outbound, is_durable: bool) {
        self.out.is_durable |= is_durable;
        if self.facts.is_online {
            self.out.outbound.push((message, is_durable));
        }
    }

    /// Have this batch synced to the disk at once, though no stanza waits for it.
    pub fn make_durable(&mut self) {
        self.out.is_durable = true;
    }

    /// Put a message into its chat: written by itself, or, out of an archive, as part of the page that is being
    /// fetched. What the Deliver stage makes goes this way, so that an archived message is parsed as a live one.
    pub fn deliver(&mut self, origin: &Origin, message: Message) {
        match origin {
            Origin::Live | Origin::Carbon { .. } => {
                if let Some(id) = message.ids.archive.clone() {
                    self.signal(Signal::ArchiveGrew { id, time: self.now });
                }
                self.write(Write::Message(Box::new(message)));
            }
            Origin::Archive { .. } => self.signal(Signal::Archived(Box::new(message))),
        }
    }

    /// Ask; exactly one answer comes to this feature's `on_reply`, with the id that is returned here. The iq's own id
    /// is set here. While offline the answer is `Down`. A feature that must know which question was answered asks
    /// through `kit::open`.
    pub fn ask(&mut self, mut iq: Stanza) -> QuestionId {
        *self.count += 1;
        let id = QuestionId(*self.count);
        let random = self.new_id();
        self.out.questions.push(Question { feature: self.feature, id, iq: random.clone(), to: iq.to.clone() });
        iq.id = Some(random);
        self.send(iq);
        id
    }

    /// Wake this feature at a time, by its `on_timer` with the id that is returned here.
    pub fn wake_at(&mut self, at: Time) -> TimerId {
        *self.count += 1;
        let id = TimerId(*self.count);
        self.out.timers.push((self.feature, at, id));
        id
    }

    /// Set other features in motion.
    pub fn signal(&mut self, signal: Signal) {
        self.out.signals.push(signal);
    }

    /// Whether the account's server announces a namespace.
    #[must_use]
    pub fn server_has(&self, ns: &str) -> bool {
        self.facts.server.as_ref().is_some_and(|i| i.has(ns))
    }

    /// Whether the account itself (its bare JID) announces a namespace.
    #[must_use]
    pub fn account_has(&self, ns: &str) -> bool {
        self.facts.account_info.as_ref().is_some_and(|i| i.has(ns))
    }

    /// Whether a full JID announces a namespace; `None` where its capabilities are unknown.
    #[must_use]
    pub fn peer_has(&self, jid: &Jid, ns: &str) -> Option<bool> {
        self.facts.peers.get(jid).map(|i| i.has(ns))
    }

    /// Whether a JID is a room that the user is in or enters, or somebody in it.
    #[must_use]
    pub fn is_room(&self, jid: &Jid) -> bool {
        self.facts.rooms.contains_key(&jid.bare())
    }

    /// Whether a JID is a room, or somebody in it, wherever the user is now: before the rooms are entered, and after.
    #[must_use]
    pub fn is_known_room(&self, jid: &Jid) -> bool {
        self.is_room(jid) || self.facts.known_rooms.contains(&jid.bare())
    }
}

/// A feature: one protocol extension, one file. Every method has a default, so a file says only what it does.
pub trait Feature: Send {
    /// What it is.
    fn spec(&self) -> &'static Spec;

    /// Further specs of the same file, for extensions that are only a few lines in another's frame.
    fn also(&self) -> &'static [Spec] {
        &[]
    }

    /// The engine starts: take what was stored. Facts may be set; nothing can be sent or told yet.
    fn load(&mut self, _facts: &mut Facts, _bootstrap: &Bootstrap) {}

    /// The engine's task crashed and another one begins: give it what would be lost with this one, as the store would
    /// have given it.
    fn unload(&self, _bootstrap: &mut Bootstrap) {}

    /// Another feature, or the session, has something to say.
    fn on_signal(&mut self, _cx: &mut Cx<'_>, _signal: &Signal) {}

    /// A message came.
    fn on_message(&mut self, _cx: &mut Cx<'_>, _message: &mut Inbound) -> Flow {
        Flow::Pass
    }

    /// A presence came.
    fn on_presence(&mut self, _cx: &mut Cx<'_>, _presence: &mut Inbound) -> Flow {
        Flow::Pass
    }

    /// A question (`get` or `set`) came; `payload` is its one child. Answer with `kit::iq::result` or
    /// `kit::iq::error` through `cx.send`. One that nobody takes is answered `service-unavailable`.
    fn on_iq(&mut self, _cx: &mut Cx<'_>, _iq: &Inbound, _payload: &Element) -> Flow {
        Flow::Pass
    }

    /// An answer came.
    fn on_reply(&mut self, _cx: &mut Cx<'_>, _question: QuestionId, _answer: Answer) {}

    /// It is time.
    fn on_timer(&mut self, _cx: &mut Cx<'_>, _timer: TimerId) {}

    /// The app asks for something. `Err` gives it back: not mine.
    ///
    /// # Errors
    /// The command, when it is another feature's.
    fn on_command(&mut self, _cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        Err(Box::new(command))
    }

    /// An outgoing message is being made: add what belongs to it.
    fn decorate(&mut self, _cx: &mut Cx<'_>, _out: &mut Outbound) {}
}
