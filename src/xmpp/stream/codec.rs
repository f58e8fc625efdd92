//! One stanza's bytes to our element types and back.
//!
//! The parser lives as long as it agrees: after a stanza that it refuses it is thrown away and a new one is fed
//! the stream's header first, so a failure never outlives its stanza. Each stanza going out has an encoder of
//! its own for the same reason. Characters that XML cannot carry (a pasted control character) are left out.

use super::scan::Broken;
use crate::xmpp::kit::ns;
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use rxml::error::EndOrError;
use rxml::writer::{Encoder, SimpleNamespaces, TrackNamespace};
use rxml::{AttrMap, Event, Namespace, NcNameStr, Parse, Parser, QName};
use std::borrow::Cow;

/// A top-level element of the stream.
#[derive(Clone)]
pub enum Top {
    /// One of the three stanzas.
    Stanza(Stanza),
    /// Anything else: features, authentication, stream management, errors.
    Element(Element),
}

/// The bytes were not one readable element.
#[derive(Debug, thiserror::Error)]
#[error("not readable XML: {0}")]
pub struct Unreadable(String);

/// Reads the frames of one stream.
#[derive(Debug)]
pub struct Decoder {
    header: Vec<u8>,
    parser: Option<Parser>,
    attributes: AttrMap,
}

impl Decoder {
    /// Reads the stream header.
    ///
    /// # Errors
    /// When it is not the start tag of an XMPP stream.
    pub fn new(header: Vec<u8>) -> Result<Self, Unreadable> {
        let mut parser = Parser::default();
        let mut rest = &header[..];
        match parser.parse(&mut rest, false) {
            Ok(Some(Event::StartElement(_, (ns, name), attributes))) => {
                if ns != ns::STREAM || name != "stream" {
                    return Err(Unreadable("it is not an XMPP stream".to_owned()));
                }
                Ok(Self { header, parser: Some(parser), attributes })
            }
            Ok(_) => Err(Unreadable("no stream header".to_owned())),
            Err(error) => Err(Unreadable(words(&error))),
        }
    }

    /// A decoder for text that the user wrote, as if inside a client stream.
    ///
    /// # Errors
    /// Never in practice: the header is our own.
    pub fn client() -> Result<Self, Unreadable> {
        Self::new(format!("<stream:stream xmlns='{}' xmlns:stream='{}'>", ns::JABBER_CLIENT, ns::STREAM).into_bytes())
    }

    /// An attribute of the stream header.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(Namespace::none(), name).map(String::as_str)
    }

    /// Reads one whole top-level element.
    ///
    /// # Errors
    /// When it is not one well-formed element with sound namespaces. The next one is read as if nothing happened.
    pub fn decode(&mut self, bytes: &[u8]) -> Result<Top, Unreadable> {
        let mut parser = match self.parser.take() {
            Some(parser) => parser,
            None => self.fresh()?,
        };
        let top = read_one(&mut parser, bytes)?;
        self.parser = Some(parser);
        Ok(top)
    }

    fn fresh(&self) -> Result<Parser, Unreadable> {
        let mut parser = Parser::default();
        let mut rest = &self.header[..];
        parser.parse(&mut rest, false).map_err(|e| Unreadable(words(&e)))?;
        Ok(parser)
    }
}

fn words(error: &EndOrError) -> String {
    match error {
        EndOrError::NeedMoreData => "it ends too early".to_owned(),
        EndOrError::Error(error) => error.to_string(),
    }
}

