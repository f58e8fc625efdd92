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
use parlour::ui::theme::NAMED;
use parlour::ui::{Depth, Memo, Theme, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier, Style};

/// Text and background, then the colours 0 to 15.
type Palette = (&'static str, u32, u32, [u32; 16]);

const PALETTES: [Palette; 12] = [
    ("xterm", 0xff_ffff, 0x00_0000, XTERM),
    ("xterm, black on white", 0x00_0000, 0xff_ffff, XTERM),
    ("GNOME", 0xd0_cfcc, 0x17_1421, GNOME),
    ("GNOME light", 0x17_1421, 0xff_ffff, GNOME),
    ("VS Code", 0xcc_cccc, 0x1e_1e1e, VS_CODE),
    ("VS Code light", 0x33_3333, 0xff_ffff, VS_CODE),
    ("Solarized dark", 0x83_9496, 0x00_2b36, SOLARIZED),
    ("Solarized light", 0x65_7b83, 0xfd_f6e3, SOLARIZED),
    ("Nord", 0xd8_dee9, 0x2e_3440, NORD),
    ("Gruvbox dark", 0xeb_dbb2, 0x28_2828, GRUVBOX),
    ("Gruvbox light", 0x3c_3836, 0xfb_f1c7, GRUVBOX),
    ("Linux console", 0xaa_aaaa, 0x00_0000, VGA),
];

const XTERM: [u32; 16] = [
    0x00_0000, 0xcd_0000, 0x00_cd00, 0xcd_cd00, 0x00_00ee, 0xcd_00cd, 0x00_cdcd, 0xe5_e5e5, 0x7f_7f7f, 0xff_0000,
    0x00_ff00, 0xff_ff00, 0x5c_5cff, 0xff_00ff, 0x00_ffff, 0xff_ffff,
];
const GNOME: [u32; 16] = [
    0x17_1421, 0xc0_1c28, 0x26_a269, 0xa2_734c, 0x12_488b, 0xa3_47ba, 0x2a_a1b3, 0xd0_cfcc, 0x5e_5c64, 0xf6_6151,
    0x33_da7a, 0xe9_ad0c, 0x2a_7bde, 0xc0_61cb, 0x33_c7de, 0xff_ffff,
];
const VS_CODE: [u32; 16] = [
    0x00_0000, 0xcd_3131, 0x0d_bc79, 0xe5_e510, 0x24_72c8, 0xbc_3fbc, 0x11_a8cd, 0xe5_e5e5, 0x66_6666, 0xf1_4c4c,
    0x23_d18b, 0xf5_f543, 0x3b_8eea, 0xd6_70d6, 0x29_b8db, 0xe5_e5e5,
];
const SOLARIZED: [u32; 16] = [
    0x07_3642, 0xdc_322f, 0x85_9900, 0xb5_8900, 0x26_8bd2, 0xd3_3682, 0x2a_a198, 0xee_e8d5, 0x00_2b36, 0xcb_4b16,
    0x58_6e75, 0x65_7b83, 0x83_9496, 0x6c_71c4, 0x93_a1a1, 0xfd_f6e3,
];
const NORD: [u32; 16] = [
    0x3b_4252, 0xbf_616a, 0xa3_be8c, 0xeb_cb8b, 0x81_a1c1, 0xb4_8ead, 0x88_c0d0, 0xe5_e9f0, 0x4c_566a, 0xbf_616a,
    0xa3_be8c, 0xeb_cb8b, 0x81_a1c1, 0xb4_8ead, 0x8f_bcbb, 0xec_eff4,
];
const GRUVBOX: [u32; 16] = [
    0x28_2828, 0xcc_241d, 0x98_971a, 0xd7_9921, 0x45_8588, 0xb1_6286, 0x68_9d6a, 0xa8_9984, 0x92_8374, 0xfb_4934,
    0xb8_bb26, 0xfa_bd2f, 0x83_a598, 0xd3_869b, 0x8e_c07c, 0xeb_dbb2,
];
const VGA: [u32; 16] = [
    0x00_0000, 0xaa_0000, 0x00_aa00, 0xaa_5500, 0x00_00aa, 0xaa_00aa, 0x00_aaaa, 0xaa_aaaa, 0x55_5555, 0xff_5555,
    0x55_ff55, 0xff_ff55, 0x55_55ff, 0xff_55ff, 0x55_ffff, 0xff_ffff,
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
