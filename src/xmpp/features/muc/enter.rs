//! Getting into a room (XEP-0045 §7.2): ask what it is, send the presence, and what may come back instead.

use super::parse::{self, History};
use super::pulse::Pulse;
use super::room::{Phase, Room, description, failure, has_archive, is_room, keeps_ids, name, occupant_jid, traits};
use super::self_ping::tell_of_return;
use super::state::{Muc, Question, Step, Timer, line, room_chat};
use crate::contract::event::muc as events;
use crate::contract::{Event, Write};
use crate::model::{BareJid, ChatKind, DiscoInfo, Occupant, Role, RoomFailure, Time, Untrusted};
use crate::xmpp::feature::{Answer, Cx, RoomFacts, Signal};
use crate::xmpp::kit::{disco, errors};
use crate::xmpp::stanza::Stanza;
use std::time::Duration;

/// How long a room may take to let the user in, all questions included. A person has given up by then.
const PATIENCE: Duration = Duration::from_secs(30);
/// After this it is asked a second time: a service that is just closing an empty room may lose the presence of whoever
/// comes back.
const AGAIN: Duration = Duration::from_secs(10);
/// How long a room may take to say what it is; then it is entered without knowing.
const INFO_PATIENCE: Duration = Duration::from_secs(5);
/// So many messages are asked of a room that keeps no archive.
const HISTORY: u32 = 50;
/// Of what came before, so much is asked for once more: a message may have been under way when the link broke, and
/// clocks are set. The store knows what it has (`MessageIds::replay`).
const OVERLAP: Duration = Duration::from_mins(10);
/// So many nicknames are tried.
const CONFLICTS_MAX: u8 = 3;
/// How often a room is entered again by itself after a fault of the service.
const RETRIES_MAX: u32 = 6;
/// How long to wait before that; doubled each time.
const RETRY_PAUSE: Duration = Duration::from_secs(15);
/// A stay of this length was a good one.
const LASTING: Duration = Duration::from_mins(30);

/// How somebody wants to be in a room.
pub(super) struct Wish {
    /// With which nickname; the bookmark's, else the account's own where `None`.
    pub(super) nick: Option<String>,
    pub(super) password: Option<String>,
    /// Whether to make the room where it is not there.
    pub(super) may_create: bool,
    /// Whether the user says so now, or a bookmark.
    pub(super) is_user: bool,
}

/// The user's own wish, with nothing further to it.
pub(super) const USERS: Wish = Wish { nick: None, password: None, may_create: false, is_user: true };

impl Room {
    /// Nobody is known to be there any more; the wish to be there stays.
    pub(super) fn lose(&mut self) {
        self.phase = Phase::Wanted;
        self.occupants.clear();
        self.nick.clone_from(&self.wanted_nick);
        self.conflicts = 0;
        self.changing_to = None;
        self.has_subject = false;
        self.pulse = Pulse::default();
    }

    /// Whether it is entered again by itself. A stay that lasted begins the count anew.
    pub(super) fn may_retry(&mut self, now: Time) -> bool {
        if self.phase == Phase::In && now.since(self.came) >= LASTING {
            self.retries = 0;
        }
        self.retries < RETRIES_MAX
    }
}

impl Muc {
    /// The user, or a bookmark, wants to be in a room.
    pub(super) fn want(&mut self, cx: &mut Cx<'_>, jid: &BareJid, wish: Wish) {
        let named = wish.nick.filter(|n| !n.is_empty());
        if let Some(room) = self.rooms.get_mut(jid)
            && room.phase == Phase::In
        {
            match named.filter(|nick| *nick != room.nick) {
                // The user is in and asks to come in under another name.
                Some(nick) => self.set_nick(cx, jid, &nick),
                None => joined(cx, jid, room, [false; 3]),
            }
            return;
        }
        let is_nick_chosen = named.is_some();
        let kept = || cx.facts.room_nicks.get(jid).cloned();
        let nick = named.or_else(kept).unwrap_or_else(|| cx.facts.settings.room_nick().to_owned());
        if occupant_jid(jid, &nick).is_none() {
            let reason = RoomFailure::Other("the nickname is not valid".into());
            cx.emit(Event::Muc(events::Event::JoinFailed { room: jid.clone(), reason }));
            return;
        }
        let room = self.rooms.entry(jid.clone()).or_insert_with(|| Room::new(nick.clone(), None));
        room.wanted_nick.clone_from(&nick);
        room.is_nick_chosen = is_nick_chosen;
        room.nick = nick;
        room.password = wish.password.or(room.password.take());
        room.is_asked_by_user |= wish.is_user;
        room.may_create = wish.may_create;
        room.conflicts = 0;
        if self.own.is_none() {
            joining(cx, jid, &room.nick);
        }
        self.start(cx, jid);
    }

