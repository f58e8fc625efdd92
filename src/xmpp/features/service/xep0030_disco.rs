//! XEP-0030: Service Discovery.
//!
//! The user browses what servers, services and people offer, in pages (XEP-0059). At login the account's server and
//! the account itself are asked, since other features depend on what they can do, and the services of the server are
//! looked through for those that the app has a use for.
//!
//! Left out: nodes of our own; we have nothing to list.
//!
//! Security (S-18): what we are is told to contacts, to our server and to people in the same room; to strangers we are
//! not there. Remote control (S-17) is neither announced nor answered.

use crate::contract::command::service as ask;
use crate::contract::event::service as events;
use crate::contract::{Command, Event};
use crate::model::{DiscoInfo, DiscoItems, Jid, Token, Untrusted};
use crate::xmpp::feature::{Answer, Cx, Feature, Flow, Inbound, QuestionId, Signal, Spec, Stage, Support};
use crate::xmpp::kit::iq::{DefinedCondition, ErrorType};
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{disco, errors, iq, ns, payload};
use minidom::Element;
use xmpp_parsers::disco::DiscoItemsResult;

static SPEC: Spec = Spec {
    name: "XEP-0030",
    title: "Service Discovery",
    version: "2.5.0",
    support: Support::Complete,
    disco: &[ns::DISCO_INFO, ns::DISCO_ITEMS],
    stage: Stage::Classify,
};

/// Items of one page.
const PAGE: u32 = 20;
/// So many services of the own server are looked at.
const SERVICES_MAX: usize = 50;

/// What the user asked, and the token that the app knows the question by.
enum Asked {
    Info(Token),
    Items(Token),
}

/// What every login asks.
enum Own {
    Server,
    Account,
    /// Which services the server has.
    Services,
    /// What one of them is.
    Service(Jid),
}

/// What is being found out about the own server.
#[derive(Default)]
pub struct Disco {
    /// Questions of the user.
    asked: Questions<Asked>,
    /// Questions of this login; answers to those of an earlier one mean nothing.
    own: Questions<Own>,
    /// Questions about server and account that are open; the server is known when none is left.
    open: usize,
    /// Questions about its services that are open.
    open_services: usize,
    /// The server has answered, or will not: from now on each service is told as soon as it is found.
    is_server_told: bool,
    services: Vec<(String, Jid)>,
}

