//! The history of chats: messages that the server archived while this client was away, or before it was first used.

mod again;
mod ahead;
mod archive;
mod catch_up;
mod intervals;
mod known;
mod late;
mod live;
mod look;
mod older;
mod query;
mod state;
mod wanted;
mod xep0313_mam;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![Box::new(state::Mam::default())]
}
