//! XEP-0249: Direct MUC Invitations, and those that a room passes on (XEP-0045 §7.8).
//!
//! The user invites people, is shown who invites them to where, and may decline. Into a room for members only the
//! invitation goes by the room, which makes the guest a member; else it goes straight to the guest.
//!
//! Left out: `continue` (a one-to-one chat that becomes a room).
//!
//! Security: nobody is ever taken into a room by an invitation. One that claims to come through a room counts only from
//! that room's own bare JID, and only where a room can live; who invites there is what the room says, and is told so. A
//! direct one names its sender. One inside of what is said to a whole room is none. Strangers' invitations
//! are shown once per room and at most [`STRANGERS_MAX`] a minute; the rest is passed over. Old invitations out of an
//! archive are history, not news.

use super::parse::{self, Decline, Invite};
use crate::contract::command::muc as ask;
use crate::contract::event::muc as events;
use crate::contract::{Bootstrap, Command, Event, Write};
use crate::model::{BareJid, RoomInvite, StanzaId, Time, Untrusted};
use crate::xmpp::feature::{Cx, Facts, Feature, Flow, Inbound, Origin, Signal, Spec, Stage, Support};
use crate::xmpp::kit::element::{Build, child_text, el};
use crate::xmpp::kit::payload::{self, Maybe};
use crate::xmpp::kit::rooms::may_have_rooms;
use crate::xmpp::kit::{errors, ns};
use crate::xmpp::stanza::{Kind, Stanza};
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use xso::{AsXml, FromXml};

/// At most so many invitations of strangers are shown in [`PAUSE`].
const STRANGERS_MAX: usize = 10;
const PAUSE: Duration = Duration::from_mins(1);
/// So many rooms that strangers invited to are remembered.
const SEEN_MAX: usize = 200;
/// So many invitations that were told are remembered.
const TOLD_MAX: usize = 200;
/// So many invitations of the user's own are remembered, to tell when one bounces.
const SENT_MAX: usize = 50;
/// An invitation out of the archive that is older than this is history.
const FRESH: Duration = Duration::from_hours(7 * 24);

static SPEC: Spec = Spec {
    name: "XEP-0249",
    title: "Direct MUC Invitations",
    version: "1.2",
    support: Support::Complete,
    disco: &[ns::CONFERENCE],
    stage: Stage::Classify,
};

/// XEP-0249 §2. `xmpp_parsers` does not have it.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::CONFERENCE, name = "x")]
struct Direct {
    #[xml(attribute)]
    jid: BareJid,
    #[xml(attribute(default))]
    reason: Option<Untrusted>,
    #[xml(attribute(default))]
    password: Option<String>,
}

/// What came from strangers lately, and what went out.
#[derive(Default)]
pub struct Invites {
    recent: VecDeque<Time>,
    seen: VecDeque<BareJid>,
    sent: VecDeque<(StanzaId, BareJid)>,
    /// Those that were told, by the ids of their stanzas. The archive may hand them over a second time.
    told: VecDeque<(Option<String>, RoomInvite)>,
    /// When the user last answered one to a room: those of before are history.
    answered: HashMap<BareJid, Time>,
}

impl Feature for Invites {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn load(&mut self, _facts: &mut Facts, bootstrap: &Bootstrap) {
        self.answered = bootstrap.answered.iter().cloned().collect();
    }

