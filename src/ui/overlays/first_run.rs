//! Sign in or make an account: one screen, the steps of the connection shown as they happen.

use super::{Keys, middle};
use crate::model::{Step, StepState};
use crate::state::overlays::{FirstRun, FirstRunField, FirstRunMode};
use crate::ui::field::{self, Look};
use crate::ui::pen::Pen;
use crate::ui::{Scene, text};
use ratatui::style::Style;

/// Where the labels begin.
const LEFT: u16 = 3;
/// Where the values begin.
const VALUE: u16 = 18;

/// Draws the screen.
pub fn draw(scene: &mut Scene, view: &FirstRun, keys: Keys, pen: &mut Pen) {
    pen.clear();
    let steps = if view.steps.is_empty() { 0 } else { 7 };
    let height = 13 + steps + if view.is_advanced { 5 } else { 0 };
    let mut frame = middle(pen, 80, height.max(20));
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    let mut inner = frame.frame("parlour", version, keys);
    let is_short = inner.height() < 16;
    let mut y = u16::from(!is_short);
    let theme = inner.theme;
    inner.fit(
        LEFT,
        y,
        inner.width().saturating_sub(4),
        "Welcome. This is a chat client for XMPP, the open messaging network.",
        theme.text,
    );
    y += if is_short { 1 } else { 2 };
    for (index, field) in (0..).zip(view.fields()) {
        if field == FirstRunField::Go
            || (!is_short && matches!(field, FirstRunField::Address | FirstRunField::Advanced))
        {
            y += 1;
        }
        one(scene, view, field, index, y, &mut inner);
        y += 1;
        if let Some((_, words)) = view.error.as_ref().filter(|(i, _)| *i == index) {
            y = error(words.raw(), y, &mut inner);
        }
    }
    y += u16::from(!is_short);
    self::steps(view, y, &mut inner);
    let last = inner.height().saturating_sub(1);
    if view.steps.is_empty() && last > y {
        inner.fit(LEFT, last, inner.width().saturating_sub(4), "Nothing is sent anywhere until you go on.", theme.dim);
    }
}

fn error(words: &str, y: u16, pen: &mut Pen) -> u16 {
    let lines = text::wrapped(words, pen.width().saturating_sub(VALUE + 4).into(), 3);
    let style = pen.theme.error;
    pen.put(VALUE, y, pen.theme.glyphs.failed, style);
    for (i, line) in (y..).zip(&lines) {
        pen.put(VALUE + 2, i, line, style);
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
            let words = "TLS from the first byte, without STARTTLS";
            return check("Direct TLS", view.direct_tls, words, is_focused, y, pen);
        }
        FirstRunField::Address if is_new => ("Server", &view.address),
        FirstRunField::Address => ("Address", &view.address),
        FirstRunField::Password => ("Password", &view.password),
        FirstRunField::Host => ("Host", &view.host),
        FirstRunField::Port => ("Port", &view.port),
        FirstRunField::CaFile => ("CA file", &view.ca_file),
        FirstRunField::Resource => ("Resource", &view.resource),
    };
    let theme = pen.theme;
    let is_password = field == FirstRunField::Password;
    let room = pen.width().saturating_sub(VALUE + 5).min(40);
    pen.put(LEFT, y, label, label_style(is_focused, pen));
    pen.put(VALUE, y, "[", theme.dim);
    let look = Look { style: theme.text, is_secret: is_password && !view.is_revealed, is_focused };
    let at = field::draw(pen, VALUE + 2, y, room, content, look);
    let x = pen.put(VALUE + 2 + room, y, "]", theme.dim);
    scene.cursor = at.or(scene.cursor);
    let hint = match field {
        FirstRunField::Password if view.is_revealed => "Ctrl-T hide",
        FirstRunField::Password => "Ctrl-T show",
        FirstRunField::Address if content.text.is_empty() && !is_new => "you@example.org",
        FirstRunField::Address if content.text.is_empty() => "example.org",
        FirstRunField::Address
        | FirstRunField::Mode
        | FirstRunField::Save
        | FirstRunField::Advanced
        | FirstRunField::Host
        | FirstRunField::Port
        | FirstRunField::DirectTls
        | FirstRunField::CaFile
        | FirstRunField::Resource
        | FirstRunField::Go => "",
    };
    pen.fit(x + 2, y, pen.width().saturating_sub(x + 3), hint, theme.dim);
}

