//! XEP-0077: In-Band Registration, with services such as gateways.
//!
//! The user gets the service's form, fills it in, sends it. (An account on a server is registered by the login.)
//!
//! Left out: giving a registration up, changing the password.
//!
//! Security: a form is filled in by hand alone; nothing that is stored is put into it (S-69).

use crate::contract::command::service as ask;
use crate::contract::event::service as told;
use crate::contract::{Command, Event};
use crate::model::{Jid, Untrusted};
use crate::xmpp::feature::{Answer, Cx, Feature, Spec, Stage, Support, Tag};
use crate::xmpp::kit::element::el;
use crate::xmpp::kit::register::{self, REGISTER};
use crate::xmpp::kit::{errors, iq};

static SPEC: Spec = Spec {
    name: "XEP-0077",
    title: "In-Band Registration",
    version: "2.4",
    support: Support::Partial,
    disco: &[],
    stage: Stage::Classify,
};

const FORM: &str = "form";

/// Has no memory.
pub struct Register;

impl Feature for Register {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, tag: &Tag, answer: Answer) {
        let Ok(jid) = Jid::parse(&tag.detail) else { return };
        let refusal = errors::reason(&answer).map(Untrusted::from);
        if tag.name != FORM {
            let answer = refusal.map_or(Ok(()), Err);
            cx.emit(Event::Service(told::Event::FormAnswered { token: tag.token, answer }));
            return;
        }
        let form = match (refusal, &answer) {
            (None, Answer::Result(Some(query))) => {
                register::parse(query).ok_or_else(|| "the answer could not be read".into())
            }
            (why, _) => Err(why.unwrap_or_else(|| "the service sent no form".into())),
        };
        cx.emit(Event::Service(told::Event::FormArrived { token: tag.token, jid, form }));
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Service(ask::Command::RegisterForm { jid, token }) => {
                let question = iq::get(Some(jid.as_str()), el("query", REGISTER));
                cx.ask(question, Tag::new(FORM).about(&jid).with_token(token));
                Ok(())
            }
            Command::Service(ask::Command::RegisterSubmit { jid, form, token }) => {
                let question = iq::set(Some(jid.as_str()), register::build(&form));
                cx.ask(question, Tag::new("submit").about(&jid).with_token(token));
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}
