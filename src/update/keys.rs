//! Keys: from the place they go to, through the keymap, to an action. A key without a meaning that is a
//! character is text, where text is written, and nothing elsewhere.

use super::actions;
use super::composer;
use super::overlays::{self, form};
use super::turn::Turn;
use super::{chats, idle};
use crate::action::{Context, Edit, InForm, Key, KeyCode, Lookup};
use crate::state::State;
use crate::state::focus::Pane;
use crate::state::overlays::Overlay;

/// The contexts that listen, the innermost first; and whether text is written there.
pub(crate) fn place(state: &State) -> (Vec<Context>, bool) {
    use Context::{Chat, Composer, Disco, Form, Global, List, Message, People, Sidebar};
    match state.overlays.last() {
        Some(Overlay::Picker(_) | Overlay::Search(_) | Overlay::Prompt(_) | Overlay::Console) => {
            (vec![List, Composer, Global], true)
        }
        Some(Overlay::Disco(disco)) if disco.is_editing_address || disco.is_filtering => {
            (vec![List, Composer, Global], true)
        }
        Some(Overlay::Disco(_)) => (vec![Disco, List, Global], false),
        Some(Overlay::Form(_) | Overlay::Presence(_) | Overlay::FirstRun(_)) => {
            if has_text_field(state) {
                (vec![Form, Composer, Global], true)
            } else {
                (vec![Form, Global], false)
            }
        }
        Some(Overlay::Text(_) | Overlay::Confirm(_)) => (vec![List, Global], false),
        None => match state.focus.pane {
            Pane::Composer => (vec![Composer, Chat, Global], true),
            Pane::Message => (vec![Message, Chat, Global], false),
            Pane::Sidebar if state.sidebar.filter.is_some() => (vec![List, Global], true),
            Pane::Sidebar => (vec![Sidebar, List, Global], false),
            Pane::People => (vec![People, List, Global], false),
        },
    }
}

/// Whether the field of the form on top takes text.
fn has_text_field(state: &State) -> bool {
    use crate::model::FieldKind;
    use crate::state::overlays::FirstRunField;
    match state.overlays.last() {
        Some(Overlay::Form(view)) => view.form.fields.get(view.focused).is_some_and(|f| match f.kind {
            FieldKind::TextSingle
            | FieldKind::TextPrivate
            | FieldKind::TextMulti
            | FieldKind::JidSingle
            | FieldKind::JidMulti => true,
            FieldKind::Boolean
            | FieldKind::Fixed
            | FieldKind::Hidden
            | FieldKind::ListSingle
            | FieldKind::ListMulti => false,
        }),
        Some(Overlay::Presence(view)) => view.focused > 0,
        Some(Overlay::FirstRun(view)) => match view.field() {
            FirstRunField::Address
            | FirstRunField::Password
            | FirstRunField::Host
            | FirstRunField::Port
            | FirstRunField::Socks5
            | FirstRunField::CaFile
            | FirstRunField::Pin
            | FirstRunField::Certificate
            | FirstRunField::Key
            | FirstRunField::Resource => true,
            FirstRunField::Mode
            | FirstRunField::Save
            | FirstRunField::Advanced
            | FirstRunField::DirectTls
            | FirstRunField::AllowPlain
            | FirstRunField::Guest
            | FirstRunField::Go => false,
        },
        Some(
            Overlay::Picker(_)
            | Overlay::Disco(_)
            | Overlay::Text(_)
            | Overlay::Search(_)
            | Overlay::Confirm(_)
            | Overlay::Prompt(_)
            | Overlay::Console,
        )
        | None => false,
    }
}

/// A key was pressed.
pub(crate) fn pressed(turn: &mut Turn, key: Key) {
    idle::key(turn);
    // Errors stay until a key.
    turn.state.toasts.list.retain(|t| t.until.is_some());
    if asked(turn, key) {
        return;
    }
    let (contexts, is_typing) = place(turn.state);
    let pending: Vec<Key> = turn.state.work.chord.iter().filter_map(|name| Key::parse(name).ok()).collect();
    let found = turn.keymap.lookup(&contexts, is_typing, &pending, key);
    turn.state.work.chord.clear();
    match found {
        Lookup::Found(action) => {
            let action = action.clone();
            if !in_form(turn, key, is_typing) && !in_filter(turn, key) {
                actions::run(turn, action);
            }
        }
        Lookup::Pending => {
            let names = pending.iter().chain([&key]).map(|k| k.name());
            turn.state.work.chord = names.collect();
        }
        Lookup::None if pending.is_empty() => typed(turn, key, is_typing),
        Lookup::None => {}
    }
}

/// Questions that lie open take a few keys of their own. Returns whether the key was one of them.
fn asked(turn: &mut Turn, key: Key) -> bool {
    let plain = key.text().map(|c| c.to_ascii_lowercase());
    if matches!(turn.state.overlays.last(), Some(Overlay::Confirm(_))) {
        match (plain, key.code) {
            (Some('y'), _) | (None, KeyCode::Enter) => overlays::confirmed(turn, true),
            (Some('n'), _) => overlays::confirmed(turn, false),
            (Some(_), _) => {}
            (None, _) => return false,
        }
        return true;
    }
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
fn in_form(turn: &mut Turn, key: Key, is_typing: bool) -> bool {
    let is_form =
        matches!(turn.state.overlays.last(), Some(Overlay::Form(_) | Overlay::Presence(_) | Overlay::FirstRun(_)));
    if !is_form || is_typing || key.ctrl || key.alt {
        return false;
    }
    let is_left = key.code == KeyCode::Left;
    if is_left || key.code == KeyCode::Right {
        form::keys(turn, if is_left { InForm::OptionPrev } else { InForm::OptionNext });
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
fn typed(turn: &mut Turn, key: Key, is_typing: bool) {
    if in_form(turn, key, is_typing) || in_filter(turn, key) {
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
