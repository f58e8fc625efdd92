//! The connection itself.

use super::when_full::WhenFull;
use crate::model::{FastToken, Form, Secret, Strength};

/// What the session task does.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Connect now: also ends a wait, and a stop after a person acted. Done at once, but never in a storm.
    Connect,
    /// The machine's network has changed: a wait ends, and a session that seems alive must show that it is.
    NetworkChanged,
    /// Sign out and stay out.
    Disconnect,
    /// Try again with this password (after it was refused, or asked for).
    SetPassword(Secret),
    /// A token of an earlier login (XEP-0484), for the next ones.
    SetToken(Box<FastToken>),
    /// From the next connection on, accept only these keys of the server; those that the rules allow where empty.
    SetPins(Vec<String>),
    /// The user takes a server that is weaker than before (`DownReason::Weaker`): this is what counts from now on. Try
    /// again.
    AcceptWeaker(Box<Strength>),
    /// The user consents to PLAIN for this account (`DownReason::OnlyPlain`). Try again.
    AllowPlain,
    /// Send this stanza as it is. Checked before: one well-formed stanza.
    SendRaw(String),
    /// Look at what the server's operators say of outages (XEP-0455); answered by `Event::StatusArrived`.
    CheckStatus,
    /// Whether raw XML lines are wanted; they cost nothing while nobody looks.
    WatchWire(bool),
    /// Send the filled-in registration form (XEP-0077).
    SubmitRegistration(Form),
    /// Sign out politely: presence, stream end, then [`crate::contract::event::session::Event::Closed`].
    Quit,
}

impl Command {
    /// What becomes of the command where the engine's channel is full.
    #[must_use]
    pub fn when_full(&self) -> WhenFull<'_> {
        match self {
            Self::SetPins(_) => WhenFull::AtNextStart,
            // A password does what a token does.
            Self::SetToken(_) | Self::WatchWire(_) | Self::NetworkChanged | Self::Quit => WhenFull::Drop,
            Self::Connect
            | Self::Disconnect
            | Self::SetPassword(_)
            | Self::AcceptWeaker(_)
            | Self::AllowPlain
            | Self::SendRaw(_)
            | Self::CheckStatus
            | Self::SubmitRegistration(_) => WhenFull::Busy,
        }
    }
}
