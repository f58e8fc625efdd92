//! What a server archives late (XEP-0313).
//!
//! ejabberd writes a message into the archive when the session that it was for takes it out of its mailbox, not when it
//! is routed; its archive id is the time of the latter. When a session ends with a full mailbox, what was in it reaches
//! the archive seconds after the next session has read past its place, and reaches no session at all. So where the
//! session before was not given its time to end (the server broke it off, or would not resume it, or the program was
//! killed), and the ids are such times, the last minute before the new one is in doubt: what is known ends below it,
//! live messages begin a stretch of their own, and the gap between the two is read once more when the server has had
//! its time. A gap is stored, so this holds if the program ends first.

use super::archive::{LATE, Late, Sync};
use super::intervals;
use super::state::{Mam, Timer};
use crate::contract::Write;
use crate::model::{BareJid, Message, Time};
use crate::xmpp::feature::Cx;

/// Nothing is missing from what was archived so long before the newest message, in milliseconds.
const WHOLE: i64 = 60_000;

impl Sync {
    /// A page with these ids has come in. Its newest message that was archived long enough ago is one more place where
    /// what is known may end. It must be somebody else's message, since only the place of those in the chat is known.
    pub(super) fn note_end(&mut self, seen: &[(String, Time)], messages: &[Message]) {
        if self.top.is_none() {
            self.top = seen.last().map(|(_, time)| self.bound.map_or(*time, |bound| bound.min(*time)));
        }
        let Some(top) = self.top else { return };
        let others = messages.iter().rev().filter(|m| !m.is_own()).filter_map(|m| m.ids.archive.as_ref());
        let time_of = |id: &str| seen.iter().find(|(it, _)| it == id).map(|(_, time)| *time);
        let end = others.filter_map(|a| Some((a.id.clone(), time_of(&a.id)?))).find(|(_, time)| is_whole(*time, top));
        self.ends.extend(end);
    }

    /// Up to which time the archive was there when this reading began.
    fn top(&self) -> Option<Time> {
        self.top.or(self.bound).or_else(|| self.ends.iter().map(|(_, time)| *time).max())
    }

    /// Where what is known ends while the last minute is in doubt. `first` is when it begins: what was known before that
    /// has expired.
    fn end(&self, first: Time) -> Option<&(String, Time)> {
        let newest = |(_, time): &&(String, Time)| *time;
        let top = self.top()?;
        let ends = || self.ends.iter().filter(|(_, time)| *time >= first);
        ends().filter(|(_, time)| is_whole(*time, top)).max_by_key(newest).or_else(|| ends().min_by_key(newest))
    }
}

fn is_whole(time: Time, top: Time) -> bool {
    time.0 <= top.0.saturating_sub(WHOLE)
}

impl Mam {
    /// A reading has come to its end. In doubt, what is known is cut below the last minute, and the gap is read later.
    pub(super) fn leave_gap(&mut self, cx: &mut Cx<'_>, by: &BareJid, sync: &Sync, is_heard: bool) {
        let Some(archive) = self.archives.get_mut(by).filter(|a| a.late.is_in_doubt()) else { return };
        if is_heard {
            archive.top.reach();
        }
        let Some((id, time)) = archive.intervals.first().and_then(|known| sync.end(known.first_time)) else {
            archive.late = Late::Settled;
            return;
        };
        if let Late::InDoubt(doubt) = &mut archive.late {
            doubt.top = doubt.top.or(sync.top());
        }
        archive.apart = archive.intervals.last().map(|i| i.last.clone());
        if intervals::cut(&mut archive.intervals, id, *time) {
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
        self.close_later(cx, by);
    }

    /// Reads the gap when the server has had its time.
    pub(super) fn close_later(&mut self, cx: &mut Cx<'_>, by: &BareJid) {
        let close = Timer::CloseGap { by: by.clone(), session: self.sessions };
        self.timers.wake_at(cx, cx.now.plus(LATE), close);
    }

    /// The server has had its time: reads the gap.
    pub(super) fn close_gap(&mut self, cx: &mut Cx<'_>, by: BareJid) {
        let Some(archive) = self.archives.get_mut(&by).filter(|a| a.late.is_in_doubt()) else { return };
        if !cx.facts.is_online {
            // The timer is set again with the next session, or when this one is resumed.
            return;
        }
        if archive.sync.is_some() {
            // What that reading has found so far may be too old. It leaves a gap of its own.
            return self.close_later(cx, &by);
        }
        archive.late.close();
        self.want(cx, by);
    }
}
