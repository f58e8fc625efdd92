//! The presence pane: sets the user's availability, status text and priority, for one account or all.

use super::super::idle;
use super::super::turn::Turn;
use super::layer::{FORM, FORM_AND_LINE, Layer, PLAIN, TypedLine};
use super::opening;
use crate::action::{InForm, List, Move};
use crate::model::{Availability, OwnPresence};
use crate::state::composer::TextBox;
use crate::state::overlays::{Overlay, PresenceView};
use crate::words;
use crate::words::hint;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |state| match state.overlays.last() {
        Some(Overlay::Presence(view)) if view.focused > 0 => FORM_AND_LINE,
        Some(_) | None => FORM,
    },
    hints: |_| &[("form.next", hint::next), ("form.activate", hint::set), ("cancel", hint::close)],
    line: |state| match state.overlays.last_mut() {
        Some(Overlay::Presence(view)) => match view.focused {
            1 => Some(TypedLine::Box(&mut view.text)),
            2 => Some(TypedLine::Box(&mut view.priority)),
            _ => None,
        },
        Some(_) | None => None,
    },
    edited,
    list,
    form,
    ..PLAIN
};

/// The longest status text.
pub(crate) const STATUS: usize = 1_000;

/// Shows the pane.
pub(crate) fn open(turn: &mut Turn) {
    let of = turn.state.account().and_then(|id| turn.state.accounts.get(id));
    let presence = of.map(|a| a.before_auto_away.clone().unwrap_or_else(|| a.presence.clone())).unwrap_or_default();
    let contact = turn.state.current_id().cloned();
    let view = PresenceView {
        account: None,
        availability: presence.availability,
        text: TextBox::new(&presence.status),
        priority: TextBox::new(&presence.priority.to_string()),
        focused: 0,
        error: None,
        contact,
    };
    opening::open(turn, Overlay::Presence(Box::new(view)));
}

fn view<'t>(turn: &'t mut Turn<'_>) -> Option<&'t mut PresenceView> {
    if let Some(Overlay::Presence(view)) = turn.state.overlays.last_mut() { Some(view) } else { None }
}

/// The text changed: what was wrong may be right now.
fn edited(turn: &mut Turn) {
    if let Some(view) = view(turn) {
        view.error = None;
    }
}

/// Moves between the choices.
fn list(turn: &mut Turn, list: List) {
    match list {
        List::Move(Move::Up | Move::PageUp) | List::FindPrev => choose(turn, -1),
        List::Move(Move::Down | Move::PageDown) | List::FindNext => choose(turn, 1),
        List::Move(Move::Top) => choose(turn, -10),
        List::Move(Move::Bottom) => choose(turn, 10),
        List::Open => submit(turn),
        List::Filter | List::Edit => {}
    }
}

fn choose(turn: &mut Turn, by: isize) {
    let Some(view) = view(turn) else { return };
    if view.focused != 0 {
        view.focused = if by < 0 { view.focused - 1 } else { (view.focused + 1).min(2) };
        return;
    }
    let all = Availability::ALL;
    let at = all.iter().position(|a| *a == view.availability).unwrap_or(1);
    let to = at.saturating_add_signed(by).min(all.len() - 1);
    view.availability = all[to];
}

/// Keys of a form.
fn form(turn: &mut Turn, key: InForm) {
    match key {
        InForm::Next => step(turn, 1),
        InForm::Prev => step(turn, 2),
        InForm::OptionPrev => choose(turn, -1),
        InForm::OptionNext => choose(turn, 1),
        InForm::Activate | InForm::Submit => submit(turn),
        InForm::Toggle => next_account(turn),
        InForm::Raw | InForm::Reveal => {}
    }
}

fn step(turn: &mut Turn, by: usize) {
    if let Some(view) = view(turn) {
        view.focused = (view.focused + by) % 3;
    }
}

/// Space on the choice goes through the accounts: all, then each.
fn next_account(turn: &mut Turn) {
    let ids: Vec<_> = turn.state.accounts.list.iter().map(|a| a.id().clone()).collect();
    let Some(view) = view(turn) else { return };
    let next = match &view.account {
        None => 0,
        Some(id) => ids.iter().position(|i| i == id).map_or(0, |at| at + 1),
    };
    view.account = if ids.len() > 1 { ids.get(next).cloned() } else { None };
}

fn submit(turn: &mut Turn) {
    let Some(view) = view(turn) else { return };
    let Ok(priority) = view.priority.text.trim().parse::<i8>() else {
        view.error = Some(words::presence::bad_priority());
        view.focused = 2;
        return;
    };
    let status: String = view.text.text.trim().chars().take(STATUS).collect();
    let presence = OwnPresence { availability: view.availability, status, priority, idle_since: None };
    let only = view.account.clone();
    turn.state.overlays.pop();
    set(turn, only.as_ref(), &presence);
}

/// Shows this on one account, or on all.
pub(crate) fn set(turn: &mut Turn, only: Option<&crate::model::AccountId>, presence: &OwnPresence) {
    let meant = turn
        .state
        .accounts
        .list
        .iter()
        .map(crate::state::accounts::Account::id)
        .filter(|id| only.is_none_or(|o| o == *id));
    let ids: Vec<_> = meant.cloned().collect();
    for id in &ids {
        idle::set_presence(turn, id, presence.clone());
    }
    let is_told = ids.iter().any(|id| turn.state.accounts.get(id).is_some_and(|a| a.conn.is_online()));
    let how = words::presence::label(presence.availability);
    let (told, beginning) = if is_told {
        (words::presence::shown_as(&how), words::presence::shown_as(""))
    } else {
        (words::presence::shown_later_as(&how), words::presence::shown_later_as(""))
    };
    let status = &presence.status;
    let told = if status.is_empty() { told } else { words::presence::with_status(&told, status) };
    turn.state.toasts.list.retain(|t| !t.text.raw().starts_with(&beginning));
    turn.info(told);
}
