//! What is kept of the archives of one account (XEP-0313): the archives, the open questions, and what waits.
//!
//! The parts of this feature each do one thing with it: [`wanted`](super::wanted) decides when an archive is read,
//! [`catch_up`](super::catch_up) reads it, [`live`](super::live) extends what is known by live messages.

use super::archive::Archive;
use super::query::Query;
use crate::model::BareJid;
use crate::xmpp::kit::open::{Questions, Timers};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a timer is for. It may ring when what it was set for is over: each says how to tell.
pub(super) enum Timer {
    /// To write what live messages have shown of the archives.
    Save,
    /// To read a gap that was left because the server archives late; in that session alone.
    CloseGap { by: BareJid, session: u64 },
    /// To read an archive again that could not be read, unless it was tried since.
    AskAgain { by: BareJid, failures: u8 },
    /// To wait no longer for what the server or a room says of itself, unless it was wanted again since.
    GiveUp { archive: BareJid, want: u64 },
}

/// The archives of one account.
#[derive(Default)]
pub struct Mam {
    pub(super) archives: BTreeMap<BareJid, Archive>,
    pub(super) open: HashMap<String, Query>,
    /// Which entry of `open` a question belongs to.
    pub(super) pages: Questions<String>,
    pub(super) timers: Timers<Timer>,
    /// The question whose result goes through the stages now.
    pub(super) current: Option<String>,
    /// Archives to read as soon as it is known whether they can be asked.
    pub(super) wanted: BTreeMap<BareJid, u64>,
    /// How often an archive was wanted: a timer of an earlier time means nothing.
    pub(super) wants: u64,
    /// Archives to read once more when the catch-up that is under way is done.
    pub(super) again: BTreeSet<BareJid>,
    /// What the server can do is known, as far as it ever will be; copies are asked for by then.
    pub(super) is_server_known: bool,
    /// The server knows our presence in this session, whatever it is.
    pub(super) is_present: bool,
    /// It delivers messages here: the presence is not "unavailable".
    pub(super) is_available: bool,
    pub(super) is_save_due: bool,
    /// How many sessions there were: a timer of an earlier one means nothing.
    pub(super) sessions: u64,
}
