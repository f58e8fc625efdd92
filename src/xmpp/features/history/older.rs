//! The user scrolls back: older pages of one chat, without a catch-up (XEP-0313).

use super::intervals::{self, Page};
use super::known::report_own;
use super::query::{Filter, Purpose, Query};
use super::state::Mam;
use crate::contract::event::history;
use crate::contract::{Event, Interval, Write};
use crate::xmpp::feature::Cx;

/// The most pages without anything to show that are skipped in a row when the user asks for older messages.
const EMPTY_MAX: u8 = 10;

impl Mam {
    pub(super) fn older_page(&mut self, cx: &mut Cx<'_>, query: Query, is_complete: bool) {
        let Query { archive: by, purpose, filter, seen, messages, .. } = query;
        let Purpose::Older { chat, before, empty } = purpose else { return };
        report_own(cx, &messages);
        let archive = self.archives.entry(by.clone()).or_default();
        let is_whole = filter.with.is_none();
        let is_next = |i: &Interval| Some(&i.first) == filter.cursor.as_ref();
        let (messages_len, archive_jid) = (messages.len(), by.clone());
        if !messages.is_empty() {
            let (archive, before) = (by.clone(), filter.cursor.clone());
            cx.write(Write::Page { archive, messages, after: None, before, is_late: false });
        }
        if is_whole && archive.intervals.iter().any(is_next) {
            let page = Page { seen: &seen, cursor: filter.cursor.as_deref(), floor: None, is_complete };
            intervals::merge(&mut archive.intervals, page);
            cx.write(Write::Intervals { archive: by, intervals: archive.intervals.clone() });
        }
        // A page before a message never holds that message: an archive that says so has nothing more to offer.
        let is_repeating = seen.iter().any(|(id, _)| Some(id) == filter.cursor.as_ref());
        let is_start = is_complete || seen.is_empty() || is_repeating;
        let next = seen.first().filter(|_| messages_len == 0 && !is_start && empty < EMPTY_MAX);
        if let Some((id, _)) = next {
            // Receipts and the like: nothing that the user could see, so the next page is asked for at once.
            let filter = Filter { cursor: Some(id.clone()), end: None, ..filter };
            self.ask(cx, archive_jid, Purpose::Older { chat, before, empty: empty + 1 }, filter);
            return;
        }
        cx.emit(Event::History(history::Event::OlderFetched { chat, is_start }));
    }
}
