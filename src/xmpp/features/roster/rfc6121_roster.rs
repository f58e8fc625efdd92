//! RFC 6121 §2: the roster, with versioning (§2.6, once XEP-0237).
//!
//! The user gets the contact list of the last login at once and what changed since from the server. One bad item
//! never costs the others. A list that is longer than the wire takes is shown as far as it goes, the user is told, and
//! it is asked for as a whole the next time; an answer that cannot be read changes nothing, and is told too.
//!
//! Security: a push counts only when it comes from our own account, which is an absent `from` or our bare JID
//! (RFC 6121 §2.1.6); anybody else could put a false friend into the list.

use crate::contract::event::{roster, session};
use crate::contract::{Bootstrap, Command, Event, Write, command};
use crate::model::{BareJid, Contact, Jid, Subscription, Untrusted};
use crate::xmpp::feature::{Answer, Cx, Facts, Feature, Flow, Inbound, QuestionId, Signal, Spec, Stage, Support};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{errors, iq, ns, payload};
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use std::collections::HashMap;
use xmpp_parsers::nick::Nick;
use xso::{AsXml, FromXml};

static SPEC: Spec = Spec {
    name: "RFC 6121 §2",
    title: "Managing the Roster",
    version: "2011-03",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Identify,
};

static ALSO: [Spec; 1] = [Spec {
    name: "XEP-0237",
    title: "Roster Versioning",
    version: "1.3",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Identify,
}];

/// So many are remembered.
const TYPED_MAX: usize = 50;

/// What the server was asked for.
enum Question {
    /// The roster.
    Load,
    /// To change or remove this contact.
    Change(BareJid),
}

/// The roster is kept in `Facts`; here is what belongs to its transport.
#[derive(Default)]
pub struct Roster {
    questions: Questions<Question>,
    version: Option<String>,
    /// Whether the last question named a version, so that an empty answer means "as it was".
    is_version_named: bool,
    is_loaded: bool,
    /// Contacts that were set under an address for which the server may have another one.
    typed: Vec<BareJid>,
}

impl Feature for Roster {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn load(&mut self, facts: &mut Facts, bootstrap: &Bootstrap) {
        self.version.clone_from(&bootstrap.roster_version);
        keep(facts, bootstrap.contacts.clone());
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        match signal {
            Signal::BoundAnew => {
                self.is_loaded = false;
                self.ask(cx);
            }
            Signal::Resumed if !self.is_loaded => self.ask(cx),
            _ => {}
        }
    }

