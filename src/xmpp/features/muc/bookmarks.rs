//! XEP-0402: PEP Native Bookmarks, with the old ones (XEP-0048 in XEP-0049) where there are none.
//!
//! The user's rooms follow them: those marked `autojoin` are entered at login, and when another client adds one. A
//! room that the user enters becomes a bookmark, one that they leave loses its `autojoin`; what other clients keep in a
//! bookmark (name, password, extensions) stays.
//!
//! Left out: writing the old kind; leaving a room because another client did.
//!
//! What the user wishes before the bookmarks have come waits for them, so that nothing of a bookmark is overwritten that
//! was not seen. What the server did not confirm is sent again with the next session.
//!
//! Security (S-10): only the account itself, by its exact bare JID, speaks of its bookmarks. They are written only to a
//! node whose configuration says that nobody else can read it (XEP-0223).

use crate::contract::command::muc as commands;
use crate::contract::event::{muc as events, session};
use crate::contract::{Command, Event};
use crate::model::{BareJid, DiscoInfo, Untrusted};
use crate::xmpp::feature::{Answer, Cx, Feature, Flow, Inbound, Origin, QuestionId, Signal, Spec, Stage, Support};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::payload::{self, Each, Maybe};
use crate::xmpp::kit::private_node::{Next, PrivateNode};
use crate::xmpp::kit::{iq, ns, pubsub};
use crate::xmpp::stanza::Stanza;
use minidom::Element;
use std::collections::{BTreeMap, BTreeSet};
use xso::{AsXml, FromXml};

const NOTIFY: &str = "urn:xmpp:bookmarks:1+notify";

/// Further bookmarks are passed over.
const BOOKMARKS_MAX: usize = 2_000;

/// The condition of each publish: the node is still as private as it was when it was read.
const CONDITION: &[(&str, &str)] = &[("pubsub#access_model", "whitelist")];
/// The server puts bookmarks of the old kind into the node by itself.
const COMPAT: &str = "urn:xmpp:bookmarks:1#compat";

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

/// What the user's own coming and going says of a bookmark.
struct Wished {
    nick: String,
    /// The user named that nickname; else the bookmark's own stays.
    is_chosen: bool,
    /// The room is entered at the next login.
    is_kept: bool,
}

/// What the server was asked for.
enum Question {
    /// All bookmarks, where XEP-0402 keeps them.
    Load,
    /// All bookmarks, where XEP-0049 keeps them.
    LoadOld,
    /// What the node is, or to become what it should be.
    Node,
    /// To keep the bookmark of a room.
    Publish(BareJid),
    /// The same without a condition, which the server does not take.
    PublishPlainly(BareJid),
}

/// Where the bookmarks are that were loaded.
#[derive(PartialEq)]
enum Source {
    /// Nothing was loaded in this session.
    Unknown,
    /// In the node of XEP-0402, or nowhere.
    Node,
    /// In the storage of XEP-0049 alone.
    Old,
}

/// The account's bookmarks.
pub struct Bookmarks {
    questions: Questions<Question>,
    all: BTreeMap<BareJid, Bookmark>,
    source: Source,
    /// Whether the account has a place of its own for nodes (XEP-0163).
    is_pep: bool,
    node: PrivateNode,
    /// What the user wished before the bookmarks came.
    wishes: BTreeMap<BareJid, Wished>,
    /// Rooms that were open when the program ended: they are entered once the bookmarks are known.
    reentering: BTreeSet<BareJid>,
    /// Those that the server does not have yet as they are here.
    unsaved: BTreeSet<BareJid>,
    /// The server said once in this session that the node is not what it was read to be.
    is_doubted: bool,
    /// The user knows that they are not kept.
    is_told: bool,
}

