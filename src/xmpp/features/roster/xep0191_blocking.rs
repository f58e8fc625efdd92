//! XEP-0191: Blocking Command.
//!
//! Whom the user blocks neither reaches them nor sees them: the server sees to that, and keeps the list for all devices.
//! A bare address blocks a person, a full one a device, a domain all of its people.
//!
//! Security: a push counts only from our own account or server (§3.3): anybody else could make the user believe that
//! somebody is blocked, or no longer so.

use crate::contract::event::roster;
use crate::contract::{Command, Event, command};
use crate::model::Jid;
use crate::xmpp::feature::{Answer, Cx, Feature, Flow, Inbound, QuestionId, Signal, Spec, Stage, Support};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{errors, iq, ns};
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;

static SPEC: Spec = Spec {
    name: "XEP-0191",
    title: "Blocking Command",
    version: "1.3.1",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Identify,
};

/// So many addresses are kept.
const BLOCKED_MAX: usize = 20_000;

/// What the server was asked for.
enum Question {
    /// The list.
    Load,
    /// To block this address (`true`), or to unblock it.
    Change(Jid, bool),
}

/// The app keeps the list; here is what is open.
#[derive(Default)]
pub struct Blocking {
    questions: Questions<Question>,
}

impl Feature for Blocking {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::ServerKnown && cx.server_has(ns::BLOCKING) {
            let iq = Stanza::new(Kind::Iq).with_type("get").with(el("blocklist", ns::BLOCKING));
            self.questions.ask(cx, iq, Question::Load);
        }
    }

    fn on_iq(&mut self, cx: &mut Cx<'_>, iq: &Inbound, payload: &Element) -> Flow {
        let is_block = payload.is("block", ns::BLOCKING);
        if !(is_block || payload.is("unblock", ns::BLOCKING)) || iq.stanza.type_.as_deref() != Some("set") {
            return Flow::Pass;
        }
        let is_ours =
            iq.stanza.from.is_none() || iq.from == cx.facts.own_bare() || iq.from == cx.own().domain_jid().to_jid();
        if !is_ours {
            tracing::warn!(from = ?iq.from, "a push of the block list from somebody else");
            return Flow::Pass;
        }
        cx.send(iq::result(iq, None));
        let all = parse_items(payload);
        // An unblock that names nobody means everybody; a block that names nobody means nothing.
        if !(is_block && all.is_empty()) {
            cx.emit(Event::Roster(roster::Event::BlockListChanged { who: all, is_blocked: is_block }));
        }
        Flow::Taken
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        match self.questions.take(id) {
            Some(Question::Load) => {
                if let Answer::Result(Some(list)) = &answer {
                    cx.emit(Event::Roster(roster::Event::BlockListLoaded(parse_items(list))));
                }
            }
            Some(Question::Change(who, is_blocked)) => {
                if let Some(reason) = errors::reason(&answer) {
                    cx.emit(Event::Roster(roster::Event::BlockRefused { who, is_blocked, reason: reason.into() }));
                } else {
                    // The push tells of it as well; whichever comes first counts.
                    cx.emit(Event::Roster(roster::Event::BlockListChanged { who: vec![who], is_blocked }));
                }
            }
            None => {}
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Roster(command::roster::Command::Block { who, is_blocked }) => {
                let name = if is_blocked { "block" } else { "unblock" };
                let item = el("item", ns::BLOCKING).with_attr("jid", who.as_str());
                let iq = Stanza::new(Kind::Iq).with_type("set").with(el(name, ns::BLOCKING).with_child(item));
                self.questions.ask(cx, iq, Question::Change(who, is_blocked));
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

/// The addresses of a list; one that is none costs only itself.
fn parse_items(list: &Element) -> Vec<Jid> {
    let items = list.children().filter(|c| c.is("item", ns::BLOCKING));
    items.filter_map(|item| Jid::parse(item.attr("jid")?).ok()).take(BLOCKED_MAX).collect()
}
