//! The one list of features. A new XEP adds its line in its domain's `mod.rs`.

use super::feature::Feature;
use super::features::{chat, history, muc, presence, roster, service, session};

/// Every feature, fresh, for one account. Within a stage they run in this order: copies of messages
/// are asked for before the archive is read, so that nothing falls between.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    let domains =
        [session::all(), roster::all(), presence::all(), chat::all(), history::all(), muc::all(), service::all()];
    domains.into_iter().flatten().collect()
}
