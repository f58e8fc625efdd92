//! Extensions of the connection itself.

mod xep0352_csi;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![Box::new(xep0352_csi::ClientState::default())]
}
