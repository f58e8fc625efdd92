//! The colours: one accent, faint secondary text, names by XEP-0392.
//!
//! `auto` keeps the terminal's own page. What its colours look like is known where the terminal told it (`run` asks); then
//! each meaning takes the first colour of the palette that can be read, else one near the wish, else the text's own.
//! Where nothing is known nothing can be promised, so weight and lines say it, as in `mono`.

use super::glyphs::GlyphTable;
pub use super::paper::Depth;
use super::paper::{LINES, Paper, TEXT};
use crate::model::{Availability, Glyphs, Rgb, Standard, TerminalColours, ThemeName};
use crate::text::colour;
use ratatui::style::{Color, Modifier, Style};

/// The row of the reference.
pub const STANDARD: Standard = Standard::complete("XEP-0392", "Consistent Color Generation", "1.0.1");

/// The styles and signs of the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// What it is drawn on, where that is known.
    paper: Option<Paper>,
    /// The palette, as far as it may be used and is known.
    palette: [Option<Rgb>; 16],
    /// The signs.
    pub glyphs: &'static GlyphTable,
    /// What is read.
    pub text: Style,
    /// What is there when one looks for it: times, topics, addresses.
    pub dim: Style,
    /// Lines between panes.
    pub border: Style,
    /// The one accent: the selection, the focused pane, keys.
    pub accent: Style,
    /// Headings.
    pub heading: Style,
    /// Good news: online, done.
    pub ok: Style,
    /// Look at it: mentions, away, new.
    pub warning: Style,
    /// Something failed.
    pub error: Style,
    /// Links.
    pub link: Style,
    /// Code.
    pub code: Style,
    /// The row that the keys are at.
    pub selected: Style,
    /// Characters that a filter or a search matched.
    pub matched: Style,
    /// The status line.
    pub status: Style,
}

/// A wish of colours: page and text, then the meanings.
struct Palette {
    text: Rgb,
    page: Rgb,
    faint: Rgb,
    border: Rgb,
    selected: Rgb,
    wishes: Wishes,
}

/// The colours that mean something.
struct Wishes {
    accent: Rgb,
    ok: Rgb,
    warning: Rgb,
    error: Rgb,
    link: Rgb,
    code: Rgb,
}

const DARK: Palette = Palette {
    text: rgb(0xd8_dee9),
    page: rgb(0x1b_1e26),
    faint: rgb(0x9a_a2b1),
    border: rgb(0x66_6e7d),
    selected: rgb(0x2c_3446),
    wishes: Wishes {
        accent: rgb(0x6c_b6ff),
        ok: rgb(0x8f_cf8a),
        warning: rgb(0xe8_c06a),
        error: rgb(0xf2_7c83),
        link: rgb(0x8a_b4f8),
        code: rgb(0xb5_cea8),
    },
};

const LIGHT: Palette = Palette {
    text: rgb(0x24_292f),
    page: rgb(0xfb_fbf9),
    faint: rgb(0x5d_6570),
    border: rgb(0x8a_9098),
    selected: rgb(0xdd_e8f5),
    wishes: Wishes {
        accent: rgb(0x09_60b5),
        ok: rgb(0x17_7332),
        warning: rgb(0x86_5a00),
        error: rgb(0xc5_221f),
        link: rgb(0x09_63cf),
        code: rgb(0x11_6329),
    },
};

/// Where each meaning is looked for in the terminal's palette. Never 4: it is the darkest of all.
const ACCENT: &[usize] = &[6, 14];
const OK: &[usize] = &[2, 10];
const WARNING: &[usize] = &[3, 11];
const ERROR: &[usize] = &[1, 9];
const LINK: &[usize] = &[12, 6, 14];
const FAINT: &[usize] = &[8, 7];

/// The terminal's own colours, each at its number.
pub const NAMED: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// A grey that is seen as a line on every background, white and black.
const ANY_LINE: Color = Color::Indexed(244);

