//! Questions and answers (RFC 6120 §8.2.3).

use super::payload;
use crate::xmpp::feature::Inbound;
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use std::collections::BTreeMap;
use xmpp_parsers::ping::Ping;
use xmpp_parsers::stanza_error::StanzaError;
pub use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType};

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

/// Asks whether somebody is there (XEP-0199). `None` asks our own account.
#[must_use]
pub fn ping(to: Option<&str>) -> Stanza {
    get(to, payload::write(&Ping))
}

/// The answer to a question, to whoever asked it.
#[must_use]
pub fn result(question: &Inbound, payload: Option<Element>) -> Stanza {
    answer(&question.stanza, "result", payload)
}

/// The refusal of a question (RFC 6120 §8.3).
#[must_use]
pub fn error(question: &Inbound, type_: ErrorType, condition: DefinedCondition) -> Stanza {
    refusal(&question.stanza, type_, condition)
}

/// As [`error`], for a stanza whose sender could not be read.
#[must_use]
pub fn refusal(question: &Stanza, type_: ErrorType, condition: DefinedCondition) -> Stanza {
    let error = StanzaError { type_, by: None, defined_condition: condition, texts: BTreeMap::new(), other: None };
    answer(question, "error", Some(payload::write(&error)))
}

fn answer(question: &Stanza, type_: &str, payload: Option<Element>) -> Stanza {
    let mut stanza = Stanza::new(Kind::Iq).with_type(type_);
    stanza.id.clone_from(&question.id);
    stanza.to.clone_from(&question.from);
    stanza.children.extend(payload);
    stanza
}
