//! What can be asked of an archive, and what is known of the messages in its answers.

use super::query::Filter;
use crate::model::{BareJid, Message, Time};
use crate::xmpp::feature::{Cx, Signal};
use crate::xmpp::kit::message as kit;
use crate::xmpp::kit::ns;
use std::collections::HashSet;

/// Whether an archive can be asked; `None` while that is not known.
pub(super) fn has_archive(cx: &Cx<'_>, by: &BareJid) -> Option<bool> {
    if by != cx.own() {
        return cx.facts.rooms.get(by)?.info.as_ref().map(|i| i.has(ns::MAM));
    }
    match (cx.server_has(ns::MAM) || cx.account_has(ns::MAM), &cx.facts.account_info) {
        (true, _) => Some(true),
        (false, Some(_)) => Some(false),
        (false, None) => None,
    }
}

pub(super) fn is_extended(cx: &Cx<'_>, by: &BareJid) -> bool {
    if by == cx.own() {
        return cx.server_has(ns::MAM_EXTENDED) || cx.account_has(ns::MAM_EXTENDED);
    }
    cx.facts.rooms.get(by).and_then(|r| r.info.as_ref()).is_some_and(|i| i.has(ns::MAM_EXTENDED))
}

/// A question with ids was refused because one of them is gone (§4.1.3, §4.3.2), or filters by id are not known.
pub(super) fn is_id_unknown(condition: &str, filter: &Filter) -> bool {
    let has_id = filter.cursor.is_some() || filter.floor.is_some() || filter.above.is_some();
    has_id && matches!(condition, "item-not-found" | "feature-not-implemented" | "bad-request")
}

/// Leaves out the messages of a page that are stored already: those up to and with this id.
pub(super) fn drop_known(messages: &mut Vec<Message>, seen: &[(String, Time)], known_up_to: Option<&str>) {
    let Some(at) = known_up_to.and_then(|known| seen.iter().position(|(id, _)| id == known)) else { return };
    let known: HashSet<&str> = seen[..=at].iter().map(|(id, _)| id.as_str()).collect();
    messages.retain(|m| m.ids.archive.as_ref().is_none_or(|a| !known.contains(a.id.as_str())));
}

/// The archive id of the oldest message that somebody else wrote.
pub(super) fn oldest_of_others(messages: &[Message]) -> Option<String> {
    let other = messages.iter().find(|m| !m.is_own())?;
    other.ids.archive.as_ref().map(|a| a.id.clone())
}

/// The items of a page from the oldest message on that somebody else wrote; all of them where there is none. A stretch
/// that begins there can be gone on with at any time, also after a lost link: that message bounds the older ones in the
/// chat's order, which a receipt, without a row, cannot do.
pub(super) fn from_others<'a>(seen: &'a [(String, Time)], messages: &[Message]) -> &'a [(String, Time)] {
    let at = oldest_of_others(messages).and_then(|other| seen.iter().position(|(id, _)| *id == other));
    &seen[at.unwrap_or_default()..]
}

/// The archive holds these messages of the user's own: the outbox need not send them again.
pub(super) fn report_own(cx: &mut Cx<'_>, messages: &[Message]) {
    let is_own = |m: &&Message| m.is_own() || kit::is_own_occupant(cx.facts, &m.from);
    let own = messages.iter().filter(is_own);
    let ids: Vec<String> = own
        .flat_map(|m| m.ids.origin.clone().into_iter().chain(m.ids.stanza.as_ref().map(ToString::to_string)))
        .collect();
    if !ids.is_empty() {
        cx.signal(Signal::FoundInArchive(ids));
    }
}
