//! What SCRAM says of channel binding (RFC 5802 §6), and the refusal where a server fails a check.
//!
//! The choice of a mechanism and SCRAM itself both need these, and neither needs the other.

use crate::model::{Binding, DownReason};

/// What is said of channel binding before anything else (RFC 5802 §6).
#[derive(Clone, PartialEq, Eq)]
pub enum Gs2 {
    /// `n`: we cannot bind to this channel.
    Unable,
    /// `y`: we could, but the server does not offer it. One that did knows now that somebody took it out.
    NotOffered,
    /// `p`: bound to this channel.
    Bound {
        /// The type.
        kind: Binding,
        /// What both ends of this TLS session know.
        data: Vec<u8>,
    },
}

impl std::fmt::Debug for Gs2 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.header())
    }
}

impl Gs2 {
    pub(super) fn header(&self) -> String {
        match self {
            Self::Unable => "n,,".to_owned(),
            Self::NotOffered => "y,,".to_owned(),
            Self::Bound { kind, .. } => format!("p={},,", kind.name()),
        }
    }

    /// What `c=` carries.
    pub(super) fn input(&self) -> Vec<u8> {
        let mut input = self.header().into_bytes();
        match self {
            Self::Unable | Self::NotOffered => {}
            Self::Bound { data, .. } => input.extend(data),
        }
        input
    }
}

/// A refusal because the server failed a proof.
pub(super) fn proof(words: &str) -> DownReason {
    DownReason::ServerProof(words.into())
}
