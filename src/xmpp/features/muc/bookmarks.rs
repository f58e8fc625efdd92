//! XEP-0402: PEP Native Bookmarks, with the old ones (XEP-0048 in XEP-0049) where there are none.
//!
//! The user's rooms follow them: those marked `autojoin` are entered at login, and when another client adds one. A
//! room that the user enters becomes a bookmark, one that they leave loses its `autojoin`; what other clients keep in a
//! bookmark (name, password, extensions) stays.
//!
//! Left out: writing the old kind; leaving a room because another client did.
//!
//! Security (S-10): only the account itself, by its exact bare JID, speaks of its bookmarks. They are written only
//! where the server promises to keep them to the account (`access_model` whitelist in publish-options).

use crate::contract::Event;
use crate::contract::event::muc as events;
use crate::model::{BareJid, Untrusted};
use crate::xmpp::feature::{Answer, Cx, Feature, Flow, Inbound, Origin, QuestionId, Signal, Spec, Stage, Support};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::payload::{self, Each, Maybe};
use crate::xmpp::kit::{iq, ns, pubsub};
use crate::xmpp::stanza::Stanza;
use minidom::Element;
use std::collections::BTreeMap;
use xso::{AsXml, FromXml};

const NOTIFY: &str = "urn:xmpp:bookmarks:1+notify";

/// Further bookmarks are passed over.
const BOOKMARKS_MAX: usize = 2_000;

/// What XEP-0402 §4.2 asks for.
const OPTIONS: &[(&str, &str)] = &[
    ("pubsub#persist_items", "true"),
    ("pubsub#max_items", "max"),
    ("pubsub#send_last_published_item", "never"),
    ("pubsub#access_model", "whitelist"),
];
/// For servers that refuse options which they do not know; keeping them private is never given up.
const PLAIN_OPTIONS: &[(&str, &str)] = &[("pubsub#persist_items", "true"), ("pubsub#access_model", "whitelist")];

static SPEC: Spec = Spec {
    name: "XEP-0402",
    title: "PEP Native Bookmarks",
    version: "1.2.0",
    support: Support::Partial,
    disco: &[NOTIFY],
    stage: Stage::Classify,
};

static ALSO: [Spec; 2] = [
    Spec {
        name: "XEP-0048",
        title: "Bookmarks",
        version: "1.2",
        support: Support::Partial,
        disco: &[],
        stage: Stage::Classify,
    },
    Spec {
        name: "XEP-0049",
        title: "Private XML Storage",
        version: "1.2",
        support: Support::Partial,
        disco: &[],
        stage: Stage::Classify,
    },
];

/// One bookmark.
#[derive(Clone, PartialEq, Default)]
struct Bookmark {
    name: Option<Untrusted>,
    nick: Option<String>,
    password: Option<String>,
    is_autojoin: bool,
    /// What other clients keep there.
    extensions: Option<Element>,
}

/// What the server was asked for.
enum Question {
    /// All bookmarks, where XEP-0402 keeps them.
    Load,
    /// All bookmarks, where XEP-0049 keeps them.
    LoadOld,
    /// To keep the bookmark of a room.
    Publish(BareJid),
    /// The same, with the options alone that every server knows.
    PublishPlainly,
}

/// The account's bookmarks.
#[derive(Default)]
pub struct Bookmarks {
    questions: Questions<Question>,
    all: BTreeMap<BareJid, Bookmark>,
    /// Whether the account keeps them in PEP, so that they can be written.
    is_pep: bool,
}

