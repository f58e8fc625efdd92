//! Events of the connection.

use crate::model::wire::WireLine;
use crate::model::{ConnState, FastToken, Form, Jid, LoginFact, StatusNews, Step, StepState, Strength, Untrusted};
use std::time::Duration;

/// What happened to the connection.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The state changed.
    StateChanged(ConnState),
    /// A login step went on.
    StepChanged {
        /// The step of the login.
        step: Step,
        /// How far it is.
        state: StepState,
        /// How long after the login began.
        after: Duration,
    },
    /// The login found something out.
    Learned(LoginFact),
    /// The server gave us this full JID.
    Bound(Jid),
    /// The server's registration form (XEP-0077); answered by `Command::SubmitRegistration`.
    RegistrationAsked(Form),
    /// An account was made; the login goes on with it. The user name is the one the server took.
    Registered {
        /// The localpart.
        username: String,
    },
    /// The password was accepted: now is the time to save it.
    PasswordAccepted,
    /// What a login taught of the server's strength: to be kept, and given back with the next start.
    StrengthLearned(Box<Strength>),
    /// A token for the next logins (XEP-0484), to be kept like a password; `None`: the one that was kept is worth
    /// nothing any more.
    TokenLearned(Option<FastToken>),
    /// A stanza, redacted, for the console.
    Wire(WireLine),
    /// Something that the user should know in one line, such as a stanza that had to be replaced.
    Noticed(Untrusted),
    /// A raw stanza from the user was refused.
    RawRefused(Untrusted),
    /// The operators' page about outages was looked at (XEP-0455).
    StatusArrived {
        /// What came of it.
        news: StatusNews,
        /// Whether the user asked.
        is_asked: bool,
    },
    /// The polite sign-out is done.
    Closed,
}
