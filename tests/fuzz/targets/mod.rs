//! The targets, and what several of them need.

pub mod address;
pub mod archive;
pub mod certificate;
pub mod composer;
pub mod config;
pub mod screen;
pub mod slash;
pub mod stanza;
pub mod url;
pub mod wire;

use parlour::contract::Bootstrap;
use parlour::model::{AccountId, AccountSettings, BareJid, Contact, Jid, Subscription, Time};
use parlour::xmpp::registry;
use parlour::xmpp::router::{Outputs, Router};
use parlour::xmpp::stanza::Stanza;
use parlour::xmpp::stream::codec::{Decoder, Top};
use parlour::xmpp::stream::scan::{Bounds, Frame, Scanner};
use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The moment at which all happens: 2026-11-21T08:00:00Z.
pub const NOW: Time = Time(1_795_248_000_000);

/// A number for whatever tells one course of events from another.
pub fn shape(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// How large a number is, roughly: shapes must not be as many as inputs.
pub fn magnitude(n: usize) -> u32 {
    usize::BITS - n.leading_zeros()
}

/// The account of all targets.
pub fn account() -> AccountId {
    AccountId(BareJid::parse("me@sec.test").unwrap())
}

/// The stanzas of a stream's inside, as the session gets them.
pub fn stanzas(data: &[u8]) -> Vec<Stanza> {
    let mut scanner = Scanner::new(Bounds::default());
    let mut frames = VecDeque::new();
    scanner.feed(wire::HEADER.as_bytes(), &mut frames).expect("the header");
    let _the_end = scanner.feed(data, &mut frames);
    let mut decoder = Decoder::client().expect("a decoder");
    let read = frames.into_iter().filter_map(|frame| match frame {
        Frame::Stanza(bytes) => match decoder.decode(&bytes) {
            Ok(Top::Stanza(stanza)) => Some(stanza),
            Ok(Top::Element(_)) | Err(_) => None,
        },
        Frame::Header(_) | Frame::Oversized(..) | Frame::Footer => None,
    });
    read.take(64).collect()
}

/// All features, signed in, with a contact, a stranger who was written to, and a room that is being entered.
pub fn router(said: &mut Vec<Outputs>) -> Router {
    let jid = BareJid::parse("bob@sec.test").unwrap();
    let contact = Contact { jid, name: None, groups: Vec::new(), subscription: Subscription::Both, is_asked: false };
    let stored = Bootstrap { contacts: vec![contact], ..Bootstrap::default() };
    let mut made = 0;
    let ids = Box::new(move || {
        made += 1;
        format!("id{made}")
    });
    let mut router = Router::new(AccountSettings::new(account(), "tui".into()), stored, registry::all(), ids);
    said.push(router.on_bound(NOW, Jid::parse("me@sec.test/tui").unwrap(), false, HashSet::new()));
    router
}

/// What is said about what came out: kinds of events and of stanzas, not their words.
pub fn kinds(out: &Outputs) -> Vec<String> {
    let entries = out.entries.iter().map(|e| format!("{e:?}").chars().take_while(|c| *c != '{').take(60).collect());
    let sent = out.stanzas.iter().chain(&out.durable).map(|s| {
        let payloads: Vec<String> = s.children.iter().map(|c| format!("{}{}", c.name(), c.ns())).collect();
        format!("{:?}{:?}{}", s.kind, s.type_, payloads.join(","))
    });
    entries.chain(sent).collect()
}
