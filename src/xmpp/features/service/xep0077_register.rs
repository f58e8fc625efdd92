//! XEP-0077: In-Band Registration, with services such as gateways.
//!
//! The user gets the service's form, fills it in, sends it. (An account on a server is registered by the login.)
//!
//! Left out: giving a registration up, changing the password.
//!
//! Security: a form is filled in by hand alone; nothing that is stored is put into it (S-69).

use crate::contract::command::service as ask;
use crate::contract::event::service as events;
use crate::contract::{Command, Event};
use crate::model::{Jid, Token, Untrusted};
use crate::xmpp::feature::{Answer, Cx, Feature, QuestionId, Spec, Stage, Support};
use crate::xmpp::kit::element::el;
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::register;
use crate::xmpp::kit::{errors, iq, ns};

static SPEC: Spec = Spec {
    name: "XEP-0077",
    title: "In-Band Registration",
    version: "2.4",
    support: Support::Partial,
    disco: &[],
    stage: Stage::Classify,
};

/// What the user asked a service for.
enum Question {
    /// Its form.
    Form { jid: Jid, token: Token },
    /// To take a form that is filled in.
    Submit { token: Token },
}

/// The questions of the user that are open.
#[derive(Default)]
pub struct Register(Questions<Question>);

impl Feature for Register {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let refusal = errors::reason(&answer).map(Untrusted::from);
        match self.0.take(id) {
            Some(Question::Form { jid, token }) => {
                let form = match (refusal, &answer) {
                    (None, Answer::Result(Some(query))) => {
                        register::parse(query).ok_or_else(|| "the answer could not be read".into())
                    }
                    (why, _) => Err(why.unwrap_or_else(|| "the service sent no form".into())),
                };
                cx.emit(Event::Service(events::Event::FormArrived { token, jid, form }));
            }
            Some(Question::Submit { token }) => {
                let answer = refusal.map_or(Ok(()), Err);
                cx.emit(Event::Service(events::Event::FormAnswered { token, answer }));
            }
            None => {}
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Service(ask::Command::RegisterForm { jid, token }) => {
                let question = iq::get(Some(jid.as_str()), el("query", ns::REGISTER));
                self.0.ask(cx, question, Question::Form { jid, token });
                Ok(())
            }
            Command::Service(ask::Command::RegisterSubmit { jid, form, token }) => {
                let question = iq::set(Some(jid.as_str()), register::build(&form));
                self.0.ask(cx, question, Question::Submit { token });
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}
