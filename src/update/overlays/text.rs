//! Texts to read: help, a person's card, a list of names.

use super::super::turn::Turn;
use super::layer::{LIST, LIST_AND_LINE, Layer, PLAIN, TypedLine};
use super::opening;
use crate::action::{List, PAGE};
use crate::model::{Time, Untrusted};
use crate::state::overlays::{Overlay, TextView};
use crate::text::width::width;
use crate::words::hint;
use std::fmt::Display;

/// How many cells the labels of a card take.
const LABEL: usize = 14;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |state| match state.overlays.last() {
        Some(Overlay::Text(view)) if view.filter.is_some() => LIST_AND_LINE,
        Some(_) | None => LIST,
    },
    hints: |state| match state.overlays.last() {
        Some(Overlay::Text(view)) if view.filter.is_some() => &[("list.up", hint::scroll), ("cancel", hint::close)],
        Some(_) | None => &[("list.up", hint::scroll), ("list.filter", hint::filter), ("cancel", hint::close)],
    },
    line: |state| match state.overlays.last_mut() {
        Some(Overlay::Text(view)) => view.filter.as_mut().map(TypedLine::Filter),
        Some(_) | None => None,
    },
    edited: |turn| {
        if let Some(Overlay::Text(view)) = turn.state.overlays.last_mut() {
            view.top = 0;
        }
    },
    list,
    close: |turn| {
        if let Some(Overlay::Text(view)) = turn.state.overlays.last_mut()
            && view.filter.as_ref().is_some_and(|filter| !filter.is_empty())
        {
            view.filter = Some(String::new());
            view.top = 0;
            return;
        }
        turn.state.overlays.pop();
    },
    ..PLAIN
};

/// A line of a card: what it says, and the value in a column of its own.
pub(crate) fn row(label: String, value: impl Display) -> Untrusted {
    line(&label, value).into()
}

/// The same, as plain text.
pub(super) fn line(label: &str, value: impl Display) -> String {
    let gap = " ".repeat(LABEL.saturating_sub(width(label)).max(1));
    format!("{label}{gap}{value}")
}

/// Shows a text.
pub(crate) fn open(turn: &mut Turn, title: impl Into<String>, lines: Vec<Untrusted>) {
    let view = TextView { title: title.into(), lines, top: 0, live: None, filter: None };
    opening::open(turn, Overlay::Text(view));
}

/// Shows a long text that is filtered by what is typed: no letter goes anywhere else.
pub(crate) fn open_filtered(turn: &mut Turn, title: impl Into<String>, lines: Vec<Untrusted>) {
    let view = TextView { title: title.into(), lines, top: 0, live: None, filter: Some(String::new()) };
    opening::open(turn, Overlay::Text(view));
}

/// Scrolls and filters; Enter closes what is not filtered.
fn list(turn: &mut Turn, list: List) {
    let page = usize::from(turn.state.size.1).saturating_sub(6).max(PAGE);
    let Some(Overlay::Text(view)) = turn.state.overlays.last_mut() else { return };
    match list {
        List::Move(step) => view.top = step.from(view.top, view.shown().len(), page),
        List::Open if view.filter.is_none() => {
            turn.state.overlays.pop();
        }
        List::Filter => view.filter = Some(String::new()),
        List::Open | List::FindNext | List::FindPrev | List::Edit => {}
    }
}

/// A time somewhere else: its clock by its own zone (`+02:00`, `Z`), which may be nonsense.
pub(crate) fn clock(turn: &Turn, utc: Time, zone: &str) -> String {
    let there = zone_minutes(zone);
    let offset = there.unwrap_or(turn.state.zone_minutes);
    let words = crate::text::date::stamp(utc.0, offset);
    if there.is_some() { format!("{words} ({zone})") } else { words }
}

fn zone_minutes(zone: &str) -> Option<i32> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, rest) = match zone.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, zone.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones() {
        assert_eq!(zone_minutes("+02:00"), Some(120));
        assert_eq!(zone_minutes("-03:30"), Some(-210));
        assert_eq!(zone_minutes("Z"), Some(0));
        for nonsense in ["", "+99:00", "+1", "02:00", "+aa:bb", "+00:75"] {
            assert_eq!(zone_minutes(nonsense), None, "{nonsense}");
        }
    }
}
