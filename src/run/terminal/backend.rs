//! The backend of the drawing library: it collects a frame as bytes, and never asks the terminal anything.
//!
//! Terminals disagree on how many cells a cluster of several characters takes (families of emoji, flags, signs with a
//! variation selector). So everything to the right of such a cluster is drawn again behind it, with its own cursor
//! position: the cluster may look odd, but it changes no other cell (S-44).

use crossterm::{
    cursor::{Hide, MoveTo, Show},
    queue, terminal,
};
use ratatui::{
    backend::{Backend, ClearType, CrosstermBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use std::{collections::BTreeMap, convert::Infallible};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The cursor as the terminal shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    Unknown,
    Hidden,
    At(Position),
}

/// A frame's bytes, and what is known of the cursor.
pub struct Bytes {
    out: Vec<u8>,
    size: Size,
    wanted: Option<Position>,
    is_shown: bool,
    /// What the terminal shows of it.
    shown: Cursor,
    /// What stands in each cell, row by row.
    cells: Vec<Cell>,
}

/// Text goes on in the next line at the right edge, or does not.
const WRAP_OFF: &[u8] = b"\x1b[?7l";
const WRAP_ON: &[u8] = b"\x1b[?7h";

/// Whether terminals may count other cells for it than we do.
fn is_uncertain(symbol: &str) -> bool {
    if symbol.len() < 5 {
        return false;
    }
    let widths = || symbol.chars().map(|c| c.width().unwrap_or(0));
    let selects = |c: char| matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}');
    widths().filter(|w| *w > 0).count() > 1 || widths().sum::<usize>() != symbol.width() || symbol.chars().any(selects)
}

/// Writing into a `Vec` cannot fail; the library's signatures say that it could.
fn wrote<E>(_: Result<(), E>) {}

impl Bytes {
    pub(super) fn new(size: (u16, u16)) -> Self {
        let size = Size::new(size.0, size.1);
        let cells = vec![Cell::EMPTY; usize::from(size.width) * usize::from(size.height)];
        Self { out: Vec::new(), size, wanted: None, is_shown: false, shown: Cursor::Unknown, cells }
    }

    /// Notes what a cell shows from now on.
    fn note(&mut self, x: u16, y: u16, cell: &Cell) {
        let first = usize::from(y) * usize::from(self.size.width);
        let Some(row) = self.cells.get_mut(first..first + usize::from(self.size.width)) else { return };
        let mut places = row.iter_mut().skip(x.into());
        if let Some(noted) = places.next() {
            noted.clone_from(cell);
        }
        // The library passes over what a wide character covers.
        places.take(cell.symbol().width().saturating_sub(1)).for_each(Cell::reset);
    }

    /// Draws a row from an uncertain cluster on, each certain piece of it at a place of its own.
    fn draw_rest(&mut self, y: u16, from: u16) {
        let first = usize::from(y) * usize::from(self.size.width);
        let Some(row) = self.cells.get(first..first + usize::from(self.size.width)) else { return };
        self.out.extend_from_slice(WRAP_OFF);
        let mut piece: Vec<(u16, u16, &Cell)> = Vec::new();
        let mut x = from;
        while let Some(cell) = row.get(usize::from(x)) {
            let width = u16::try_from(cell.symbol().width()).unwrap_or(1).max(1);
            if is_uncertain(cell.symbol()) {
                wrote(CrosstermBackend::new(&mut self.out).draw(piece.drain(..)));
                // Where the terminal counts fewer cells, nothing old stays beside it.
                let blanks = vec![Cell::EMPTY; width.into()];
                wrote(
                    CrosstermBackend::new(&mut self.out)
                        .draw((x..).map(|x| (x, y)).zip(&blanks).map(|((x, y), c)| (x, y, c))),
                );
                wrote(CrosstermBackend::new(&mut self.out).draw([(x, y, cell)].into_iter()));
            } else {
                piece.push((x, y, cell));
            }
            x = x.saturating_add(width);
        }
        wrote(CrosstermBackend::new(&mut self.out).draw(piece.into_iter()));
        self.out.extend_from_slice(WRAP_ON);
    }

    /// The size changed, or nothing is known any more of what the terminal shows.
    pub(super) fn resize(&mut self, size: (u16, u16)) {
        self.size = Size::new(size.0, size.1);
        self.shown = Cursor::Unknown;
        self.cells = vec![Cell::EMPTY; usize::from(size.0) * usize::from(size.1)];
    }

