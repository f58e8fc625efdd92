//! XEP-0045: Multi-User Chat.
//!
//! The user enters rooms with nickname and password, sees who is there with role and affiliation, talks, changes
//! nickname and subject, kicks, bans, configures, leaves, and is told why when put out. A room that the user is in is
//! entered again after each new login. A room is asked what it is before it is entered, so that one with an archive
//! is not asked for history as well.
//!
//! Left out: voice requests, lists of affiliations, reserved nicknames, destroying a room.
//!
//! Security: only the room itself (its bare JID, or the occupant's JID that it stamps) speaks of a room, and only of a
//! room that the user enters; archive ids, occupant-ids and delay stamps are believed where the room announces that it
//! makes them. Occupants, own messages that wait for their echo and remembered rooms are bounded.
//!
//! The feature's parts: [`super::enter`] getting in, [`super::occupants`] who comes and goes, [`super::talk`] messages,
//! [`super::admin`] what moderators and owners do, [`super::self_ping`] whether the user is still there.

use super::admin::{configured, done, form_came};
use super::enter::{USERS, Wish};
use super::parse;
use super::room::{Phase, occupant_jid};
use super::state::{Muc, Question, Timer, refuse};
use crate::contract::command::muc as ask;
use crate::contract::event::muc as events;
use crate::contract::{Command, Event};
use crate::model::{BareJid, ChatKind, LeaveReason, StanzaId};
use crate::xmpp::feature::{
    Answer, Cx, Feature, Flow, Inbound, Origin, Outbound, QuestionId, Signal, Spec, Stage, Support, TimerId,
};
use crate::xmpp::kit::element::stanza_text;
use crate::xmpp::kit::ns;
use crate::xmpp::stanza::Stanza;
use minidom::Element;

static SPEC: Spec = Spec {
    name: "XEP-0045",
    title: "Multi-User Chat",
    version: "1.35.5",
    support: Support::Partial,
    disco: &[ns::MUC],
    stage: Stage::Classify,
};

static ALSO: [Spec; 2] = [OCCUPANT_IDS, SELF_PING];

const SELF_PING: Spec = Spec {
    name: "XEP-0410",
    title: "MUC Self-Ping (Schrödinger's Chat)",
    version: "1.1.0",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Classify,
};

const OCCUPANT_IDS: Spec = Spec {
    name: "XEP-0421",
    title: "Occupant identifiers for semi-anonymous MUCs",
    version: "1.0.1",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Classify,
};

/// At most so many rooms are entered by bookmarks; further ones are passed over.
const ROOMS_MAX: usize = 500;

impl Feature for Muc {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn also(&self) -> &'static [Spec] {
        &ALSO
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        if *signal == Signal::BoundAnew {
            self.down_at = None;
            self.lose_all(cx);
        } else if *signal == Signal::Down {
            self.down_at.get_or_insert(cx.now);
        } else if *signal == Signal::Resumed {
            self.resumed(cx);
        } else if let Signal::HandedOver(ids) = signal {
            for room in self.rooms.values_mut() {
                room.sending.handed_over(ids.iter().map(StanzaId::as_str), cx.now);
            }
        } else if let Signal::OwnPresence(presence) = signal {
            self.show(cx, presence);
        } else if let Signal::AddressLearned { typed, real } = signal {
            self.learned(cx, typed, real);
        } else if let Signal::JoinRoom { room, nick, password, may_create } = signal
            && !self.rooms.contains_key(room)
            && self.rooms.len() < ROOMS_MAX
        {
            let (nick, password) = (nick.clone(), password.clone());
            self.want(cx, room, Wish { nick, password, may_create: *may_create, is_user: false });
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        self.sign_of_life(cx, message);
        self.message(cx, message)
    }

