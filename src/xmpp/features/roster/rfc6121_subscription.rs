//! RFC 6121 §3: asking and being asked for presence.
//!
//! The user sees who asks, with the nickname that the asker gives (XEP-0172), and answers. The one thing that is
//! approved by itself is the request of a contact whom the user asked first: the roster says so, and its word is the
//! own server's. Who was denied in this run is asked about again all the same.
//!
//! Security: anybody may ask, as often as they like. Each asker is shown once per login, at most [`ASKERS_MAX`] of
//! them; the server keeps the rest and asks again at the next login. An answer counts only from a contact.

use crate::contract::event::{roster, session};
use crate::contract::{Command, Event, command};
use crate::model::{BareJid, Subscription, Untrusted};
use crate::xmpp::feature::{Cx, Feature, Flow, Inbound, Signal, Spec, Stage, Support};
use crate::xmpp::kit::element::stanza_text;
use crate::xmpp::kit::{ns, payload};
use crate::xmpp::stanza::{Kind, Stanza};
use std::collections::HashSet;
use xmpp_parsers::nick::Nick;

/// At most so many askers are shown in one session.
const ASKERS_MAX: usize = 100;
/// At most so many denials are remembered.
const DENIED_MAX: usize = 1_000;
/// The longest text of an asker that is kept, in characters.
const TEXT_MAX: usize = 300;

static SPEC: Spec = Spec {
    name: "RFC 6121 §3",
    title: "Managing Presence Subscriptions",
    version: "2011-03",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Classify,
};

static ALSO: [Spec; 1] = [Spec {
    name: "XEP-0172",
    title: "User Nickname",
    version: "1.1",
    support: Support::Partial,
    disco: &[],
    stage: Stage::Classify,
}];

/// Who asked in this session.
#[derive(Default)]
pub struct Subscriptions {
    askers: HashSet<BareJid>,
    is_full: bool,
    /// Whom the user denied since the program began.
    denied: HashSet<BareJid>,
}

impl Feature for Subscriptions {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_signal(&mut self, _cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::BoundAnew {
            self.askers.clear();
            self.is_full = false;
        }
    }

    fn on_presence(&mut self, cx: &mut Cx<'_>, presence: &mut Inbound) -> Flow {
        let jid = presence.from.bare();
        match presence.stanza.type_.as_deref() {
            Some("subscribe") => self.asked(cx, jid, &presence.stanza),
            Some("unsubscribe") => {
                if self.askers.remove(&jid) {
                    cx.emit(Event::Roster(roster::Event::SubscriptionSettled(jid)));
                }
            }
            Some("subscribed") => answered(cx, jid, true),
            Some("unsubscribed") => answered(cx, jid, false),
            Some(_) | None => return Flow::Pass,
        }
        Flow::Taken
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Roster(command::roster::Command::Allow(jid)) => {
                self.denied.remove(&jid);
                self.settle(cx, jid, "subscribed");
            }
            Command::Roster(command::roster::Command::Deny(jid)) => {
                if self.denied.len() < DENIED_MAX {
                    self.denied.insert(jid.clone());
                }
                self.settle(cx, jid, "unsubscribed");
            }
            other => return Err(Box::new(other)),
        }
        Ok(())
    }
}

impl Subscriptions {
    fn asked(&mut self, cx: &mut Cx<'_>, jid: BareJid, stanza: &Stanza) {
        if cx.facts.is_own(&jid) || cx.facts.subscribers.contains(&jid) || self.askers.contains(&jid) {
            return;
        }
        if self.was_asked_first(cx, &jid) {
            cx.send(Stanza::new(Kind::Presence).with_type("subscribed").with_to(&jid));
            cx.emit(Event::Roster(roster::Event::AllowedInReturn(jid)));
            return;
        }
        if self.askers.len() >= ASKERS_MAX {
            if !self.is_full {
                self.is_full = true;
                let text =
                    format!("more than {ASKERS_MAX} people ask to see your presence; the rest wait at the server");
                cx.emit(Event::Session(session::Event::Noticed(text.into())));
            }
            return;
        }
        self.askers.insert(jid.clone());
        let text = parse_text(stanza);
        cx.emit(Event::Roster(roster::Event::SubscriptionAsked { jid, text }));
    }

    /// Whether the user asked this contact before the contact asked them, so that the answer is known.
    fn was_asked_first(&self, cx: &Cx<'_>, jid: &BareJid) -> bool {
        let is_asked = cx.facts.roster.get(jid).is_some_and(|contact| match contact.subscription {
            Subscription::To => true,
            Subscription::None => contact.is_asked,
            // They see the user already: there is nothing to answer.
            Subscription::From | Subscription::Both => false,
        });
        is_asked && !self.denied.contains(jid)
    }

    fn settle(&mut self, cx: &mut Cx<'_>, jid: BareJid, type_: &str) {
        if !cx.facts.is_online {
            let reason = "the connection is down".into();
            cx.emit(Event::Roster(roster::Event::Refused { jid, reason }));
            return;
        }
        self.askers.remove(&jid);
        cx.send(Stanza::new(Kind::Presence).with_type(type_).with_to(&jid));
        cx.emit(Event::Roster(roster::Event::SubscriptionSettled(jid)));
    }
}

/// Only somebody whom we may have asked can answer; a stranger's answer says nothing.
fn answered(cx: &mut Cx<'_>, jid: BareJid, is_allowed: bool) {
    if cx.facts.roster.contains_key(&jid) {
        cx.emit(Event::Roster(roster::Event::SubscriptionAnswered { jid, is_allowed }));
    }
}

fn parse_text(stanza: &Stanza) -> Option<Untrusted> {
    let nick = stanza.child("nick", ns::NICK).and_then(payload::read).map(|Nick(nick)| nick);
    let text = nick.filter(|n| !n.trim().is_empty()).or_else(|| stanza_text(stanza, "status"))?;
    let text: String = text.trim().chars().take(TEXT_MAX).collect();
    (!text.is_empty()).then(|| text.into())
}
