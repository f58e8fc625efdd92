//! A text to read: help, a card, an answer.

use super::{Keys, middle};
use crate::state::overlays::TextView;
use crate::ui::pen::Pen;
use crate::ui::text;
use ratatui::style::Modifier;

/// Draws the text from its first visible line on.
pub fn draw(view: &TextView, keys: Keys, pen: &mut Pen) {
    let long = u16::try_from(view.lines.len()).unwrap_or(u16::MAX).saturating_add(2);
    let height = long.clamp(10, pen.height().saturating_sub(2).max(10));
    let mut frame = middle(pen, 86, height);
    let rows = usize::from(height.saturating_sub(2).max(1));
    let top = view.top.min(view.lines.len().saturating_sub(1));
    let place = if view.lines.len() <= rows {
        String::new()
    } else {
        format!("{} of {}", (top + rows).min(view.lines.len()), view.lines.len())
    };
    let mut inner = frame.frame(&view.title, &place, keys);
    let width = usize::from(inner.width().saturating_sub(4));
    let mut y = 0;
    for line in view.lines.iter().skip(top) {
        let raw = line.raw();
        let (shown, style) = match raw.strip_prefix("# ") {
            Some(heading) => (heading, inner.theme.accent.add_modifier(Modifier::BOLD)),
            None => (raw, inner.theme.text),
        };
        // What goes on stands under the words it belongs to.
        let indent = if raw.len() == shown.len() { raw.len() - raw.trim_start_matches(' ').len() } else { 0 };
        for (i, part) in text::wrapped(shown, width, 200).iter().enumerate() {
            if y >= inner.height() {
                return;
            }
            let x = if i == 0 { 2 } else { 2 + u16::try_from(indent.min(width / 2)).unwrap_or(0) };
            inner.put(x, y, part, style);
            y += 1;
        }
    }
}
