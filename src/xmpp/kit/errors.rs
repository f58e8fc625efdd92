//! Stanza errors in words (RFC 6120 §8.3).
//!
//! Each condition has a sentence for people; what the server says of its own follows it.

use super::ns;
use crate::xmpp::feature::Answer;
use crate::xmpp::stanza::Stanza;
use minidom::Element;

/// The longest text of a server that is passed on, in characters.
const TEXT_MAX: usize = 500;

/// The condition of an error stanza and its sentence. An error without a known condition is `undefined-condition`.
#[must_use]
pub fn read(stanza: &Stanza) -> (String, String) {
    let error = stanza.children.iter().find(|c| c.name() == "error");
    let condition = error.and_then(condition).unwrap_or_else(|| "undefined-condition".to_owned());
    let text = error.and_then(|e| e.get_child("text", ns::XMPP_STANZAS)).map(Element::text);
    let words = words(&condition, text.as_deref().map(str::trim));
    (condition, words)
}

/// The sentence for a message that came back. What asks about a service means something else there:
/// the server found nobody who takes the message (RFC 6121 §8.5).
#[must_use]
pub fn returned(stanza: &Stanza) -> String {
    let (condition, words) = read(stanza);
    let plain = match condition.as_str() {
        "service-unavailable" | "item-not-found" | "recipient-unavailable" => {
            "nobody takes messages at this address; perhaps there is no such account"
        }
        "not-acceptable" | "subscription-required" => "they take messages from their contacts only",
        _ => return words,
    };
    words.replacen(sentence(&condition), plain, 1)
}

/// The same as an answer.
#[must_use]
pub fn answer(stanza: &Stanza) -> Answer {
    let (condition, words) = read(stanza);
    Answer::Error { condition, words }
}

/// What to tell a person where an answer is not a result.
#[must_use]
pub fn reason(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Result(_) => None,
        Answer::Error { words, .. } => Some(words.clone()),
        Answer::Timeout => Some("no answer within 30 seconds".to_owned()),
        Answer::Down => Some("the connection is down".to_owned()),
    }
}

fn condition(error: &Element) -> Option<String> {
    error.children().find(|c| c.has_ns(ns::XMPP_STANZAS) && c.name() != "text").map(|c| c.name().to_owned())
}

fn words(condition: &str, text: Option<&str>) -> String {
    let sentence = sentence(condition);
    match text.filter(|t| !t.is_empty()) {
        None => sentence.to_owned(),
        Some(text) => format!("{sentence}: {}", text.chars().take(TEXT_MAX).collect::<String>()),
    }
}

/// A person's sentence for a condition.
#[must_use]
pub fn sentence(condition: &str) -> &'static str {
    match condition {
        "bad-request" => "the request was not understood",
        "conflict" => "something with that name or address is there already",
        "feature-not-implemented" => "the other side cannot do that",
        "forbidden" => "you are not allowed to do that",
        "gone" => "it is no longer at this address",
        "internal-server-error" => "the server has a fault of its own",
        "item-not-found" => "there is no such thing at that address",
        "jid-malformed" => "the address is not valid",
        "not-acceptable" => "the other side does not accept this",
        "not-allowed" => "nobody is allowed to do that",
        "not-authorized" => "you must sign in, or give the password, first",
        "payment-required" => "the service asks for payment",
        "policy-violation" => "it breaks a rule of the service",
        "recipient-unavailable" => "the other side is not there now",
        "redirect" => "it is at another address for now",
        "registration-required" => "you must register, or be a member, first",
        "remote-server-not-found" => "their server does not exist, or cannot be reached now",
        "remote-server-timeout" => "the other server cannot be reached now",
        "resource-constraint" => "the server is too busy for this",
        "service-unavailable" => "the other side does not offer this",
        "subscription-required" => "the other side must be a contact first",
        // Of our own: the wire puts it in the place of an answer that it did not take.
        "unreadable-answer" => "the answer could not be read",
        "unexpected-request" => "this was not the time to ask that",
        _ => "the other side refused, without a reason that is known here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmpp::kit::element::to_stanza;

    fn stanza(error: &str) -> Stanza {
        to_stanza(format!("<iq xmlns='jabber:client' type='error' id='1'>{error}</iq>").parse().unwrap()).unwrap()
    }

    #[test]
    fn condition_and_text() {
        let (condition, words) = read(&stanza(
            "<error type='cancel'><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'> go away </text>\
             <forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
        ));
        assert_eq!(condition, "forbidden");
        assert_eq!(words, "you are not allowed to do that: go away");
    }

    #[test]
    fn a_returned_message_speaks_of_people() {
        let gone = "<error><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
                    <text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>User session not found</text></error>";
        let words = returned(&stanza(gone));
        assert!(words.starts_with("nobody takes messages at this address"), "{words}");
        assert!(words.ends_with(": User session not found"), "{words}");
        let other = "<error><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
        assert_eq!(returned(&stanza(other)), sentence("forbidden"));
    }

    #[test]
    fn an_error_without_a_condition_still_says_something() {
        for odd in ["", "<error/>", "<error><forbidden xmlns='other'/></error>"] {
            let (condition, words) = read(&stanza(odd));
            assert_eq!(condition, "undefined-condition");
            assert!(words.starts_with("the other side refused"));
        }
    }

    #[test]
    fn every_condition_of_rfc_6120_has_its_own_sentence() {
        let all = "bad-request conflict feature-not-implemented forbidden gone internal-server-error item-not-found \
                   jid-malformed not-acceptable not-allowed not-authorized policy-violation recipient-unavailable \
                   redirect registration-required remote-server-not-found remote-server-timeout resource-constraint \
                   service-unavailable subscription-required unexpected-request";
        let sentences: std::collections::HashSet<_> = all.split_whitespace().map(sentence).collect();
        assert_eq!(sentences.len(), 21);
        assert!(!sentences.contains(sentence("undefined-condition")));
    }
}
