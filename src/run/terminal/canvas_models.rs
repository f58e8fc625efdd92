//! S-42, S-44: what several kinds of terminal show of texts that they count differently. Each model is a terminal with a
//! table of its own. After every frame it must show what it would show after Ctrl-L, and every cell of ours whose text
//! is certain must stand where we put it, whatever stood in its row before.

use super::{
    symbol::{is_uncertain, leans},
    *,
};
use crate::model::{Glyphs, ThemeName};
use crate::ui::{Depth, Theme, pen::Pen};
use ratatui::style::Style;
use uncertain::KINDS;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

#[path = "../../../tests/shared/uncertain.rs"]
mod uncertain;

const SIZE: (u16, u16) = (40, 8);

/// How a terminal takes a character.
enum Take {
    /// Into the cell before.
    Join,
    /// Not at all.
    Nothing,
    Cells(usize),
}

/// The kinds of terminal.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// Each character for itself, zero-width ones to the cell before.
    Table,
    /// As tmux: what follows a joiner, and skin tones, go to the cell before.
    Joining,
    /// Whole clusters as one, pairs of flags too.
    Clusters,
    /// Every character is one cell, marks of other scripts too.
    Narrow,
    /// Whatever is uncertain is two cells, save what leans on others.
    Wide,
    /// What it does not know is not drawn.
    Ignorant,
}

struct Model {
    kind: Kind,
    /// Whether it obeys when it is told not to go on in the next line.
    obeys: bool,
    wraps: bool,
    at: (usize, usize),
    region: (usize, usize),
    /// Texts of cells; empty behind a wide one.
    cells: Vec<Vec<String>>,
}

impl Model {
    fn new(kind: Kind, obeys: bool) -> Self {
        let (w, h) = (usize::from(SIZE.0), usize::from(SIZE.1));
        let cells = vec![vec!["?".to_owned(); w]; h];
        Self { kind, obeys, wraps: true, at: (0, 0), region: (0, h), cells }
    }

    fn process(&mut self, bytes: &[u8]) {
        let text = std::str::from_utf8(bytes).unwrap();
        let mut rest = text.chars();
        while let Some(c) = rest.next() {
            if c != '\x1b' {
                self.put(c);
                continue;
            }
            assert_eq!(rest.next(), Some('['));
            let mut parameters = String::new();
            let last = loop {
                let c = rest.next().unwrap();
                if c.is_ascii_alphabetic() {
                    break c;
                }
                parameters.push(c);
            };
            self.obey(&parameters, last);
        }
    }

    fn obey(&mut self, parameters: &str, last: char) {
        let (w, h) = (usize::from(SIZE.0), usize::from(SIZE.1));
        let mut numbers = parameters.split(';').map(|n| n.parse::<usize>().ok());
        let first = numbers.next().flatten();
        let (x, y) = (self.at.0.min(w - 1), self.at.1);
        match last {
            'H' => self.at = (numbers.next().flatten().unwrap_or(1) - 1, first.unwrap_or(1) - 1),
            'C' => self.at = ((x + first.unwrap_or(1)).min(w - 1), y),
            'J' => (0..h).for_each(|y| self.blank(y, 0, w)),
            'K' => self.blank(y, x, w),
            'X' => self.blank(y, x, (x + first.unwrap_or(1)).min(w)),
            'r' => {
                self.region = (first.unwrap_or(1) - 1, numbers.next().flatten().unwrap_or(h));
                self.at = (0, 0);
            }
            'M' | 'L' => {
                let rows = &mut self.cells[y..self.region.1];
                let count = first.unwrap_or(1).min(rows.len());
                let from = if last == 'M' { rows.len() - count } else { 0 };
                if last == 'M' {
                    rows.rotate_left(count);
                } else {
                    rows.rotate_right(count);
                }
                for row in &mut rows[from..from + count] {
                    row.fill(" ".to_owned());
                }
            }
            'h' | 'l' if parameters == "?7" => self.wraps = last == 'h' || !self.obeys,
            'm' | 'h' | 'l' => {}
            other => panic!("CSI {parameters} {other}"),
        }
    }

