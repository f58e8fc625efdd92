//! A yes-or-no question, and a prompt of one line.

use super::{Keys, middle};
use crate::state::overlays::{Choice, Confirm, Prompt, PromptKind};
use crate::ui::field::{self, Look};
use crate::ui::pen::Pen;
use crate::ui::{Scene, text};
use crate::words;

/// Most lines above what is to be filled in.
const LINES: usize = 9;

/// Draws a question.
pub fn confirm(view: &Confirm, keys: Keys, pen: &mut Pen) {
    let width = 64.min(pen.width());
    // A link is shown whole, as far as there is room.
    let room = usize::from(pen.height().saturating_sub(4)).max(1);
    let lines = text::wrapped(view.text.raw(), width.saturating_sub(6).into(), room);
    let height = u16::try_from(lines.len()).unwrap_or(1) + 4;
    let mut frame = middle(pen, width, height);
    let title = match view.choice {
        Choice::OpenLink(_) => words::question::open_link(),
        Choice::DiscardForm => words::question::discard(),
        Choice::Retract(..) => words::relation::retract_title(),
        Choice::Moderate(..) => words::relation::moderate_title(),
        Choice::Chat(_)
        | Choice::React(_)
        | Choice::Action(_)
        | Choice::Compose(_)
        | Choice::Run(_)
        | Choice::Link(_)
        | Choice::Request(_)
        | Choice::Missing(..)
        | Choice::Private(_)
        | Choice::Go(_) => words::question::confirm(),
    };
    let mut inner = frame.frame(&title, "", keys);
    for (y, line) in (1..).zip(&lines) {
        inner.put(2, y, line, inner.theme.text);
    }
}

/// Draws a line to fill in.
pub fn prompt(scene: &mut Scene, view: &Prompt, keys: Keys, pen: &mut Pen) {
    let width = 64.min(pen.width());
    let lines = text::wrapped(view.text.raw(), width.saturating_sub(6).into(), LINES);
    let error = view.error.as_ref().map(|e| text::wrapped(e.raw(), width.saturating_sub(8).into(), 3));
    let error = error.unwrap_or_default();
    let count = u16::try_from(lines.len()).unwrap_or(1);
    let height = count + 5 + u16::from(view.saving.is_some()) + u16::try_from(error.len()).unwrap_or(0);
    let mut frame = middle(pen, width, height);
    let title = match view.kind {
        PromptKind::Password(_) | PromptKind::RoomPassword(..) => words::question::password(),
        PromptKind::Obsolete => words::question::done(),
        PromptKind::Join => words::question::join(),
        PromptKind::Consent(..) => words::question::sign_in_anyway(),
    };
    let mut inner = frame.frame(&title, "", keys);
    let theme = inner.theme;
    for (y, line) in (1..).zip(&lines) {
        inner.put(2, y, line, theme.text);
    }
    let y = count + 1;
    let look = Look { style: theme.text, is_secret: view.is_secret, is_focused: true };
    let room = inner.width().saturating_sub(8);
    inner.put(2, y, "[", theme.dim);
    inner.put(room + 5, y, "]", theme.dim);
    scene.cursor = field::draw(&mut inner, 4, y, room, &view.input, look);
    if let Some(is_saving) = view.saving {
        let mark = if is_saving { "[x]" } else { "[ ]" };
        let x = inner.put(2, y + 1, mark, theme.text) + 1;
        inner.put(x, y + 1, &words::question::save_in_keyring(), theme.text);
    }
    let below = y + 1 + u16::from(view.saving.is_some());
    for (i, line) in (below..).zip(&error) {
        let mark = if i == below { theme.glyphs.failed } else { " " };
        let x = inner.put(2, i, mark, theme.error) + 1;
        inner.put(x, i, line, theme.error);
    }
}
