//! Which pane takes the keys while no overlay is open.

/// A pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pane {
    /// Where the user types; scrolling keys move the chat.
    #[default]
    Composer,
    /// The list of chats and contacts.
    Sidebar,
    /// The people of a room.
    People,
    /// A message is selected.
    Message,
}

/// The focus.
#[derive(Debug, Clone, Copy, Default)]
pub struct Focus {
    /// The pane.
    pub pane: Pane,
}
