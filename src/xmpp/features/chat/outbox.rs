//! The outbox: what the user writes, from the composer to the proof that it arrived (RFC 6120 §8, XEP-0198 §5).
//!
//! Every message is a row on the disk before it is on the wire. It climbs a ladder: Pending → Sent (handed to the
//! connection) → Acked (the server confirmed it, or the room's echo came). What is written offline waits. When the
//! session is lost and not resumed, rows that were on the wire are in doubt: they wait for catch-up, rows that the
//! archive holds are settled, the rest go again with the same ids; where no archive can tell, they are Unknown.
//! A server may still read what the dead connection held while it answers the new one, so the archive is looked at
//! twice, with a pause, before anything goes again: other clients would show both.
//! Messages to a room wait until the user is in that room, and the order in a chat is kept.
//! A private message to somebody in a room goes in the stay in which it was written, or not by itself: after that the
//! nickname may be another's.
//!
//! Security: an error settles a message only when it comes from that message's own peer, so that nobody can mark
//! another's conversation as failed.

use crate::contract::event::session;
use crate::contract::{Addition, Bootstrap, Command, Event, Write, command};
use crate::model::{BareJid, ChatId, ChatKind, Delivery, Jid, Message, Relation, StanzaId, Time};
use crate::xmpp::feature::{
    Answer, Cx, Facts, Feature, Flow, Inbound, Origin, Outbound, QuestionId, Signal, Spec, Stage, Support, TimerId,
};
use crate::xmpp::kit::element::{el, text_el};
use crate::xmpp::kit::open::Timers;
use crate::xmpp::kit::{errors, iq, message as kit, ns, payload};
use crate::xmpp::stanza::{Kind, Stanza};
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use xmpp_parsers::receipts::Received;

/// The second look at an archive comes no sooner after the login than this.
const SECOND_LOOK: Duration = Duration::from_millis(1500);
/// What an earlier run may have put on the wire counts as the first of `Facts::handed`.
const EARLIER: u64 = 1;

static SPEC: Spec = Spec {
    name: "RFC 6121 §5.2",
    title: "Message Stanzas: sending",
    version: "2011-03",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Identify,
};

/// Where a message of the outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Not on the wire.
    Waits,
    /// Given to the session, which waits for the disk.
    Queued,
    /// On the wire of this session.
    Sent,
    /// It was on the wire of a session that is lost.
    InDoubt,
}

struct Entry {
    chat: ChatId,
    kind: ChatKind,
    id: StanzaId,
    body: String,
    relation: Relation,
    place: Place,
    /// Surely never on any wire: it need not wait for catch-up. A Pending row that the program found at its start may
    /// have left in the moment before a crash.
    is_fresh: bool,
    /// Which of the messages on the wire it was (`Facts::handed`), the first time.
    handed: u64,
}

/// What is not settled yet, oldest first.
#[derive(Default)]
pub struct Outbox {
    entries: Vec<Entry>,
    /// Archives that are caught up in this session: the account's and those of rooms.
    caught_up: HashSet<BareJid>,
    /// Archives that were looked at once and did not hold what is in doubt; whether the second look has begun.
    looked: HashMap<BareJid, bool>,
    /// Which login it is, and since when: a timer of an earlier one means nothing.
    login: u64,
    since: Time,
    /// Second looks that are due: at which archive, in which login.
    looks: Timers<(BareJid, u64)>,
    /// How many were on the wire.
    handed: u64,
    backlog: Backlog,
}

/// The stanzas that the server held back while the link was down. Until they are here, nobody knows who has a nickname.
#[derive(Default, PartialEq)]
enum Backlog {
    /// They are here.
    #[default]
    Here,
    /// They may be on their way, and nobody needs to know.
    Unknown,
    /// The server was asked something: its answer comes after them.
    Asked,
}

