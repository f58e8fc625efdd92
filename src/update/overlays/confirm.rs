//! A question with the answers yes and no.

use super::super::turn::Turn;
use super::layer::{Layer, PLAIN};
use super::opening;
use crate::action::{Key, KeyCode, List};
use crate::model::{AccountId, Untrusted};
use crate::state::overlays::{Choice, Confirm, Overlay};
use crate::words::hint;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    hints: |state| match state.overlays.last() {
        Some(Overlay::Confirm(Confirm { instead: Some(_), .. })) => {
            &[("list.open", hint::what_i_meant), ("cancel", hint::no)]
        }
        Some(_) | None => &[("list.open", hint::yes), ("cancel", hint::no)],
    },
    key,
    list,
    close: |turn| answer(turn, |confirm| confirm.otherwise),
    ..PLAIN
};

/// Asks a question that yes answers with this choice.
pub(crate) fn ask(turn: &mut Turn, question: impl Into<Untrusted>, choice: Choice) {
    let confirm = Confirm { text: question.into(), choice, instead: None, otherwise: None };
    opening::open(turn, Overlay::Confirm(confirm));
}

/// Asks a question about an account, for which no key needs to have been pressed.
pub(crate) fn ask_about(turn: &mut Turn, account: &AccountId, confirm: Confirm) {
    opening::open_for(turn, account, Overlay::Confirm(confirm));
}

fn key(turn: &mut Turn, key: Key) -> bool {
    match (key.text().map(|c| c.to_ascii_lowercase()), key.code) {
        (Some('y'), _) => answer(turn, |confirm| Some(confirm.choice)),
        (Some('m'), _) if has_instead(turn) => answer(turn, |confirm| confirm.instead),
        (Some('n'), _) => answer(turn, |confirm| confirm.otherwise),
        (None, KeyCode::Enter) => careful(turn),
        (Some(_), _) => {}
        (None, _) => return false,
    }
    true
}

fn list(turn: &mut Turn, list: List) {
    if list == List::Open {
        careful(turn);
    }
}

fn has_instead(turn: &Turn) -> bool {
    matches!(turn.state.overlays.last(), Some(Overlay::Confirm(Confirm { instead: Some(_), .. })))
}

/// Enter: what was meant, where that is offered; else yes.
fn careful(turn: &mut Turn) {
    answer(turn, |confirm| confirm.instead.or(Some(confirm.choice)));
}

fn answer(turn: &mut Turn, pick: impl FnOnce(Confirm) -> Option<Choice>) {
    if let Some(Overlay::Confirm(confirm)) = turn.state.overlays.pop()
        && let Some(choice) = pick(confirm)
    {
        turn.choose(choice);
    }
}
