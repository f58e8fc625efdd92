//! The next page of a long catch-up is asked for while this one still comes in (XEP-0313 §4.3): neither the way to the
//! server nor the server stands idle between two pages.
//!
//! Where the next page ends is known as soon as somebody else's first message of this one is there: the stretch will
//! begin at it ([`from_others`](super::known::from_others)). A short catch-up is one page and asks for nothing more;
//! from the second on, the answer to a question too many is empty, since it has a floor.

use super::query::{Filter, Purpose};
use super::state::Mam;
use crate::model::{BareJid, Message};
use crate::xmpp::feature::Cx;

impl Mam {
    /// A message of the page that comes in.
    pub(super) fn ask_ahead(&mut self, cx: &mut Cx<'_>, message: &Message) {
        let Some(query) = self.current.as_ref().and_then(|id| self.open.get_mut(id)) else { return };
        let Filter { cursor, floor, .. } = &query.filter;
        let is_long = matches!(query.purpose, Purpose::Sync) && cursor.is_some() && floor.is_some();
        if !is_long || message.is_own() || query.is_ahead || std::mem::replace(&mut query.is_followed, true) {
            return;
        }
        let cursor = message.ids.archive.as_ref().map(|a| a.id.clone());
        let (archive, filter) = (query.archive.clone(), Filter { cursor, ..query.filter.clone() });
        let id = self.ask(cx, archive, Purpose::Sync, filter);
        if let Some(next) = self.open.get_mut(&id) {
            next.is_ahead = true;
        }
    }

    /// A page has ended: whether what comes before `cursor` was asked for already. Any other page that was is nobody's.
    pub(super) fn was_asked_ahead(&mut self, archive: &BareJid, cursor: Option<&str>) -> bool {
        let mut was_asked = false;
        self.open.retain(|_, query| {
            if !query.is_ahead || query.archive != *archive {
                return true;
            }
            query.is_ahead = cursor.is_none() || query.filter.cursor.as_deref() != cursor;
            was_asked |= !query.is_ahead;
            !query.is_ahead
        });
        was_asked
    }
}