impl Feature for Bookmarks {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::ServerKnown {
            self.is_pep = cx.account_has(ns::PUBSUB_OPTIONS);
            self.questions.ask(cx, pubsub::ask_items(None, ns::BOOKMARKS2), Question::Load);
        } else if let Signal::RoomWished { room, nick, is_kept } = signal {
            self.wished(cx, room, nick, *is_kept);
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let Some(notice) = pubsub::read_notice(&message.stanza).filter(|n| n.node == ns::BOOKMARKS2) else {
            return Flow::Pass;
        };
        let is_ours = message.origin == Origin::Live && message.from == *cx.account().jid();
        if !is_ours {
            tracing::warn!(from = ?message.from, "bookmarks that are not ours");
            return Flow::Taken;
        }
        for item in &notice.items {
            let Some((jid, bookmark)) = parse_item(item) else { continue };
            if bookmark.is_autojoin && !cx.facts.rooms.contains_key(&jid) {
                enter(cx, &jid, &bookmark);
            }
            self.put(cx, jid, bookmark);
        }
        for id in &notice.retracted {
            if let Ok(jid) = BareJid::parse(id) {
                self.all.remove(&jid);
            }
        }
        if notice.is_emptied {
            self.all.clear();
        }
        self.tell(cx);
        Flow::Taken
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some(question) = self.questions.take(id) else { return };
        match (question, answer) {
            (Question::Load, Answer::Result(Some(items))) => {
                let found: Vec<_> = pubsub::read_items(&items).iter().filter_map(parse_item).collect();
                if found.is_empty() {
                    self.ask_old(cx);
                } else {
                    self.loaded(cx, found);
                }
            }
            (Question::Load, Answer::Result(None) | Answer::Error { .. }) => self.ask_old(cx),
            (Question::LoadOld, Answer::Result(Some(query))) => {
                let found = query.get_child("storage", ns::BOOKMARKS).map(parse_storage).unwrap_or_default();
                self.loaded(cx, found);
            }
            (Question::LoadOld, Answer::Error { .. } | Answer::Result(None)) => self.loaded(cx, Vec::new()),
            (Question::Publish(jid), Answer::Error { .. }) => {
                if let Some(bookmark) = self.all.get(&jid) {
                    let publish = build_publish(&jid, bookmark, PLAIN_OPTIONS);
                    self.questions.ask(cx, publish, Question::PublishPlainly);
                }
            }
            (Question::PublishPlainly, Answer::Error { condition, .. }) => {
                tracing::info!(condition, "the server does not keep bookmarks privately");
                self.is_pep = false;
            }
            _ => {}
        }
    }
}

impl Bookmarks {
    fn ask_old(&mut self, cx: &mut Cx<'_>) {
        let question = iq::get(None, el("query", ns::PRIVATE).with_child(el("storage", ns::BOOKMARKS)));
        self.questions.ask(cx, question, Question::LoadOld);
    }

    fn put(&mut self, cx: &mut Cx<'_>, jid: BareJid, bookmark: Bookmark) {
        if self.all.len() < BOOKMARKS_MAX || self.all.contains_key(&jid) {
            cx.facts.known_rooms.insert(jid.clone());
            self.all.insert(jid, bookmark);
        }
    }

    fn loaded(&mut self, cx: &mut Cx<'_>, found: Vec<(BareJid, Bookmark)>) {
        self.all.clear();
        for (jid, bookmark) in found {
            self.put(cx, jid, bookmark);
        }
        self.tell(cx);
        for (jid, bookmark) in &self.all {
            if bookmark.is_autojoin && !cx.facts.rooms.contains_key(jid) {
                enter(cx, jid, bookmark);
            }
        }
    }

    fn tell(&self, cx: &mut Cx<'_>) {
        let all = self.all.iter().map(|(jid, b)| (jid.clone(), b.name.clone(), b.is_autojoin)).collect();
        cx.emit(Event::Muc(events::Event::BookmarksLoaded(all)));
    }

    /// The user entered or left a room by their own will.
    fn wished(&mut self, cx: &mut Cx<'_>, room: &BareJid, nick: &str, is_kept: bool) {
        let old = self.all.get(room);
        if !self.is_pep || (old.is_none() && !is_kept) || self.all.len() >= BOOKMARKS_MAX {
            return;
        }
        let mut new = old.cloned().unwrap_or_default();
        new.is_autojoin = is_kept;
        if is_kept {
            new.nick = Some(nick.to_owned());
            new.name = new.name.or_else(|| room_name(cx, room));
        }
        if old == Some(&new) {
            return;
        }
        self.questions.ask(cx, build_publish(room, &new, OPTIONS), Question::Publish(room.clone()));
        self.all.insert(room.clone(), new);
        self.tell(cx);
    }
}

fn room_name(cx: &Cx<'_>, room: &BareJid) -> Option<Untrusted> {
    let info = cx.facts.rooms.get(room)?.info.as_ref()?;
    info.identities.iter().find(|i| i.category == "conference")?.name.clone()
}

fn enter(cx: &mut Cx<'_>, room: &BareJid, bookmark: &Bookmark) {
    let (nick, password) = (bookmark.nick.clone(), bookmark.password.clone());
    cx.signal(Signal::JoinRoom { room: room.clone(), nick, password });
}

/// XEP-0402 §3. That of `xmpp_parsers` loses a bookmark with an emoji nickname, and one whose `autojoin` is no boolean.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::BOOKMARKS2, name = "conference")]
struct Conference {
    #[xml(attribute(default))]
    name: Option<Untrusted>,
    #[xml(attribute(default))]
    autojoin: Maybe<bool>,
    #[xml(extract(n = .., name = "nick", fields(text(type_ = String))))]
    nicks: Vec<String>,
    #[xml(extract(n = .., name = "password", fields(text(type_ = String))))]
    passwords: Vec<String>,
}

