//! The window on a chat's messages. Live messages are inserted at their place, pages of the store are merged and never
//! replace it, and scrolling past an end loads more.

use super::turn::Turn;
use crate::contract::archive::PageFrom;
use crate::contract::{Command, Query, command};
use crate::model::{ChatId, ChatKind, Message, MessageKind, Order, RowId, Untrusted};
use crate::state::timeline::{Scroll, Timeline, WINDOW_ROWS, WINDOWS};
use crate::state::work::Fold;
use crate::words;

/// How many messages a page of the store has.
pub(crate) const PAGE: usize = 100;
/// How many names a folded line about people who came and went spells out.
const NAMES: usize = 5;

/// Makes sure that a chat has a window, the first of the windows. One that is new asks the store.
pub(crate) fn ensure(turn: &mut Turn, id: &ChatId) {
    let list = &mut turn.state.timelines.list;
    if let Some(at) = list.iter().position(|t| t.chat == *id) {
        let known = list.remove(at);
        list.insert(0, known);
        return;
    }
    list.insert(0, Timeline::new(id.clone()));
    list.truncate(WINDOWS);
    ask(turn, id, PageFrom::Newest, PAGE);
}

/// Asks the store for a page. The chat's window listens for live messages already.
pub(crate) fn ask(turn: &mut Turn, id: &ChatId, from: PageFrom, limit: usize) {
    let seq = turn.seq();
    let Some(timeline) = turn.state.timelines.get_mut(id) else { return };
    timeline.asked = Some(seq);
    timeline.is_loading = true;
    timeline.is_stale = false;
    timeline.dropped.clear();
    turn.query(Query::Page { chat: id.clone(), from, limit, seq });
}

/// The store knows messages of this chat that were not told one by one.
pub(crate) fn refresh(turn: &mut Turn, id: &ChatId) {
    let Some(timeline) = turn.state.timelines.get_mut(id) else { return };
    if timeline.asked.is_some() {
        timeline.is_stale = true;
        return;
    }
    match timeline.bottom_order() {
        Some(order) => ask(turn, id, PageFrom::Around(order), WINDOW_ROWS),
        None => ask(turn, id, PageFrom::Newest, WINDOW_ROWS),
    }
}

/// A page of messages that the store answered with.
pub(crate) struct StoredPage {
    /// The chat that the messages are of.
    pub(crate) chat: ChatId,
    /// The place in the chat that was asked for.
    pub(crate) from: PageFrom,
    /// The messages, oldest first.
    pub(crate) messages: Vec<Message>,
    /// Nothing older is stored.
    pub(crate) is_oldest: bool,
    /// Nothing newer is stored.
    pub(crate) is_newest: bool,
    /// How many that are stored are newer.
    pub(crate) newer: usize,
    /// The question's number.
    pub(crate) seq: u64,
}

/// A page of the store has come. Returns whether what the window shows now may count as read: it may not while the
/// window is about to get messages that nobody has seen yet.
pub(crate) fn page(turn: &mut Turn, page: StoredPage) -> bool {
    let id = page.chat.clone();
    let Some(timeline) = turn.state.timelines.get_mut(&id) else { return false };
    if timeline.asked != Some(page.seq) {
        return false;
    }
    timeline.asked = None;
    timeline.is_loading = false;
    let from = page.from;
    let is_short = page.is_oldest && timeline.messages.len() + page.messages.len() < 20;
    merge(timeline, page);
    let is_stale = timeline.is_stale;
    resumed(turn, &id);
    found(turn, &id);
    // What the store does not have any more is not waited for.
    turn.state.work.find.take_if(|f| f.chat == id && from == PageFrom::Around(f.order));
    if is_stale {
        refresh(turn, &id);
    }
    if is_short && from == PageFrom::Newest {
        fetch_older(turn, &id);
    }
    !is_stale
}

fn merge(timeline: &mut Timeline, page: StoredPage) {
    let (first, last) = (page.messages.first().map(|m| m.order), page.messages.last().map(|m| m.order));
    let is_apart = match (first, last, timeline.first_order(), timeline.last_order()) {
        (Some(first), Some(last), Some(ours_first), Some(ours_last)) => first > ours_last || last < ours_first,
        _ => false,
    };
    match page.from {
        PageFrom::Newest | PageFrom::Around(_) => {
            // A hole between the window and the page must not look like neighbours: the page wins, and
            // live messages that the page is too old to have are kept by their being newer.
            if is_apart {
                let keep_newer = page.is_newest && last < timeline.first_order();
                if !keep_newer {
                    timeline.messages.clear();
                    timeline.fold = None;
                }
                timeline.is_oldest = page.is_oldest;
                timeline.is_newest = page.is_newest;
            } else {
                timeline.is_oldest |= page.is_oldest;
                timeline.is_newest |= page.is_newest;
            }
        }
        PageFrom::Before(_) => timeline.is_oldest = page.is_oldest,
        PageFrom::After(_) => timeline.is_newest = page.is_newest,
    }
    if timeline.last_order().is_none_or(|ours| last.is_some_and(|last| last >= ours)) {
        timeline.beyond = page.newer;
    }
    let dropped = std::mem::take(&mut timeline.dropped);
    for message in page.messages.into_iter().filter(|m| !dropped.contains(&m.row)) {
        timeline.insert(message);
    }
    timeline.trim();
}

