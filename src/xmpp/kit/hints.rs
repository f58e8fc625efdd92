//! Message processing hints (XEP-0334): what servers should do with what we send.

use super::element::el;
use super::ns;
use minidom::Element;

/// Keep it in archives, though it has no body.
#[must_use]
pub fn store() -> Element {
    el("store", ns::HINTS)
}

/// Keep it nowhere.
#[must_use]
pub fn no_store() -> Element {
    el("no-store", ns::HINTS)
}
