//! Stanzas that the user wrote as XML: exactly one, well-formed, within the bounds of the wire.

use crate::xmpp::stanza::Stanza;
use crate::xmpp::stream::codec::{Decoder, Top};
use crate::xmpp::stream::scan::{Bounds, Frame, Scanner};
use std::collections::VecDeque;

/// Reads a stanza.
///
/// # Errors
/// What is wrong with it, in words.
pub fn parse(text: &str) -> Result<Stanza, String> {
    let mut scanner = Scanner::new(Bounds::default());
    let mut frames = VecDeque::new();
    let fed = scanner.feed(b"<stream>", &mut frames).and_then(|()| scanner.feed(text.trim().as_bytes(), &mut frames));
    fed.map_err(|e| format!("not sent: there is {e} in it"))?;
    frames.pop_front();
    match (frames.pop_front(), frames.pop_front()) {
        (Some(Frame::Stanza(bytes)), None) if scanner.is_between_frames() => {
            let top = Decoder::client().and_then(|mut d| d.decode(&bytes)).map_err(|e| format!("not sent: {e}"))?;
            match top {
                Top::Stanza(stanza) => Ok(stanza),
                Top::Element(_) => Err("not sent: it is not a message, presence or iq".to_owned()),
            }
        }
        (Some(Frame::Oversized(_, why)), None) => Err(format!("not sent: {why}")),
        (None, _) => Err("not sent: an element is not closed".to_owned()),
        _ => Err("not sent: there must be exactly one stanza".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stanza_goes() {
        let stanza = parse(" <message to='a@b'><body>hi</body></message>\n").unwrap();
        assert_eq!(stanza.children[0].ns(), "jabber:client");
    }

    #[test]
    fn all_else_is_told() {
        for (text, why) in [
            ("", "not closed"),
            ("<message>", "not closed"),
            ("<message/><message/>", "exactly one"),
            ("<message/><message>", "exactly one"),
            ("</stream>", "exactly one"),
            ("hello", "text between stanzas"),
            ("<message></iq>", "end tag"),
            ("<message a=b/>", "broken tag"),
            ("<a xmlns='urn:x'/>", "not a message"),
            ("<message><q:a/></message>", "not readable"),
            ("<!DOCTYPE x><message/>", "document type"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
