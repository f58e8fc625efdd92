//! When an archive is read (XEP-0313): as soon as it is known whether it can be asked, and one reading at a time.

use super::intervals;
use super::known::{has_archive, is_extended};
use super::query::{Filter, Purpose};
use super::state::{Mam, OwnPresence, Timer};
use crate::contract::event::history;
use crate::contract::{Event, Write};
use crate::model::BareJid;
use crate::xmpp::feature::{Cx, Signal};
use std::time::Duration;

/// How long to wait for the features of the server or of a room.
const KNOW_PATIENCE: Duration = Duration::from_secs(40);

impl Mam {
    /// Reads an archive as soon as it is known whether it can be asked.
    pub(super) fn want(&mut self, cx: &mut Cx<'_>, archive: BareJid) {
        self.wants += 1;
        let give_up = Timer::GiveUp { archive: archive.clone(), want: self.wants };
        self.timers.wake_at(cx, cx.now.plus(KNOW_PATIENCE), give_up);
        self.wanted.insert(archive, self.wants);
        self.begin_wanted(cx, None);
    }

    /// Begins every reading that can begin. The archive `given_up` waits no longer.
    pub(super) fn begin_wanted(&mut self, cx: &mut Cx<'_>, given_up: Option<&BareJid>) {
        if !cx.facts.is_online {
            return;
        }
        for archive in self.wanted.keys().cloned().collect::<Vec<_>>() {
            let is_own = archive == *cx.own();
            let is_waiting = given_up != Some(&archive);
            match has_archive(cx, &archive) {
                Some(_) | None
                    if is_own && is_waiting && !(self.is_server_known && self.presence != OwnPresence::Unsent) => {}
                Some(true) => self.begin(cx, archive),
                None if is_waiting && !is_own => {}
                Some(false) | None => {
                    self.wanted.remove(&archive);
                    cx.signal(Signal::CaughtUp { archive, is_asked: false });
                }
            }
        }
    }

    /// Reads an archive once more, after the reading that is under way.
    pub(super) fn want_again(&mut self, cx: &mut Cx<'_>, archive: BareJid) {
        if self.archives.get(&archive).is_some_and(|a| a.sync.is_some()) {
            self.again.insert(archive);
        } else {
            self.want(cx, archive);
        }
    }

    /// A catch-up has ended or failed. Begins another one if that was wanted meanwhile.
    pub(super) fn look_again(&mut self, cx: &mut Cx<'_>, by: BareJid) {
        if self.again.remove(&by) {
            self.want(cx, by);
        }
    }

    fn begin(&mut self, cx: &mut Cx<'_>, by: BareJid) {
        self.wanted.remove(&by);
        let archive = self.archives.entry(by.clone()).or_default();
        if archive.sync.is_some() {
            return;
        }
        if intervals::anchor(&mut archive.intervals, cx.now) {
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
        archive.begin();
        let floor =
            archive.intervals.last().filter(|i| !i.last.is_empty() && is_extended(cx, &by)).map(|i| i.last.clone());
        cx.emit(Event::History(history::Event::CatchUpStarted(by.clone())));
        self.ask(cx, by, Purpose::Sync, Filter { floor, ..Filter::default() });
    }
}
