//! The bounds of a stream, and what can be wrong with it.

use std::fmt;

/// The bounds of one stream.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Nested elements, the stanza itself included.
    pub depth: usize,
    /// Bytes of one stanza.
    pub stanza: usize,
    /// Bytes of one attribute's value, as sent.
    pub value: usize,
    /// Bytes of a name.
    pub name: usize,
    /// Attributes of one element.
    pub attributes: usize,
    /// Child elements of one element.
    pub children: u32,
    /// Elements of one stanza.
    pub nodes: u32,
    /// Bytes of one stanza over a bound that are skipped before the stream is given up.
    pub skipped: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            depth: 100,
            stanza: 1 << 20,
            value: 8000,
            name: 256,
            attributes: 100,
            children: 10_000,
            nodes: 50_000,
            skipped: 64 << 20,
        }
    }
}

impl Bounds {
    /// Those of a list that the user's own server was asked for: it has as many entries as there are.
    #[must_use]
    pub fn of_list() -> Self {
        Self { stanza: 8 << 20, children: 100_000, nodes: 400_000, ..Self::default() }
    }
}

/// Which bound a stanza broke. `Display` is the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Too many nested elements.
    Depth,
    /// Too many bytes.
    Size,
    /// A value of an attribute is too long.
    Value,
    /// A name is too long.
    Name,
    /// Too many attributes.
    Attributes,
    /// Too many children of one element.
    Children,
    /// Too many elements.
    Nodes,
    /// Whole, but not readable as XML with namespaces (told by the wire, not by the scanner).
    Unreadable,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Depth => "it was nested too deeply",
            Self::Size => "it was too big",
            Self::Value => "an attribute was too long",
            Self::Name => "a name was too long",
            Self::Attributes => "it had too many attributes",
            Self::Children => "an element had too many children",
            Self::Nodes => "it had too many elements",
            Self::Unreadable => "it was not readable",
        })
    }
}

/// The outline of the stream is broken; nothing after this can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A document type declaration, or another `<!`.
    #[error("a document type declaration")]
    Declaration,
    /// An end tag that does not belong to the element that is open.
    #[error("an end tag that does not match")]
    EndTag,
    /// Bytes that are not UTF-8, or a NUL.
    #[error("bytes that are no text")]
    Encoding,
    /// A tag that is not one.
    #[error("a broken tag")]
    Tag,
    /// Text where only elements may be.
    #[error("text between stanzas")]
    Text,
    /// The stream header is over a bound.
    #[error("a stream header over a bound")]
    Header,
    /// A stanza that does not end.
    #[error("a stanza without an end")]
    Endless,
}
