//! What lies on top: each kind has a file. Here is what they share: the line that is being edited, the
//! list that has the keys, and closing.

pub(crate) mod certificate;
pub(crate) mod connection;
pub(crate) mod consent;
pub(crate) mod console;
pub(crate) mod disco;
pub(crate) mod first_run;
pub(crate) mod form;
pub(crate) mod offers;
pub(crate) mod palette;
pub(crate) mod picker;
pub(crate) mod presence;
pub(crate) mod prompt;
pub(crate) mod search;
pub(crate) mod text;

use super::turn::Turn;
use crate::action::List;
use crate::state::State;
use crate::state::composer::TextBox;
use crate::state::overlays::{Choice, Confirm, Overlay};

/// How many rows a page has where the screen's size is not known better.
pub(crate) const PAGE: usize = 10;

/// A line that is being edited.
pub(crate) enum Line<'a> {
    /// One with a cursor.
    Box(&'a mut TextBox),
    /// One that only grows and shrinks at its end.
    Filter(&'a mut String),
}

/// The line that characters go to, in what lies on top. `None` where there is none.
pub(crate) fn line(state: &mut State) -> Option<Line<'_>> {
    match state.overlays.last_mut()? {
        Overlay::Picker(picker) => Some(Line::Box(&mut picker.input)),
        Overlay::Disco(disco) => match (disco.is_editing_address, disco.is_filtering) {
            (true, _) => Some(Line::Box(&mut disco.address)),
            (false, true) => Some(Line::Filter(&mut disco.filter)),
            (false, false) => None,
        },
        Overlay::Form(form) => form::editor(form).map(Line::Box),
        Overlay::Presence(view) => presence::editor(view).map(Line::Box),
        Overlay::FirstRun(view) => {
            let field = view.field();
            view.text_mut(field).map(Line::Box)
        }
        Overlay::Search(view) => Some(Line::Box(&mut view.input)),
        Overlay::Prompt(prompt) => Some(Line::Box(&mut prompt.input)),
        // Characters narrow the console at any time: it has no other use for them.
        Overlay::Console => Some(Line::Filter(&mut state.console.filter)),
        Overlay::Text(_) | Overlay::Confirm(_) => None,
    }
}

/// The line that is being edited has another text now.
pub(crate) fn edited(turn: &mut Turn) {
    match turn.state.overlays.last() {
        Some(Overlay::Picker(_)) => picker::refill(turn),
        Some(Overlay::Form(_)) => form::edited(turn),
        Some(Overlay::Search(_)) => search::edited(turn),
        Some(Overlay::Disco(_)) => disco::filtered(turn),
        Some(Overlay::Presence(_)) => presence::edited(turn),
        Some(Overlay::FirstRun(_)) => first_run::edited(turn),
        Some(Overlay::Prompt(_)) => prompt::edited(turn),
        Some(Overlay::Text(_) | Overlay::Confirm(_) | Overlay::Console) | None => {}
    }
}

/// Closes what lies on top. Returns whether there was anything.
pub(crate) fn close_top(turn: &mut Turn) -> bool {
    match turn.state.overlays.last_mut() {
        // One step back first: out of the line, then out of the browser.
        Some(Overlay::Disco(disco)) if disco.is_editing_address || disco.is_filtering => {
            disco.is_editing_address = false;
            if std::mem::take(&mut disco.is_filtering) {
                disco.filter.clear();
            }
            return true;
        }
        Some(Overlay::FirstRun(_)) => return first_run::close(turn),
        Some(Overlay::Form(_)) => return form::close(turn),
        Some(Overlay::Console) => {
            console::close(turn);
            return true;
        }
        Some(
            Overlay::Disco(_)
            | Overlay::Picker(_)
            | Overlay::Presence(_)
            | Overlay::Text(_)
            | Overlay::Search(_)
            | Overlay::Confirm(_)
            | Overlay::Prompt(_),
        ) => {}
        None => return false,
    }
    turn.state.overlays.pop();
    true
}

/// Asks a question that yes answers with this choice.
pub(crate) fn confirm(turn: &mut Turn, question: impl Into<crate::model::Untrusted>, choice: Choice) {
    turn.state.overlays.push(Overlay::Confirm(Confirm { text: question.into(), choice }));
}

/// The answer to the question on top.
pub(crate) fn confirmed(turn: &mut Turn, is_yes: bool) {
    let Some(Overlay::Confirm(confirm)) = turn.state.overlays.last() else { return };
    let choice = confirm.choice.clone();
    turn.state.overlays.pop();
    if is_yes {
        super::actions::choose(turn, choice);
    }
}

/// Moves in the list on top, or chooses its row. Returns whether there was a list.
pub(crate) fn list(turn: &mut Turn, list: List) -> bool {
    match turn.state.overlays.last() {
        Some(Overlay::Picker(_)) => picker::list(turn, list),
        Some(Overlay::Disco(_)) => disco::list(turn, list),
        Some(Overlay::Search(_)) => search::list(turn, list),
        Some(Overlay::Text(_)) => text::list(turn, list),
        Some(Overlay::Console) => console::list(turn, list),
        Some(Overlay::Form(_)) => form::list(turn, list),
        Some(Overlay::Presence(_)) => presence::list(turn, list),
        Some(Overlay::FirstRun(_)) => first_run::list(turn, list),
        Some(Overlay::Confirm(_)) => {
            if list == List::Open {
                confirmed(turn, true);
            }
        }
        Some(Overlay::Prompt(_)) => match list {
            List::Open => prompt::submit(turn),
            List::Up | List::Down => prompt::toggle(turn),
            List::PageUp
            | List::PageDown
            | List::Top
            | List::Bottom
            | List::Filter
            | List::FindNext
            | List::FindPrev
            | List::Edit => {}
        },
        None => return false,
    }
    true
}

/// Where a movement in a list of so many rows leads; `None` for what is no movement.
pub(crate) fn moved(list: List, selected: usize, rows: usize, page: usize) -> Option<usize> {
    let last = rows.saturating_sub(1);
    Some(match list {
        List::Up => selected.saturating_sub(1),
        List::Down => (selected + 1).min(last),
        List::PageUp => selected.saturating_sub(page),
        List::PageDown => (selected + page).min(last),
        List::Top => 0,
        List::Bottom => last,
        List::Open | List::Filter | List::FindNext | List::FindPrev | List::Edit => return None,
    })
}

/// A text box with this text, the cursor at its end.
pub(crate) fn filled(text: &str) -> TextBox {
    TextBox { text: text.to_owned(), cursor: text.len() }
}
