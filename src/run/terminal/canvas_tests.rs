//! What a terminal shows after the bytes of a frame, as another program's reading of them says.

use super::*;
use proptest::prelude::*;
use ratatui::style::{Color, Style};

fn painted(cursor: Option<(u16, u16)>, moving: Rect) -> Painted {
    Painted { cursor: cursor.map(Position::from), moving, ..Painted::default() }
}

fn frame(canvas: &mut Canvas, text: &str, cursor: Option<(u16, u16)>) -> String {
    let bytes = canvas.paint(|buffer| {
        buffer.reset();
        buffer.set_string(0, 0, text, Style::default());
        painted(cursor, Rect::ZERO)
    });
    String::from_utf8(bytes).unwrap()
}

#[test]
fn s44_what_stands_behind_an_uncertain_cluster_is_drawn_again() {
    let mut canvas = Canvas::new((10, 2));
    frame(&mut canvas, "ab  │ x", None);
    let whole = frame(&mut canvas, "ab👍🏽│ x", None);
    let behind = whole.split("👍🏽").nth(1).unwrap();
    assert!(behind.contains("\x1b[1;5H") && behind.contains("│ x"), "{whole:?}");
    let other = frame(&mut canvas, "ab👍🏽│ y", None);
    assert!(!other.contains('│'), "{other:?}");
}

/// A terminal that counted four cells for the cluster shows half of it under the second letter, and what stood behind it
/// elsewhere: drawing only what we think has changed leaves that on the screen.
#[test]
fn s44_nothing_stays_of_an_uncertain_cluster_that_is_gone() {
    for (before, after) in [("ab👍🏽│ x", "abcd│ x"), ("ab☰ │ x", "abcd│ x"), ("ab🇩🇪🇩🇪x", "ab🇩🇪cdx"), ("ab👍🏽 │", "ab  │")]
    {
        let mut canvas = Canvas::new((10, 2));
        frame(&mut canvas, before, None);
        let bytes = frame(&mut canvas, after, None);
        let (left, drawn) = bytes.split_once("\x1b[K").unwrap();
        let rest = after.trim_start_matches("ab").trim_start_matches("🇩🇪").trim();
        assert!(rest.chars().all(|c| drawn.contains(c)), "{before} to {after}: {bytes:?}");
        assert!(!left.contains(char::is_alphabetic) || left.ends_with('H'), "{bytes:?}");
    }
}

#[test]
fn what_terminals_agree_on() {
    for sure in ["a", "é", "e\u{301}", "宽", "👍", "│", "ж", "é\u{301}\u{302}"] {
        assert!(!is_uncertain(sure), "{sure}");
    }
    for unsure in ["👍🏽", "❤\u{fe0f}", "🇩🇪", "1\u{fe0f}\u{20e3}", "👨\u{200d}👩", "☰", "䷀", "𝌀"]
    {
        assert!(is_uncertain(unsure), "{unsure}");
    }
}

#[test]
fn a_frame_that_changes_nothing_has_no_bytes() {
    let mut canvas = Canvas::new((10, 2));
    let first = frame(&mut canvas, "hello", Some((4, 1)));
    assert!(first.contains("hello") && first.ends_with("\x1b[2;5H\x1b[?25h"), "{first:?}");
    assert_eq!(frame(&mut canvas, "hello", Some((4, 1))), "");
    assert_eq!(frame(&mut canvas, "hello", Some((4, 0))), "\x1b[1;5H");
    assert_eq!(frame(&mut canvas, "hello", None), "\x1b[?25l");
    assert_eq!(frame(&mut canvas, "hello", None), "");
    canvas.resize((10, 2));
    let whole = frame(&mut canvas, "hello", None);
    assert!(whole.contains("\x1b[2J") && whole.contains("hello"), "{whole:?}");
}

#[test]
fn a_letter_that_is_typed_is_one_letter() {
    let mut canvas = Canvas::new((10, 2));
    frame(&mut canvas, "hell", Some((4, 0)));
    assert_eq!(frame(&mut canvas, "hello", Some((5, 0))), "\x1b[?25l\x1b[1;5Ho\x1b[?25h");
}

/// A chat of 30 rows beside a list, of which the last messages are these.
fn chat(buffer: &mut Buffer, last: usize, list: &str) -> Painted {
    buffer.reset();
    for y in 0..30u16 {
        buffer.set_string(0, y, list, Style::new().fg(Color::Red));
        buffer.set_string(10, y, "│", Style::default());
        let words = format!("message {} of many words", last + usize::from(y));
        buffer.set_string(12, y, words, Style::default());
    }
    painted(None, Rect::new(11, 0, 69, 30))
}

