//! Cells as bytes: the shortest sequences among those that every terminal knows since the VT102.
//!
//! The pen remembers where the terminal's cursor is and which look is set, and says only what differs.
//! Where a terminal may count other cells than we do, the place is not known any more, and the next cell
//! is given one.

use crate::ui::theme::NAMED;
use ratatui::{
    buffer::Cell,
    style::{Color, Modifier},
};
use std::io::Write as _;

/// Colours and attributes of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Look {
    /// What a terminal begins with, and what it erases with.
    const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    pub(super) fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }
}

/// The attributes and their numbers.
const ATTRIBUTES: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// Bytes on their way to the terminal.
#[derive(Debug)]
pub(super) struct Ink {
    out: Vec<u8>,
    /// Where the cursor is, if that is known.
    at: Option<(u16, u16)>,
    look: Look,
}

impl Ink {
    /// A pen that knows nothing of the cursor; the look is plain.
    pub(super) fn new() -> Self {
        Self { out: Vec::new(), at: None, look: Look::PLAIN }
    }

    /// Whether nothing was written.
    pub(super) fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// Where the cursor is, if that is known.
    pub(super) fn at(&self) -> Option<(u16, u16)> {
        self.at
    }

    /// The look that is set.
    pub(super) fn look(&self) -> Look {
        self.look
    }

    /// Ends with a plain look and gives the bytes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.set(Look::PLAIN);
        self.out
    }

    /// Bytes that say nothing of cells.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// Moves the cursor.
    pub(super) fn go(&mut self, x: u16, y: u16) {
        match self.at {
            Some(at) if at == (x, y) => return,
            Some((from, row)) if row == y && from < x => match x - from {
                1 => self.out.extend_from_slice(b"\x1b[C"),
                n => self.code(format_args!("\x1b[{n}C")),
            },
            Some(_) | None => self.code(format_args!("\x1b[{};{}H", y.saturating_add(1), x.saturating_add(1))),
        }
        self.at = Some((x, y));
    }

    /// Writes a cell where the cursor is; `next` is where the cursor is behind it, if that is known.
    pub(super) fn cell(&mut self, cell: &Cell, next: Option<(u16, u16)>) {
        self.text(cell, cell.symbol(), next);
    }

    /// Writes a text with the look of a cell where the cursor is; `next` is where the cursor is behind it, if that is known.
    pub(super) fn text(&mut self, cell: &Cell, text: &str, next: Option<(u16, u16)>) {
        self.set(Look::of(cell));
        self.out.extend_from_slice(text.as_bytes());
        self.at = next;
    }

    /// Nobody knows where the cursor is.
    pub(super) fn lose(&mut self) {
        self.at = None;
    }

    /// Makes `count` cells blank and plain, from the cursor on; it stays where it is.
    pub(super) fn erase(&mut self, count: u16) {
        self.set(Look::PLAIN);
        self.code(format_args!("\x1b[{count}X"));
    }

    /// Makes the rest of the row blank and plain; the cursor stays where it is.
    pub(super) fn erase_rest(&mut self) {
        self.set(Look::PLAIN);
        self.out.extend_from_slice(b"\x1b[K");
    }

    /// Makes the whole screen blank and plain.
    pub(super) fn erase_all(&mut self) {
        self.set(Look::PLAIN);
        self.out.extend_from_slice(b"\x1b[2J");
    }

    /// Moves the rows from `top` to before `bottom` up by so many, or down; what comes in is blank and plain.
    pub(super) fn scroll(&mut self, top: u16, bottom: u16, by: i32) {
        self.set(Look::PLAIN);
        self.code(format_args!("\x1b[{};{bottom}r", top.saturating_add(1)));
        self.at = None;
        self.go(0, top);
        let count = by.unsigned_abs();
        // Deleting and inserting lines is older, and known by more terminals, than scrolling by number.
        self.code(format_args!("\x1b[{count}{}", if by > 0 { 'M' } else { 'L' }));
        self.out.extend_from_slice(b"\x1b[r");
        self.at = None;
    }

    fn code(&mut self, code: std::fmt::Arguments<'_>) {
        // Writing into a `Vec` cannot fail.
        let _ = self.out.write_fmt(code);
    }

    /// Sets a look: what differs of it.
    fn set(&mut self, look: Look) {
        if look == self.look {
            return;
        }
        let mut before = std::mem::replace(&mut self.look, look);
        if look == Look::PLAIN {
            self.out.extend_from_slice(b"\x1b[0m");
            return;
        }
        self.out.extend_from_slice(b"\x1b[");
        let mut is_first = true;
        if !look.modifier.contains(before.modifier) {
            // Bold and dim have one code for their end, so all begins anew.
            self.parameter(&mut is_first, format_args!("0"));
            before = Look::PLAIN;
        }
        for (attribute, number) in ATTRIBUTES {
            if look.modifier.contains(attribute) && !before.modifier.contains(attribute) {
                self.parameter(&mut is_first, format_args!("{number}"));
            }
        }
        if look.fg != before.fg {
            self.colour(&mut is_first, 3, look.fg);
        }
        if look.bg != before.bg {
            self.colour(&mut is_first, 4, look.bg);
        }
        self.out.push(b'm');
    }

    /// A colour's parameters; `ground` is 3 for the text's and 4 for the background's.
    fn colour(&mut self, is_first: &mut bool, ground: u8, colour: Color) {
        if let Color::Rgb(r, g, b) = colour {
            self.parameter(is_first, format_args!("{ground}8;2;{r};{g};{b}"));
        } else if let Color::Indexed(n) = colour {
            self.parameter(is_first, format_args!("{ground}8;5;{n}"));
        } else if let Some(n) = NAMED.iter().position(|named| *named == colour) {
            self.parameter(is_first, format_args!("{ground}8;5;{n}"));
        } else {
            self.parameter(is_first, format_args!("{ground}9"));
        }
    }

    fn parameter(&mut self, is_first: &mut bool, parameter: std::fmt::Arguments<'_>) {
        if !std::mem::replace(is_first, false) {
            self.out.push(b';');
        }
        self.code(parameter);
    }
}
