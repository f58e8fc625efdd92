//! XEP-0461: Message Replies, with XEP-0428: Fallback Indication.
//!
//! An answer shows which message it answers. Older clients see a quotation in its body, which is cut out here.
//!
//! Security: whose the answered message is, and what it says, is read from the history and never from the answer
//! (§5). The parts of the body that are cut out never reach beyond it, and a body of which nothing would be left stays.

use crate::model::{ChatKind, Jid, Reply};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Outbound, Spec, Stage, Support};
use crate::xmpp::kit::element::{Build, el, stanza_text_in, text_el};
use crate::xmpp::kit::{ns, relation};
use minidom::Element;

static SPEC: Spec = Spec {
    name: "XEP-0461",
    title: "Message Replies",
    version: "0.2.1",
    support: Support::Complete,
    disco: &[ns::REPLY],
    stage: Stage::Dress,
};

static FALLBACK: Spec = Spec {
    name: "XEP-0428",
    title: "Fallback Indication",
    version: "0.2.1",
    support: Support::Complete,
    disco: &[ns::FALLBACK],
    stage: Stage::Dress,
};

/// So much of the answered message is quoted for clients that know no replies, in characters.
const QUOTED_MAX: usize = 400;

/// Has no memory.
pub struct Replies;

impl Feature for Replies {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        std::slice::from_ref(&FALLBACK)
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        if !relation::may_act(message) {
            return Flow::Pass;
        }
        let Some(element) = message.stanza.child("reply", ns::REPLY) else { return Flow::Pass };
        let Some(id) = relation::id(element) else { return Flow::Pass };
        let to = element.attr("to").and_then(|to| Jid::parse(to).ok());
        message.relation.reply = Some(Reply { id, to, original: None });
        let body = stanza_text_in(&message.stanza, "body", &cx.facts.settings.languages).unwrap_or_default();
        let parts: Vec<_> = relation::fallback(&message.stanza, ns::REPLY).into_iter().flatten().collect();
        if !relation::without(&body, &parts).trim().is_empty() {
            message.fallback = parts;
        }
        Flow::Pass
    }

    fn decorate(&mut self, _cx: &mut Cx<'_>, out: &mut Outbound) {
        let Some(reply) = &out.relation.reply else { return };
        let mut element = el("reply", ns::REPLY).with_attr("id", &reply.id);
        if let Some(to) = &reply.to {
            // One-to-one the bare address is enough, and tells nothing of devices.
            let to = if out.kind == ChatKind::Contact { to.bare().to_string() } else { to.to_string() };
            element = element.with_attr("to", &to);
        }
        let quote = reply.original.as_ref().map(|original| quote(original.words.raw())).unwrap_or_default();
        let count = quote.chars().count();
        if let Some(body) = out.stanza.children.iter_mut().find(|c| c.is("body", ns::JABBER_CLIENT))
            && count > 0
        {
            *body = text_el("body", ns::JABBER_CLIENT, &format!("{quote}{}", body.text()));
            out.stanza.children.push(build_fallback(count));
        }
        out.stanza.children.push(element);
    }
}

/// The words as a quotation (XEP-0393 §5.1.3), with a new line at its end.
fn quote(words: &str) -> String {
    let words: String = words.trim().chars().take(QUOTED_MAX).collect();
    if words.is_empty() {
        return String::new();
    }
    words.lines().flat_map(|line| ["> ", line, "\n"]).collect()
}

fn build_fallback(count: usize) -> Element {
    let body = el("body", ns::FALLBACK).with_attr("start", "0").with_attr("end", &count.to_string());
    el("fallback", ns::FALLBACK).with_attr("for", ns::REPLY).with_child(body)
}
