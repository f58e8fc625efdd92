//! The messages of a chat that are in memory: a window of about 500 rows, never the whole history.

use super::work::Fold;
use crate::model::{ChatId, Delivery, Message, Order, RowId, StanzaId, Time};

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
    /// This message is the first on the screen.
    From {
        /// The message at the top of the screen.
        row: RowId,
    },
}

impl Scroll {
    /// The message that the view is held at; `None` where it follows the newest.
    #[must_use]
    pub fn row(self) -> Option<RowId> {
        match self {
            Self::Bottom => None,
            Self::At { row, .. } | Self::From { row } => Some(row),
        }
    }
}

/// A place that the user wants to get to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeekGoal {
    /// The first message that there is.
    First,
    /// The first message from this time on.
    Day(Time),
    /// So many messages above this one.
    Back {
        /// The message.
        from: Order,
        /// How many.
        count: usize,
    },
    /// No place: so many pages more are wanted for a search.
    Search {
        /// How many.
        pages: u32,
    },
}

/// On the way to a place that may be far up.
#[derive(Debug, Clone, PartialEq)]
pub struct Seek {
    /// In which chat.
    pub chat: ChatId,
    /// Where to.
    pub goal: SeekGoal,
    /// The number of the question to the store.
    pub seq: u64,
    /// The oldest message that is stored, and when it was written.
    pub oldest: Option<(Order, Time)>,
    /// The archive has nothing older, or cannot be asked.
    pub is_exhausted: bool,
    /// How many pages the archive was asked for.
    pub pages: u32,
    /// The account's catch-up must end first.
    pub is_waiting: bool,
}

/// A window on one chat's messages.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The chat.
    pub chat: ChatId,
    /// The messages, oldest first, by (order, row).
    pub messages: Vec<Message>,
    /// Nothing older is stored.
    pub is_oldest: bool,
    /// Nothing newer is stored: live messages are appended. Else they only count.
    pub is_newest: bool,
    /// How many that are stored are newer than the window.
    pub beyond: usize,
    /// Nothing older is in the archive either.
    pub is_start: bool,
    /// A page is being fetched from the store or the archive.
    pub is_loading: bool,
    /// Where the view stands.
    pub scroll: Scroll,
    /// The selected message.
    pub selected: Option<RowId>,
    /// The message that a search led to: marked, not selected.
    pub highlighted: Option<RowId>,
    /// The store has more than the question that is under way will bring: ask again.
    pub is_stale: bool,
    /// The number of the question to the store that is under way.
    pub asked: Option<u64>,
    /// Messages that were dropped since then: the page may still have them.
    pub dropped: Vec<RowId>,
    /// The last line is a folded one about people who came and went.
    pub fold: Option<Fold>,
}

impl Timeline {
    /// An empty window that follows the newest messages.
    #[must_use]
    pub fn new(chat: ChatId) -> Self {
        Self {
            chat,
            messages: Vec::new(),
            is_oldest: false,
            is_newest: true,
            beyond: 0,
            is_start: false,
            is_loading: false,
            scroll: Scroll::Bottom,
            selected: None,
            highlighted: None,
            is_stale: false,
            asked: None,
            dropped: Vec::new(),
            fold: None,
        }
    }

    /// Puts a message where it belongs. One that is there already stays, but for a further delivery.
    /// Returns whether it is new here.
    pub fn insert(&mut self, message: Message) -> bool {
        if let Some(known) = self.messages.iter_mut().rev().find(|m| m.row == message.row) {
            if rank(&message.delivery) > rank(&known.delivery) {
                known.delivery = message.delivery;
            }
            return false;
        }
        let key = (message.order, message.row);
        let at = self.messages.partition_point(|m| (m.order, m.row) < key);
        self.messages.insert(at, message);
        true
    }

    /// Keeps the window at its size: forgets the far end, as seen from what is on the screen.
    pub fn trim(&mut self) {
        let extra = self.messages.len().saturating_sub(WINDOW_ROWS);
        if extra == 0 {
            return;
        }
        let held = self.scroll.row().and_then(|row| self.messages.iter().position(|m| m.row == row));
        let at = held.unwrap_or(self.messages.len());
        if at > self.messages.len() / 2 {
            self.messages.drain(..extra);
            self.is_oldest = false;
            self.is_start = false;
        } else {
            self.beyond += self.messages.drain(WINDOW_ROWS..).filter(|m| m.row.0 > 0).count();
            self.is_newest = false;
        }
        for mark in [&mut self.selected, &mut self.highlighted] {
            mark.take_if(|row| !self.messages.iter().any(|m| m.row == *row));
        }
    }

    /// The place of the oldest stored message in the window.
    #[must_use]
    pub fn first_order(&self) -> Option<Order> {
        self.messages.iter().find(|m| m.row.0 > 0).map(|m| m.order)
    }

    /// The place of the newest stored message in the window.
    #[must_use]
    pub fn last_order(&self) -> Option<Order> {
        self.messages.iter().rev().find(|m| m.row.0 > 0).map(|m| m.order)
    }

    /// The place of the newest stored message of somebody else: up to there the user can have read. What the archive
    /// brings later may go between it and the user's own messages.
    #[must_use]
    pub fn last_incoming(&self) -> Option<Order> {
        self.messages.iter().rev().find(|m| m.row.0 > 0 && !m.is_own()).map(|m| m.order)
    }

    /// The place of the message that the view is held at; `None` where it follows the newest.
    #[must_use]
    pub fn bottom_order(&self) -> Option<Order> {
        let row = self.scroll.row().filter(|row| row.0 > 0)?;
        self.messages.iter().find(|m| m.row == row).map(|m| m.order)
    }

    /// A message by its row or, for the user's own, by its id.
    pub fn find_mut(&mut self, row: RowId, id: &StanzaId) -> Option<&mut Message> {
        self.messages.iter_mut().rev().find(|m| m.row == row || (m.is_own() && m.ids.stanza.as_ref() == Some(id)))
    }
}

/// How far a delivery is on its ladder.
fn rank(delivery: &Delivery) -> u8 {
    match delivery {
        Delivery::Incoming | Delivery::Pending => 0,
        Delivery::Sent => 1,
        Delivery::Unknown => 2,
        Delivery::Acked => 3,
        Delivery::Delivered => 4,
        Delivery::Displayed => 5,
        Delivery::Failed(_) => 6,
    }
}

/// The windows, the most recently used first.
#[derive(Debug, Clone, Default)]
pub struct Timelines {
    /// The windows.
    pub list: Vec<Timeline>,
    /// The place that the user is on the way to.
    pub seek: Option<Seek>,
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
