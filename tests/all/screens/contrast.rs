//! What can be read: every style of every theme, and every cell of the screens, on the palettes that people have.
//!
//! Text needs a contrast of 4.5 to what is behind it, or what the palette's own text has where that is less; lines need 3.

use super::desk::{desk, hints};
use super::snapshots::{disco_view, form_view};
use parlour::model::{Availability, Glyphs, Rgb, TerminalColours, ThemeName};
use parlour::state::State;
use parlour::state::focus::Pane;
use parlour::state::overlays::{FirstRun, Overlay};
use parlour::text::contrast::contrast;
use parlour::ui::{Depth, Memo, Theme, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier, Style};

/// Text and background, then the colours 0 to 15.
type Palette = (&'static str, u32, u32, [u32; 16]);

const PALETTES: [Palette; 12] = [
    ("xterm", 0xffffff, 0x000000, XTERM),
    ("xterm, black on white", 0x000000, 0xffffff, XTERM),
    ("GNOME", 0xd0cfcc, 0x171421, GNOME),
    ("GNOME light", 0x171421, 0xffffff, GNOME),
    ("VS Code", 0xcccccc, 0x1e1e1e, VS_CODE),
    ("VS Code light", 0x333333, 0xffffff, VS_CODE),
    ("Solarized dark", 0x839496, 0x002b36, SOLARIZED),
    ("Solarized light", 0x657b83, 0xfdf6e3, SOLARIZED),
    ("Nord", 0xd8dee9, 0x2e3440, NORD),
    ("Gruvbox dark", 0xebdbb2, 0x282828, GRUVBOX),
    ("Gruvbox light", 0x3c3836, 0xfbf1c7, GRUVBOX),
    ("Linux console", 0xaaaaaa, 0x000000, VGA),
];

const XTERM: [u32; 16] = [
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00,
    0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
];
const GNOME: [u32; 16] = [
    0x171421, 0xc01c28, 0x26a269, 0xa2734c, 0x12488b, 0xa347ba, 0x2aa1b3, 0xd0cfcc, 0x5e5c64, 0xf66151, 0x33da7a,
    0xe9ad0c, 0x2a7bde, 0xc061cb, 0x33c7de, 0xffffff,
];
const VS_CODE: [u32; 16] = [
    0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc, 0x11a8cd, 0xe5e5e5, 0x666666, 0xf14c4c, 0x23d18b,
    0xf5f543, 0x3b8eea, 0xd670d6, 0x29b8db, 0xe5e5e5,
];
const SOLARIZED: [u32; 16] = [
    0x073642, 0xdc322f, 0x859900, 0xb58900, 0x268bd2, 0xd33682, 0x2aa198, 0xeee8d5, 0x002b36, 0xcb4b16, 0x586e75,
    0x657b83, 0x839496, 0x6c71c4, 0x93a1a1, 0xfdf6e3,
];
const NORD: [u32; 16] = [
    0x3b4252, 0xbf616a, 0xa3be8c, 0xebcb8b, 0x81a1c1, 0xb48ead, 0x88c0d0, 0xe5e9f0, 0x4c566a, 0xbf616a, 0xa3be8c,
    0xebcb8b, 0x81a1c1, 0xb48ead, 0x8fbcbb, 0xeceff4,
];
const GRUVBOX: [u32; 16] = [
    0x282828, 0xcc241d, 0x98971a, 0xd79921, 0x458588, 0xb16286, 0x689d6a, 0xa89984, 0x928374, 0xfb4934, 0xb8bb26,
    0xfabd2f, 0x83a598, 0xd3869b, 0x8ec07c, 0xebdbb2,
];
const VGA: [u32; 16] = [
    0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555, 0x55ff55,
    0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
];

fn rgb(hex: u32) -> Rgb {
    ((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// What terminals of this palette tell: all, what a multiplexer passes on, nothing.
fn told(palette: &Palette) -> [TerminalColours; 3] {
    let (foreground, background) = (Some(rgb(palette.1)), Some(rgb(palette.2)));
    let all = TerminalColours { foreground, background, palette: palette.3.map(|c| Some(rgb(c))) };
    [all, TerminalColours { foreground, background, palette: [None; 16] }, TerminalColours::default()]
}

/// What a colour looks like.
fn seen(colour: Color, palette: &Palette, own: u32) -> Rgb {
    let number = match colour {
        Color::Reset => return rgb(own),
        Color::Rgb(r, g, b) => return (r, g, b),
        Color::Indexed(n) => n,
        named => NAMED.iter().position(|c| *c == named).unwrap() as u8,
    };
    let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    match number {
        0..=15 => rgb(palette.3[usize::from(number)]),
        16..=231 => (step((number - 16) / 36), step((number - 16) / 6 % 6), step((number - 16) % 6)),
        232.. => (8 + 10 * (number - 232), 8 + 10 * (number - 232), 8 + 10 * (number - 232)),
    }
}

const NAMED: [Color; 16] = [
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

/// Fails where a style cannot be read.
#[track_caller]
fn check(style: Style, needed: f64, palette: &Palette, page: Style, what: &str) -> f64 {
    let (fg, bg) = (style.fg.unwrap_or(Color::Reset), style.bg.unwrap_or(Color::Reset));
    assert!(![Color::Blue, Color::Indexed(4)].contains(&fg), "{what}: colour 4");
    assert!(!style.add_modifier.contains(Modifier::DIM), "{what}: dim");
    let (mut fg, mut bg) = (seen(fg, palette, palette.1), seen(bg, palette, palette.2));
    if style.add_modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut fg, &mut bg);
    }
    // The best that can be had there: what the page's own text has.
    let own = contrast(seen(page.fg.unwrap_or(Color::Reset), palette, palette.1), bg);
    let own =
        if style.add_modifier.contains(Modifier::REVERSED) { contrast(rgb(palette.1), rgb(palette.2)) } else { own };
    let has = contrast(fg, bg);
    assert!(has + 0.005 >= needed.min(own), "{what} on {}: {has:.2} of {:.2}", palette.0, needed.min(own));
    has
}

fn each(mut check: impl FnMut(&Theme, &Palette, &str)) {
    for name in [ThemeName::Auto, ThemeName::Light, ThemeName::Dark, ThemeName::Mono] {
        for depth in [Depth::None, Depth::Sixteen, Depth::Cube, Depth::True] {
            for palette in &PALETTES {
                for (n, told) in told(palette).iter().enumerate() {
                    let what = format!("{name:?} {depth:?}, {}", ["all told", "page told", "nothing told"][n]);
                    check(&Theme::on(name, Glyphs::Unicode, depth, told), palette, &what);
                }
            }
        }
    }
}

#[test]
fn every_style_of_every_theme_can_be_read() {
    each(|theme, palette, what| {
        let mut styles = vec![
            ("text", theme.text),
            ("dim", theme.dim),
            ("accent", theme.accent),
            ("heading", theme.heading),
            ("ok", theme.ok),
            ("warning", theme.warning),
            ("error", theme.error),
            ("link", theme.link),
            ("code", theme.code),
            ("matched", theme.matched),
            ("status", theme.status),
        ];
        styles.extend((0..40).map(|n| ("nick", theme.nick(&format!("nick{n}")))));
        styles.extend(Availability::ALL.iter().map(|a| ("presence", theme.presence(*a))));
        for (name, style) in styles {
            check(style, 4.5, palette, theme.text, &format!("{what}: {name}"));
            check(style.patch(theme.selected), 4.5, palette, theme.text, &format!("{what}: {name}, chosen"));
        }
        check(theme.border, 3.0, palette, theme.text, &format!("{what}: border"));
    });
}

/// Screens that show all there is.
fn screens() -> Vec<State> {
    let mut people = desk();
    people.focus.pane = Pane::People;
    let mut sidebar = desk();
    sidebar.focus.pane = Pane::Sidebar;
    let on_top = |overlay| State { overlays: vec![overlay], hints: hints(&[("F1", "help")]), ..desk() };
    let overlays = [
        Overlay::FirstRun(Box::new(FirstRun::new("parlour"))),
        Overlay::Form(Box::new(form_view())),
        Overlay::Disco(Box::new(disco_view())),
    ];
    [desk(), people, sidebar].into_iter().chain(overlays.map(on_top)).collect()
}

#[test]
fn every_cell_of_the_screens_can_be_read() {
    let screens = screens();
    each(|theme, palette, what| {
        for (n, state) in screens.iter().enumerate() {
            let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
            terminal
                .draw(|frame| {
                    view(state, theme, &mut Memo::default(), frame);
                })
                .unwrap();
            let buffer = terminal.backend().buffer().clone();
            for (at, cell) in buffer.content().iter().enumerate().filter(|(_, cell)| cell.symbol() != " ") {
                let is_line = cell.symbol().chars().all(|c| ('\u{2500}'..='\u{259f}').contains(&c));
                let what = format!("{what}: screen {n}, cell {at}, {:?}", cell.symbol());
                check(cell.style(), if is_line { 3.0 } else { 4.5 }, palette, theme.text, &what);
            }
        }
    });
}

/// The figures of the page about colours: the least contrast of a theme's text on each palette.
#[test]
fn the_secondary_text_of_the_default_theme_is_seen_everywhere() {
    for palette in &PALETTES {
        for (n, told) in told(palette).iter().enumerate() {
            for depth in [Depth::Sixteen, Depth::Cube, Depth::True] {
                let theme = Theme::on(ThemeName::Auto, Glyphs::Unicode, depth, told);
                let has = check(theme.dim, 4.5, palette, theme.text, &format!("{depth:?} {n}"));
                assert!(has > 4.0, "{}: {has}", palette.0);
            }
        }
    }
}