fn read_one(parser: &mut Parser, bytes: &[u8]) -> Result<Top, Unreadable> {
    let mut rest = bytes;
    let mut top: Option<Top> = None;
    let mut open: Vec<Element> = Vec::new();
    loop {
        let event = parser.parse(&mut rest, false).map_err(|e| Unreadable(words(&e)))?;
        match event {
            Some(Event::StartElement(_, name, attributes)) => match top {
                None => top = Some(begin(name, attributes)),
                Some(_) => open.push(element(name, attributes)),
            },
            Some(Event::Text(_, text)) => match (open.last_mut(), &mut top) {
                (Some(parent), _) | (None, Some(Top::Element(parent))) => parent.append_text_node(text),
                (None, _) => {}
            },
            Some(Event::EndElement(_)) => match (open.pop(), &mut top) {
                (Some(done), Some(top)) => match (open.last_mut(), top) {
                    (Some(parent), _) | (None, Top::Element(parent)) => {
                        parent.append_child(done);
                    }
                    (None, Top::Stanza(stanza)) => stanza.children.push(done),
                },
                (None, Some(_)) => break,
                (_, None) => return Err(Unreadable("an end before a start".to_owned())),
            },
            Some(Event::XmlDeclaration(..)) | None => return Err(Unreadable("not an element".to_owned())),
        }
    }
    if !rest.is_empty() {
        return Err(Unreadable("more than one element".to_owned()));
    }
    top.ok_or_else(|| Unreadable("nothing".to_owned()))
}

fn element((ns, name): QName, attributes: AttrMap) -> Element {
    let mut element = Element::bare(name.as_str(), ns.as_str());
    *element.attrs_mut() = attributes;
    element
}

fn begin(name: QName, mut attributes: AttrMap) -> Top {
    let kind = match (name.0.as_str(), name.1.as_str()) {
        (ns::JABBER_CLIENT, "message") => Kind::Message,
        (ns::JABBER_CLIENT, "presence") => Kind::Presence,
        (ns::JABBER_CLIENT, "iq") => Kind::Iq,
        _ => return Top::Element(element(name, attributes)),
    };
    let lang = attributes.remove(Namespace::xml(), "lang");
    let mut take = |name: &str| attributes.remove(Namespace::none(), name);
    Top::Stanza(Stanza {
        kind,
        type_: take("type"),
        id: take("id"),
        from: take("from"),
        to: take("to"),
        lang,
        children: Vec::new(),
    })
}

/// A stanza as bytes.
///
/// # Errors
/// When an element or attribute of it has a name that XML does not allow.
pub fn encode_stanza(stanza: &Stanza) -> Result<Vec<u8>, Unreadable> {
    let mut out = Output::new();
    let name = match stanza.kind {
        Kind::Message => "message",
        Kind::Presence => "presence",
        Kind::Iq => "iq",
    };
    out.item(rxml::Item::ElementHeadStart(Namespace::from(ns::JABBER_CLIENT), nc_name(name)?))?;
    let values = [("type", &stanza.type_), ("id", &stanza.id), ("from", &stanza.from), ("to", &stanza.to)];
    for (name, value) in values {
        if let Some(value) = value {
            out.attribute(Namespace::NONE, nc_name(name)?, value)?;
        }
    }
    if let Some(lang) = &stanza.lang {
        out.attribute(Namespace::xml().clone(), nc_name("lang")?, lang)?;
    }
    out.item(rxml::Item::ElementHeadEnd)?;
    for child in &stanza.children {
        out.element(child)?;
    }
    out.item(rxml::Item::ElementFoot)?;
    Ok(out.bytes.to_vec())
}

/// Another top-level element as bytes.
///
/// # Errors
/// As for [`encode_stanza`].
pub fn encode_element(element: &Element) -> Result<Vec<u8>, Unreadable> {
    let mut out = Output::new();
    out.element(element)?;
    Ok(out.bytes.to_vec())
}

fn nc_name(name: &str) -> Result<&NcNameStr, Unreadable> {
    <&NcNameStr>::try_from(name).map_err(|e| Unreadable(e.to_string()))
}

struct Output {
    encoder: Encoder<SimpleNamespaces>,
    bytes: bytes::BytesMut,
}

impl Output {
    fn new() -> Self {
        // What is encoded stands inside our stream, whose start tag has declared the namespace of stanzas.
        let mut encoder = Encoder::new();
        encoder.ns_tracker_mut().declare_fixed(None, Namespace::from(ns::JABBER_CLIENT));
        encoder.ns_tracker_mut().push();
        Self { encoder, bytes: bytes::BytesMut::with_capacity(256) }
    }

