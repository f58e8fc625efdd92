//! Goes to a place in the open chat that may be far up: the first message, a day, so many messages back.
//!
//! The store says where the place is. While what is stored does not reach so far, the archive is asked for older
//! pages, which go to the store alone: the window is not touched before the place is known. What happens is said in the
//! line above the composer, and Esc ends it.

use super::timeline;
use super::turn::Turn;
use crate::contract::archive::{PageFrom, Place};
use crate::contract::{Command, Query, command};
use crate::model::{AccountId, ChatId, Message, Order};
use crate::state::timeline::{Seek, SeekGoal};
use crate::state::work::Find;
use crate::text::date;
use crate::words;
use crate::words::history::Ends;

/// So many pages are asked for at most, for a place of which nobody knows how far away it is.
const PAGES_MAX: u32 = 1_000;
/// So many more than whole ones would take: some hold little that is shown.
const SPARE: u32 = 1;

/// Begins, from where the open chat is. What was under way is forgotten.
pub(crate) fn begin(turn: &mut Turn, goal: SeekGoal) {
    let Some(chat) = turn.state.current_id().cloned() else { return };
    turn.state.timelines.seek =
        Some(Seek { chat, goal, seq: 0, oldest: None, is_exhausted: false, pages: 0, is_waiting: false });
    look(turn);
}

/// Ends it where it is. Returns whether there was anything to end.
pub(crate) fn stop(turn: &mut Turn) -> bool {
    let Some(seek) = turn.state.timelines.seek.take() else { return false };
    if let Some(timeline) = turn.state.timelines.get_mut(&seek.chat) {
        timeline.is_loading = timeline.asked.is_some();
    }
    let words = match &seek.oldest {
        Some((_, time)) => words::history::stopped_at(&day(turn, time.0)),
        None => words::history::stopped(),
    };
    turn.info(words);
    true
}

/// Asks the store where the place is.
fn look(turn: &mut Turn) {
    let seq = turn.seq();
    let Some(seek) = &mut turn.state.timelines.seek else { return };
    seek.seq = seq;
    let place = match seek.goal {
        SeekGoal::First | SeekGoal::Search { .. } => Place::Oldest,
        SeekGoal::Day(time) => Place::Since(time),
        SeekGoal::Back { from, count } => Place::Above(from, count),
    };
    let chat = seek.chat.clone();
    turn.query(Query::Place { chat, place, seq });
}

/// The store has answered.
pub(crate) fn placed(turn: &mut Turn, oldest: &[Message], place: Option<Order>, seq: u64) {
    let Some(seek) = turn.state.timelines.seek.clone().filter(|s| s.seq == seq) else { return };
    let first = oldest.first().map(|m| (m.order, m.time));
    // The archive gave nothing older: it is not asked on and on.
    let is_stuck = seek.pages > 0 && first == seek.oldest;
    if let Some(open) = &mut turn.state.timelines.seek {
        open.oldest = first;
        open.is_exhausted |= is_stuck;
    }
    let is_there = match seek.goal {
        SeekGoal::Day(day) => first.is_some_and(|(_, time)| time < day),
        SeekGoal::Back { .. } => place.is_some(),
        SeekGoal::First | SeekGoal::Search { .. } => false,
    };
    if let (SeekGoal::First, Some((order, _))) = (seek.goal, first)
        && seek.pages == 0
    {
        // What is here is shown at once; the archive may have more.
        go_to(turn, &seek.chat, order);
    }
    // A catch-up fills the middle of a chat last, and asks for the same pages: until it is over, the way leads to a wrong
    // place.
    let has_place = !matches!(seek.goal, SeekGoal::Search { .. });
    if has_place && turn.state.accounts.get(&seek.chat.account).is_some_and(|a| a.catching_up > 0) {
        if let Some(open) = &mut turn.state.timelines.seek {
            open.is_waiting = true;
        }
        return;
    }
    let is_over = is_there || seek.is_exhausted || is_stuck || seek.pages >= pages_max(seek.goal);
    let is_asking = !is_over && ask(turn, &seek.chat, oldest);
    if !is_asking {
        arrive(turn, place);
    }
}

/// A catch-up of the account has ended, also by its connection.
pub(crate) fn caught_up(turn: &mut Turn, account: &AccountId) {
    let is_over = turn.state.accounts.get(account).is_none_or(|a| a.catching_up == 0);
    let seek = turn.state.timelines.seek.as_mut().filter(|s| is_over && s.chat.account == *account && s.is_waiting);
    if let Some(seek) = seek {
        seek.is_waiting = false;
        look(turn);
    }
}

