//! A text to read: help, a card, an answer.

use super::{Keys, middle, middle_width};
use crate::state::composer::TextBox;
use crate::state::overlays::TextView;
use crate::ui::pen::{Pen, cells};
use crate::ui::{Scene, field, text};
use crate::words;
use ratatui::style::{Modifier, Style};

/// Columns of the frame.
const WIDTH: u16 = 86;
/// What goes on stands under the words it belongs to, where their column begins at most here.
const COLUMN_MAX: usize = 38;
/// Rows of one line.
const ROWS_MAX: usize = 200;

/// Draws the text from its first visible line on.
pub fn draw(scene: &mut Scene, view: &TextView, keys: Keys, pen: &mut Pen) {
    let lines = view.shown();
    let width = usize::from(middle_width(pen, WIDTH).saturating_sub(6));
    let shape = |line: &crate::model::Untrusted| rows(line.raw(), width);
    let most = pen.height().saturating_sub(2).max(10);
    // Of a very long text no more is looked at than fits.
    // A filter makes the frame no smaller: it would jump with every letter.
    let foot = u16::from(view.filter.is_some());
    let mut long = 2 + usize::from(foot);
    for line in &view.lines {
        long += shape(line).1.len();
        if long > usize::from(most) {
            break;
        }
    }
    let height = u16::try_from(long).unwrap_or(u16::MAX).clamp(10, most);
    let mut frame = middle(pen, WIDTH, height);
    let top = view.top.min(lines.len().saturating_sub(1));
    let room = usize::from(frame.height().saturating_sub(2 + foot));
    let mut left = room;
    let whole = lines.iter().skip(top).take_while(|l| {
        let need = shape(l).1.len();
        let fits = need <= left;
        left = left.saturating_sub(need);
        fits
    });
    let last = (top + whole.count()).max(top + 1).min(lines.len());
    let is_all = top == 0 && last == lines.len();
    let place = if is_all { String::new() } else { words::screen::line_of(last, lines.len()) };
    let mut inner = frame.frame(&view.title, &place, keys);
    if let Some(filter) = &view.filter {
        draw_filter(scene, filter, &mut inner);
    }
    let mut inner = inner.part(0, 0, inner.width(), inner.height().saturating_sub(foot));
    if lines.is_empty() {
        inner.put(2, 0, &words::screen::no_line_has(), inner.theme.dim);
    }
    let mut y = 0;
    for line in lines.into_iter().skip(top) {
        let (is_heading, rows) = shape(line);
        let style = if is_heading { inner.theme.accent.add_modifier(Modifier::BOLD) } else { inner.theme.text };
        y = put(&mut inner, y, &rows, style);
        if y >= inner.height() {
            return;
        }
    }
}

/// The line that the filter is typed into.
fn draw_filter(scene: &mut Scene, filter: &str, pen: &mut Pen) {
    let (theme, y) = (pen.theme, pen.height().saturating_sub(1));
    let x = pen.put(1, y, "/ ", theme.accent);
    let text = TextBox { text: filter.to_owned(), cursor: filter.len() };
    let look = field::Look { style: theme.text, is_secret: false, is_focused: true };
    let room = pen.width().saturating_sub(x + 1);
    scene.cursor = field::draw(pen, x, y, room, &text, look);
    if filter.is_empty() {
        pen.put(x + 1, y, &words::screen::type_to_filter(), theme.dim);
    }
}

fn put(pen: &mut Pen, mut y: u16, rows: &[(usize, String)], style: Style) -> u16 {
    for (indent, part) in rows {
        if y < pen.height() {
            pen.put(2 + u16::try_from(*indent).unwrap_or(0), y, part, style);
        }
        y += 1;
    }
    y
}

/// The rows of a line, each with its indent; and whether it is a heading.
fn rows(raw: &str, width: usize) -> (bool, Vec<(usize, String)>) {
    let (is_heading, shown) = match raw.strip_prefix("# ") {
        Some(heading) => (true, heading),
        None => (false, raw),
    };
    if let Some((command, words)) = wide_command(shown, width) {
        let more = text::wrapped(words, width.saturating_sub(4).max(1), ROWS_MAX).into_iter().map(|part| (4, part));
        let rows = text::wrapped(command, width, ROWS_MAX).into_iter().map(|part| (0, part));
        return (is_heading, rows.chain(more).collect());
    }
    let hang = hang(shown, width);
    let Some((head, rest)) = shown.split_at_checked(hang).filter(|_| hang > 0) else {
        let rows = text::wrapped(shown, width, ROWS_MAX).into_iter().map(|part| (0, part));
        return (is_heading, rows.collect());
    };
    let indent = usize::from(cells(head));
    let mut rows: Vec<(usize, String)> =
        text::wrapped(rest, width.saturating_sub(indent).max(1), ROWS_MAX).into_iter().map(|p| (indent, p)).collect();
    if let Some(first) = rows.first_mut().filter(|_| !head.trim().is_empty()) {
        *first = (0, format!("{head}{}", first.1));
    }
    (is_heading, rows)
}

/// A command and what it does, where the two have no room beside each other: the words go below it.
fn wide_command(line: &str, width: usize) -> Option<(&str, &str)> {
    let (command, words) = line.split_once("  ").filter(|_| line.starts_with('/'))?;
    let words = words.trim_start_matches(' ');
    let at = line.len() - words.len();
    (at * 2 > width && usize::from(cells(line)) > width).then_some((command, words))
}

/// How many bytes stand before the words under which the line goes on: an indent, or a label and the spaces after it.
fn hang(line: &str, width: usize) -> usize {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let label = line[indent..].find("  ").map(|at| {
        let gap = &line[indent + at..];
        indent + at + (gap.len() - gap.trim_start_matches(' ').len())
    });
    let is_fit = |at: &usize| *at <= COLUMN_MAX && *at * 2 <= width && *at < line.len();
    label.filter(is_fit).or(Some(indent).filter(is_fit)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_stands_under_its_words_and_nothing_is_lost() {
        let shown = |line: &str, width| {
            let rows = rows(line, width).1;
            rows.iter().map(|(x, part)| format!("{}{part}", " ".repeat(*x))).collect::<Vec<_>>()
        };
        assert_eq!(shown("Key     aaaa bbbb cccc", 24), ["Key     aaaa bbbb cccc"]);
        assert_eq!(shown("Key     aaaa bbbb cccc dddd", 24), ["Key     aaaa bbbb cccc", "        dddd"]);
        assert_eq!(shown("    one two three four", 13), ["    one two", "    three", "    four"]);
        assert_eq!(
            shown("/join [room] [nick]   join a room or make it", 30),
            ["/join [room] [nick]", "    join a room or make it"]
        );
        assert_eq!(shown("no column here at all", 10), ["no column", "here at", "all"]);
        for width in 1..40 {
            let all: String = shown("  label   some words 漢字 and more", width).concat().split_whitespace().collect();
            assert_eq!(all, "labelsomewords漢字andmore", "{width}");
        }
    }
}
