//! Short notices: one line above the composer, one notice at a time, the newest, but for errors. Below an overlay it is the
//! screen's last row, which overlays leave free, so that nothing is ever covered. `/log` keeps all of them whole.

use crate::state::State;
use crate::state::toasts::{Severity, Toast};
use crate::ui::Scene;
use crate::ui::pen::Pen;
use crate::words;

/// The notice to show, and how many wait behind it: an error, which stays until a key, else the newest, since that
/// answers what was just done. What it hid comes back, if there is time left.
fn shown(state: &State) -> Option<(&Toast, usize)> {
    let newest_first = || state.toasts.list.iter().rev();
    let toast = newest_first().find(|t| t.severity == Severity::Error).or_else(|| newest_first().next())?;
    let waiting = state.toasts.list.iter().filter(|t| t.severity != Severity::Info && *t != toast).count();
    Some((toast, waiting))
}

/// Whether a notice is more to the point than anything else that may stand in its line.
pub fn is_grave(state: &State) -> bool {
    shown(state).is_some_and(|(toast, _)| toast.severity != Severity::Info)
}

/// Draws it into one row, up to a column. Returns whether there was one.
pub fn line(state: &State, pen: &mut Pen, end: u16) -> bool {
    let Some((toast, waiting)) = shown(state) else { return false };
    let g = pen.theme.glyphs;
    let (style, mark) = match toast.severity {
        Severity::Info => (pen.theme.accent, g.dot),
        Severity::Warning => (pen.theme.warning, g.alert),
        Severity::Error => (pen.theme.error, g.failed),
    };
    let x = pen.put(1, 0, mark, style) + 1;
    let text = crate::text::line(toast.text.raw());
    let is_cut = crate::ui::pen::cells(&text) > end.saturating_sub(x + 1);
    let more = match (waiting, is_cut) {
        (0, false) => String::new(),
        (0, true) => words::screen::f12_shows_all(),
        (n, _) => words::screen::more_in_log(n),
    };
    let room = pen.right(end, 0, x + 8, &more, pen.theme.dim).saturating_sub(x + u16::from(!more.is_empty()));
    pen.fit(x, 0, room, &text, pen.theme.text);
    true
}

/// Draws it below an overlay.
pub fn draw(scene: &Scene, pen: &mut Pen) {
    let screen = scene.layout.screen;
    if !scene.state.overlays.is_empty() && scene.layout.has_foot {
        let end = screen.width.saturating_sub(1);
        line(scene.state, &mut pen.part(0, screen.height.saturating_sub(1), screen.width, 1), end);
    }
}
