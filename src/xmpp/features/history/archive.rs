//! The state of one archive, and of a catch-up that reads it.
//!
//! An archive is three small machines. [`Sync`] says what is being read now. [`Top`] says whether a live message may
//! extend what is known. [`Late`] says whether the server may still add older messages (see `late`). Every transition
//! of the last two is a method in this file.

use super::intervals;
use crate::contract::{Interval, Write};
use crate::model::{ArchiveId, ChatId, Time};
use crate::xmpp::feature::Cx;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;

/// How long a server may need to archive what it held for an earlier session.
pub(super) const LATE: Duration = Duration::from_secs(30);

/// What is known of one archive.
#[derive(Default)]
pub(super) struct Archive {
    pub(super) intervals: Vec<Interval>,
    /// The intervals have changed since they were last written to the store.
    pub(super) is_unsaved: bool,
    /// The catch-up that is under way.
    pub(super) sync: Option<Sync>,
    /// How often in a row it could not be read in this session.
    pub(super) failures: u8,
    pub(super) top: Top,
    pub(super) late: Late,
    /// Live messages that the newest stretch will extend to. Each waits until so many of the user's own messages are
    /// settled.
    pub(super) grown: VecDeque<(u64, String, Time)>,
    /// Set while the next live message begins a stretch of its own: what was read in this session ends with this id.
    pub(super) apart: Option<String>,
}

/// Whether the newest stretch reaches up to now. Only then may a live message extend it: if something between the two
/// were missing, the next catch-up would begin above it and never ask for it.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Top {
    /// Messages above the newest stretch may be missing. A page that is read ends this.
    #[default]
    Open,
    /// Nothing is missing above the newest stretch.
    Reached,
    /// It was reached before the session was resumed. The next live message may have overtaken what the server held
    /// (ejabberd does this), so that message starts a new reading. Nothing is read before that.
    Unsure,
}

impl Top {
    /// A page was read while live messages come here. After a resumption that is not enough: what the server holds may
    /// not be in the archive yet.
    pub(super) fn reach(&mut self) {
        *self = match self {
            Self::Open | Self::Reached => Self::Reached,
            Self::Unsure => Self::Unsure,
        };
    }

    /// Messages may be missing from now on: a reading begins at what is stored, or the user became unavailable.
    pub(super) fn lose(&mut self) {
        *self = match self {
            Self::Open | Self::Reached => Self::Open,
            Self::Unsure => Self::Unsure,
        };
    }

    /// The session was resumed.
    pub(super) fn resume(&mut self) {
        *self = match self {
            Self::Open => Self::Open,
            Self::Reached | Self::Unsure => Self::Unsure,
        };
    }

    /// A live message came. Returns whether the archive must be read because of it.
    pub(super) fn hear(&mut self) -> bool {
        let is_unsure = *self == Self::Unsure;
        if is_unsure {
            *self = Self::Open;
        }
        is_unsure
    }
}

/// Whether the server may still archive messages of earlier sessions below what is known (see `late`).
#[derive(Default)]
pub(super) enum Late {
    /// No such message is expected.
    #[default]
    Settled,
    /// Such messages may still come. What is known ends below them until the server has had its time.
    InDoubt(Doubt),
    /// The server has had its time: the next reading, or the one that is under way, finds these messages.
    Closing,
}

/// Since when messages of earlier sessions may still come into the archive.
pub(super) struct Doubt {
    /// When the first session began in which it was so.
    pub(super) first: Time,
    /// When the last such session began.
    pub(super) last: Time,
    /// The newest time in the archive when it was first read in doubt.
    pub(super) top: Option<Time>,
}

impl Late {
    pub(super) fn doubt(&self) -> Option<&Doubt> {
        match self {
            Self::InDoubt(doubt) => Some(doubt),
            Self::Settled | Self::Closing => None,
        }
    }

    pub(super) fn is_in_doubt(&self) -> bool {
        self.doubt().is_some()
    }

    /// A new session. A doubt of earlier sessions ends with its time, even if no session lived to see that: the first
    /// reading of this session reads the gap anyway. `may_lack`: the session before this one may have left something.
    fn renew(&mut self, now: Time, may_lack: bool) {
        let old = match std::mem::take(self) {
            Self::InDoubt(doubt) => Some(doubt).filter(|doubt| now.since(doubt.last) < LATE),
            Self::Settled | Self::Closing => None,
        };
        let doubt = if may_lack {
            let old = old.filter(|doubt| now.since(doubt.first) < LATE);
            Some(old.map_or(Doubt { first: now, last: now, top: None }, |old| Doubt { last: now, ..old }))
        } else {
            old
        };
        *self = doubt.map_or(Self::Settled, Self::InDoubt);
    }

