//! Naming another message in a stanza, for corrections, retractions, reactions and answers.

use super::ns;
use crate::model::{Act, Deed};
use crate::xmpp::feature::Inbound;
use crate::xmpp::stanza::Stanza;
use minidom::Element;
use std::ops::Range;

/// Longer ids are none.
const ID_MAX: usize = 1_023;
/// No message has more parts that are for other clients.
const PARTS_MAX: usize = 16;

/// The id of another message in an attribute; `None` where it can be nobody's.
#[must_use]
pub fn id(element: &Element) -> Option<String> {
    element.attr("id").filter(|id| !id.is_empty() && id.len() <= ID_MAX).map(str::to_owned)
}

/// Whether a message may do something to another: none that came back as an error does.
#[must_use]
pub fn may_act(message: &Inbound) -> bool {
    message.chat.is_some() && message.message.is_none() && message.stanza.type_.as_deref() != Some("error")
}

/// Whether a stanza does something to another message, whatever else it holds.
#[must_use]
pub fn is_act(stanza: &Stanza) -> bool {
    let acts = [
        ("replace", ns::MESSAGE_CORRECT),
        ("retract", ns::RETRACT),
        ("apply-to", ns::FASTEN),
        ("reactions", ns::REACTIONS),
    ];
    acts.iter().any(|(name, ns)| stanza.child(name, ns).is_some())
}

/// What a message does to another.
#[must_use]
pub fn act(message: &Inbound, id: String, deed: Deed) -> Act {
    Act { id, deed, since: message.sender_since }
}

/// The parts of the body that stand in for something of this namespace (XEP-0428), in characters: `None` is the whole
/// of it. Nobody's word counts beyond the text itself: what reads a part cuts it to the body.
#[must_use]
pub fn fallback(stanza: &Stanza, of: &str) -> Vec<Option<Range<usize>>> {
    let is_meant = |c: &&Element| c.is("fallback", ns::FALLBACK) && c.attr("for").is_none_or(|for_| for_ == of);
    let mut parts = Vec::new();
    for fallback in stanza.children.iter().filter(is_meant).take(PARTS_MAX) {
        let mut bodies = fallback.children().filter(|c| c.is("body", ns::FALLBACK)).take(PARTS_MAX).peekable();
        if bodies.peek().is_none() && fallback.children().next().is_none() {
            parts.push(None);
        }
        for body in bodies {
            let number = |name| body.attr(name).map(str::parse::<usize>);
            match (number("start"), number("end")) {
                (None, None) => parts.push(None),
                (Some(Ok(start)), Some(Ok(end))) if start < end => parts.push(Some(start..end)),
                _ => {}
            }
        }
    }
    parts
}

/// A body without these parts, which are counted in characters. They may overlap, and reach beyond the text.
#[must_use]
pub fn without(body: &str, parts: &[Range<usize>]) -> String {
    if parts.is_empty() {
        return body.to_owned();
    }
    let is_kept = |at: usize| !parts.iter().any(|part| part.contains(&at));
    body.chars().enumerate().filter(|(at, _)| is_kept(*at)).map(|(_, c)| c).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_in_characters_and_never_beyond_the_text() {
        let body = "> 你好 😀\nja";
        let part = |range: Range<usize>| without(body, &[range]);
        assert_eq!(part(0..7), "ja");
        assert_eq!(without(body, &[]), body);
        assert_eq!(part(5..usize::MAX), "> 你好 ");
        assert_eq!(without(body, &[0..3, 2..7, 100..200]), "ja");
    }
}