impl Default for Bookmarks {
    fn default() -> Self {
        Self {
            questions: Questions::default(),
            all: BTreeMap::new(),
            source: Source::Unknown,
            is_pep: false,
            node: PrivateNode::new(ns::BOOKMARKS2),
            wishes: BTreeMap::new(),
            reentering: BTreeSet::new(),
            unsaved: BTreeSet::new(),
            is_doubted: false,
            is_told: false,
        }
    }
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
            self.is_pep = is_pep(cx);
            self.source = Source::Unknown;
            (self.is_doubted, self.is_told) = (false, false);
            self.node.forget();
            self.load(cx);
        } else if *signal == Signal::Resumed && self.source != Source::Unknown {
            self.save(cx);
        } else if let Signal::RoomWished { room, nick, is_nick_chosen, is_kept } = signal {
            self.wished(cx, room, Wished { nick: nick.clone(), is_chosen: *is_nick_chosen, is_kept: *is_kept });
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        let Command::Muc(commands::Command::Reenter { room }) = command else { return Err(Box::new(command)) };
        if self.reentering.len() < BOOKMARKS_MAX {
            self.reentering.insert(cx.facts.true_room(room));
        }
        if self.source != Source::Unknown {
            self.reenter(cx);
        }
        Ok(())
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        let Some(notice) = pubsub::read_notice(&message.stanza).filter(|n| n.node == ns::BOOKMARKS2) else {
            return Flow::Pass;
        };
        let is_ours = message.origin == Origin::Live && message.from == *cx.own();
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
                note_nick(cx, &jid, None);
            }
        }
        if notice.is_emptied {
            self.all.clear();
            cx.facts.room_nicks.clear();
            self.node.forget();
        }
        self.tell(cx);
        Flow::Taken
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some(question) = self.questions.take(id) else { return };
        match (question, answer) {
            (Question::Load, Answer::Result(items)) => {
                let found = items.iter().flat_map(pubsub::read_items).collect::<Vec<_>>();
                let found: Vec<_> = found.iter().filter_map(parse_item).collect();
                if found.is_empty() {
                    self.ask_old(cx);
                } else {
                    self.loaded(cx, found, Source::Node);
                }
            }
            (Question::Load, Answer::Error { condition, .. }) => {
                // Any other fault says nothing of what is there, and what is not seen is not written over.
                self.is_pep &= condition == "item-not-found";
                self.ask_old(cx);
            }
            (Question::LoadOld, Answer::Result(query)) => {
                let storage = query.as_ref().and_then(|q| q.get_child("storage", ns::BOOKMARKS));
                self.loaded(cx, storage.map(parse_storage).unwrap_or_default(), Source::Old);
            }
            (Question::LoadOld, Answer::Error { .. }) => self.loaded(cx, Vec::new(), Source::Node),
            (Question::Node, answer) => match self.node.answered(&answer) {
                Next::Ask(stanza) => self.questions.ask(cx, stanza, Question::Node),
                Next::Fit => self.save(cx),
                Next::Unfit(why) => self.not_kept(cx, &why),
                Next::Later => {}
            },
            (Question::Load | Question::LoadOld, Answer::Timeout) => self.reenter(cx),
            (Question::Load | Question::LoadOld, Answer::Down)
            | (Question::Publish(_) | Question::PublishPlainly(_), Answer::Result(_)) => {}
            (Question::Publish(jid), answer) => self.refused(cx, jid, &answer),
            (Question::PublishPlainly(jid), answer) => {
                self.unsaved.insert(jid);
                if let Answer::Error { words, .. } = &answer {
                    self.not_kept(cx, words);
                }
            }
        }
    }
}

impl Bookmarks {
    fn load(&mut self, cx: &mut Cx<'_>) {
        self.questions.ask(cx, pubsub::ask_items(None, ns::BOOKMARKS2), Question::Load);
    }

    fn ask_old(&mut self, cx: &mut Cx<'_>) {
        let question = iq::get(None, el("query", ns::PRIVATE).with_child(el("storage", ns::BOOKMARKS)));
        self.questions.ask(cx, question, Question::LoadOld);
    }

