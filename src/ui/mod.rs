//! The screen: `paint(&State, &Theme, &mut Memo, &mut Buffer)`, a pure function of the state.
//!
//! Drawing has no side effect, except that `Memo` remembers wrapped lines. What a frame learns about scrolling is
//! returned as a [`Viewport`], which the shell puts into the state before the next message.

pub mod field;
pub mod glyphs;
pub mod layout;
pub mod memo;
pub mod message;
pub mod overlays;
pub mod panes;
pub mod paper;
pub mod pen;
pub mod scene;
pub mod text;
pub mod theme;

pub use memo::Memo;
pub use scene::Scene;
pub use theme::{Depth, Theme};

use crate::state::State;
use crate::state::timeline::Viewport;
use pen::Pen;
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// What a painted screen says besides its cells.
#[derive(Debug, Default)]
pub struct Painted {
    /// What it showed of the open chat.
    pub viewport: Viewport,
    /// Where the cursor stands, if it is to be seen.
    pub cursor: Option<Position>,
    /// Where rows may have moved since the last screen: the messages.
    pub moving: Rect,
}

/// Draws everything into a frame; returns what it showed of the open chat.
pub fn view(state: &State, theme: &Theme, memo: &mut Memo, frame: &mut Frame) -> Viewport {
    let painted = paint(state, theme, memo, frame.buffer_mut());
    if let Some(at) = painted.cursor {
        frame.set_cursor_position(at);
    }
    painted.viewport
}

/// Draws everything: every cell is set, whatever the buffer held before.
pub fn paint(state: &State, theme: &Theme, memo: &mut Memo, buffer: &mut Buffer) -> Painted {
    let area = buffer.area;
    let mut scene = Scene { state, layout: layout::layout(area, state), memo, cursor: None, below: 0 };
    let mut pen = Pen::new(buffer, theme, area);
    pen.clear();
    if scene.layout.is_tiny {
        panes::too_small(&mut pen);
        return Painted::default();
    }
    let viewport = panes::draw(&mut scene, &mut pen);
    if !state.overlays.is_empty() {
        let foot = u16::from(scene.layout.has_foot);
        let above = area.height.saturating_sub(foot);
        pen.part(0, above, area.width, foot).clear();
        overlays::draw(&mut scene, &mut pen.part(0, 0, area.width, above));
    }
    panes::toasts::draw(&scene, &mut pen);
    Painted { viewport, cursor: scene.cursor, moving: scene.layout.chat }
}
