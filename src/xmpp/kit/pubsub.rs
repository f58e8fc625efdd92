//! Publish-subscribe (XEP-0060) as far as a client's own nodes (XEP-0163) need it: ask for the items of a node,
//! publish one, take one back, read a notification.
//!
//! Built with the types of `xmpp_parsers` and read by hand, since those lose an item whose publisher has an emoji in its
//! resource.
//!
//! Who sent a notification is not looked at here: the caller must compare the sender with whom the node belongs to.

use super::element::{Build, el};
use super::{forms, iq, ns, payload};
use crate::model::Standard;
use crate::xmpp::stanza::Stanza;
use minidom::Element;
use xmpp_parsers::pubsub::{ItemId, NodeName, pubsub as typed};

/// The rows of the reference.
pub const STANDARDS: &[Standard] = &[
    Standard::partial("XEP-0060", "Publish-Subscribe", "1.30.0"),
    Standard::partial("XEP-0163", "Personal Eventing Protocol", "1.2.2"),
    Standard::complete("XEP-0223", "Persistent Storage of Private Data via PubSub", "1.1.1"),
];

/// At most so many items of one stanza are read.
const ITEMS_MAX: usize = 5_000;

/// One item of a node.
#[derive(Clone, PartialEq)]
pub struct Item {
    /// Its id; empty where it has none.
    pub id: String,
    /// What it holds.
    pub payload: Option<Element>,
}

/// What a notification says of one node.
#[derive(Clone, PartialEq, Default)]
pub struct Notice {
    /// Which node.
    pub node: String,
    /// Items that were published.
    pub items: Vec<Item>,
    /// Ids of items that were taken back.
    pub retracted: Vec<String>,
    /// Nothing is left: the node was purged or deleted.
    pub is_emptied: bool,
}

/// Asks for all items of a node; `None` asks our own account.
#[must_use]
pub fn ask_items(to: Option<&str>, node: &str) -> Stanza {
    iq::get(to, pubsub(payload::write(&typed::Items::new(node))))
}

/// Publishes one item in a node of our own account, under these conditions (publish-options).
#[must_use]
pub fn publish(node: &str, id: &str, content: Element, options: &[(&str, &str)]) -> Stanza {
    let publish = typed::Publish { node: NodeName(node.to_owned()), items: vec![item(id, Some(content))] };
    let form = (!options.is_empty()).then(|| forms::submit(ns::PUBSUB_OPTIONS, options.iter().copied()));
    let options = form.map(|form| payload::write(&typed::PublishOptions { form: Some(form) }));
    iq::set(None, pubsub(payload::write(&publish)).with_children(options))
}

/// Takes an item of a node of our own account back, and tells the other clients.
#[must_use]
pub fn retract(node: &str, id: &str) -> Stanza {
    let retract = typed::Retract { node: NodeName(node.to_owned()), notify: true, items: vec![item(id, None)] };
    iq::set(None, pubsub(payload::write(&retract)))
}

fn pubsub(what: Element) -> Element {
    el("pubsub", ns::PUBSUB).with_child(what)
}

fn item(id: &str, payload: Option<Element>) -> typed::Item {
    typed::Item { id: Some(ItemId(id.to_owned())), publisher: None, payload }
}

/// The items of an answer to [`ask_items`].
#[must_use]
pub fn read_items(answer: &Element) -> Vec<Item> {
    answer.get_child("items", ns::PUBSUB).map(items_of).unwrap_or_default()
}

/// The notification in a message.
#[must_use]
pub fn read_notice(message: &Stanza) -> Option<Notice> {
    let event = message.child("event", ns::PUBSUB_EVENT)?;
    let what = event.children().find(|c| matches!(c.name(), "items" | "purge" | "delete"))?;
    Some(Notice {
        node: what.attr("node")?.to_owned(),
        items: items_of(what),
        retracted: what
            .children()
            .filter(|c| c.name() == "retract")
            .take(ITEMS_MAX)
            .filter_map(|c| c.attr("id").map(str::to_owned))
            .collect(),
        is_emptied: what.name() != "items",
    })
}

fn items_of(parent: &Element) -> Vec<Item> {
    let items = parent.children().filter(|c| c.name() == "item").take(ITEMS_MAX);
    items
        .map(|i| Item { id: i.attr("id").unwrap_or_default().to_owned(), payload: i.children().next().cloned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmpp::kit::element::to_stanza;

    #[test]
    fn a_notification_is_read() {
        let message = to_stanza(
            "<message xmlns='jabber:client' from='me@a' type='headline'>\
             <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='n'>\
             <item id='1'><a xmlns='x'/></item><item/><retract id='2'/></items></event></message>"
                .parse()
                .unwrap(),
        );
        let notice = read_notice(&message.unwrap()).unwrap();
        assert_eq!(notice.node, "n");
        assert_eq!(notice.items.len(), 2);
        assert_eq!(notice.items[0].payload.as_ref().unwrap().name(), "a");
        assert_eq!(notice.retracted, ["2"]);
        assert!(!notice.is_emptied);
    }

    #[test]
    fn publishing_names_its_conditions() {
        let stanza = publish("n", "i", el("a", "x"), &[("pubsub#access_model", "whitelist")]);
        let expected = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='n'><item id='i'>\
            <a xmlns='x'/></item></publish><publish-options><x xmlns='jabber:x:data' type='submit'>\
            <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value>\
            </field><field var='pubsub#access_model'><value>whitelist</value></field></x></publish-options></pubsub>";
        assert_eq!(stanza.children, [expected.parse::<Element>().unwrap()]);
    }
}
