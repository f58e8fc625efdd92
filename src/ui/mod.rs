//! The screen: `view(&State, &Theme, &mut Memo, &mut Frame)`, a pure function of the state.
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

/// Draws everything; returns what the frame showed of the open chat.
pub fn view(state: &State, theme: &Theme, memo: &mut Memo, frame: &mut Frame) -> Viewport {
    let area = frame.area();
    let mut scene = Scene { state, layout: layout::layout(area, state), memo, cursor: None, below: 0 };
    let mut pen = Pen::new(frame.buffer_mut(), theme, area);
    pen.clear();
    if scene.layout.is_tiny {
        panes::too_small(&mut pen);
        return Viewport::default();
    }
    let viewport = panes::draw(&mut scene, &mut pen);
    overlays::draw(&mut scene, &mut pen);
    panes::toasts::draw(&scene, &mut pen);
    if let Some(at) = scene.cursor {
        frame.set_cursor_position(at);
    }
    viewport
}
