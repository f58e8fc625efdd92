//! Discovery and questions to entities.

mod answer;
pub mod xep0030_disco;
pub mod xep0054_vcard;
pub mod xep0077_register;
pub mod xep0092_version;
pub mod xep0115_caps;
pub mod xep0199_ping;
pub mod xep0202_time;

use crate::xmpp::feature::Feature;

/// The features of this domain.
#[must_use]
pub fn all() -> Vec<Box<dyn Feature>> {
    vec![
        Box::<xep0030_disco::Disco>::default(),
        Box::<xep0115_caps::Caps>::default(),
        Box::<xep0054_vcard::Vcard>::default(),
        Box::<xep0092_version::Version>::default(),
        Box::<xep0199_ping::Ping>::default(),
        Box::<xep0202_time::EntityTime>::default(),
        Box::<xep0077_register::Register>::default(),
    ]
}