#[test]
fn a_line_that_comes_in_moves_the_others() {
    let mut canvas = Canvas::new((80, 34));
    let mut terminal = vt100::Parser::new(34, 80, 0);
    for (last, list) in [(0, "romeo"), (1, "romeo"), (4, "romeo"), (2, "romeo"), (3, "juliet"), (90, "x")] {
        let bytes = canvas.paint(|buffer| chat(buffer, last, list));
        if list == "romeo" && last > 0 {
            assert!(bytes.len() < 200, "{last}: {:?}", String::from_utf8_lossy(&bytes));
        }
        terminal.process(&bytes);
        for y in 0..30 {
            let row = terminal.screen().contents_between(y, 0, y, 80);
            let expected = format!("{list:10}│ message {} of many words", last + usize::from(y));
            assert_eq!(row.trim_end(), expected);
        }
    }
}

fn symbol() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        12 => Just(" "),
        8 => prop::sample::select(vec!["a", "b", "c"]),
        2 => prop::sample::select(vec!["│", "─", "é"]),
        2 => prop::sample::select(vec!["宽", "👍"]),
    ]
}

fn style() -> impl Strategy<Value = Style> {
    prop_oneof![
        6 => Just(Style::default()),
        1 => Just(Style::new().fg(Color::Red)),
        1 => Just(Style::new().fg(Color::Rgb(1, 2, 3)).bold()),
        1 => Just(Style::new().bg(Color::Indexed(77)).italic()),
        1 => Just(Style::new().underlined()),
        1 => Just(Style::new().bg(Color::LightBlue).reversed()),
    ]
}

/// Where a symbol is written, how often, and how.
type Written = (u16, u16, &'static str, u16, Style);

/// A frame: how far the rows moved, and what is written then.
fn change() -> impl Strategy<Value = (i32, Vec<Written>)> {
    (-3i32..4, prop::collection::vec((0u16..24, 0u16..10, symbol(), 1u16..20, style()), 0..12))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_terminal_shows_what_was_painted(changes in prop::collection::vec(change(), 1..8)) {
        let (width, height) = (24u16, 10u16);
        let mut canvas = Canvas::new((width, height));
        let mut terminal = vt100::Parser::new(height, width, 0);
        let mut now = Buffer::empty(Rect::new(0, 0, width, height));
        for (by, texts) in changes {
            let row = usize::from(width);
            let (content, far) = (&mut now.content[row..row * 9], by.unsigned_abs() as usize * row);
            if by > 0 { content.rotate_left(far) } else { content.rotate_right(far) }
            for (x, y, symbol, times, style) in texts {
                // A wide symbol that begins before is cut, as the panes do it.
                if x > 0 && cells(&now[(x - 1, y)]) > 1 {
                    now[(x - 1, y)].set_symbol(" ");
                }
                now.set_stringn(x, y, symbol.repeat(times.into()), row, style);
            }
            let bytes = canvas.paint(|buffer| {
                buffer.clone_from(&now);
                painted(Some((3, 3)), Rect::new(4, 1, 20, 8))
            });
            terminal.process(&bytes);
            let screen = terminal.screen();
            for y in 0..height {
                let mut x = 0;
                while x < width {
                    let (ours, theirs) = (&now[(x, y)], screen.cell(y, x).unwrap());
                    let contents = if theirs.contents().is_empty() { " " } else { theirs.contents() };
                    prop_assert_eq!(ours.symbol(), contents, "at {} {}", x, y);
                    prop_assert_eq!(colour(ours.bg), theirs.bgcolor());
                    prop_assert_eq!(ours.modifier.contains(Modifier::UNDERLINED), theirs.underline());
                    prop_assert_eq!(ours.modifier.contains(Modifier::REVERSED), theirs.inverse());
                    if ours.symbol() != " " {
                        prop_assert_eq!(colour(ours.fg), theirs.fgcolor());
                        prop_assert_eq!(ours.modifier.contains(Modifier::BOLD), theirs.bold());
                    }
                    x += cells(ours);
                }
            }
            prop_assert_eq!(screen.cursor_position(), (3, 3));
        }
    }
}

fn colour(colour: Color) -> vt100::Color {
    if colour == Color::Red {
        vt100::Color::Idx(1)
    } else if colour == Color::LightBlue {
        vt100::Color::Idx(12)
    } else if let Color::Indexed(n) = colour {
        vt100::Color::Idx(n)
    } else if let Color::Rgb(r, g, b) = colour {
        vt100::Color::Rgb(r, g, b)
    } else {
        vt100::Color::Default
    }
}
