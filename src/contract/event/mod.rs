//! Engine → store → app: what happened, in the past tense, one enum per domain. `update` matches every variant.

pub mod chat;
pub mod history;
pub mod muc;
pub mod presence;
pub mod roster;
pub mod service;
pub mod session;

/// A fact about one account.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The connection.
    Session(session::Event),
    /// Contacts.
    Roster(roster::Event),
    /// Who is there.
    Presence(presence::Event),
    /// Messages.
    Chat(chat::Event),
    /// Rooms.
    Muc(muc::Event),
    /// The archive.
    History(history::Event),
    /// Answers to questions.
    Service(service::Event),
}
