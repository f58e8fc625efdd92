//! Text that somebody else wrote.

use std::{fmt, sync::Arc};

/// Text from the network, as it came: it may hold control characters, bidirectional overrides or
/// anything else that a terminal obeys. Only `text/` makes it fit to be shown; other sinks (titles,
/// notifications, logs, the clipboard) have encoders of their own. `Debug` escapes it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Untrusted(Arc<str>);

impl Untrusted {
    /// The text as it came, for storing, comparing, sending on or cleaning; never for showing.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}
