//! The key hints at the bottom of the screen: the keys that matter most where the focus is, as they are bound.

use super::overlays::{self, Hints};
use super::place::place;
use super::select;
use super::turn::Turn;
use crate::action::keymap::sequence_label;
use crate::action::{Action, ActionSpec};
use crate::model::{ChatKind, ConnState, Delivery, Glyphs};
use crate::state::State;
use crate::state::accounts::Account;
use crate::state::focus::Pane;
use crate::state::rooms::Room;
use crate::words::hint;

fn wanted(state: &State) -> Hints {
    overlays::hints(state).unwrap_or_else(|| pane(state))
}

fn pane(state: &State) -> Hints {
    match state.focus.pane {
        // Letters are text where something is being written.
        Pane::Message if !state.composer.text.text.is_empty() => &[
            ("msg.select_prev", hint::moves),
            ("msg.open", hint::open_link),
            ("palette", hint::commands),
            ("cancel", hint::leave),
        ],
        Pane::Message => match state.selected_message().map(|m| &m.delivery) {
            Some(Delivery::Failed(_) | Delivery::Unknown) => &[
                ("msg.retry", hint::retry),
                ("msg.drop", hint::drops),
                ("msg.copy", hint::copy),
                ("cancel", hint::leave),
            ],
            Some(Delivery::Incoming) | None => &[
                ("msg.reply", hint::reply),
                ("msg.react", hint::react),
                ("msg.copy", hint::copy),
                ("msg.quote", hint::quote),
                ("msg.open", hint::open_link),
                ("msg.info", hint::info),
                ("cancel", hint::leave),
            ],
            Some(_) => &[
                ("msg.edit", hint::edit),
                ("msg.retract", hint::retract),
                ("msg.reply", hint::reply),
                ("msg.copy", hint::copy),
                ("msg.info", hint::info),
                ("cancel", hint::leave),
            ],
        },
        Pane::Sidebar if state.sidebar.is_at_request() => &[
            ("row.accept", hint::accept),
            ("row.deny", hint::deny),
            ("list.open", hint::read),
            ("row.block", hint::block),
            ("requests", hint::all_requests),
            ("row.fold", hint::fold),
            ("cancel", hint::back),
        ],
        Pane::Sidebar => &[
            ("list.open", hint::open),
            ("list.filter", hint::filter),
            ("row.fold", hint::fold),
            ("row.info", hint::info),
            ("row.close", hint::close),
            ("cancel", hint::back),
        ],
        Pane::People if here(state).is_some_and(Room::may_ban) => &[
            ("muc.info", hint::info),
            ("muc.private", hint::private),
            ("muc.mention", hint::mention),
            ("muc.kick", hint::kick),
            ("muc.ban", hint::ban),
            ("cancel", hint::back),
        ],
        Pane::People if here(state).is_some_and(Room::may_kick) => &[
            ("muc.info", hint::info),
            ("muc.private", hint::private),
            ("muc.mention", hint::mention),
            ("muc.kick", hint::kick),
            ("cancel", hint::back),
        ],
        Pane::People => &[
            ("muc.info", hint::info),
            ("muc.private", hint::private),
            ("muc.mention", hint::mention),
            ("cancel", hint::back),
        ],
        Pane::Composer if state.composer.is_multiline => {
            &[("send.now", hint::send), ("send", hint::new_line), ("multiline", hint::one_line), ("help", hint::help)]
        }
        Pane::Composer => match state.current().map(|c| c.kind) {
            Some(ChatKind::Room) => &[
                ("send", hint::send),
                ("newline", hint::new_line),
                ("complete", hint::complete),
                ("switch", hint::go_to),
                ("help", hint::help),
                ("chat.next_important", hint::next_unread),
                ("pane.people", hint::people),
            ],
            Some(ChatKind::Contact | ChatKind::Occupant) => &[
                ("send", hint::send),
                ("newline", hint::new_line),
                ("complete", hint::complete),
                ("switch", hint::go_to),
                ("help", hint::help),
                ("chat.next_important", hint::next_unread),
            ],
            None => &[
                ("switch", hint::go_to),
                ("join", hint::join_or_start),
                ("disco", hint::services),
                ("palette", hint::commands),
                ("help", hint::help),
                ("chat.next_important", hint::next_unread),
            ],
        },
    }
}

/// The open room.
fn here(state: &State) -> Option<&Room> {
    let (account, room) = state.current_room()?;
    state.rooms.get(account, &room)
}

/// Makes the hints anew where the place changed.
pub(crate) fn freshen(turn: &mut Turn) {
    let chord: Vec<String> = turn.state.work.chord.clone();
    let wanted = wanted(turn.state);
    let first = first(turn.state);
    let held = select::held_words(turn).unwrap_or_default();
    let mark =
        format!("{held}{:p}{:p}{:?}{}", first.as_ptr(), wanted.as_ptr(), turn.state.options.glyphs, chord.join(" "));
    if turn.state.work.hints_for == mark {
        return;
    }
    turn.state.work.hints_for = mark;
    if !held.is_empty() {
        let (enter, esc) = ("Enter".to_owned(), "Esc".to_owned());
        let do_it = (enter, held.to_owned());
        turn.state.hints = vec![do_it, (esc, hint::do_nothing()), (hint::a_letter(), hint::go_on_writing())];
        return;
    }
    turn.state.hints = if chord.is_empty() {
        hints(turn, first).into_iter().chain(hints(turn, wanted)).collect()
    } else {
        continuations(turn, &chord)
    };
}

/// What is more urgent than all else: a question that waits, a wait for the next attempt that could be ended from here.
fn first(state: &State) -> Hints {
    let account = state.account().and_then(|id| state.accounts.get(id));
    // A wait for the next attempt, or an attempt that takes long.
    let is_long = |a: &Account| matches!(a.conn, ConnState::Waiting { .. }) || a.is_login_slow(state.now);
    if !state.overlays.is_empty() {
        &[]
    } else if !state.boxes.waiting.is_empty() {
        &[("question", hint::answer)]
    } else if account.is_some_and(is_long) {
        &[("reconnect", hint::retry_now)]
    } else {
        &[]
    }
}

fn hints(turn: &Turn, wanted: Hints) -> Vec<(String, String)> {
    let bound = wanted.iter().filter_map(|(name, words)| {
        let spec = ActionSpec::find(name)?;
        let key = turn.keymap.keys_of(&spec.action).first().cloned()?;
        let key = if *name == "list.up" { both(turn, key) } else { key };
        Some((key, words()))
    });
    bound.collect()
}

/// The key that goes up, with the one that goes down.
fn both(turn: &Turn, up: String) -> String {
    let down = ActionSpec::find("list.down").and_then(|spec| turn.keymap.keys_of(&spec.action).first().cloned());
    match down {
        Some(down) if up == "Up" && down == "Down" && turn.state.options.glyphs == Glyphs::Unicode => "↑↓".to_owned(),
        Some(down) => format!("{up}/{down}"),
        None => up,
    }
}

/// After the first keys of a chord: what may follow.
fn continuations(turn: &Turn, chord: &[String]) -> Vec<(String, String)> {
    let pending: Vec<_> = chord.iter().filter_map(|name| crate::action::Key::parse(name).ok()).collect();
    let (contexts, _) = place(turn.state);
    let next = turn.keymap.continuations(contexts, &pending).into_iter();
    next.map(|(keys, action)| (sequence_label(&keys), words_of(action))).collect()
}

fn words_of(action: &Action) -> String {
    ActionSpec::of(action).map_or_else(String::new, |spec| spec.doc.to_owned())
}
