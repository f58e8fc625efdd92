//! Messages in rooms (XEP-0045 §7.4, §8.1): the own echo, the subject, what the room itself says.
//!
//! Conversation and ids are known by now: the Identify stage found them.

use super::echo::Echo;
use super::room::{Phase, Room};
use super::state::{Muc, line, notice, refuse, room_chat};
use super::{parse, proof};
use crate::contract::event::muc as events;
use crate::contract::{Addition, Event, Write};
use crate::model::{BareJid, ChatKind, Delivery, MessageKind, StanzaId};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Origin, Signal, Spec, Stage, Support};
use crate::xmpp::kit::element::stanza_text;
use crate::xmpp::kit::payload::{self, Maybe};
use crate::xmpp::kit::{errors, message, ns};
use crate::xmpp::stanza::Stanza;

/// So many changes of a subject are known when they come back.
const SUBJECTS_MAX: usize = 16;

/// What a room may be from now on, by status code (XEP-0045 §15.6.2): in words, and whether it concerns the privacy of
/// those in it.
const CHANGES: &[(u16, &str, bool)] = &[
    (172, "This room shows your address to everybody in it from now on", true),
    (173, "This room shows your address to its moderators alone from now on", false),
    (174, "This room shows your address to nobody from now on", false),
    (170, "What is said in this room is logged for the public from now on", true),
    (171, "What is said in this room is no longer logged for the public", false),
];
/// Told where none of the above is.
const SETTINGS: (u16, &str, bool) = (104, "The settings of this room were changed", false);

impl Muc {
    /// A message: is it a room's, and one that counts?
    pub(super) fn message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let jid = message.from.bare();
        if message.stanza.type_.as_deref() != Some("groupchat") {
            let is_private = matches!(message.chat, Some((_, ChatKind::Occupant)));
            self.note_since(&jid, message);
            if is_private && message.origin == Origin::Live && Self::has_occupant_ids(cx, &jid) {
                message.ids.occupant = parse::occupant_id(&message.stanza);
            }
            if message.from.is_bare() && message.origin == Origin::Live && self.rooms.contains_key(&jid) {
                if message.stanza.type_.as_deref() == Some("error") {
                    self.returned(cx, &jid, &message.stanza);
                    self.subject_refused(cx, &jid, &message.stanza);
                } else {
                    self.is_other_now(cx, &jid, &message.stanza);
                    declined(cx, &jid, &message.stanza);
                }
            }
            return Flow::Pass;
        }
        let is_believed = match &message.origin {
            Origin::Live => self.rooms.get(&jid).is_some_and(|r| matches!(r.phase, Phase::In | Phase::Entering)),
            Origin::Archive { by, .. } => *by == jid,
            // Rooms send to each client by itself (XEP-0280 §6.1): a copy is somebody's invention.
            Origin::Carbon { .. } => false,
        };
        if !is_believed {
            return Flow::Taken;
        }
        if Self::has_occupant_ids(cx, &jid) {
            message.ids.occupant = parse::occupant_id(&message.stanza);
        }
        if message.origin == Origin::Live
            && let Some(room) = self.rooms.get(&jid)
        {
            proof::judge(cx.now, &jid, room, message);
        }
        self.note_since(&jid, message);
        message.is_own_in_room = Some(proof::is_own(cx, &jid, message));
        if message.origin != Origin::Live {
            if let Some(subject) = bare_subject(&message.stanza) {
                become_subject(cx, message, subject);
            }
            return Flow::Pass;
        }
        self.live(cx, &jid, message)
    }

    /// Since when the sender has been there: only of what is said now.
    fn note_since(&self, jid: &BareJid, message: &mut Inbound) {
        if message.origin == Origin::Live
            && message.delay.is_none()
            && let (Some(room), Some(nick)) = (self.rooms.get(jid), message.from.resource())
        {
            message.sender_since = room.occupants.since(nick);
        }
    }

    fn live(&mut self, cx: &mut Cx<'_>, jid: &BareJid, message: &mut Inbound) -> Flow {
        if message.from.is_bare() {
            self.is_other_now(cx, jid, &message.stanza);
        }
        if let Some(room) = self.rooms.get_mut(jid) {
            room.heard = Some(cx.now);
        }
        let subject = bare_subject(&message.stanza);
        if subject.is_some() && self.rooms.get(jid).is_some_and(is_shown_there) {
            // The subject ends what a room sends on entering: it has let us in, though it did not say so (status 110).
            self.entered(cx, jid, [false; 3]);
        }
        if self.is_echo(cx, jid, message) {
            return Flow::Taken;
        }
        match subject {
            Some(subject) => self.subject(cx, jid, message, subject),
            None => Flow::Pass,
        }
    }

    /// XEP-0045 §10.2.1: the room is not what it was. What that means for the user is told in its chat.
    fn is_other_now(&mut self, cx: &mut Cx<'_>, jid: &BareJid, stanza: &Stanza) {
        let Some(x) = parse::user_x(stanza) else { return };
        let mut told: Vec<_> = CHANGES.iter().filter(|(code, ..)| x.has(*code)).collect();
        if told.is_empty() && x.has(SETTINGS.0) {
            told.push(&SETTINGS);
        }
        if told.is_empty() {
            return;
        }
        for (_, words, is_alarming) in told {
            line(cx, jid, (*words).to_owned(), *is_alarming);
        }
        self.ask_info(cx, jid, None);
    }

    /// A change of the subject by the user came back (XEP-0045 §8.1): they are told.
    fn subject_refused(&mut self, cx: &mut Cx<'_>, jid: &BareJid, stanza: &Stanza) {
        let id = stanza.id.as_deref();
        let sent = self.subjects.iter().position(|(room, sent)| room == jid && Some(sent.as_str()) == id);
        let is_told_by_content = id.is_none() && bare_subject(stanza).is_some();
        if let Some(at) = sent {
            self.subjects.remove(at);
        } else if !is_told_by_content {
            return;
        }
        refuse(cx, jid, "topic", &errors::read(stanza).1);
    }

    /// Changes the subject (XEP-0045 §8.1).
    pub(super) fn set_subject(&mut self, cx: &mut Cx<'_>, room: &BareJid, subject: &str) {
        let id = cx.new_id();
        cx.send(parse::subject(room, &id, subject));
        if self.subjects.len() == SUBJECTS_MAX {
            self.subjects.pop_front();
        }
        self.subjects.push_back((room.clone(), id));
    }

    /// Whether it is a message of this client that comes back: the room has it, and everybody got it.
    fn is_echo(&mut self, cx: &mut Cx<'_>, jid: &BareJid, message: &mut Inbound) -> bool {
        let Some(room) = self.rooms.get_mut(jid) else { return false };
        let is_now = message.from.resource() == Some(room.nick.as_str());
        if !is_now && message.is_own_in_room != Some(true) {
            return false;
        }
        let body = stanza_text(&message.stanza, "body").unwrap_or_default();
        let ids = message.ids.stanza.as_ref().map(StanzaId::as_str).into_iter().chain(message.ids.origin.as_deref());
        let echo = room.sending.by_id(ids, &body, cx.now).or_else(|| {
            // Its sender's own id would have come back with the message.
            let may_be = is_now && message.delay.is_none() && message.ids.origin.is_none();
            may_be.then(|| room.sending.by_words(&body, cx.now)).flatten()
        });
        let archive = message.ids.archive.clone();
        match echo {
            None => return false,
            Some(Echo::Second) => {
                (message.ids.stanza, message.ids.origin) = (None, None);
                return false;
            }
            Some(Echo::Piece) => {}
            Some(Echo::First(id)) => {
                let (chat, archive) = (room_chat(cx, jid), archive.clone());
                let (stanza, delivery) = (StanzaId::from(id.as_str()), Delivery::Acked);
                cx.write(Write::Addition(Addition::Delivery { chat, id: stanza, delivery, archive }));
                cx.signal(Signal::FoundInArchive(vec![id]));
            }
        }
        if let Some(id) = archive {
            cx.signal(Signal::ArchiveGrew { id, time: cx.now });
        }
        true
    }

    /// A message with a subject and no body is the subject (XEP-0045 §8.1): the first one after entering says what
    /// it is, every further one that it changed.
    fn subject(&mut self, cx: &mut Cx<'_>, jid: &BareJid, message: &mut Inbound, subject: String) -> Flow {
        let Some(room) = self.rooms.get_mut(jid) else { return Flow::Taken };
        let stamp = message.delay.filter(|delay| !delay.is_claim()).map(|delay| delay.stamp);
        let is_change = std::mem::replace(&mut room.has_subject, true) && stamp.is_none();
        let (room, by) = (jid.clone(), message.from.resource().map(Into::into));
        let time = stamp.unwrap_or(cx.now);
        cx.emit(Event::Muc(events::Event::SubjectChanged { room, by, subject: subject.as_str().into(), time }));
        if !is_change {
            return Flow::Taken;
        }
        become_subject(cx, message, subject);
        Flow::Pass
    }
}