    fn put(&mut self, cx: &mut Cx<'_>, jid: BareJid, bookmark: Bookmark) {
        if self.all.len() < BOOKMARKS_MAX || self.all.contains_key(&jid) {
            cx.facts.known_rooms.insert(jid.clone());
            note_nick(cx, &jid, bookmark.nick.as_ref());
            self.all.insert(jid, bookmark);
        }
    }

    fn loaded(&mut self, cx: &mut Cx<'_>, found: Vec<(BareJid, Bookmark)>, source: Source) {
        let unsaved = std::mem::take(&mut self.unsaved);
        let before = std::mem::take(&mut self.all);
        cx.facts.room_nicks.clear();
        let is_to_check = source == Source::Node && !found.is_empty();
        self.source = source;
        for (jid, bookmark) in found {
            self.put(cx, jid, bookmark);
        }
        for (jid, old) in before.iter().filter(|(jid, _)| unsaved.contains(*jid)) {
            let nick = old.nick.clone().unwrap_or_default();
            let is_chosen = old.nick.is_some();
            self.wish(cx, jid, Wished { nick, is_chosen, is_kept: old.is_autojoin });
        }
        for (jid, wished) in std::mem::take(&mut self.wishes) {
            self.wish(cx, &jid, wished);
        }
        self.tell(cx);
        for (jid, bookmark) in &self.all {
            if bookmark.is_autojoin && !cx.facts.rooms.contains_key(jid) {
                enter(cx, jid, bookmark);
            }
        }
        self.reenter(cx);
        if is_to_check {
            // What an earlier version made wrongly is mended before anything is lost by it.
            self.check(cx);
        }
        self.save(cx);
    }

    fn tell(&self, cx: &mut Cx<'_>) {
        let all = self.all.iter().map(|(jid, b)| (jid.clone(), b.name.clone(), b.is_autojoin)).collect();
        cx.emit(Event::Muc(events::Event::BookmarksLoaded(all)));
    }

    /// The user entered or left a room by their own will.
    fn wished(&mut self, cx: &mut Cx<'_>, room: &BareJid, wished: Wished) {
        if self.source == Source::Unknown {
            if self.wishes.len() < BOOKMARKS_MAX {
                self.wishes.insert(room.clone(), wished);
            }
        } else if self.wish(cx, room, wished) {
            self.save(cx);
            self.tell(cx);
        }
    }

    /// Makes it so here; whether that is news.
    fn wish(&mut self, cx: &mut Cx<'_>, room: &BareJid, wished: Wished) -> bool {
        let Wished { nick, is_chosen, is_kept } = wished;
        let old = self.all.get(room);
        if !self.is_pep || (old.is_none() && (!is_kept || self.all.len() >= BOOKMARKS_MAX)) {
            return false;
        }
        let mut new = old.cloned().unwrap_or_default();
        new.is_autojoin = is_kept;
        if is_kept {
            let kept = new.nick.filter(|_| !is_chosen);
            new.nick = kept.or_else(|| Some(nick).filter(|n| !n.is_empty()));
            note_nick(cx, room, new.nick.as_ref());
            new.name = new.name.or_else(|| room_name(cx, room));
        }
        if old == Some(&new) {
            return false;
        }
        self.all.insert(room.clone(), new);
        self.unsaved.insert(room.clone());
        if self.source == Source::Old && !cx.account_has(COMPAT) {
            // With the first new bookmark nobody looks at the old place any more.
            self.unsaved.extend(self.all.keys().cloned());
        }
        self.source = Source::Node;
        true
    }

    /// Enters the rooms that were open when the program ended: those with a bookmark as that says.
    fn reenter(&mut self, cx: &mut Cx<'_>) {
        for room in std::mem::take(&mut self.reentering) {
            match self.all.get(&room) {
                Some(bookmark) => enter(cx, &room, bookmark),
                None => cx.signal(Signal::JoinRoom { room, nick: None, password: None, may_create: false }),
            }
        }
    }

    /// Has the node read, where that is not done.
    fn check(&mut self, cx: &mut Cx<'_>) {
        if self.is_pep
            && let Some(question) = self.node.begin()
        {
            self.questions.ask(cx, question, Question::Node);
        }
    }