    fn on_presence(&mut self, cx: &mut Cx<'_>, presence: &mut Inbound) -> Flow {
        self.sign_of_life(cx, presence);
        self.presence(cx, presence)
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some(question) = self.questions.take(id) else { return };
        match question {
            Question::Info { room, attempt } => self.info(cx, &room, attempt, &answer),
            Question::Ping { room, attempt } => self.pinged(cx, &room, attempt, &answer),
            Question::Open(room) => self.opened(cx, &room, &answer),
            Question::Deed { room, deed, who } => done(cx, room, deed, &who, &answer),
            Question::Form { room, token } => form_came(cx, &room, token, &answer),
            Question::Configure(token) => configured(cx, token, &answer),
            Question::Cancel => {}
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_>, id: TimerId) {
        match self.timers.take(id) {
            Some(Timer::Pulse(at)) => self.pulse(cx, at),
            Some(Timer::Attempt { room, attempt, step }) => self.waited(cx, &room, attempt, step),
            None => {}
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        let Command::Muc(command) = command else { return Err(Box::new(command)) };
        match command {
            ask::Command::Enter { room, nick, password } => {
                let room = cx.facts.true_room(room);
                self.want(cx, &room, Wish { nick, password, ..USERS });
            }
            ask::Command::Join { room, nick, password } => {
                let room = cx.facts.true_room(room);
                self.want(cx, &room, Wish { nick, password, may_create: true, ..USERS });
            }
            ask::Command::Leave { room, reason } => self.leave(cx, &room, reason.as_deref()),
            ask::Command::SetNick { room, nick } => self.set_nick(cx, &room, &nick),
            ask::Command::SetSubject { room, subject } => self.set_subject(cx, &room, &subject),
            ask::Command::Kick { room, nick, reason } => self.kick(cx, &room, &nick, reason.as_deref()),
            ask::Command::Ban { room, who, reason } => self.ban(cx, &room, &who, reason.as_deref()),
            ask::Command::Unban { room, who } => self.unban(cx, &room, &who),
            ask::Command::Moderate { room, id, reason } => self.moderate(cx, &room, &id, reason.as_deref()),
            ask::Command::Configure { room, token } => self.configure(cx, &room, token),
            ask::Command::SubmitConfig { room, form, token } => self.submit_config(cx, &room, &form, token),
            other @ (ask::Command::Invite { .. }
            | ask::Command::DeclineInvite { .. }
            | ask::Command::Reenter { .. }) => {
                return Err(Box::new(Command::Muc(other)));
            }
        }
        Ok(())
    }

    fn decorate(&mut self, cx: &mut Cx<'_>, out: &mut Outbound) {
        if out.kind == ChatKind::Room
            && let (Some(room), Some(id)) = (self.rooms.get_mut(&out.chat.address.bare()), &out.stanza.id)
        {
            room.sending.note(id, &stanza_text(&out.stanza, "body").unwrap_or_default(), cx.now);
        }
    }
}

impl Muc {
    /// Something came from a room, straight from the stream: it knows us still. An error is no such sign.
    fn sign_of_life(&mut self, cx: &mut Cx<'_>, inbound: &Inbound) {
        let is_live = inbound.origin == Origin::Live && inbound.stanza.type_.as_deref() != Some("error");
        if let Some(room) = self.rooms.get_mut(&inbound.from.bare())
            && is_live
        {
            room.pulse.beat(cx.now);
        }
    }

    /// A new session knows nothing of the old one: nobody is in any room.
    fn lose_all(&mut self, cx: &mut Cx<'_>) {
        self.own = None;
        for (jid, room) in &mut self.rooms {
            if room.phase == Phase::In {
                cx.emit(Event::Muc(events::Event::Left { room: jid.clone(), reason: LeaveReason::Disconnected }));
                // What is said from now on comes from the archive alone.
                cx.signal(Signal::RoomLeft(jid.clone()));
            }
            room.lose();
            room.retries = 0;
            if let Some(facts) = cx.facts.rooms.get_mut(jid) {
                facts.is_joined = false;
            }
        }
    }

    /// The user's presence is this now: rooms see it too (XEP-0045 §7.7), and rooms that wait are entered.
    fn show(&mut self, cx: &mut Cx<'_>, presence: &Stanza) {
        if presence.type_.is_some() {
            // The server takes the user out of the rooms itself (RFC 6121 §4.6.3).
            self.lose_all(cx);
            return;
        }
        let own: Vec<Element> =
            presence.children.iter().filter(|c| !c.is("priority", ns::JABBER_CLIENT)).cloned().collect();
        self.own = Some(own.clone());
        let mut waiting = Vec::new();
        for (jid, room) in &self.rooms {
            match room.phase {
                Phase::In | Phase::Entering => {
                    if let Some(to) = occupant_jid(jid, &room.nick) {
                        cx.send(parse::here(&to, &own));
                    }
                }
                Phase::Wanted => waiting.push(jid.clone()),
                Phase::Asking => {}
            }
        }
        waiting.sort_unstable();
        for room in waiting {
            self.start(cx, &room);
        }
    }

    /// The user wants to leave: at once, whatever the room answers (XEP-0045 §7.14).
    fn leave(&mut self, cx: &mut Cx<'_>, room: &BareJid, reason: Option<&str>) {
        let Some(gone) = self.rooms.remove(room) else { return };
        if matches!(gone.phase, Phase::In | Phase::Entering)
            && let Some(to) = occupant_jid(room, &gone.nick)
        {
            cx.send(parse::leave(&to, reason));
        }
        cx.facts.rooms.remove(room);
        cx.emit(Event::Muc(events::Event::Left { room: room.clone(), reason: LeaveReason::Left(None) }));
        cx.signal(Signal::RoomLeft(room.clone()));
        let (room, nick) = (room.clone(), gone.wanted_nick);
        cx.signal(Signal::RoomWished { room, nick, is_nick_chosen: false, is_kept: false });
    }

    /// Asks for another nickname (XEP-0045 §7.6); the room's answer is a presence.
    pub(super) fn set_nick(&mut self, cx: &mut Cx<'_>, room: &BareJid, nick: &str) {
        let entered = self.rooms.get_mut(room).filter(|r| r.phase == Phase::In);
        let (Some(entered), Some(to)) = (entered, occupant_jid(room, nick)) else {
            refuse(cx, room, "nick", "you are not in the room, or the nickname is not valid");
            return;
        };
        entered.changing_to = Some(nick.to_owned());
        entered.pulse.beat(cx.now);
        cx.send(parse::here(&to, self.own.as_deref().unwrap_or_default()));
    }
}
