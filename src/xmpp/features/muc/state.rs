//! The memory of the rooms feature, and what all its parts say to the app: a line in a room's chat, a refusal.
//!
//! A leaf: `xep0045` and the other parts each add methods to [`Muc`], and none of them needs another for its type.

use super::parse::OCCUPANT_ID;
use super::room::{Known, Room};
use crate::contract::event::muc as told;
use crate::contract::{Event, Write};
use crate::model::{BareJid, ChatId, ChatKind, Message, StanzaId, Time};
use crate::xmpp::feature::Cx;
use minidom::Element;
use std::collections::HashMap;

/// All rooms of one account.
#[derive(Default)]
pub struct Muc {
    pub(super) rooms: HashMap<BareJid, Room>,
    pub(super) known: Known,
    /// What the user's presence holds: state, status, capabilities. `None` while it is not shown.
    pub(super) own: Option<Vec<Element>>,
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
        cx.facts.rooms.get(room).and_then(|r| r.info.as_ref()).is_some_and(|i| i.has(OCCUPANT_ID))
    }
}

/// Tells the user that the room refused.
pub(super) fn refuse(cx: &mut Cx<'_>, room: &BareJid, what: &str, reason: &str) {
    let (room, what) = (room.clone(), what.to_owned());
    cx.emit(Event::Muc(told::Event::Refused { room, what, reason: reason.into() }));
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
