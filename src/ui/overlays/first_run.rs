//! Sign in or make an account: one screen, the steps of the connection shown as they happen.

use super::{Keys, middle, middle_width};
use crate::model::{Step, StepState, ThemeName};
use crate::state::overlays::{FirstRun, FirstRunField, FirstRunMode};
use crate::ui::field::{self, Look};
use crate::ui::pen::{Pen, window};
use crate::ui::{Scene, text};
use crate::words;
use ratatui::style::Style;
use std::borrow::Cow;

/// How many steps there are.
const STEPS: u16 = Step::ALL.len() as u16;
/// Columns of the screen's frame.
const WIDTH: u16 = 80;
/// Most lines of what is wrong, besides a key that is to be compared: who says it may say more than anybody reads.
const ERROR: usize = 12;
/// From this width on, the columns have air.
const ROOMY: u16 = 60;

/// Where the labels begin.
fn left(pen: &Pen) -> u16 {
    if pen.width() < ROOMY { 1 } else { 3 }
}

/// Where the values begin.
fn value(pen: &Pen) -> u16 {
    if pen.width() < ROOMY { 12 } else { 18 }
}

/// Where the words of what is wrong begin in so many columns: below the values, where these are not narrow.
fn fault_at(width: u16) -> u16 {
    if width < ROOMY { 1 } else { 18 }
}

/// Draws the screen.
pub fn draw(scene: &mut Scene, view: &FirstRun, keys: Keys, pen: &mut Pen) {
    pen.clear();
    let fields = view.fields();
    let count = u16::try_from(fields.len()).unwrap_or(0);
    let steps = if view.steps.is_empty() { 0 } else { STEPS + 1 };
    // Inside the frame; of the rows there, the field itself has one whatever is wrong with it.
    let (width, height) = (middle_width(pen, WIDTH).saturating_sub(2), pen.height().saturating_sub(2));
    let error = fault_lines(view, width, height.saturating_sub(1).into(), pen.theme.glyphs.ellipsis);
    let errors = u16::try_from(error.len()).unwrap_or(0);
    // Welcome, the fields, the blank lines between their groups.
    let want = 3 + count + 3 + 1 + errors + steps;
    let mut frame = middle(pen, WIDTH, (want + 2).max(20));
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    let mut inner = frame.frame("parlour", version, keys);
    let is_airy = inner.height() >= want;
    let mut y = 0;
    if is_airy {
        let words = &words::first_run::welcome_line();
        inner.fit(left(&inner), 1, inner.width().saturating_sub(4), words, inner.theme.text);
        y = 3;
    }
    // Where not all fits, the fields around the focused one are shown, and at least two steps.
    // What is wrong comes before the steps, but not before the field that the keys are at.
    let all = inner.height().saturating_sub(y + steps.min(2));
    let rows = |errors: u16| usize::from(all.saturating_sub(errors).max(1));
    let first = |rows: usize| if is_airy { 0 } else { window(fields.len(), rows, view.focused) };
    let is_shown =
        |rows: usize| view.error.as_ref().is_some_and(|(i, _)| (first(rows)..first(rows) + rows).contains(i));
    let has_error = is_airy || is_shown(rows(errors));
    let rows = rows(if has_error { errors } else { 0 });
    let first = first(rows);
    for (index, field) in fields.iter().enumerate().skip(first).take(rows) {
        let begins_group = matches!(field, FirstRunField::Address | FirstRunField::Advanced | FirstRunField::Go);
        y += u16::from(is_airy && begins_group);
        one(scene, view, *field, index, y, &mut inner);
        y += 1;
        if has_error && view.error.as_ref().is_some_and(|(i, _)| *i == index) {
            y = fault(&error, y, &mut inner);
        }
    }
    y += u16::from(is_airy);
    self::steps(view, y, &mut inner);
    let last = inner.height().saturating_sub(1);
    if view.steps.is_empty() && last > y {
        let words = match view.mode {
            FirstRunMode::SignIn | FirstRunMode::Register => words::first_run::nothing_sent_yet(),
            FirstRunMode::Demo => words::first_run::demo_is_local(),
        };
        inner.fit(left(&inner), last, inner.width().saturating_sub(4), &words, inner.theme.dim);
        if last > y + 1 {
            colours(scene, keys, last - 1, &mut inner);
        }
    }
}

