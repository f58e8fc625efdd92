//! The one list of features. A new XEP adds its line in its domain's `mod.rs`.

use super::feature::Feature;
use super::features::{chat, history, muc, presence, roster, service, session};

/// Every feature, fresh, for one account. Within a stage they run in this order.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    let domains =
        [session::all(), roster::all(), presence::all(), history::all(), muc::all(), chat::all(), service::all()];
    domains.into_iter().flatten().collect()
}
