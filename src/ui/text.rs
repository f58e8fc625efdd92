//! The only place where text becomes a span. Everything is cleaned here, also plain strings, since many of these came
//! from the network too.

use crate::model::Untrusted;
use crate::text::{self, width};
use ratatui::{style::Style, text::Span};
use std::borrow::Cow;

/// A text for one line.
#[must_use]
pub fn span(text: &str, style: Style) -> Span<'_> {
    Span::styled(text::line(text), style)
}

/// A part of a text that was cleaned as a whole before it was wrapped.
#[must_use]
pub fn cleaned(part: &str, style: Style) -> Span<'_> {
    // Bodies keep their newlines; a span never has one.
    debug_assert!(!part.contains('\n'));
    Span::styled(part, style)
}

/// A name to show; the `fallback` where it has no visible cell.
#[must_use]
pub fn name<'t>(name: &'t Untrusted, fallback: &'t str) -> Cow<'t, str> {
    text::line(if text::is_visible(name.raw()) { name.raw() } else { fallback })
}

/// A cleaned text that fits into `cells`.
#[must_use]
pub fn fit<'t>(text: &'t str, cells: usize, ellipsis: &str) -> Cow<'t, str> {
    match text::line(text) {
        Cow::Borrowed(clean) => width::fit(clean, cells, ellipsis),
        Cow::Owned(clean) => Cow::Owned(width::fit(&clean, cells, ellipsis).into_owned()),
    }
}

/// A text in its own lines, cleaned and wrapped, at most `max` lines.
#[must_use]
pub fn wrapped(text: &str, cells: usize, max: usize) -> Vec<String> {
    let clean = text::body(text);
    text::wrap(&clean, cells).into_iter().take(max).map(|r| clean[r].to_owned()).collect()
}
