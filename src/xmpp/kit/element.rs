//! Making and reading XML elements with few words.
//!
//! Text that leaves is stripped of the characters that XML 1.0 cannot carry: one pasted control character
//! must not break the stream.

use super::ns;
use crate::model::Untrusted;
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use minidom::rxml::{Namespace, NcName};

/// An empty element.
#[must_use]
pub fn el(name: &str, ns: &str) -> Element {
    Element::bare(name, ns)
}

/// An element with a text.
#[must_use]
pub fn text_el(name: &str, ns: &str, text: &str) -> Element {
    el(name, ns).with_text(text)
}

/// Building by chained calls.
pub trait Build: Sized {
    /// With an attribute. Names are literals; one that XML forbids is left out.
    #[must_use]
    fn with_attr(self, name: &str, value: &str) -> Self;

    /// With an attribute, where there is a value.
    #[must_use]
    fn with_opt_attr(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with_attr(name, value),
            None => self,
        }
    }

    /// With a text after what is there.
    #[must_use]
    fn with_text(self, text: &str) -> Self;

    /// With one more child.
    #[must_use]
    fn with_child(self, child: Element) -> Self;

    /// With more children.
    #[must_use]
    fn with_children(self, children: impl IntoIterator<Item = Element>) -> Self {
        children.into_iter().fold(self, Self::with_child)
    }
}

impl Build for Element {
    fn with_attr(mut self, name: &str, value: &str) -> Self {
        if let Ok(name) = NcName::try_from(name) {
            self.set_attr(Namespace::NONE, name, clean(value));
        }
        self
    }

    fn with_text(mut self, text: &str) -> Self {
        self.append_text_node(clean(text));
        self
    }

    fn with_child(mut self, child: Element) -> Self {
        self.append_child(child);
        self
    }
}

/// The text without the characters that XML 1.0 §2.2 forbids.
#[must_use]
pub fn clean(text: &str) -> String {
    let is_char =
        |c: &char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(is_char).collect()
}

/// The text of a child of the same namespace; `None` where there is no such child or it is empty.
#[must_use]
pub fn child_text(parent: &Element, name: &str) -> Option<Untrusted> {
    let text = parent.get_child(name, parent.ns().as_str())?.text();
    (!text.is_empty()).then(|| text.into())
}

/// The text of a stanza's own child (`body`, `subject`, `status`). Of several, the one without a language or in
/// the stanza's own language, else the first: a stable choice (RFC 6121 §5.2.3).
#[must_use]
pub fn stanza_text(stanza: &Stanza, name: &str) -> Option<String> {
    let all = || stanza.children.iter().filter(|c| c.is(name, ns::JABBER_CLIENT));
    let plain = all().find(|c| {
        let lang = lang(c);
        lang.is_none() || lang == stanza.lang.as_deref()
    });
    plain.or_else(|| all().next()).map(Element::text)
}

/// The same for somebody who reads these languages, the best first: the text in the best of them that there is (RFC 4647
/// §3.4: `de` will do for who asks for `de-AT`).
#[must_use]
pub fn stanza_text_in(stanza: &Stanza, name: &str, languages: &[String]) -> Option<String> {
    let all = || stanza.children.iter().filter(|c| c.is(name, ns::JABBER_CLIENT));
    if all().nth(1).is_none() {
        return stanza_text(stanza, name);
    }
    let ranges = languages.iter().flat_map(|language| {
        std::iter::successors(Some(language.as_str()), |range| range.rsplit_once('-').map(|(shorter, _)| shorter))
    });
    let is_in = |c: &Element, range: &str| {
        lang(c).or(stanza.lang.as_deref()).is_some_and(|lang| {
            lang.get(..range.len()).is_some_and(|start| start.eq_ignore_ascii_case(range))
                && lang.as_bytes().get(range.len()).is_none_or(|next| *next == b'-')
        })
    };
    let mut ranges = ranges.filter(|range| !range.is_empty());
    let found = ranges.find_map(|range| all().find(|c| is_in(c, range)));
    found.map(Element::text).or_else(|| stanza_text(stanza, name))
}

/// Characters of a status, or of the reason for a kick, that are kept: anybody who may be seen sends them, to everybody.
pub const STATUS_MAX: usize = 500;

/// The start of a text.
#[must_use]
pub fn cut(text: &str, max: usize) -> &str {
    text.char_indices().nth(max).map_or(text, |(end, _)| &text[..end])
}

