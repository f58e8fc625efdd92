//! Short notices at the upper right edge, over everything else.

use crate::state::toasts::{Severity, Toast};
use crate::ui::pen::{Pen, cells};
use crate::ui::{Scene, text};

/// Most columns of a toast's text.
const WIDTH: u16 = 56;
/// Most lines of one toast.
const LINES: usize = 6;

/// Draws what there is.
pub fn draw(scene: &Scene, pen: &mut Pen) {
    // What the user types is never covered.
    let l = scene.layout;
    let mut pen = pen.part(0, 0, l.screen.width, l.typing.y.saturating_sub(l.screen.y) + 1);
    // Beside a dialog the room is at the bottom.
    let is_low = !scene.state.overlays.is_empty();
    // Why there is no connection stays readable.
    let mut used = if is_low { 1 } else { 1 + l.trouble.map_or(0, |area| area.height) };
    for toast in scene.state.toasts.list.iter().rev() {
        used = one(toast, &mut pen, used, is_low);
    }
}

/// Draws one, `used` rows from the edge; returns how many are used then.
fn one(toast: &Toast, pen: &mut Pen, used: u16, is_low: bool) -> u16 {
    let g = pen.theme.glyphs;
    let (style, mark) = match toast.severity {
        Severity::Info => (pen.theme.accent, g.dot),
        Severity::Warning => (pen.theme.warning, g.alert),
        Severity::Error => (pen.theme.error, g.failed),
    };
    let room = WIDTH.min(pen.width().saturating_sub(8));
    let lines = text::wrapped(toast.text.raw(), room.into(), LINES);
    let widest = lines.iter().map(|l| cells(l)).max().unwrap_or(0);
    let height = u16::try_from(lines.len()).unwrap_or(0);
    if height == 0 || used + height + 2 > pen.height() {
        return used;
    }
    let y = if is_low { pen.height() - used - height - 2 } else { used };
    let width = widest + 6;
    let x = pen.width().saturating_sub(width + 1);
    let mut frame = pen.part(x, y, width, height + 2);
    frame.frame("", "", &[]);
    frame.put(2, 1, mark, style);
    for (i, line) in (1..).zip(&lines) {
        frame.put(4, i, line, frame.theme.text);
    }
    used + height + 2
}
