//! What a server archives late (XEP-0313).
//!
//! ejabberd writes a message into the archive when the session that it was for takes it out of its mailbox, not when it
//! is routed; its archive id is the time of the latter. When a session ends with a full mailbox, what was in it reaches
//! the archive seconds after the next session has read past its place, and reaches no session at all. So the last
//! minute before a new session is in doubt: what is known ends below it, live messages begin a stretch of their own,
//! and the gap between the two is read once more when the server has had its time. A gap is stored, so this holds if
//! the program ends first.

use super::archive::{Archive, Sync};
use super::intervals;
use super::xep0313_mam::Mam;
use crate::contract::Write;
use crate::model::{BareJid, Message, Time, Token};
use crate::xmpp::feature::{Cx, Tag};
use std::time::Duration;

/// So long a server may need to archive what it held for an earlier session.
const LATE: Duration = Duration::from_secs(30);
/// What was archived so long before the newest message is whole, in milliseconds.
const WHOLE: i64 = 60_000;

impl Archive {
    /// A new session: the one before it may have left something behind.
    pub(super) fn renew(&mut self, is_own: bool) {
        self.is_at_top = false;
        self.is_unsure = false;
        self.sync = None;
        self.grown.clear();
        self.apart = None;
        self.failures = 0;
        self.is_doubtful = is_own && self.intervals.iter().any(|i| !i.last.is_empty());
    }

    /// A reading begins: whatever it finds, what is known may end where it ended before.
    pub(super) fn begin(&mut self) {
        let known = self.intervals.iter().filter(|i| !i.last.is_empty());
        let ends = known.map(|i| (i.last.clone(), i.last_time)).collect();
        self.sync = Some(Sync { ends, ..Sync::default() });
    }
}

impl Sync {
    /// A page has come in, of all ids in it these: the newest message of it that was archived long enough ago is an
    /// end, too. Somebody else's, since the place of those in the chat is known.
    pub(super) fn note_end(&mut self, seen: &[(String, Time)], messages: &[Message]) {
        if self.top.is_none() {
            self.top = seen.last().map(|(_, time)| *time);
        }
        let Some(top) = self.top else { return };
        let others = messages.iter().rev().filter(|m| !m.is_own()).filter_map(|m| m.ids.archive.as_ref());
        let time_of = |id: &str| seen.iter().find(|(it, _)| it == id).map(|(_, time)| *time);
        let end = others.filter_map(|a| Some((a.id.clone(), time_of(&a.id)?))).find(|(_, time)| is_whole(*time, top));
        self.ends.extend(end);
    }

    /// Where what is known ends, as long as the last minute is in doubt.
    fn end(&self) -> Option<&(String, Time)> {
        let newest = |(_, time): &&(String, Time)| *time;
        let top = self.top.or_else(|| self.ends.iter().map(|(_, time)| *time).max())?;
        let whole = self.ends.iter().filter(|(_, time)| is_whole(*time, top)).max_by_key(newest);
        whole.or_else(|| self.ends.iter().min_by_key(newest))
    }
}

fn is_whole(time: Time, top: Time) -> bool {
    time.0 <= top.0.saturating_sub(WHOLE)
}

impl Mam {
    /// A reading has come to its end in a new session.
    pub(super) fn leave_gap(&mut self, cx: &mut Cx<'_>, by: &BareJid, sync: &Sync, is_heard: bool) {
        let Some(archive) = self.archives.get_mut(by).filter(|a| a.is_doubtful) else { return };
        let Some((id, time)) = sync.end() else { return };
        archive.apart = archive.intervals.last().map(|i| i.last.clone());
        archive.is_at_top = is_heard;
        if intervals::cut(&mut archive.intervals, id, *time) {
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
        let tag = Tag::new("late").about(by).with_token(Token(self.sessions));
        cx.wake_at(cx.now.plus(LATE), tag);
    }

    /// The server has had its time.
    pub(super) fn close_gap(&mut self, cx: &mut Cx<'_>, tag: &Tag) {
        let is_it = |(by, archive): &(&BareJid, &mut Archive)| tag.detail == by.as_str() && archive.is_doubtful;
        let is_now = tag.token == Token(self.sessions);
        let Some((by, archive)) = self.archives.iter_mut().find(is_it).filter(|_| is_now) else { return };
        archive.is_doubtful = false;
        let by = by.clone();
        self.want_again(cx, by);
    }
}
