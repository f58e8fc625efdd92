//! What rooms say and what is said to them, as elements (XEP-0045 §17.3, §18).
//!
//! Read by hand and leniently: a status code outside of the registry, an item without a role, an address that is
//! none, cost themselves alone and never the presence that they came in.

use crate::model::{Affiliation, Availability, BareJid, Jid, Occupant, Role, Time, Untrusted};
use crate::xmpp::kit::element::{Build, child_text, el, stanza_text, text_el};
use crate::xmpp::kit::{forms, iq, ns, time};
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use std::time::Duration;

/// At most so many status codes of one presence are read.
const STATUSES_MAX: usize = 32;

/// An `<x xmlns='…muc#user'/>`.
#[derive(Debug, Default, PartialEq)]
pub(super) struct UserX {
    pub(super) affiliation: Affiliation,
    pub(super) role: Role,
    pub(super) real_jid: Option<Jid>,
    /// The new nickname, with status 303.
    pub(super) nick: Option<String>,
    /// Who did it.
    pub(super) by: Option<Untrusted>,
    /// The reason that they gave.
    pub(super) reason: Option<Untrusted>,
    pub(super) statuses: Vec<u16>,
    pub(super) destroyed: Option<Destroyed>,
}

/// A `<destroy/>`.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Destroyed {
    pub(super) alternative: Option<BareJid>,
    pub(super) reason: Option<Untrusted>,
}

impl UserX {
    /// Whether a status code came.
    pub(super) fn has(&self, status: u16) -> bool {
        self.statuses.contains(&status)
    }
}

/// What a room adds to a presence or message; `None` where it adds nothing.
pub(super) fn user_x(stanza: &Stanza) -> Option<UserX> {
    let x = stanza.child("x", ns::MUC_USER)?;
    let mut out = UserX::default();
    for child in x.children().filter(|c| c.has_ns(ns::MUC_USER)) {
        match child.name() {
            "item" => read_item(child, &mut out),
            "status" if out.statuses.len() < STATUSES_MAX => {
                out.statuses.extend(child.attr("code").and_then(|c| c.trim().parse::<u16>().ok()));
            }
            "destroy" => {
                let alternative = child.attr("jid").and_then(|j| BareJid::parse(j).ok());
                out.destroyed = Some(Destroyed { alternative, reason: child_text(child, "reason") });
            }
            _ => {}
        }
    }
    Some(out)
}

fn read_item(item: &Element, out: &mut UserX) {
    out.affiliation = affiliation(item.attr("affiliation"));
    out.role = role(item.attr("role"));
    out.real_jid = item.attr("jid").and_then(|j| Jid::parse(j).ok());
    out.nick = item.attr("nick").map(str::to_owned);
    out.reason = child_text(item, "reason");
    out.by =
        item.get_child("actor", ns::MUC_USER).and_then(|a| a.attr("nick").or_else(|| a.attr("jid"))).map(Into::into);
}

fn affiliation(word: Option<&str>) -> Affiliation {
    match word {
        Some("owner") => Affiliation::Owner,
        Some("admin") => Affiliation::Admin,
        Some("member") => Affiliation::Member,
        Some("outcast") => Affiliation::Outcast,
        _ => Affiliation::None,
    }
}

fn role(word: Option<&str>) -> Role {
    match word {
        Some("moderator") => Role::Moderator,
        Some("participant") => Role::Participant,
        Some("visitor") => Role::Visitor,
        _ => Role::None,
    }
}

/// Who a presence in a room is about. The occupant-id is believed only where the room announces XEP-0421: any other
/// room passes on what the occupant itself put there.
pub(super) fn occupant(nick: &str, presence: &Stanza, x: &UserX, has_ids: bool) -> Occupant {
    Occupant {
        nick: nick.into(),
        role: x.role,
        affiliation: x.affiliation,
        availability: availability(presence),
        status: stanza_text(presence, "status").filter(|s| !s.is_empty()).map(Into::into),
        real_jid: x.real_jid.clone(),
        occupant_id: has_ids.then(|| occupant_id(presence)).flatten(),
    }
}

/// XEP-0421 §3.
pub(super) fn occupant_id(stanza: &Stanza) -> Option<String> {
    stanza.child("occupant-id", ns::OID)?.attr("id").filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The stamp that the room itself put on a message: when it was said there, by the room's clock.
pub(super) fn stamp(message: &Stanza, room: &BareJid) -> Option<Time> {
    let mut stamps = message.children.iter().filter(|c| c.is("delay", ns::DELAY)).filter_map(time::delay);
    stamps.find(|(by, _)| by.as_ref().is_some_and(|by| by.bare() == *room)).map(|(_, stamp)| stamp)
}

fn availability(presence: &Stanza) -> Availability {
    if presence.type_.is_some() {
        return Availability::Offline;
    }
    match stanza_text(presence, "show").as_deref().map(str::trim) {
        Some("chat") => Availability::Chat,
        Some("away") => Availability::Away,
        Some("xa") => Availability::ExtendedAway,
        Some("dnd") => Availability::DoNotDisturb,
        _ => Availability::Online,
    }
}

/// How much old talk a room is to send on entering.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum History {
    /// None: the archive is asked.
    None,
    /// So many messages, of these only what was said in the last so much time: the room's clock measures it.
    Last(u32, Option<Duration>),
}

