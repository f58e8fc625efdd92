//! The overlays: everything that is shown on top of the chat. Each has a file with a [`Layer`], the row of functions
//! through which the rest of the program uses it; the functions here call the row of the topmost overlay.

pub(crate) mod certificate;
pub(crate) mod confirm;
pub(crate) mod connection;
pub(crate) mod consent;
pub(crate) mod console;
pub(crate) mod disco;
pub(crate) mod first_run;
pub(crate) mod form;
mod layer;
pub(crate) mod offers;
pub(crate) mod opening;
pub(crate) mod palette;
pub(crate) mod picker;
pub(crate) mod presence;
pub(crate) mod prompt;
pub(crate) mod search;
pub(crate) mod text;

pub(crate) use layer::{Hints, TypedLine};

use super::turn::Turn;
use crate::action::{Context, InForm, Key, List};
use crate::state::State;
use crate::state::overlays::Overlay;
use layer::Layer;

/// The row of an overlay: the only list of them all in `update`.
fn layer(overlay: &Overlay) -> &'static Layer {
    match overlay {
        Overlay::Picker(_) => &picker::LAYER,
        Overlay::Disco(_) => &disco::LAYER,
        Overlay::Form(_) => &form::LAYER,
        Overlay::Presence(_) => &presence::LAYER,
        Overlay::FirstRun(_) => &first_run::LAYER,
        Overlay::Text(_) => &text::LAYER,
        Overlay::Search(_) => &search::LAYER,
        Overlay::Confirm(_) => &confirm::LAYER,
        Overlay::Prompt(_) => &prompt::LAYER,
        Overlay::Console => &console::LAYER,
    }
}

fn top(state: &State) -> Option<&'static Layer> {
    state.overlays.last().map(layer)
}

/// The contexts of what lies on top; `None` where nothing does.
pub(crate) fn contexts(state: &State) -> Option<&'static [Context]> {
    top(state).map(|layer| (layer.contexts)(state))
}

/// The keys to offer for what lies on top; `None` where nothing does.
pub(crate) fn hints(state: &State) -> Option<Hints> {
    top(state).map(|layer| (layer.hints)(state))
}

/// The line that characters go to, in what lies on top. `None` where there is none.
pub(crate) fn line(state: &mut State) -> Option<TypedLine<'_>> {
    top(state).and_then(|layer| (layer.line)(state))
}

/// The line that is being typed has another text now.
pub(crate) fn edited(turn: &mut Turn) {
    if let Some(layer) = top(turn.state) {
        (layer.edited)(turn);
    }
}

/// A key that what lies on top may take before any keymap is asked. Returns whether it did.
pub(crate) fn key(turn: &mut Turn, key: Key) -> bool {
    top(turn.state).is_some_and(|layer| (layer.key)(turn, key))
}

/// Moves in the list on top, or chooses its row. Returns whether anything lies on top.
pub(crate) fn list(turn: &mut Turn, list: List) -> bool {
    let Some(layer) = top(turn.state) else { return false };
    (layer.list)(turn, list);
    true
}

/// Does in the form on top what a key means in forms.
pub(crate) fn form(turn: &mut Turn, key: InForm) {
    if let Some(layer) = top(turn.state) {
        (layer.form)(turn, key);
    }
}

/// Goes one step back in what lies on top, or closes it. Returns whether anything did.
pub(crate) fn close_top(turn: &mut Turn) -> bool {
    let Some(layer) = top(turn.state) else { return false };
    (layer.close)(turn);
    true
}
