//! XEP-0203: Delayed Delivery, with the stamps of XEP-0091 that came before it.
//!
//! A message that waited somewhere shows when it was written. What the server kept while the user was offline (XEP-0160),
//! or while the link was down (XEP-0198), arrives with such a stamp soon after the login. What rooms repeat on entering is
//! judged by the rooms' own feature, which knows when that ends.
//!
//! Security: anybody can write a stamp (§4), and servers pass on what a sender put there. So a stamp counts only when it
//! names our own server or account exactly. It is believed only while the server hands over what it held: until a
//! minute after the login, or somewhat longer while such messages keep coming. Even then the message stands below all
//! that the user has read or written. At any other time the stamp is shown and marked, and the message stands where it
//! arrived. A stamp is never in the future, nor before there was XMPP. In a copy (XEP-0280) only the stamp outside of
//! it counts, which is the server's.

use crate::model::{Delay, Jid, Placing, Time};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Signal, Spec, Stage, Support};
use crate::xmpp::kit::{ns, time};
use std::time::Duration;

/// So long after the login, or after becoming available, the server hands over what it held.
const HANDOVER: Duration = Duration::from_mins(1);
/// While it does, it is given so much longer with each message,
const MORE: Duration = Duration::from_secs(10);
/// but no longer than this in all.
const HANDOVER_MAX: Duration = Duration::from_mins(10);

static SPEC: Spec = Spec {
    name: "XEP-0203",
    title: "Delayed Delivery",
    version: "2.0",
    support: Support::Complete,
    disco: &[ns::DELAY],
    stage: Stage::Unwrap,
};

static ALSO: [Spec; 2] = [
    Spec {
        name: "XEP-0160",
        title: "Best Practices for Handling Offline Messages",
        version: "1.0.1",
        support: Support::Complete,
        disco: &[],
        stage: Stage::Unwrap,
    },
    Spec {
        name: "XEP-0091",
        title: "Legacy Delayed Delivery",
        version: "1.4",
        support: Support::Partial,
        disco: &[],
        stage: Stage::Unwrap,
    },
];

/// While what the server held is handed over.
#[derive(Default)]
pub struct Delays {
    /// When that began, and until when it lasts.
    handover: Option<(Time, Time)>,
    /// Whether the server delivers messages here.
    is_available: bool,
}

impl Feature for Delays {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        match signal {
            Signal::BoundAnew => {
                self.is_available = false;
                self.begin(cx.now);
            }
            Signal::Resumed => self.begin(cx.now),
            Signal::OwnPresence(presence) => {
                let is_available = presence.type_.is_none();
                if is_available && !self.is_available {
                    self.begin(cx.now);
                }
                self.is_available = is_available;
            }
            _ => {}
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        if message.stanza.type_.as_deref() == Some("groupchat") {
            return Flow::Pass;
        }
        let me = cx.facts.own_bare();
        let (account, server) = (me.to_jid(), me.domain_jid().to_jid());
        let stamps = time::stamps(&message.stanza.children);
        let trusted = stamps.filter(|(by, _)| by.as_ref().is_some_and(|by: &Jid| *by == account || *by == server));
        // A sender may have put one there before; the server's own is the later one.
        let stamp = trusted.map(|(_, stamp)| stamp).max().filter(|stamp| *stamp >= time::FIRST);
        message.delay = stamp.map(|stamp| {
            let placing = if self.is_held(cx.now) { Placing::Unread } else { Placing::Arrival(cx.now) };
            Delay { stamp: stamp.min(cx.now), placing }
        });
        Flow::Pass
    }
}

impl Delays {
    fn begin(&mut self, now: Time) {
        self.handover = Some((now, now.plus(HANDOVER)));
    }

    /// Whether a message with a stamp may be one that the server held. It gets time for more of them.
    fn is_held(&mut self, now: Time) -> bool {
        let Some((since, until)) = self.handover.filter(|(_, until)| now < *until) else { return false };
        let more = now.plus(MORE).min(since.plus(HANDOVER_MAX));
        self.handover = Some((since, until.max(more)));
        true
    }
}
