//! Stanzas as text for the raw-XML console, without the secrets in them.
//!
//! Secrets are what could be used again: the words of a login, passwords of accounts and of rooms, what an upload slot
//! hands out, keys of encrypted files.

use super::codec::{encode_element, encode_stanza};
use crate::xmpp::kit::ns;
use crate::xmpp::stanza::Stanza;
use minidom::{Element, Node};

const MARK: &str = "[redacted]";
/// How a link to an encrypted file begins, in small letters.
const KEYED_LINK: &str = "aesgcm://";
/// Attributes that hold a secret in whatever element: passwords of rooms, tokens of XEP-0484.
const SECRET_ATTRIBUTES: [&str; 2] = ["password", "token"];

/// A stanza as text.
#[must_use]
pub fn stanza(stanza: &Stanza) -> String {
    let mut clean = stanza.clone();
    for child in &mut clean.children {
        redact(child);
    }
    encode_stanza(&clean).map_or_else(|_| String::new(), text)
}

/// Another element as text.
#[must_use]
pub fn element(element: &Element) -> String {
    let mut clean = element.clone();
    redact(&mut clean);
    encode_element(&clean).map_or_else(|_| String::new(), text)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Depth is bounded by the scanner, or the element is ours.
fn redact(element: &mut Element) {
    let is_secret = match element.name() {
        "auth" | "response" | "challenge" => is_login(element),
        // That of XEP-0388 says much that is no secret, and what is one stands in children of its own.
        "success" => is_login(element) && !element.has_child("authorization-identifier", ns::SASL2),
        "password" | "initial-response" | "additional-data" | "token" => true,
        "field" => is_secret_field(element),
        // What an upload slot hands out is as good as a login (XEP-0363 §5).
        "header" => element.ns() == ns::HTTP_UPLOAD,
        _ => false,
    };
    let cleaned = |name: &str, value: &str| {
        if SECRET_ATTRIBUTES.contains(&name) { Some(MARK.to_owned()) } else { without_keys(value) }
    };
    let attributes = element.attrs().iter();
    let cleaned: Vec<_> = attributes
        .filter_map(|((ns, name), value)| Some((ns.clone(), name.clone(), cleaned(name.as_str(), value)?)))
        .collect();
    for (ns, name, value) in cleaned {
        element.attrs_mut().insert(ns, name, value);
    }
    if is_secret {
        if !element.nodes().all(|n| matches!(n, Node::Text(t) if t.trim().is_empty())) {
            element.take_nodes();
            element.append_text_node(MARK);
        }
        return;
    }
    for text in element.texts_mut() {
        if let Some(clean) = without_keys(text) {
            *text = clean;
        }
    }
    for child in element.children_mut() {
        redact(child);
    }
}

/// The key of an encrypted file stands in its link, behind the `#` (XEP-0454). `None` where no such link is.
fn without_keys(text: &str) -> Option<String> {
    // Schemes are written in letters of either size (RFC 3986 §3.1); the small ones take as many bytes.
    let small = text.to_ascii_lowercase();
    let mut starts = small.match_indices(KEYED_LINK).map(|(at, _)| at).peekable();
    let mut out = text[..*starts.peek()?].to_owned();
    while let Some(at) = starts.next() {
        let part = &text[at..starts.peek().copied().unwrap_or(text.len())];
        let end = part.find(char::is_whitespace).unwrap_or(part.len());
        let (link, rest) = part.split_at(end);
        match link.split_once('#') {
            Some((place, _)) => out.extend([place, "#", MARK]),
            None => out.push_str(link),
        }
        out.push_str(rest);
    }
    Some(out)
}

/// Whether it is of a login, by RFC 6120 or XEP-0388.
fn is_login(element: &Element) -> bool {
    let ns = element.ns();
    ns == ns::SASL || ns == ns::SASL2
}

/// A field of a data form that holds a password (XEP-0004 `text-private`, or a name that says so).
fn is_secret_field(field: &Element) -> bool {
    let is_named = field.attr("var").is_some_and(|var| {
        let var = var.to_ascii_lowercase();
        var.contains("password") || var.contains("secret")
    });
    is_named || field.attr("type") == Some("text-private")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmpp::kit::element::Build;
    use crate::xmpp::stanza::Kind;

    #[test]
    fn keys_of_encrypted_files_are_not_shown_wherever_their_links_stand() {
        let link = "aesgcm://x/y.jpg#KEYKEY";
        for (name, ns, attribute) in [
            ("a", "http://www.w3.org/1999/xhtml", "href"),
            ("url-data", "http://jabber.org/protocol/url-data", "target"),
            ("reference", "urn:xmpp:reference:0", "uri"),
        ] {
            let inner = Element::bare(name, ns).with_attr(attribute, link).with_attr("other", "kept");
            let outer = Element::bare("html", ns).with_child(inner);
            let shown = stanza(&Stanza::new(Kind::Message).with(outer));
            assert!(!shown.contains("KEYKEY") && shown.contains("aesgcm://x/y.jpg#[redacted]"), "{shown}");
            assert!(shown.contains("kept"), "{shown}");
        }
        for scheme in ["AESGCM://", "AesGcm://"] {
            let body = Element::builder("body", "jabber:client")
                .append(format!("ä {scheme}x/y#KEYKEY {scheme}x/ß#KEYKEY\naesgcm://z"))
                .build();
            let shown = stanza(&Stanza::new(Kind::Message).with(body));
            let expected = format!("ä {scheme}x/y#[redacted] {scheme}x/ß#[redacted]\naesgcm://z<");
            assert!(shown.contains(&expected), "{shown}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let auth = Element::builder("auth", "urn:ietf:params:xml:ns:xmpp-sasl").append("c2VjcmV0").build();
        assert!(!element(&auth).contains("c2VjcmV0"));
        let text = |ns: &str, inner: Element| {
            let query = Element::builder("query", ns).append(inner).build();
            stanza(&Stanza::new(Kind::Iq).with(query))
        };
        let password = Element::builder("password", "jabber:iq:register").append("hunter2").build();
        let shown = text("jabber:iq:register", password);
        assert!(!shown.contains("hunter2") && shown.contains(MARK), "{shown}");
        let conference = Element::bare("conference", "storage:bookmarks").with_attr("password", "hunter2");
        assert!(!text("jabber:iq:private", conference).contains("hunter2"));
        let token = Element::bare("token", "urn:xmpp:fast:0").with_attr("token", "hunter2").with_attr("expiry", "soon");
        let data = Element::builder("additional-data", "urn:xmpp:sasl:2").append("hunter2").build();
        let id = Element::builder("authorization-identifier", "urn:xmpp:sasl:2").append("me@a.test").build();
        let success = Element::bare("success", "urn:xmpp:sasl:2").with_child(data).with_child(id).with_child(token);
        let shown = element(&success);
        assert!(!shown.contains("hunter2") && shown.contains("me@a.test") && shown.contains("soon"), "{shown}");
        let body = Element::builder("body", "jabber:client").append("a aesgcm://x/y#hunter2 b aesgcm://x/z").build();
        let shown = stanza(&Stanza::new(Kind::Message).with(body));
        assert!(shown.contains("a aesgcm://x/y#[redacted] b aesgcm://x/z<"), "{shown}");
        let header = Element::builder("header", "urn:xmpp:http:upload:0")
            .attr("name".try_into().unwrap(), "Cookie")
            .append("hunter2");
        assert!(!text("urn:xmpp:http:upload:0", header.build()).contains("hunter2"));
        let value = Element::builder("value", "jabber:x:data").append("hunter2").build();
        let field =
            Element::bare("field", "jabber:x:data").with_attr("var", "muc#roomconfig_roomsecret").with_child(value);
        assert!(!text("jabber:x:data", field).contains("hunter2"));
    }
}
