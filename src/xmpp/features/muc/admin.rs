//! What moderators, admins and owners do (XEP-0045 §8 to §10): kick, ban, unban, configure.

use super::parse::{self, Change, Owner};
use super::state::{Deed, Muc, Question, refuse};
use crate::contract::Event;
use crate::contract::event::muc as events;
use crate::contract::event::service;
use crate::model::{BareJid, Form, Token, Untrusted};
use crate::xmpp::feature::{Answer, Cx};
use crate::xmpp::kit::element::{Build, el, text_el};
use crate::xmpp::kit::{errors, forms, iq, ns, payload};
use crate::xmpp::stanza::Stanza;

impl Muc {
    /// XEP-0045 §8.2.
    pub(super) fn kick(&mut self, cx: &mut Cx<'_>, room: &BareJid, nick: &str, reason: Option<&str>) {
        let (role, reason) = (Some("none".to_owned()), reason.map(str::to_owned));
        let change = Change { nick: Some(nick.to_owned()), role, reason, ..Change::default() };
        self.deed(cx, room, parse::admin(room, &change), Deed::Kick, nick);
    }

    /// XEP-0045 §9.1. A ban holds an address: of an occupant whose address the room shows, or one that is given.
    pub(super) fn ban(&mut self, cx: &mut Cx<'_>, room: &BareJid, who: &str, reason: Option<&str>) {
        let occupant = self.rooms.get(room).and_then(|r| r.occupants.get(who));
        let jid = match occupant {
            Some(occupant) => {
                occupant.real_jid.as_ref().map(crate::model::Jid::bare).ok_or("the room hides the address")
            }
            None => BareJid::parse(who).map_err(|_| "nobody there has this nickname, and it is not an address"),
        };
        match jid {
            Ok(jid) => {
                self.deed(cx, room, affiliate(room, jid, "outcast", reason), Deed::Ban, who);
            }
            Err(why) => refuse(cx, room, "ban", why),
        }
    }

    /// XEP-0045 §9.2.
    pub(super) fn unban(&mut self, cx: &mut Cx<'_>, room: &BareJid, who: &BareJid) {
        self.deed(cx, room, affiliate(room, who.clone(), "none", None), Deed::Unban, who.as_str());
    }

    /// XEP-0425 §4, in the form that the room announces. What was removed comes back from the room to everybody.
    pub(super) fn moderate(&mut self, cx: &mut Cx<'_>, room: &BareJid, id: &str, reason: Option<&str>) {
        let info = cx.facts.rooms.get(room).and_then(|r| r.info.as_ref());
        let is_old = info.is_some_and(|info| !info.has(ns::MODERATE) && info.has(ns::MODERATE_0));
        let reasons = |ns| reason.map(|reason| text_el("reason", ns, reason));
        let payload = if is_old {
            let retract = el("retract", ns::RETRACT_0);
            let moderate = el("moderate", ns::MODERATE_0).with_child(retract).with_children(reasons(ns::MODERATE_0));
            el("apply-to", ns::FASTEN).with_attr("id", id).with_child(moderate)
        } else {
            let retract = el("retract", ns::RETRACT);
            let moderate = el("moderate", ns::MODERATE).with_attr("id", id).with_child(retract);
            moderate.with_children(reasons(ns::MODERATE))
        };
        self.deed(cx, room, iq::set(Some(room.as_str()), payload), Deed::Moderate, "");
    }

    /// XEP-0045 §10.2.
    pub(super) fn configure(&mut self, cx: &mut Cx<'_>, room: &BareJid, token: Token) {
        let question = iq::get(Some(room.as_str()), payload::write(&Owner { form: None }));
        self.questions.ask(cx, question, Question::Form { room: room.clone(), token });
    }

    /// XEP-0045 §10.2.
    pub(super) fn submit_config(&mut self, cx: &mut Cx<'_>, room: &BareJid, form: &Form, token: Token) {
        let query = payload::write(&Owner { form: Some(forms::build(form)) });
        self.questions.ask(cx, iq::set(Some(room.as_str()), query), Question::Configure(token));
    }

    fn deed(&mut self, cx: &mut Cx<'_>, room: &BareJid, iq: Stanza, deed: Deed, who: &str) {
        let question = Question::Deed { room: room.clone(), deed, who: who.to_owned() };
        self.questions.ask(cx, iq, question);
    }

    /// A room that the user just made has taken its default configuration, or not.
    pub(super) fn opened(&mut self, cx: &mut Cx<'_>, room: &BareJid, answer: &Answer) {
        if let Some(why) = errors::reason(answer) {
            refuse(cx, room, "create", &why);
        }
        self.ask_info(cx, room, None);
    }
}

/// Somebody was kicked, banned or unbanned, or the room refused.
pub(super) fn done(cx: &mut Cx<'_>, room: BareJid, deed: Deed, who: &str, answer: &Answer) {
    let (what, past) = deed.words();
    match errors::reason(answer) {
        Some(why) => refuse(cx, &room, what, &why),
        // The room says to everybody what was removed.
        None if who.is_empty() => {}
        None => cx.emit(Event::Muc(events::Event::Done { room, what: format!("{past} {who}") })),
    }
}

/// What can be configured.
pub(super) fn form_came(cx: &mut Cx<'_>, room: &BareJid, token: Token, answer: &Answer) {
    let form = match (errors::reason(answer), answer) {
        (None, Answer::Result(Some(query))) => {
            forms::child(query).ok_or_else(|| "the room has nothing to configure".into())
        }
        (why, _) => Err(why.unwrap_or_default().into()),
    };
    cx.emit(Event::Service(service::Event::FormArrived { token, jid: room.to_jid(), form }));
}

/// The room took a configuration, or not.
pub(super) fn configured(cx: &mut Cx<'_>, token: Token, answer: &Answer) {
    let answer = errors::reason(answer).map_or(Ok(()), |why| Err(Untrusted::from(why)));
    cx.emit(Event::Service(service::Event::FormAnswered { token, answer }));
}

impl Deed {
    /// What it is called before and after it is done.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Kick => ("kick", "kicked"),
            Self::Ban => ("ban", "banned"),
            Self::Unban => ("unban", "unbanned"),
            Self::Moderate => ("moderate", "removed"),
        }
    }
}

fn affiliate(room: &BareJid, jid: BareJid, affiliation: &str, reason: Option<&str>) -> Stanza {
    let (affiliation, reason) = (Some(affiliation.to_owned()), reason.map(str::to_owned));
    parse::admin(room, &Change { jid: Some(jid), affiliation, reason, ..Change::default() })
}
