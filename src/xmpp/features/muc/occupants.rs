//! Who comes and goes (XEP-0045 §7.2.3, §7.14, §8.2, §9.1, §10.9): presences of a room.
//!
//! Those of a join are gathered and told at once, when the user's own (status 110) ends them.

use super::parse::{self, UserX};
use super::room::Phase;
use super::state::{Muc, notice, refuse};
use crate::contract::Event;
use crate::contract::event::muc as events;
use crate::model::{BareJid, Jid, LeaveReason, Untrusted, is_same_resource};
use crate::xmpp::feature::{Cx, Flow, Inbound, Signal};
use crate::xmpp::kit::element::status_text;
use crate::xmpp::kit::{errors, ns};
use crate::xmpp::stanza::Stanza;

impl Muc {
    /// A presence: of a room that the user is in or enters, or the last ones of a room that was left.
    pub(super) fn presence(&mut self, cx: &mut Cx<'_>, presence: &Inbound) -> Flow {
        let (mut jid, stanza) = (presence.from.bare(), &presence.stanza);
        if !self.rooms.contains_key(&jid)
            && let Some(typed) = self.entering_as(&jid)
        {
            if self.is_own(&typed, presence) {
                self.is_at(cx, &typed, &jid);
            } else {
                // Those who are there come before the user's own presence, which says whose room it is.
                jid = typed;
            }
        }
        let Some(room) = self.rooms.get_mut(&jid) else {
            let is_of_a_room = stanza.child("x", ns::MUC_USER).is_some() || stanza.child("x", ns::MUC).is_some();
            return if is_of_a_room { Flow::Taken } else { Flow::Pass };
        };
        match (stanza.type_.as_deref(), presence.from.resource()) {
            (Some("error"), _) if room.phase == Phase::Entering => self.refused(cx, &jid, stanza),
            (Some("error"), nick) if room.phase == Phase::In => self.error(cx, &jid, nick, stanza),
            (kind @ (None | Some("unavailable")), Some(nick)) if matches!(room.phase, Phase::In | Phase::Entering) => {
                let x = parse::user_x(stanza).unwrap_or_default();
                if kind.is_none() {
                    self.is_there(cx, &jid, nick, stanza, &x);
                } else {
                    self.is_gone(cx, &jid, nick, stanza, &x);
                }
            }
            _ => {}
        }
        Flow::Taken
    }

    /// An error while the user is there: a nickname was refused, or the room does not know the user any more. Such an
    /// error comes from the room or the user's own address in it, as from a server that lost the way to the room.
    fn error(&mut self, cx: &mut Cx<'_>, jid: &BareJid, nick: Option<&str>, stanza: &Stanza) {
        let Some(room) = self.rooms.get_mut(jid) else { return };
        let (condition, words) = errors::read(stanza);
        let is_of_us = nick.is_none_or(|nick| nick == room.nick);
        if let Some(wanted) = room.changing_to.take_if(|_| !is_of_us || is_about_nicknames(&condition)) {
            let why = match condition.as_str() {
                "conflict" => format!("{wanted} is somebody else's nickname there"),
                _ => format!("the nickname {wanted} is not allowed there ({words})"),
            };
            refuse(cx, jid, "nick", &why);
        } else if is_of_us && is_about_one_stanza(&condition) {
            self.doubt(cx, jid);
        } else if is_of_us {
            self.put_out(cx, jid, LeaveReason::Error(words.into()), is_no_decision(&condition));
        }
    }

    /// Whether a presence is the user's own in a room that is being entered.
    fn is_own(&self, room: &BareJid, presence: &Inbound) -> bool {
        let is_there = presence.stanza.type_.is_none();
        let is_named = || {
            let nick = self.rooms.get(room).map(|room| room.nick.as_str());
            nick.zip(presence.from.resource()).is_some_and(|(nick, given)| is_same_resource(nick, given))
        };
        is_there && (parse::user_x(&presence.stanza).is_some_and(|x| x.has(110)) || is_named())
    }