/// Which colours these are, and the key that takes the next, as it is bound: not everybody reads the keys at the edge.
fn colours(scene: &Scene, keys: Keys, y: u16, pen: &mut Pen) {
    let Some((key, _)) = keys.iter().find(|(_, words)| *words == words::hint::colours()) else { return };
    let name = match scene.state.options.theme {
        ThemeName::Auto => words::first_run::theme_auto(),
        ThemeName::Light => words::first_run::theme_light(),
        ThemeName::Dark => words::first_run::theme_dark(),
        ThemeName::Mono => words::first_run::theme_mono(),
    };
    let (from, end) = (left(pen), pen.width().saturating_sub(1));
    let x = pen.put(from, y, &words::first_run::theme(&name, pen.theme.glyphs.dot), pen.theme.dim) + 1;
    let x = pen.put(x, y, key, pen.theme.accent) + 1;
    pen.fit(x, y, end.saturating_sub(x), &words::first_run::theme_key(), pen.theme.dim);
}

/// What is wrong in at most `rows` lines; what does not fit is cut with a mark.
///
/// A key in the words, which somebody is to compare digit by digit, stands above them in lines of its own; where there
/// is no room for all of it, in one line that begins with what must at least be typed.
fn fault_lines(view: &FirstRun, width: u16, rows: usize, ellipsis: &str) -> Vec<String> {
    let Some((_, words)) = &view.error else { return Vec::new() };
    let room = usize::from(width.saturating_sub(fault_at(width) + 3));
    let (digits, words) = match view.refused.as_deref().and_then(|key| without_key(words.raw(), key)) {
        Some((digits, words)) => (Some(digits), Cow::Owned(words)),
        None => (None, Cow::Borrowed(words.raw())),
    };
    let mut lines = digits.as_ref().map_or_else(Vec::new, |digits| text::wrapped(digits, room, ERROR));
    let mut rest = text::wrapped(&words, room, ERROR + 1);
    if let Some(digits) = digits.filter(|_| lines.len() > 1 && lines.len() + rest.len() > rows) {
        // Whole groups, and room for the mark.
        lines = text::wrapped(&digits, room.saturating_sub(2), 1);
        end_with(&mut lines, room, ellipsis);
    }
    let most = rows.saturating_sub(lines.len()).min(ERROR);
    if rest.len() > most {
        rest.truncate(most);
        end_with(&mut rest, room, ellipsis);
    }
    lines.append(&mut rest);
    lines.truncate(rows);
    lines
}

/// The groups of digits of a key that stands in the words, and the words without it.
fn without_key(words: &str, key: &str) -> Option<(String, String)> {
    let digits: Vec<char> = key.strip_prefix("sha256:")?.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|c| c.iter().collect()).collect();
    let digits = groups.join(" ");
    let (before, after) = words.split_once(&digits)?;
    let words = words::first_run::above(before, after);
    Some((digits, words))
}

/// Ends the last line with the mark of what was cut.
fn end_with(lines: &mut [String], cells: usize, ellipsis: &str) {
    if let Some(line) = lines.last_mut() {
        let marked = format!("{} {ellipsis}", line.trim_end());
        *line = text::fit(&marked, cells, ellipsis).into_owned();
    }
}

/// Draws what is wrong under its field; returns the row after it.
fn fault(lines: &[String], y: u16, pen: &mut Pen) -> u16 {
    let (x, style) = (fault_at(pen.width()), pen.theme.error);
    pen.put(x, y, pen.theme.glyphs.failed, style);
    for (i, line) in (y..).zip(lines) {
        pen.put(x + 2, i, line, style);
    }
    y + u16::try_from(lines.len()).unwrap_or(1)
}

