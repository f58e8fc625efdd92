//! Is the user still in the room (XEP-0410)? A room whose service restarts, or whose server loses the way to ours, may
//! forget an occupant without a word; to them it is merely silent.
//!
//! So after a quarter of an hour without a sign of a room its occupant that is us is pinged; sooner where there is
//! cause for doubt: the link was down for long, or the room does not know the sender of a message. Who is not there any
//! more goes in again, and what was said meanwhile comes from the archive.
//!
//! All rooms share one timer, for the one that has been silent the longest; those that would be next are asked along
//! with it. So many silent rooms wake nobody more often than one does.

use super::pulse::{Pulse, REST, SILENCE};
use super::room::{Phase, Room, occupant_jid};
use super::state::{Muc, Question, Timer, line};
use crate::model::{BareJid, Time};
use crate::xmpp::feature::{Answer, Cx, Signal};
use crate::xmpp::kit::open::Questions;
use crate::xmpp::kit::{errors, iq};
use crate::xmpp::stanza::Stanza;
use std::time::Duration;

/// Rooms that would be asked so soon are asked along with the first.
const ALONG: Duration = Duration::from_mins(2);
/// A link that was down for so long leaves doubt.
const LONG: Duration = Duration::from_mins(5);

/// Whether it can be asked, now or later.
fn is_watched(room: &Room) -> bool {
    room.phase == Phase::In && !room.pulse.is_asked
}

impl Muc {
    /// Has the timer wake for the room that is due first, where it does not already.
    pub(super) fn watch(&mut self, cx: &mut Cx<'_>) {
        if !cx.facts.is_online {
            // After the link is back all rooms are looked through.
            return;
        }
        let watched = self.rooms.values().filter(|room| is_watched(room));
        let Some(due) = watched.map(|room| room.pulse.due()).min() else { return };
        let at = due.max(cx.now.plus(REST));
        if self.pulse_at.is_none_or(|planned| at < planned) {
            self.pulse_at = Some(at);
            self.timers.wake_at(cx, at, Timer::Pulse(at));
        }
    }

    /// The timer: asks the rooms that have been silent.
    pub(super) fn pulse(&mut self, cx: &mut Cx<'_>, at: Time) {
        if self.pulse_at != Some(at) {
            return;
        }
        self.pulse_at = None;
        if cx.facts.is_online {
            let now = cx.now;
            self.ask_where(cx, |pulse| {
                // A clock that was set back must not make it wait for a day.
                pulse.heard = pulse.heard.min(now);
                pulse.due() <= if pulse.is_calm() { now.plus(ALONG) } else { now }
            });
        }
        self.watch(cx);
    }

    /// The session went on after the link was down.
    pub(super) fn resumed(&mut self, cx: &mut Cx<'_>) {
        let was_long = self.down_at.take().is_some_and(|at| cx.now.since(at) >= LONG);
        let now = cx.now;
        self.ask_where(cx, |pulse| was_long || pulse.due() <= now);
        self.watch(cx);
    }

    /// The room sent back a message of ours: does it know us?
    pub(super) fn returned(&mut self, cx: &mut Cx<'_>, jid: &BareJid, stanza: &Stanza) {
        let condition = errors::read(stanza).0;
        if matches!(condition.as_str(), "not-acceptable" | "item-not-found" | "not-allowed") {
            self.doubt(cx, jid);
        }
    }

    /// Asks now.
    pub(super) fn doubt(&mut self, cx: &mut Cx<'_>, jid: &BareJid) {
        if let Some(room) = self.rooms.get_mut(jid).filter(|room| is_watched(room)) {
            ask(cx, &mut self.questions, jid, room);
        }
    }

    fn ask_where(&mut self, cx: &mut Cx<'_>, mut is_it: impl FnMut(&mut Pulse) -> bool) {
        let mut asked: Vec<_> = self.rooms.iter_mut().filter(|(_, room)| is_watched(room)).collect();
        asked.retain_mut(|(_, room)| is_it(&mut room.pulse));
        asked.sort_unstable_by(|a, b| a.0.cmp(b.0));
        for (jid, room) in asked {
            ask(cx, &mut self.questions, jid, room);
        }
    }

