//! Lists with a filter: chats, all actions, links, requests.

use super::{Keys, middle};
use crate::state::overlays::{Picker, PickerKind, PickerRow, RowMark};
use crate::ui::field::{self, Look};
use crate::ui::pen::{Pen, cells, window};
use crate::ui::{Scene, text};
use crate::words;
use ratatui::style::Style;
use ratatui::text::Span;

/// Draws the list.
pub fn draw(scene: &mut Scene, view: &Picker, keys: Keys, pen: &mut Pen) {
    let mut frame = middle(pen, 76, 18);
    let found = view.rows.iter().filter(|r| r.mark != RowMark::New).count();
    let count = match (view.kind, view.input.text.is_empty()) {
        (PickerKind::Palette, true) => words::switcher::actions(view.total),
        (PickerKind::Switch | PickerKind::Links | PickerKind::Requests | PickerKind::Emoji, true) => {
            view.total.to_string()
        }
        (_, false) => words::switcher::of_total(found, view.total.max(found)),
    };
    let title = match view.kind {
        PickerKind::Switch => words::switcher::go_to(),
        PickerKind::Palette => words::switcher::commands(),
        PickerKind::Links => words::switcher::links(),
        PickerKind::Requests => words::switcher::requests(),
        PickerKind::Emoji => words::switcher::emoji(),
    };
    let mut inner = frame.frame(&title, &count, keys);
    let theme = inner.theme;
    let look = Look { style: theme.text, is_secret: false, is_focused: true };
    if view.is_typed {
        let x = inner.put(1, 0, "> ", theme.accent);
        let room = inner.width().saturating_sub(x + 1);
        scene.cursor = field::draw(&mut inner, x, 0, room, &view.input, look);
    } else {
        inner.put(1, 0, &words::switcher::reading_is_private(), theme.dim);
    }
    inner.rule(1);
    let help = help_lines(view, &inner);
    let below = if help.is_empty() { 0 } else { u16::try_from(help.len()).unwrap_or(0) + 1 };
    let rows = inner.height().saturating_sub(2 + below);
    list(view, rows, &mut inner);
    if below > 0 {
        let y = 2 + rows;
        inner.rule(y);
        for (i, line) in (y + 1..).zip(&help) {
            inner.put(1, i, line, theme.dim);
        }
    }
}

fn list(view: &Picker, rows: u16, inner: &mut Pen) {
    let width = inner.width();
    if view.rows.is_empty() {
        inner.put(1, 2, &empty(view), inner.theme.dim);
        return;
    }
    let first = window(view.rows.len(), rows.into(), view.selected);
    let shown = &view.rows[first..view.rows.len().min(first + usize::from(rows))];
    let room = usize::from(width.saturating_sub(4));
    let label = shown.iter().map(|r| usize::from(cells(r.label.raw()))).max().unwrap_or(0);
    // Where nothing stands beside them, labels have all the room.
    let has_details = shown.iter().any(|r| !r.detail.is_empty() || !r.right.is_empty() || r.disabled.is_some());
    let label = label.clamp(12, if has_details { room / 2 } else { room.max(12) });
    for (i, row) in (0..).zip(shown) {
        one(row, u16::try_from(label).unwrap_or(12), &mut inner.part(0, 2 + i, width, 1));
        if usize::from(i) + first == view.selected {
            inner.tint(2 + i, inner.theme.selected);
        }
    }
}

fn empty(view: &Picker) -> String {
    match (view.kind, view.input.text.is_empty()) {
        (_, false) | (PickerKind::Emoji, true) => words::screen::nothing_matches(),
        (PickerKind::Switch, true) => words::switcher::no_chats(),
        (PickerKind::Palette, true) => words::switcher::no_actions(),
        (PickerKind::Links, true) => words::switcher::no_links(),
        (PickerKind::Requests, true) => words::switcher::no_requests(),
    }
}

fn help_lines(view: &Picker, inner: &Pen) -> Vec<String> {
    let help = view.rows.get(view.selected).map_or("", |r| r.help.as_str());
    let is_start = view.kind == PickerKind::Switch && view.input.text.is_empty();
    let help = if help.is_empty() && is_start { words::switcher::prefixes() } else { help.to_owned() };
    if help.is_empty() || inner.height() < 9 {
        return Vec::new();
    }
    text::wrapped(&help, inner.width().saturating_sub(2).into(), 3)
}

fn one(row: &PickerRow, label: u16, pen: &mut Pen) {
    let theme = pen.theme;
    let g = theme.glyphs;
    let is_off = row.disabled.is_some();
    let base = if is_off { theme.dim } else { theme.text };
    let (mark, style) = match row.mark {
        RowMark::None => ("", theme.dim),
        RowMark::Person(a) => (g.presence(a), theme.presence(a)),
        RowMark::Room => (g.room, theme.dim),
        RowMark::New => (g.new, theme.accent),
    };
    let mut x = 1;
    if !mark.is_empty() {
        x = pen.put(1, 0, mark, style) + 1;
    }
    let right = match &row.disabled {
        Some(why) => format!("{} {}", g.failed, text::fit(why, 28, g.ellipsis)),
        None => row.right.clone(),
    };
    let end = pen.right(pen.width().saturating_sub(1), 0, x + label / 2, &right, theme.dim);
    let spans = matched(row, base, theme.matched);
    let stop = (x + label).min(end.saturating_sub(1));
    pen.spans(x, 0, stop, &spans);
    let at = x + label + 2;
    pen.fit(at, 0, end.saturating_sub(at + 1), row.detail.raw(), theme.dim);
}

/// The label, with what the filter matched marked. Where cleaning changed the label, the numbers of the
/// characters no longer hold and nothing is marked.
fn matched(row: &PickerRow, base: Style, hit: Style) -> Vec<Span<'_>> {
    let raw = row.label.raw();
    if row.matched.is_empty() || text::name(&row.label, "") != raw {
        return vec![text::span(raw, base)];
    }
    let mut spans = Vec::new();
    let mut start = 0;
    let mut was = false;
    for (n, (at, _)) in (0_u32..).zip(raw.char_indices()) {
        let is = row.matched.contains(&n);
        if is != was && at > start {
            spans.push(text::cleaned(&raw[start..at], if was { hit } else { base }));
            start = at;
        }
        was = is;
    }
    spans.push(text::cleaned(&raw[start..], if was { hit } else { base }));
    spans
}