/// Puts the view of a chat that was just opened where it stood when the program ended.
pub(crate) fn resume(turn: &mut Turn, id: &ChatId, bottom: Order) {
    turn.state.work.resume = Some((id.clone(), bottom));
    ask(turn, id, PageFrom::Around(bottom), WINDOW_ROWS);
}

/// The page around the place where the program ended is there.
fn resumed(turn: &mut Turn, id: &ChatId) {
    let Some((_, bottom)) = turn.state.work.resume.take_if(|(chat, _)| chat == id) else { return };
    let Some(timeline) = turn.state.timelines.get_mut(id) else { return };
    // The message itself may be gone.
    let Some(at) = timeline.messages.iter().rposition(|m| m.order <= bottom) else { return };
    if at + 1 < timeline.messages.len() || !timeline.is_newest {
        timeline.scroll = Scroll::At { row: timeline.messages[at].row, lines_below: 0 };
    }
}

/// Puts the view on the message that is gone to, once it is there. It is marked, not selected: keys go on as before.
fn found(turn: &mut Turn, id: &ChatId) {
    let Some(find) = turn.state.work.find.clone().filter(|f| f.chat == *id) else { return };
    let Some(timeline) = turn.state.timelines.get_mut(id) else { return };
    let Some(at) = timeline.messages.iter().position(|m| m.order == find.order) else { return };
    let row = timeline.messages[at].row;
    timeline.highlighted = Some(row);
    let below = (at + 5).min(timeline.messages.len() - 1);
    let is_last = below + 1 == timeline.messages.len() && timeline.is_newest;
    timeline.scroll = if find.is_top {
        Scroll::From { row }
    } else if is_last {
        Scroll::Bottom
    } else {
        Scroll::At { row: timeline.messages[below].row, lines_below: 0 }
    };
    turn.state.work.find = None;
}

/// The user moves the view: a jump whose page is still under way does not move it again.
pub(crate) fn stay(turn: &mut Turn) {
    turn.state.work.find = None;
    turn.state.work.resume = None;
}

/// Loads what is older than the window of the open chat: from the store, then from the archive.
pub(crate) fn load_older(turn: &mut Turn) {
    let Some(id) = turn.state.current_id().cloned() else { return };
    let Some(timeline) = turn.state.timelines.get(&id) else { return };
    if timeline.is_loading {
        return;
    }
    match timeline.first_order() {
        Some(order) if !timeline.is_oldest => ask(turn, &id, PageFrom::Before(order), PAGE),
        Some(_) | None => fetch_older(turn, &id),
    }
}

/// Loads what is newer than the window of the open chat.
pub(crate) fn load_newer(turn: &mut Turn) {
    let Some(id) = turn.state.current_id().cloned() else { return };
    let Some(timeline) = turn.state.timelines.get(&id) else { return };
    if timeline.is_loading || timeline.is_newest {
        return;
    }
    if let Some(order) = timeline.last_order() {
        ask(turn, &id, PageFrom::After(order), PAGE);
    }
}

/// Whether a chat's archive can be asked now; what kind of chat it is then.
pub(crate) fn can_ask_archive(turn: &Turn, id: &ChatId) -> Option<ChatKind> {
    let kind = turn.state.chats.get(id)?.kind;
    let is_online = turn.state.accounts.get(&id.account).is_some_and(|a| a.conn.is_online());
    let can_ask = match kind {
        ChatKind::Contact => is_online,
        ChatKind::Room => {
            is_online
                && turn.state.rooms.get(&id.account, &id.address.bare()).is_some_and(crate::state::rooms::Room::is_in)
        }
        ChatKind::Occupant => false,
    };
    can_ask.then_some(kind)
}

/// Asks the archive for one page more, where it can be asked and may have one.
fn fetch_older(turn: &mut Turn, id: &ChatId) {
    let Some(kind) = can_ask_archive(turn, id) else { return };
    let Some(timeline) = turn.state.timelines.get_mut(id) else { return };
    if timeline.is_start || timeline.is_loading {
        return;
    }
    timeline.is_loading = true;
    let oldest = timeline.messages.iter().find_map(|m| m.ids.archive.clone());
    let before = timeline.messages.iter().find(|m| m.row.0 > 0).map(|m| m.time);
    let fetch = command::history::Command::FetchOlder { chat: id.clone(), kind, oldest, before };
    turn.command(&id.account, Command::History(fetch));
}