    /// What the answer means (XEP-0410 §3.2).
    pub(super) fn pinged(&mut self, cx: &mut Cx<'_>, jid: &BareJid, attempt: u64, answer: &Answer) {
        let room = self.rooms.get_mut(jid).filter(|r| r.attempt == attempt && r.phase == Phase::In);
        let Some(room) = room else { return };
        room.pulse.is_asked = false;
        match meaning(answer, has_optimization(cx, jid)) {
            Meaning::There => room.pulse.beat(cx.now),
            // Another client changed the nickname, and the presence that says so is under way. Said twice, with nothing
            // from the room in between, there is no such occupant, or no such room.
            Meaning::NoSuchName if !room.pulse.is_strange => {
                room.pulse.beat(cx.now);
                room.pulse.is_strange = true;
            }
            Meaning::Gone | Meaning::NoSuchName => self.lost(cx, jid),
            Meaning::Nothing => {
                room.pulse.heard = cx.now;
                room.pulse.vain += 1;
            }
            Meaning::Later => {}
        }
        self.watch(cx);
    }

    /// The user is outside and was not told: in again, under the same name.
    fn lost(&mut self, cx: &mut Cx<'_>, jid: &BareJid) {
        let Some(room) = self.rooms.get_mut(jid) else { return };
        tracing::info!(room = %jid, "we were put out without a word");
        room.lose();
        room.retries = 0;
        room.pulse.is_lost = true;
        // The archive, and what was not confirmed, are looked at anew with the join.
        cx.signal(Signal::RoomLeft(jid.clone()));
        self.start(cx, jid);
    }
}

/// The line that tells of it, once the user is in again.
pub(super) fn tell_of_return(cx: &mut Cx<'_>, jid: &BareJid, room: &mut Room) {
    if std::mem::take(&mut room.pulse.is_lost) {
        line(cx, jid, "The room had lost you without a word. You are in it again".to_owned(), false);
    }
}

fn ask(cx: &mut Cx<'_>, questions: &mut Questions<Question>, jid: &BareJid, room: &mut Room) {
    // While it is open which name is ours there is nobody to ask for. That the user asks for another one counts as a
    // sign of life; should nobody ever answer that, the question is due.
    let is_open = room.changing_to.is_some() && cx.now < room.pulse.heard.plus(SILENCE);
    let Some(own) = occupant_jid(jid, &room.nick).filter(|_| !is_open) else { return };
    room.pulse.is_asked = true;
    let ping = iq::ping(Some(own.as_str()));
    questions.ask(cx, ping, Question::Ping { room: jid.clone(), attempt: room.attempt });
}

/// Whether the room itself answers, and passes the question on to nobody (XEP-0410 §3.3).
fn has_optimization(cx: &Cx<'_>, room: &BareJid) -> bool {
    let info = cx.facts.rooms.get(room).and_then(|r| r.info.as_ref());
    info.is_some_and(|i| i.has("http://jabber.org/protocol/muc#self-ping-optimization"))
}

enum Meaning {
    There,
    Gone,
    NoSuchName,
    /// The way there is broken; it may pass.
    Nothing,
    /// Our own link is down: asked when it is back.
    Later,
}

fn meaning(answer: &Answer, is_optimized: bool) -> Meaning {
    match answer {
        Answer::Result(_) => Meaning::There,
        Answer::Timeout => Meaning::Nothing,
        Answer::Down => Meaning::Later,
        Answer::Error { condition, .. } => match condition.as_str() {
            "remote-server-not-found" | "remote-server-timeout" => Meaning::Nothing,
            // A client of the user's answered that it knows no pings: it is there to say so.
            "service-unavailable" | "feature-not-implemented" if !is_optimized => Meaning::There,
            "item-not-found" => Meaning::NoSuchName,
            _ => Meaning::Gone,
        },
    }
}
