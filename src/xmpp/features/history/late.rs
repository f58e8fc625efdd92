//! What a server archives late (XEP-0313).
//!
//! ejabberd writes a message into the archive when the session that it was for takes it out of its mailbox, not when it
//! is routed; its archive id is the time of the latter. When a session ends with a full mailbox, what was in it reaches
//! the archive seconds after the next session has read past its place, and reaches no session at all. So where the
//! session before was not given its time to end (the server broke it off, or would not resume it, or the program was
//! killed), and the ids are such times, the last minute before the new one is in doubt: what is known ends below it,
//! live messages begin a stretch of their own, and the gap between the two is read once more when the server has had
//! its time. A gap is stored, so this holds if the program ends first.

use super::archive::{Archive, Doubt, Sync};
use super::intervals;
use super::state::{Mam, Timer};
use crate::contract::Write;
use crate::model::{ArchiveId, BareJid, Message, Time};
use crate::xmpp::feature::Cx;
use std::time::Duration;

/// So long a server may need to archive what it held for an earlier session.
const LATE: Duration = Duration::from_secs(30);
/// What was archived so long before the newest message is whole, in milliseconds.
const WHOLE: i64 = 60_000;

impl Archive {
    /// A new session. `may_lack`: the one before it may have left something behind in this archive. A doubt of earlier
    /// sessions ends with its time, which no session of these need have lived to see: this one reads the gap anyway.
    pub(super) fn renew(&mut self, now: Time, may_lack: bool) {
        self.is_at_top = false;
        self.is_unsure = false;
        self.sync = None;
        self.grown.clear();
        self.apart = None;
        self.is_closing = false;
        self.failures = 0;
        // Where ids are no times, as Prosody's, a message is archived when it is routed.
        let is_known = self.intervals.last().is_some_and(|i| ArchiveId::micros(&i.last, i.last_time).is_some());
        let old = self.doubt.take().filter(|doubt| now.since(doubt.last) < LATE);
        self.doubt = if may_lack && is_known {
            let old = old.filter(|doubt| now.since(doubt.first) < LATE);
            Some(old.map_or(Doubt { first: now, last: now, top: None }, |old| Doubt { last: now, ..old }))
        } else {
            old
        };
    }

    /// A reading begins: whatever it finds, what is known may end where it ended before. The ends of what is known are
    /// its floors, so nothing grows before its first page is there.
    pub(super) fn begin(&mut self) {
        self.is_at_top = false;
        self.grown.clear();
        let known = self.intervals.iter().filter(|i| !i.last.is_empty());
        let ends = known.map(|i| (i.last.clone(), i.last_time)).collect();
        // What an earlier reading has found, that came to no end or left a gap, was in doubt at that time.
        let broken = self.intervals.get(1).map(|i| i.last_time);
        let bound = broken.into_iter().chain(self.doubt.as_ref().and_then(|doubt| doubt.top)).min();
        let is_late = self.is_closing || broken.is_some();
        self.sync = Some(Sync { is_late, bound, ends, ..Sync::default() });
    }
}

impl Sync {
    /// A page has come in, of all ids in it these: the newest message of it that was archived long enough ago is an
    /// end, too. Somebody else's, since the place of those in the chat is known.
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

    /// Where what is known ends, as long as the last minute is in doubt. `first`: when it begins. What was known before
    /// that has expired.
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
    /// A reading has come to its end in a new session.
    pub(super) fn leave_gap(&mut self, cx: &mut Cx<'_>, by: &BareJid, sync: &Sync, is_heard: bool) {
        let Some(archive) = self.archives.get_mut(by).filter(|a| a.doubt.is_some()) else { return };
        archive.is_at_top = is_heard;
        let Some((id, time)) = archive.intervals.first().and_then(|known| sync.end(known.first_time)) else {
            archive.doubt = None;
            return;
        };
        if let Some(doubt) = &mut archive.doubt {
            doubt.top = doubt.top.or(sync.top());
        }
        archive.apart = archive.intervals.last().map(|i| i.last.clone());
        if intervals::cut(&mut archive.intervals, id, *time) {
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
        self.close_later(cx, by);
    }

    pub(super) fn close_later(&mut self, cx: &mut Cx<'_>, by: &BareJid) {
        let close = Timer::CloseGap { by: by.clone(), session: self.sessions };
        self.timers.wake_at(cx, cx.now.plus(LATE), close);
    }

    /// The server has had its time.
    pub(super) fn close_gap(&mut self, cx: &mut Cx<'_>, by: BareJid) {
        let Some(archive) = self.archives.get_mut(&by).filter(|a| a.doubt.is_some()) else { return };
        if !cx.facts.is_online {
            // It is set again with the next session, or when this one is resumed.
            return;
        }
        if archive.sync.is_some() {
            // What that reading has found so far may be from before; it leaves a gap of its own.
            return self.close_later(cx, &by);
        }
        archive.doubt = None;
        archive.is_closing = true;
        self.want(cx, by);
    }
}
