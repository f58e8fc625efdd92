//! XEP-0115: Entity Capabilities.
//!
//! The user sees which program a contact uses, and other features know what it can do, without asking everybody every
//! time: a hash stands for the whole answer, and answers are kept on the disk.
//!
//! Left out: the legacy format without a hash.
//!
//! Security (§8.1, S-37): an answer is kept for others only when it yields the very hash; one that does not is used
//! for the one who gave it alone. Only contacts are asked, at most [`IN_FLIGHT_MAX`] at once, and all lists are bounded.

use crate::contract::event::presence as events;
use crate::contract::{Bootstrap, CapsEntry, Event, Write};
use crate::model::{DiscoInfo, Jid};
use crate::xmpp::feature::{Answer, Cx, Facts, Feature, Flow, Inbound, QuestionId, Signal, Spec, Stage, Support};
use crate::xmpp::kit::caps::{is_hash_known, verification};
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{disco, ns, payload};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use xso::FromXml;

/// What our own hash belongs to.
const NODE: &str = "urn:parlour";

/// At most so many questions are open.
const IN_FLIGHT_MAX: usize = 4;
/// At most so many hashes are remembered, and so many wait to be asked about.
const KNOWN_MAX: usize = 2_000;
/// At most so many resources wait for one hash.
const WAITING_MAX: usize = 500;
/// So many are asked about one hash before it is given up for now.
const TRIES_MAX: u8 = 3;

/// At most so many resources' capabilities are known at once.
const PEERS_MAX: usize = 20_000;

static SPEC: Spec = Spec {
    name: "XEP-0115",
    title: "Entity Capabilities",
    version: "1.6.0",
    support: Support::Complete,
    disco: &[ns::CAPS],
    stage: Stage::Classify,
};

/// A `<c/>`. That of `xmpp_parsers` loses a client whose verification string is not base64, which has a name all the same.
#[derive(FromXml)]
#[xml(namespace = ns::CAPS, name = "c")]
struct Announced {
    #[xml(attribute)]
    hash: String,
    #[xml(attribute)]
    node: String,
    #[xml(attribute)]
    ver: String,
}

/// Hash algorithm and verification string.
type Key = (String, String);

/// A hash that nobody has explained yet.
#[derive(Default)]
struct Unknown {
    node: String,
    waiting: VecDeque<Jid>,
    is_asked: bool,
    tries: u8,
}

/// The hashes.
#[derive(Default)]
pub struct Caps {
    known: HashMap<Key, Arc<DiscoInfo>>,
    /// The keys of `known`, the least recently used first.
    used: VecDeque<Key>,
    unknown: HashMap<Key, Unknown>,
    /// Which hash somebody was asked about, and who.
    questions: Questions<(Key, Jid)>,
}

impl Feature for Caps {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn load(&mut self, facts: &mut Facts, bootstrap: &Bootstrap) {
        for entry in &bootstrap.caps {
            self.remember((entry.hash.clone(), entry.ver.clone()), Arc::new(entry.info.clone()));
        }
        let own = verification(&disco::build_info(&facts.own_info, None), "sha-1");
        facts.own_caps = own.map(|ver| (NODE.to_owned(), ver));
    }

    fn on_signal(&mut self, _cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::BoundAnew {
            self.unknown.clear();
        }
    }

    fn on_presence(&mut self, cx: &mut Cx<'_>, presence: &mut Inbound) -> Flow {
        let jid = &presence.from;
        match presence.stanza.type_.as_deref() {
            None => {}
            Some("unavailable") => {
                cx.facts.peers.remove(jid);
                return Flow::Pass;
            }
            Some(_) => return Flow::Pass,
        }
        let bare = jid.bare();
        let is_asked_of = cx.facts.roster.contains_key(&bare) || cx.facts.is_trusted(&bare);
        let Some(c) = presence.stanza.child("c", ns::CAPS).filter(|_| is_asked_of && !jid.is_bare()) else {
            return Flow::Pass;
        };
        if let Some(Announced { hash, node, ver }) = payload::read(c) {
            self.seen(cx, jid, (hash, ver), &node);
        }
        Flow::Pass
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some((key, jid)) = self.questions.take(id).filter(|_| answer != Answer::Down) else { return };
        if let Answer::Result(Some(query)) = &answer
            && let Some(info) = disco::parse_info(query)
        {
            let info = Arc::new(info);
            if verification(query, &key.0).as_deref() == Some(&key.1) {
                self.verified(cx, &key, &info);
            } else {
                tracing::debug!(from = ?jid, "capabilities that do not yield their hash");
            }
            learn(cx, &jid, &info);
        }
        self.go_on(cx, &key);
    }
}

