//! What the typed vocabulary of xmpp-parsers leaves open: stanzas whose addresses are plain text, archived messages, forms.
//!
//! An occupant's address ends in a nickname, and a nickname such as `🦊` is none for the typed JIDs. So contents are built
//! with types, and the addresses are set afterwards.

use minidom::{
    Element,
    rxml::{Namespace, NcName},
};
use xmpp_parsers::data_forms::{DataForm, DataFormType, Field, FieldType, Option_};
use xmpp_parsers::delay::Delay;
use xmpp_parsers::jid::Jid;
use xmpp_parsers::message::{Id, Lang, Message, MessageType};
use xmpp_parsers::muc::user::Status;
use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType, StanzaError};
use xmpp_parsers::stanza_id::StanzaId;
use xmpp_parsers::{date::DateTime, ns};
use xso::AsXml;

/// A message out of an archive (XEP-0313). The typed one holds a typed message, which refuses most nicknames.
#[derive(AsXml)]
#[xml(namespace = ns::MAM, name = "result")]
pub struct Archived {
    /// Its id in the archive.
    #[xml(attribute)]
    pub id: String,
    /// The question that it answers.
    #[xml(attribute)]
    pub queryid: Option<String>,
    /// The message itself.
    #[xml(child)]
    pub forwarded: Forwarded,
}

/// A message that is passed on, with its time (XEP-0297).
#[derive(AsXml)]
#[xml(namespace = ns::FORWARD, name = "forwarded")]
pub struct Forwarded {
    /// When it was said.
    #[xml(child)]
    pub delay: Delay,
    /// What was said.
    #[xml(element)]
    pub message: Element,
}

/// How somebody stands in a room. The typed item leaves out an affiliation or a role of `none`, and cannot be read then.
#[derive(AsXml)]
#[xml(namespace = ns::MUC_USER, name = "x")]
pub struct Standing {
    /// Affiliation, role and new nickname.
    #[xml(child)]
    pub item: Place,
    /// What else there is to say.
    #[xml(child(n = ..))]
    pub status: Vec<Status>,
}

/// The item of a [`Standing`].
#[derive(AsXml)]
#[xml(namespace = ns::MUC_USER, name = "item")]
pub struct Place {
    /// The lasting rank.
    #[xml(attribute)]
    pub affiliation: &'static str,
    /// The rank of this visit.
    #[xml(attribute)]
    pub role: &'static str,
    /// The nickname from now on, where it changes.
    #[xml(attribute)]
    pub nick: Option<String>,
}

/// The element with this attribute set; an empty value leaves it as it is.
fn with(mut element: Element, name: &str, value: &str) -> Element {
    if !value.is_empty()
        && let Ok(name) = NcName::try_from(name)
    {
        element.set_attr(Namespace::NONE, name, value);
    }
    element
}

/// The stanza from here to there.
pub fn addressed(stanza: impl Into<Element>, from: &str, to: &str) -> Element {
    with(with(stanza.into(), "from", from), "to", to)
}

/// An attribute of a stanza, or nothing.
pub fn attr<'a>(element: &'a Element, name: &'static str) -> &'a str {
    element.attr(name).unwrap_or_default()
}

/// The text of a child of the same namespace.
pub fn text(element: &Element, name: &str) -> Option<String> {
    element.get_child(name, element.ns().as_str()).map(Element::text)
}

/// A message of this kind with this id, empty so far.
pub fn empty(kind: MessageType, id: &str) -> Message {
    let mut message = Message::new_with_type(kind, None);
    message.id = (!id.is_empty()).then(|| Id(id.to_owned()));
    message
}

/// A message with this text.
pub fn message(kind: MessageType, id: &str, body: &str) -> Message {
    empty(kind, id).with_body(Lang::new(), body.to_owned())
}

fn iq(kind: &str, id: &str, payload: Option<Element>) -> Element {
    let iq = Element::builder("iq", ns::JABBER_CLIENT).append_all(payload).build();
    with(with(iq, "type", kind), "id", id)
}

/// What the server tells the client to take over.
pub fn push(id: &str, payload: Element) -> Element {
    iq("set", id, Some(payload))
}

/// An answer to a question: what was asked for, or why not.
pub fn answer(id: &str, said: Result<Option<Element>, DefinedCondition>) -> Element {
    match said {
        Ok(payload) => iq("result", id, payload),
        Err(condition) => iq("error", id, Some(error(ErrorType::Cancel, condition, "").into())),
    }
}

/// A refusal, with a text where there is one.
pub fn error(kind: ErrorType, condition: DefinedCondition, text: &str) -> StanzaError {
    let mut error = StanzaError::new(kind, condition, "en", text);
    if text.is_empty() {
        error.texts.clear();
    }
    error
}

/// The message with its id in the archive of `by` (XEP-0359).
pub fn marked(mut message: Element, by: &str, id: String) -> Element {
    if let Ok(by) = Jid::new(by) {
        message.append_child(StanzaId { id, by }.into());
    }
    message
}

/// Says when something was said, and by whom it was kept (XEP-0203).
pub fn delay(from: &str, stamp: DateTime) -> Delay {
    Delay { from: Jid::new(from).ok(), stamp, data: None }
}

/// A form of this kind.
pub fn form(kind: DataFormType, form_type: &str, title: &str, instructions: &str, fields: Vec<Field>) -> DataForm {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    DataForm { title: some(title), instructions: some(instructions), ..DataForm::new(kind, form_type, fields) }
}

/// A field of a form.
pub fn field(var: &str, kind: FieldType, label: &str, values: &[&str]) -> Field {
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    Field { label: Some(label.to_owned()), values, ..Field::new(var, kind) }
}

/// A field that offers these values, each with its label.
pub fn choice(var: &str, kind: FieldType, label: &str, values: &[&str], of: &[(&str, &str)]) -> Field {
    let option =
        |(value, label): &(&str, &str)| Option_ { label: Some((*label).to_owned()), value: (*value).to_owned() };
    Field { options: of.iter().map(option).collect(), ..field(var, kind, label, values) }
}

/// A heading between fields.
pub fn heading(words: &str) -> Field {
    Field { var: None, ..Field::new("", FieldType::Fixed) }.with_value(words)
}
