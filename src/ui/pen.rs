//! Draws inside one rectangle and cannot draw outside it: coordinates are relative to the rectangle and everything is
//! clipped, so that no terminal size and no text can break a neighbour.

use super::{text, theme::Theme};
use crate::text::width;
use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect},
    style::Style,
    text::Span,
};

/// The widest cluster that is cut at an edge.
const CLUSTER_MAX: u16 = 8;

/// A pen for one rectangle.
pub struct Pen<'a> {
    buf: &'a mut Buffer,
    /// The styles and signs.
    pub theme: &'a Theme,
    area: Rect,
    /// Whether a frame stands around the rectangle: horizontal lines join it.
    is_framed: bool,
}

impl<'a> Pen<'a> {
    /// A pen for a rectangle of the buffer.
    pub fn new(buf: &'a mut Buffer, theme: &'a Theme, area: Rect) -> Self {
        let area = area.intersection(buf.area);
        Self { buf, theme, area, is_framed: false }
    }

    /// A pen for a rectangle, in the screen's coordinates, inside this one.
    pub fn on(&mut self, area: Rect) -> Pen<'_> {
        let area = area.intersection(self.area);
        Pen { buf: self.buf, theme: self.theme, area, is_framed: false }
    }

    /// A pen for a rectangle in this pen's coordinates.
    pub fn part(&mut self, x: u16, y: u16, width: u16, height: u16) -> Pen<'_> {
        let area = Rect::new(self.area.x.saturating_add(x), self.area.y.saturating_add(y), width, height);
        self.on(area)
    }

    /// Columns.
    pub fn width(&self) -> u16 {
        self.area.width
    }

    /// Rows.
    pub fn height(&self) -> u16 {
        self.area.height
    }

    /// The rectangle on the screen.
    pub fn area(&self) -> Rect {
        self.area
    }

    /// Draws a text and returns the column after it.
    pub fn put(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        self.span(x, y, self.width().saturating_sub(x), &text::span(text, style))
    }

    /// Draws a text in at most `cells` columns, with an ellipsis where it is longer; returns the column after it.
    pub fn fit(&mut self, x: u16, y: u16, cells: u16, text: &str, style: Style) -> u16 {
        let cells = cells.min(self.width().saturating_sub(x));
        let shown = text::fit(text, cells.into(), self.theme.glyphs.ellipsis);
        self.span(x, y, cells, &text::cleaned(&shown, style))
    }

    /// Draws a text that ends at column `end`, if it fits behind column `min`; returns where it begins.
    pub fn right(&mut self, end: u16, y: u16, min: u16, text: &str, style: Style) -> u16 {
        let end = end.min(self.width());
        let cells = cells(text);
        if cells == 0 || min.saturating_add(cells) > end {
            return end;
        }
        self.put(end - cells, y, text, style);
        end - cells
    }

    /// Draws a text in the middle.
    pub fn centre(&mut self, y: u16, text: &str, style: Style) {
        let x = self.width().saturating_sub(cells(text)) / 2;
        self.fit(x, y, self.width(), text, style);
    }

    /// Draws spans one after the other and returns the column after them.
    pub fn spans(&mut self, mut x: u16, y: u16, end: u16, spans: &[Span<'_>]) -> u16 {
        for span in spans {
            x = self.span(x, y, end.saturating_sub(x), span);
        }
        x
    }

    /// Draws a span in at most `cells` columns; returns the column after it.
    pub fn span(&mut self, x: u16, y: u16, cells: u16, span: &Span<'_>) -> u16 {
        let cells = cells.min(self.width().saturating_sub(x));
        if y >= self.height() || cells == 0 {
            return x;
        }
        let (at, row) = (self.area.x + x, self.area.y + y);
        if span.content.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return x + self.ascii(at, row, &span.content[..span.content.len().min(cells.into())], span.style);
        }
        let (end, _) = self.buf.set_stringn(at, row, &span.content, cells.into(), span.style);
        end - self.area.x
    }

    /// Draws ASCII, where every byte is a cell and graphemes need not be looked for; returns how many there were.
    fn ascii(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        let count = u16::try_from(text.len()).unwrap_or(u16::MAX);
        for (at, cell) in self.cells(x, y, count).iter_mut().enumerate() {
            cell.set_symbol(&text[at..=at]).set_style(style);
        }
        count
    }

    /// Some cells of a row, in the screen's coordinates; they lie in the buffer as the rectangle does.
    fn cells(&mut self, x: u16, y: u16, count: u16) -> &mut [Cell] {
        let (left, top, width) = (self.buf.area.x, self.buf.area.y, self.buf.area.width);
        let first = usize::from(y - top) * usize::from(width) + usize::from(x - left);
        self.buf.content.get_mut(first..first + usize::from(count)).unwrap_or_default()
    }

    /// A horizontal line.
    pub fn rule(&mut self, y: u16) {
        for x in 0..self.width() {
            self.sign(x, y, self.theme.glyphs.horizontal);
        }
        if self.is_framed && y < self.height() {
            let [.., left, right] = self.theme.glyphs.tees;
            for (x, tee) in [(self.area.x.saturating_sub(1), left), (self.area.right(), right)] {
                if let Some(cell) = self.buf.cell_mut((x, self.area.y + y)) {
                    cell.set_symbol(tee).set_style(self.theme.border);
                }
            }
        }
    }

    /// A horizontal line with words in it, from column `x`.
    pub fn titled_rule(&mut self, y: u16, x: u16, title: &str, style: Style) {
        self.rule(y);
        let room = self.width().saturating_sub(x + 2);
        if room > 0 && !title.is_empty() {
            let title = text::fit(title, room.into(), self.theme.glyphs.ellipsis).into_owned();
            self.put(x, y, &format!(" {title} "), style);
        }
    }

    /// A vertical line.
    pub fn wall(&mut self, x: u16) {
        for y in 0..self.height() {
            self.sign(x, y, self.theme.glyphs.vertical);
        }
    }

    /// One cell of a border.
    fn sign(&mut self, x: u16, y: u16, sign: &str) {
        let (x, y) = (self.area.x.saturating_add(x), self.area.y.saturating_add(y));
        if let Some(cell) = self.buf.cell_mut((x, y)).filter(|_| self.area.contains(Position { x, y })) {
            cell.set_symbol(sign).set_style(self.theme.border);
        }
    }

    /// Empties the rectangle.
    pub fn clear(&mut self) {
        let mut blank = Cell::EMPTY;
        blank.set_style(self.theme.text);
        for y in self.area.top()..self.area.bottom() {
            self.cut_wide(y);
            self.cells(self.area.left(), y, self.width()).fill(blank.clone());
        }
    }

    /// A wide character that begins left of the rectangle and ends in it would hide its first column.
    fn cut_wide(&mut self, y: u16) {
        for back in 1..=CLUSTER_MAX {
            let at = self.area.left().checked_sub(back).filter(|x| *x >= self.buf.area.left());
            let Some(cell) = at.and_then(|x| self.buf.cell_mut((x, y))) else { return };
            if width::width(cell.symbol()) > usize::from(back) {
                cell.set_symbol(" ");
            }
            // What is covered by a wide one is blank.
            if cell.symbol() != " " {
                return;
            }
        }
    }

    /// Lays a style over one row.
    pub fn tint(&mut self, y: u16, style: Style) {
        if y < self.height() {
            self.buf.set_style(Rect::new(self.area.x, self.area.y + y, self.area.width, 1), style);
        }
    }

    /// A frame around the rectangle with words in its upper and lower edge; returns a pen for the inside.
    pub fn frame(&mut self, title: &str, right: &str, keys: &[(String, String)]) -> Pen<'_> {
        self.clear();
        let (w, h) = (self.width(), self.height());
        let g = self.theme.glyphs;
        if w < 4 || h < 3 {
            return self.part(0, 0, w, h);
        }
        for y in [0, h - 1] {
            self.rule(y);
        }
        for x in [0, w - 1] {
            self.wall(x);
        }
        for (corner, x, y) in [(0, 0, 0), (1, w - 1, 0), (2, 0, h - 1), (3, w - 1, h - 1)] {
            self.put(x, y, g.corners[corner], self.theme.border);
        }
        self.part(1, 0, w - 2, 1).frame_title(title, right);
        let mut foot = self.part(2, h - 1, w - 4, 1);
        if !keys.is_empty() {
            let end = foot.hints(1, 0, keys);
            if end > 1 {
                foot.put(0, 0, " ", foot.theme.text);
                foot.put(end, 0, " ", foot.theme.text);
            }
        }
        let mut inner = self.part(1, 1, w - 2, h - 2);
        inner.is_framed = true;
        inner
    }

    fn frame_title(&mut self, title: &str, right: &str) {
        let title =
            text::fit(title, usize::from(self.width().saturating_sub(2)), self.theme.glyphs.ellipsis).into_owned();
        let x = if title.is_empty() { 0 } else { self.put(0, 0, &format!(" {title} "), self.theme.heading) };
        if !right.is_empty() {
            let end = self.width().saturating_sub(1);
            self.right(end, 0, x + 1, &format!(" {right} "), self.theme.dim);
        }
    }

    /// Keys and what they do, as many as fit; returns the column after them.
    pub fn hints(&mut self, mut x: u16, y: u16, keys: &[(String, String)]) -> u16 {
        for (i, (key, what)) in keys.iter().enumerate() {
            let gap = if i == 0 { 0 } else { 2 };
            let cells = cells(key) + 1 + cells(what);
            if x + gap + cells + 1 > self.width() {
                break;
            }
            x = self.put(x, y, if gap == 0 { "" } else { "  " }, self.theme.text);
            x = self.put(x, y, key, self.theme.accent);
            x = self.put(x, y, " ", self.theme.text);
            x = self.put(x, y, what, self.theme.dim);
        }
        x
    }
}

/// The width of a short text in cells.
#[must_use]
pub fn cells(text: &str) -> u16 {
    u16::try_from(width::width(&crate::text::line(text))).unwrap_or(u16::MAX)
}

/// The first visible row of a list of `len` rows, so that the chosen row stands near the middle.
#[must_use]
pub fn window(len: usize, rows: usize, selected: usize) -> usize {
    selected.saturating_sub(rows / 2).min(len.saturating_sub(rows))
}