impl Feature for Outbox {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn load(&mut self, _facts: &mut Facts, bootstrap: &Bootstrap) {
        self.handed = EARLIER;
        self.entries = bootstrap.outbox.iter().filter_map(parse_row).collect();
    }

    fn unload(&self, bootstrap: &mut Bootstrap) {
        bootstrap.outbox = self.entries.iter().map(unload_row).collect();
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        match signal {
            Signal::Down => self.replace(Place::Queued, Place::Waits),
            Signal::BoundAnew => {
                self.caught_up.clear();
                self.looked.clear();
                self.login += 1;
                self.since = cx.now;
                self.replace(Place::Sent, Place::InDoubt);
                self.backlog = Backlog::Here;
                self.give_up_private(cx, "you were out of the room meanwhile, and it may be somebody else now", |_| {
                    true
                });
            }
            Signal::Resumed => {
                self.backlog = Backlog::Unknown;
                if self.entries.iter().any(is_private) {
                    self.hear(cx);
                }
                self.flush(cx);
            }
            Signal::RosterLoaded | Signal::RoomJoined(_) => self.flush(cx),
            Signal::CaughtUp { archive, is_asked } => {
                if !(*is_asked && self.must_look_again(cx, archive)) {
                    self.caught_up.insert(archive.clone());
                    self.decide(cx, archive, *is_asked);
                    self.flush(cx);
                }
            }
            Signal::RoomLeft(room) => {
                self.caught_up.remove(room);
                self.looked.remove(room);
                self.doubt_room(room);
                let why = "you are not in the room any more";
                self.give_up_private(cx, why, |e| e.chat.address.bare() == *room);
            }
            Signal::HandedOver(ids) => self.handed_over(cx, ids),
            Signal::AckedByServer(ids) => self.acked(cx, ids),
            Signal::FoundInArchive(ids) => self.found(cx, ids),
            Signal::AddressLearned { typed, .. } => {
                let is_it = |e: &&mut Entry| e.chat.address == *typed;
                self.entries.iter_mut().filter(is_it).for_each(|e| e.chat = cx.facts.true_chat(e.chat.clone()));
            }
            _ => return,
        }
        self.report(cx);
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, inbound: &mut Inbound) -> Flow {
        if inbound.stanza.type_.as_deref() == Some("error") {
            self.refused(cx, inbound);
            self.report(cx);
            return Flow::Pass;
        }
        let before = self.entries.len();
        self.received(inbound);
        self.came_by_itself(cx, inbound);
        // The room's echo: the store settles the row, since the same message arrives.
        let is_echo = inbound.origin == Origin::Live
            && inbound.stanza.type_.as_deref() == Some("groupchat")
            && kit::is_own_occupant(cx.facts, &inbound.from);
        if let (true, Some((chat, _))) = (is_echo, &inbound.chat) {
            let ids = &inbound.ids;
            let is_it = |e: &Entry| {
                e.chat == *chat && (ids.origin.as_deref() == Some(e.id.as_str()) || ids.stanza.as_ref() == Some(&e.id))
            };
            self.entries.retain(|e| !is_it(e));
        }
        if self.entries.len() != before {
            self.report(cx);
        }
        Flow::Pass
    }