    /// The frame's bytes: nothing, where neither a cell nor the cursor changed.
    pub(super) fn take(&mut self) -> Vec<u8> {
        let cursor = self.wanted.filter(|_| self.is_shown).map_or(Cursor::Hidden, Cursor::At);
        if self.out.is_empty() && self.shown == cursor {
            return Vec::new();
        }
        let mut frame = Vec::with_capacity(self.out.len() + 24);
        let is_painting = !self.out.is_empty();
        if self.shown != Cursor::Hidden && (is_painting || cursor == Cursor::Hidden) {
            wrote(queue!(frame, Hide));
        }
        frame.append(&mut self.out);
        if let Cursor::At(at) = cursor {
            wrote(queue!(frame, MoveTo(at.x, at.y)));
            if is_painting || !matches!(self.shown, Cursor::At(_)) {
                wrote(queue!(frame, Show));
            }
        }
        self.shown = cursor;
        frame
    }
}

impl Backend for Bytes {
    type Error = Infallible;

    fn draw<'a, I>(&mut self, content: I) -> Result<(), Infallible>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        // Row → where its first uncertain cluster stands.
        let mut uncertain: BTreeMap<u16, u16> = BTreeMap::new();
        let mut certain = Vec::new();
        for (x, y, cell) in content {
            self.note(x, y, cell);
            if is_uncertain(cell.symbol()) {
                uncertain.entry(y).or_insert(x);
            }
            if !uncertain.contains_key(&y) {
                certain.push((x, y, cell));
            }
        }
        if !certain.is_empty() {
            wrote(CrosstermBackend::new(&mut self.out).draw(certain.into_iter()));
        }
        for (y, x) in uncertain {
            self.draw_rest(y, x);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> Result<(), Infallible> {
        self.is_shown = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> Result<(), Infallible> {
        self.is_shown = true;
        Ok(())
    }

    fn get_cursor_position(&mut self) -> Result<Position, Infallible> {
        Ok(self.wanted.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), Infallible> {
        self.wanted = Some(position.into());
        Ok(())
    }

    fn clear(&mut self) -> Result<(), Infallible> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), Infallible> {
        // The library clears whole viewports only, and ours is the whole screen.
        match clear_type {
            ClearType::All | ClearType::AfterCursor => {
                wrote(queue!(self.out, MoveTo(0, 0), terminal::Clear(terminal::ClearType::All)));
                self.cells.fill(Cell::EMPTY);
            }
            ClearType::BeforeCursor | ClearType::CurrentLine | ClearType::UntilNewLine => {}
        }
        Ok(())
    }

    fn size(&self) -> Result<Size, Infallible> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> Result<WindowSize, Infallible> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::new(0, 0) })
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::{Terminal, TerminalOptions, Viewport, layout::Rect};

    fn frame(terminal: &mut Terminal<Bytes>, text: &str, cursor: Option<(u16, u16)>) -> String {
        terminal
            .draw(|f| {
                f.render_widget(text, f.area());
                if let Some(at) = cursor {
                    f.set_cursor_position(at);
                }
            })
            .unwrap();
        String::from_utf8(terminal.backend_mut().take()).unwrap()
    }

    #[test]
    fn s44_what_stands_behind_an_uncertain_cluster_is_drawn_again() {
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 10, 2)) };
        let mut terminal = Terminal::with_options(Bytes::new((10, 2)), options).unwrap();
        frame(&mut terminal, "ab  │ x", None);
        let whole = frame(&mut terminal, "ab👍🏽│ x", None);
        let behind = whole.split("👍🏽").nth(1).unwrap();
        assert!(behind.contains("\x1b[1;5H") && behind.contains("│ x"), "{whole:?}");
        let other = frame(&mut terminal, "ab👍🏽│ y", None);
        assert!(!other.contains('│'), "{other:?}");
    }

    #[test]
    fn what_terminals_agree_on() {
        for sure in ["a", "é", "e\u{301}", "宽", "👍", "│", "ж", "é\u{301}\u{302}"] {
            assert!(!is_uncertain(sure), "{sure}");
        }
        for unsure in ["👍🏽", "❤\u{fe0f}", "🇩🇪", "1\u{fe0f}\u{20e3}", "👨\u{200d}👩"] {
            assert!(is_uncertain(unsure), "{unsure}");
        }
    }

    #[test]
    fn a_frame_that_changes_nothing_has_no_bytes() {
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 10, 2)) };
        let mut terminal = Terminal::with_options(Bytes::new((10, 2)), options).unwrap();
        let first = frame(&mut terminal, "hello", Some((5, 0)));
        assert!(first.contains("hello") && first.ends_with("\x1b[1;6H\x1b[?25h"), "{first:?}");
        assert_eq!(frame(&mut terminal, "hello", Some((5, 0))), "");
        assert_eq!(frame(&mut terminal, "hello", Some((4, 0))), "\x1b[1;5H");
        assert_eq!(frame(&mut terminal, "hello", None), "\x1b[?25l");
        assert_eq!(frame(&mut terminal, "hello", None), "");
        terminal.backend_mut().resize((10, 2));
        terminal.resize(Rect::new(0, 0, 10, 2)).unwrap();
        let whole = frame(&mut terminal, "hello", None);
        assert!(whole.contains("\x1b[2J") && whole.contains("hello"), "{whole:?}");
    }
}
