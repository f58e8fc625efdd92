//! The next page of a long catch-up is asked for while this one still comes in (XEP-0313 §4.3): neither the way to the
//! server nor the server stands idle between two pages.
//!
//! Where the next page ends is known as soon as this one has shown its first message of somebody else: the stretch will
//! begin there ([`from_others`](super::known::from_others)). A short catch-up is one page and asks for nothing more.
//! From the second page on one question too many costs little: it has a floor, so its answer is empty.

use super::query::{Filter, Purpose, Turn};
use super::state::Mam;
use crate::model::{BareJid, Message};
use crate::xmpp::feature::Cx;

impl Mam {
    /// A message of the current page came in. Asks for the next page at the first one of somebody else.
    pub(super) fn ask_ahead(&mut self, cx: &mut Cx<'_>, message: &Message) {
        let Some(query) = self.current.as_ref().and_then(|id| self.open.get_mut(id)) else { return };
        let Filter { cursor, floor, .. } = &query.filter;
        let is_long = matches!(query.purpose, Purpose::Sync) && cursor.is_some() && floor.is_some();
        if !is_long || message.is_own() || query.turn != Turn::Now {
            return;
        }
        query.turn = Turn::Followed;
        let cursor = message.ids.archive.as_ref().map(|a| a.id.clone());
        let (archive, filter) = (query.archive.clone(), Filter { cursor, ..query.filter.clone() });
        let id = self.ask(cx, archive, Purpose::Sync, filter);
        if let Some(next) = self.open.get_mut(&id) {
            next.turn = Turn::Ahead;
        }
    }

    /// A page has ended. Returns whether the page before `cursor` was asked for already; that page is the current one
    /// from now on. Any other page that was asked for ahead is discarded.
    pub(super) fn was_asked_ahead(&mut self, archive: &BareJid, cursor: Option<&str>) -> bool {
        let mut was_asked = false;
        self.open.retain(|_, query| {
            if query.turn != Turn::Ahead || query.archive != *archive {
                return true;
            }
            let is_next = cursor.is_some() && query.filter.cursor.as_deref() == cursor;
            if is_next {
                query.turn = Turn::Now;
                was_asked = true;
            }
            is_next
        });
        was_asked
    }
}
