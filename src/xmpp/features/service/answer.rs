//! What the user is told of an answer about one entity.

use crate::model::EntityAnswer;
use crate::xmpp::feature::Answer;
use crate::xmpp::kit::errors;
use minidom::Element;

/// The answer in the app's words. `read` takes the payload apart; `None` where it makes no sense.
pub(super) fn entity_answer(answer: &Answer, read: impl Fn(Option<&Element>) -> Option<EntityAnswer>) -> EntityAnswer {
    match answer {
        Answer::Result(payload) => {
            let unreadable = || EntityAnswer::Refused("the answer could not be read".into());
            read(payload.as_ref()).unwrap_or_else(unreadable)
        }
        Answer::Timeout => EntityAnswer::Timeout,
        Answer::Error { .. } | Answer::Down => EntityAnswer::Refused(errors::reason(answer).unwrap_or_default().into()),
    }
}
