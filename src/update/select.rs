//! The keys of a selected message. While SELECT is shown and nothing is being written, a letter acts on the message.
//!
//! A sentence may begin with any letter, and people begin to write without leaving the selection first. So a letter
//! waits a moment: alone it acts, with a second character both are text and the selection is over. Enter acts at
//! once. Where something is being written already, letters are always text. Nothing that is typed is lost in either
//! case, and nothing acts by the way.

use super::actions::{self, message, relate, send};
use super::place;
use super::turn::Turn;
use crate::action::{Action, Context, Key, KeyCode, Lookup};
use crate::state::State;
use crate::state::focus::Pane;
use std::time::Duration;

/// How long a letter waits for the next: longer than most people take from one letter to the next.
pub(crate) const HOLD: Duration = Duration::from_millis(700);

/// Whether keys act on a selected message.
fn is_selecting(state: &State) -> bool {
    state.overlays.is_empty() && state.focus.pane == Pane::Message
}

/// A key while a message is selected. Returns whether it was taken.
pub(crate) fn key(turn: &mut Turn, key: Key) -> bool {
    if !is_selecting(turn.state) || !turn.state.work.chord.is_empty() {
        return false;
    }
    if let Some(letter) = key.text() {
        let is_alone = turn.state.work.held.is_none() && turn.state.composer.text.text.is_empty();
        if is_alone && meaning(turn, letter).is_some() {
            turn.state.work.held = Some((letter, turn.now().plus(HOLD)));
        } else {
            write(turn);
            send::character(turn, letter);
        }
        return true;
    }
    let Some((letter, _)) = turn.state.work.held.take() else { return false };
    match key.code {
        KeyCode::Esc | KeyCode::Backspace => return true,
        KeyCode::Char(_)
        | KeyCode::F(_)
        | KeyCode::Enter
        | KeyCode::Tab
        | KeyCode::BackTab
        | KeyCode::Delete
        | KeyCode::Insert
        | KeyCode::Home
        | KeyCode::End
        | KeyCode::PageUp
        | KeyCode::PageDown
        | KeyCode::Up
        | KeyCode::Down
        | KeyCode::Left
        | KeyCode::Right => act(turn, letter),
    }
    key == Key::plain(KeyCode::Enter)
}

/// The user writes: what waited is text, and the selection is over.
pub(crate) fn write(turn: &mut Turn) {
    if !is_selecting(turn.state) {
        return;
    }
    let held = turn.state.work.held.take();
    leave(turn);
    if let Some((letter, _)) = held {
        send::character(turn, letter);
    }
}

/// Ends the selection for a text. The message stays marked: `/copy` and the like still mean it.
fn leave(turn: &mut Turn) {
    let row = turn.state.selected_message().map(|m| m.row);
    message::deselect(turn);
    if let Some(id) = turn.state.current_id().cloned()
        && let Some(timeline) = turn.state.timelines.get_mut(&id)
    {
        timeline.highlighted = row;
    }
}

/// An action is about to be done: one that writes or edits ends the selection.
pub(crate) fn end_before(turn: &mut Turn, action: &Action) {
    if is_selecting(turn.state) && (actions::is_writing(action) || matches!(action, Action::Edit(_))) {
        leave(turn);
    }
}

/// The letter that waited was alone.
pub(crate) fn woken(turn: &mut Turn) {
    let now = turn.now();
    if let Some((letter, _)) = turn.state.work.held.take_if(|(_, due)| *due <= now) {
        turn.goes_on_for_user();
        act(turn, letter);
    }
}

/// After each message: there is no SELECT without a selected message, and no selection without SELECT. A letter that
/// waits while something else gets the keys is text.
pub(crate) fn settle(turn: &mut Turn) {
    let is_left = turn.state.focus.pane != Pane::Message && turn.state.timeline().is_some_and(|t| t.selected.is_some());
    if is_left
        && let Some(id) = turn.state.current_id().cloned()
        && let Some(timeline) = turn.state.timelines.get_mut(&id)
    {
        timeline.selected = None;
    }
    if turn.state.focus.pane == Pane::Message && turn.state.selected_message().is_none() {
        message::deselect(turn);
    }
    if !is_selecting(turn.state)
        && let Some((letter, _)) = turn.state.work.held.take()
    {
        super::composer::insert_char(&mut turn.state.composer, letter);
        super::chats::typed(turn);
    }
}

/// What the letter that waits does, in words.
pub(crate) fn held_words(turn: &Turn) -> Option<&'static str> {
    let (letter, _) = turn.state.work.held?;
    let action = meaning(turn, letter)?;
    crate::action::ActionSpec::of(&action).map(|spec| spec.doc)
}

fn act(turn: &mut Turn, letter: char) {
    if let Some(action) = meaning(turn, letter) {
        actions::run(turn, action);
    }
}

/// What a letter does with the selected message; `None` where it does nothing, so that it is text.
fn meaning(turn: &Turn, letter: char) -> Option<Action> {
    let key = Key::plain(KeyCode::Char(letter));
    let contexts: &[Context] = if turn.state.selected_message().is_some_and(place::has_failed) {
        &[Context::Unsent, Context::Message]
    } else {
        &[Context::Message]
    };
    let Lookup::Found(action) = turn.keymap.lookup(contexts, false, &[], key) else { return None };
    if let Action::Message(what) = action
        && !turn.state.selected_message().is_some_and(|m| relate::fits(*what, m))
    {
        return None;
    }
    Some(action.clone())
}
