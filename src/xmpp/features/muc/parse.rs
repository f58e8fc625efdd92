//! What rooms say and what is said to them, as elements (XEP-0045 §17.3, §18).
//!
//! What rooms say is read into types of our own, since those of `xmpp_parsers` fail on a status code outside of their
//! list, on an item without a role, and on an address with an emoji nickname. Here each of these costs only itself and
//! never the presence that it came in.

use crate::model::{Affiliation, Availability, BareJid, Jid, Occupant, Role, Untrusted};
use crate::xmpp::kit::element::{Build, STATUS_MAX, cut, el, stanza_text, status_text, text_el};
use crate::xmpp::kit::payload::{self, Each, Maybe};
use crate::xmpp::kit::{forms, iq, ns};
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use std::time::Duration;
use xmpp_parsers::muc::{Muc, muc};
use xmpp_parsers::occupant_id::OccupantId;
use xso::error::Error;
use xso::{AsXml, FromXml, FromXmlText};

/// At most so many status codes of one presence are read.
const STATUSES_MAX: usize = 32;
/// Bytes of an occupant-id; those of servers have 64.
const OCCUPANT_ID_MAX: usize = 256;

/// What a room adds to a presence or message.
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

/// The room is destroyed.
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

/// An `<x xmlns='…muc#user'/>`.
#[derive(FromXml)]
#[xml(namespace = ns::MUC_USER, name = "x")]
struct X {
    #[xml(child(n = ..))]
    items: Each<Item>,
    #[xml(child(n = ..))]
    statuses: Each<Status>,
    #[xml(child(n = ..))]
    destroys: Each<Destroy>,
}

#[derive(FromXml)]
#[xml(namespace = ns::MUC_USER, name = "item")]
struct Item {
    #[xml(attribute(default))]
    affiliation: Affiliation,
    #[xml(attribute(default))]
    role: Role,
    #[xml(attribute(default))]
    jid: Maybe<Jid>,
    #[xml(attribute(default))]
    nick: Option<String>,
    #[xml(extract(n = .., name = "reason", fields(text(type_ = Untrusted))))]
    reasons: Vec<Untrusted>,
    #[xml(child(n = ..))]
    actors: Each<Actor>,
}

#[derive(FromXml)]
#[xml(namespace = ns::MUC_USER, name = "actor")]
struct Actor {
    #[xml(attribute(default))]
    nick: Option<Untrusted>,
    #[xml(attribute(default))]
    jid: Option<Untrusted>,
}

#[derive(FromXml)]
#[xml(namespace = ns::MUC_USER, name = "status")]
struct Status {
    #[xml(attribute)]
    code: u16,
}

#[derive(FromXml)]
#[xml(namespace = ns::MUC_USER, name = "destroy")]
struct Destroy {
    #[xml(attribute(default))]
    jid: Maybe<BareJid>,
    #[xml(extract(n = .., name = "reason", fields(text(type_ = Untrusted))))]
    reasons: Vec<Untrusted>,
}

/// What a room adds to a presence or message; `None` where it adds nothing.
pub(super) fn user_x(stanza: &Stanza) -> Option<UserX> {
    let X { items, statuses, destroys } = payload::read(stanza.child("x", ns::MUC_USER)?)?;
    let codes = statuses.into_iter().flatten().map(|status| status.code);
    let destroyed = destroys.into_iter().flatten().next_back();
    let mut out = UserX {
        statuses: codes.take(STATUSES_MAX).collect(),
        destroyed: destroyed.map(|d| Destroyed { alternative: d.jid.0, reason: first(d.reasons) }),
        ..UserX::default()
    };
    if let Some(item) = items.into_iter().flatten().next_back() {
        out.affiliation = item.affiliation;
        out.role = item.role;
        out.real_jid = item.jid.0;
        out.nick = item.nick;
        out.reason = first(item.reasons);
        out.by = item.actors.into_iter().flatten().next().and_then(|actor| actor.nick.or(actor.jid)).map(short);
    }
    Some(out)
}

/// The first text of several, as far as it is kept; `None` where it is empty.
pub(super) fn first(texts: Vec<Untrusted>) -> Option<Untrusted> {
    texts.into_iter().next().filter(|text| !text.is_empty()).map(short)
}

/// The start of a text that somebody in the room wrote.
fn short(text: Untrusted) -> Untrusted {
    if text.raw().len() > STATUS_MAX { cut(text.raw(), STATUS_MAX).into() } else { text }
}

/// A word that is not known is none.
impl FromXmlText for Affiliation {
    fn from_xml_text(word: String) -> Result<Self, Error> {
        Ok(match word.as_str() {
            "owner" => Self::Owner,
            "admin" => Self::Admin,
            "member" => Self::Member,
            "outcast" => Self::Outcast,
            _ => Self::None,
        })
    }
}

