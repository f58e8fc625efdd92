//! XEP-0199: XMPP Ping.
//!
//! The user sees how long an answer takes; our server, contacts and rooms (XEP-0410) get an answer to theirs.
//!
//! Security (S-18): strangers get the same answer as from nobody.

use super::answer::entity_answer;
use crate::contract::command::service as ask;
use crate::contract::event::service as events;
use crate::contract::{Command, Event};
use crate::model::{EntityAnswer, Jid, Time, Token};
use crate::xmpp::feature::{Answer, Cx, Feature, Flow, Inbound, QuestionId, Spec, Stage, Support};
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{iq, ns};
use minidom::Element;

static SPEC: Spec = Spec {
    name: "XEP-0199",
    title: "XMPP Ping",
    version: "2.0.1",
    support: Support::Complete,
    disco: &[ns::PING],
    stage: Stage::Classify,
};

/// A ping of the user that is on its way.
struct Sent {
    jid: Jid,
    token: Token,
    at: Time,
}

/// The pings that are on their way.
#[derive(Default)]
pub struct Ping(Questions<Sent>);

impl Feature for Ping {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_iq(&mut self, cx: &mut Cx<'_>, iq: &Inbound, payload: &Element) -> Flow {
        let is_asked = iq.stanza.type_.as_deref() == Some("get") && payload.is("ping", ns::PING);
        if !is_asked || !cx.facts.may_ask(&iq.from) {
            return Flow::Pass;
        }
        cx.send(iq::result(iq, None));
        Flow::Taken
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some(Sent { jid, token, at }) = self.0.take(id) else { return };
        let took = cx.now.since(at);
        let answer = entity_answer(&answer, |_| Some(EntityAnswer::Ping(took)));
        cx.emit(Event::Service(events::Event::EntityAnswered { token, jid, answer }));
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        let Command::Service(ask::Command::Ping { jid, token }) = command else { return Err(Box::new(command)) };
        let jid = jid.unwrap_or_else(|| cx.own().domain_jid().to_jid());
        let (question, at) = (iq::ping(Some(jid.as_str())), cx.now);
        self.0.ask(cx, question, Sent { jid, token, at });
        Ok(())
    }
}
