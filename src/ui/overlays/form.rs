//! A data form: labels on the left, values on the right, errors under their fields, the buttons at the end.
//!
//! The form is first laid out as a list of lines, since fields have different heights; then the lines around the
//! focused field are drawn.

use super::form_field::{self, FormLine, Mark, Part};
use super::{Keys, middle};
use crate::model::{Field, FieldKind, FormKind};
use crate::state::overlays::{FormPurpose, FormView};
use crate::ui::field::{self, Look};
use crate::ui::pen::{Pen, cells, window};
use crate::ui::{Scene, text};
use crate::words;

/// Draws the form.
pub fn draw(scene: &mut Scene, view: &FormView, keys: Keys, pen: &mut Pen) {
    let foot = 2 + u16::from(view.error.is_some());
    let guess = 88.min(pen.width().saturating_sub(2));
    let count = lines(view, guess, label_width(view, guess), pen.theme.glyphs.ellipsis).len();
    let height = u16::try_from(count).unwrap_or(u16::MAX).saturating_add(foot + 2);
    let mut frame = middle(pen, 90, height.min(pen.height()));
    let title = match &view.purpose {
        FormPurpose::Account(id) => words::form::account_title(id.jid().domain()),
        FormPurpose::Register(_, jid) => words::form::register_title(jid),
        FormPurpose::Room(_, room) => words::form::room_title(room),
    };
    let changed = view.changed();
    let right = match (view.waiting.is_some(), changed) {
        (true, _) => words::form::waiting(),
        (false, 0) => String::new(),
        (false, n) => words::form::changed(n),
    };
    let mut inner = frame.frame(&title, &right, keys);
    let label = label_width(view, inner.width());
    let lines = lines(view, inner.width(), label, inner.theme.glyphs.ellipsis);
    let at =
        lines.iter().position(|l| l.is_cursor).or_else(|| lines.iter().position(|l| l.field == Some(view.focused)));
    let rows = inner.height().saturating_sub(foot);
    let first = window(lines.len(), rows.into(), at.unwrap_or(lines.len()));
    for (y, line) in (0..rows).zip(&lines[first..]) {
        one(scene, view, line, y, label, &mut inner);
    }
    let below = lines.len().saturating_sub(first + usize::from(rows));
    footer(view, rows, below, &mut inner);
}

/// How wide the labels are: a third, and more where the longest needs it.
fn label_width(view: &FormView, width: u16) -> u16 {
    let least = (width / 3).clamp(12, 26);
    let labels = view.form.fields.iter().filter(|f| f.kind != FieldKind::Fixed).filter_map(|f| f.label.as_ref());
    let longest = labels.map(|l| cells(l.raw())).max().unwrap_or(0);
    if width < 60 { least } else { longest.saturating_add(2).min(width / 2).max(least) }
}

/// All lines of the form.
fn lines(view: &FormView, width: u16, label: u16, ellipsis: &str) -> Vec<FormLine> {
    let mut out = Vec::new();
    let room = usize::from(width.saturating_sub(4));
    let head = view.form.title.iter().map(|t| (t, true)).chain(view.form.instructions.iter().map(|t| (t, false)));
    for (words, is_title) in head {
        for part in text::wrapped(words.raw(), room, 6) {
            out.push(FormLine::plain(if is_title { Part::Heading(part) } else { Part::Words(part) }));
        }
    }
    if view.form.fields.iter().any(|f| f.is_required) {
        out.push(FormLine::plain(Part::Words(words::form::required_are_marked())));
    }
    if !out.is_empty() {
        out.push(FormLine::plain(Part::Words(String::new())));
    }
    for (index, field) in view.form.fields.iter().enumerate() {
        if field.kind != FieldKind::Hidden {
            form_field::lines(view, index, field, (label.saturating_sub(2), width.saturating_sub(label + 6)), &mut out);
        }
    }
    table(view, room, ellipsis, &mut out);
    out
}

