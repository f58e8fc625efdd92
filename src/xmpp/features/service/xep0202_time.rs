//! XEP-0202: Entity Time.
//!
//! The user asks what time it is where somebody is. Contacts who ask us learn the time in UTC; the zone, which tells
//! where the user is, stays with the user.
//!
//! Security (S-18): strangers get the same answer as from nobody.

use super::answer::entity_answer;
use crate::contract::command::service as ask;
use crate::contract::event::service as events;
use crate::contract::{Command, Event};
use crate::model::{EntityAnswer, Jid, Time, Token};
use crate::xmpp::feature::{Answer, Cx, Feature, Flow, Inbound, QuestionId, Spec, Stage, Support};
use crate::xmpp::kit::element::child_text;
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{iq, ns, payload, time};
use minidom::Element;
use xmpp_parsers::time::TimeQuery;
use xso::AsXml;

static SPEC: Spec = Spec {
    name: "XEP-0202",
    title: "Entity Time",
    version: "2.0",
    support: Support::Complete,
    disco: &[ns::TIME],
    stage: Stage::Classify,
};

/// What our clock says. That of `xmpp_parsers` writes no milliseconds.
#[derive(AsXml)]
#[xml(namespace = ns::TIME, name = "time")]
struct Clock {
    #[xml(extract(name = "tzo", fields(text(type_ = String))))]
    tzo: String,
    #[xml(extract(name = "utc", fields(text(type_ = Time))))]
    utc: Time,
}

/// The questions of the user that are open: about whom, and the token that the app knows each by.
#[derive(Default)]
pub struct EntityTime(Questions<(Jid, Token)>);

impl Feature for EntityTime {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_iq(&mut self, cx: &mut Cx<'_>, iq: &Inbound, payload: &Element) -> Flow {
        let is_asked = iq.stanza.type_.as_deref() == Some("get") && payload.is("time", ns::TIME);
        if !is_asked || !cx.facts.is_trusted(&iq.from.bare()) {
            return Flow::Pass;
        }
        let answer = payload::write(&Clock { tzo: "+00:00".to_owned(), utc: cx.now });
        cx.send(iq::result(iq, Some(answer)));
        Flow::Taken
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some((jid, token)) = self.0.take(id) else { return };
        let answer = entity_answer(&answer, |answer| {
            let answer = answer.filter(|a| a.is("time", ns::TIME))?;
            let utc = time::parse(child_text(answer, "utc")?.raw())?;
            Some(EntityAnswer::Time { utc, zone: child_text(answer, "tzo").unwrap_or_else(|| "Z".into()) })
        });
        cx.emit(Event::Service(events::Event::EntityAnswered { token, jid, answer }));
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        let Command::Service(ask::Command::Time { jid, token }) = command else { return Err(Box::new(command)) };
        let question = iq::get(Some(jid.as_str()), payload::write(&TimeQuery));
        self.0.ask(cx, question, (jid, token));
        Ok(())
    }
}
