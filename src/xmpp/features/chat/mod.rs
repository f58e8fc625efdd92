//! Messages: what they carry, how they arrive, how they leave.

mod outbox;
mod rfc6121_conversation;
mod rfc6121_device;
mod rfc6121_message;
mod rfc6122_address;
mod xep0085_chat_states;
mod xep0184_receipts;
mod xep0203_delay;
mod xep0280_carbons;
mod xep0308_correction;
mod xep0333_markers;
mod xep0359_ids;
mod xep0380_eme;
mod xep0424_retraction;
mod xep0444_reactions;
mod xep0461_replies;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![
        Box::new(rfc6122_address::Addresses::default()),
        // A stamp outside of a copy is the server's, one inside may be anybody's.
        Box::<xep0203_delay::Delays>::default(),
        Box::new(xep0280_carbons::Carbons::default()),
        Box::new(rfc6121_conversation::Conversation),
        Box::new(rfc6121_device::Devices),
        Box::new(xep0359_ids::Ids::default()),
        Box::new(outbox::Outbox::default()),
        Box::new(xep0184_receipts::Receipts::default()),
        Box::new(xep0333_markers::Markers),
        Box::new(xep0085_chat_states::ChatStates::default()),
        Box::new(xep0308_correction::Corrections),
        Box::new(xep0424_retraction::Retractions),
        Box::new(xep0444_reactions::Reactions),
        Box::new(xep0461_replies::Replies),
        Box::new(xep0380_eme::Encrypted),
        Box::new(rfc6121_message::Messages),
    ]
}
