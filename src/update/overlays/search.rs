//! Search: a line for the words, and the list of what the store found, newest first.

use super::super::turn::Turn;
use super::super::{chats, timeline};
use super::layer::{LIST_AND_LINE, Layer, PLAIN, TypedLine};
use crate::action::{List, Move, PAGE};
use crate::contract::Query;
use crate::contract::archive::PageFrom;
use crate::model::{ChatId, Message, Order};
use crate::state::composer::TextBox;
use crate::state::overlays::{Overlay, SearchView};

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |_| LIST_AND_LINE,
    hints: |_| &[("list.up", "move"), ("list.open", "go there"), ("cancel", "close")],
    line: |state| match state.overlays.last_mut() {
        Some(Overlay::Search(view)) => Some(TypedLine::Box(&mut view.input)),
        Some(_) | None => None,
    },
    edited,
    list,
    ..PLAIN
};

/// How many results are asked for at once.
const RESULTS: usize = 50;
/// How many results are kept.
const MOST: usize = 500;

/// Shows the search; with words, asks at once.
pub(crate) fn open(turn: &mut Turn, chat: Option<ChatId>, words: &str) {
    turn.state.overlays.retain(|o| !matches!(o, Overlay::Search(_)));
    turn.state.overlays.push(Overlay::Search(Box::new(SearchView {
        chat,
        input: TextBox::new(words),
        results: Vec::new(),
        is_more: false,
        is_waiting: false,
        selected: 0,
        top: 0,
        seq: 0,
    })));
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
    ask(turn, None);
}

fn ask(turn: &mut Turn, before: Option<Order>) {
    let seq = turn.seq();
    let Some(open) = view(turn) else { return };
    open.seq = seq;
    open.is_waiting = true;
    let (chat, words) = (open.chat.clone(), open.input.text.trim().to_owned());
    if before.is_none() {
        open.results.clear();
    }
    let account = chat.as_ref().map(|c| c.account.clone());
    turn.query(Query::Search { account, chat, words, limit: RESULTS, before, seq });
}

/// What was found. Answers to older questions are dropped.
pub(crate) fn found(turn: &mut Turn, messages: Vec<Message>, is_more: bool, seq: u64) {
    let Some(open) = view(turn).filter(|v| v.seq == seq) else { return };
    open.is_waiting = false;
    open.results.extend(messages);
    open.is_more = is_more && open.results.len() < MOST;
    open.results.truncate(MOST);
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
            if let Some((chat, order)) = chosen {
                turn.state.overlays.clear();
                go_to(turn, &chat, order);
            }
        }
        List::Filter | List::Edit => {}
    }
}

/// Moves in the results; at their end, asks for more.
fn walk(turn: &mut Turn, step: Move) {
    let Some(open) = view(turn) else { return };
    let rows = open.results.len();
    open.selected = step.from(open.selected, rows, PAGE);
    let oldest = open.results.last().map(|m| m.order);
    if open.selected + 1 >= rows && open.is_more && !open.is_waiting {
        ask(turn, oldest);
    }
}

/// Opens a chat around one message.
fn go_to(turn: &mut Turn, chat: &ChatId, order: Order) {
    chats::open(turn, chat);
    turn.state.work.find = Some((chat.clone(), order));
    timeline::ask(turn, chat, PageFrom::Around(order), timeline::PAGE);
}