    /// The service has another address for a room that is being entered: it is entered under that.
    pub(super) fn learned(&mut self, cx: &mut Cx<'_>, typed: &BareJid, real: &BareJid) {
        let Some(room) = self.rooms.remove(typed) else { return };
        cx.facts.rooms.remove(typed);
        let wish = Wish {
            nick: Some(room.wanted_nick),
            password: room.password,
            may_create: room.may_create,
            is_user: room.is_asked_by_user,
        };
        self.want(cx, real, wish);
    }

    /// The room that is being entered, and that the service may have under this address.
    pub(super) fn entering_as(&self, real: &BareJid) -> Option<BareJid> {
        let is_it = |(jid, room): &(&BareJid, &Room)| room.phase == Phase::Entering && jid.may_be(real);
        self.rooms.iter().find(is_it).map(|(jid, _)| jid.clone())
    }

    /// The user's own presence came from `real`: that is the address of the room that was entered as `typed`.
    pub(super) fn is_at(&mut self, cx: &mut Cx<'_>, typed: &BareJid, real: &BareJid) {
        if let Some(room) = self.rooms.remove(typed) {
            self.rooms.insert(real.clone(), room);
        }
        if let Some(facts) = cx.facts.rooms.remove(typed) {
            cx.facts.rooms.insert(real.clone(), facts);
        }
        cx.signal(Signal::AddressLearned { typed: typed.clone(), real: real.clone() });
    }

    /// Begins an attempt, if the session is that far.
    pub(super) fn start(&mut self, cx: &mut Cx<'_>, jid: &BareJid) {
        if self.own.is_none() || !cx.facts.is_online {
            return;
        }
        let Some(room) = self.rooms.get_mut(jid) else { return };
        self.attempts += 1;
        room.attempt = self.attempts;
        room.is_asked_again = false;
        room.is_there = None;
        room.since = cx.now;
        let attempt = room.attempt;
        let info = self.known.get(jid).cloned();
        let facts = RoomFacts { nick: room.nick.clone(), info: info.clone(), ..RoomFacts::default() };
        cx.facts.rooms.insert(jid.clone(), facts);
        joining(cx, jid, &room.nick);
        if info.is_none() {
            room.phase = Phase::Asking;
        }
        self.ask_info(cx, jid, Some(attempt));
        if info.is_some() {
            self.enter(cx, jid);
        } else {
            let wait = Timer::Attempt { room: jid.clone(), attempt, step: Step::Info };
            self.timers.wake_at(cx, cx.now.plus(INFO_PATIENCE), wait);
        }
    }

    /// Sends the presence.
    fn enter(&mut self, cx: &mut Cx<'_>, jid: &BareJid) {
        let Some(room) = self.rooms.get_mut(jid) else { return };
        let Some(to) = occupant_jid(jid, &room.nick) else { return };
        let is_archived = self.known.get(jid).is_some_and(has_archive);
        let age = room.heard.map(|heard| cx.now.since(heard) + OVERLAP);
        let history = if is_archived { History::None } else { History::Last(HISTORY, age) };
        room.phase = Phase::Entering;
        room.came = cx.now;
        room.occupants.clear();
        self.attempts += 1;
        room.attempt = self.attempts;
        let until = if room.is_asked_again { room.since.plus(PATIENCE) } else { cx.now.plus(AGAIN) };
        if let Some(facts) = cx.facts.rooms.get_mut(jid) {
            facts.nick.clone_from(&room.nick);
        }
        cx.send(parse::join(&to, room.password.as_deref(), history, self.own.as_deref().unwrap_or_default()));
        let wait = Timer::Attempt { room: jid.clone(), attempt: room.attempt, step: Step::Join };
        self.timers.wake_at(cx, until, wait);
    }

    /// Asks the room what it is.
    pub(super) fn ask_info(&mut self, cx: &mut Cx<'_>, jid: &BareJid, attempt: Option<u64>) {
        let question = Question::Info { room: jid.clone(), attempt };
        self.questions.ask(cx, disco::ask_info(jid.as_str(), None), question);
    }

    /// The room says what it is, or does not.
    pub(super) fn info(&mut self, cx: &mut Cx<'_>, jid: &BareJid, attempt: Option<u64>, answer: &Answer) {
        if let Answer::Result(Some(query)) = answer
            && let Some(info) = disco::parse_info(query)
        {
            self.info_came(cx, jid, info);
        } else if attempt.is_some() && self.rooms.get(jid).map(|room| room.attempt) == attempt {
            self.info_refused(cx, jid, answer);
        } else if attempt.is_some()
            && is_nowhere(answer)
            && let Some(room) = self.rooms.get_mut(jid).filter(|room| room.phase == Phase::Entering)
        {
            room.is_there = Some(false);
        }
    }

