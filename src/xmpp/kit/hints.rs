//! Message processing hints (XEP-0334): what servers should do with what we send.

use super::element::el;
use minidom::Element;

/// The namespace.
pub const HINTS: &str = "urn:xmpp:hints";

/// Keep it in archives, though it has no body.
#[must_use]
pub fn store() -> Element {
    el("store", HINTS)
}

/// Keep it nowhere.
#[must_use]
pub fn no_store() -> Element {
    el("no-store", HINTS)
}
