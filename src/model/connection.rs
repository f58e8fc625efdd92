//! The states of a connection.

use super::{Refusal, Step, Time, Untrusted, Weaker};

/// Why a connection ended or could not be made. `is_final` ones are not tried again.
#[derive(Debug, Clone, PartialEq)]
pub enum DownReason {
    /// The user asked for it.
    Asked,
    /// No address, or none answered.
    Unreachable(Untrusted),
    /// The link broke.
    LinkLost(Untrusted),
    /// The server was silent for too long.
    Silent,
    /// A deadline passed in a login step.
    StepTimeout(Step),
    /// The server's certificate was refused: for whom it is and for whom it should be.
    Certificate(Box<Refusal>),
    /// The account's file of certificate authorities cannot be used.
    CaFile(Untrusted),
    /// TLS could not be had.
    NoTls(Untrusted),
    /// Wrong user name or password, or none that may be used any more: a whole sentence.
    Password(Untrusted),
    /// No mechanism that we speak.
    NoMechanism(Untrusted),
    /// The server takes nothing but the password itself, and the user has not consented to that.
    OnlyPlain,
    /// The server is weaker than it was before.
    Weaker(Box<Weaker>),
    /// The server failed a proof of its own (SCRAM signature, nonce, iterations).
    ServerProof(Untrusted),
    /// The same resource signed in elsewhere.
    Conflict,
    /// The server ended the stream for a reason that will not pass by itself.
    Refused(Untrusted),
    /// The server wants us on another host, which it names.
    SentElsewhere(Untrusted),
    /// Any other stream error.
    Stream(Untrusted),
    /// The registration was refused.
    Registration(Untrusted),
    /// A fault of our own: the engine's task ended.
    Crashed(Untrusted),
}

impl DownReason {
    /// Whether trying again by itself is wrong: a person must act first.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match self {
            Self::Asked
            | Self::Certificate(_)
            | Self::CaFile(_)
            | Self::NoTls(_)
            | Self::Password(_)
            | Self::NoMechanism(_)
            | Self::OnlyPlain
            | Self::Weaker(_)
            | Self::ServerProof(_)
            | Self::Conflict
            | Self::Refused(_)
            | Self::Registration(_) => true,
            Self::Unreachable(_)
            | Self::LinkLost(_)
            | Self::Silent
            | Self::StepTimeout(_)
            | Self::SentElsewhere(_)
            | Self::Stream(_)
            | Self::Crashed(_) => false,
        }
    }

    /// The reason in a person's words, with what to do where that helps.
    #[must_use]
    pub fn words(&self) -> Untrusted {
        match self {
            Self::Asked => "signed out".into(),
            Self::Unreachable(t) => format!("cannot reach the server: {}", t.raw()).into(),
            Self::LinkLost(t) => format!("the connection broke: {}", t.raw()).into(),
            Self::Silent => "the server went silent".into(),
            Self::StepTimeout(s) => format!("no answer while {}", s.label().to_lowercase()).into(),
            Self::Certificate(t) => format!("the server's certificate was refused: {}", t.why.raw()).into(),
            Self::NoTls(t) => format!("no secure connection: {}", t.raw()).into(),
            Self::CaFile(t) | Self::Password(t) => t.clone(),
            Self::NoMechanism(t) => format!("no safe way to sign in: {}", t.raw()).into(),
            Self::OnlyPlain => "the server knows no way to sign in but to be handed your password (PLAIN)".into(),
            Self::Weaker(w) => format!("the server is weaker than before: {}", w.words.raw()).into(),
            Self::ServerProof(t) => format!("the server could not prove who it is: {}", t.raw()).into(),
            Self::Conflict => "the same account and resource signed in elsewhere".into(),
            Self::Refused(t) => format!("the server refuses us: {}", t.raw()).into(),
            Self::SentElsewhere(t) => format!("the server sends us to {}", t.raw()).into(),
            Self::Stream(t) => format!("the server closed the connection: {}", t.raw()).into(),
            Self::Registration(t) => format!("account not created: {}", t.raw()).into(),
            Self::Crashed(t) => format!("a fault in parlour: {}", t.raw()).into(),
        }
    }
}

/// The state of one account's connection.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum ConnState {
    /// Not started.
    #[default]
    Idle,
    /// A login is under way.
    Connecting,
    /// Signed in.
    Online {
        /// The TLS version, such as `TLS 1.3`.
        tls: String,
        /// Whether the old session went on (XEP-0198).
        is_resumed: bool,
    },
    /// Down, and tried again at this time.
    Waiting {
        /// The reason, which also says whether it is tried again.
        reason: DownReason,
        /// When the next attempt is made.
        retry_at: Time,
    },
    /// Down until the user acts.
    Stopped(DownReason),
}

impl ConnState {
    /// Whether the account is signed in.
    #[must_use]
    pub fn is_online(&self) -> bool {
        matches!(self, Self::Online { .. })
    }
}
