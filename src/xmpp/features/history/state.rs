//! What is kept of the archives of one account (XEP-0313): the archives, the open questions, and what waits.
//!
//! The parts of this feature each do one thing with it: [`wanted`](super::wanted) decides when an archive is read,
//! [`catch_up`](super::catch_up) reads it, [`live`](super::live) extends what is known by live messages.

use super::archive::Archive;
use super::query::Query;
use crate::model::BareJid;
use crate::xmpp::kit::open::{Questions, Timers};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a timer is for. A timer may ring after its reason is gone; each one carries what tells whether it is.
pub(super) enum Timer {
    /// To write the intervals that live messages have extended.
    Save,
    /// To read a gap that was left because the server archives late. It counts only in that session.
    CloseGap { by: BareJid, session: u64 },
    /// To read an archive again after a failure, unless it was tried since.
    AskAgain { by: BareJid, failures: u8 },
    /// To stop waiting for the features of the server or of a room, unless the archive was wanted again since.
    GiveUp { archive: BareJid, want: u64 },
}

/// What the server knows of our presence in this session.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum OwnPresence {
    /// Nothing was sent yet.
    #[default]
    Unsent,
    /// It delivers no messages here.
    Unavailable,
    /// It delivers messages here.
    Available,
}

/// The archives of one account.
#[derive(Default)]
pub struct Mam {
    pub(super) archives: BTreeMap<BareJid, Archive>,
    pub(super) open: HashMap<String, Query>,
    /// Which entry of `open` a question belongs to.
    pub(super) pages: Questions<String>,
    pub(super) timers: Timers<Timer>,
    /// The key in `open` of the question whose result goes through the stages now.
    pub(super) current: Option<String>,
    /// Archives to read as soon as it is known whether they can be asked.
    pub(super) wanted: BTreeMap<BareJid, u64>,
    /// How often an archive was wanted. It marks timers, so that one of an earlier want is ignored.
    pub(super) wants: u64,
    /// Archives to read once more after the catch-up that is under way.
    pub(super) again: BTreeSet<BareJid>,
    /// The features of the server are known, or will never be. By then carbons were asked for.
    pub(super) is_server_known: bool,
    pub(super) presence: OwnPresence,
    pub(super) is_save_due: bool,
    /// How many sessions there were. It marks timers, so that one of an earlier session is ignored.
    pub(super) sessions: u64,
}
