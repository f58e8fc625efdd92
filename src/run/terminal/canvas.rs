//! The screen as it is and as it is to be, and the bytes that lead from one to the other.
//!
//! When a line comes in at the bottom of a chat, all lines above it move: the terminal is told to move the
//! rows, where that leaves fewer cells to draw. Rows are moved over the whole width, since margins at the
//! sides are not known everywhere; what stands beside the chat and was moved with it is drawn again.
//!
//! Terminals do not agree on how many cells some clusters take (`symbol` says which). Where one comes or goes, the rest
//! of its row is erased and drawn again, each piece at its own place. So a cluster may look odd, but it changes no cell
//! of others, neither while it stands there nor afterwards (S-44).

use super::ink::{Ink, Look};
use super::symbol::{self, is_uncertain};
use crate::{text::width, ui::Painted};
use ratatui::{
    buffer::{Buffer, Cell},
    layout::{Position, Rect},
    style::{Color, Modifier},
};

/// The cursor as the terminal shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    Unknown,
    Hidden,
    At(Position),
}

/// The two screens.
#[derive(Debug)]
pub(super) struct Canvas {
    /// What the terminal shows.
    shown: Buffer,
    /// What is painted on; it holds an old frame.
    next: Buffer,
    /// Nothing is known of what the terminal shows.
    is_unknown: bool,
    cursor: Cursor,
    /// Where rows may have moved in the last frame, and what those rows were as numbers.
    sums: (Rect, Vec<u64>),
}

/// Text goes on in the next line at the right edge, or does not.
const WRAP_OFF: &[u8] = b"\x1b[?7l";
const WRAP_ON: &[u8] = b"\x1b[?7h";
const HIDE: &[u8] = b"\x1b[?25l";
const SHOW: &[u8] = b"\x1b[?25h";

/// Fewer cells than this between two that changed are written again: a jump would take as many bytes.
const GAP: u16 = 4;
/// From so many blank cells on they are erased instead of written.
const BLANKS: usize = 6;
/// What moving rows costs, in bytes, and what a jump to a cell does.
const MOVE: usize = 24;
const JUMP: usize = 7;
/// Fewer rows than this are not worth a look.
const MOVED: usize = 3;

impl Canvas {
    pub(super) fn new(size: (u16, u16)) -> Self {
        let blank = || Buffer::empty(Rect::new(0, 0, size.0, size.1));
        Self { shown: blank(), next: blank(), is_unknown: true, cursor: Cursor::Unknown, sums: Default::default() }
    }

    /// The size in columns and rows.
    pub(super) fn size(&self) -> (u16, u16) {
        (self.shown.area.width, self.shown.area.height)
    }

    /// The size changed, or nothing is known any more of what the terminal shows.
    pub(super) fn resize(&mut self, size: (u16, u16)) {
        *self = Self::new(size);
    }

    /// Paints a frame, which must fill every cell, and gives its bytes: none, where neither a cell nor the
    /// cursor changed.
    pub(super) fn paint(&mut self, render: impl FnOnce(&mut Buffer) -> Painted) -> Vec<u8> {
        let painted = render(&mut self.next);
        let mut ink = Ink::new();
        if std::mem::take(&mut self.is_unknown) {
            ink.erase_all();
        }
        self.scroll(painted.moving, &mut ink);
        let width = usize::from(self.shown.area.width);
        if width > 0 {
            let rows = self.shown.content.chunks(width).zip(self.next.content.chunks_mut(width));
            let mut changed = Vec::with_capacity(width);
            for (y, (old, new)) in (0..).zip(rows) {
                if old.iter().zip(&*new).all(|(old, new)| is_same(old, new)) {
                    continue;
                }
                cut_halves(new);
                if find_changes(old, new, &mut changed) {
                    draw_row(&mut ink, y, (old, new), &changed);
                }
            }
        }
        std::mem::swap(&mut self.shown, &mut self.next);
        self.framed(ink, painted.cursor)
    }

