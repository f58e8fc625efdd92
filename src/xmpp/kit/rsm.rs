//! Result set management (XEP-0059): asking for a page, reading what page came.

use super::ns;
use crate::model::Standard;
use minidom::Element;
use xmpp_parsers::rsm::SetQuery;

/// The row of the reference.
pub const STANDARD: Standard = Standard::complete("XEP-0059", "Result Set Management", "1.0");

/// Which page to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window<'a> {
    /// The first.
    First,
    /// The one after this id.
    After(&'a str),
    /// The one before this id; the last page of all where it is empty.
    Before(&'a str),
}

/// The page that came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The id of its first item.
    pub first: Option<String>,
    /// The id of its last item.
    pub last: Option<String>,
    /// How many items there are in all, if the other side says so.
    pub count: Option<u64>,
}

/// The `<set/>` of a question: at most `max` items.
#[must_use]
pub fn ask(max: u32, window: Window<'_>) -> SetQuery {
    let (after, before) = match window {
        Window::First => (None, None),
        Window::After(id) => (Some(id.to_owned()), None),
        Window::Before(id) => (None, Some(id.to_owned())),
    };
    SetQuery { max: Some(max as usize), after, before, index: None }
}

/// Reads the `<set/>` among the children of `parent`; empty where there is none. By hand: a count that is no number
/// costs only itself.
#[must_use]
pub fn read(parent: &Element) -> Page {
    let Some(set) = parent.get_child("set", ns::RSM) else { return Page::default() };
    let text = |name: &str| set.get_child(name, ns::RSM).map(Element::text).filter(|t| !t.is_empty());
    Page { first: text("first"), last: text("last"), count: text("count").and_then(|c| c.trim().parse().ok()) }
}
