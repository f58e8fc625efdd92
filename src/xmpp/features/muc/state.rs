//! The memory of the rooms feature, and what all its parts say to the app: a line in a room's chat, a refusal.
//!
//! A leaf: `xep0045` and the other parts each add methods to [`Muc`], and none of them needs another for its type.

use super::room::{Known, Room};
use crate::contract::event::muc as events;
use crate::contract::{Event, Write};
use crate::model::{BareJid, ChatId, ChatKind, Message, StanzaId, Time, Token};
use crate::xmpp::feature::Cx;
use crate::xmpp::kit::ns;
use crate::xmpp::kit::open::{Questions, Timers};
use minidom::Element;
use std::collections::{HashMap, VecDeque};

/// What a room was asked.
pub(super) enum Question {
    /// What it is (disco#info), in an attempt to enter it, or because it may have changed.
    Info { room: BareJid, attempt: Option<u64> },
    /// Whether the user is still there, in this stay.
    Ping { room: BareJid, attempt: u64 },
    /// To take its default configuration, since it was just made.
    Open(BareJid),
    /// To kick, ban or unban somebody.
    Deed { room: BareJid, deed: Deed, who: String },
    /// Its configuration; the app knows the question by the token.
    Form { room: BareJid, token: Token },
    /// To take this configuration.
    Configure(Token),
    /// To forget the room that was just made, since nobody wanted that.
    Cancel,
}

/// What a moderator does to somebody.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    Kick,
    Ban,
    Unban,
    Moderate,
}

/// What a timer is for.
pub(super) enum Timer {
    /// To ask silent rooms. Only the one that was set last counts.
    Pulse(Time),
    /// To go on with an attempt to enter a room. It counts during this very attempt.
    Attempt { room: BareJid, attempt: u64, step: Step },
}

/// What an attempt waits for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// What the room says of itself.
    Info,
    /// To be let in.
    Join,
    /// The pause before the next attempt.
    Retry,
}

/// All rooms of one account.
#[derive(Default)]
pub struct Muc {
    pub(super) rooms: HashMap<BareJid, Room>,
    pub(super) known: Known,
    pub(super) questions: Questions<Question>,
    pub(super) timers: Timers<Timer>,
    /// What the user's presence holds: state, status, capabilities. `None` while it is not shown.
    pub(super) own: Option<Vec<Element>>,
    /// Ids of the last changes of a subject that the user asked for.
    pub(super) subjects: VecDeque<(BareJid, String)>,
    /// Counts attempts to enter.
    pub(super) attempts: u64,
    /// When silent rooms are asked next.
    pub(super) pulse_at: Option<Time>,
    /// Since when the link has been down.
    pub(super) down_at: Option<Time>,
}

impl Muc {
    /// Whether the room announces XEP-0421.
    pub(super) fn has_occupant_ids(cx: &Cx<'_>, room: &BareJid) -> bool {
        cx.facts.rooms.get(room).and_then(|r| r.info.as_ref()).is_some_and(|i| i.has(ns::OID))
    }
}

/// Tells the user that the room refused.
pub(super) fn refuse(cx: &mut Cx<'_>, room: &BareJid, what: &str, reason: &str) {
    let (room, what) = (room.clone(), what.to_owned());
    cx.emit(Event::Muc(events::Event::Refused { room, what, reason: reason.into() }));
}

/// The chat of a room.
pub(super) fn room_chat(cx: &Cx<'_>, room: &BareJid) -> ChatId {
    ChatId::new(cx.account().clone(), room)
}

/// A line of parlour's own in the room's chat, which the user should look at.
pub(super) fn notice(cx: &mut Cx<'_>, room: &BareJid, text: String) {
    line(cx, room, text, true);
}

/// A line of parlour's own in the room's chat.
pub(super) fn line(cx: &mut Cx<'_>, room: &BareJid, text: String, is_mention: bool) {
    let mut message = Message::notice(room_chat(cx, room), ChatKind::Room, text, cx.now);
    message.is_mention = is_mention;
    message.ids.stanza = Some(StanzaId::from(cx.new_id()));
    cx.write(Write::Message(Box::new(message)));
}