    /// The frame's bytes with the cursor's.
    fn framed(&mut self, mut ink: Ink, cursor: Option<Position>) -> Vec<u8> {
        let cursor = cursor.map_or(Cursor::Hidden, Cursor::At);
        let is_painting = !ink.is_empty();
        if !is_painting && self.cursor == cursor {
            return Vec::new();
        }
        let mut frame = Vec::new();
        if self.cursor != Cursor::Hidden && (is_painting || cursor == Cursor::Hidden) {
            frame.extend_from_slice(HIDE);
        }
        if let Cursor::At(at) = cursor {
            ink.go(at.x, at.y);
        }
        frame.append(&mut ink.finish());
        if matches!(cursor, Cursor::At(_)) && (is_painting || !matches!(self.cursor, Cursor::At(_))) {
            frame.extend_from_slice(SHOW);
        }
        self.cursor = cursor;
        frame
    }

    /// Moves the rows of this rectangle on the terminal, where its contents moved and that saves cells.
    fn scroll(&mut self, area: Rect, ink: &mut Ink) {
        let area = area.intersection(self.shown.area);
        let sums = sums(&self.next, area);
        let (same_area, old) = std::mem::replace(&mut self.sums, (area, sums));
        if same_area != area {
            return;
        }
        let Some(by) = moved_by(&old, &self.sums.1) else { return };
        let width = usize::from(self.shown.area.width);
        let range = usize::from(area.top()) * width..usize::from(area.bottom()) * width;
        let (Some(old), Some(new)) = (self.shown.content.get_mut(range.clone()), self.next.content.get(range)) else {
            return;
        };
        let gone = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX).saturating_mul(width).min(old.len());
        let stay = old.len() - gone;
        let (moved, fresh) = if by > 0 {
            (price(&old[gone..], &new[..stay], usize::MAX), &new[stay..])
        } else {
            (price(&old[..stay], &new[gone..], usize::MAX), &new[..gone])
        };
        let fresh = fresh.iter().filter(|cell| !is_blank(cell)).count();
        let limit = moved + fresh + MOVE;
        if price(old, new, limit) <= limit {
            return;
        }
        ink.scroll(area.top(), area.bottom(), by);
        if by > 0 {
            old.rotate_left(gone);
            old[stay..].fill(Cell::EMPTY);
        } else {
            old.rotate_right(gone);
            old[..gone].fill(Cell::EMPTY);
        }
    }
}

/// The rows of a rectangle as numbers.
fn sums(buffer: &Buffer, area: Rect) -> Vec<u64> {
    let row = |y: u16| {
        let first = usize::from(y) * usize::from(buffer.area.width) + usize::from(area.left());
        buffer.content.get(first..first + usize::from(area.width)).map_or(0, sum)
    };
    (area.top()..area.bottom()).map(row).collect()
}

/// How many rows the contents moved up by (down, where it is negative), as most of the rows say.
fn moved_by(old: &[u64], new: &[u64]) -> Option<i32> {
    if old.iter().zip(new).filter(|(a, b)| a != b).count() < MOVED {
        return None;
    }
    let count = old.len();
    // Where row `to` shows what `from` did, both speak for the distance between them.
    let mut votes = vec![0usize; count * 2];
    for (to, sum) in new.iter().enumerate().filter(|(_, sum)| **sum != 0) {
        for (from, _) in old.iter().enumerate().filter(|(from, old)| *old == sum && *from != to) {
            votes[count + from - to] += 1;
        }
    }
    let (best, count_of) = votes.iter().enumerate().max_by_key(|(_, votes)| **votes)?;
    (*count_of >= MOVED).then(|| i32::try_from(best).unwrap_or(0) - i32::try_from(count).unwrap_or(0))
}

