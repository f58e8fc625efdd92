//! Publish-subscribe (XEP-0060) as far as a client's own nodes (XEP-0163) need it: ask for the items of a node,
//! publish one, take one back, read a notification.
//!
//! Who sent a notification is not looked at here: the caller must compare the sender with whom the node belongs to.

use super::element::{Build, el};
use super::{forms, iq, ns};
use crate::model::Standard;
use crate::xmpp::stanza::Stanza;
use minidom::Element;

/// The rows of the reference.
pub const STANDARDS: &[Standard] = &[
    Standard::partial("XEP-0060", "Publish-Subscribe", "1.30.0"),
    Standard::partial("XEP-0163", "Personal Eventing Protocol", "1.2.2"),
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
    iq::get(to, el("pubsub", ns::PUBSUB).with_child(el("items", ns::PUBSUB).with_attr("node", node)))
}

/// Publishes one item in a node of our own account, under these conditions (publish-options).
#[must_use]
pub fn publish(node: &str, id: &str, payload: Element, options: &[(&str, &str)]) -> Stanza {
    let item = el("item", ns::PUBSUB).with_attr("id", id).with_child(payload);
    let mut pubsub =
        el("pubsub", ns::PUBSUB).with_child(el("publish", ns::PUBSUB).with_attr("node", node).with_child(item));
    if !options.is_empty() {
        pubsub =
            pubsub.with_child(el("publish-options", ns::PUBSUB).with_child(forms::submit(ns::PUBSUB_OPTIONS, options)));
    }
    iq::set(None, pubsub)
}

/// Takes an item of a node of our own account back, and tells the other clients.
#[must_use]
pub fn retract(node: &str, id: &str) -> Stanza {
    let item = el("item", ns::PUBSUB).with_attr("id", id);
    let retract = el("retract", ns::PUBSUB).with_attr("node", node).with_attr("notify", "true").with_child(item);
    iq::set(None, el("pubsub", ns::PUBSUB).with_child(retract))
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