    fn is_there(&mut self, cx: &mut Cx<'_>, jid: &BareJid, nick: &str, stanza: &Stanza, x: &UserX) {
        let occupant = parse::occupant(nick, stanza, x, Self::has_occupant_ids(cx, jid));
        let Some(room) = self.rooms.get_mut(jid) else { return };
        let (role, id) = (occupant.role, occupant.occupant_id.clone());
        let Some((occupant, is_new)) = room.occupants.put(occupant, x.has(110), cx.now) else { return };
        match room.phase {
            Phase::Entering => {
                // Some services leave status 110 out, and show the user's own address.
                if x.has(110) || is_me(cx, x.real_jid.as_ref(), nick == room.nick) {
                    // The service may have given another nickname than the one that was asked for (status 210).
                    nick.clone_into(&mut room.nick);
                    self.entered(cx, jid, [x.has(201), x.has(100), x.has(170)]);
                }
            }
            Phase::In => {
                if (x.has(110) || nick == room.nick)
                    && let Some(facts) = cx.facts.rooms.get_mut(jid)
                {
                    facts.role = role;
                    facts.occupant_id = id;
                }
                cx.emit(Event::Muc(events::Event::OccupantChanged { room: jid.clone(), occupant, is_new }));
            }
            Phase::Wanted | Phase::Asking => {}
        }
    }

    fn is_gone(&mut self, cx: &mut Cx<'_>, jid: &BareJid, nick: &str, stanza: &Stanza, x: &UserX) {
        let Some(room) = self.rooms.get_mut(jid) else { return };
        let is_self = x.has(110) || nick == room.nick;
        if let Some(new) = x.nick.as_deref().filter(|n| x.has(303) && jid.with_resource(n).is_ok()) {
            self.renamed(cx, jid, nick, new, is_self);
            return;
        }
        let was_there = room.occupants.remove(nick).is_some();
        let reason = reason(stanza, x, is_self);
        if is_self && room.phase == Phase::Entering && matches!(reason, LeaveReason::Left(_)) {
            // The end of an earlier stay: the user left and came back before the room had told so.
            return;
        }
        if is_self {
            // The user did not ask for it, or the room would be gone from here.
            let (reason, may_pass) = match reason {
                LeaveReason::Left(None) => (LeaveReason::Error("it gave no reason".into()), true),
                LeaveReason::Left(Some(why)) => (LeaveReason::Error(why), true),
                other => (other, x.has(332) || x.has(333)),
            };
            self.put_out(cx, jid, reason, may_pass);
        } else if was_there && room.phase == Phase::In {
            cx.emit(Event::Muc(events::Event::OccupantLeft { room: jid.clone(), nick: nick.into(), reason }));
        }
    }

    fn renamed(&mut self, cx: &mut Cx<'_>, jid: &BareJid, old: &str, new: &str, is_self: bool) {
        let Some(room) = self.rooms.get_mut(jid) else { return };
        if let Some(mut occupant) = room.occupants.remove(old) {
            occupant.nick = new.into();
            room.occupants.put(occupant, is_self, cx.now);
        }
        if is_self {
            new.clone_into(&mut room.nick);
            new.clone_into(&mut room.wanted_nick);
            if room.changing_to.take().is_some() {
                let (room, nick) = (jid.clone(), new.to_owned());
                cx.signal(Signal::RoomWished { room, nick, is_nick_chosen: true, is_kept: true });
            }
            if let Some(facts) = cx.facts.rooms.get_mut(jid) {
                new.clone_into(&mut facts.nick);
            }
        }
        if room.phase == Phase::In {
            let (room, old, new) = (jid.clone(), old.into(), new.into());
            cx.emit(Event::Muc(events::Event::NickChanged { room, old, new, is_self }));
        }
    }

