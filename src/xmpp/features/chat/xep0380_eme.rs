//! XEP-0380: Explicit Message Encryption.
//!
//! A message that is encrypted with something parlour lacks says so, with the method's name, instead of vanishing.
//! Its fallback body is left out, as §4 asks: it is a sentence of the sender's client, not of the sender. Messages
//! that only carry keys say nothing.

use crate::model::MessageKind;
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Spec, Stage, Support};
use crate::xmpp::kit::{message, ns, payload};
use crate::xmpp::stanza::Stanza;
use xmpp_parsers::eme::ExplicitMessageEncryption;

/// The longest name of a method that is shown, in characters.
const NAME_MAX: usize = 60;

/// The methods that are known by name (XEP-0380 §3): namespace, name.
const METHODS: [(&str, &str); 6] = [
    ("urn:xmpp:otr:0", "OTR"),
    ("jabber:x:encrypted", "Legacy OpenPGP"),
    (ns::OX, "OpenPGP for XMPP"),
    (ns::LEGACY_OMEMO, "OMEMO"),
    ("urn:xmpp:omemo:1", "OMEMO"),
    ("urn:xmpp:omemo:2", "OMEMO"),
];

static SPEC: Spec = Spec {
    name: "XEP-0380",
    title: "Explicit Message Encryption",
    version: "0.4.0",
    support: Support::Partial,
    disco: &[],
    stage: Stage::Classify,
};

/// Has no memory.
pub struct Encrypted;

impl Feature for Encrypted {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, inbound: &mut Inbound) -> Flow {
        if inbound.message.is_some() || inbound.stanza.type_.as_deref() == Some("error") {
            return Flow::Pass;
        }
        let Some(method) = parse_method(&inbound.stanza) else { return Flow::Pass };
        if is_keys_alone(&inbound.stanza) {
            return Flow::Taken;
        }
        inbound.message = message::instead(cx.facts, cx.now, inbound, MessageKind::Unreadable, method).map(Box::new);
        Flow::Pass
    }
}

/// What it is encrypted with; by its own payload where the sender does not say.
fn parse_method(stanza: &Stanza) -> Option<String> {
    let known = |ns: &str| METHODS.iter().find(|(n, _)| *n == ns).map(|(_, name)| (*name).to_owned());
    let Some(said) = stanza.child("encryption", ns::EME) else {
        let is_payload = |name: &str| matches!(name, "encrypted" | "openpgp" | "x");
        return stanza.children.iter().filter(|c| is_payload(c.name())).find_map(|c| known(&c.ns()));
    };
    let unknown = || "an unknown method".to_owned();
    // Without its namespace it still says that the text is unreadable.
    let Some(ExplicitMessageEncryption { namespace, name }) = payload::read(said) else { return Some(unknown()) };
    let name = known(&namespace).unwrap_or_else(|| name.unwrap_or(namespace).chars().take(NAME_MAX).collect());
    Some(if name.is_empty() { unknown() } else { name })
}

/// OMEMO: a message without a payload transports keys only (XEP-0384 §5.6).
fn is_keys_alone(stanza: &Stanza) -> bool {
    stanza
        .children
        .iter()
        .find(|c| c.name() == "encrypted" && METHODS.iter().any(|(ns, name)| *name == "OMEMO" && c.has_ns(*ns)))
        .is_some_and(|e| !e.children().any(|c| c.name() == "payload"))
}
