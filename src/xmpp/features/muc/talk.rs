//! Messages in rooms (XEP-0045 §7.4, §7.5, §8.1): which conversation, which ids may be believed, the own echo, the
//! subject.

use super::parse;
use super::room::Phase;
use super::xep0045::{Muc, notice, room_chat};
use crate::contract::event::muc as told;
use crate::contract::{Event, Write};
use crate::model::{ArchiveId, BareJid, ChatId, ChatKind, Delivery, Jid, Message, MessageKind, Order, RowId, StanzaId};
use crate::xmpp::feature::{Cx, Flow, Inbound, Origin, Signal};
use crate::xmpp::kit::element::{CLIENT, child_text, stanza_text};
use crate::xmpp::stream::element::Stanza;

const STANZA_ID: &str = "urn:xmpp:sid:0";

impl Muc {
    /// Says which conversation a message belongs to, if that is a room's.
    pub(super) fn message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        if message.stanza.type_.as_deref() == Some("groupchat") {
            return self.groupchat(cx, message);
        }
        let peer = match message.origin {
            Origin::Carbon { is_sent: true } => message.stanza.to.as_deref().and_then(|to| Jid::parse(to).ok()),
            Origin::Archive { .. } if message.from.bare() == *cx.account().jid() => {
                message.stanza.to.as_deref().and_then(|to| Jid::parse(to).ok())
            }
            Origin::Carbon { is_sent: false } | Origin::Archive { .. } | Origin::Live => Some(message.from.clone()),
        };
        let Some(peer) = peer else { return Flow::Pass };
        let is_of_room = cx.is_room(&peer) || is_private(&message.stanza);
        if !is_of_room {
            return Flow::Pass;
        }
        if peer.is_bare() {
            if cx.is_room(&peer) && message.origin == Origin::Live {
                declined(cx, &peer.bare(), &message.stanza);
                message.chat = Some((room_chat(cx, &peer.bare()), ChatKind::Room));
            }
        } else {
            message.chat = Some((ChatId::new(cx.account().clone(), peer), ChatKind::Occupant));
        }
        Flow::Pass
    }

    fn groupchat(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let jid = message.from.bare();
        let is_believed = match &message.origin {
            Origin::Live => self.rooms.get(&jid).is_some_and(|r| matches!(r.phase, Phase::In | Phase::Entering)),
            Origin::Archive { by, .. } => *by == jid,
            // Rooms send to each client by itself (XEP-0280 §6.1): a copy is somebody's invention.
            Origin::Carbon { .. } => false,
        };
        if !is_believed {
            return Flow::Taken;
        }
        message.chat = Some((room_chat(cx, &jid), ChatKind::Room));
        if Self::has_occupant_ids(cx, &jid) {
            message.ids.occupant = parse::occupant_id(&message.stanza);
        }
        if message.origin != Origin::Live {
            return archived_subject(cx, &jid, message);
        }
        message.ids.archive = Self::has_stanza_ids(cx, &jid).then(|| stanza_id(&message.stanza, &jid)).flatten();
        if let Some(room) = self.rooms.get_mut(&jid)
            && message.from.resource().is_some()
        {
            room.heard = Some(message.delay.unwrap_or(cx.now));
        }
        config_changed(cx, &jid, message);
        if self.is_echo(cx, &jid, message) {
            return Flow::Taken;
        }
        self.subject(cx, &jid, message)
    }

    /// Whether it is a message of this client that comes back: the room has it, and everybody got it.
    fn is_echo(&mut self, cx: &mut Cx<'_>, jid: &BareJid, message: &Inbound) -> bool {
        let Some(room) = self.rooms.get_mut(jid) else { return false };
        let is_own = message.from.resource() == Some(room.nick.as_str())
            || message.ids.occupant.as_deref().is_some_and(|id| room.own_id() == Some(id));
        if !is_own {
            return false;
        }
        let origin = message.stanza.child("origin-id", STANZA_ID).and_then(|o| o.attr("id"));
        let Some(id) = room.take_sent(message.stanza.id.as_deref().into_iter().chain(origin)) else { return false };
        let chat = room_chat(cx, jid);
        let archive = message.ids.archive.clone();
        let delivery = Delivery::Acked;
        cx.write(Write::Delivery { chat, id: StanzaId::from(id.as_str()), delivery, archive });
        cx.signal(Signal::FoundInArchive(vec![id]));
        true
    }

    /// A message with a subject and no body is the subject (XEP-0045 §8.1): the first one after entering says what
    /// it is, every further one that it changed.
    fn subject(&mut self, cx: &mut Cx<'_>, jid: &BareJid, message: &mut Inbound) -> Flow {
        let Some(subject) = bare_subject(&message.stanza) else { return Flow::Pass };
        let Some(room) = self.rooms.get_mut(jid) else { return Flow::Taken };
        let is_change = std::mem::replace(&mut room.has_subject, true) && message.delay.is_none();
        let (room, by) = (jid.clone(), message.from.resource().map(Into::into));
        let time = message.delay.unwrap_or(cx.now);
        cx.emit(Event::Muc(told::Event::SubjectChanged { room, by, subject: subject.as_str().into(), time }));
        if !is_change {
            return Flow::Taken;
        }
        message.message = Some(Box::new(subject_line(cx, jid, message, &subject)));
        Flow::Pass
    }
}