    /// Blanks cells, and the other halves of what is cut.
    fn blank(&mut self, y: usize, from: usize, to: usize) {
        let row = &mut self.cells[y];
        let mut head = from;
        while head > 0 && row[head].is_empty() {
            head -= 1;
        }
        let mut end = to;
        while end < row.len() && row[end].is_empty() {
            end += 1;
        }
        let is_cut = row[from].is_empty();
        row[if is_cut { head } else { from }..end].fill(" ".to_owned());
    }

    fn put(&mut self, c: char) {
        let width = usize::from(SIZE.0);
        let cells = match self.take(c) {
            Take::Nothing => return,
            Take::Join => {
                if let Some(before) = self.before() {
                    self.cells[self.at.1][before].push(c);
                }
                return;
            }
            Take::Cells(cells) => cells,
        };
        if self.at.0 + cells > width {
            if self.wraps {
                assert!(self.at.1 + 1 < usize::from(SIZE.1), "the screen scrolled");
                self.at = (0, self.at.1 + 1);
            } else {
                self.at.0 = width - cells;
            }
        }
        let (x, y) = self.at;
        self.blank(y, x, x + cells);
        self.cells[y][x] = c.to_string();
        self.cells[y][x + 1..x + cells].fill(String::new());
        self.at.0 += cells;
    }

    /// The cell before the cursor.
    fn before(&self) -> Option<usize> {
        let (x, y) = self.at;
        (0..x.min(usize::from(SIZE.0))).rev().find(|x| !self.cells[y][*x].is_empty())
    }

    fn take(&self, c: char) -> Take {
        if c.is_ascii() && !matches!(self.kind, Kind::Joining | Kind::Clusters) {
            return Take::Cells(1);
        }
        let before = self.before().map(|x| self.cells[self.at.1][x].as_str()).unwrap_or_default();
        let width = c.width().unwrap_or(1);
        let mark = if width == 0 { Take::Join } else { Take::Cells(width) };
        let is_new = is_uncertain(&c.to_string());
        match self.kind {
            Kind::Joining => {
                let joins = before.ends_with('\u{200d}') || matches!(c, '\u{1f3fb}'..='\u{1f3ff}');
                if joins { Take::Join } else { mark }
            }
            Kind::Clusters => {
                let is_one = !before.is_empty() && format!("{before}{c}").graphemes(true).count() == 1;
                if is_one { Take::Join } else { mark }
            }
            Kind::Narrow if matches!(c, '\u{300}'..='\u{36f}') => Take::Join,
            Kind::Narrow if is_new || width == 0 => Take::Cells(1),
            Kind::Wide if is_new && !leans(c) => Take::Cells(2),
            Kind::Ignorant if is_new && !matches!(c, '\u{300}'..='\u{36f}') => Take::Nothing,
            Kind::Table | Kind::Narrow | Kind::Wide | Kind::Ignorant => mark,
        }
    }
}

/// Numbers that look like chance and are always the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// A frame that differs from the one before in some rows, with a box over it now and then.
fn next_frame(dice: &mut Dice, page: &mut Buffer, theme: &Theme) -> Buffer {
    for _ in 0..=dice.below(3) {
        let y = dice.below(usize::from(SIZE.1)) as u16;
        for cell in (0..SIZE.0).map(|x| (x, y)) {
            page[cell].reset();
        }
        let text: Vec<&str> = (0..=dice.below(4)).map(|_| KINDS[dice.below(KINDS.len())]).collect();
        let text = crate::text::line(&text.join(["", " ", " ok ", "|"][dice.below(4)])).into_owned();
        page.set_string([0, 0, 7, 31, 38][dice.below(5)], y, text, Style::new());
        if dice.below(3) == 0 {
            // A pane beside it.
            Pen::new(page, theme, Rect::new(30, y, 10, 1)).clear();
            page.set_string(30, y, "│ pay 100", Style::new());
        }
    }
    if dice.below(4) == 0 {
        let row = usize::from(SIZE.0);
        page.content[row..row * 7].rotate_left(row * dice.below(3));
    }
    let mut shown = page.clone();
    if dice.below(3) == 0 {
        let area = Rect::new(3 + dice.below(5) as u16, 1, 9 + dice.below(9) as u16, 4);
        Pen::new(&mut shown, theme, area).frame("box", "", &[]);
    }
    shown
}

