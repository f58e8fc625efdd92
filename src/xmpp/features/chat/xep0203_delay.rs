//! XEP-0203: Delayed Delivery.
//!
//! A message that waited somewhere shows when it was written. What the server kept while the user was offline (XEP-0160)
//! arrives with such a stamp after the first presence.
//!
//! Security: a stamp counts only when it names our own server or account, or the room that the message comes from
//! (§4: anybody can write a stamp). It is never in the future, nor before there was XMPP. It never orders messages:
//! arrival does.

use crate::model::{BareJid, Time};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Origin, Spec, Stage, Support};
use crate::xmpp::kit::{ns, time};

/// 1999-01-01: no message is older.
const FIRST: Time = Time(915_148_800_000);

static SPEC: Spec = Spec {
    name: "XEP-0203",
    title: "Delayed Delivery",
    version: "2.0",
    support: Support::Complete,
    disco: &[ns::DELAY],
    stage: Stage::Unwrap,
};

static ALSO: [Spec; 1] = [Spec {
    name: "XEP-0160",
    title: "Best Practices for Handling Offline Messages",
    version: "1.0.1",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Unwrap,
}];

/// Has no memory.
pub struct Delay;

impl Feature for Delay {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        if matches!(message.origin, Origin::Archive { .. }) {
            return Flow::Pass;
        }
        let sender = message.from.bare();
        let stamps = message.stanza.children.iter().filter(|c| c.is("delay", ns::DELAY)).filter_map(time::delay);
        let trusted = stamps.filter(|(by, _)| by.as_ref().is_some_and(|by| is_trusted(cx, &sender, &by.bare())));
        message.delay = trusted.map(|(_, stamp)| stamp).min().filter(|stamp| *stamp >= FIRST).map(|s| s.min(cx.now));
        Flow::Pass
    }
}

fn is_trusted(cx: &Cx<'_>, sender: &BareJid, by: &BareJid) -> bool {
    let me = &cx.facts.own_bare();
    by == me || *by == me.domain_jid() || (by == sender && cx.facts.rooms.contains_key(sender))
}