    fn info_came(&mut self, cx: &mut Cx<'_>, jid: &BareJid, info: DiscoInfo) {
        let Some(room) = self.rooms.get_mut(jid) else { return };
        room.is_there = Some(true);
        let is_asking = room.phase == Phase::Asking;
        if is_asking && !info.identities.is_empty() && !is_room(&info) {
            self.fail(cx, jid, RoomFailure::Other("what answers at this address is not a room".into()), false);
            return;
        }
        if let Some(facts) = cx.facts.rooms.get_mut(jid) {
            facts.info = Some(info.clone());
        }
        let (name, description, traits) = (name(&info), description(&info), traits(&info));
        cx.emit(Event::Muc(events::Event::InfoArrived { room: jid.clone(), name: name.clone(), description, traits }));
        if room.phase == Phase::In {
            cx.write(Write::Chat { chat: room_chat(cx, jid), kind: ChatKind::Room, name });
        }
        self.known.put(jid, info);
        cx.signal(Signal::RoomKnown(jid.clone()));
        if is_asking {
            self.enter(cx, jid);
        }
    }

    fn info_refused(&mut self, cx: &mut Cx<'_>, jid: &BareJid, answer: &Answer) {
        let is_asking = self.rooms.get(jid).is_some_and(|r| r.phase == Phase::Asking);
        if !is_asking || *answer == Answer::Down {
            return;
        }
        if let Answer::Error { condition, words } = answer
            && matches!(condition.as_str(), "remote-server-not-found" | "remote-server-timeout")
        {
            self.fail(cx, jid, RoomFailure::Other(words.as_str().into()), true);
        } else if is_nowhere(answer) && self.rooms.get(jid).is_some_and(|room| !room.may_create) {
            self.fail(cx, jid, RoomFailure::NotThere, false);
        } else {
            // A room that is not there yet says item-not-found. Others say nothing of themselves: nobody waits for what
            // they can do.
            if matches!(answer, Answer::Error { .. })
                && !is_nowhere(answer)
                && let Some(facts) = cx.facts.rooms.get_mut(jid)
            {
                facts.info = Some(DiscoInfo::default());
            }
            self.enter(cx, jid);
        }
    }

    /// What an attempt waited for has not come in time, or its pause is over.
    pub(super) fn waited(&mut self, cx: &mut Cx<'_>, jid: &BareJid, attempt: u64, step: Step) {
        let Some(room) = self.rooms.get_mut(jid).filter(|r| r.attempt == attempt) else { return };
        match (step, room.phase) {
            (Step::Info, Phase::Asking) => self.enter(cx, jid),
            (Step::Retry, Phase::Wanted) => self.start(cx, jid),
            // A service that leaves status 110 out, but shows us among the others.
            (Step::Join, Phase::Entering) if room.occupants.contains_key(&room.nick) => {
                self.entered(cx, jid, [false; 3]);
            }
            (Step::Join, Phase::Entering) if !room.is_asked_again => {
                room.is_asked_again = true;
                self.enter(cx, jid);
            }
            (Step::Join, Phase::Entering) => self.fail(cx, jid, RoomFailure::Timeout, true),
            _ => {}
        }
    }

    /// An error presence while entering.
    pub(super) fn refused(&mut self, cx: &mut Cx<'_>, jid: &BareJid, stanza: &Stanza) {
        let (condition, words) = errors::read(stanza);
        let Some(room) = self.rooms.get_mut(jid) else { return };
        if condition == "conflict" && room.conflicts < CONFLICTS_MAX {
            room.conflicts += 1;
            room.nick.push('_');
            self.enter(cx, jid);
            return;
        }
        let reason = match failure(&condition, &words) {
            RoomFailure::Password if room.password.is_some() => RoomFailure::WrongPassword,
            reason => reason,
        };
        self.fail(cx, jid, reason, may_pass(&condition));
    }

    /// The user stays outside. Where they did not ask for it just now (a bookmark, a new login), a fault that may pass
    /// is met with another attempt later.
    fn fail(&mut self, cx: &mut Cx<'_>, jid: &BareJid, reason: RoomFailure, may_pass: bool) {
        let room = self.rooms.remove(jid);
        cx.facts.rooms.remove(jid);
        cx.emit(Event::Muc(events::Event::JoinFailed { room: jid.clone(), reason }));
        if let Some(room) = room.filter(|r| may_pass && !r.is_asked_by_user) {
            self.retry_later(cx, jid, room);
        }
    }

