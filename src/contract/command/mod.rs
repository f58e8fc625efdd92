//! App → engine. Imperatives, in `model` types; one enum per domain. Each variant is taken by exactly
//! one feature, or by the session itself for [`session::Command`].

pub mod chat;
pub mod history;
pub mod muc;
pub mod presence;
pub mod roster;
pub mod service;
pub mod session;

/// Anything that the app may ask of one account's engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The connection itself.
    Session(session::Command),
    /// Contacts and subscriptions.
    Roster(roster::Command),
    /// The user's own presence.
    Presence(presence::Command),
    /// One-to-one messages.
    Chat(chat::Command),
    /// Rooms.
    Muc(muc::Command),
    /// The archive.
    History(history::Command),
    /// Discovery and questions to entities.
    Service(service::Command),
}