    /// Whoever a private message is for has gone, or has another name now.
    fn on_presence(&mut self, cx: &mut Cx<'_>, presence: &mut Inbound) -> Flow {
        if presence.stanza.type_.as_deref() == Some("unavailable") && cx.is_room(&presence.from) {
            let from = presence.from.clone();
            self.give_up_private(cx, "nobody of this name is there any more", |e| e.chat.address == from);
            self.report(cx);
        }
        Flow::Pass
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, _id: QuestionId, answer: Answer) {
        if answer != Answer::Down {
            self.backlog = Backlog::Here;
            self.flush(cx);
            self.report(cx);
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_>, id: TimerId) {
        let Some((archive, login)) = self.looks.take(id) else { return };
        if let Some(is_second) = self.looked.get_mut(&archive)
            && login == self.login
            && !std::mem::replace(is_second, true)
        {
            cx.signal(Signal::LookAgain(archive));
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        use command::chat::Command::{Drop, Retry, Send};
        match command {
            Command::Chat(Send { chat, kind, body, id, relation }) => {
                let chat = cx.facts.true_chat(chat);
                if kind == ChatKind::Contact {
                    cx.facts.accepted.insert(chat.address.bare());
                }
                let entry = Entry { chat, kind, id, body, relation, place: Place::Waits, is_fresh: true, handed: 0 };
                cx.write(Write::Message(Box::new(build_row(cx, &entry))));
                cx.make_durable();
                self.take(cx, entry);
                Ok(())
            }
            // One that is here goes by itself; the session may hold its stanza already, and twice is once too often.
            Command::Chat(Retry { chat, id, .. }) if self.entries.iter().any(|e| e.is(&chat, &id)) => Ok(()),
            Command::Chat(Retry { chat, kind, body, id, relation }) => {
                cx.write(delivery(&chat, &id, Delivery::Pending));
                cx.make_durable();
                self.take(cx, Entry { chat, kind, id, body, relation, place: Place::Waits, is_fresh: true, handed: 0 });
                Ok(())
            }
            Command::Chat(Drop { chat, id }) => {
                self.give_up(cx, chat, id);
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

impl Entry {
    fn is(&self, chat: &ChatId, id: &StanzaId) -> bool {
        self.chat == *chat && self.id == *id
    }
}

impl Outbox {
    /// Drops a message, unless it may reach somebody: then its row stays, since it tells the truth.
    fn give_up(&mut self, cx: &mut Cx<'_>, chat: ChatId, id: StanzaId) {
        let place = self.entries.iter().find(|e| e.is(&chat, &id)).map(|e| e.place);
        let why = match place {
            None | Some(Place::Waits) => {
                self.entries.retain(|e| !e.is(&chat, &id));
                cx.write(Write::DropMessage { chat, id });
                // What was written later may have waited behind it.
                self.flush(cx);
                return self.report(cx);
            }
            Some(Place::Queued | Place::Sent) => "it is on its way already",
            Some(Place::InDoubt) => "it was on its way when the connection broke, and is being looked for",
        };
        let text = format!("the message to {} is not dropped: {why}", chat.address);
        cx.emit(Event::Session(session::Event::Noticed(text.into())));
    }

    /// Asks for the end of what the server held.
    fn hear(&mut self, cx: &mut Cx<'_>) {
        if self.backlog == Backlog::Unknown {
            self.backlog = Backlog::Asked;
            cx.ask(iq::ping(None));
        }
    }

    /// A new message: sent once its row is on disk, unless it must wait.
    fn take(&mut self, cx: &mut Cx<'_>, mut entry: Entry) {
        if entry.kind == ChatKind::Occupant && !is_in_room(cx, &entry) {
            cx.write(delivery(&entry.chat, &entry.id, Delivery::Failed("you are not in the room".into())));
            return;
        }
        let must_hear = entry.kind == ChatKind::Occupant && self.backlog != Backlog::Here;
        if must_hear && cx.facts.is_online {
            self.hear(cx);
        }
        if is_reachable(cx, &entry) && !self.is_behind(&entry.chat) && !must_hear {
            entry.place = Place::Queued;
            cx.post(build_outbound(cx.facts, &entry), true);
        }
        self.entries.push(entry);
    }

    /// Tells the archive up to where everything of ours is either in it or never will be.
    fn report(&self, cx: &mut Cx<'_>) {
        let open = self.entries.iter().filter(|e| !e.is_fresh && e.kind != ChatKind::Room);
        cx.facts.handed = self.handed;
        cx.facts.settled = open.map(|e| e.handed - 1).min().unwrap_or(self.handed);
    }

    /// Whether what is in doubt here must not go yet: the first look was too early to say that it never arrived.
    fn must_look_again(&mut self, cx: &mut Cx<'_>, archive: &BareJid) -> bool {
        let account = cx.own().clone();
        let is_open = |e: &Entry| matches!(e.place, Place::Waits | Place::InDoubt) && !e.is_fresh;
        if !self.entries.iter().any(|e| is_open(e) && archive_of(&account, e) == *archive) {
            return false;
        }
        if let Some(is_second) = self.looked.get(archive) {
            return !is_second;
        }
        self.looked.insert(archive.clone(), false);
        let at = self.since.plus(SECOND_LOOK).max(cx.now);
        self.looks.wake_at(cx, at, (archive.clone(), self.login));
        true
    }

    /// The server's copy of a message of ours that is in doubt (XEP-0280): the dead connection's last words arrived.
    fn came_by_itself(&mut self, cx: &mut Cx<'_>, inbound: &Inbound) {
        let (Origin::Carbon { is_sent: true }, Some((chat, _))) = (&inbound.origin, &inbound.chat) else { return };
        let is_it = |e: &Entry| !e.is_fresh && e.chat == *chat && inbound.ids.stanza.as_ref() == Some(&e.id);
        for entry in self.entries.extract_if(.., |e| is_it(e)) {
            cx.write(delivery(&entry.chat, &entry.id, Delivery::Acked));
        }
    }

    /// Whether older messages of this chat still wait.
    fn is_behind(&self, chat: &ChatId) -> bool {
        self.entries.iter().any(|e| e.chat == *chat && matches!(e.place, Place::Waits | Place::InDoubt))
    }

    /// Sends what waits and can go. Its rows are on disk already. Within a chat nothing overtakes.
    fn flush(&mut self, cx: &mut Cx<'_>) {
        let mut blocked: HashSet<ChatId> = HashSet::new();
        let account = cx.own().clone();
        for entry in &mut self.entries {
            let is_sure = entry.is_fresh || self.caught_up.contains(&archive_of(&account, entry));
            let must_hear = self.backlog != Backlog::Here && entry.kind == ChatKind::Occupant;
            let is_open = is_sure && is_reachable(cx, entry) && !must_hear;
            match entry.place {
                Place::Waits if is_open && !blocked.contains(&entry.chat) => {
                    entry.place = Place::Queued;
                    // It is on disk; but the session lets no more go than the server keeps up with.
                    cx.post(build_outbound(cx.facts, entry), true);
                }
                Place::Waits | Place::InDoubt => {
                    blocked.insert(entry.chat.clone());
                }
                Place::Queued | Place::Sent => {}
            }
        }
    }

    /// Catch-up is done: what is still in doubt was not received, or nobody can tell.
    fn decide(&mut self, cx: &mut Cx<'_>, archive: &BareJid, is_asked: bool) {
        let account = cx.own().clone();
        let is_old = |e: &Entry| e.kind == ChatKind::Occupant && e.place == Place::Waits && !e.is_fresh;
        let is_meant = |e: &Entry| (e.place == Place::InDoubt || is_old(e)) && archive_of(&account, e) == *archive;
        for entry in self.entries.extract_if(.., |e| e.kind == ChatKind::Occupant && is_meant(e)) {
            cx.write(delivery(&entry.chat, &entry.id, Delivery::Unknown));
        }
        if is_asked {
            for entry in self.entries.iter_mut().filter(|e| is_meant(e)) {
                entry.place = Place::Waits;
            }
        } else {
            for entry in self.entries.extract_if(.., |e| is_meant(e)) {
                cx.write(delivery(&entry.chat, &entry.id, Delivery::Unknown));
            }
        }
    }

    /// A nickname is somebody's only while the user sees them there: what was not sent until then must not go to whoever
    /// bears the name later. What an earlier run wrote, or may have sent, waits for the archive.
    fn give_up_private(&mut self, cx: &mut Cx<'_>, why: &str, is_it: impl Fn(&Entry) -> bool) {
        for entry in self.entries.extract_if(.., |e| is_private(e) && is_it(e)) {
            cx.write(delivery(&entry.chat, &entry.id, Delivery::Failed(why.into())));
        }
    }

    /// The user is no longer in a room: what it did not echo may be lost.
    fn doubt_room(&mut self, room: &BareJid) {
        for entry in self.entries.iter_mut().filter(|e| e.kind == ChatKind::Room && e.chat.address == *room) {
            if entry.place == Place::Sent {
                entry.place = Place::InDoubt;
            }
        }
    }

    fn replace(&mut self, from: Place, to: Place) {
        for entry in self.entries.iter_mut().filter(|e| e.place == from) {
            entry.place = to;
        }
    }

    fn handed_over(&mut self, cx: &mut Cx<'_>, ids: &[StanzaId]) {
        let ids: HashSet<&StanzaId> = ids.iter().collect();
        for entry in self.entries.iter_mut().filter(|e| e.place == Place::Queued && ids.contains(&e.id)) {
            entry.place = Place::Sent;
            entry.is_fresh = false;
            self.handed += 1;
            if entry.handed == 0 {
                entry.handed = self.handed;
            }
            cx.write(delivery(&entry.chat, &entry.id, Delivery::Sent));
        }
    }

    /// Our own server has them. That settles all but messages to rooms, whose proof is the echo.
    fn acked(&mut self, cx: &mut Cx<'_>, ids: &[StanzaId]) {
        let ids: HashSet<&StanzaId> = ids.iter().collect();
        let is_settled = |e: &Entry| e.kind != ChatKind::Room && e.place == Place::Sent && ids.contains(&e.id);
        for entry in self.entries.extract_if(.., |e| is_settled(e)) {
            cx.write(delivery(&entry.chat, &entry.id, Delivery::Acked));
        }
    }

    fn found(&mut self, cx: &mut Cx<'_>, ids: &[String]) {
        let ids: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let is_found = |e: &Entry| ids.contains(e.id.as_str());
        for entry in self.entries.extract_if(.., |e| is_found(e)) {
            cx.write(delivery(&entry.chat, &entry.id, Delivery::Acked));
        }
    }

    /// A receipt settles a message as well, where the server confirms nothing.
    fn received(&mut self, inbound: &Inbound) {
        let receipt = inbound.stanza.child("received", ns::RECEIPTS).and_then(payload::read);
        let (Some((chat, _)), Some(Received { id })) = (&inbound.chat, receipt) else { return };
        // The oldest ones are those that are out; there may be thousands behind them. One that is in doubt arrived as well.
        let is_it = |e: &Entry| !e.is_fresh && e.id.as_str() == id.as_str() && e.chat == *chat;
        if let Some(at) = self.entries.iter().position(is_it) {
            self.entries.remove(at);
        }
    }

    /// An error came back. The conversation follows from its sender, so only the peer can refuse.
    fn refused(&mut self, cx: &mut Cx<'_>, inbound: &Inbound) {
        let (Some((chat, _)), Some(id)) = (inbound.chat.clone(), inbound.ids.stanza.clone()) else { return };
        if !matches!(inbound.origin, Origin::Live) {
            return;
        }
        self.entries.retain(|e| !e.is(&chat, &id));
        // In a room the server speaks of the room; to a person it speaks of whether they are there.
        let is_room = cx.facts.rooms.contains_key(&chat.address.bare());
        let words = if is_room { errors::read(&inbound.stanza).1 } else { errors::returned(&inbound.stanza) };
        cx.write(delivery(&chat, &id, Delivery::Failed(words.into())));
    }
}

/// Whether it was written to somebody in a room, and was never on any wire.
fn is_private(entry: &Entry) -> bool {
    entry.kind == ChatKind::Occupant && entry.place == Place::Waits && entry.is_fresh
}

/// Whether a message can reach its peer now: rooms and the people in them need the user in the room.
fn is_reachable(cx: &Cx<'_>, entry: &Entry) -> bool {
    cx.facts.is_online && (entry.kind == ChatKind::Contact || is_in_room(cx, entry))
}

/// Whether the user is in the entry's room, or was when the link broke.
fn is_in_room(cx: &Cx<'_>, entry: &Entry) -> bool {
    cx.facts.rooms.get(&entry.chat.address.bare()).is_some_and(|r| r.is_joined)
}

/// The archive that would hold it.
fn archive_of(account: &BareJid, entry: &Entry) -> BareJid {
    match entry.kind {
        ChatKind::Room => entry.chat.address.bare(),
        ChatKind::Contact | ChatKind::Occupant => account.clone(),
    }
}

fn delivery(chat: &ChatId, id: &StanzaId, delivery: Delivery) -> Write {
    Write::Addition(Addition::Delivery { chat: chat.clone(), id: id.clone(), delivery, archive: None })
}

fn parse_row(message: &Message) -> Option<Entry> {
    let place = match message.delivery {
        Delivery::Pending => Place::Waits,
        Delivery::Sent => Place::InDoubt,
        Delivery::Incoming
        | Delivery::Acked
        | Delivery::Delivered
        | Delivery::Displayed
        | Delivery::Failed(_)
        | Delivery::Unknown => return None,
    };
    Some(Entry {
        chat: message.chat.clone(),
        kind: message.chat_kind,
        id: message.ids.stanza.clone()?,
        body: message.body.raw().to_owned(),
        relation: message.extra.relation.clone(),
        place,
        is_fresh: false,
        handed: EARLIER,
    })
}

/// The reverse of [`parse_row`].
fn unload_row(entry: &Entry) -> Message {
    let delivery = match entry.place {
        Place::Waits | Place::Queued => Delivery::Pending,
        Place::Sent | Place::InDoubt => Delivery::Sent,
    };
    let mut row = message(entry, entry.chat.account.jid().to_jid(), Time::default());
    row.delivery = delivery;
    row
}

fn build_row(cx: &Cx<'_>, entry: &Entry) -> Message {
    let from = match entry.kind {
        ChatKind::Contact | ChatKind::Occupant => cx.facts.own_jid(),
        ChatKind::Room => own_occupant(cx, &entry.chat.address.bare()),
    };
    message(entry, from, cx.now)
}

fn message(entry: &Entry, from: Jid, time: Time) -> Message {
    let mut message = Message::new(entry.chat.clone(), entry.kind, from, entry.body.as_str(), time);
    (message.ids.stanza, message.ids.origin) = (Some(entry.id.clone()), Some(entry.id.to_string()));
    message.sent(Delivery::Pending).relating(entry.relation.clone())
}

fn own_occupant(cx: &Cx<'_>, room: &BareJid) -> Jid {
    let nick = cx.facts.rooms.get(room).map_or(cx.facts.settings.room_nick(), |r| r.nick.as_str());
    room.with_resource(nick).unwrap_or_else(|_| room.to_jid())
}

fn build_outbound(facts: &Facts, entry: &Entry) -> Outbound {
    let type_ = match entry.kind {
        ChatKind::Contact | ChatKind::Occupant => "chat",
        ChatKind::Room => "groupchat",
    };
    let to = facts.addressee(&entry.chat, entry.kind);
    let mut stanza = Stanza::new(Kind::Message).with_type(type_).with_to(&to).with_id(entry.id.as_str());
    if entry.kind == ChatKind::Occupant {
        // XEP-0045 §7.5: so that our other clients know it for a private message in a room.
        stanza.children.push(el("x", ns::MUC_USER));
    }
    stanza.children.push(text_el("body", ns::JABBER_CLIENT, &entry.body));
    Outbound { stanza, chat: entry.chat.clone(), kind: entry.kind, relation: entry.relation.clone() }
}