    /// The user is in. `flags`: made by this join, addresses shown to all, logged publicly.
    pub(super) fn entered(&mut self, cx: &mut Cx<'_>, jid: &BareJid, flags: [bool; 3]) {
        let Some(room) = self.rooms.get_mut(jid) else { return };
        if flags[0] && !room.may_create && room.is_there != Some(true) {
            // It did not say in time that it is not there, and is made now, which nobody wanted.
            self.questions.ask(cx, parse::cancel_room(jid), Question::Cancel);
            if let Some(to) = occupant_jid(jid, &room.nick) {
                cx.send(parse::leave(&to, None));
            }
            self.fail(cx, jid, RoomFailure::NotThere, false);
            return;
        }
        room.phase = Phase::In;
        let role = room.occupants.get(&room.nick).map_or(Role::None, |o| o.role);
        let facts = cx.facts.rooms.entry(jid.clone()).or_default();
        facts.nick.clone_from(&room.nick);
        facts.role = role;
        facts.occupant_id = room.own_id().map(str::to_owned);
        facts.is_joined = true;
        if facts.info.as_ref().is_some_and(keeps_ids) {
            room.sending.keeps_ids();
        }
        cx.facts.known_rooms.insert(jid.clone());
        let name: Option<Untrusted> = facts.info.as_ref().and_then(name);
        cx.write(Write::Chat { chat: room_chat(cx, jid), kind: ChatKind::Room, name });
        joined(cx, jid, room, flags);
        room.pulse.beat(cx.now);
        tell_of_return(cx, jid, room);
        tell_of_nick(cx, jid, room);
        if flags[0] {
            self.questions.ask(cx, parse::instant_room(jid), Question::Open(jid.clone()));
        }
        cx.signal(Signal::RoomJoined(jid.clone()));
        if std::mem::take(&mut room.is_asked_by_user) {
            let (room, nick, is_chosen) = (jid.clone(), room.wanted_nick.clone(), room.is_nick_chosen);
            cx.signal(Signal::RoomWished { room, nick, is_nick_chosen: is_chosen, is_kept: true });
        }
        self.watch(cx);
    }

    /// The service put the user out through no fault of theirs: go in again, with growing pauses.
    pub(super) fn retry_later(&mut self, cx: &mut Cx<'_>, jid: &BareJid, mut room: Room) {
        if !room.may_retry(cx.now) {
            return;
        }
        self.attempts += 1;
        room.attempt = self.attempts;
        let at: Time = cx.now.plus(RETRY_PAUSE * 2u32.pow(room.retries));
        room.retries += 1;
        room.lose();
        let wait = Timer::Attempt { room: jid.clone(), attempt: room.attempt, step: Step::Retry };
        self.timers.wake_at(cx, at, wait);
        self.rooms.insert(jid.clone(), room);
    }
}

/// Whether the service says that there is no such room.
fn is_nowhere(answer: &Answer) -> bool {
    matches!(answer, Answer::Error { condition, .. } if condition == "item-not-found")
}

/// Whether the fault is the service's and not the user's: full for now, just starting, out of reach.
fn may_pass(condition: &str) -> bool {
    matches!(
        condition,
        "internal-server-error"
            | "remote-server-not-found"
            | "remote-server-timeout"
            | "resource-constraint"
            | "service-unavailable"
    )
}

/// The line that tells of a nickname that is not the wanted one, once for each.
fn tell_of_nick(cx: &mut Cx<'_>, jid: &BareJid, room: &mut Room) {
    if room.nick == room.wanted_nick {
        room.told_nick = None;
    } else if room.told_nick.as_ref() != Some(&room.nick) {
        room.told_nick = Some(room.nick.clone());
        let (nick, wanted) = (&room.nick, &room.wanted_nick);
        let words = if room.conflicts > 0 {
            format!("The nickname {wanted} is taken here: you are {nick}. /nick takes another one")
        } else {
            format!("The room gave you the nickname {nick} instead of {wanted}")
        };
        line(cx, jid, words, false);
    }
}

fn joining(cx: &mut Cx<'_>, jid: &BareJid, nick: &str) {
    cx.emit(Event::Muc(events::Event::Joining { room: jid.clone(), nick: nick.into() }));
}

fn joined(cx: &mut Cx<'_>, jid: &BareJid, room: &Room, flags: [bool; 3]) {
    let [is_new, is_public_jids, is_logged] = flags;
    let mut occupants: Vec<Occupant> = room.occupants.values().cloned().collect();
    occupants.sort_unstable_by(|a, b| a.nick.cmp(&b.nick));
    let (room, nick) = (jid.clone(), room.nick.as_str().into());
    cx.emit(Event::Muc(events::Event::Joined { room, nick, occupants, is_new, is_public_jids, is_logged }));
}