fn archived_subject(cx: &mut Cx<'_>, jid: &BareJid, message: &mut Inbound) -> Flow {
    if let Some(subject) = bare_subject(&message.stanza) {
        message.message = Some(Box::new(subject_line(cx, jid, message, &subject)));
    }
    Flow::Pass
}

/// XEP-0045 §10.2.1: the room is not what it was; ask again.
fn config_changed(cx: &mut Cx<'_>, jid: &BareJid, message: &Inbound) {
    if message.from.is_bare() && parse::user_x(&message.stanza).is_some_and(|x| x.has(104)) {
        super::enter::ask_info(cx, jid, crate::model::Token(0));
    }
}

/// XEP-0045 §7.5: a private message of a room carries the room's mark; an invitation has one too, with a child.
fn is_private(stanza: &Stanza) -> bool {
    stanza.type_.as_deref() == Some("chat")
        && stanza.child("x", parse::USER).is_some_and(|x| x.children().next().is_none())
}

/// XEP-0359 §3.2: the id that the room itself gave.
fn stanza_id(stanza: &Stanza, room: &BareJid) -> Option<ArchiveId> {
    let by_room = |c: &&minidom::Element| {
        c.is("stanza-id", STANZA_ID) && c.attr("by").and_then(|by| Jid::parse(by).ok()).is_some_and(|by| by == *room)
    };
    let id = stanza.children.iter().find(by_room)?.attr("id").filter(|id| !id.is_empty())?;
    Some(ArchiveId { by: room.clone(), id: id.to_owned() })
}

fn bare_subject(stanza: &Stanza) -> Option<String> {
    let has_body = stanza.children.iter().any(|c| c.is("body", CLIENT) || c.is("thread", CLIENT));
    if has_body { None } else { stanza_text(stanza, "subject") }
}

fn subject_line(cx: &Cx<'_>, jid: &BareJid, message: &Inbound, subject: &str) -> Message {
    let is_own = cx.facts.rooms.get(jid).is_some_and(|r| message.from.resource() == Some(r.nick.as_str()));
    let mut ids = message.ids.clone();
    ids.stanza = ids.stanza.or_else(|| message.stanza.id.as_deref().map(StanzaId::from));
    let archived = match &message.origin {
        Origin::Archive { time, .. } => Some(*time),
        Origin::Live | Origin::Carbon { .. } => None,
    };
    Message {
        row: RowId::default(),
        order: Order::default(),
        chat: room_chat(cx, jid),
        chat_kind: ChatKind::Room,
        from: message.from.clone(),
        kind: MessageKind::Subject,
        subject: None,
        body: subject.into(),
        time: message.delay.or(archived).unwrap_or(cx.now),
        is_delayed: message.delay.or(archived).is_some(),
        delivery: if is_own { Delivery::Acked } else { Delivery::Incoming },
        is_mention: false,
        ids,
    }
}

/// XEP-0045 §7.8.2: somebody does not want to come.
fn declined(cx: &mut Cx<'_>, room: &BareJid, stanza: &Stanza) {
    let Some(decline) = stanza.child("x", parse::USER).and_then(|x| x.get_child("decline", parse::USER)) else {
        return;
    };
    let Some(from) = decline.attr("from").and_then(|f| Jid::parse(f).ok()) else { return };
    let why = child_text(decline, "reason").map_or_else(String::new, |w| format!(": {}", w.raw()));
    notice(cx, room, format!("{from} declined the invitation{why}"));
}
