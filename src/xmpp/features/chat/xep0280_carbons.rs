//! XEP-0280: Message Carbons.
//!
//! The user sees here what the other clients of the account send and receive.
//!
//! Security: a copy counts only when the outer stanza's `from` is our own bare JID, exactly (XEP-0280 §11; the fault
//! of CVE-2017-5589 and its many kin). A copy of a sent message must be from our own account, too. Copies in groupchat
//! are refused, since rooms send to each client themselves.

use crate::contract::Event;
use crate::contract::event::session;
use crate::model::Jid;
use crate::xmpp::feature::{Answer, Cx, Feature, Flow, Inbound, Origin, QuestionId, Signal, Spec, Stage, Support};
use crate::xmpp::kit::{errors, forward, iq, ns, payload};
use xmpp_parsers::carbons;

static SPEC: Spec = Spec {
    name: "XEP-0280",
    title: "Message Carbons",
    version: "1.0.1",
    support: Support::Complete,
    disco: &[ns::CARBONS],
    stage: Stage::Unwrap,
};

static ALSO: [Spec; 1] = [Spec {
    name: "XEP-0297",
    title: "Stanza Forwarding",
    version: "1.0",
    support: Support::Partial,
    disco: &[ns::FORWARD],
    stage: Stage::Unwrap,
}];

/// Whether this session has them.
#[derive(Default)]
pub struct Carbons {
    is_asked: bool,
}

impl Feature for Carbons {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        match signal {
            // A session may begin with them (XEP-0386).
            Signal::BoundAnew => {
                self.is_asked = cx.facts.stream_features.contains(ns::CARBONS);
                cx.facts.has_carbons = self.is_asked;
            }
            Signal::ServerKnown | Signal::Resumed
                if !self.is_asked && (cx.server_has(ns::CARBONS) || cx.account_has(ns::CARBONS)) =>
            {
                self.is_asked = true;
                cx.ask(iq::set(None, payload::write(&carbons::Enable)));
            }
            _ => {}
        }
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, _id: QuestionId, answer: Answer) {
        match answer {
            Answer::Result(_) => cx.facts.has_carbons = true,
            Answer::Down => self.is_asked = false,
            Answer::Error { .. } | Answer::Timeout => {
                let why = errors::reason(&answer).unwrap_or_default();
                let text = format!("messages of your other clients will not be seen here at once: {why}");
                cx.emit(Event::Session(session::Event::Noticed(text.into())));
            }
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let is_copy = |name: &str| message.stanza.child(name, ns::CARBONS).map(|c| (c, name == "sent"));
        let Some((wrapper, is_sent)) = is_copy("sent").or_else(|| is_copy("received")) else { return Flow::Pass };
        let is_ours = message.from.is_bare() && cx.facts.is_own(&message.from.bare());
        if message.origin != Origin::Live || message.stanza.from.is_none() || !is_ours {
            tracing::warn!(from = ?message.from, "a carbon from somebody else");
            return Flow::Taken;
        }
        let Some((inner, _)) = forward::message_in(wrapper) else { return Flow::Taken };
        let Some(from) = inner.from.as_deref().and_then(|f| Jid::parse(f).ok()) else { return Flow::Taken };
        if is_sent {
            cx.facts.sent_as(&from.bare());
        }
        if inner.type_.as_deref() == Some("groupchat") || (is_sent && !cx.facts.is_own(&from.bare())) {
            tracing::warn!("a carbon of a message that cannot be one");
            return Flow::Taken;
        }
        message.stanza = inner;
        message.from = from;
        message.origin = Origin::Carbon { is_sent };
        Flow::Pass
    }
}
