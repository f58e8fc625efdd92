//! What lies on the user's desk: all that the screen shows and `update` changes, and nothing else.
//!
//! Plain data. `update` is the only writer, `ui` the only other reader (and `slash`, for completion).

pub mod accounts;
pub mod chats;
pub mod composer;
pub mod console;
pub mod focus;
pub mod overlays;
pub mod presence;
pub mod requests;
pub mod rooms;
pub mod roster;
pub mod sidebar;
pub mod timeline;
pub mod toasts;

use crate::model::{ChatId, Options, Time};

/// Everything.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The clock, as of the last message.
    pub now: Time,
    /// The zone's offset from UTC in minutes.
    pub zone_minutes: i32,
    /// The terminal's size: columns, rows.
    pub size: (u16, u16),
    /// Whether the terminal has the focus.
    pub is_focused: bool,
    /// The user's settings.
    pub options: Options,
    /// The user's accounts.
    pub accounts: accounts::Accounts,
    /// Contacts.
    pub roster: roster::Roster,
    /// Who is there.
    pub presence: presence::Presences,
    /// Conversations.
    pub chats: chats::Chats,
    /// The rows of the sidebar, kept in order.
    pub sidebar: sidebar::Sidebar,
    /// Messages of the chats that were looked at last.
    pub timelines: timeline::Timelines,
    /// What the last frame showed of the open chat.
    pub viewport: timeline::Viewport,
    /// Rooms and who is in them.
    pub rooms: rooms::Rooms,
    /// What waits for the user's yes or no.
    pub requests: requests::Requests,
    /// Where the user types.
    pub composer: composer::Composer,
    /// Which pane keys go to.
    pub focus: focus::Focus,
    /// What lies on top, the topmost last.
    pub overlays: Vec<overlays::Overlay>,
    /// Short news at the edge of the screen.
    pub toasts: toasts::Toasts,
    /// The log and raw-XML console.
    pub console: console::Console,
    /// The keys to offer at the bottom: (key, what it does). Made by `update` for the place keys go to.
    pub hints: Vec<(String, String)>,
    /// The user asked to quit; nothing is drawn any more.
    pub is_quitting: bool,
}

impl State {
    /// The open chat.
    #[must_use]
    pub fn current(&self) -> Option<&chats::Chat> {
        self.chats.current.as_ref().and_then(|id| self.chats.get(id))
    }

    /// The id of the open chat.
    #[must_use]
    pub fn current_id(&self) -> Option<&ChatId> {
        self.chats.current.as_ref()
    }
}
