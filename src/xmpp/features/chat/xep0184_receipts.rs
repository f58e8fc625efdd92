//! XEP-0184: Message Delivery Receipts.
//!
//! The user sees that a message reached the peer's client; those who may know that the user is there learn the same.
//!
//! Security: a receipt moves only a message of the conversation with its sender, so nobody can confirm what was
//! written to somebody else. Receipts tell that a client is online: only subscribers and people whom the user wrote
//! to get one (§5.3), never for carbons or archived messages, never in rooms, and nobody where the user does not want it.

use crate::contract::{Addition, Command, Write, command};
use crate::model::{ChatKind, Delivery, StanzaId};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Origin, Outbound, Spec, Stage, Support};
use crate::xmpp::kit::{hints, ns, payload};
use crate::xmpp::stanza::{Kind, Stanza};
use xmpp_parsers::receipts::{Received, Request};

static SPEC: Spec = Spec {
    name: "XEP-0184",
    title: "Message Delivery Receipts",
    version: "1.4.0",
    support: Support::Complete,
    disco: &[ns::RECEIPTS],
    stage: Stage::Classify,
};

/// Remembers only whether the user wants others to know.
pub struct Receipts {
    is_answering: bool,
}

impl Default for Receipts {
    fn default() -> Self {
        Self { is_answering: true }
    }
}

impl Feature for Receipts {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let type_ = message.stanza.type_.as_deref();
        if matches!(type_, Some("error" | "groupchat")) || cx.facts.is_own(&message.from.bare()) {
            return Flow::Pass;
        }
        let Some((chat, kind)) = message.chat.clone() else { return Flow::Pass };
        if let Some(received) = message.stanza.child("received", ns::RECEIPTS) {
            if let Some(Received { id }) = payload::read(received).filter(|r: &Received| !r.id.is_empty()) {
                let id = StanzaId::from(id);
                cx.write(Write::Addition(Addition::Delivery {
                    chat,
                    id,
                    delivery: Delivery::Delivered,
                    archive: None,
                }));
            }
            return if message.stanza.child("body", ns::JABBER_CLIENT).is_some() { Flow::Pass } else { Flow::Taken };
        }
        let is_asked = message.stanza.child("request", ns::RECEIPTS).is_some() && message.origin == Origin::Live;
        let may_know = self.is_answering && kind == ChatKind::Contact && cx.facts.is_trusted(&message.from.bare());
        if let Some(id) = message.stanza.id.clone().filter(|_| is_asked && may_know) {
            let stanza = build_receipt(message, &id).with_id(&cx.new_id());
            cx.send(stanza);
        }
        Flow::Pass
    }

    fn on_command(&mut self, _cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Chat(command::chat::Command::AnswerReceipts(is_answering)) => {
                self.is_answering = is_answering;
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }

    fn decorate(&mut self, _cx: &mut Cx<'_>, out: &mut Outbound) {
        if out.kind == ChatKind::Contact && !out.is_silent() {
            out.stanza.children.push(payload::write(&Request));
        }
    }
}

fn build_receipt(message: &Inbound, id: &str) -> Stanza {
    let mut stanza = Stanza::new(Kind::Message).with_to(&message.from);
    stanza.type_.clone_from(&message.stanza.type_);
    stanza.with(payload::write(&Received { id: id.to_owned() })).with(hints::store())
}
