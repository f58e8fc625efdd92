//! Search: a line for the words, and the list of what the store found, newest first.

use super::super::turn::Turn;
use super::super::{chats, seek, timeline};
use super::layer::{LIST_AND_LINE, Layer, PLAIN, TypedLine};
use super::opening;
use crate::action::{List, Move, PAGE};
use crate::contract::Query;
use crate::contract::archive::PageFrom;
use crate::model::{ChatId, Message, Order, Time};
use crate::state::composer::TextBox;
use crate::state::overlays::{Overlay, SearchView};
use crate::state::timeline::SeekGoal;
use crate::state::work::Find;
use crate::words::hint;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |_| LIST_AND_LINE,
    hints: |_| &[("list.up", hint::moves), ("list.open", hint::go_there), ("cancel", hint::close)],
    line: |state| match state.overlays.last_mut() {
        Some(Overlay::Search(view)) => Some(TypedLine::Box(&mut view.input)),
        Some(_) | None => None,
    },
    edited,
    list,
    close: |turn| {
        // Esc first ends what is asked of the server.
        if view(turn).is_some_and(|v| v.is_asking) {
            seek::stop(turn);
            if let Some(open) = view(turn) {
                open.is_asking = false;
            }
            return;
        }
        turn.state.overlays.pop();
    },
    ..PLAIN
};

/// How many results are asked for at once.
const RESULTS: usize = 50;
/// How many pages the server is asked for at once.
const PAGES: u32 = 10;
/// How many results are kept.
const MOST: usize = 500;

/// Shows the search; with words, asks at once.
pub(crate) fn open(turn: &mut Turn, chat: Option<ChatId>, words: &str) {
    turn.state.overlays.retain(|o| !matches!(o, Overlay::Search(_)));
    let view = SearchView {
        chat,
        input: TextBox::new(words),
        results: Vec::new(),
        is_more: false,
        is_waiting: false,
        oldest: None,
        is_asking: false,
        is_anew: false,
        is_all: false,
        selected: 0,
        top: 0,
        seq: 0,
    };
    opening::open(turn, Overlay::Search(Box::new(view)));
    edited(turn);
}

fn view<'t>(turn: &'t mut Turn<'_>) -> Option<&'t mut SearchView> {
    turn.state
        .overlays
        .iter_mut()
        .rev()
        .find_map(|o| if let Overlay::Search(view) = o { Some(&mut **view) } else { None })
}

/// The words changed: ask anew. Only the newest question is answered.
fn edited(turn: &mut Turn) {
    let Some(open) = view(turn) else { return };
    open.selected = 0;
    open.top = 0;
    if open.input.text.trim().is_empty() {
        open.results.clear();
        open.is_waiting = false;
        open.is_more = false;
        open.seq = 0;
        return;
    }
    ask(turn, None, RESULTS);
}

fn ask(turn: &mut Turn, before: Option<Order>, limit: usize) {
    let seq = turn.seq();
    let Some(open) = view(turn) else { return };
    open.seq = seq;
    open.is_waiting = true;
    let (chat, words) = (open.chat.clone(), open.input.text.trim().to_owned());
    if before.is_none() && !open.is_anew {
        open.results.clear();
    }
    let account = chat.as_ref().map(|c| c.account.clone());
    turn.query(Query::Search { account, chat, words, limit, before, seq });
}

/// What was found. Answers to older questions are dropped.
pub(crate) fn found(turn: &mut Turn, messages: Vec<Message>, is_more: bool, oldest: Option<Time>, seq: u64) {
    let is_all = is_all(turn);
    let Some(open) = view(turn).filter(|v| v.seq == seq) else { return };
    open.is_waiting = false;
    open.oldest = oldest;
    open.is_all = is_all;
    if std::mem::take(&mut open.is_anew) {
        open.results.clear();
    }
    open.results.extend(messages);
    open.is_more = is_more && open.results.len() < MOST;
    open.results.truncate(MOST);
}

/// Whether nothing older can be had for a search in this chat.
fn is_all(turn: &Turn) -> bool {
    let of = |o: &Overlay| if let Overlay::Search(view) = o { view.chat.clone() } else { None };
    let chat = turn.state.overlays.iter().rev().find_map(of);
    let Some(chat) = chat else { return true };
    turn.state.timelines.get(&chat).is_none_or(|t| t.is_start) || timeline::can_ask_archive(turn, &chat).is_none()
}

/// Asks the server for older messages, which are looked at as they come.
fn ask_server(turn: &mut Turn) {
    let Some(open) = view(turn).filter(|v| !v.is_all && !v.is_asking) else { return };
    open.is_asking = true;
    seek::begin(turn, SeekGoal::Search { pages: PAGES });
}

/// The server gave older messages for the search, or has no more.
pub(crate) fn reached(turn: &mut Turn) {
    let is_over = turn.state.timelines.seek.is_none();
    let Some(open) = view(turn).filter(|v| v.is_asking) else { return };
    open.is_asking = !is_over;
    if open.input.text.trim().is_empty() {
        return;
    }
    open.is_anew = true;
    // All that is shown and the rest: the hits stay where they are on the screen.
    ask(turn, None, MOST);
}

/// The question could not be answered.
pub(crate) fn failed(turn: &mut Turn, _reason: &str, seq: u64) {
    if let Some(open) = view(turn).filter(|v| v.seq == seq) {
        open.is_waiting = false;
        open.is_more = false;
    }
}

/// Moves in the results, or opens one.
fn list(turn: &mut Turn, list: List) {
    match list {
        List::Move(step) => walk(turn, step),
        List::FindNext => walk(turn, Move::Down),
        List::FindPrev => walk(turn, Move::Up),
        List::Open => {
            let chosen = view(turn).and_then(|v| v.results.get(v.selected)).map(|m| (m.chat.clone(), m.order));
            match chosen {
                Some((chat, order)) => {
                    turn.state.overlays.clear();
                    go_to(turn, &chat, order);
                }
                None => ask_server(turn),
            }
        }
        List::Filter | List::Edit => {}
    }
}

/// Moves in the results; at their end, asks for more.
fn walk(turn: &mut Turn, step: Move) {
    let Some(open) = view(turn) else { return };
    // After the last one comes the offer to ask the server.
    let rows = open.results.len() + usize::from(!open.is_all && !open.is_more);
    open.selected = step.from(open.selected, rows, PAGE);
    let oldest = open.results.last().map(|m| m.order);
    if open.selected + 1 >= rows && open.is_more && !open.is_waiting {
        ask(turn, oldest, RESULTS);
    }
}

/// Opens a chat around one message.
fn go_to(turn: &mut Turn, chat: &ChatId, order: Order) {
    chats::open(turn, chat);
    turn.state.work.find = Some(Find { chat: chat.clone(), order, is_top: false });
    timeline::ask(turn, chat, PageFrom::Around(order), timeline::PAGE);
}