impl Feature for Disco {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        // A link that was lost before the answers came took the questions with it.
        let is_unanswered = *signal == Signal::Resumed && (self.open > 0 || self.open_services > 0);
        if *signal != Signal::BoundAnew && !is_unanswered {
            return;
        }
        // What was found before the link was lost still holds in the same login.
        let services = if is_unanswered { std::mem::take(&mut self.services) } else { Vec::new() };
        let asked = std::mem::take(&mut self.asked);
        *self = Self { asked, services, open: 2, open_services: 1, ..Self::default() };
        let account = cx.own().clone();
        self.own.ask(cx, disco::ask_info(account.domain(), None), Own::Server);
        self.own.ask(cx, disco::ask_info(account.as_str(), None), Own::Account);
        self.own.ask(cx, disco::ask_items(account.domain(), None, 100, None), Own::Services);
    }

    fn on_iq(&mut self, cx: &mut Cx<'_>, iq: &Inbound, payload: &Element) -> Flow {
        let is_info = payload.is("query", ns::DISCO_INFO);
        if iq.stanza.type_.as_deref() != Some("get") || !(is_info || payload.is("query", ns::DISCO_ITEMS)) {
            return Flow::Pass;
        }
        if !cx.facts.may_ask(&iq.from) {
            return Flow::Pass;
        }
        let node = payload.attr("node");
        let own_node = cx.facts.own_caps.as_ref().map(|(node, ver)| format!("{node}#{ver}"));
        let answer = if node.is_none() && !is_info {
            iq::result(iq, Some(payload::write(&DiscoItemsResult { node: None, items: Vec::new(), rsm: None })))
        } else if is_info && (node.is_none() || node == own_node.as_deref()) {
            iq::result(iq, Some(disco::build_info(&cx.facts.own_info, node)))
        } else {
            iq::error(iq, ErrorType::Cancel, DefinedCondition::ItemNotFound)
        };
        cx.send(answer);
        Flow::Taken
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        if let Some(about) = self.own.take(id).filter(|_| answer != Answer::Down) {
            return self.own(cx, about, &answer);
        }
        match self.asked.take(id) {
            Some(Asked::Info(token)) => {
                let answer = read(&answer, disco::parse_info);
                cx.emit(Event::Service(events::Event::InfoArrived { token, answer }));
            }
            Some(Asked::Items(token)) => {
                let answer = read(&answer, |query| disco::parse_items(query, PAGE));
                cx.emit(Event::Service(events::Event::ItemsArrived { token, answer }));
            }
            None => {}
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Service(ask::Command::Info { jid, node, token }) => {
                self.asked.ask(cx, disco::ask_info(jid.as_str(), node.as_deref()), Asked::Info(token));
                Ok(())
            }
            Command::Service(ask::Command::Items { jid, node, after, token }) => {
                let question = disco::ask_items(jid.as_str(), node.as_deref(), PAGE, after.as_deref());
                self.asked.ask(cx, question, Asked::Items(token));
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

impl Disco {
    /// An answer about the own server, account or services.
    fn own(&mut self, cx: &mut Cx<'_>, about: Own, answer: &Answer) {
        match about {
            Own::Server => {
                cx.facts.server = read(answer, disco::parse_info).ok();
                self.is_server_told = true;
                self.tell(cx);
                self.known_if_all(cx);
            }
            Own::Account => {
                cx.facts.account_info = read(answer, disco::parse_info).ok();
                self.known_if_all(cx);
            }
            Own::Services => {
                self.open_services = self.open_services.saturating_sub(1);
                let items = read(answer, |query| disco::parse_items(query, u32::MAX)).unwrap_or_default();
                self.ask_services(cx, items);
            }
            Own::Service(jid) => {
                self.open_services = self.open_services.saturating_sub(1);
                if let Ok(info) = read(answer, disco::parse_info) {
                    self.found(cx, &info, jid);
                }
            }
        }
    }

    fn known_if_all(&mut self, cx: &mut Cx<'_>) {
        self.open = self.open.saturating_sub(1);
        if self.open == 0 {
            cx.signal(Signal::ServerKnown);
        }
    }

    fn ask_services(&mut self, cx: &mut Cx<'_>, items: DiscoItems) {
        let services = items.items.into_iter().filter(|i| i.node.is_none()).take(SERVICES_MAX);
        for item in services {
            self.open_services += 1;
            self.own.ask(cx, disco::ask_info(item.jid.as_str(), None), Own::Service(item.jid));
        }
    }

    /// A service answered. One that never does keeps none of the others waiting.
    fn found(&mut self, cx: &mut Cx<'_>, info: &DiscoInfo, jid: Jid) {
        let Some(kind) = kind_of(info) else { return };
        let service = (kind.to_owned(), jid);
        if let Err(at) = self.services.binary_search(&service) {
            self.services.insert(at, service);
            if self.is_server_told {
                self.tell(cx);
            }
        }
    }

    /// All that is known so far.
    fn tell(&self, cx: &mut Cx<'_>) {
        let info = cx.facts.server.clone().unwrap_or_default();
        cx.emit(Event::Service(events::Event::ServerKnown { info, services: self.services.clone() }));
    }
}

/// What the app has a use for among the services of a server.
fn kind_of(info: &DiscoInfo) -> Option<&'static str> {
    if info.has(ns::HTTP_UPLOAD) {
        return Some("upload");
    }
    info.identities.iter().find_map(|i| match (i.category.as_str(), i.kind.as_str()) {
        ("conference", "text") => Some("rooms"),
        ("conference" | "gateway", _) => Some("gateway"),
        ("proxy", "bytestreams") => Some("proxy"),
        ("directory", "user") => Some("directory"),
        ("pubsub", "service") => Some("pubsub"),
        _ => None,
    })
}

fn read<T>(answer: &Answer, parse: impl Fn(&Element) -> Option<T>) -> Result<T, Untrusted> {
    match answer {
        Answer::Result(payload) => {
            payload.as_ref().and_then(parse).ok_or_else(|| "the answer could not be read".into())
        }
        Answer::Error { .. } | Answer::Timeout | Answer::Down => Err(errors::reason(answer).unwrap_or_default().into()),
    }
}
