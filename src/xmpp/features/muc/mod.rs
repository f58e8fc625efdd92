//! Rooms.
//!
//! [`xep0045`] is one state machine whose parts lie in [`enter`], [`occupants`], [`talk`], [`admin`] and [`self_ping`], with its
//! memory in [`room`] and [`echo`], its XML in [`parse`], and what is believed of a message in [`proof`].

mod admin;
pub mod bookmarks;
mod echo;
mod enter;
mod occupants;
mod parse;
mod proof;
mod pulse;
mod room;
mod self_ping;
mod state;
pub mod talk;
pub mod xep0045;
pub mod xep0249_invites;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![
        Box::<state::Muc>::default(),
        Box::<xep0249_invites::Invites>::default(),
        Box::<bookmarks::Bookmarks>::default(),
        Box::new(talk::Talk),
    ]
}
