//! A one-line text field with a cursor; it scrolls so that the cursor stays visible.

use super::pen::Pen;
use crate::state::composer::TextBox;
use crate::text::{grapheme, line, width};
use ratatui::layout::Position;
use ratatui::style::Style;

/// How a field is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The text's style.
    pub style: Style,
    /// Dots instead of characters.
    pub is_secret: bool,
    /// Whether keys go there.
    pub is_focused: bool,
}

/// Draws a field in `cells` columns; returns where the cursor is to stand, if keys go there.
pub fn draw(pen: &mut Pen, x: u16, y: u16, cells: u16, text: &TextBox, look: Look) -> Option<Position> {
    let split = grapheme::floor(&text.text, text.cursor);
    let (before, after) = text.text.split_at(split);
    let shown = |part: &str| {
        if look.is_secret { pen.theme.glyphs.secret.repeat(part.chars().count()) } else { line(part).into_owned() }
    };
    let (before, after) = (shown(before), shown(after));
    let room = usize::from(cells.saturating_sub(1));
    let used = width::width(&before);
    // The end of what is before the cursor, cut at its front.
    let before = if used > room { tail(&before, room) } else { &before };
    let at = pen.fit(x, y, cells, before, look.style);
    pen.fit(at, y, cells.saturating_sub(at - x), &after, look.style);
    let is_inside = y < pen.height() && at < pen.width();
    (look.is_focused && is_inside).then(|| Position::new(pen.area().x + at, pen.area().y + y))
}

/// The longest end of a text that fits.
fn tail(text: &str, cells: usize) -> &str {
    let mut at = text.len();
    let mut used = 0;
    while at > 0 {
        let from = grapheme::prev(text, at);
        used += width::grapheme(&text[from..at]);
        if used > cells {
            break;
        }
        at = from;
    }
    &text[at..]
}