    fn on_iq(&mut self, cx: &mut Cx<'_>, iq: &Inbound, payload: &Element) -> Flow {
        if !payload.is("query", ns::ROSTER) || iq.stanza.type_.as_deref() != Some("set") {
            return Flow::Pass;
        }
        if iq.stanza.from.is_some() && iq.from != cx.facts.own_bare() {
            tracing::warn!(from = ?iq.from, "a roster push from somebody else");
            return Flow::Pass;
        }
        cx.send(iq::result(iq, None));
        self.version = payload.attr("ver").map(str::to_owned).or_else(|| self.version.take());
        for item in payload.children().filter(|c| c.is("item", ns::ROSTER)) {
            match parse_item(item) {
                Some(Item::There(contact)) => self.changed(cx, contact),
                Some(Item::Removed(jid)) => self.removed(cx, jid),
                None => tracing::warn!("a roster item without a valid address"),
            }
        }
        Flow::Taken
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        match self.questions.take(id) {
            Some(Question::Load) => self.loaded(cx, &answer),
            Some(Question::Change(jid)) => {
                if let Some(reason) = errors::reason(&answer) {
                    cx.emit(Event::Roster(roster::Event::Refused { jid, reason: reason.into() }));
                }
            }
            None => {}
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Roster(command::roster::Command::Set { jid, name, groups, subscribe }) => {
                if jid.legacy().is_some() && self.typed.len() < TYPED_MAX {
                    self.typed.push(jid.clone());
                }
                let item = build_item(cx.facts.roster.get(&jid), &jid, name.as_deref(), groups.as_deref());
                let change = iq::set(None, change(&item));
                self.questions.ask(cx, change, Question::Change(jid.clone()));
                if subscribe {
                    cx.send(build_subscribe(&jid, cx.facts.settings.nick.as_deref()));
                }
                Ok(())
            }
            Command::Roster(command::roster::Command::Remove(jid)) => {
                let item = WireItem { subscription: Some("remove".to_owned()), ..WireItem::new(&jid) };
                let change = iq::set(None, change(&item));
                self.questions.ask(cx, change, Question::Change(jid));
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

impl Roster {
    fn ask(&mut self, cx: &mut Cx<'_>) {
        let mut query = el("query", ns::ROSTER);
        self.is_version_named = cx.facts.stream_features.contains(ns::ROSTER_VERSIONS);
        if self.is_version_named {
            query = query.with_attr("ver", self.version.as_deref().unwrap_or_default());
        }
        self.questions.ask(cx, iq::get(None, query), Question::Load);
    }

    fn loaded(&mut self, cx: &mut Cx<'_>, answer: &Answer) {
        match answer {
            Answer::Result(Some(query)) if query.is("query", ns::ROSTER) => {
                let is_cut = query.has_child("cut", ns::CUT);
                self.version = query.attr("ver").filter(|_| !is_cut).map(str::to_owned);
                let items = query.children().filter(|c| c.is("item", ns::ROSTER));
                let contacts = items.filter_map(|item| match parse_item(item)? {
                    Item::There(contact) => Some(contact),
                    Item::Removed(_) => None,
                });
                keep(cx.facts, contacts.collect());
                let contacts = sorted(&cx.facts.roster);
                if is_cut {
                    let shown = contacts.len();
                    notice(
                        cx,
                        &format!("the contact list is too long or partly unreadable: {shown} contacts are shown"),
                    );
                }
                cx.write(Write::Roster { version: self.version.clone(), contacts });
            }
            // Nothing changed since our version (RFC 6121 §2.6.3); changes come as pushes.
            Answer::Result(None) if self.is_version_named => {}
            Answer::Result(_) => notice(cx, "the contact list could not be loaded: the server's answer holds none"),
            Answer::Error { .. } | Answer::Timeout => {
                let why = errors::reason(answer).unwrap_or_default();
                notice(cx, &format!("the contact list could not be loaded: {why}"));
            }
            Answer::Down => return,
        }
        self.is_loaded = true;
        let contacts = sorted(&cx.facts.roster);
        cx.emit(Event::Roster(roster::Event::Loaded(contacts)));
        cx.signal(Signal::RosterLoaded);
    }

    fn changed(&mut self, cx: &mut Cx<'_>, contact: Contact) {
        let sees_me = |c: &Contact| matches!(c.subscription, Subscription::From | Subscription::Both);
        let jid = contact.jid.clone();
        if sees_me(&contact) {
            cx.facts.subscribers.insert(jid.clone());
        } else {
            cx.facts.subscribers.remove(&jid);
        }
        let old = cx.facts.roster.insert(jid.clone(), contact.clone());
        // What the server put into the list for what was asked.
        if let Some(at) = self.typed.iter().position(|typed| typed.may_be(&jid)) {
            let typed = self.typed.swap_remove(at);
            if typed != jid {
                cx.signal(Signal::AddressLearned { typed, real: jid.clone() });
            }
        }
        cx.write(Write::Contact { version: self.version.clone(), change: Ok(contact.clone()) });
        if sees_me(&contact) && !old.as_ref().is_some_and(sees_me) {
            cx.emit(Event::Roster(roster::Event::SubscriptionSettled(jid)));
        }
        cx.emit(Event::Roster(roster::Event::Changed(vec![contact])));
    }

    fn removed(&mut self, cx: &mut Cx<'_>, jid: BareJid) {
        cx.facts.roster.remove(&jid);
        cx.facts.subscribers.remove(&jid);
        cx.write(Write::Contact { version: self.version.clone(), change: Err(jid.clone()) });
        cx.emit(Event::Roster(roster::Event::Removed(jid)));
    }
}

/// An item as it is on the wire. Each is read by itself, with the model's own JID: one bad item, or one word that is not
/// in the RFC, must not cost the user the whole list.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::ROSTER, name = "item")]
struct WireItem {
    #[xml(attribute)]
    jid: Jid,
    #[xml(attribute(default))]
    name: Option<Untrusted>,
    #[xml(attribute(default))]
    subscription: Option<String>,
    #[xml(attribute(default))]
    ask: Option<String>,
    #[xml(extract(n = .., name = "group", fields(text(type_ = Untrusted))))]
    groups: Vec<Untrusted>,
}

impl WireItem {
    fn new(jid: &BareJid) -> Self {
        Self { jid: jid.to_jid(), name: None, subscription: None, ask: None, groups: Vec::new() }
    }
}

/// The request to change one item.
fn change(item: &WireItem) -> Element {
    el("query", ns::ROSTER).with_child(payload::write(item))
}

fn notice(cx: &mut Cx<'_>, text: &str) {
    cx.emit(Event::Session(session::Event::Noticed(text.into())));
}

enum Item {
    There(Contact),
    Removed(BareJid),
}

/// The roster and who sees us, replaced.
fn keep(facts: &mut Facts, contacts: Vec<Contact>) {
    let sees_me = |c: &&Contact| matches!(c.subscription, Subscription::From | Subscription::Both);
    facts.subscribers = contacts.iter().filter(sees_me).map(|c| c.jid.clone()).collect();
    facts.roster = contacts.into_iter().map(|c| (c.jid.clone(), c)).collect();
}

fn sorted(roster: &HashMap<BareJid, Contact>) -> Vec<Contact> {
    let mut contacts: Vec<Contact> = roster.values().cloned().collect();
    contacts.sort_unstable_by(|a, b| a.jid.cmp(&b.jid));
    contacts
}

fn parse_item(item: &Element) -> Option<Item> {
    let WireItem { jid, name, subscription, ask, mut groups } = payload::read(item)?;
    let jid = jid.bare();
    let subscription = match subscription.as_deref() {
        Some("remove") => return Some(Item::Removed(jid)),
        Some("to") => Subscription::To,
        Some("from") => Subscription::From,
        Some("both") => Subscription::Both,
        Some(_) | None => Subscription::None,
    };
    groups.retain(|g| !g.is_empty());
    groups.sort_unstable();
    groups.dedup();
    let name = name.filter(|n| !n.is_empty());
    Some(Item::There(Contact { jid, name, groups, subscription, is_asked: ask.as_deref() == Some("subscribe") }))
}

/// The item to set: what is not named stays as it is, since a set replaces name and groups (RFC 6121 §2.4.1).
fn build_item(old: Option<&Contact>, jid: &BareJid, name: Option<&str>, groups: Option<&[String]>) -> WireItem {
    let name = name.map(Untrusted::from).or_else(|| old.and_then(|c| c.name.clone()));
    let mut groups: Vec<Untrusted> = match (groups, old) {
        (Some(groups), _) => groups.iter().map(|g| g.as_str().into()).collect(),
        (None, Some(old)) => old.groups.clone(),
        (None, None) => Vec::new(),
    };
    groups.retain(|g| !g.is_empty());
    WireItem { name: name.filter(|n| !n.is_empty()), groups, ..WireItem::new(jid) }
}

/// A request to see a contact's presence, with the user's own nickname where one is configured (XEP-0172 §4.2).
fn build_subscribe(jid: &BareJid, nick: Option<&str>) -> Stanza {
    let mut stanza = Stanza::new(Kind::Presence).with_type("subscribe").with_to(jid);
    stanza.children.extend(nick.map(|nick| payload::write(&Nick(nick.to_owned()))));
    stanza
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(xml: &str) -> Option<Item> {
        parse_item(&xml.replace("<item", "<item xmlns='jabber:iq:roster'").parse().unwrap())
    }

    #[test]
    fn items_are_read_leniently() {
        let Some(Item::There(c)) =
            item("<item jid='Bob@b.test/x' subscription='odd' name=''><group/><group>a</group></item>")
        else {
            panic!("an odd item is still an item")
        };
        assert_eq!((c.jid.as_str(), c.name, c.subscription), ("bob@b.test", None, Subscription::None));
        assert_eq!(c.groups, ["a".into()]);
        let Some(Item::There(c)) =
            item("<item jid='a@b/🫠' subscription='to' approved='maybe'><odd/><group>x</group></item>")
        else {
            panic!("an emoji resource and a word that is not known cost nothing")
        };
        assert_eq!((c.jid.as_str(), c.subscription, c.groups), ("a@b", Subscription::To, vec!["x".into()]));
        assert!(item("<item subscription='both'/>").is_none());
        assert!(item("<item jid='@'/>").is_none());
    }

    #[test]
    fn a_set_keeps_what_it_does_not_name() {
        let jid = BareJid::parse("bob@b.test").unwrap();
        let old = Contact {
            jid: jid.clone(),
            name: Some("Bob".into()),
            groups: vec!["friends".into()],
            subscription: Subscription::Both,
            is_asked: false,
        };
        let renamed = payload::write(&build_item(Some(&old), &jid, Some("Robert"), None));
        assert_eq!(renamed.attr("name"), Some("Robert"));
        assert_eq!(renamed.children().next().unwrap().text(), "friends");
        let moved = payload::write(&build_item(Some(&old), &jid, None, Some(&[])));
        assert_eq!((moved.attr("name"), moved.children().count()), (Some("Bob"), 0));
        assert_eq!(build_item(Some(&old), &jid, Some(""), None).name, None);
    }
}
