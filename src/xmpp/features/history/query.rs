//! Questions to an archive, and whether its answer was the last page (XEP-0313 §4).

use crate::model::{BareJid, ChatId, Message, Time};
use crate::xmpp::kit::{forms, ns, payload, rsm, time};
use minidom::Element;
use xmpp_parsers::mam;

/// What to ask for: the last `max` messages before `cursor` (of all, where it is empty).
#[derive(Debug, Clone, Default)]
pub(super) struct Filter {
    /// Only before this archive id.
    pub cursor: Option<String>,
    /// The first messages after this archive id, instead of the last ones.
    pub above: Option<String>,
    /// Only after this archive id.
    pub floor: Option<String>,
    /// Only with this peer.
    pub with: Option<BareJid>,
    /// Only up to this time.
    pub end: Option<Time>,
}

/// The payload of the question.
pub(super) fn build(id: &str, max: u32, filter: &Filter) -> Element {
    let end = filter.end.map(time::format);
    let fields = [
        ("with", filter.with.as_ref().map(BareJid::as_str)),
        ("end", end.as_deref()),
        ("after-id", filter.floor.as_deref()),
    ];
    let fields: Vec<_> = fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let window = match filter.above.as_deref() {
        Some(above) => rsm::Window::After(above),
        None => rsm::Window::Before(filter.cursor.as_deref().unwrap_or_default()),
    };
    payload::write(&mam::Query {
        queryid: Some(mam::QueryId(id.to_owned())),
        node: None,
        form: (!fields.is_empty()).then(|| forms::submit(ns::MAM, fields)),
        set: Some(rsm::ask(max, window)),
        flip_page: false,
    })
}

/// Whether the page was the last one in its direction (§4.3.3).
pub(super) fn is_complete(fin: &Element) -> bool {
    matches!(fin.attr("complete"), Some("true" | "1"))
}

/// What an archive is asked for.
pub(super) enum Purpose {
    Sync,
    /// The second look for what a dead connection still held, from what was the newest message upwards.
    Look {
        /// How many pages are still looked at.
        pages: u8,
    },
    Older {
        chat: ChatId,
        before: Option<Time>,
        /// How many pages without a message came before this one.
        empty: u8,
    },
}

/// Where the page of a question stands among those of its catch-up (see `ahead`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It was asked for before the page above it had ended.
    Ahead,
    /// It is the page that is read now.
    Now,
    /// It is the page that is read now, and the page below it was asked for already.
    Followed,
}

/// A question that is open.
pub(super) struct Query {
    pub(super) archive: BareJid,
    pub(super) purpose: Purpose,
    pub(super) filter: Filter,
    pub(super) seen: Vec<(String, Time)>,
    pub(super) messages: Vec<Message>,
    /// The markers of the user's own devices in it, oldest first.
    pub(super) displayed: Vec<(ChatId, String)>,
    pub(super) turn: Turn,
}

impl Query {
    pub(super) fn new(archive: BareJid, purpose: Purpose, filter: Filter) -> Self {
        let (seen, messages) = (Vec::new(), Vec::new());
        Self { archive, purpose, filter, seen, messages, displayed: Vec::new(), turn: Turn::Now }
    }
}