/// A row as a number; 0 for a blank one. That two rows are alike is only guessed from it.
fn sum(row: &[Cell]) -> u64 {
    let mut sum = 0u64;
    for (x, cell) in (1u64..).zip(row) {
        let symbol = cell.symbol();
        if symbol != " " {
            let bytes = symbol.bytes().fold(0u64, |all, byte| (all << 8) | u64::from(byte));
            sum = (sum ^ bytes ^ (x << 40)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
        }
    }
    sum
}

/// About how many bytes it takes to draw what differs; counting ends behind the limit.
fn price(old: &[Cell], new: &[Cell], limit: usize) -> usize {
    let mut price = 0;
    let mut last = None;
    for (at, _) in old.iter().zip(new).enumerate().filter(|(_, (old, new))| !is_same(old, new)) {
        let distance = last.replace(at).map_or(usize::MAX, |last| at - last);
        price += distance.min(JUMP);
        if price > limit {
            break;
        }
    }
    price
}

/// Whether two cells look the same.
fn is_same(old: &Cell, new: &Cell) -> bool {
    let is_same_symbol = match (old.symbol().as_bytes(), new.symbol().as_bytes()) {
        // Most cells, and faster than comparing slices.
        ([old], [new]) => old == new,
        (old, new) => old == new,
    };
    is_same_symbol
        && (old.fg == new.fg && old.bg == new.bg && old.modifier == new.modifier || is_blank(old) && is_blank(new))
}

/// Whether a cell is what erasing leaves. The colour of what is not there does not matter.
fn is_blank(cell: &Cell) -> bool {
    const SEEN: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);
    cell.bg == Color::Reset && cell.symbol() == " " && !cell.modifier.intersects(SEEN)
}

/// How many cells a symbol takes.
fn cells(cell: &Cell) -> u16 {
    match cell.symbol().as_bytes() {
        // ASCII, and the lines and shapes that panes are drawn with.
        [_] | [0xe2, 0x94..=0x96, _] => 1,
        _ => u16::try_from(width::grapheme(cell.symbol())).unwrap_or(1).max(1),
    }
}

/// Notes which cells of a row must be drawn; whether any must.
fn find_changes(old: &[Cell], new: &[Cell], changed: &mut Vec<bool>) -> bool {
    changed.clear();
    let mut is_any = false;
    // Covered by a wide symbol of the new row; spoilt by one that is gone or comes.
    let (mut covered, mut spoilt) = (0u16, 0u16);
    for (old, new) in old.iter().zip(new) {
        let is_covered = covered > 0;
        let is_changed = !is_covered && (spoilt > 0 || !is_same(old, new));
        changed.push(is_changed);
        is_any |= is_changed;
        let (before, after) = (cells(old), cells(new));
        covered = if is_covered { covered - 1 } else { after - 1 };
        spoilt = spoilt.max(before).max(after) - 1;
    }
    is_any
}

/// Draws what changed in a row. Where an uncertain cluster comes or goes, nobody knows which cells the terminal has filled,
/// so all from there on is erased and drawn again.
fn draw_row(ink: &mut Ink, y: u16, (old, row): (&[Cell], &[Cell]), changed: &[bool]) {
    let is_doubtful = |((old, new), changed): ((&Cell, &Cell), &bool)| {
        *changed && (is_uncertain(new.symbol()) || is_uncertain(old.symbol()))
    };
    let uncertain = old.iter().zip(row).zip(changed).position(is_doubtful);
    let end = uncertain.unwrap_or(row.len());
    let mut x = 0;
    while let Some(next) = changed.get(x..end).and_then(|rest| rest.iter().position(|changed| *changed)) {
        x += next;
        x += draw_piece(ink, (x, y), row, &changed[..end]);
    }
    if let Some(from) = uncertain {
        draw_rest(ink, y, from, row);
    }
}

