//! XEP-0333: Displayed Markers, of the user's own other devices.
//!
//! What another device has shown to the user is read here, too: its marker comes as a copy (XEP-0280), or stands in the
//! archive, where a device that is new to the account finds it. No marker is sent, and those of others are passed over.
//!
//! Security: a marker counts only from the account itself, as a copy or out of its own archive, or in a room from an
//! occupant with the user's own occupant-id. So nobody can make an unread message look read. In a room it names the
//! id that the room gave, never one that a sender chose (§6).

use crate::contract::Write;
use crate::model::ChatKind;
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Origin, Signal, Spec, Stage, Support};
use crate::xmpp::kit::ns;

static SPEC: Spec = Spec {
    name: "XEP-0333",
    title: "Displayed Markers",
    version: "1.0.0",
    support: Support::Partial,
    disco: &[],
    stage: Stage::Classify,
};

/// The longest id that is looked for.
const ID_MAX: usize = 1_024;

/// Has no memory.
pub struct Markers;

impl Feature for Markers {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let Some(id) = parse_displayed(message) else { return Flow::Pass };
        let Some((chat, _)) = message.chat.clone().filter(|(_, kind)| is_own(cx, message, *kind)) else {
            return Flow::Pass;
        };
        match message.origin {
            // The message that it names may be in the page that is still under way.
            Origin::Archive { .. } => cx.signal(Signal::DisplayedElsewhere { chat, id }),
            Origin::Live | Origin::Carbon { .. } => cx.write(Write::Displayed { chat, id }),
        }
        if message.stanza.child("body", ns::JABBER_CLIENT).is_some() { Flow::Pass } else { Flow::Taken }
    }
}

/// Whether the user's own account sent it, from another device.
fn is_own(cx: &Cx<'_>, message: &Inbound, kind: ChatKind) -> bool {
    match kind {
        ChatKind::Room => {
            let own = cx.facts.rooms.get(&message.from.bare()).and_then(|room| room.occupant_id.as_deref());
            own.is_some() && own == message.ids.occupant.as_deref()
        }
        ChatKind::Contact | ChatKind::Occupant => {
            let is_from_us = cx.facts.is_own(&message.from.bare());
            is_from_us && matches!(message.origin, Origin::Carbon { is_sent: true } | Origin::Archive { .. })
        }
    }
}

fn parse_displayed(message: &Inbound) -> Option<String> {
    if message.stanza.type_.as_deref() == Some("error") {
        return None;
    }
    let id = message.stanza.child("displayed", ns::CHAT_MARKERS)?.attr("id")?;
    (!id.is_empty() && id.len() <= ID_MAX).then(|| id.to_owned())
}