    fn item(&mut self, item: rxml::Item<'_>) -> Result<(), Unreadable> {
        self.encoder.encode_into_bytes(item, &mut self.bytes).map_err(|e| Unreadable(e.to_string()))
    }

    fn attribute(&mut self, ns: Namespace<'_>, name: &NcNameStr, value: &str) -> Result<(), Unreadable> {
        self.item(rxml::Item::Attribute(ns, name, &allowed(value)))
    }

    /// Elements that we send are ours, or were read within the bounds of the scanner: their depth is bounded.
    fn element(&mut self, element: &Element) -> Result<(), Unreadable> {
        let ns = element.ns();
        self.item(rxml::Item::ElementHeadStart(Namespace::from(ns.as_str()), nc_name(element.name())?))?;
        for ((ns, name), value) in element.attrs() {
            self.attribute(ns.clone(), name, value)?;
        }
        self.item(rxml::Item::ElementHeadEnd)?;
        for node in element.nodes() {
            match node {
                minidom::Node::Element(child) => self.element(child)?,
                minidom::Node::Text(text) => self.item(rxml::Item::Text(&allowed(text)))?,
            }
        }
        self.item(rxml::Item::ElementFoot)
    }
}

/// The text without the characters that XML 1.0 cannot carry.
fn allowed(text: &str) -> Cow<'_, str> {
    let is_bad = |c: char| matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_bad) { Cow::Owned(text.replace(is_bad, "")) } else { Cow::Borrowed(text) }
}

/// What is known of a stanza that was not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Replaced {
    /// An empty one of the same kind, with its `id`, `from`, `to` and `type` where they fit; for an answer, an error;
    /// none where it was not a stanza.
    pub stanza: Option<Stanza>,
    /// The bound or rule that it broke.
    pub why: Broken,
}

/// Longest `id`, `from`, `to` or `type` that is kept of a stanza that was not taken: a full JID.
const VALUE_MAX: usize = 3071;

