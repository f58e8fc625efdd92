//! XEP-0092: Software Version.
//!
//! The user asks which program somebody uses; contacts who ask us learn name and version, never the system.
//!
//! Security (S-18): strangers get the same answer as from nobody.

use super::answer::entity_answer;
use crate::contract::command::service as ask;
use crate::contract::event::service as events;
use crate::contract::{Command, Event};
use crate::model::{EntityAnswer, Jid, Token};
use crate::xmpp::feature::{Answer, Cx, Feature, Flow, Inbound, QuestionId, Spec, Stage, Support};
use crate::xmpp::kit::element::child_text;
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{iq, ns, payload};
use minidom::Element;
use xmpp_parsers::version::{VersionQuery, VersionResult};

static SPEC: Spec = Spec {
    name: "XEP-0092",
    title: "Software Version",
    version: "1.1",
    support: Support::Complete,
    disco: &[ns::VERSION],
    stage: Stage::Classify,
};

/// The questions of the user that are open: about whom, and the token that the app knows each by.
#[derive(Default)]
pub struct Version(Questions<(Jid, Token)>);

impl Feature for Version {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_iq(&mut self, cx: &mut Cx<'_>, iq: &Inbound, payload: &Element) -> Flow {
        let is_asked = iq.stanza.type_.as_deref() == Some("get") && payload.is("query", ns::VERSION);
        if !is_asked || !cx.facts.is_trusted(&iq.from.bare()) {
            return Flow::Pass;
        }
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let query = payload::write(&VersionResult { name: "parlour".to_owned(), version, os: None });
        cx.send(iq::result(iq, Some(query)));
        Flow::Taken
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some((jid, token)) = self.0.take(id) else { return };
        let answer = entity_answer(&answer, |query| {
            let query = query.filter(|q| q.is("query", ns::VERSION))?;
            let text = |name: &str| child_text(query, name);
            let (name, version) = (text("name").unwrap_or_default(), text("version").unwrap_or_default());
            Some(EntityAnswer::Version { name, version, os: text("os") })
        });
        cx.emit(Event::Service(events::Event::EntityAnswered { token, jid, answer }));
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        let Command::Service(ask::Command::Version { jid, token }) = command else { return Err(Box::new(command)) };
        let question = iq::get(Some(jid.as_str()), payload::write(&VersionQuery));
        self.0.ask(cx, question, (jid, token));
        Ok(())
    }
}
