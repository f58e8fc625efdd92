//! Who is there.

mod rfc6121_presence;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![Box::new(rfc6121_presence::Presences::default())]
}
