//! What moderators, admins and owners do (XEP-0045 §8 to §10): kick, ban, unban, configure.

use super::parse::{self, OWNER};
use super::state::{Muc, refuse};
use crate::contract::Event;
use crate::contract::event::muc as told;
use crate::contract::event::service;
use crate::model::{BareJid, Form, Token, Untrusted};
use crate::xmpp::feature::{Answer, Cx, Tag};
use crate::xmpp::kit::element::{Build, el};
use crate::xmpp::kit::{errors, forms, iq};

/// The answer to accepting the default configuration of a new room.
pub(super) const INSTANT: &str = "instant";
const ADMIN: &str = "admin";
const FORM: &str = "form";
const CONFIG: &str = "config";

/// What stands between room and deed in a tag: no JID holds it.
const BETWEEN: char = '\n';

impl Muc {
    /// XEP-0045 §8.2.
    pub(super) fn kick(cx: &mut Cx<'_>, room: &BareJid, nick: &str, reason: Option<&str>) {
        let iq = parse::admin(room, ("nick", nick), ("role", "none"), reason);
        cx.ask(iq, deed(room, "kick", nick));
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
                let iq = parse::admin(room, ("jid", jid.as_str()), ("affiliation", "outcast"), reason);
                cx.ask(iq, deed(room, "ban", who));
            }
            Err(why) => refuse(cx, room, "ban", why),
        }
    }

    /// XEP-0045 §9.2.
    pub(super) fn unban(cx: &mut Cx<'_>, room: &BareJid, who: &BareJid) {
        let iq = parse::admin(room, ("jid", who.as_str()), ("affiliation", "none"), None);
        cx.ask(iq, deed(room, "unban", who.as_str()));
    }

    /// XEP-0045 §10.2.
    pub(super) fn configure(cx: &mut Cx<'_>, room: &BareJid, token: Token) {
        cx.ask(iq::get(Some(room.as_str()), el("query", OWNER)), Tag::new(FORM).about(room).with_token(token));
    }

    /// XEP-0045 §10.2.
    pub(super) fn submit_config(cx: &mut Cx<'_>, room: &BareJid, form: &Form, token: Token) {
        let query = el("query", OWNER).with_child(forms::build(form));
        cx.ask(iq::set(Some(room.as_str()), query), Tag::new(CONFIG).about(room).with_token(token));
    }

    /// What came of it.
    pub(super) fn admin_reply(cx: &mut Cx<'_>, tag: &Tag, answer: &Answer) {
        let refusal = errors::reason(answer);
        let (room, deed) = tag.detail.split_once(BETWEEN).unwrap_or((&tag.detail, ""));
        let Ok(room) = BareJid::parse(room) else { return };
        match tag.name {
            FORM => {
                let form = match (refusal, answer) {
                    (None, Answer::Result(Some(query))) => {
                        forms::child(query).ok_or_else(|| "the room has nothing to configure".into())
                    }
                    (why, _) => Err(why.unwrap_or_default().into()),
                };
                let jid = room.to_jid();
                cx.emit(Event::Service(service::Event::FormArrived { token: tag.token, jid, form }));
            }
            CONFIG => {
                let answer = refusal.map_or(Ok(()), |why| Err(Untrusted::from(why)));
                cx.emit(Event::Service(service::Event::FormAnswered { token: tag.token, answer }));
            }
            ADMIN => {
                let (what, who) = deed.split_once(BETWEEN).unwrap_or((deed, ""));
                match refusal {
                    Some(why) => refuse(cx, &room, what, &why),
                    None => cx.emit(Event::Muc(told::Event::Done { room, what: format!("{} {who}", past(what)) })),
                }
            }
            INSTANT => {
                if let Some(why) = refusal {
                    refuse(cx, &room, "create", &why);
                }
            }
            _ => {}
        }
    }
}

fn deed(room: &BareJid, what: &str, who: &str) -> Tag {
    Tag::new(ADMIN).about(format!("{room}{BETWEEN}{what}{BETWEEN}{who}"))
}

fn past(what: &str) -> &'static str {
    match what {
        "kick" => "kicked",
        "ban" => "banned",
        _ => "unbanned",
    }
}