/// Whether the user enters this room, and it shows somebody under the nickname that was asked for. Were that somebody
/// else, it would have refused.
fn is_shown_there(room: &Room) -> bool {
    room.phase == Phase::Entering && room.occupants.contains_key(&room.nick)
}

fn become_subject(cx: &Cx<'_>, message: &mut Inbound, subject: String) {
    let mut line = message::instead(cx.facts, cx.now, message, MessageKind::Subject, subject);
    if let Some(line) = &mut line {
        line.is_mention = false;
    }
    message.message = line.map(Box::new);
}

fn bare_subject(stanza: &Stanza) -> Option<String> {
    let has_body = stanza.children.iter().any(|c| c.is("body", ns::JABBER_CLIENT) || c.is("thread", ns::JABBER_CLIENT));
    if has_body { None } else { stanza_text(stanza, "subject") }
}

/// XEP-0045 §7.8.2: somebody does not want to come.
fn declined(cx: &mut Cx<'_>, room: &BareJid, stanza: &Stanza) {
    let decline = stanza.child("x", ns::MUC_USER).and_then(|x| x.get_child("decline", ns::MUC_USER));
    let Some(parse::Decline { from: Maybe(Some(from)), reasons, .. }) = decline.and_then(payload::read) else {
        return;
    };
    let why = parse::first(reasons).map_or_else(String::new, |w| format!(": {}", w.raw()));
    notice(cx, room, format!("{from} declined the invitation{why}"));
}

static SPEC: Spec = Spec {
    name: "XEP-0045 §7.4",
    title: "Multi-User Chat: messages to all occupants",
    version: "1.35.5",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Deliver,
};

/// Puts what was said in a room into its chat. Has no memory: [`Muc`] has passed over what does not count.
pub struct Talk;

impl Feature for Talk {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, inbound: &mut Inbound) -> Flow {
        if inbound.stanza.type_.as_deref() != Some("groupchat") {
            return Flow::Pass;
        }
        let read = inbound.message.take().map(|m| *m).or_else(|| message::read(cx.facts, cx.now, inbound));
        if let Some(message) = read {
            cx.deliver(&inbound.origin, message);
        }
        Flow::Taken
    }
}
