//! The colours: one accent, dim secondary text, names by XEP-0392. `auto` uses the terminal's own sixteen.

use super::glyphs::GlyphTable;
use crate::model::{Availability, Glyphs, Standard, ThemeName};
use crate::text::colour;
use ratatui::style::{Color, Modifier, Style};

/// The row of the reference.
pub const STANDARD: Standard = Standard::complete("XEP-0392", "Consistent Color Generation", "1.0.1");

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
}

/// The styles and signs of the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    name: ThemeName,
    depth: Depth,
    /// The signs.
    pub glyphs: &'static GlyphTable,
    /// What is read.
    pub text: Style,
    /// What is there when one looks for it: times, lines, addresses.
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

/// The colours of a theme: background and text where it sets them, then the meanings.
struct Palette {
    page: Style,
    dim: Color,
    border: Color,
    accent: Color,
    ok: Color,
    warning: Color,
    error: Color,
    link: Color,
    code: Color,
    selected: Option<Color>,
}

const AUTO: Palette = Palette {
    page: Style::new(),
    dim: Color::DarkGray,
    border: Color::DarkGray,
    accent: Color::Cyan,
    ok: Color::Green,
    warning: Color::Yellow,
    error: Color::Red,
    link: Color::Blue,
    code: Color::Green,
    selected: None,
};

const DARK: Palette = Palette {
    page: Style::new().fg(rgb(0xd8_dee9)).bg(rgb(0x1b_1e26)),
    dim: rgb(0x7f_8796),
    border: rgb(0x3a_404d),
    accent: rgb(0x6c_b6ff),
    ok: rgb(0x8f_cf8a),
    warning: rgb(0xe8_c06a),
    error: rgb(0xf0_7178),
    link: rgb(0x8a_b4f8),
    code: rgb(0xb5_cea8),
    selected: Some(rgb(0x2c_3446)),
};

const LIGHT: Palette = Palette {
    page: Style::new().fg(rgb(0x24_292f)).bg(rgb(0xfb_fbf9)),
    dim: rgb(0x6e_7681),
    border: rgb(0xd0_d4d9),
    accent: rgb(0x09_60b5),
    ok: rgb(0x1a_7f37),
    warning: rgb(0x9a_6700),
    error: rgb(0xc5_221f),
    link: rgb(0x09_69da),
    code: rgb(0x11_6329),
    selected: Some(rgb(0xdd_e8f5)),
};

const fn rgb(hex: u32) -> Color {
    Color::Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

impl Theme {
    /// A theme for a terminal.
    #[must_use]
    pub fn new(name: ThemeName, glyphs: Glyphs, depth: Depth) -> Self {
        let glyphs = GlyphTable::of(glyphs);
        let palette = match name {
            _ if depth == Depth::None => return Self::mono(name, glyphs),
            ThemeName::Mono => return Self::mono(name, glyphs),
            // Sixteen colours have no room for a palette of our own.
            ThemeName::Dark | ThemeName::Light if depth == Depth::Sixteen => &AUTO,
            ThemeName::Auto => &AUTO,
            ThemeName::Dark => &DARK,
            ThemeName::Light => &LIGHT,
        };
        let fg = |c: Color| palette.page.fg(down(c, depth));
        let page = Style {
            fg: palette.page.fg.map(|c| down(c, depth)),
            bg: palette.page.bg.map(|c| down(c, depth)),
            ..palette.page
        };
        let on = |s: Style| Style { bg: page.bg, ..s };
        Self {
            name,
            depth,
            glyphs,
            text: page,
            dim: on(fg(palette.dim)),
            border: on(fg(palette.border)),
            accent: on(fg(palette.accent)),
            heading: page.add_modifier(Modifier::BOLD),
            ok: on(fg(palette.ok)),
            warning: on(fg(palette.warning)),
            error: on(fg(palette.error)),
            link: on(fg(palette.link)).add_modifier(Modifier::UNDERLINED),
            code: on(fg(palette.code)),
            selected: match palette.selected {
                Some(c) => Style::new().bg(down(c, depth)),
                None => Style::new().add_modifier(Modifier::REVERSED),
            },
            matched: on(fg(palette.accent)).add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            status: page,
        }
    }

    /// No colours: weight and reversal say it.
    fn mono(name: ThemeName, glyphs: &'static GlyphTable) -> Self {
        let plain = Style::new();
        let with = |m| plain.add_modifier(m);
        Self {
            name,
            depth: Depth::None,
            glyphs,
            text: plain,
            dim: with(Modifier::DIM),
            border: with(Modifier::DIM),
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
        if self.depth == Depth::None {
            return self.heading;
        }
        let (saturation, lightness) = match self.name {
            ThemeName::Light => (100.0, 42.0),
            ThemeName::Dark => (85.0, 70.0),
            ThemeName::Auto | ThemeName::Mono => return self.text.fg(sixteen(colour::hue(name))),
        };
        if self.depth == Depth::Sixteen {
            return self.text.fg(sixteen(colour::hue(name)));
        }
        let (r, g, b) = colour::rgb(name, saturation, lightness);
        self.text.fg(down(Color::Rgb(r, g, b), self.depth))
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

/// The palette colour whose hue (as HSLuv has it) is nearest.
fn sixteen(hue: f64) -> Color {
    match hue {
        h if h < 40.0 => Color::Red,
        h if h < 100.0 => Color::Yellow,
        h if h < 160.0 => Color::Green,
        h if h < 230.0 => Color::Cyan,
        h if h < 280.0 => Color::Blue,
        h if h < 345.0 => Color::Magenta,
        _ => Color::Red,
    }
}

/// A colour as the terminal can show it.
fn down(color: Color, depth: Depth) -> Color {
    let Color::Rgb(r, g, b) = color else { return color };
    if depth != Depth::Cube {
        return color;
    }
    let (max, min) = (r.max(g).max(b), r.min(g).min(b));
    if max - min < 12 {
        // The grey ramp is finer than the cube.
        return Color::Indexed(if max < 8 { 16 } else { 232 + ((u16::from(max) - 8) * 24 / 248).min(23) as u8 });
    }
    let step = |x: u8| (u16::from(x) * 5 + 127) / 255;
    Color::Indexed((16 + 36 * step(r) + 6 * step(g) + step(b)) as u8)
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
    fn the_depth_of_a_terminal() {
        assert_eq!(Depth::of(None, Some("truecolor"), Some("xterm")), Depth::True);
        assert_eq!(Depth::of(Some(""), None, Some("xterm-256color")), Depth::Cube);
        assert_eq!(Depth::of(None, None, Some("linux")), Depth::Sixteen);
        assert_eq!(Depth::of(None, None, Some("dumb")), Depth::None);
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