impl Caps {
    fn seen(&mut self, cx: &mut Cx<'_>, jid: &Jid, key: Key, node: &str) {
        let is_odd = [&key.0, &key.1].into_iter().any(|p| p.is_empty() || p.len() > 200);
        if is_odd || node.len() > 1_000 {
            return;
        }
        if let Some(info) = self.known.get(&key).cloned() {
            self.touch(&key);
            learn(cx, jid, &info);
            return;
        }
        if self.unknown.len() >= KNOWN_MAX && !self.unknown.contains_key(&key) {
            return;
        }
        let unknown =
            self.unknown.entry(key).or_insert_with(|| Unknown { node: node.to_owned(), ..Unknown::default() });
        if unknown.waiting.len() < WAITING_MAX && !unknown.waiting.contains(jid) {
            unknown.waiting.push_back(jid.clone());
        }
        self.ask_more(cx);
    }

    /// Asks about hashes that wait, as far as that is allowed.
    fn ask_more(&mut self, cx: &mut Cx<'_>) {
        while self.questions.count() < IN_FLIGHT_MAX {
            let Some((key, unknown)) = self.unknown.iter_mut().find(|(_, u)| !u.is_asked && !u.waiting.is_empty())
            else {
                return;
            };
            let Some(jid) = unknown.waiting.pop_front() else { return };
            unknown.is_asked = true;
            unknown.tries += 1;
            let node = format!("{}#{}", unknown.node, key.1);
            self.questions.ask(cx, disco::ask_info(jid.as_str(), Some(&node)), (key.clone(), jid));
        }
    }

    fn verified(&mut self, cx: &mut Cx<'_>, key: &Key, info: &Arc<DiscoInfo>) {
        self.remember(key.clone(), info.clone());
        let (hash, ver) = key.clone();
        cx.write(Write::Caps(Box::new(CapsEntry { hash, ver, info: (**info).clone() })));
        for jid in self.unknown.remove(key).unwrap_or_default().waiting {
            learn(cx, &jid, info);
        }
    }

    /// After an answer: where the hash is still not explained, the next one who uses it is asked.
    fn go_on(&mut self, cx: &mut Cx<'_>, key: &Key) {
        if let Some(unknown) = self.unknown.get_mut(key) {
            unknown.is_asked = false;
            // Each gives an unknown algorithm's answer for itself alone, so all of them are asked (§5.4).
            let is_enough = unknown.tries >= TRIES_MAX && is_hash_known(&key.0);
            if unknown.waiting.is_empty() || is_enough {
                self.unknown.remove(key);
            }
        }
        self.ask_more(cx);
    }

    fn remember(&mut self, key: Key, info: Arc<DiscoInfo>) {
        if self.known.insert(key.clone(), info).is_some() {
            self.touch(&key);
            return;
        }
        self.used.push_back(key);
        if self.used.len() > KNOWN_MAX
            && let Some(oldest) = self.used.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    fn touch(&mut self, key: &Key) {
        if let Some(at) = self.used.iter().position(|k| k == key)
            && let Some(key) = self.used.remove(at)
        {
            self.used.push_back(key);
        }
    }
}

/// From now on it is known what this resource can do.
fn learn(cx: &mut Cx<'_>, jid: &Jid, info: &Arc<DiscoInfo>) {
    if cx.facts.peers.len() >= PEERS_MAX && !cx.facts.peers.contains_key(jid) {
        return;
    }
    cx.facts.peers.insert(jid.clone(), info.clone());
    if let Some(client) = disco::client_name(info) {
        cx.emit(Event::Presence(events::Event::ClientKnown { jid: jid.clone(), client }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verification_string_that_is_not_base64_is_still_read() {
        let c = "<c xmlns='http://jabber.org/protocol/caps' hash='sha-9' node='x' ver='not base64!' ext='a b'/>";
        let Announced { hash, node, ver } = payload::read(&c.parse().unwrap()).unwrap();
        assert_eq!((hash.as_str(), node.as_str(), ver.as_str()), ("sha-9", "x", "not base64!"));
    }
}