/// The rows of a tabular result, under the names of its columns.
fn table(view: &FormView, room: usize, ellipsis: &str, out: &mut Vec<FormLine>) {
    if view.form.items.is_empty() {
        return;
    }
    let columns: Vec<&Field> = view.form.reported.iter().take(6).collect();
    let each = (room / columns.len().max(1)).saturating_sub(1).max(4);
    let pad = |words: &str| crate::text::width::pad(&text::fit(words, each, ellipsis), each, ellipsis);
    let names: Vec<String> = columns.iter().map(|f| pad(f.label.as_ref().map_or(&f.var, |l| l.raw()))).collect();
    out.push(FormLine::plain(Part::Heading(names.join(" "))));
    for item in &view.form.items {
        let value =
            |f: &&Field| item.iter().find(|(var, _)| *var == f.var).map(|(_, v)| v.join(", ")).unwrap_or_default();
        let cells: Vec<String> = columns.iter().map(|f| pad(&value(f))).collect();
        out.push(FormLine::plain(Part::Words(cells.join(" "))));
    }
}

fn one(scene: &mut Scene, view: &FormView, line: &FormLine, y: u16, label: u16, pen: &mut Pen) {
    let theme = pen.theme;
    let value = label + 4;
    let room = pen.width().saturating_sub(value + 1);
    let is_focused = line.field == Some(view.focused);
    if let Some(name) = &line.label {
        if is_focused && line.is_first {
            pen.put(1, y, theme.glyphs.folded, theme.accent);
        }
        let style = if is_focused { theme.accent } else { theme.text };
        let x = pen.fit(3, y, label.saturating_sub(2), name, style);
        if line.is_required {
            pen.put(x + 1, y, "*", theme.warning);
        }
    }
    match &line.part {
        Part::Heading(words) => {
            pen.fit(2, y, pen.width().saturating_sub(3), words, theme.heading);
        }
        Part::Words(words) => {
            pen.fit(2, y, pen.width().saturating_sub(3), words, theme.dim);
        }
        Part::Section(words) => {
            pen.titled_rule(y, 1, words, theme.dim);
        }
        Part::Help(words) => {
            pen.fit(value, y, room, words, theme.dim);
        }
        Part::Error(words) => {
            let words = format!("{} {words}", theme.glyphs.failed);
            pen.fit(value, y, room, &words, theme.error);
        }
        Part::Choice { mark, words } => {
            let is_at = line.is_cursor && is_focused;
            let mark = match mark {
                Mark::Radio(is_on) => theme.glyphs.radio[usize::from(*is_on)],
                Mark::Check(is_on) => theme.glyphs.check[usize::from(*is_on)],
                Mark::List => theme.glyphs.unfolded,
            };
            let x = pen.put(value, y, mark, if is_at { theme.accent } else { theme.dim }) + 1;
            pen.fit(x, y, pen.width().saturating_sub(x + 1), words, if is_at { theme.matched } else { theme.text });
        }
        Part::Value { content, is_secret } => {
            let room = room.saturating_sub(4);
            pen.put(value, y, "[", theme.dim);
            let look = Look { style: theme.text, is_secret: *is_secret, is_focused: line.is_cursor && is_focused };
            let at = field::draw(pen, value + 2, y, room, content, look);
            pen.put(value + 2 + room, y, "]", theme.dim);
            scene.cursor = at.or(scene.cursor);
        }
    }
}

/// How much more there is below, what is wrong with the whole, and the buttons.
fn footer(view: &FormView, y: u16, below: usize, pen: &mut Pen) {
    let theme = pen.theme;
    let mut y = y;
    if below > 0 {
        // In the empty row, so that no line of the form goes for it.
        let row = y + u16::from(view.error.is_some());
        pen.centre(row, &words::form::more_below(theme.glyphs.below, below), theme.dim);
    }
    if let Some(error) = &view.error {
        let words = format!("{} {}", theme.glyphs.failed, error.raw());
        pen.fit(2, y, pen.width().saturating_sub(3), &words, theme.error);
        y += 1;
    }
    y += 1;
    if !view.errors.is_empty() {
        let n = view.errors.len();
        let words = words::form::need_attention(n);
        pen.fit(2, y, pen.width() / 2, &words, theme.warning);
    }
    if view.form.kind == FormKind::Result {
        return;
    }
    let send = if view.purpose.is_saved() { words::form::save() } else { words::form::send() };
    let count = view.form.fields.len();
    let mut end = pen.width().saturating_sub(2);
    for (index, words) in [(count + 1, &words::form::cancel()), (count, &send)] {
        let style = if view.focused == index { theme.accent.patch(theme.selected) } else { theme.text };
        end = pen.right(end, y, 0, words, style).saturating_sub(2);
    }
}
