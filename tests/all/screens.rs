//! What the screen shows: snapshots at three sizes, hostile text in every field, and any size at all.

mod any_size;
mod connection;
mod contrast;
mod cursor_and_colour;
mod desk;
mod first_contact;
mod hostile;
mod measure;
mod outage;
mod panes;
mod requests;
mod scrolling;
mod snapshots;
mod waiting;

use parlour::model::{Glyphs, ThemeName};
use parlour::state::State;
use parlour::state::timeline::Viewport;
use parlour::ui::{Depth, Memo, Theme, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

/// Draws a state and gives the cells back.
fn draw(state: &State, width: u16, height: u16) -> Buffer {
    draw_with(state, width, height, Glyphs::Unicode, &mut Memo::default()).0
}

pub fn draw_with(state: &State, width: u16, height: u16, glyphs: Glyphs, memo: &mut Memo) -> (Buffer, Viewport) {
    let theme = Theme::new(ThemeName::Auto, glyphs, Depth::Sixteen);
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut viewport = Viewport::default();
    terminal.draw(|frame| viewport = view(state, &theme, memo, frame)).unwrap();
    (terminal.backend().buffer().clone(), viewport)
}

/// The cells as lines of text, without the spaces at their ends.
pub fn lines(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    (0..area.height)
        .map(|y| {
            let mut line = String::new();
            let mut x = 0;
            while x < area.width {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                // A wide character hides the cells behind it.
                x += u16::try_from(parlour::text::width(symbol)).unwrap_or(1).max(1);
            }
            line.trim_end().to_owned()
        })
        .collect()
}

fn show(state: &State, width: u16, height: u16) -> String {
    lines(&draw(state, width, height)).join("\n")
}
