//! Messages: what they carry, how they arrive, how they leave.

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    Vec::new()
}
