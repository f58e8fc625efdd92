//! The messages of a chat that are in memory: a window of about 500 rows, never all history.

use crate::model::{ChatId, Message, RowId};

/// How many windows are kept: the open chat and the two before it.
pub const WINDOWS: usize = 3;
/// About how many messages a window holds.
pub const WINDOW_ROWS: usize = 500;

/// Where the view of a window stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scroll {
    /// At the newest message, and follows it.
    #[default]
    Bottom,
    /// The line `lines_below` lines above the end of message `row` is the last line on the screen.
    At {
        /// The message at the bottom of the screen.
        row: RowId,
        /// How many of its lines are below the screen.
        lines_below: u16,
    },
}

/// A window on one chat's messages.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Which chat.
    pub chat: ChatId,
    /// The messages, oldest first, by (order, row).
    pub messages: Vec<Message>,
    /// Nothing older is stored.
    pub is_oldest: bool,
    /// Nothing newer is stored: live messages are appended. Else they only count.
    pub is_newest: bool,
    /// Nothing older is in the archive either.
    pub is_start: bool,
    /// A page is being fetched from the store or the archive.
    pub is_loading: bool,
    /// Where the view stands.
    pub scroll: Scroll,
    /// The selected message.
    pub selected: Option<RowId>,
}

/// The windows, the most recently used first.
#[derive(Debug, Clone, Default)]
pub struct Timelines {
    /// The windows.
    pub list: Vec<Timeline>,
}

impl Timelines {
    /// A chat's window.
    #[must_use]
    pub fn get(&self, chat: &ChatId) -> Option<&Timeline> {
        self.list.iter().find(|t| t.chat == *chat)
    }

    /// A chat's window, to change.
    pub fn get_mut(&mut self, chat: &ChatId) -> Option<&mut Timeline> {
        self.list.iter_mut().find(|t| t.chat == *chat)
    }
}

/// What the last frame showed of the open chat; `view` returns it and `run` lays it here before the
/// next message, so that scrolling needs no knowledge of wrapping and drawing never writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Viewport {
    /// Where a page up leads.
    pub page_up: Scroll,
    /// Where a page down leads.
    pub page_down: Scroll,
    /// Where one line up leads.
    pub line_up: Scroll,
    /// Where one line down leads.
    pub line_down: Scroll,
    /// The oldest message in the window is on the screen: time to load older ones.
    pub is_at_top: bool,
    /// The newest message in the window is on the screen.
    pub is_at_bottom: bool,
    /// The topmost and the lowest message on the screen.
    pub visible: Option<(RowId, RowId)>,
}
