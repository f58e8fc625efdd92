//! The catch-up: an archive is read page by page, the newest page first, down to what is known (XEP-0313 §4).

use super::again;
use super::intervals::{self, Page};
use super::known::{drop_known, from_others, is_extended, oldest_of_others, report_own};
use super::query::{self, Filter, Purpose, Query};
use super::state::{Mam, OwnPresence, Timer};
use crate::contract::event::history;
use crate::contract::{Event, Write};
use crate::model::BareJid;
use crate::xmpp::feature::{Cx, Signal};
use crate::xmpp::kit::iq;

/// Messages in a page.
const PAGE: u32 = 100;
/// Messages in each page after the newest one. Nobody waits to see those, so fewer round trips matter more.
const OLDER_PAGE: u32 = 250;
/// The most pages of one catch-up.
const PAGES_MAX: u32 = 1_000;

impl Mam {
    /// Asks an archive for a page. Returns the key of the question in `open`.
    pub(super) fn ask(&mut self, cx: &mut Cx<'_>, archive: BareJid, purpose: Purpose, filter: Filter) -> String {
        let id = cx.new_id();
        let to = (archive != *cx.own()).then(|| archive.as_str().to_owned());
        let is_catch_up = match purpose {
            Purpose::Sync => filter.cursor.is_some(),
            Purpose::Look { .. } => true,
            Purpose::Older { .. } => false,
        };
        let max = if is_catch_up { OLDER_PAGE } else { PAGE };
        let question = iq::set(to.as_deref(), query::build(&id, max, &filter));
        self.open.insert(id.clone(), Query::new(archive, purpose, filter));
        self.pages.ask(cx, question, id.clone());
        id
    }

    pub(super) fn sync_page(&mut self, cx: &mut Cx<'_>, query: Query, is_complete: bool) {
        let Query { archive: by, filter, seen, mut messages, displayed, .. } = query;
        let archive = self.archives.entry(by.clone()).or_default();
        let Some(mut sync) = archive.sync.take() else { return };
        let kept = if is_complete { &seen } else { from_others(&seen, &messages) };
        let page = Page { seen: kept, cursor: filter.cursor.as_deref(), floor: filter.floor.as_deref(), is_complete };
        let merged = intervals::merge(&mut archive.intervals, page);
        // What came into the account's archive before messages were delivered here is for the next reading.
        let is_heard = by != *cx.own() || (self.presence == OwnPresence::Available && !self.again.contains(&by));
        if !archive.late.is_in_doubt() {
            archive.apart = None;
            if is_heard {
                archive.top.reach();
            }
        }
        sync.note_end(&seen, &messages);
        report_own(cx, &messages);
        drop_known(&mut messages, &seen, merged.known_up_to.as_deref());
        let is_news = !messages.is_empty();
        if is_news {
            let before = sync.upper.clone().or_else(|| filter.cursor.clone());
            sync.upper = oldest_of_others(&messages).or(sync.upper);
            let after = merged.known_up_to;
            cx.write(Write::Page { archive: by.clone(), messages, after, before, is_late: sync.is_late });
        }
        sync.read_elsewhere(cx, displayed);
        if let Some(begun) = sync.first.filter(|_| is_news) {
            cx.write(Write::FirstRead { archive: by.clone(), begun });
        }
        // A gap that turned out to be empty is a change, too.
        if !seen.is_empty() || (merged.is_closed && filter.cursor.is_some()) {
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
        sync.pages += 1;
        let next = kept.first().map(|(id, _)| id.clone()).filter(|_| !merged.is_closed);
        let is_going = sync.pages < PAGES_MAX;
        if let Some(cursor) = next.filter(|c| is_going && sync.asked.insert(c.clone())) {
            archive.sync = Some(sync);
            if !self.was_asked_ahead(&by, Some(&cursor)) {
                self.ask(cx, by, Purpose::Sync, Filter { cursor: Some(cursor), ..filter });
            }
            return;
        }
        self.was_asked_ahead(&by, None);
        let archive = self.archives.entry(by.clone()).or_default();
        // Gaps that an earlier catch-up left are read last.
        if let [.., below, newest] = archive.intervals.as_slice() {
            let (cursor, floor) = (newest.first.clone(), below.last.clone());
            let floor = (is_extended(cx, &by) && !sync.is_plain).then_some(floor).filter(|f| !f.is_empty());
            if is_going && merged.is_closed && sync.asked.insert(cursor.clone()) {
                sync.upper = None;
                archive.sync = Some(sync);
                self.ask(cx, by, Purpose::Sync, Filter { cursor: Some(cursor), floor, ..Filter::default() });
                return;
            }
        }
        sync.read_to_the_end(cx);
        archive.failures = 0;
        archive.late.end_reading();
        self.leave_gap(cx, &by, &sync, is_heard);
        // Only now: an unconfirmed message of the user's own may have been in any of the gaps.
        cx.signal(Signal::CaughtUp { archive: by.clone(), is_asked: true });
        cx.emit(Event::History(history::Event::CatchUpDone(by.clone())));
        self.look_again(cx, by);
    }

    /// The archive does not know an id of the question, because that message has expired. Asks without ids, once.
    pub(super) fn ask_plainly(&mut self, cx: &mut Cx<'_>, query: Query) {
        let Query { archive, purpose, filter, .. } = query;
        let filter = match &purpose {
            Purpose::Look { .. } => return self.want_again(cx, archive),
            Purpose::Sync => {
                if let Some(sync) = &mut self.archives.entry(archive.clone()).or_default().sync {
                    sync.is_plain = true;
                }
                // Without the floor, the cursor may still stand; without that, the newest page is asked again.
                Filter { cursor: filter.cursor.filter(|_| filter.floor.is_some()), ..Filter::default() }
            }
            Purpose::Older { before, .. } => Filter { cursor: None, end: *before, ..filter },
        };
        self.ask(cx, archive, purpose, filter);
    }

    /// The archive could not be read. A failure that may pass is tried again, each time after a longer pause. Unconfirmed
    /// messages of the user's own wait for that, but only for a limited number of failures.
    pub(super) fn failed(&mut self, cx: &mut Cx<'_>, query: Query, may_pass: bool, reason: String) {
        let Query { archive: by, purpose, .. } = query;
        let archive = self.archives.entry(by.clone()).or_default();
        let is_look = match purpose {
            Purpose::Older { chat, .. } => {
                let event = history::Event::Failed { archive: by, chat: Some(chat), reason: reason.into() };
                return cx.emit(Event::History(event));
            }
            // A reading began meanwhile, and it finds what the look was for.
            Purpose::Look { .. } if archive.sync.is_some() => return,
            Purpose::Look { .. } => true,
            Purpose::Sync => false,
        };
        archive.sync = None;
        archive.failures = archive.failures.saturating_add(1);
        let failures = archive.failures;
        if !may_pass || failures == again::DOUBT_TRIES {
            cx.signal(Signal::CaughtUp { archive: by.clone(), is_asked: false });
        }
        self.was_asked_ahead(&by, None);
        let mut reason = reason;
        if may_pass {
            let pause = again::pause(failures);
            reason.push_str(&format!("; it is asked again in {} seconds", pause.as_secs()));
            self.timers.wake_at(cx, cx.now.plus(pause), Timer::AskAgain { by: by.clone(), failures });
        }
        self.look_again(cx, by.clone());
        if !is_look {
            cx.emit(Event::History(history::Event::Failed { archive: by, chat: None, reason: reason.into() }));
        }
    }
}
