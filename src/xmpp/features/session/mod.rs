//! Extensions of the connection itself.

mod xep0352_csi;
mod xep0455_outage;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![Box::<xep0352_csi::ClientState>::default(), Box::<xep0455_outage::OutageStatus>::default()]
}
