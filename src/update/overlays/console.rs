//! The console shows the log or raw XML. Engines send XML only while the console is open.

use super::super::turn::Turn;
use super::layer::{LIST_AND_LINE, Layer, PLAIN, TypedLine};
use super::opening;
use crate::action::{List, PAGE};
use crate::contract::{Command, command};
use crate::state::console::ConsoleView;
use crate::state::overlays::Overlay;
use crate::words::hint;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |_| LIST_AND_LINE,
    hints: |_| &[("list.up", hint::scroll), ("list.open", hint::log_or_xml), ("cancel", hint::close)],
    // Characters narrow the console at any time: it has no other use for them.
    line: |state| Some(TypedLine::Filter(&mut state.console.filter)),
    list,
    close,
    ..PLAIN
};

/// Opens the console, or shows another side of it.
pub(crate) fn open(turn: &mut Turn, view: ConsoleView, filter: Option<String>) {
    turn.state.console.view = view;
    turn.state.console.scroll = 0;
    turn.state.console.filter = filter.unwrap_or_default();
    if !is_open(turn) {
        opening::open(turn, Overlay::Console);
        watch(turn, true);
    }
}

/// Opens or closes the console, as it was last.
pub(crate) fn toggle(turn: &mut Turn) {
    if matches!(turn.state.overlays.last(), Some(Overlay::Console)) {
        close(turn);
    } else {
        open(turn, turn.state.console.view, None);
    }
}

/// Closes it: raw XML is no longer wanted.
pub(crate) fn close(turn: &mut Turn) {
    turn.state.overlays.retain(|o| !matches!(o, Overlay::Console));
    turn.state.console.filter.clear();
    watch(turn, false);
}

/// Whether it is open, perhaps below something else.
pub(crate) fn is_open(turn: &Turn) -> bool {
    turn.state.overlays.iter().any(|o| matches!(o, Overlay::Console))
}

fn watch(turn: &mut Turn, is_wanted: bool) {
    let ids: Vec<_> = turn.state.accounts.list.iter().map(|a| a.id().clone()).collect();
    for id in ids {
        turn.command(&id, Command::Session(command::session::Command::WatchWire(is_wanted)));
    }
}

/// Scrolls; Enter shows the other side.
fn list(turn: &mut Turn, list: List) {
    let console = &mut turn.state.console;
    let rows = match console.view {
        ConsoleView::Log => console.log.len(),
        ConsoleView::Xml => console.xml.len(),
    };
    let page = usize::from(turn.state.size.1).saturating_sub(6).max(PAGE);
    match list {
        // `scroll` counts from the end, so up is more.
        List::Move(step) => console.scroll = step.reversed().from(console.scroll, rows, page),
        List::Open => {
            console.view = match console.view {
                ConsoleView::Log => ConsoleView::Xml,
                ConsoleView::Xml => ConsoleView::Log,
            };
            console.scroll = 0;
        }
        List::Filter | List::FindNext | List::FindPrev | List::Edit => {}
    }
}