    fn unload(&self, bootstrap: &mut Bootstrap) {
        bootstrap.answered = self.answered.iter().map(|(room, at)| (room.clone(), *at)).collect();
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if let Signal::RoomJoined(room) = signal
            && self.told.iter().any(|(_, invite)| invite.room == *room)
        {
            self.answer(cx, room);
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        if message.stanza.type_.as_deref() == Some("error") {
            return self.bounced(cx, message);
        }
        if message.stanza.type_.as_deref() == Some("groupchat") {
            // What is said to a whole room invites nobody, whatever it bears.
            return Flow::Pass;
        }
        let mediated = parse_mediated(message).filter(|invite| can_be_room(cx, &invite.room));
        let is_vouched = mediated.as_ref().is_none_or(|invite| is_known_service(cx, &invite.room));
        let Some(invite) = mediated.or_else(|| parse_direct(message)) else { return Flow::Pass };
        let is_news = match &message.origin {
            Origin::Live => true,
            Origin::Carbon { is_sent } => !is_sent,
            Origin::Archive { time, .. } => {
                let is_answered = self.answered.get(&invite.room).is_some_and(|at| time <= at);
                cx.now.since(*time) < FRESH && message.from.bare() != *cx.own() && !is_answered
            }
        };
        let is_there = cx.facts.rooms.get(&invite.room).is_some_and(|r| r.is_joined);
        let told = (message.stanza.id.clone(), invite.clone());
        let is_again = matches!(message.origin, Origin::Archive { .. }) && self.told.contains(&told);
        if is_news && !is_again && !is_there && self.may_pass(cx, &invite, is_vouched) {
            if self.told.len() == TOLD_MAX {
                self.told.pop_front();
            }
            self.told.push_back(told);
            cx.emit(Event::Muc(events::Event::Invited(invite)));
        }
        Flow::Taken
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::Muc(ask::Command::Invite { room, who, reason }) => {
                self.invite(cx, room, &who, reason.as_deref());
                Ok(())
            }
            Command::Muc(ask::Command::DeclineInvite { room, from }) => {
                self.answer(cx, &room);
                // XEP-0249 knows no refusal; a room passes one on to an inviter that it knows, by their own address or by
                // the one that they have there. The room itself is nobody to tell.
                if from.as_str() != room.as_str() {
                    let decline = payload::write(&Decline { to: Maybe(Some(from)), ..Decline::default() });
                    let id = cx.new_id();
                    let x = el("x", ns::MUC_USER).with_child(decline);
                    cx.send(Stanza::new(Kind::Message).with_id(&id).with_to(&room).with(x));
                }
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

impl Invites {
    /// What invited to this room so far is answered, also for the next start.
    fn answer(&mut self, cx: &mut Cx<'_>, room: &BareJid) {
        if self.answered.len() < SEEN_MAX || self.answered.contains_key(room) {
            self.answered.insert(room.clone(), cx.now);
        }
        cx.write(Write::InviteAnswered { room: room.clone(), at: cx.now });
    }

    fn invite(&mut self, cx: &mut Cx<'_>, room: BareJid, who: &BareJid, reason: Option<&str>) {
        let is_by_room =
            cx.facts.rooms.get(&room).and_then(|r| r.info.as_ref()).is_some_and(|i| i.has("muc_membersonly"));
        let id = cx.new_id();
        let stanza = if is_by_room { build_mediated(&room, who, reason) } else { build_direct(&room, who, reason) };
        cx.send(stanza.with_id(&id));
        if self.sent.len() == SENT_MAX {
            self.sent.pop_front();
        }
        self.sent.push_back((StanzaId::from(id), room.clone()));
        cx.emit(Event::Muc(events::Event::Done { room, what: format!("sent the invitation to {who}") }));
    }

    fn bounced(&mut self, cx: &mut Cx<'_>, message: &Inbound) -> Flow {
        let id = message.stanza.id.as_deref();
        let Some(at) = self.sent.iter().position(|(sent, _)| Some(sent.as_str()) == id) else { return Flow::Pass };
        if let Some((_, room)) = self.sent.remove(at) {
            let reason = errors::read(&message.stanza).1.into();
            cx.emit(Event::Muc(events::Event::Refused { room, what: "invite".to_owned(), reason }));
        }
        Flow::Taken
    }

    /// S-16: whoever is no stranger always gets through, strangers a few times a minute and once per room.
    fn may_pass(&mut self, cx: &Cx<'_>, invite: &RoomInvite, is_vouched: bool) -> bool {
        if is_vouched && cx.facts.is_trusted(&invite.from.bare()) {
            return true;
        }
        while self.recent.front().is_some_and(|at| cx.now.since(*at) >= PAUSE) {
            self.recent.pop_front();
        }
        if self.recent.len() >= STRANGERS_MAX || self.seen.contains(&invite.room) {
            tracing::debug!("passed over an invitation of a stranger");
            return false;
        }
        if self.seen.len() == SEEN_MAX {
            self.seen.pop_front();
        }
        self.seen.push_back(invite.room.clone());
        self.recent.push_back(cx.now);
        true
    }
}

/// Whether a room's word on who invites is worth something: its service belongs to our own server, or the user is in a
/// room of it. Any other may name a friend as the inviter.
fn is_known_service(cx: &Cx<'_>, room: &BareJid) -> bool {
    let home = cx.own().domain();
    let is_home = room.domain().strip_suffix(home).is_some_and(|sub| sub.ends_with('.'));
    is_home || cx.facts.rooms.keys().any(|r| r.domain() == room.domain())
}

/// Whether an address that invites as a room does can be one: nobody's whom the user knows, and on no domain where
/// people live. An account's server can write in its users' names.
fn can_be_room(cx: &Cx<'_>, room: &BareJid) -> bool {
    let facts = &cx.facts;
    let mut people = facts.roster.keys().chain(&facts.accepted);
    let is_of_people = room.domain() == cx.account().jid().domain()
        || people.any(|p| p == room || (p.local().is_some() && p.domain() == room.domain()));
    let mut rooms = facts.rooms.keys().chain(&facts.known_rooms);
    rooms.any(|r| r == room) || (!is_of_people && (is_known_service(cx, room) || may_have_rooms(room.domain())))
}

/// XEP-0045 §7.8.2: from the room's bare JID, with the inviter inside.
fn parse_mediated(message: &Inbound) -> Option<RoomInvite> {
    let x = message.stanza.child("x", ns::MUC_USER)?;
    let invite: Invite = payload::read(x.get_child("invite", ns::MUC_USER)?)?;
    if !message.from.is_bare() || message.from.local().is_none() {
        return None;
    }
    Some(RoomInvite {
        room: message.from.bare(),
        from: invite.from.0.unwrap_or_else(|| message.from.clone()),
        is_by_room: true,
        reason: parse::first(invite.reasons),
        password: child_text(x, "password").map(|p| p.raw().to_owned()),
    })
}

fn parse_direct(message: &Inbound) -> Option<RoomInvite> {
    let Direct { jid, reason, password } = payload::read(message.stanza.child("x", ns::CONFERENCE)?)?;
    let reason = reason.filter(|r| !r.is_empty());
    Some(RoomInvite { room: jid, from: message.from.clone(), reason, password, is_by_room: false })
}

fn build_mediated(room: &BareJid, who: &BareJid, reason: Option<&str>) -> Stanza {
    let reasons = reason.map(Untrusted::from).into_iter().collect();
    let invite = payload::write(&Invite { to: Maybe(Some(who.to_jid())), reasons, ..Invite::default() });
    Stanza::new(Kind::Message).with_to(room).with(el("x", ns::MUC_USER).with_child(invite))
}

fn build_direct(room: &BareJid, who: &BareJid, reason: Option<&str>) -> Stanza {
    let direct = Direct { jid: room.clone(), reason: reason.map(Into::into), password: None };
    Stanza::new(Kind::Message).with_to(who).with(payload::write(&direct))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invitations_are_read_leniently() {
        let xml = "<x xmlns='jabber:x:conference' jid='r@c' reason='tea 🫖' thread='e' continue='maybe'><odd/></x>";
        let direct: Direct = payload::read(&xml.parse().unwrap()).unwrap();
        assert_eq!((direct.jid.as_str(), direct.reason), ("r@c", Some("tea 🫖".into())));
        let xml = "<invite xmlns='http://jabber.org/protocol/muc#user' from='@@' to='貓@c/🐈'><reason/><reason>b</reason>\
                   <continue/></invite>";
        let invite: Invite = payload::read(&xml.parse().unwrap()).unwrap();
        assert_eq!((invite.from.0, invite.to.0.map(|to| to.to_string())), (None, Some("貓@c/🐈".to_owned())));
    }
}
