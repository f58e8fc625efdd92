//! Typed payloads: an element read into a Rust type, and a Rust type written as an element.
//!
//! `xmpp_parsers` has a type for most payloads. Its types are strict: one bad JID, or one word outside a closed
//! list, fails the whole payload. They are used where a payload holds neither. Everywhere else the feature derives
//! its own type with `xso` and puts in it what fails alone: [`Each`] for children, [`Maybe`] for an attribute, and
//! [`Jid`] or [`BareJid`], which accept every resource that the model accepts, emoji included.
//!
//! Typed payloads stay in the file of their feature: what goes on from there is made of the model's types.

use super::time;
use crate::model::{BareJid, Jid, Time, Untrusted};
use minidom::rxml::parser::EventMetrics;
use minidom::rxml::{AttrMap, Event, Namespace, NcName, QName};
use minidom::{Element, Node};
use std::any::type_name;
use std::borrow::Cow;
use xso::error::Error;
use xso::{AsXml, AsXmlText, Context, FromEventsBuilder, FromXml, FromXmlText};

/// Children that fail alone: an invalid one is an `Err`, and the others are still read.
pub type Each<T> = Vec<Result<T, Error>>;

/// Reads an element as `T`; `None` where it is another element, or not a valid one.
///
/// The parser's events are made from the element at hand: `xso::transform` would write it to items first, at two
/// thirds more cost. An `xml:lang` of outer elements is not handed down, since no payload here asks for it.
#[must_use]
pub fn read<T: FromXml>(element: &Element) -> Option<T> {
    let (name, attributes) = head(element).ok()?;
    let mut builder = T::from_events(name, attributes, &Context::empty()).ok()?;
    feed_content(&mut builder, element).ok()?
}

/// Hands a builder all that is in an element, and its end. The scanner has bounded how deep that goes. A builder that has
/// failed is handed nothing more.
fn feed_content<B: FromEventsBuilder>(builder: &mut B, element: &Element) -> Result<Option<B::Output>, Error> {
    let context = Context::empty();
    for node in element.nodes() {
        match node {
            Node::Text(text) => {
                builder.feed(Event::Text(EventMetrics::zero(), text.clone()), &context)?;
            }
            Node::Element(child) => {
                let (name, attributes) = head(child)?;
                builder.feed(Event::StartElement(EventMetrics::zero(), name, attributes), &context)?;
                feed_content(builder, child)?;
            }
        }
    }
    builder.feed(Event::EndElement(EventMetrics::zero()), &context)
}

fn head(element: &Element) -> Result<(QName, AttrMap), Error> {
    Ok(((Namespace::from(element.ns()), NcName::try_from(element.name())?), element.attrs().clone()))
}

/// Writes a payload. The types that are written here have no way to fail; if one does, an element that no peer knows
/// is sent in its place, because a conversation must not end the program.
#[must_use]
pub fn write<T: AsXml>(payload: &T) -> Element {
    xso::transform(payload).unwrap_or_else(|error: Error| {
        tracing::error!(%error, payload = type_name::<T>(), "a payload that cannot be written");
        Element::bare("unwritable", "urn:parlour")
    })
}

/// An attribute that fails alone: `None` where it is missing, and where it is not a valid `T`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maybe<T>(pub Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: FromXmlText> FromXmlText for Maybe<T> {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        Ok(Self(T::from_xml_text(text).ok()))
    }
}

impl<T: AsXmlText> AsXmlText for Maybe<T> {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        self.0.as_ref().map_or(Ok(Cow::Borrowed("")), T::as_xml_text)
    }

    fn as_optional_xml_text(&self) -> Result<Option<Cow<'_, str>>, Error> {
        self.0.as_ref().map_or(Ok(None), T::as_optional_xml_text)
    }
}

impl FromXmlText for Jid {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        Self::parse(&text).map_err(Error::text_parse_error)
    }
}

impl AsXmlText for Jid {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Borrowed(self.as_str()))
    }
}

impl FromXmlText for BareJid {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        Self::parse(&text).map_err(Error::text_parse_error)
    }
}

impl AsXmlText for BareJid {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Borrowed(self.as_str()))
    }
}

impl FromXmlText for Untrusted {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        Ok(text.into())
    }
}

impl AsXmlText for Untrusted {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Borrowed(self.raw()))
    }
}

impl FromXmlText for Time {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        time::parse(&text).ok_or(Error::Other("not a time of XEP-0082"))
    }
}

impl AsXmlText for Time {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Owned(time::format(*self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(FromXml)]
    #[xml(namespace = "urn:test", name = "list")]
    struct List {
        #[xml(child(n = ..))]
        items: Each<Item>,
    }

    #[derive(FromXml, AsXml, Debug, PartialEq)]
    #[xml(namespace = "urn:test", name = "item")]
    struct Item {
        #[xml(attribute)]
        jid: Jid,
        #[xml(attribute(default))]
        since: Maybe<Time>,
        #[xml(attribute(default))]
        is_on: Maybe<bool>,
        #[xml(attribute(default))]
        name: Option<Untrusted>,
    }

    fn read_xml<T: FromXml>(xml: &str) -> Option<T> {
        read(&xml.parse().unwrap())
    }

    #[test]
    fn a_bad_child_costs_only_itself() {
        let list: List = read_xml(
            "<list xmlns='urn:test'><item jid='a@b/🫠' since='2002-07-15T00:15:05Z' is_on='1' other='x'/>\
             <item jid='@@'/><item/><odd xmlns='urn:odd'><deep/></odd>\
             <item jid='a@b' since='soon' is_on='maybe' name='n'><odd/></item></list>",
        )
        .unwrap();
        let good: Vec<Item> = list.items.into_iter().flatten().collect();
        let item = |jid: &str, since, is_on, name: Option<&str>| Item {
            jid: Jid::parse(jid).unwrap(),
            since: Maybe(since),
            is_on: Maybe(is_on),
            name: name.map(Into::into),
        };
        let first = item("a@b/🫠", Some(Time(1_026_692_105_000)), Some(true), None);
        assert_eq!(good, [first, item("a@b", None, None, Some("n"))]);
    }

    #[test]
    fn another_element_is_none() {
        assert!(read_xml::<List>("<list xmlns='urn:other'/>").is_none());
        assert_eq!(read_xml::<Item>("<item xmlns='urn:test' jid=''/>"), None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let xml = "<item xmlns='urn:test' jid='a@b/🫠' since='2002-07-15T00:15:05.000Z' name='n'/>";
        let item: Item = read_xml(xml).unwrap();
        assert_eq!(write(&item), xml.parse::<Element>().unwrap());
    }
}