fn check(kind: Kind, obeys: bool, rounds: usize) {
    let theme = Theme::new(ThemeName::Auto, Glyphs::Unicode, Depth::Sixteen);
    let mut dice = Dice(7);
    let mut page = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let (mut canvas, mut model) = (Canvas::new(SIZE), Model::new(kind, obeys));
    for round in 0..rounds {
        let wanted = next_frame(&mut dice, &mut page, &theme);
        let paint = |canvas: &mut Canvas, model: &mut Model| {
            let bytes = canvas.paint(|buffer| {
                buffer.clone_from(&wanted);
                Painted { moving: Rect::new(0, 1, SIZE.0, 6), ..Painted::default() }
            });
            model.process(&bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let bytes = paint(&mut canvas, &mut model);
        let mut fresh = Model::new(kind, obeys);
        paint(&mut Canvas::new(SIZE), &mut fresh);
        assert_eq!(model.cells, fresh.cells, "{kind:?} {obeys} {round}: {bytes:?}");
        let ours = &canvas.shown;
        for y in 0..SIZE.1 {
            let mut x = 0;
            while x < SIZE.0 {
                let cell = &ours[(x, y)];
                if !is_uncertain(cell.symbol()) {
                    let theirs = &model.cells[usize::from(y)][usize::from(x)];
                    assert!(
                        theirs == cell.symbol(),
                        "{kind:?} {obeys} {round}, {x} {y}: {theirs:?} for {:?}: {bytes:?}",
                        cell.symbol()
                    );
                }
                x += cells(cell);
            }
        }
    }
}

#[test]
fn s42_s44_every_terminal_shows_what_it_would_after_ctrl_l() {
    for kind in [Kind::Table, Kind::Joining, Kind::Clusters, Kind::Narrow, Kind::Wide, Kind::Ignorant] {
        for obeys in [true, false] {
            check(kind, obeys, 400);
        }
    }
}

/// Another program's reading of the same frames.
#[test]
fn s42_s44_another_reader_shows_what_it_would_after_ctrl_l() {
    let theme = Theme::new(ThemeName::Auto, Glyphs::Unicode, Depth::Sixteen);
    let mut dice = Dice(11);
    let mut page = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    let new = || vt100::Parser::new(SIZE.1, SIZE.0, 0);
    let (mut canvas, mut terminal) = (Canvas::new(SIZE), new());
    for round in 0..1000 {
        let wanted = next_frame(&mut dice, &mut page, &theme);
        let paint = |canvas: &mut Canvas| {
            canvas.paint(|buffer| {
                buffer.clone_from(&wanted);
                Painted { moving: Rect::new(0, 1, SIZE.0, 6), ..Painted::default() }
            })
        };
        terminal.process(&paint(&mut canvas));
        let mut fresh = new();
        fresh.process(&paint(&mut Canvas::new(SIZE)));
        let rows =
            |t: &vt100::Parser| t.screen().rows(0, SIZE.0).map(|row| row.trim_end().to_owned()).collect::<Vec<_>>();
        assert_eq!(rows(&terminal), rows(&fresh), "{round}");
    }
}

/// What is typed, and erased again letter by letter, leaves nothing; the placeholder comes back whole.
#[test]
fn s44_typed_and_erased_texts_leave_nothing() {
    for kind in [Kind::Table, Kind::Joining, Kind::Clusters, Kind::Narrow, Kind::Wide, Kind::Ignorant] {
        for text in KINDS {
            let text = crate::text::line(text);
            let ends: Vec<usize> = text.grapheme_indices(true).map(|(at, g)| at + g.len()).collect();
            let (mut canvas, mut model) = (Canvas::new(SIZE), Model::new(kind, true));
            for end in ends.iter().chain(ends.iter().rev().skip(1)).copied().chain([0]) {
                let line = if end == 0 {
                    " >  Write to #สวัสดี".to_owned()
                } else {
                    format!(" > {}", &text[..end])
                };
                let paint = |canvas: &mut Canvas, model: &mut Model| {
                    let bytes = canvas.paint(|buffer| {
                        buffer.reset();
                        buffer.set_string(0, 2, &line, Style::new());
                        Painted::default()
                    });
                    model.process(&bytes);
                };
                paint(&mut canvas, &mut model);
                let mut fresh = Model::new(kind, true);
                paint(&mut Canvas::new(SIZE), &mut fresh);
                assert_eq!(model.cells, fresh.cells, "{kind:?} {text:?} up to {end}");
            }
        }
    }
}
