//! Questions and answers (RFC 6120 §8.2.3).

use super::element::{Build, el};
use super::ns;
use crate::xmpp::feature::Inbound;
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;

/// A question. `None` asks our own account on our own server.
#[must_use]
pub fn get(to: Option<&str>, payload: Element) -> Stanza {
    question("get", to, payload)
}

/// A request to change something. `None` asks our own account on our own server.
#[must_use]
pub fn set(to: Option<&str>, payload: Element) -> Stanza {
    question("set", to, payload)
}

fn question(type_: &str, to: Option<&str>, payload: Element) -> Stanza {
    let mut stanza = Stanza::new(Kind::Iq).with_type(type_).with(payload);
    stanza.to = to.map(str::to_owned);
    stanza
}

/// The answer to a question, to whoever asked it.
#[must_use]
pub fn result(question: &Inbound, payload: Option<Element>) -> Stanza {
    answer(&question.stanza, "result", payload)
}

/// The refusal of a question: `type_` and `condition` of RFC 6120 §8.3, such as `cancel` and `item-not-found`.
#[must_use]
pub fn error(question: &Inbound, type_: &str, condition: &str) -> Stanza {
    refusal(&question.stanza, type_, condition)
}

/// As [`error`], for a stanza whose sender could not be read.
#[must_use]
pub fn refusal(question: &Stanza, type_: &str, condition: &str) -> Stanza {
    let error = el("error", ns::JABBER_CLIENT).with_attr("type", type_).with_child(el(condition, ns::XMPP_STANZAS));
    answer(question, "error", Some(error))
}

fn answer(question: &Stanza, type_: &str, payload: Option<Element>) -> Stanza {
    let mut stanza = Stanza::new(Kind::Iq).with_type(type_);
    stanza.id.clone_from(&question.id);
    stanza.to.clone_from(&question.from);
    stanza.children.extend(payload);
    stanza
}
