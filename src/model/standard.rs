//! Standards that parlour speaks, as rows of `docs/reference.md` and `assets/doap.xml`.
//!
//! A protocol feature names its standards in its `Spec`. All other code (the stream, TLS, addresses, the screen) has a
//! `STANDARD` const in the file that implements it. `src/standards.rs` collects both.

/// How much of a standard is implemented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// All that a client of our kind does.
    Complete,
    /// A part; the `//!` of the file that implements it says what is left out.
    Partial,
}

/// A standard, and how much of it is implemented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard {
    /// Such as `XEP-0198` or `RFC 7622`.
    pub name: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The version that the code follows.
    pub version: &'static str,
    /// How much of it is implemented.
    pub support: Support,
}

impl Standard {
    /// A standard that is implemented as far as it concerns a client of our kind.
    #[must_use]
    pub const fn complete(name: &'static str, title: &'static str, version: &'static str) -> Self {
        Self { name, title, version, support: Support::Complete }
    }

    /// A standard that is implemented in part.
    #[must_use]
    pub const fn partial(name: &'static str, title: &'static str, version: &'static str) -> Self {
        Self { name, title, version, support: Support::Partial }
    }
}
