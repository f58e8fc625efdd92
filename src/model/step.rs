//! The steps of a login, and how far each one is.

use super::Untrusted;

/// One step of a login, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Asking DNS where the server is.
    Resolve,
    /// TCP (and the direct TLS handshake's address).
    Connect,
    /// STARTTLS or direct TLS, certificate.
    Secure,
    /// Authentication.
    SignIn,
    /// Resource binding and stream management.
    Bind,
    /// Roster, bookmarks, archive.
    Load,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Resolve, Self::Connect, Self::Secure, Self::SignIn, Self::Bind, Self::Load];

    /// What it is called on the screen.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Resolve => "Finding the server",
            Self::Connect => "Connecting",
            Self::Secure => "Securing the connection",
            Self::SignIn => "Signing in",
            Self::Bind => "Opening the session",
            Self::Load => "Loading contacts and rooms",
        }
    }
}

/// How far a step is.
#[derive(Debug, Clone, PartialEq)]
pub enum StepState {
    /// Under way, with what is being tried.
    Running(Untrusted),
    /// Done, with what came of it.
    Done(Untrusted),
    /// Failed, with the reason in words.
    Failed(Untrusted),
}
