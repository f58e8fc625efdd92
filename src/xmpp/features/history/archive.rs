//! What is known of one archive, and of a catch-up that reads it.

use crate::contract::Interval;
use crate::model::Time;
use std::collections::{HashSet, VecDeque};

/// What is known of one archive.
#[derive(Default)]
pub(super) struct Archive {
    pub(super) intervals: Vec<Interval>,
    pub(super) sync: Option<Sync>,
    /// The newest stretch reaches up to now: live messages extend it.
    pub(super) is_at_top: bool,
    /// It did before the session was resumed: what comes now may have overtaken what the server held (ejabberd).
    pub(super) is_unsure: bool,
    /// Live messages that the stretch may reach up to as soon as so many of the user's own are settled.
    pub(super) grown: VecDeque<(u64, String, Time)>,
    pub(super) is_unsaved: bool,
    /// What the server archives late may still be missing (see `late`).
    pub(super) doubt: Option<Doubt>,
    /// The next reading, or the one under way, is the one that finds it.
    pub(super) is_closing: bool,
    /// The next live message begins a stretch of its own. What was read in this session ends with this id.
    pub(super) apart: Option<String>,
    /// How often in a row it could not be read in this session.
    pub(super) failures: u8,
}

/// Messages of earlier sessions may still come into the archive.
pub(super) struct Doubt {
    /// When the first session began in which it was so, and the last one.
    pub(super) first: Time,
    pub(super) last: Time,
    /// The newest time in the archive when it was first read in doubt.
    pub(super) top: Option<Time>,
}

/// A catch-up that is under way.
#[derive(Default)]
pub(super) struct Sync {
    pub(super) pages: u32,
    /// What it finds may be older than what the user has read.
    pub(super) is_late: bool,
    /// Filters by id were refused.
    pub(super) is_plain: bool,
    /// Cursors that were asked with: an archive that answers with one of them goes in circles.
    pub(super) asked: HashSet<String>,
    /// The oldest message of others in the pages so far. It bounds the older ones in the chat's order, which
    /// the cursor need not do: that may be a message without a row, or one of the user's own, whose place is
    /// where it was typed.
    pub(super) upper: Option<String>,
    /// The newest time in the archive when this reading began, or that bound.
    pub(super) top: Option<Time>,
    /// When an earlier reading had begun that came to no end, or is in doubt.
    pub(super) bound: Option<Time>,
    /// Where what is known may be said to end, by id and time.
    pub(super) ends: Vec<(String, Time)>,
}