/// How many pages a goal is worth. An archive may have something new on each of them, a message at a time, for ever.
fn pages_max(goal: SeekGoal) -> u32 {
    match goal {
        SeekGoal::First | SeekGoal::Day(_) => PAGES_MAX,
        SeekGoal::Back { count, .. } => {
            u32::try_from(count.div_ceil(timeline::PAGE)).unwrap_or(PAGES_MAX).min(PAGES_MAX) + SPARE
        }
        SeekGoal::Search { pages } => pages,
    }
}

/// Asks the archive for what is older. Returns whether it could be asked.
fn ask(turn: &mut Turn, chat: &ChatId, oldest: &[Message]) -> bool {
    let Some(kind) = timeline::can_ask_archive(turn, chat) else { return false };
    if let Some(seek) = &mut turn.state.timelines.seek {
        seek.pages += 1;
    }
    let id = oldest.iter().find_map(|m| m.ids.archive.clone());
    let before = oldest.first().map(|m| m.time);
    let fetch = command::history::Command::FetchOlder { chat: chat.clone(), kind, oldest: id, before };
    turn.command(&chat.account, Command::History(fetch));
    true
}

/// The archive gave a page. Returns whether that was asked for here.
pub(crate) fn fetched(turn: &mut Turn, chat: &ChatId, is_start: bool) -> bool {
    let Some(seek) = turn.state.timelines.seek.as_mut().filter(|s| s.chat == *chat && s.pages > 0) else {
        return false;
    };
    seek.is_exhausted |= is_start;
    if let Some(timeline) = turn.state.timelines.get_mut(chat) {
        timeline.is_oldest = false;
        timeline.is_loading = timeline.asked.is_some();
    }
    look(turn);
    true
}

/// The archive cannot be asked: the place is where it is by what is stored. Returns whether that was asked for here.
pub(crate) fn failed(turn: &mut Turn, chat: &ChatId) -> bool {
    fetched(turn, chat, true)
}

/// The store could not say.
pub(crate) fn unanswered(turn: &mut Turn, seq: u64) {
    turn.state.timelines.seek.take_if(|s| s.seq == seq);
}

/// As near to the place as there is anything.
fn arrive(turn: &mut Turn, place: Option<Order>) {
    let Some(seek) = turn.state.timelines.seek.take() else { return };
    if seek.is_exhausted
        && let Some(timeline) = turn.state.timelines.get_mut(&seek.chat)
    {
        timeline.is_start = true;
    }
    let Some((first, began)) = seek.oldest else {
        if !matches!(seek.goal, SeekGoal::Search { .. }) {
            turn.info(words::history::empty());
        }
        return;
    };
    // Nothing is older, as far as anybody here can tell.
    let ends = if seek.is_exhausted {
        Ends::First
    } else if seek.pages >= pages_max(seek.goal) {
        Ends::MayHaveMore
    } else {
        Ends::NotConnected
    };
    let begins = words::history::begins(ends, &day(turn, began.0));
    let told = match (seek.goal, place) {
        (SeekGoal::Search { .. }, _) => return,
        (SeekGoal::Day(_), None) => {
            turn.info(words::history::nothing_since());
            return;
        }
        (SeekGoal::First, _) => begins,
        (SeekGoal::Day(wanted), Some(order)) if order == first => {
            words::history::is_further_back(&day(turn, wanted.0), &begins)
        }
        (SeekGoal::Day(wanted), Some(_)) => words::history::from_day(&day(turn, wanted.0)),
        (SeekGoal::Back { count, .. }, Some(_)) => words::history::messages_back(count),
        (SeekGoal::Back { count, .. }, None) => words::history::fewer_than(count, ends, &begins),
    };
    let target = match seek.goal {
        SeekGoal::First => first,
        SeekGoal::Day(_) | SeekGoal::Back { .. } | SeekGoal::Search { .. } => place.unwrap_or(first),
    };
    go_to(turn, &seek.chat, target);
    turn.info(told);
}

fn go_to(turn: &mut Turn, chat: &ChatId, order: Order) {
    turn.state.work.find = Some(Find { chat: chat.clone(), order, is_top: true });
    timeline::ask(turn, chat, PageFrom::Around(order), timeline::PAGE);
}

fn day(turn: &Turn, ms: i64) -> String {
    date::day(ms, turn.state.zone_minutes)
}
