//! Identifiers of rows, messages, stanzas and questions.

use std::{fmt, sync::Arc};

/// The row of a message in the store. 0 before it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct RowId(pub i64);

/// Where a message stands in its chat: ascending, microseconds since 1970 pushed apart where the
/// archive's order or the arrival order asks for it. Given by the store; 0 before that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Order(pub i64);

/// The `id` attribute of a stanza.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StanzaId(pub Arc<str>);

/// Pairs an answer with the question that the app asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Token(pub u64);

impl StanzaId {
    /// The text of the id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for StanzaId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for StanzaId {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for StanzaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StanzaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}
