//! Forwarded stanzas (XEP-0297).
//!
//! Read through our own envelope: the usual parser embeds typed JIDs and messages, so that one emoji nickname
//! would lose the lot. Whether the one who forwards may be believed is for the caller to check.

use super::element::to_stanza;
use super::ns;
use super::time::delay;
use crate::model::Time;
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;

/// The message inside `<forwarded/>` inside `wrapper`, with its stamp. `None` where it holds no message.
#[must_use]
pub fn message_in(wrapper: &Element) -> Option<(Stanza, Option<Time>)> {
    let forwarded = wrapper.get_child("forwarded", ns::FORWARD)?;
    let stamp = forwarded.get_child("delay", ns::DELAY).and_then(delay).map(|(_, stamp)| stamp);
    let stanza = forwarded.children().find(|c| c.name() == "message").cloned().and_then(to_stanza)?;
    (stanza.kind == Kind::Message).then_some((stanza, stamp))
}