fn label_style(is_focused: bool, pen: &Pen) -> Style {
    if is_focused { pen.theme.accent } else { pen.theme.dim }
}

fn mode(view: &FirstRun, is_focused: bool, y: u16, pen: &mut Pen) {
    let theme = pen.theme;
    let mut x = LEFT;
    for (mode, words) in [(FirstRunMode::SignIn, "I have an account"), (FirstRunMode::Register, "Make a new one")] {
        let is_on = view.mode == mode;
        let style = if is_on && is_focused { theme.accent } else { theme.text };
        x = pen.put(x, y, theme.glyphs.radio[usize::from(is_on)], style) + 1;
        x = pen.put(x, y, words, if is_on { style } else { theme.dim }) + 4;
    }
}

fn check(label: &str, is_on: bool, words: &str, is_focused: bool, y: u16, pen: &mut Pen) {
    pen.put(LEFT, y, label, label_style(is_focused, pen));
    let style = if is_focused { pen.theme.accent } else { pen.theme.text };
    let x = pen.put(VALUE, y, pen.theme.glyphs.check[usize::from(is_on)], style) + 1;
    pen.fit(x, y, pen.width().saturating_sub(x + 1), words, pen.theme.dim);
}

fn save(view: &FirstRun, is_focused: bool, y: u16, pen: &mut Pen) {
    let (is_on, words) = match &view.keyring {
        None => (view.is_saving, "looking for a keyring".to_owned()),
        Some(Ok(name)) => (view.is_saving, format!("in your keyring ({name})")),
        Some(Err(why)) => (false, format!("no keyring: {why}. You are asked at each start.")),
    };
    check("Save it", is_on, &words, is_focused, y, pen);
}

fn advanced(view: &FirstRun, is_focused: bool, y: u16, pen: &mut Pen) {
    let theme = pen.theme;
    let mark = if view.is_advanced { theme.glyphs.unfolded } else { theme.glyphs.folded };
    let style = label_style(is_focused, pen);
    let x = pen.put(LEFT, y, mark, style) + 1;
    let x = pen.put(x, y, "Advanced", style) + 1;
    pen.fit(x + 1, y, pen.width().saturating_sub(x + 2), "host, port, TLS, certificate authority, resource", theme.dim);
}

fn go(view: &FirstRun, is_focused: bool, y: u16, pen: &mut Pen) {
    let words = match view.mode {
        FirstRunMode::SignIn => "[ Sign in ]",
        FirstRunMode::Register => "[ See the server's form ]",
    };
    let style = if is_focused { pen.theme.accent.patch(pen.theme.selected) } else { pen.theme.heading };
    pen.put(VALUE, y, words, style);
}

/// What was done, what is being done, what is to come.
fn steps(view: &FirstRun, y: u16, pen: &mut Pen) {
    if view.steps.is_empty() {
        return;
    }
    let theme = pen.theme;
    let g = theme.glyphs;
    for (y, step) in (y..).zip(Step::ALL) {
        let state = view.steps.iter().rev().find(|(s, _)| *s == step).map(|(_, state)| state);
        let (mark, style, words) = match state {
            Some(StepState::Running(words)) => (g.waiting, theme.warning, words.raw()),
            Some(StepState::Done(words)) => (g.done, theme.ok, words.raw()),
            Some(StepState::Failed(words)) => (g.failed, theme.error, words.raw()),
            None => (g.todo, theme.dim, ""),
        };
        let is_todo = state.is_none();
        pen.put(LEFT, y, mark, style);
        pen.put(LEFT + 2, y, step.label(), if is_todo { theme.dim } else { theme.text });
        let is_failed = matches!(state, Some(StepState::Failed(_)));
        let room = pen.width().saturating_sub(LEFT + 31);
        pen.fit(LEFT + 30, y, room, words, if is_failed { theme.error } else { theme.dim });
    }
}
