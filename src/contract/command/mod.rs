//! App → engine. Imperatives, in `model` types; one enum per domain. Each variant is taken by exactly
//! one feature, or by the session itself for [`session::Command`].

pub mod chat;
pub mod history;
pub mod muc;
pub mod presence;
pub mod roster;
pub mod service;
pub mod session;
pub mod when_full;

pub use when_full::WhenFull;

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

impl Command {
    /// What becomes of the command where the engine's channel is full.
    #[must_use]
    pub fn when_full(&self) -> WhenFull<'_> {
        match self {
            Self::Session(command) => command.when_full(),
            Self::Presence(command) => command.when_full(),
            Self::Chat(command) => command.when_full(),
            Self::History(command) => command.when_full(),
            Self::Roster(_) | Self::Muc(_) | Self::Service(_) => WhenFull::Busy,
        }
    }
}