/// The presence that enters a room (XEP-0045 §7.2).
pub(super) fn join(to: &Jid, password: Option<&str>, history: History, own: &[Element]) -> Stanza {
    let mut x = el("x", ns::MUC);
    if let Some(password) = password {
        x = x.with_child(text_el("password", ns::MUC, password));
    }
    let wanted = match history {
        History::None => el("history", ns::MUC).with_attr("maxstanzas", "0"),
        History::Last(max, age) => {
            let seconds = age.map(|age| age.as_secs().to_string());
            el("history", ns::MUC)
                .with_attr("maxstanzas", &max.to_string())
                .with_opt_attr("seconds", seconds.as_deref())
        }
    };
    here(to, own).with(x.with_child(wanted))
}

/// A presence to a room that the user is in: a new state, or with another nickname as the resource a new name.
pub(super) fn here(to: &Jid, own: &[Element]) -> Stanza {
    let mut presence = Stanza::new(Kind::Presence).with_to(to);
    presence.children.extend(own.iter().cloned());
    presence
}

/// The presence that leaves a room (XEP-0045 §7.14).
pub(super) fn leave(to: &Jid, reason: Option<&str>) -> Stanza {
    let presence = Stanza::new(Kind::Presence).with_type("unavailable").with_to(to);
    match reason {
        Some(reason) => presence.with(text_el("status", ns::JABBER_CLIENT, reason)),
        None => presence,
    }
}

/// A change of the subject (XEP-0045 §8.1).
pub(super) fn subject(room: &BareJid, id: &str, subject: &str) -> Stanza {
    let child = text_el("subject", ns::JABBER_CLIENT, subject);
    Stanza::new(Kind::Message).with_type("groupchat").with_id(id).with_to(room).with(child)
}

/// A change of one role or affiliation (XEP-0045 §8.2, §9.1): `who` is a `nick` or `jid` attribute.
pub(super) fn admin(room: &BareJid, who: (&str, &str), what: (&str, &str), reason: Option<&str>) -> Stanza {
    let mut item = el("item", ns::MUC_ADMIN).with_attr(who.0, who.1).with_attr(what.0, what.1);
    if let Some(reason) = reason {
        item = item.with_child(text_el("reason", ns::MUC_ADMIN, reason));
    }
    iq::set(Some(room.as_str()), el("query", ns::MUC_ADMIN).with_child(item))
}

/// Accepts the default configuration of a room that was just made (XEP-0045 §10.1.2).
pub(super) fn instant_room(room: &BareJid) -> Stanza {
    iq::set(Some(room.as_str()), el("query", ns::MUC_OWNER).with_child(forms::empty_submit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmpp::kit::element::to_stanza;

    fn presence(children: &str) -> Stanza {
        let xml = format!("<presence xmlns='jabber:client' from='r@c/n'>{children}</presence>");
        to_stanza(xml.parse().unwrap()).unwrap()
    }

    #[test]
    fn odd_parts_cost_only_themselves() {
        let x = user_x(&presence(
            "<x xmlns='http://jabber.org/protocol/muc#user'><status code='110'/><status code='99999999'/><status/>\
             <status code='4242'/><item role='emperor' jid='@@'><actor nick='Bob'/><reason>because</reason></item></x>",
        ))
        .unwrap();
        assert_eq!(x.statuses, [110, 4242]);
        assert_eq!((x.role, x.affiliation, &x.real_jid), (Role::None, Affiliation::None, &None));
        assert_eq!((x.by, x.reason), (Some("Bob".into()), Some("because".into())));
    }

    #[test]
    fn an_occupant_id_is_believed_only_where_the_room_makes_them() {
        let stanza = presence(
            "<show>dnd</show><status>busy</status><occupant-id xmlns='urn:xmpp:occupant-id:0' id='x'/>\
             <x xmlns='http://jabber.org/protocol/muc#user'><item role='visitor' affiliation='owner'/></x>",
        );
        let x = user_x(&stanza).unwrap();
        let seen = occupant("貓🐈", &stanza, &x, true);
        assert_eq!(seen.occupant_id.as_deref(), Some("x"));
        assert_eq!((seen.availability, seen.role), (Availability::DoNotDisturb, Role::Visitor));
        assert_eq!(occupant("n", &stanza, &x, false).occupant_id, None);
    }

    #[test]
    fn the_join_presence() {
        let to = Jid::parse("r@c/n").unwrap();
        let stanza = join(&to, Some("s3cret"), History::Last(20, Some(Duration::from_secs(90))), &[]);
        let expected = "<x xmlns='http://jabber.org/protocol/muc'><password>s3cret</password>\
            <history maxstanzas='20' seconds='90'/></x>";
        assert_eq!(stanza.children, [expected.parse::<Element>().unwrap()]);
    }
}
