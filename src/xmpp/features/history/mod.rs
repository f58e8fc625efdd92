//! The archive.

mod again;
mod ahead;
mod archive;
mod intervals;
mod known;
mod late;
mod query;
mod xep0313_mam;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![Box::new(xep0313_mam::Mam::default())]
}