/// The status of a presence, as far as it is kept; `None` where there is none.
#[must_use]
pub fn status_text(presence: &Stanza) -> Option<Untrusted> {
    kept_status(stanza_text(presence, "status"))
}

/// What is kept of a status; `None` where it is empty.
#[must_use]
pub fn kept_status(status: Option<String>) -> Option<Untrusted> {
    let status = status.filter(|s| !s.is_empty())?;
    Some(cut(&status, STATUS_MAX).into())
}

/// `xml:lang` of an element.
#[must_use]
pub fn lang(element: &Element) -> Option<&str> {
    element.attr_ns(&Namespace::XML, "lang")
}

/// A stanza out of an element, such as a forwarded one; `None` for anything but the three stanzas.
#[must_use]
pub fn to_stanza(mut element: Element) -> Option<Stanza> {
    if !element.has_ns(ns::JABBER_CLIENT) {
        return None;
    }
    let kind = match element.name() {
        "message" => Kind::Message,
        "presence" => Kind::Presence,
        "iq" => Kind::Iq,
        _ => return None,
    };
    let attr = |name: &str| element.attr(name).map(str::to_owned);
    let mut stanza = Stanza {
        kind,
        type_: attr("type"),
        id: attr("id"),
        from: attr("from"),
        to: attr("to"),
        lang: lang(&element).map(str::to_owned),
        children: Vec::new(),
    };
    stanza.children = element.take_contents_as_children().collect();
    Some(stanza)
}

/// The element that a stanza stands for.
#[must_use]
pub fn from_stanza(stanza: &Stanza) -> Element {
    let name = match stanza.kind {
        Kind::Message => "message",
        Kind::Presence => "presence",
        Kind::Iq => "iq",
    };
    let mut element = el(name, ns::JABBER_CLIENT)
        .with_opt_attr("type", stanza.type_.as_deref())
        .with_opt_attr("id", stanza.id.as_deref())
        .with_opt_attr("from", stanza.from.as_deref())
        .with_opt_attr("to", stanza.to.as_deref());
    if let (Some(lang), Ok(name)) = (stanza.lang.as_deref(), NcName::try_from("lang")) {
        element.set_attr(Namespace::XML, name, clean(lang));
    }
    element.with_children(stanza.children.iter().cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let xml = "<message xmlns='jabber:client' to='a@b' xml:lang='de' id='1' type='chat'><body>hi</body></message>";
        let stanza = to_stanza(xml.parse().unwrap()).unwrap();
        assert_eq!(stanza.lang.as_deref(), Some("de"));
        assert_eq!(from_stanza(&stanza), xml.parse::<Element>().unwrap());
        assert!(to_stanza("<message xmlns='other'/>".parse().unwrap()).is_none());
    }

    #[test]
    fn forbidden_characters_do_not_leave() {
        assert_eq!(text_el("body", ns::JABBER_CLIENT, "a\u{0}b\u{1b}c\nd\u{ffff}").text(), "abc\nd");
    }

    #[test]
    fn s19_of_two_bodies_the_stanzas_own_language_is_taken() {
        let xml = "<message xmlns='jabber:client' xml:lang='en'><body xml:lang='de'>x</body><body xml:lang='en'>y</body>\
                   <body xmlns='urn:other'>z</body></message>";
        let stanza = to_stanza(xml.parse().unwrap()).unwrap();
        assert_eq!(stanza_text(&stanza, "body").as_deref(), Some("y"));
    }

    #[test]
    fn a_text_is_chosen_by_the_languages_of_the_user() {
        let xml = "<message xmlns='jabber:client' xml:lang='en'><body>hello</body><body xml:lang='de'>hallo</body>\
            <body xml:lang='fr-CA'>allo</body><body xml:lang='zh-Hant'>你好</body></message>";
        let stanza = to_stanza(xml.parse().unwrap()).unwrap();
        for (languages, text) in [
            (&["de"][..], "hallo"),
            (&["de-AT", "en"], "hallo"),
            (&["DE"], "hallo"),
            (&["it", "fr"], "allo"),
            (&["zh"], "你好"),
            (&["z"], "hello"),
            (&["en-GB"], "hello"),
            (&["it"], "hello"),
            (&[""], "hello"),
            (&[], "hello"),
        ] {
            let languages: Vec<String> = languages.iter().map(|l| (*l).to_owned()).collect();
            assert_eq!(stanza_text_in(&stanza, "body", &languages).as_deref(), Some(text), "{languages:?}");
        }
    }
}