const fn rgb(hex: u32) -> Rgb {
    ((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

impl Theme {
    /// A theme for a terminal that has told nothing of its colours.
    #[must_use]
    pub fn new(name: ThemeName, glyphs: Glyphs, depth: Depth) -> Self {
        Self::on(name, glyphs, depth, &TerminalColours::default())
    }

    /// A theme for a terminal with these colours.
    #[must_use]
    pub fn on(name: ThemeName, glyphs: Glyphs, depth: Depth, colours: &TerminalColours) -> Self {
        let glyphs = GlyphTable::of(glyphs);
        match name {
            _ if depth == Depth::None => Self::mono(glyphs),
            ThemeName::Mono => Self::mono(glyphs),
            // Sixteen colours have no room for a palette of our own.
            ThemeName::Auto | ThemeName::Dark | ThemeName::Light
                if name == ThemeName::Auto || depth == Depth::Sixteen =>
            {
                Self::auto(glyphs, depth, colours)
            }
            ThemeName::Dark | ThemeName::Auto => Self::own(glyphs, depth, &DARK),
            ThemeName::Light => Self::own(glyphs, depth, &LIGHT),
        }
    }

    /// A theme with a page of its own.
    fn own(glyphs: &'static GlyphTable, depth: Depth, palette: &Palette) -> Self {
        let ((fg, text), (bg, page)) = (depth.shown(palette.text), depth.shown(palette.page));
        let (behind, selected) = depth.shown(palette.selected);
        let paper = Paper::new(depth, text, page, Some(selected));
        let base = Self {
            paper: Some(paper.clone()),
            palette: [None; 16],
            text: Style::new().fg(fg).bg(bg),
            ..Self::mono(glyphs)
        };
        let faint = base.text.fg(paper.hold(palette.faint, TEXT).unwrap_or(fg));
        let border = base.text.fg(paper.hold(palette.border, LINES).unwrap_or(fg));
        base.coloured(&palette.wishes, faint, border, Style::new().bg(behind))
    }

    /// A theme on the terminal's own page.
    fn auto(glyphs: &'static GlyphTable, depth: Depth, colours: &TerminalColours) -> Self {
        let plain = Self::plain(glyphs, Style::new().fg(Color::Reset));
        let border = if depth == Depth::Sixteen { plain.border } else { plain.border.fg(ANY_LINE) };
        let Some(page) = colours.background else { return Self { border, ..plain } };
        let is_dark = Paper::new(depth, page, page, None).is_dark();
        let wishes = if is_dark { &DARK.wishes } else { &LIGHT.wishes };
        let text = colours.foreground.unwrap_or(if is_dark { (255, 255, 255) } else { (0, 0, 0) });
        let paper = Paper::new(depth, text, page, None);
        let base = Self { paper: Some(paper.clone()), palette: colours.palette, ..plain };
        let faint = paper.faint(TEXT, 45).or_else(|| base.of_palette(FAINT, TEXT));
        let border = paper.faint(LINES, 70).or_else(|| base.of_palette(FAINT, LINES));
        let as_text = |colour: Option<Color>| colour.map_or(base.text, |colour| base.text.fg(colour));
        let (faint, border) = (as_text(faint), as_text(border));
        // One colour for the whole row, whatever stood in it.
        let selected = Style::new().fg(Color::Reset).bg(Color::Reset).add_modifier(Modifier::REVERSED);
        base.coloured(wishes, faint, border, selected)
    }

    /// The theme with colours where one holds.
    fn coloured(self, wishes: &Wishes, dim: Style, border: Style, selected: Style) -> Self {
        let page = self.text;
        let of = |numbers, wish, plain: Style| self.readable(numbers, wish).map_or(page.patch(plain), |c| page.fg(c));
        let accent = of(ACCENT, wishes.accent, self.accent);
        Self {
            dim,
            border,
            accent,
            heading: page.add_modifier(Modifier::BOLD),
            ok: of(OK, wishes.ok, self.ok),
            warning: of(WARNING, wishes.warning, self.warning),
            error: of(ERROR, wishes.error, self.error),
            link: of(LINK, wishes.link, self.link).add_modifier(Modifier::UNDERLINED),
            code: of(OK, wishes.code, self.code),
            selected,
            matched: accent.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            status: page,
            ..self
        }
    }

    /// The first of the palette's colours that can be read, else one near the wish.
    fn readable(&self, numbers: &[usize], wish: Rgb) -> Option<Color> {
        self.of_palette(numbers, TEXT).or_else(|| self.paper.as_ref()?.hold(wish, TEXT))
    }

    fn of_palette(&self, numbers: &[usize], needed: f64) -> Option<Color> {
        let paper = self.paper.as_ref()?;
        let holds = |n: &&usize| self.palette[**n].is_some_and(|rgb| paper.holds(rgb, needed));
        numbers.iter().find(holds).map(|n| NAMED[*n])
    }

    /// No colours: weight and reversal say it. Nothing is dim: how dim that is, nobody knows.
    fn mono(glyphs: &'static GlyphTable) -> Self {
        Self::plain(glyphs, Style::new())
    }

    /// The same with this for text: where there are lines with a colour, it must say that it has none.
    fn plain(glyphs: &'static GlyphTable, plain: Style) -> Self {
        let with = |m| plain.add_modifier(m);
        Self {
            paper: None,
            palette: [None; 16],
            glyphs,
            text: plain,
            dim: plain,
            border: plain,
            accent: with(Modifier::BOLD),
            heading: with(Modifier::BOLD),
            ok: plain,
            warning: with(Modifier::BOLD),
            error: with(Modifier::BOLD | Modifier::UNDERLINED),
            link: with(Modifier::UNDERLINED),
            code: plain,
            selected: with(Modifier::REVERSED),
            matched: with(Modifier::BOLD | Modifier::UNDERLINED),
            status: plain,
        }
    }

    /// The colour of a name (XEP-0392).
    #[must_use]
    pub fn nick(&self, name: &str) -> Style {
        let Some(paper) = &self.paper else { return self.heading };
        let (saturation, lightness) = if paper.is_dark() { (85.0, 70.0) } else { (100.0, 42.0) };
        let wish = colour::rgb(name, saturation, lightness);
        let colour = paper.hold(wish, TEXT).or_else(|| self.of_palette(sixteen(colour::hue(name)), TEXT));
        colour.map_or(self.heading, |colour| self.text.fg(colour))
    }

    /// The colour of a presence glyph.
    #[must_use]
    pub fn presence(&self, availability: Availability) -> Style {
        match availability {
            Availability::Chat | Availability::Online => self.ok,
            Availability::Away | Availability::ExtendedAway => self.warning,
            Availability::DoNotDisturb => self.error,
            Availability::Offline => self.dim,
        }
    }
}

/// The palette's colours whose hue (as HSLuv has it) is nearest.
fn sixteen(hue: f64) -> &'static [usize] {
    match hue {
        h if h < 40.0 => ERROR,
        h if h < 100.0 => WARNING,
        h if h < 160.0 => OK,
        h if h < 230.0 => ACCENT,
        h if h < 280.0 => LINK,
        h if h < 345.0 => &[5, 13],
        _ => ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_means_none() {
        let theme = Theme::new(ThemeName::Dark, Glyphs::Unicode, Depth::of(Some("1"), Some("truecolor"), None));
        for style in [theme.text, theme.dim, theme.accent, theme.error, theme.selected, theme.nick("juliet")] {
            assert_eq!((style.fg, style.bg), (None, None));
        }
    }

    #[test]
    fn only_true_colour_terminals_see_rgb() {
        for depth in [Depth::Sixteen, Depth::Cube] {
            let theme = Theme::new(ThemeName::Light, Glyphs::Unicode, depth);
            for style in [theme.text, theme.dim, theme.border, theme.selected, theme.nick("juliet")] {
                assert!(!matches!(style.fg, Some(Color::Rgb(..))) && !matches!(style.bg, Some(Color::Rgb(..))));
            }
        }
    }
}