    /// The server has had its time.
    pub(super) fn close(&mut self) {
        *self = Self::Closing;
    }

    /// A reading has come to its end: the gap is closed if it was the one that reads it.
    pub(super) fn end_reading(&mut self) {
        if matches!(self, Self::Closing) {
            *self = Self::Settled;
        }
    }
}

impl Archive {
    /// Live messages stop, and with them what was being read. Returns whether a catch-up was under way.
    pub(super) fn stop(&mut self) -> bool {
        self.top = Top::Open;
        self.grown.clear();
        self.apart = None;
        self.failures = 0;
        self.sync.take().is_some()
    }

    /// A new session. `may_lack`: the one before it may have left something behind in this archive.
    pub(super) fn renew(&mut self, now: Time, may_lack: bool) {
        self.stop();
        // Where ids are not times, as with Prosody, a message is archived when it is routed.
        let is_timed = self.intervals.last().is_some_and(|i| ArchiveId::micros(&i.last, i.last_time).is_some());
        self.late.renew(now, may_lack && is_timed);
    }

    /// A reading begins. Whatever it finds, what is known may end where it ended before. The ends of what is known are
    /// its floors, so no stretch grows before its first page is there.
    pub(super) fn begin(&mut self) {
        self.top.lose();
        self.grown.clear();
        let known = self.intervals.iter().filter(|i| !i.last.is_empty());
        let ends = known.map(|i| (i.last.clone(), i.last_time)).collect();
        // An earlier reading that came to no end, or left a gap, found what was in doubt at that time.
        let broken = self.intervals.get(1).map(|i| i.last_time);
        let bound = broken.into_iter().chain(self.late.doubt().and_then(|doubt| doubt.top)).min();
        let is_late = matches!(self.late, Late::Closing) || broken.is_some();
        let first = intervals::never_read(&self.intervals);
        self.sync = Some(Sync { is_late, bound, first, ends, ..Sync::default() });
    }
}

/// A catch-up that is under way.
#[derive(Default)]
pub(super) struct Sync {
    /// How many pages were read.
    pub(super) pages: u32,
    /// What it finds may be older than what the user has read.
    pub(super) is_late: bool,
    /// Filters by id were refused.
    pub(super) is_plain: bool,
    /// The cursors of its questions: an archive that answers with one of them goes in circles.
    pub(super) asked: HashSet<String>,
    /// The oldest message of others in the pages so far. It bounds the older ones in the chat's order, which
    /// the cursor need not do: that may be a message without a row, or one of the user's own, whose place is
    /// where it was typed.
    pub(super) upper: Option<String>,
    /// The newest time in the archive when this reading began, or that bound.
    pub(super) top: Option<Time>,
    /// When an earlier reading had begun that came to no end, or is in doubt.
    pub(super) bound: Option<Time>,
    /// When this archive was to be read for the first time, where that has not come to its end.
    pub(super) first: Option<Time>,
    /// Up to where other devices have shown each chat: by the newest marker of each.
    pub(super) displayed: BTreeMap<ChatId, String>,
    /// Where what is known may be said to end, by id and time.
    pub(super) ends: Vec<(String, Time)>,
}

/// So many chats' markers are kept of one reading.
const DISPLAYED_MAX: usize = 1_000;

impl Sync {
    /// What a page tells of what was read elsewhere. The newest page comes first, and in it the newest marker last.
    pub(super) fn read_elsewhere(&mut self, cx: &mut Cx<'_>, displayed: Vec<(ChatId, String)>) {
        for (chat, id) in displayed.into_iter().rev() {
            if self.displayed.len() < DISPLAYED_MAX && !self.displayed.contains_key(&chat) {
                cx.write(Write::Displayed { chat: chat.clone(), id: id.clone() });
                self.displayed.insert(chat, id);
            }
        }
    }

    /// The reading is over: messages that markers name may have been in a later page than these.
    pub(super) fn read_to_the_end(&mut self, cx: &mut Cx<'_>) {
        for (chat, id) in std::mem::take(&mut self.displayed) {
            if self.pages > 1 {
                cx.write(Write::Displayed { chat, id });
            }
        }
    }
}