/// The archive gave a page, or has no more.
pub(crate) fn older_fetched(turn: &mut Turn, id: &ChatId, is_start: bool) {
    let Some(timeline) = turn.state.timelines.get_mut(id) else { return };
    timeline.is_start = is_start;
    timeline.is_loading = false;
    timeline.is_oldest = false;
    match timeline.first_order() {
        Some(order) => ask(turn, id, PageFrom::Before(order), PAGE),
        None => ask(turn, id, PageFrom::Newest, PAGE),
    }
}

/// The archive could not be asked: not asked again until the window is made anew.
pub(crate) fn older_failed(turn: &mut Turn, id: &ChatId) {
    if let Some(timeline) = turn.state.timelines.get_mut(id) {
        timeline.is_start = true;
        timeline.is_loading = timeline.asked.is_some();
    }
}

/// A live message: goes into the chat's window where that follows the newest messages.
pub(crate) fn insert(turn: &mut Turn, message: &Message) {
    let Some(timeline) = turn.state.timelines.get_mut(&message.chat) else { return };
    let is_inside = timeline.last_order().is_some_and(|last| message.order < last);
    if !timeline.is_newest && !is_inside {
        // The page that is under way was read before this: its word that nothing newer is stored is outdated.
        timeline.is_stale |= timeline.asked.is_some();
        timeline.beyond += 1;
        return;
    }
    if timeline.insert(message.clone()) {
        timeline.fold = None;
        timeline.trim();
    }
}

/// Puts the view of the open chat on its newest message.
pub(crate) fn to_bottom(turn: &mut Turn) {
    stay(turn);
    let Some(id) = turn.state.current_id().cloned() else { return };
    let Some(timeline) = turn.state.timelines.get_mut(&id) else { return };
    timeline.scroll = Scroll::Bottom;
    timeline.selected = None;
    timeline.highlighted = None;
    if !timeline.is_newest {
        timeline.messages.clear();
        timeline.fold = None;
        timeline.is_newest = true;
        timeline.beyond = 0;
        timeline.is_oldest = false;
        ask(turn, &id, PageFrom::Newest, PAGE);
    }
}

/// A line of parlour's own in a room, not stored. Only rooms with a window get it.
pub(crate) fn notice(turn: &mut Turn, id: &ChatId, text: impl Into<Untrusted>) {
    let body = text.into();
    push_notice(turn, id, body);
    if let Some(timeline) = turn.state.timelines.get_mut(id) {
        timeline.fold = None;
    }
}

/// Somebody came (`true`) or went: one folded line until somebody speaks.
pub(crate) fn came_or_went(turn: &mut Turn, id: &ChatId, nick: &Untrusted, is_coming: bool) {
    if !turn.state.options.show_joins {
        return;
    }
    let Some(timeline) = turn.state.timelines.get_mut(id) else { return };
    let old = timeline.fold.take();
    let is_going_on = old.is_some();
    let mut fold = old.unwrap_or_default();
    let (here, there) = if is_coming { (&mut fold.joined, &mut fold.left) } else { (&mut fold.left, &mut fold.joined) };
    there.retain(|n| n != nick);
    if !here.contains(nick) && here.len() < 1_000 {
        here.push(nick.clone());
    }
    let words = fold_words(&fold);
    if is_going_on && let Some(last) = timeline.messages.last_mut().filter(|m| m.kind == MessageKind::Notice) {
        last.body = words;
    } else {
        push_notice(turn, id, words);
    }
    if let Some(timeline) = turn.state.timelines.get_mut(id) {
        timeline.fold = Some(fold);
    }
}

fn fold_words(fold: &Fold) -> Untrusted {
    let names = |list: &[Untrusted]| {
        let shown: Vec<&str> = list.iter().rev().take(NAMES).map(Untrusted::raw).collect();
        let more = list.len().saturating_sub(NAMES);
        if more > 0 { words::muc::and_more(&shown.join(", "), more) } else { shown.join(", ") }
    };
    let mut parts = Vec::new();
    if !fold.joined.is_empty() {
        parts.push(words::muc::joined(&names(&fold.joined)));
    }
    if !fold.left.is_empty() {
        parts.push(words::muc::went(&names(&fold.left)));
    }
    parts.join("   ").into()
}

fn push_notice(turn: &mut Turn, id: &ChatId, body: Untrusted) {
    let now = turn.now();
    let chat_kind = turn.state.chats.get(id).map_or(ChatKind::Room, |c| c.kind);
    let Some(timeline) = turn.state.timelines.get_mut(id) else { return };
    if !timeline.is_newest {
        return;
    }
    turn.state.work.last_notice -= 1;
    let row = RowId(turn.state.work.last_notice);
    // Just behind the last message, so that the next one, whatever its stamp, stands below.
    let order = timeline.messages.last().map_or(Order(now.0.saturating_mul(1_000)), |m| Order(m.order.0 + 1));
    let mut notice = Message::notice(id.clone(), chat_kind, body, now);
    (notice.row, notice.order) = (row, order);
    timeline.messages.push(notice);
    timeline.trim();
}
