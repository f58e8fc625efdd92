//! The sidebar's rows, in the order in which they are shown. `update` keeps them; the screen only reads them.

use crate::model::{AccountId, Availability, BareJid, ChatId, Untrusted};

/// A heading's kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// Conversations with contacts.
    Chats,
    /// Rooms.
    Rooms,
    /// What waits for a yes or no.
    Requests,
    /// Contacts without an open conversation.
    Contacts,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// An account's heading.
    Account(AccountId),
    /// A section's heading, with how many stand below it; for contacts, by group.
    Section {
        /// The section that it heads.
        section: Section,
        /// The roster group, for contacts.
        group: Option<Untrusted>,
        /// How many.
        count: usize,
        /// Whether its rows are folded away.
        is_folded: bool,
    },
    /// A conversation.
    Chat(ChatId),
    /// A contact without a conversation.
    Contact {
        /// The account whose contact it is.
        account: AccountId,
        /// The address of the contact.
        jid: BareJid,
        /// How they are there, the best of their resources.
        availability: Availability,
    },
    /// A request: its index in `state.requests`.
    Request(usize),
}

/// The sidebar.
#[derive(Debug, Clone, Default)]
pub struct Sidebar {
    /// The rows.
    pub rows: Vec<Row>,
    /// The row that the keys are at, when the sidebar has the focus.
    pub selected: usize,
    /// The first row on the screen.
    pub top: usize,
    /// What the user filters by.
    pub filter: Option<String>,
    /// Whether the user hides it (wide screens) or has opened the drawer (narrow ones).
    pub is_toggled: bool,
    /// Folded sections.
    pub folded: Vec<(Section, Option<Untrusted>)>,
}

impl Sidebar {
    /// Whether the keys are at a request.
    #[must_use]
    pub fn is_at_request(&self) -> bool {
        matches!(self.rows.get(self.selected), Some(Row::Request(_)))
    }
}
