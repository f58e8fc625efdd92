//! Turns a key into an action, by way of the keymap. A character that is bound to nothing is text where text is
//! written, and ignored elsewhere.

use super::actions;
use super::composer;
use super::overlays;
use super::place::place;
use super::select;
use super::turn::Turn;
use super::{chats, idle};
use crate::action::{Context, Edit, InForm, Key, KeyCode, Lookup};
use crate::state::focus::Pane;

/// A key was pressed.
pub(crate) fn pressed(turn: &mut Turn, key: Key) {
    overlays::opening::pressed(turn);
    idle::key(turn);
    // Errors stay until a key.
    turn.state.toasts.list.retain(|t| t.until.is_some());
    if asked(turn, key) || select::key(turn, key) {
        return;
    }
    let (contexts, is_typing) = place(turn.state);
    let pending: Vec<Key> = turn.state.work.chord.iter().filter_map(|name| Key::parse(name).ok()).collect();
    let found = turn.keymap.lookup(contexts, is_typing, &pending, key);
    turn.state.work.chord.clear();
    match found {
        Lookup::Found(action) => {
            let action = action.clone();
            if !in_form(turn, key, contexts) && !in_filter(turn, key) {
                select::end_before(turn, &action);
                actions::run(turn, action);
            }
        }
        Lookup::Pending => {
            let names = pending.iter().chain([&key]).map(|k| k.name());
            turn.state.work.chord = names.collect();
        }
        Lookup::None if pending.is_empty() => typed(turn, key, contexts, is_typing),
        Lookup::None => {}
    }
}

/// Questions that lie open take a few keys of their own. Returns whether the key was one of them.
fn asked(turn: &mut Turn, key: Key) -> bool {
    if overlays::key(turn, key) {
        return true;
    }
    let plain = key.text().map(|c| c.to_ascii_lowercase());
    if turn.state.overlays.is_empty() && turn.state.composer.pending_paste.is_some() {
        match (plain, key.code) {
            (Some('t'), _) | (None, KeyCode::Enter) => composer::take_paste(&mut turn.state.composer, false),
            (Some('c'), _) => composer::take_paste(&mut turn.state.composer, true),
            (None, KeyCode::Esc) => turn.state.composer.pending_paste = None,
            (Some(_), _) => return true,
            (None, _) => return false,
        }
        chats::typed(turn);
        return true;
    }
    false
}

/// Arrows choose in a form's field that takes no text. Returns whether the key did.
fn in_form(turn: &mut Turn, key: Key, contexts: &[Context]) -> bool {
    let is_choosing = contexts.contains(&Context::Form) && !contexts.contains(&Context::Composer);
    if !is_choosing || key.ctrl || key.alt {
        return false;
    }
    let is_left = key.code == KeyCode::Left;
    if is_left || key.code == KeyCode::Right {
        overlays::form(turn, if is_left { InForm::OptionPrev } else { InForm::OptionNext });
        return true;
    }
    false
}

/// The sidebar's filter takes Backspace. Returns whether the key did.
fn in_filter(turn: &mut Turn, key: Key) -> bool {
    let is_filtering =
        turn.state.overlays.is_empty() && turn.state.focus.pane == Pane::Sidebar && turn.state.sidebar.filter.is_some();
    if is_filtering && key.code == KeyCode::Backspace {
        actions::panes::filter(turn, None);
        return true;
    }
    false
}

/// A key without a meaning.
fn typed(turn: &mut Turn, key: Key, contexts: &[Context], is_typing: bool) {
    if in_form(turn, key, contexts) || in_filter(turn, key) {
        return;
    }
    if !is_typing {
        return;
    }
    if let Some(c) = key.text() {
        if turn.state.overlays.is_empty() && turn.state.focus.pane == Pane::Sidebar {
            actions::panes::filter(turn, Some(c));
        } else {
            actions::send::character(turn, c);
        }
    } else if key.code == KeyCode::Backspace {
        actions::send::edit(turn, Edit::Backspace);
    }
}
