//! What all panes and overlays draw from.

use super::layout::Layout;
use super::memo::Memo;
use crate::state::State;
use ratatui::layout::Position;

/// What all panes draw from.
pub struct Scene<'a> {
    /// The desk.
    pub state: &'a State,
    /// Where everything stands.
    pub layout: Layout,
    /// What need not be worked out again.
    pub memo: &'a mut Memo,
    /// Where the cursor is to stand.
    pub cursor: Option<Position>,
    /// How many messages are below the screen.
    pub below: usize,
}
