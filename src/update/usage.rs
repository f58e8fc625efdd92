//! The usage of the command that is being typed, made anew where the text or the cursor changed.

use super::turn::Turn;
use crate::slash;
use crate::state::focus::Pane;

pub(crate) fn freshen(turn: &mut Turn) {
    let state = &mut *turn.state;
    if state.composer.usage_for == state.composer.text {
        return;
    }
    let text = state.composer.text.clone();
    let is_typing = state.overlays.is_empty() && state.focus.pane == Pane::Composer;
    state.composer.usage = if is_typing { slash::usage(state, &text.text, text.cursor) } else { None };
    if is_typing {
        state.composer.usage_for = text;
    }
}
