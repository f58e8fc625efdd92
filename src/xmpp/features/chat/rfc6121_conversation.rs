//! RFC 6121 §5.1: which conversation a message belongs to.
//!
//! Decided once, before anything is made of the message, so that a receipt, a chat state and the text itself always
//! mean the same chat. Private messages in rooms have a conversation per occupant (XEP-0045 §7.5): an answer to one
//! must never go to the room.
//!
//! Security: the peer is whoever the server says sent it; only what the user sent (by carbon, or in the own archive)
//! is filed by its addressee. A groupchat message counts only from a room that the user is in; a private one from
//! somebody in a room that the user has ever been in, on whatever device, or on a service of such rooms: it may come
//! before the room is entered again, or after it was left. The mark of private messages is nobody's proof but of the
//! user's own devices, live, in copies and in the archive alike: else a stranger could stand among the chats under a
//! name of their choice.

use crate::model::{BareJid, ChatId, ChatKind, Jid};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Origin, Spec, Stage, Support};
use crate::xmpp::kit::ns;
use crate::xmpp::kit::rooms::is_room_domain;
use minidom::Element;

static SPEC: Spec = Spec {
    name: "RFC 6121 §5.1",
    title: "One-to-One Chat Sessions",
    version: "2011-03",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Identify,
};

/// Has no memory.
pub struct Conversation;

impl Feature for Conversation {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        message.chat = find(cx, message).map(|(address, kind)| (ChatId::new(cx.account().clone(), address), kind));
        Flow::Pass
    }
}

fn find(cx: &mut Cx<'_>, message: &Inbound) -> Option<(Jid, ChatKind)> {
    if message.stanza.type_.as_deref() == Some("groupchat") {
        return cx.is_room(&message.from).then(|| (message.from.bare().into(), ChatKind::Room));
    }
    note_own_form(cx, message);
    let is_sent = matches!(message.origin, Origin::Carbon { .. } | Origin::Archive { .. })
        && cx.facts.is_own(&message.from.bare());
    let peer = if is_sent {
        match message.stanza.to.as_deref() {
            Some(to) => Jid::parse(to).ok()?,
            None => cx.own().into(),
        }
    } else {
        message.from.clone()
    };
    if is_sent && has_mark(message) && !peer.is_bare() && peer.local().is_some() && !is_somebody(cx, &peer) {
        // Another device of the user's is in that room, and puts the mark only on what it says in rooms.
        cx.facts.known_rooms.insert(peer.bare());
    }
    let is_room = cx.is_known_room(&peer);
    Some(match (is_room || is_in_unknown_room(cx, message, &peer, is_sent), peer.is_bare()) {
        (true, false) => (peer, ChatKind::Occupant),
        (true, true) if is_room => (peer, ChatKind::Room),
        (true | false, _) => (contact(cx, &peer).into(), ChatKind::Contact),
    })
}

/// Who a contact's conversation is with. That with the account itself bears the account's name, however the server spells it.
fn contact(cx: &Cx<'_>, peer: &Jid) -> BareJid {
    let bare = peer.bare();
    if cx.facts.is_own(&bare) && cx.account().jid().may_be(&bare) { cx.account().jid().clone() } else { bare }
}

/// What the account's own archive holds for others, the account has sent: under an address that may be its own, it is.
fn note_own_form(cx: &mut Cx<'_>, message: &Inbound) {
    let Origin::Archive { by, .. } = &message.origin else { return };
    let to = message.stanza.to.as_deref().and_then(|to| Jid::parse(to).ok());
    if by == cx.own() && to.is_some_and(|to| !cx.account().jid().may_be(&to.bare()) && !cx.facts.is_own(&to.bare())) {
        cx.facts.sent_as(&message.from.bare());
    }
}

/// Whether it bears the mark of a private message in a room (XEP-0045 §7.5).
fn has_mark(message: &Inbound) -> bool {
    let is_private = |x: &Element| !x.has_child("invite", ns::MUC_USER) && !x.has_child("decline", ns::MUC_USER);
    message.stanza.child("x", ns::MUC_USER).is_some_and(is_private)
}

/// Whether a message tells of a room that this client has never been in. Another client of the user's may be in it: then
/// a copy comes here, or what that client was not there any more to take.
fn is_in_unknown_room(cx: &Cx<'_>, message: &Inbound, peer: &Jid, is_sent: bool) -> bool {
    // Anybody can put the mark into what they write. So it counts only on a service of rooms, and never with somebody
    // whom the user knows, who would speak beside the conversation with them.
    // Not all servers leave the mark in. In what the server kept there are none but rooms on such a service.
    match message.origin {
        Origin::Live => has_mark(message) && is_of_room_service(cx, peer),
        Origin::Carbon { .. } | Origin::Archive { .. } => {
            is_of_room_service(cx, peer) || (is_sent && !is_somebody(cx, peer) && is_named_as_rooms(peer))
        }
    }
}

/// Whether the user knows whoever has this address as a person.
fn is_somebody(cx: &Cx<'_>, jid: &Jid) -> bool {
    let bare = jid.bare();
    cx.facts.is_own(&bare) || cx.facts.roster.contains_key(&bare) || cx.facts.accepted.contains(&bare)
}

/// Whether an address belongs to a service that the user is, or was, in a room of, and that nobody lives on whom the
/// user knows.
fn is_of_room_service(cx: &Cx<'_>, jid: &Jid) -> bool {
    let domain = jid.domain();
    let mut rooms = cx.facts.rooms.keys().chain(&cx.facts.known_rooms);
    let mut people = cx.facts.roster.keys().chain(&cx.facts.accepted);
    jid.local().is_some()
        && domain != cx.account().jid().domain()
        && rooms.any(|room| room.domain() == domain)
        && !people.any(|p| p.local().is_some() && p.domain() == domain)
}

/// Whether a device of the user's own writes to a resource on a service that has the name of one for rooms. Some programs
/// leave the mark out.
fn is_named_as_rooms(peer: &Jid) -> bool {
    !peer.is_bare() && peer.local().is_some() && is_room_domain(peer.domain())
}
