//! The log, and the raw XML.

use super::Keys;
use crate::model::wire::Direction;
use crate::state::composer::TextBox;
use crate::state::console::ConsoleView;
use crate::text::date;
use crate::ui::field;
use crate::ui::pen::Pen;
use crate::ui::{Scene, text};
use crate::words;
use ratatui::style::Style;

/// Most lines of one entry.
const LINES: usize = 40;

/// One entry: its time, a sign, the text.
type Entry<'e> = (i64, &'static str, &'e str, Style);

/// Draws the console over the whole screen.
pub fn draw(scene: &mut Scene, keys: Keys, pen: &mut Pen) {
    let console = &scene.state.console;
    let (title, count) = match console.view {
        ConsoleView::Log => (words::console::log_title(), console.log.len()),
        ConsoleView::Xml => (words::console::xml_title(), console.xml.len()),
    };
    let mut inner = pen.frame(&title, &words::console::lines(count), keys);
    let theme = inner.theme;
    let (width, mut height) = (inner.width(), inner.height());
    if !console.filter.is_empty() && height > 3 {
        height -= 1;
        let x = inner.put(1, height, "/ ", theme.accent);
        let filter = TextBox { text: console.filter.clone(), cursor: console.filter.len() };
        let look = field::Look { style: theme.text, is_secret: false, is_focused: true };
        scene.cursor = field::draw(&mut inner, x, height, width.saturating_sub(x + 1), &filter, look);
    }
    let filter = console.filter.to_lowercase();
    let holds = |e: &Entry| filter.is_empty() || e.2.to_lowercase().contains(&filter);
    let zone = scene.state.zone_minutes;
    let mut part = inner.part(0, 0, width, height);
    match console.view {
        ConsoleView::Log => {
            let entries = console.log.iter().rev().map(|(t, text)| (t.0, "", text.raw(), theme.text));
            list(entries.filter(holds), console.scroll, zone, &mut part);
        }
        ConsoleView::Xml => {
            let entries = console.xml.iter().rev().map(|(_, line)| match line.direction {
                Direction::In => (line.time.0, "<", line.xml.raw(), theme.text),
                Direction::Out => (line.time.0, ">", line.xml.raw(), theme.ok),
            });
            list(entries.filter(holds), console.scroll, zone, &mut part);
        }
    }
}

/// Draws upwards from the newest; only what is seen is wrapped.
fn list<'e>(entries: impl Iterator<Item = Entry<'e>>, scroll: usize, zone: i32, pen: &mut Pen) {
    let mut y = pen.height();
    let mut skip = scroll;
    let indent = 12;
    let room = usize::from(pen.width().saturating_sub(indent + 1)).max(2);
    let mut is_any = false;
    for (time, mark, words, style) in entries {
        is_any = true;
        let lines = text::wrapped(words, room, LINES);
        let seen = lines.len().saturating_sub(skip);
        skip -= skip.min(lines.len());
        for (i, line) in lines.iter().enumerate().take(seen).rev() {
            if y == 0 {
                return;
            }
            y -= 1;
            pen.put(indent, y, line, style);
            if i == 0 {
                pen.put(1, y, &date::clock_seconds(time, zone), pen.theme.dim);
                pen.put(10, y, mark, pen.theme.accent);
            }
        }
    }
    if !is_any {
        pen.put(1, 0, &words::console::nothing_yet(), pen.theme.dim);
    }
}
