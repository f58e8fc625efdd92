//! XEP-0444: Message Reactions.
//!
//! An emoji under a message. Each stanza holds all reactions of its sender to that message, so that the newest one says
//! what counts and an empty one takes all back. They are stored as messages of their own that are never shown.
//!
//! Security: what is no single emoji is left out (§5), and so is what goes beyond a bound. In rooms the message is named
//! by the room's id, which no occupant can choose.

use crate::model::Deed;
use crate::text::emoji;
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Outbound, Spec, Stage, Support};
use crate::xmpp::kit::{hints, message, ns, payload, relation};
use minidom::Element;
use xmpp_parsers::reactions::{Reaction, Reactions as Wire};

/// So many of one sender to one message are read.
const EACH_MAX: usize = 20;

static SPEC: Spec = Spec {
    name: "XEP-0444",
    title: "Message Reactions",
    version: "0.2.1",
    support: Support::Partial,
    disco: &[ns::REACTIONS],
    stage: Stage::Dress,
};

/// Has no memory.
pub struct Reactions;

impl Feature for Reactions {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, inbound: &mut Inbound) -> Flow {
        if !relation::may_act(inbound) {
            return Flow::Pass;
        }
        let Some(element) = inbound.stanza.child("reactions", ns::REACTIONS) else { return Flow::Pass };
        let Some(id) = relation::id(element) else { return Flow::Taken };
        // A body that does not stand in for the reactions is a message (§4): no text vanishes.
        let has_text = inbound.stanza.child("body", ns::JABBER_CLIENT).is_some();
        if has_text && relation::fallback(&inbound.stanza, ns::REACTIONS).is_empty() {
            return Flow::Pass;
        }
        let said = parse_reactions(element).join(" ");
        inbound.relation.act = Some(relation::act(inbound, id, Deed::React));
        inbound.message = message::acting(cx.facts, cx.now, inbound, said).map(Box::new);
        Flow::Pass
    }

    fn decorate(&mut self, _cx: &mut Cx<'_>, out: &mut Outbound) {
        let Some(act) = out.relation.act.as_ref().filter(|act| act.deed == Deed::React) else { return };
        let said = out.stanza.child("body", ns::JABBER_CLIENT).map(Element::text).unwrap_or_default();
        let reactions = said.split_whitespace().map(|emoji| Reaction { emoji: emoji.to_owned() }).collect();
        let wire = Wire { id: act.id.clone(), reactions };
        out.stanza.children.retain(|child| !child.is("body", ns::JABBER_CLIENT));
        out.stanza.children.extend([payload::write(&wire), hints::store()]);
    }
}

fn parse_reactions(element: &Element) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for reaction in element.children().filter(|c| c.is("reaction", ns::REACTIONS)) {
        let emoji = reaction.text().trim().to_owned();
        if found.len() < EACH_MAX && emoji::is_one(&emoji) && !found.contains(&emoji) {
            found.push(emoji);
        }
    }
    found
}
