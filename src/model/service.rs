//! What servers, services and clients say about themselves (XEP-0030, 0092, 0199, 0202).

use super::{Form, Jid, Untrusted};
use std::time::Duration;

/// One identity (XEP-0030 §3.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DiscoIdentity {
    /// Such as `conference`.
    pub category: String,
    /// Such as `text`.
    pub kind: String,
    /// The language of `name`.
    pub lang: String,
    /// A name for people.
    pub name: Option<Untrusted>,
}

/// An answer to disco#info.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DiscoInfo {
    /// What it is.
    pub identities: Vec<DiscoIdentity>,
    /// What it can do: namespaces.
    pub features: Vec<String>,
    /// Details (XEP-0128).
    pub forms: Vec<Form>,
}

impl DiscoInfo {
    /// Whether a namespace is among the features.
    #[must_use]
    pub fn has(&self, ns: &str) -> bool {
        self.features.iter().any(|f| f == ns)
    }
}

/// One item (XEP-0030 §4).
#[derive(Debug, Clone, PartialEq)]
pub struct DiscoItem {
    /// The address.
    pub jid: Jid,
    /// The node at that address.
    pub node: Option<String>,
    /// A name for people.
    pub name: Option<Untrusted>,
}

/// One page of items.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DiscoItems {
    /// The items of this page.
    pub items: Vec<DiscoItem>,
    /// How many there are in all, where the service says so (XEP-0059).
    pub count: Option<u64>,
    /// Ask with this for the next page; `None` at the end.
    pub next: Option<String>,
}

/// An answer to a question about one entity.
#[derive(Debug, Clone, PartialEq)]
pub enum EntityAnswer {
    /// XEP-0092.
    Version {
        /// The program.
        name: Untrusted,
        /// Its version.
        version: Untrusted,
        /// The system it runs on.
        os: Option<Untrusted>,
    },
    /// XEP-0199: how long the answer took.
    Ping(Duration),
    /// XEP-0202: its time in UTC and zone offset, as the entity says.
    Time {
        /// Milliseconds since 1970.
        utc: super::Time,
        /// Such as `+02:00`.
        zone: Untrusted,
    },
    /// XEP-0054: what each line is called, and what it says. Empty where there is no card.
    Card(Vec<(String, Untrusted)>),
    /// The entity or its server refused, in words.
    Refused(Untrusted),
    /// No answer in time.
    Timeout,
}
