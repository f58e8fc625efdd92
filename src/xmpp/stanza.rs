//! Our lenient stanza envelope.
//!
//! Only kind, `type`, `id`, `from`, `to` and `xml:lang` are read here; the children stay plain
//! elements that each feature parses by itself, so one bad payload never costs the stanza.
//! A `from` that is not a JID keeps the stanza but no feature sees it (`router` passes it over).

use minidom::Element;

/// The three stanzas of RFC 6120 §8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `<message/>`
    Message,
    /// `<presence/>`
    Presence,
    /// `<iq/>`
    Iq,
}

/// One stanza. Attribute values are as they came.
#[derive(Clone, PartialEq)]
pub struct Stanza {
    /// Which of the three.
    pub kind: Kind,
    /// `type`.
    pub type_: Option<String>,
    /// `id`.
    pub id: Option<String>,
    /// `from`.
    pub from: Option<String>,
    /// `to`.
    pub to: Option<String>,
    /// `xml:lang`.
    pub lang: Option<String>,
    /// The children.
    pub children: Vec<Element>,
}

impl Stanza {
    /// An empty stanza.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, type_: None, id: None, from: None, to: None, lang: None, children: Vec::new() }
    }

    /// The first child with this name and namespace.
    #[must_use]
    pub fn child(&self, name: &str, ns: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.is(name, ns))
    }

    /// With a `type`.
    #[must_use]
    pub fn with_type(mut self, type_: &str) -> Self {
        self.type_ = Some(type_.to_owned());
        self
    }

    /// With an `id`.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// With a `to`.
    #[must_use]
    pub fn with_to(mut self, to: impl ToString) -> Self {
        self.to = Some(to.to_string());
        self
    }

    /// With one more child.
    #[must_use]
    pub fn with(mut self, child: Element) -> Self {
        self.children.push(child);
        self
    }
}

/// Kind and attributes only: a stanza's children may be nested deeply, and hold what must not be logged.
impl std::fmt::Debug for Stanza {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stanza")
            .field("kind", &self.kind)
            .field("type", &self.type_)
            .field("id", &self.id)
            .field("from", &self.from)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}