fn one(scene: &mut Scene, view: &FirstRun, field: FirstRunField, index: usize, y: u16, pen: &mut Pen) {
    let is_focused = view.focused == index;
    let is_new = view.mode == FirstRunMode::Register;
    let (label, content) = match field {
        FirstRunField::Mode => return mode(view, is_focused, y, pen),
        FirstRunField::Save => return save(view, is_focused, y, pen),
        FirstRunField::Advanced => return advanced(view, is_focused, y, pen),
        FirstRunField::Go => return go(view, is_focused, y, pen),
        FirstRunField::DirectTls => {
            let words = &words::first_run::about_direct_tls();
            return check(&words::first_run::direct_tls(), view.direct_tls, words, is_focused, y, pen);
        }
        FirstRunField::AllowPlain => {
            let words = &words::first_run::about_plain();
            return check(&words::first_run::allow_plain_label(), view.allow_plain, words, is_focused, y, pen);
        }
        FirstRunField::Guest => {
            let words = &words::first_run::about_guest();
            return check(&words::first_run::guest(), view.is_guest, words, is_focused, y, pen);
        }
        FirstRunField::Certificate => (words::first_run::certificate(), &view.certificate),
        FirstRunField::Key => (words::first_run::key(), &view.key),
        FirstRunField::Address if is_new || view.is_guest => (words::first_run::server(), &view.address),
        FirstRunField::Address => (words::first_run::address(), &view.address),
        FirstRunField::Password => (words::first_run::password(), &view.password),
        FirstRunField::Host => (words::first_run::host(), &view.host),
        FirstRunField::Port => (words::first_run::port(), &view.port),
        FirstRunField::Socks5 => (words::first_run::proxy(), &view.socks5),
        FirstRunField::CaFile => (words::first_run::ca_file_label(), &view.ca_file),
        FirstRunField::Pin => (words::first_run::pin(), &view.pin),
        FirstRunField::Resource => (words::first_run::resource(), &view.resource),
    };
    let theme = pen.theme;
    let is_password = field == FirstRunField::Password;
    let (left, value) = (left(pen), value(pen));
    let room = pen.width().saturating_sub(value + 5).min(38);
    pen.put(left, y, &label, label_style(is_focused, pen));
    pen.put(value, y, "[", theme.dim);
    let look = Look { style: theme.text, is_secret: is_password && !view.is_revealed, is_focused };
    let at = field::draw(pen, value + 2, y, room, content, look);
    let x = pen.put(value + 2 + room, y, "]", theme.dim);
    scene.cursor = at.or(scene.cursor);
    let hint = match field {
        FirstRunField::Password if view.is_revealed => words::first_run::hide_key(),
        FirstRunField::Password => words::first_run::show_key(),
        FirstRunField::Address if content.text.is_empty() && !is_new && !view.is_guest => "you@example.org".to_owned(),
        FirstRunField::Address if content.text.is_empty() => "example.org".to_owned(),
        FirstRunField::Socks5 if content.text.is_empty() => "127.0.0.1:9050".to_owned(),
        FirstRunField::Pin if content.text.is_empty() => words::first_run::fingerprint(),
        FirstRunField::Address
        | FirstRunField::Mode
        | FirstRunField::Save
        | FirstRunField::Advanced
        | FirstRunField::Host
        | FirstRunField::Port
        | FirstRunField::DirectTls
        | FirstRunField::Socks5
        | FirstRunField::CaFile
        | FirstRunField::Pin
        | FirstRunField::AllowPlain
        | FirstRunField::Certificate
        | FirstRunField::Key
        | FirstRunField::Guest
        | FirstRunField::Resource
        | FirstRunField::Go => String::new(),
    };
    pen.fit(x + 2, y, pen.width().saturating_sub(x + 3), &hint, theme.dim);
}

fn label_style(is_focused: bool, pen: &Pen) -> Style {
    if is_focused { pen.theme.accent } else { pen.theme.dim }
}

