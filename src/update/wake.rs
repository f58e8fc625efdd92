//! Timers: asks for one wake-up, for the earliest thing that is due. An idle parlour wakes up for the minute on the
//! clock and nothing else.

use super::effect::Effect;
use super::overlays::opening;
use super::turn::Turn;
use super::{chats, idle, select, sidebar};
use crate::model::{ConnState, Time};
use std::time::Duration;

/// How long somebody types without a further sign (XEP-0085 has no limit; people do).
const TYPING: Duration = Duration::from_secs(30);

/// A time that was asked for has come.
pub(crate) fn woken(turn: &mut Turn) {
    turn.state.work.wake_at = None;
    let now = turn.now();
    turn.state.toasts.list.retain(|t| t.until.is_none_or(|until| until > now));
    forget_typing(turn);
    select::woken(turn);
    chats::woken(turn);
    idle::woken(turn);
}

/// The clock was set: what was to happen in a minute still happens in a minute.
pub(crate) fn clock_moved(turn: &mut Turn, by: i64) {
    let moved = |time: &mut Time| time.0 = time.0.saturating_add(by);
    let state = &mut *turn.state;
    state.toasts.list.iter_mut().filter_map(|t| t.until.as_mut()).for_each(moved);
    for id in &state.work.typing {
        if let Some(chat) = state.chats.by_id.get_mut(id) {
            chat.typing.iter_mut().for_each(|(_, since)| moved(since));
        }
    }
    for account in &mut state.accounts.list {
        if let ConnState::Waiting { retry_at, .. } = &mut account.conn {
            moved(retry_at);
        }
        account.connecting_since.iter_mut().for_each(moved);
    }
    let boxes = &mut state.boxes;
    let (opened, awaited) = (boxes.opened.as_mut().map(|o| &mut o.at), boxes.awaited.as_mut().map(|a| &mut a.1));
    [opened, boxes.last_key.as_mut(), awaited].into_iter().flatten().for_each(moved);
    let work = &mut state.work;
    work.held.iter_mut().for_each(|(_, due)| moved(due));
    [&mut work.last_typed, &mut work.draft_due].into_iter().flatten().for_each(moved);
    [&mut work.last_key, &mut work.last_noise, &mut work.sidebar_made]
        .into_iter()
        .filter(|t| **t != Time::default())
        .for_each(moved);
    work.wake_at = None;
}

fn forget_typing(turn: &mut Turn) {
    let now = turn.now();
    let mut ids = std::mem::take(&mut turn.state.work.typing);
    let before = ids.len();
    ids.retain(|id| {
        let Some(chat) = turn.state.chats.get_mut(id) else { return false };
        chat.typing.retain(|(_, since)| now.since(*since) < TYPING);
        !chat.typing.is_empty()
    });
    if ids.len() != before {
        turn.touch_sidebar();
    }
    turn.state.work.typing = ids;
}

/// Asks to be woken for the next thing, where that is not asked yet.
pub(crate) fn plan(turn: &mut Turn) {
    let next = next(turn);
    if turn.state.work.wake_at != Some(next) {
        turn.state.work.wake_at = Some(next);
        turn.effect(Effect::WakeAt(next));
    }
}

fn next(turn: &Turn) -> Time {
    let state = &*turn.state;
    let now = state.now;
    let minute = Time((now.0.div_euclid(60_000) + 1) * 60_000);
    let mut next = minute;
    let mut at = |time: Option<Time>| {
        if let Some(time) = time {
            // Never "at once": a clock that stands still must not spin.
            next = next.min(time.max(now.plus(Duration::from_millis(1))));
        }
    };
    at(state.toasts.list.iter().filter_map(|t| t.until).min());
    let typing = state.work.typing.iter().filter_map(|id| state.chats.get(id)).flat_map(|c| c.typing.iter());
    at(typing.map(|(_, since)| since.plus(TYPING)).min());
    at(state.work.held.map(|(_, due)| due));
    at(state.work.draft_due);
    at(state.work.last_typed.map(|t| t.plus(chats::PAUSE)));
    at(idle::due(turn));
    at(idle::attention_due(turn));
    at(opening::due(turn));
    if state.work.is_sidebar_stale {
        at(Some(state.work.sidebar_made.plus(sidebar::REST)));
    }
    let is_counting = state.accounts.list.iter().any(|a| match &a.conn {
        ConnState::Waiting { retry_at, .. } => *retry_at > now,
        ConnState::Connecting => true,
        ConnState::Idle | ConnState::Online { .. } | ConnState::Stopped(_) => false,
    });
    if is_counting {
        // "retry in 7 s" and "signing in · 12 s" count on the screen.
        at(Some(Time((now.0.div_euclid(1_000) + 1) * 1_000)));
    }
    next
}