/// Reads the start tag of a stanza that was not taken, as far as it goes.
#[must_use]
pub fn replaced(bytes: &[u8], why: Broken) -> Replaced {
    let text = String::from_utf8_lossy(bytes);
    let head = text.trim_start_matches('<');
    let name_len = head.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(head.len());
    let (name, mut rest) = head.split_at(name_len);
    let kind = match name.rsplit(':').next() {
        Some("message") => Kind::Message,
        Some("presence") => Kind::Presence,
        Some("iq") => Kind::Iq,
        _ => return Replaced { stanza: None, why },
    };
    let mut stanza = Stanza::new(kind);
    loop {
        rest = rest.trim_start();
        let Some((name, after)) = rest.split_once('=').filter(|_| !rest.starts_with(['/', '>'])) else { break };
        let after = after.trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '\'' | '"')) else { break };
        let Some((value, after)) = after[1..].split_once(quote) else { break };
        rest = after;
        if value.len() <= VALUE_MAX {
            let value = unescape(value);
            match name.trim_end() {
                "id" => stanza.id = Some(value),
                "from" => stanza.from = Some(value),
                "to" => stanza.to = Some(value),
                "type" => stanza.type_ = Some(value),
                _ => {}
            }
        }
    }
    if kind == Kind::Iq && stanza.type_.as_deref() == Some("result") {
        // An empty result says something, such as "nothing has changed"; what could not be read says nothing.
        let condition = Element::bare("unreadable-answer", ns::XMPP_STANZAS);
        let text = Element::builder("text", ns::XMPP_STANZAS).append(why.to_string()).build();
        stanza.type_ = Some("error".to_owned());
        stanza.children.push(Element::builder("error", ns::JABBER_CLIENT).append(condition).append(text).build());
    }
    Replaced { stanza: Some(stanza), why }
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((name, after)) = after.split_once(';') else { return out };
        let number = name.strip_prefix('#');
        let code = match number.and_then(|n| n.strip_prefix('x')) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.and_then(|n| n.parse().ok()),
        };
        match (name, code.and_then(char::from_u32)) {
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("amp", _) => out.push('&'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            (_, Some(c)) => out.push(c),
            _ => {}
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoder() -> Decoder {
        Decoder::client().unwrap()
    }

    fn stanza(top: Top) -> Stanza {
        match top {
            Top::Stanza(stanza) => stanza,
            Top::Element(_) => panic!("not a stanza"),
        }
    }

    #[test]
    fn a_stanza_there_and_back() {
        let text = "<message type='chat' id='1' to='a@b' xml:lang='de'><body>x &lt; y</body><x xmlns='urn:x' a='\"'><z/>t</x></message>";
        let first = stanza(decoder().decode(text.as_bytes()).unwrap());
        assert_eq!(first.children[0].text(), "x < y");
        assert_eq!(first.lang.as_deref(), Some("de"));
        let bytes = encode_stanza(&first).unwrap();
        assert!(stanza(decoder().decode(&bytes).unwrap()) == first, "{}", String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn an_unreadable_stanza_costs_only_itself() {
        let mut decoder = decoder();
        for bad in [
            "<message><x:a xmlns:x='http://www.w3.org/XML/1998/namespace'/></message>",
            "<message><a xmlns:x='http://www.w3.org/XML/1998/namespace' x:foo='1'/></message>",
            "<message><q:a/></message>",
            "<message><b>&nbsp;</b></message>",
            "<message><b>&#1;</b></message>",
            "<message id='1' id='2'/>",
            "<message/><message/>",
        ] {
            assert!(decoder.decode(bad.as_bytes()).is_err(), "{bad}");
            let next = stanza(decoder.decode(b"<message id='n'><body>fine</body></message>").unwrap());
            assert_eq!(next.children[0].ns(), ns::JABBER_CLIENT);
        }
        assert!(decoder.decode(b"<message><b>\xff</b></message>").is_err());
    }

    #[test]
    fn whatever_was_read_can_be_written() {
        for odd in [
            "<message><xml:a/></message>",
            "<message><a xml:foo='1' xml:lang='x'/></message>",
            "<message><a xmlns=''><b/></a></message>",
            "<message><q:a xmlns:q='urn:q' q:b='1' b='2'/></message>",
            "<message xmlns:q='urn:q' q:b='1'><stream:error/></message>",
            "<q:x xmlns:q='urn:q'/>",
        ] {
            let bytes = match decoder().decode(odd.as_bytes()).unwrap() {
                Top::Stanza(stanza) => encode_stanza(&stanza),
                Top::Element(element) => encode_element(&element),
            };
            if let Ok(bytes) = bytes {
                assert!(decoder().decode(&bytes).is_ok(), "{odd} became {}", String::from_utf8_lossy(&bytes));
            }
        }
    }

    #[test]
    fn control_characters_are_left_out() {
        let stanza = Stanza::new(Kind::Message)
            .with_id("i\u{1}d")
            .with(Element::builder("body", ns::JABBER_CLIENT).append("a\u{1b}[31m\u{fffe}b\n").build());
        let text = String::from_utf8(encode_stanza(&stanza).unwrap()).unwrap();
        assert_eq!(text, "<message id='id'><body>a[31mb\n</body></message>");
    }

    #[test]
    fn the_start_tag_of_what_was_not_taken() {
        let long = "x".repeat(9000);
        let head = format!("<message id='{long}' from=\"e&apos;ve@b/&#x41;\" to = 'me@b' type='headline'");
        let stanza = replaced(head.as_bytes(), Broken::Value).stanza.unwrap();
        assert_eq!(stanza.id, None);
        assert_eq!(stanza.from.as_deref(), Some("e've@b/A"));
        assert_eq!(stanza.to.as_deref(), Some("me@b"));
        assert_eq!(stanza.type_.as_deref(), Some("headline"));
        assert!(replaced(b"<stream:features/>", Broken::Size).stanza.is_none());
    }
}
