//! The second look at an archive before unconfirmed messages are sent again (XEP-0313).

use super::archive::Archive;
use super::known::report_own;
use super::query::{Filter, Purpose, Query};
use super::state::Mam;
use crate::model::BareJid;
use crate::xmpp::feature::{Cx, Signal};

/// How many pages above the newest message are read. What a dead connection still held arrives within moments, so there
/// is no need to wait for the rest of a flood.
const LOOK_PAGES: u8 = 2;

impl Mam {
    /// Looks once more for messages of the user's own that a dead connection still held. While one of them is in doubt
    /// the account's newest stretch does not grow, so they can only lie above it.
    pub(super) fn look(&mut self, cx: &mut Cx<'_>, archive: BareJid) {
        let known = self.archives.get(&archive);
        let last = |a: &Archive| a.apart.clone().or_else(|| Some(a.intervals.last()?.last.clone()));
        let top = known.and_then(last).filter(|id| !id.is_empty());
        let is_reading = known.is_some_and(|a| a.sync.is_some());
        match top {
            Some(top) if !is_reading && cx.facts.is_online && archive == *cx.own() => {
                let filter = Filter { above: Some(top), ..Filter::default() };
                self.ask(cx, archive, Purpose::Look { pages: LOOK_PAGES }, filter);
            }
            Some(_) | None => self.want_again(cx, archive),
        }
    }

    /// A page of the look. Only the ids of the user's own messages count: the messages themselves came live, or come with
    /// the next reading.
    pub(super) fn look_page(&mut self, cx: &mut Cx<'_>, query: Query, pages: u8, is_complete: bool) {
        report_own(cx, &query.messages);
        let next =
            query.seen.last().filter(|(id, _)| pages > 1 && !is_complete && query.filter.above.as_ref() != Some(id));
        match next {
            Some((id, _)) => {
                let filter = Filter { above: Some(id.clone()), ..Filter::default() };
                self.ask(cx, query.archive, Purpose::Look { pages: pages - 1 }, filter);
            }
            None => {
                self.archives.entry(query.archive.clone()).or_default().failures = 0;
                cx.signal(Signal::CaughtUp { archive: query.archive, is_asked: true });
            }
        }
    }
}
