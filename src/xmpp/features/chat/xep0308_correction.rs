//! XEP-0308: Last Message Correction.
//!
//! A message takes the place of an earlier one. It is stored as a message of its own; the store shows its text in the
//! place of the other one, where both have the same author, and else shows it by itself, so that no text vanishes.
//! Any message may be corrected, not only the last, as many clients do.
//!
//! Security: whether the author is the same is judged where both are known, in the store (`facts::acts`): one-to-one by
//! the bare address, in a room by the occupant-id, and where there is none by the occupant's address without a break.

use crate::model::Deed;
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Outbound, Spec, Stage, Support};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::{ns, relation};

static SPEC: Spec = Spec {
    name: "XEP-0308",
    title: "Last Message Correction",
    version: "1.2.1",
    support: Support::Complete,
    disco: &[ns::MESSAGE_CORRECT],
    stage: Stage::Dress,
};

/// Has no memory.
pub struct Corrections;

impl Feature for Corrections {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_message(&mut self, _cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        if relation::may_act(message)
            && let Some(id) = message.stanza.child("replace", ns::MESSAGE_CORRECT).and_then(relation::id)
        {
            message.relation.act = Some(relation::act(message, id, Deed::Correct));
        }
        Flow::Pass
    }

    fn decorate(&mut self, _cx: &mut Cx<'_>, out: &mut Outbound) {
        if let Some(act) = out.relation.act.as_ref().filter(|act| act.deed == Deed::Correct) {
            out.stanza.children.push(el("replace", ns::MESSAGE_CORRECT).with_attr("id", &act.id));
        }
    }
}
