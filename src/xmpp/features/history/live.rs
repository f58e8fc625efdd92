//! Live messages extend what is known of an archive, so that the next catch-up begins at the last of them (XEP-0313).

use super::archive::Top;
use super::intervals;
use super::state::{Mam, Timer};
use crate::contract::Write;
use crate::model::{BareJid, Time};
use crate::xmpp::feature::Cx;
use std::time::Duration;

/// How long the intervals that live messages extend may stay unwritten.
const SAVE_PAUSE: Duration = Duration::from_secs(5);

impl Mam {
    /// A live message came with its archive id. Nothing lies between it and what is stored, as long as carbons of all
    /// messages come here and no message of the user's own is in doubt. An own message may have been archived before this
    /// one without being confirmed. The next catch-up must still find it, or it would be sent a second time. So the
    /// stretch is extended to this message only when all own messages that were on the wire by now are settled.
    pub(super) fn grew(&mut self, cx: &mut Cx<'_>, by: &BareJid, id: &str, time: Time) {
        let is_own = by == cx.own();
        let is_all_seen = !is_own || cx.facts.has_carbons;
        if self.archives.get_mut(by).is_some_and(|a| a.top.hear()) {
            return self.want_again(cx, by.clone());
        }
        let Some(archive) = self.archives.get_mut(by).filter(|a| a.top == Top::Reached && is_all_seen) else { return };
        let needs = if is_own { cx.facts.handed } else { 0 };
        // Of several that wait for the same number only the newest matters.
        archive.grown.pop_back_if(|(same, _, _)| *same == needs);
        archive.grown.push_back((needs, id.to_owned(), time));
        self.settle(cx);
    }

    /// Extends the newest stretches by the live messages that wait no longer for own messages.
    pub(super) fn settle(&mut self, cx: &mut Cx<'_>) {
        let settled = cx.facts.settled;
        for archive in self.archives.values_mut() {
            while let Some((_, id, time)) = archive.grown.pop_front_if(|(needs, _, _)| *needs <= settled) {
                match archive.apart.take() {
                    Some(_) => intervals::begin(&mut archive.intervals, &id, time),
                    None => intervals::grow(&mut archive.intervals, &id, time),
                }
                archive.is_unsaved = true;
            }
        }
        let is_waiting = self.archives.values().any(|a| a.is_unsaved || !a.grown.is_empty());
        if is_waiting && !self.is_save_due {
            self.is_save_due = true;
            self.timers.wake_at(cx, cx.now.plus(SAVE_PAUSE), Timer::Save);
        }
    }

    /// Writes the intervals that have changed.
    pub(super) fn save(&mut self, cx: &mut Cx<'_>) {
        self.settle(cx);
        self.is_save_due = false;
        for (by, archive) in self.archives.iter_mut().filter(|(_, a)| a.is_unsaved) {
            archive.is_unsaved = false;
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
    }
}
