//! Live messages that wait for the archive (XEP-0313, XEP-0160, XEP-0198).
//!
//! A server hands over what it held while the link was down with a stamp, and not always in order: Prosody lets what is
//! newer overtake it. Its archive ids tell no order either, but the archive's pages do. So while the account's archive is
//! being read, a held message that the archive has too is not stored by itself: it comes with its page, in its place.
//! What no page brought is stored when the reading ends or fails for good, or after a minute, in the order of arrival.
//!
//! Nothing is lost by that: what waits does not extend what is known of the archive, so if the program ends first, the
//! next reading finds it.

use super::state::{Mam, Timer};
use crate::model::Message;
use crate::xmpp::feature::{Cx, Origin};
use std::collections::HashSet;
use std::time::Duration;

/// So many messages wait at most; further ones are stored as they come.
const HELD_MAX: usize = 2_000;
/// So long the first of them waits at most.
const LONGEST: Duration = Duration::from_mins(1);

impl Mam {
    /// A message that is to wait.
    pub(super) fn hold(&mut self, cx: &mut Cx<'_>, message: &Message) {
        let own = cx.own().clone();
        if self.archives.get_mut(&own).is_some_and(|a| a.top.hear()) {
            self.want_again(cx, own);
        }
        if self.held.is_empty() {
            self.timers.wake_at(cx, cx.now.plus(LONGEST), Timer::LetGo);
        }
        self.held.push(message.clone());
        if self.held.len() >= HELD_MAX {
            self.let_go(cx);
        }
    }

    /// Stores what waits. It goes the way of every live message, and waits no second time.
    pub(super) fn let_go(&mut self, cx: &mut Cx<'_>) {
        let is_catching_up = std::mem::take(&mut cx.facts.is_catching_up);
        for message in std::mem::take(&mut self.held) {
            cx.deliver(&Origin::Live, message);
        }
        cx.facts.is_catching_up = is_catching_up;
    }
}

/// A page brought these: they wait no longer.
pub(super) fn came_in_page(held: &mut Vec<Message>, page: &[Message]) {
    if !held.is_empty() {
        let came: HashSet<_> = page.iter().map(|m| &m.ids.archive).collect();
        held.retain(|m| !came.contains(&m.ids.archive));
    }
}