fn mode(view: &FirstRun, is_focused: bool, y: u16, pen: &mut Pen) {
    let theme = pen.theme;
    let mut x = left(pen);
    let is_roomy = pen.width() >= ROOMY;
    let words = if is_roomy {
        [words::first_run::have_account(), words::first_run::create_account(), words::first_run::try_demo()]
    } else {
        [words::first_run::sign_in_short(), words::first_run::new_short(), words::first_run::demo_short()]
    };
    for (mode, words) in [FirstRunMode::SignIn, FirstRunMode::Register, FirstRunMode::Demo].into_iter().zip(words) {
        let is_on = view.mode == mode;
        let style = if is_on && is_focused { theme.accent } else { theme.text };
        x = pen.put(x, y, theme.glyphs.radio[usize::from(is_on)], style) + 1;
        x = pen.put(x, y, &words, if is_on { style } else { theme.dim }) + if is_roomy { 4 } else { 2 };
    }
}

fn check(label: &str, is_on: bool, words: &str, is_focused: bool, y: u16, pen: &mut Pen) {
    pen.put(left(pen), y, label, label_style(is_focused, pen));
    let style = if is_focused { pen.theme.accent } else { pen.theme.text };
    let x = pen.put(value(pen), y, pen.theme.glyphs.check[usize::from(is_on)], style) + 1;
    pen.fit(x, y, pen.width().saturating_sub(x + 1), words, pen.theme.dim);
}

fn save(view: &FirstRun, is_focused: bool, y: u16, pen: &mut Pen) {
    let (is_on, words) = match &view.keyring {
        None => (view.is_saving, words::first_run::keyring_sought()),
        Some(Ok(name)) => (view.is_saving, words::first_run::keyring_named(name)),
        Some(Err(why)) => (false, words::first_run::no_keyring(why)),
    };
    check(&words::first_run::save(), is_on, &words, is_focused, y, pen);
}

fn advanced(view: &FirstRun, is_focused: bool, y: u16, pen: &mut Pen) {
    let theme = pen.theme;
    let mark = if view.is_advanced { theme.glyphs.unfolded } else { theme.glyphs.folded };
    let style = label_style(is_focused, pen);
    let x = pen.put(left(pen), y, mark, style) + 1;
    let x = pen.put(x, y, &words::first_run::advanced(), style) + 1;
    pen.fit(x + 1, y, pen.width().saturating_sub(x + 2), &words::first_run::advanced_fields(), theme.dim);
}

fn go(view: &FirstRun, is_focused: bool, y: u16, pen: &mut Pen) {
    let words = match view.mode {
        FirstRunMode::SignIn => words::first_run::go_sign_in(),
        FirstRunMode::Register => words::first_run::go_register(),
        FirstRunMode::Demo => words::first_run::go_demo(),
    };
    let style = if is_focused { pen.theme.accent.patch(pen.theme.selected) } else { pen.theme.heading };
    pen.put(value(pen), y, &words, style);
}

/// What was done, what is being done, what is to come.
fn steps(view: &FirstRun, y: u16, pen: &mut Pen) {
    if view.steps.is_empty() {
        return;
    }
    let theme = pen.theme;
    let g = theme.glyphs;
    let left = left(pen);
    let rows = usize::from(pen.height().saturating_sub(y));
    // Where not all fit, those up to the one that is under way.
    let now = Step::ALL.iter().rposition(|step| view.steps.iter().any(|(s, _)| s == step)).unwrap_or(0);
    let first = if rows >= Step::ALL.len() { 0 } else { (now + 1).saturating_sub(rows) };
    for (y, step) in (y..).zip(Step::ALL.into_iter().skip(first)) {
        let state = view.steps.iter().rev().find(|(s, _)| *s == step).map(|(_, state)| state);
        let (mark, style, words) = match state {
            Some(StepState::Running(words)) => (g.waiting, theme.warning, words.raw()),
            Some(StepState::Done(words)) => (g.done, theme.ok, words.raw()),
            Some(StepState::Failed(words)) => (g.failed, theme.error, words.raw()),
            None => (g.todo, theme.dim, ""),
        };
        pen.put(left, y, mark, style);
        let x = pen.put(left + 2, y, step.label(), if state.is_none() { theme.dim } else { theme.text });
        let is_failed = matches!(state, Some(StepState::Failed(_)));
        let x = if pen.width() < ROOMY { x + 2 } else { left + 30 };
        let room = pen.width().saturating_sub(x + 1);
        pen.fit(x, y, room, words, if is_failed { theme.error } else { theme.dim });
    }
}