    /// The user is no longer there, and did not ask for it. What may pass is met with another attempt.
    fn put_out(&mut self, cx: &mut Cx<'_>, jid: &BareJid, reason: LeaveReason, may_pass: bool) {
        let Some(mut room) = self.rooms.remove(jid) else { return };
        cx.facts.rooms.remove(jid);
        let is_entered_again = may_pass && room.may_retry(cx.now);
        if let Some(words) = words(&reason) {
            let more = if is_entered_again { ". You go in again by itself" } else { "" };
            notice(cx, jid, format!("{words}{more}"));
        }
        cx.emit(Event::Muc(events::Event::Left { room: jid.clone(), reason }));
        cx.signal(Signal::RoomLeft(jid.clone()));
        if is_entered_again {
            self.retry_later(cx, jid, room);
        }
    }
}

/// Whether the room shows the user's own address here.
fn is_me(cx: &Cx<'_>, shown: Option<&Jid>, has_nick: bool) -> bool {
    shown.is_some_and(|shown| {
        cx.facts.me.as_ref() == Some(shown) || (has_nick && shown.is_bare() && shown.bare() == cx.facts.own_bare())
    })
}

/// Whether an error speaks of a nickname.
fn is_about_nicknames(condition: &str) -> bool {
    matches!(condition, "conflict" | "not-acceptable" | "jid-malformed" | "not-allowed" | "forbidden" | "bad-request")
}

/// Whether an error may mean one presence alone, such as one of too many: then the room is asked.
fn is_about_one_stanza(condition: &str) -> bool {
    matches!(condition, "bad-request" | "conflict" | "jid-malformed" | "policy-violation" | "resource-constraint")
}

/// Whether an error is nobody's decision to keep the user out.
fn is_no_decision(condition: &str) -> bool {
    !matches!(
        condition,
        "forbidden" | "gone" | "not-allowed" | "not-authorized" | "payment-required" | "registration-required"
    )
}

fn reason(stanza: &Stanza, x: &UserX, is_self: bool) -> LeaveReason {
    let (by, why) = (x.by.clone(), x.reason.clone());
    if let Some(destroyed) = &x.destroyed {
        let (alternative, reason) = (destroyed.alternative.clone(), destroyed.reason.clone());
        return LeaveReason::Destroyed { alternative, reason };
    }
    if x.has(301) {
        return LeaveReason::Banned { by, reason: why };
    }
    // A fault of the link comes with 307 as well (XEP-0045 §15.6.2): it is no kick.
    if x.has(333) {
        let text: Untrusted = why.unwrap_or_else(|| "the room lost the connection".into());
        return if is_self { LeaveReason::Error(text) } else { LeaveReason::Left(Some(text)) };
    }
    if x.has(307) {
        return LeaveReason::Kicked { by, reason: why };
    }
    if x.has(321) || x.has(322) {
        return LeaveReason::NotAMember;
    }
    if x.has(332) {
        return LeaveReason::Shutdown;
    }
    LeaveReason::Left(status_text(stanza))
}

/// The line in the chat; none where the user left.
fn words(reason: &LeaveReason) -> Option<String> {
    let done = |what: &str, by: &Option<Untrusted>, why: &Option<Untrusted>| {
        let by = by.as_ref().map_or_else(String::new, |by| format!(" by {}", by.raw()));
        let why = why.as_ref().filter(|w| !w.is_empty()).map_or_else(String::new, |why| format!(": {}", why.raw()));
        format!("You were {what}{by}{why}")
    };
    Some(match reason {
        LeaveReason::Left(_) | LeaveReason::Disconnected => return None,
        LeaveReason::Kicked { by, reason } => done("kicked", by, reason),
        LeaveReason::Banned { by, reason } => done("banned", by, reason),
        LeaveReason::NotAMember => "The room is for members only now, and you are not one of them".to_owned(),
        LeaveReason::Destroyed { alternative, reason } => {
            let go = alternative.as_ref().map_or_else(String::new, |a| format!("; go to {a}"));
            let why = reason.as_ref().map_or_else(String::new, |why| format!(": {}", why.raw()));
            format!("The room was destroyed{why}{go}")
        }
        LeaveReason::Shutdown => "The room's service is shutting down".to_owned(),
        LeaveReason::Error(text) => format!("You were taken out of the room: {}", text.raw()),
    })
}
