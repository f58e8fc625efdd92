//! One field of a data form (XEP-0004 §3.3) as lines.

use crate::model::{Field, FieldKind};
use crate::state::composer::TextBox;
use crate::state::overlays::FormView;
use crate::ui::text;
use crate::words;

/// List fields with at most so many options show them all; longer ones only while the keys are there.
const ALL_OPTIONS: usize = 4;
/// Most lines of a field's name.
const NAME_LINES: usize = 4;
/// Most lines of a text of many lines, and of options.
const MANY: usize = 500;

/// The sign in front of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// One of several.
    Radio(bool),
    /// Yes or no.
    Check(bool),
    /// A list that is not unfolded.
    List,
}

/// What a line shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// The form's title.
    Heading(String),
    /// Something to read, over the full width.
    Words(String),
    /// A line across with words in it.
    Section(String),
    /// Help under a field.
    Help(String),
    /// What is wrong with a field.
    Error(String),
    /// A check box, a radio button, an option.
    Choice {
        /// The sign.
        mark: Mark,
        /// The words.
        words: String,
    },
    /// A text.
    Value {
        /// Text and cursor.
        content: TextBox,
        /// Dots instead of characters.
        is_secret: bool,
    },
}

/// One line of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct FormLine {
    /// Of which field.
    pub field: Option<usize>,
    /// A line of the field's name.
    pub label: Option<String>,
    /// Whether it is the field's first line.
    pub is_first: bool,
    /// Whether it must be filled in.
    pub is_required: bool,
    /// Whether the cursor is on this line of the field.
    pub is_cursor: bool,
    /// What it shows.
    pub part: Part,
}

impl FormLine {
    /// A line of no field.
    pub fn plain(part: Part) -> Self {
        Self { field: None, label: None, is_first: false, is_required: false, is_cursor: false, part }
    }
}

/// Adds a field's lines: its name in the first of the widths, its value in the second.
pub fn lines(view: &FormView, index: usize, field: &Field, (label, room): (u16, u16), out: &mut Vec<FormLine>) {
    if field.kind == FieldKind::Fixed {
        fixed(field, room, out);
        return;
    }
    let is_focused = view.focused == index;
    let first = out.len();
    for (part, is_cursor) in parts(view, field, is_focused) {
        out.push(FormLine { field: Some(index), is_cursor, ..FormLine::plain(part) });
    }
    name_lines(view, index, field, label, first, out);
    let room = usize::from(room.max(10));
    let errors = view.errors.iter().filter(|(i, _)| *i == index);
    for line in errors.flat_map(|(_, words)| text::wrapped(words.raw(), room, 2)) {
        out.push(FormLine { field: Some(index), ..FormLine::plain(Part::Error(line)) });
    }
    if let Some(desc) = field.desc.as_ref().filter(|d| is_focused && !d.is_empty()) {
        for line in text::wrapped(desc.raw(), room, 4) {
            out.push(FormLine { field: Some(index), ..FormLine::plain(Part::Help(line)) });
        }
    }
}

/// Puts the field's name beside its value, in as many lines as it takes.
fn name_lines(view: &FormView, index: usize, field: &Field, width: u16, first: usize, out: &mut Vec<FormLine>) {
    let names = text::wrapped(&name(view, field), usize::from(width.max(8)), NAME_LINES);
    let last = first + names.len().saturating_sub(1);
    for (at, name) in (first..).zip(names) {
        if at == out.len() {
            out.push(FormLine { field: Some(index), ..FormLine::plain(Part::Words(String::new())) });
        }
        if let Some(line) = out.get_mut(at) {
            (line.label, line.is_first, line.is_required) = (Some(name), at == first, field.is_required && at == last);
        }
    }
}

