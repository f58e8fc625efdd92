//! Where the cursor stands, and which colours are used.

use super::desk::{desk, textbox};
use super::snapshots::form_view;
use parlour::model::{Glyphs, ThemeName};
use parlour::state::State;
use parlour::state::composer::TextBox;
use parlour::state::overlays::{FirstRun, Overlay};
use parlour::ui::{Depth, Memo, Theme, view};
use ratatui::Terminal;
use ratatui::backend::{Backend, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::Color;

fn cursor(state: &State) -> (u16, u16) {
    let theme = Theme::new(ThemeName::Auto, Glyphs::Unicode, Depth::Sixteen);
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal
        .draw(|frame| {
            view(state, &theme, &mut Memo::default(), frame);
        })
        .unwrap();
    let Position { x, y } = terminal.backend_mut().get_cursor_position().unwrap();
    (x, y)
}

#[test]
fn the_cursor_stands_behind_what_was_typed() {
    let mut state = desk();
    let cases = [
        ("", 0, (3, 22)),
        ("abc", 3, (6, 22)),
        ("abc", 1, (4, 22)),
        ("宽e\u{301}x", "宽e\u{301}".len(), (6, 22)),
        ("one\ntwo", 7, (6, 22)),
        ("one\ntwo", 3, (6, 21)),
        ("one\n", 4, (3, 22)),
        ("a\tb", 3, (9, 22)),
    ];
    for (text, at, want) in cases {
        state.composer.text = TextBox { text: text.to_owned(), cursor: at };
        assert_eq!(cursor(&state), want, "{text:?} {at}");
    }
    // At the end of a full line it stays on the screen.
    state.composer.text = textbox(&"x".repeat(76));
    assert_eq!(cursor(&state), (79, 22));
    state.composer.text = textbox(&"x".repeat(77));
    assert_eq!(cursor(&state), (4, 22));
}

#[test]
fn the_cursor_stands_in_the_field_that_has_the_keys() {
    let mut state = desk();
    let mut first_run = FirstRun::new("parlour");
    first_run.address = textbox("romeo");
    state.overlays = vec![Overlay::FirstRun(Box::new(first_run))];
    let (x, y) = cursor(&state);
    let shown = super::lines(&super::draw(&state, 80, 24));
    let line = &shown[usize::from(y)];
    assert!(line.contains("Address"), "{line}");
    assert_eq!(usize::from(x), parlour::text::width(&line[..line.find("romeo").unwrap()]) + 5);
    state.overlays = vec![Overlay::Form(Box::new(form_view()))];
    let (_, y) = cursor(&state);
    assert!(super::lines(&super::draw(&state, 80, 24))[usize::from(y)].contains("Room name"));
}

fn painted(name: ThemeName, depth: Depth) -> Buffer {
    let theme = Theme::new(name, Glyphs::Unicode, depth);
    let mut terminal = Terminal::new(TestBackend::new(140, 40)).unwrap();
    let state = desk();
    terminal
        .draw(|frame| {
            view(&state, &theme, &mut Memo::default(), frame);
        })
        .unwrap();
    terminal.backend().buffer().clone()
}

#[test]
fn without_colours_no_cell_has_one() {
    let all = [painted(ThemeName::Mono, Depth::True), painted(ThemeName::Dark, Depth::None)];
    for cell in all.iter().flat_map(ratatui::buffer::Buffer::content) {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{:?}", cell.symbol());
    }
}

#[test]
fn a_theme_with_a_background_leaves_no_hole() {
    for name in [ThemeName::Dark, ThemeName::Light] {
        let buffer = painted(name, Depth::True);
        let mut hidden = 0;
        for cell in buffer.content() {
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            hidden = parlour::text::width(cell.symbol()).saturating_sub(1);
            assert!(matches!(cell.bg, Color::Rgb(..)), "{:?}", cell.symbol());
        }
    }
}