/// Draws one cell, or blanks, and says how many cells that were.
fn draw_piece(ink: &mut Ink, (x, y): (usize, u16), row: &[Cell], changed: &[bool]) -> usize {
    let column = |x: usize| u16::try_from(x).unwrap_or(u16::MAX);
    // Unchanged cells in between are written again, where that is shorter than a jump over them.
    if let Some((from, at)) = ink.at()
        && at == y
        && (1..=GAP).contains(&column(x).saturating_sub(from))
        && let Some(between) = row.get(usize::from(from)..x)
        && between.iter().all(|cell| cell.symbol().len() == 1 && Look::of(cell) == ink.look())
    {
        for (x, cell) in (from + 1..).zip(between) {
            ink.cell(cell, Some((x, y)));
        }
    }
    ink.go(column(x), y);
    let blanks = row[x..].iter().take_while(|cell| is_blank(cell)).count();
    if blanks >= BLANKS && x + blanks == row.len() {
        ink.erase_rest();
        return blanks.min(changed.len() - x);
    }
    // The last of them that changed.
    let blanks = changed[x..].iter().take(blanks).rposition(|changed| *changed).map_or(0, |last| last + 1);
    if blanks >= BLANKS {
        ink.erase(column(blanks));
        return blanks;
    }
    let wide = cells(&row[x]);
    let behind = column(x).saturating_add(wide);
    ink.cell(&row[x], known(&row[x], (behind, y), row.len()));
    usize::from(wide)
}

/// Draws a row from an uncertain cluster on, each certain piece of it at a place of its own.
fn draw_rest(ink: &mut Ink, y: u16, from: usize, row: &[Cell]) {
    let mut x = u16::try_from(from).unwrap_or(u16::MAX);
    ink.go(x, y);
    ink.erase_rest();
    ink.raw(WRAP_OFF);
    while let Some(cell) = row.get(usize::from(x)) {
        let behind = x.saturating_add(cells(cell));
        ink.go(x, y);
        if is_uncertain(cell.symbol()) {
            draw_uncertain(ink, (x, y), cell, row.len() - usize::from(x));
        } else {
            ink.cell(cell, known(cell, (behind, y), row.len()));
        }
        x = behind;
    }
    ink.raw(WRAP_ON);
}

/// Draws an uncertain cluster where so many cells are left in the row.
fn draw_uncertain(ink: &mut Ink, (x, y): (u16, u16), cell: &Cell, left: usize) {
    // Where the terminal counts fewer cells, nothing old stays beside it.
    for at in x..x.saturating_add(cells(cell)) {
        ink.text(cell, " ", Some((at + 1, y)));
    }
    let symbol::Drawn { leaning, rest: (rest, behind) } = symbol::drawn(cell.symbol(), left);
    if !leaning.is_empty() {
        ink.go(x, y);
        ink.text(cell, " ", None);
        ink.text(cell, leaning, None);
    }
    if !rest.is_empty() {
        ink.go(x.saturating_add(behind), y);
        ink.text(cell, rest, None);
    }
    ink.lose();
}

/// Where the cursor is behind a certain cell, if that is known: not at the edge, and not where a terminal may have given
/// a mark a cell of its own.
fn known(cell: &Cell, behind: (u16, u16), width: usize) -> Option<(u16, u16)> {
    let is_single = || cell.symbol().len() == 1 || cell.symbol().chars().nth(1).is_none();
    (usize::from(behind.0) < width && is_single()).then_some(behind)
}

/// Blanks wide symbols of which a later one covers a half: a terminal shows no half.
fn cut_halves(row: &mut [Cell]) {
    let mut x = 0;
    while x < row.len() {
        let behind = (x + usize::from(cells(&row[x]))).min(row.len());
        match row[x + 1..behind].iter().position(|cell| cell.symbol() != " ") {
            Some(over) => {
                row[x].set_symbol(" ");
                x += 1 + over;
            }
            None => x = behind,
        }
    }
}

#[cfg(test)]
#[path = "canvas_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "canvas_models.rs"]
mod models;