/// XEP-0048: all of the old ones.
#[derive(FromXml)]
#[xml(namespace = ns::BOOKMARKS, name = "storage")]
struct Storage {
    #[xml(child(n = ..))]
    conferences: Each<OldConference>,
}

/// XEP-0048 §3.1.
#[derive(FromXml)]
#[xml(namespace = ns::BOOKMARKS, name = "conference")]
struct OldConference {
    #[xml(attribute)]
    jid: BareJid,
    #[xml(attribute(default))]
    name: Option<Untrusted>,
    #[xml(attribute(default))]
    autojoin: Maybe<bool>,
    #[xml(extract(n = .., name = "nick", fields(text(type_ = String))))]
    nicks: Vec<String>,
    #[xml(extract(n = .., name = "password", fields(text(type_ = String))))]
    passwords: Vec<String>,
}

fn parse_item(item: &pubsub::Item) -> Option<(BareJid, Bookmark)> {
    let jid = BareJid::parse(&item.id).ok()?;
    Some((jid, parse_conference(item.payload.as_ref()?)?))
}

fn parse_conference(element: &Element) -> Option<Bookmark> {
    let Conference { name, autojoin, nicks, passwords } = payload::read(element)?;
    let extensions = element.get_child("extensions", ns::BOOKMARKS2).cloned();
    Some(bookmark(name, autojoin, nicks, passwords, extensions))
}

fn parse_storage(storage: &Element) -> Vec<(BareJid, Bookmark)> {
    let conferences = payload::read(storage).map(|Storage { conferences }| conferences).unwrap_or_default();
    let read = |c: OldConference| (c.jid, bookmark(c.name, c.autojoin, c.nicks, c.passwords, None));
    conferences.into_iter().flatten().take(BOOKMARKS_MAX).map(read).collect()
}

fn bookmark(
    name: Option<Untrusted>,
    autojoin: Maybe<bool>,
    nicks: Vec<String>,
    passwords: Vec<String>,
    extensions: Option<Element>,
) -> Bookmark {
    let first = |texts: Vec<String>| texts.into_iter().next().filter(|t| !t.is_empty());
    Bookmark {
        name: name.filter(|n| !n.is_empty()),
        nick: first(nicks),
        password: first(passwords),
        is_autojoin: autojoin.0.unwrap_or(false),
        extensions,
    }
}

fn build_publish(jid: &BareJid, bookmark: &Bookmark, options: &[(&str, &str)]) -> Stanza {
    let conference = payload::write(&Conference {
        name: bookmark.name.clone(),
        autojoin: Maybe(Some(bookmark.is_autojoin)),
        nicks: bookmark.nick.iter().cloned().collect(),
        passwords: bookmark.password.iter().cloned().collect(),
    });
    let conference = conference.with_children(bookmark.extensions.clone());
    pubsub::publish(ns::BOOKMARKS2, jid.as_str(), conference, options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_clients_keep_comes_back() {
        let xml = "<conference xmlns='urn:xmpp:bookmarks:1' name='Tea' autojoin='1'><nick>貓🐈</nick>\
            <password>p</password><extensions><pin xmlns='x'/></extensions></conference>";
        let bookmark = parse_conference(&xml.parse().unwrap()).unwrap();
        assert!(bookmark.is_autojoin);
        let stanza = build_publish(&BareJid::parse("r@c").unwrap(), &bookmark, &[]);
        let expected = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:bookmarks:1'>\
            <item id='r@c'><conference xmlns='urn:xmpp:bookmarks:1' name='Tea' autojoin='true'><nick>貓🐈</nick>\
            <password>p</password><extensions><pin xmlns='x'/></extensions></conference></item></publish></pubsub>";
        assert_eq!(stanza.children, [expected.parse::<Element>().unwrap()]);
    }

    #[test]
    fn one_bad_bookmark_costs_only_itself() {
        let xml = "<storage xmlns='storage:bookmarks'><conference jid='@@' autojoin='true'/><url/><conference/>\
            <conference jid='ok@c' autojoin='maybe'><nick/></conference></storage>";
        let found = parse_storage(&xml.parse().unwrap());
        assert_eq!(found.len(), 1);
        assert!(!found[0].1.is_autojoin && found[0].1.nick.is_none());
        let xml = "<conference xmlns='urn:xmpp:bookmarks:1' autojoin='maybe'><nick>🫠</nick><nick>b</nick><odd/></conference>";
        let found = parse_conference(&xml.parse().unwrap()).unwrap();
        assert!(!found.is_autojoin && found.nick.as_deref() == Some("🫠"));
    }
}
