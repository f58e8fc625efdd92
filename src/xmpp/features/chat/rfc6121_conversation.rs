//! RFC 6121 §5.1: which conversation a message belongs to.
//!
//! Decided once, before anything is made of the message, so that a receipt, a chat state and the text itself always
//! mean the same chat. Private messages in rooms have a conversation per occupant (XEP-0045 §7.5): an answer to one
//! must never go to the room.
//!
//! Security: the peer is whoever the server says sent it; only what the user sent (by carbon, or in the own archive)
//! is filed by its addressee. A groupchat message counts only from a room that the user is in; a private one from
//! somebody in a room that the user has ever been in: it may come before the room is entered again, or after it was left.

use crate::model::{ChatId, ChatKind, Jid};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Origin, Spec, Stage, Support};
use crate::xmpp::kit::ns;
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

fn find(cx: &Cx<'_>, message: &Inbound) -> Option<(Jid, ChatKind)> {
    if message.stanza.type_.as_deref() == Some("groupchat") {
        return cx.is_room(&message.from).then(|| (message.from.bare().into(), ChatKind::Room));
    }
    let is_sent = matches!(message.origin, Origin::Carbon { .. } | Origin::Archive { .. })
        && message.from.bare() == cx.facts.own_bare();
    let peer = if is_sent {
        match message.stanza.to.as_deref() {
            Some(to) => Jid::parse(to).ok()?,
            None => cx.account().jid().into(),
        }
    } else {
        message.from.clone()
    };
    let is_room = cx.is_known_room(&peer);
    Some(match (is_room || is_in_unknown_room(cx, message, &peer), peer.is_bare()) {
        (true, false) => (peer, ChatKind::Occupant),
        (true, true) if is_room => (peer, ChatKind::Room),
        (true | false, _) => (peer.bare().into(), ChatKind::Contact),
    })
}

/// Whether a message tells of a room that this client has never been in (XEP-0045 §7.5). Another client of the user's
/// may be in it: then a copy comes here, or what that client was not there any more to take.
fn is_in_unknown_room(cx: &Cx<'_>, message: &Inbound, peer: &Jid) -> bool {
    // Anybody can put the mark into what they write: live, it counts only on a service of rooms, and never with somebody
    // whom the user knows, who would speak beside the conversation with them.
    // Not all servers leave the mark in, but on a service of rooms there are none but rooms.
    let x = message.stanza.child("x", ns::MUC_USER);
    match message.origin {
        Origin::Live => {
            let is_private =
                |x: &Element| !x.has_child("invite", ns::MUC_USER) && !x.has_child("decline", ns::MUC_USER);
            x.is_some_and(is_private) && is_of_room_service(cx, peer)
        }
        Origin::Carbon { .. } | Origin::Archive { .. } => x.is_some() || is_of_room_service(cx, peer),
    }
}

/// Whether an address belongs to a service that the user is, or was, in a room of. Somebody whom the user knows is a
/// person, whatever else is on their server.
fn is_of_room_service(cx: &Cx<'_>, jid: &Jid) -> bool {
    let bare = jid.bare();
    let is_somebody = cx.facts.roster.contains_key(&bare) || cx.facts.accepted.contains(&bare);
    let mut rooms = cx.facts.rooms.keys().chain(&cx.facts.known_rooms);
    jid.local().is_some() && !is_somebody && rooms.any(|room| room.domain() == jid.domain())
}
