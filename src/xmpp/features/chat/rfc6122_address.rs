//! RFC 6122: what servers of today make of an address.
//!
//! They still prepare the part before the `@` by stringprep, which maps more than RFC 7622 does: `straße` to `strasse`, a
//! soft hyphen to nothing. What the user typed then goes to one peer, who answers under another address. The peer is known
//! under the true one as soon as the server itself has named it: in an answer to a question of ours, as the sender of our
//! own presence in a room, in the roster. Whoever is written to under such an address is asked what it is, which the peer's
//! server answers.
//!
//! Security: two addresses are one only where the server answers for the one under the other. An id of ours is known to
//! nobody whom the server did not take for the asked one; that the addresses look alike proves nothing, since a server
//! that goes by RFC 7622 keeps both.

use crate::contract::Write;
use crate::model::{BareJid, ChatId, ChatKind};
use crate::xmpp::feature::{Cx, Feature, Outbound, Signal, Spec, Stage, Support};
use crate::xmpp::kit::disco;
use std::collections::HashSet;

/// So many addresses are asked in a session, and so many are remembered.
const ASKED_MAX: usize = 200;

static SPEC: Spec = Spec {
    name: "RFC 6122",
    title: "XMPP: Address Format (stringprep)",
    version: "2011-03",
    support: Support::Partial,
    disco: &[],
    stage: Stage::Unwrap,
};

/// Shown and typed unescaped by `model::escape`; here is only that we say so.
static ALSO: [Spec; 1] = [Spec {
    name: "XEP-0106",
    title: "JID Escaping",
    version: "1.1.1",
    support: Support::Partial,
    disco: &["jid\\20escaping"],
    stage: Stage::Unwrap,
}];

/// Addresses that were asked in this session.
#[derive(Default)]
pub struct Addresses {
    asked: HashSet<BareJid>,
}

impl Feature for Addresses {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        match signal {
            Signal::BoundAnew => self.asked.clear(),
            Signal::AddressLearned { typed, real } => learned(cx, typed, real),
            _ => {}
        }
    }

    fn decorate(&mut self, cx: &mut Cx<'_>, out: &mut Outbound) {
        let peer = out.chat.address.bare();
        let is_open = out.kind == ChatKind::Contact && !cx.facts.learned.contains_key(&peer);
        if is_open && peer.legacy().is_some() && self.asked.len() < ASKED_MAX && self.asked.insert(peer.clone()) {
            cx.ask(disco::ask_info(peer.as_str(), None));
        }
    }
}

fn learned(cx: &mut Cx<'_>, typed: &BareJid, real: &BareJid) {
    if cx.facts.learned.len() >= ASKED_MAX || cx.facts.learned.contains_key(typed) {
        return;
    }
    tracing::info!(?typed, ?real, "the server has another address for this one");
    cx.facts.learned.insert(typed.clone(), real.clone());
    if cx.facts.accepted.remove(typed) {
        cx.facts.accepted.insert(real.clone());
    }
    if cx.facts.known_rooms.remove(typed) {
        cx.facts.known_rooms.insert(real.clone());
    }
    let chat = |jid: &BareJid| ChatId::new(cx.account().clone(), jid);
    let (typed, real) = (chat(typed), chat(real));
    cx.write(Write::AddressLearned { typed, real });
}