/// A word that is not known is none.
impl FromXmlText for Role {
    fn from_xml_text(word: String) -> Result<Self, Error> {
        Ok(match word.as_str() {
            "moderator" => Self::Moderator,
            "participant" => Self::Participant,
            "visitor" => Self::Visitor,
            _ => Self::None,
        })
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
        status: status_text(presence),
        real_jid: x.real_jid.clone(),
        occupant_id: has_ids.then(|| occupant_id(presence)).flatten(),
    }
}

/// XEP-0421 §3. One that is too long is none: its start could be that of another.
pub(super) fn occupant_id(stanza: &Stanza) -> Option<String> {
    let OccupantId { id } = payload::read(stanza.child("occupant-id", ns::OID)?)?;
    (1..=OCCUPANT_ID_MAX).contains(&id.len()).then_some(id)
}

/// The real addresses that a message bears, bare: one for each of its `<item/>`s, `None` where that has none.
pub(super) fn addresses(message: &Stanza) -> Vec<Option<BareJid>> {
    let marks = message.children.iter().filter(|c| c.is("x", ns::MUC_USER));
    let items = marks.filter_map(payload::read).flat_map(|X { items, .. }| items);
    items.flatten().map(|item| item.jid.0.map(|jid| jid.bare())).collect()
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
    let (max, age) = match history {
        History::None => (0, None),
        History::Last(max, age) => (max, age),
    };
    let seconds = age.and_then(|age| u32::try_from(age.as_secs()).ok());
    let history = Some(muc::History { maxstanzas: Some(max), seconds, ..muc::History::default() });
    here(to, own).with(payload::write(&Muc { password: password.map(str::to_owned), history }))
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

/// An invitation that a room passes on (XEP-0045 §7.8.2).
#[derive(FromXml, AsXml, Default)]
#[xml(namespace = ns::MUC_USER, name = "invite")]
pub(super) struct Invite {
    #[xml(attribute(default))]
    pub(super) from: Maybe<Jid>,
    #[xml(attribute(default))]
    pub(super) to: Maybe<Jid>,
    #[xml(extract(n = .., name = "reason", fields(text(type_ = Untrusted))))]
    pub(super) reasons: Vec<Untrusted>,
}

/// The answer of somebody who does not want to come.
#[derive(FromXml, AsXml, Default)]
#[xml(namespace = ns::MUC_USER, name = "decline")]
pub(super) struct Decline {
    #[xml(attribute(default))]
    pub(super) from: Maybe<Jid>,
    #[xml(attribute(default))]
    pub(super) to: Maybe<Jid>,
    #[xml(extract(n = .., name = "reason", fields(text(type_ = Untrusted))))]
    pub(super) reasons: Vec<Untrusted>,
}

/// A change of one role or affiliation (XEP-0045 §8.2, §9.1): a nickname has a role, an address an affiliation.
#[derive(AsXml, Default)]
#[xml(namespace = ns::MUC_ADMIN, name = "item")]
pub(super) struct Change {
    #[xml(attribute(default))]
    pub(super) nick: Option<String>,
    #[xml(attribute(default))]
    pub(super) role: Option<String>,
    #[xml(attribute(default))]
    pub(super) jid: Option<BareJid>,
    #[xml(attribute(default))]
    pub(super) affiliation: Option<String>,
    #[xml(extract(default, name = "reason", fields(text(type_ = String))))]
    pub(super) reason: Option<String>,
}

/// The request to change something.
pub(super) fn admin(room: &BareJid, change: &Change) -> Stanza {
    iq::set(Some(room.as_str()), el("query", ns::MUC_ADMIN).with_child(payload::write(change)))
}

/// The configuration of a room (XEP-0045 §10): the question for it, or with a form the answer.
#[derive(AsXml)]
#[xml(namespace = ns::MUC_OWNER, name = "query")]
pub(super) struct Owner {
    #[xml(element(default))]
    pub(super) form: Option<Element>,
}

/// Accepts the default configuration of a room that was just made (XEP-0045 §10.1.2).
pub(super) fn instant_room(room: &BareJid) -> Stanza {
    iq::set(Some(room.as_str()), payload::write(&Owner { form: Some(forms::empty_submit()) }))
}

/// Gives up the configuration of a room that was just made: the room forgets itself (XEP-0045 §10.1.3).
pub(super) fn cancel_room(room: &BareJid) -> Stanza {
    iq::set(Some(room.as_str()), payload::write(&Owner { form: Some(forms::cancel()) }))
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
