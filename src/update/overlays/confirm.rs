//! A question with the answers yes and no.

use super::super::turn::Turn;
use super::layer::{Layer, PLAIN};
use crate::action::{Key, KeyCode, List};
use crate::model::Untrusted;
use crate::state::overlays::{Choice, Confirm, Overlay};

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer { hints: |_| &[("list.open", "yes"), ("cancel", "no")], key, list, ..PLAIN };

/// Asks a question that yes answers with this choice.
pub(crate) fn ask(turn: &mut Turn, question: impl Into<Untrusted>, choice: Choice) {
    turn.state.overlays.push(Overlay::Confirm(Confirm { text: question.into(), choice }));
}

fn key(turn: &mut Turn, key: Key) -> bool {
    match (key.text().map(|c| c.to_ascii_lowercase()), key.code) {
        (Some('y'), _) | (None, KeyCode::Enter) => answer(turn, true),
        (Some('n'), _) => answer(turn, false),
        (Some(_), _) => {}
        (None, _) => return false,
    }
    true
}

fn list(turn: &mut Turn, list: List) {
    if list == List::Open {
        answer(turn, true);
    }
}

fn answer(turn: &mut Turn, is_yes: bool) {
    if let Some(Overlay::Confirm(confirm)) = turn.state.overlays.pop()
        && is_yes
    {
        turn.choose(confirm.choice);
    }
}
