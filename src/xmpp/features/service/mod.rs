//! Discovery and questions to entities.

pub mod xep0030_disco;
pub mod xep0054_vcard;
pub mod xep0077_register;
pub mod xep0092_version;
pub mod xep0115_caps;
pub mod xep0199_ping;
pub mod xep0202_time;

use crate::model::EntityAnswer;
use crate::xmpp::feature::{Answer, Feature};
use crate::xmpp::kit::errors;
use minidom::Element;

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

/// What to tell the user of an answer about one entity.
fn entity_answer(answer: &Answer, read: impl Fn(Option<&Element>) -> Option<EntityAnswer>) -> EntityAnswer {
    match answer {
        Answer::Result(payload) => {
            let unreadable = || EntityAnswer::Refused("the answer could not be read".into());
            read(payload.as_ref()).unwrap_or_else(unreadable)
        }
        Answer::Timeout => EntityAnswer::Timeout,
        Answer::Error { .. } | Answer::Down => EntityAnswer::Refused(errors::reason(answer).unwrap_or_default().into()),
    }
}
