//! Which colours can be read on a background.
//!
//! A text needs a contrast of 4.5 to its background, or what the page's own text has where that is less; a line needs 3.
//! Here a colour that was wished for is brought so far towards the text's that it holds, after the terminal's depth has
//! made something else of it.

use crate::model::Rgb;
use crate::text::contrast::{contrast, mix};
use ratatui::style::Color;

/// The contrast that text needs.
pub const TEXT: f64 = 4.5;
/// The contrast that lines need.
pub const LINES: f64 = 3.0;

/// How many colours the terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// None are wanted (`NO_COLOR`).
    None,
    /// The sixteen of the terminal's palette.
    #[default]
    Sixteen,
    /// The 6×6×6 cube.
    Cube,
    /// All.
    True,
}

impl Depth {
    /// What the environment says: `NO_COLOR`, `COLORTERM`, `TERM`.
    #[must_use]
    pub fn of(no_color: Option<&str>, colorterm: Option<&str>, term: Option<&str>) -> Self {
        let term = term.unwrap_or_default();
        match colorterm {
            _ if no_color.is_some_and(|v| !v.is_empty()) || term == "dumb" => Self::None,
            Some("truecolor" | "24bit") => Self::True,
            Some(_) | None if term.contains("direct") => Self::True,
            Some(_) | None if term.contains("256") => Self::Cube,
            Some(_) | None => Self::Sixteen,
        }
    }

    /// A colour as the terminal shows it: how it is asked for, and what it looks like. Sixteen colours have no room for it.
    #[must_use]
    pub fn shown(self, colour: Rgb) -> (Color, Rgb) {
        match self {
            Self::True => (Color::Rgb(colour.0, colour.1, colour.2), colour),
            Self::Cube => nearest(colour),
            Self::None | Self::Sixteen => (Color::Reset, colour),
        }
    }
}

/// The steps of the cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest colour of the cube, or of the ramp of greys, which is finer.
fn nearest(colour: Rgb) -> (Color, Rgb) {
    let step = |x: u8| STEPS.iter().enumerate().min_by_key(|(_, s)| s.abs_diff(x)).map_or((0, 0), |(i, s)| (i, *s));
    let (r, g, b) = (step(colour.0), step(colour.1), step(colour.2));
    let in_cube = (16 + 36 * r.0 + 6 * g.0 + b.0, (r.1, g.1, b.1));
    let mean = (u16::from(colour.0) + u16::from(colour.1) + u16::from(colour.2)) / 3;
    let grey = (usize::from(mean.saturating_sub(3)) / 10).min(23);
    let level = u8::try_from(8 + 10 * grey).unwrap_or(u8::MAX);
    let on_ramp = (232 + grey, (level, level, level));
    let distance = |(r, g, b): Rgb| {
        let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
        square(r, colour.0) + square(g, colour.1) + square(b, colour.2)
    };
    let (index, rgb) = if distance(on_ramp.1) < distance(in_cube.1) { on_ramp } else { in_cube };
    (Color::Indexed(u8::try_from(index).unwrap_or(u8::MAX)), rgb)
}

/// A page and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    depth: Depth,
    text: Rgb,
    page: Rgb,
    /// Behind the chosen row, where that is a colour of its own.
    selected: Option<Rgb>,
}

impl Paper {
    /// A page, its text, and what is behind the chosen row.
    #[must_use]
    pub fn new(depth: Depth, text: Rgb, page: Rgb, selected: Option<Rgb>) -> Self {
        Self { depth, text, page, selected }
    }

    /// Whether the page is dark.
    #[must_use]
    pub fn is_dark(&self) -> bool {
        contrast(self.page, (255, 255, 255)) > contrast(self.page, (0, 0, 0))
    }

    /// Whether a colour has this contrast, or the text's where that is less.
    #[must_use]
    pub fn holds(&self, colour: Rgb, needed: f64) -> bool {
        let holds = |page: Rgb| contrast(colour, page) >= needed.min(contrast(self.text, page));
        // Lines are not drawn on the chosen row.
        holds(self.page) && (needed < TEXT || self.selected.is_none_or(holds))
    }

    /// The colour that was wished for, or as little nearer to the text's as it needs; none where only that one holds.
    #[must_use]
    pub fn hold(&self, wish: Rgb, needed: f64) -> Option<Color> {
        let shown = |percent| self.depth.shown(mix(wish, self.text, percent));
        let held = (0..100).step_by(4).map(shown).find(|(_, rgb)| self.holds(*rgb, needed));
        held.map(|(colour, _)| colour).filter(|colour| *colour != Color::Reset)
    }

    /// The text's colour, as faint as it may be; none where it may not be fainter.
    #[must_use]
    pub fn faint(&self, needed: f64, percent: u8) -> Option<Color> {
        self.hold(mix(self.text, self.page, percent), needed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_depth_of_a_terminal() {
        assert_eq!(Depth::of(None, Some("truecolor"), Some("xterm")), Depth::True);
        assert_eq!(Depth::of(Some(""), None, Some("xterm-256color")), Depth::Cube);
        assert_eq!(Depth::of(None, None, Some("linux")), Depth::Sixteen);
        assert_eq!(Depth::of(None, None, Some("dumb")), Depth::None);
    }

    #[test]
    fn the_cube_has_the_nearest() {
        assert_eq!(Depth::Cube.shown((0, 0, 0)), (Color::Indexed(16), (0, 0, 0)));
        assert_eq!(Depth::Cube.shown((130, 128, 127)), (Color::Indexed(244), (128, 128, 128)));
        assert_eq!(Depth::Cube.shown((90, 140, 250)), (Color::Indexed(16 + 36 + 12 + 5), (95, 135, 255)));
    }

    #[test]
    fn a_wish_is_changed_as_little_as_it_needs() {
        let paper = Paper::new(Depth::True, (0x83, 0x94, 0x96), (0, 0x2b, 0x36), None);
        assert!(paper.is_dark());
        assert_eq!(paper.hold((255, 255, 255), TEXT), Some(Color::Rgb(255, 255, 255)));
        let Some(Color::Rgb(r, g, b)) = paper.hold((0xdc, 0x32, 0x2f), LINES) else { panic!() };
        assert!(paper.holds((r, g, b), LINES) && r > 0xb0);
        assert_eq!(paper.hold((0, 0x2b, 0x36), 21.0), None, "nothing but the text holds");
    }
}
