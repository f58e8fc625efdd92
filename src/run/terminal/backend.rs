//! Where the drawing library leaves its frame: as bytes, without asking anything of a terminal.

use crossterm::{
    cursor::{Hide, MoveTo, Show},
    queue, terminal,
};
use ratatui::{
    backend::{Backend, ClearType, CrosstermBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
};
use std::convert::Infallible;

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
}

/// Writing into a `Vec` cannot fail; the library's signatures say that it could.
fn wrote<E>(_: Result<(), E>) {}

impl Bytes {
    pub(super) fn new(size: (u16, u16)) -> Self {
        let size = Size::new(size.0, size.1);
        Self { out: Vec::new(), size, wanted: None, is_shown: false, shown: Cursor::Unknown }
    }

    /// The size changed, or nothing is known any more of what the terminal shows.
    pub(super) fn resize(&mut self, size: (u16, u16)) {
        self.size = Size::new(size.0, size.1);
        self.shown = Cursor::Unknown;
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
        let mut content = content.peekable();
        if content.peek().is_some() {
            wrote(CrosstermBackend::new(&mut self.out).draw(content));
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