/// A short text alone is a heading, a longer one is read.
fn fixed(field: &Field, room: u16, out: &mut Vec<FormLine>) {
    let words = field.values.join("\n");
    let label = field.label.as_ref().map_or("", |l| l.raw());
    let words = if words.is_empty() { label } else { &words };
    if words.len() <= 50 && !words.contains('\n') {
        out.push(FormLine::plain(Part::Section(words.to_owned())));
        return;
    }
    out.extend(text::wrapped(words, usize::from(room) + 12, 12).into_iter().map(|l| FormLine::plain(Part::Words(l))));
}

fn name(view: &FormView, field: &Field) -> String {
    let label = field.label.as_ref().filter(|l| crate::text::is_visible(l.raw()));
    match label {
        Some(label) if !view.is_raw => label.raw().to_owned(),
        Some(_) | None => field.var.clone(),
    }
}

/// The lines of the value, and which of them has the cursor.
fn parts(view: &FormView, field: &Field, is_focused: bool) -> Vec<(Part, bool)> {
    match field.kind {
        FieldKind::Boolean => {
            let is_on = field.values.first().is_some_and(|v| matches!(v.as_str(), "1" | "true"));
            vec![(Part::Choice { mark: Mark::Check(is_on), words: String::new() }, true)]
        }
        FieldKind::ListSingle | FieldKind::ListMulti => options(view, field, is_focused),
        FieldKind::TextMulti | FieldKind::JidMulti => many(view, field, is_focused),
        FieldKind::TextPrivate => vec![(one(view, field, is_focused, !view.is_revealed), true)],
        FieldKind::TextSingle | FieldKind::JidSingle | FieldKind::Fixed | FieldKind::Hidden => {
            vec![(one(view, field, is_focused, false), true)]
        }
    }
}

fn one(view: &FormView, field: &Field, is_focused: bool, is_secret: bool) -> Part {
    let value = || field.values.first().cloned().unwrap_or_default();
    let content = if is_focused { view.editor.clone() } else { TextBox { text: value(), cursor: 0 } };
    Part::Value { content, is_secret }
}

/// A text of many lines: each a field of its own, the cursor in one of them.
fn many(view: &FormView, field: &Field, is_focused: bool) -> Vec<(Part, bool)> {
    let (text, cursor) =
        if is_focused { (view.editor.text.clone(), Some(view.editor.cursor)) } else { (field.values.join("\n"), None) };
    let mut start = 0;
    let mut out = Vec::new();
    for line in text.split('\n').take(MANY) {
        let inside = cursor.and_then(|c| c.checked_sub(start)).filter(|c| *c <= line.len());
        let content = TextBox { text: line.to_owned(), cursor: inside.unwrap_or(0) };
        out.push((Part::Value { content, is_secret: false }, inside.is_some()));
        start += line.len() + 1;
    }
    out
}

fn options(view: &FormView, field: &Field, is_focused: bool) -> Vec<(Part, bool)> {
    let is_single = field.kind == FieldKind::ListSingle;
    let words = |(value, label): &(String, Option<crate::model::Untrusted>)| match label {
        Some(label) if !view.is_raw && !label.is_empty() => label.raw().to_owned(),
        Some(_) | None => value.clone(),
    };
    if field.options.len() > ALL_OPTIONS && !is_focused {
        let chosen: Vec<String> = field.options.iter().filter(|o| field.values.contains(&o.0)).map(words).collect();
        let none = if chosen.is_empty() { words::form::none() } else { chosen.join(", ") };
        return vec![(Part::Choice { mark: Mark::List, words: none }, false)];
    }
    let one = |(i, option): (usize, &(String, Option<crate::model::Untrusted>))| {
        let is_on = field.values.contains(&option.0);
        let mark = if is_single { Mark::Radio(is_on) } else { Mark::Check(is_on) };
        (Part::Choice { mark, words: words(option) }, is_focused && i == view.option)
    };
    let mut out: Vec<_> = field.options.iter().take(MANY).enumerate().map(one).collect();
    if out.is_empty() {
        out.push((Part::Words(words::form::no_options()), false));
    }
    out
}