    /// Sends what the server does not have, once the node is known to be private.
    fn save(&mut self, cx: &mut Cx<'_>) {
        if self.unsaved.is_empty() || !self.is_pep || !cx.facts.is_online {
            return;
        }
        let Some(keeps) = self.node.keeps() else { return self.check(cx) };
        if self.all.len() > keeps {
            let why = format!("it keeps {keeps} at most, and a further one would push out another");
            return self.not_kept(cx, &why);
        }
        let condition = if cx.account_has(ns::PUBSUB_OPTIONS) { CONDITION } else { &[] };
        for jid in std::mem::take(&mut self.unsaved) {
            let Some(bookmark) = self.all.get(&jid) else { continue };
            let publish = build_publish(&jid, bookmark, condition);
            self.questions.ask(cx, publish, Question::Publish(jid));
        }
    }

    /// A publish was not taken, or nobody knows.
    fn refused(&mut self, cx: &mut Cx<'_>, jid: BareJid, answer: &Answer) {
        match answer {
            Answer::Error { condition, .. } if is_doubtful(condition) && !self.is_doubted => {
                // Somebody configured or deleted the node since it was read.
                self.is_doubted = true;
                self.node.forget();
                self.unsaved.insert(jid);
                self.save(cx);
            }
            Answer::Error { condition, .. } if is_doubtful(condition) && self.node.keeps().is_none() => {
                // Several were under way: they wait for the answer about the node.
                self.unsaved.insert(jid);
            }
            Answer::Error { condition, words } if condition == "item-not-found" => {
                // Without a condition the node would be made anew, for others to read.
                self.unsaved.insert(jid);
                self.not_kept(cx, words);
            }
            Answer::Error { .. } => {
                if let Some(bookmark) = self.all.get(&jid) {
                    // The node was read to be private in this session; the server does not take conditions.
                    let publish = build_publish(&jid, bookmark, &[]);
                    self.questions.ask(cx, publish, Question::PublishPlainly(jid));
                }
            }
            Answer::Timeout | Answer::Down | Answer::Result(_) => {
                self.unsaved.insert(jid);
            }
        }
    }

    /// Tells the user once that bookmarks do not get to the server.
    fn not_kept(&mut self, cx: &mut Cx<'_>, why: &str) {
        tracing::info!(why, "bookmarks are not kept");
        if !self.unsaved.is_empty() && !std::mem::replace(&mut self.is_told, true) {
            let words = format!("your bookmarks are not saved on the server: {why}");
            cx.emit(Event::Session(session::Event::Noticed(words.into())));
        }
    }
}

/// Whether a refusal says that the node is not what it was read to be.
fn is_doubtful(condition: &str) -> bool {
    matches!(condition, "conflict" | "item-not-found")
}

/// Whether the account has a place for nodes of its own.
fn is_pep(cx: &Cx<'_>) -> bool {
    let is_announced = |info: &DiscoInfo| info.identities.iter().any(|i| i.category == "pubsub" && i.kind == "pep");
    cx.account_has(ns::PUBSUB_OPTIONS) || cx.facts.account_info.as_ref().is_some_and(is_announced)
}

fn room_name(cx: &Cx<'_>, room: &BareJid) -> Option<Untrusted> {
    let info = cx.facts.rooms.get(room)?.info.as_ref()?;
    info.identities.iter().find(|i| i.category == "conference")?.name.clone()
}

fn enter(cx: &mut Cx<'_>, room: &BareJid, bookmark: &Bookmark) {
    let (nick, password) = (bookmark.nick.clone(), bookmark.password.clone());
    cx.signal(Signal::JoinRoom { room: room.clone(), nick, password, may_create: true });
}

fn note_nick(cx: &mut Cx<'_>, room: &BareJid, nick: Option<&String>) {
    match nick {
        Some(nick) => drop(cx.facts.room_nicks.insert(room.clone(), nick.clone())),
        None => drop(cx.facts.room_nicks.remove(room)),
    }
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
