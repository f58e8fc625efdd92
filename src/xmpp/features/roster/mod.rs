//! Contacts and subscriptions.

mod rfc6121_roster;
mod rfc6121_subscription;
mod xep0191_blocking;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![
        Box::new(rfc6121_roster::Roster::default()),
        Box::new(rfc6121_subscription::Subscriptions::default()),
        Box::new(xep0191_blocking::Blocking::default()),
    ]
}
