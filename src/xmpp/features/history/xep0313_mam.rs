//! XEP-0313: Message Archive Management.
//!
//! The user finds here what was said while this client was away, the newest first, and can page back as far as the
//! archive goes. The account's archive is read after each login, a room's after each join; on the first login one
//! page alone, the rest when the user scrolls to it.
//!
//! The account's archive is read after the presence is sent, and again whenever the user becomes available: what comes
//! in while nobody is available is archived, and a server may deliver it to nobody (Prosody keeps what was for nobody
//! from a client that has asked the archive). Read earlier, the archive would leave a hole before the first live message.
//!
//! An archived message goes through the same stages as a live one (`Origin::Archive`) and is gathered into its page.
//!
//! Security: a result counts only from the archive that was asked, by a question that is open (the fault of
//! CVE-2019-16237 and CVE-2020-26547). A room's archive tells only what was said in that room. An archive that never
//! ends is left after [`PAGES_MAX`] pages, or when it repeats itself.

use super::again;
use super::archive::Archive;
use super::intervals::{self, Page};
use super::known::{drop_known, from_others, has_archive, is_extended, is_id_unknown, oldest_of_others, report_own};
use super::query::{self, Filter, Purpose, Query};
use crate::contract::event::history;
use crate::contract::{Bootstrap, Command, Event, Interval, Write, command};
use crate::model::{BareJid, ChatKind, Jid, Time};
use crate::xmpp::feature::{
    Answer, Cx, Facts, Feature, Flow, Inbound, Origin, QuestionId, Signal, Spec, Stage, Support, TimerId,
};
use crate::xmpp::kit::open::{Questions, Timers};
use crate::xmpp::kit::{errors, forward, iq, ns};
use minidom::Element;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

/// Messages in a page.
const PAGE: u32 = 100;
/// Messages of the pages after the newest one: fewer round trips for what nobody waits to see.
const OLDER_PAGE: u32 = 250;
/// A page that is larger than this is cut: the server was asked for less.
const PAGE_MAX: usize = 1_000;
/// At most so many pages in one catch-up.
const PAGES_MAX: u32 = 1_000;
/// At most so many pages without anything to show are passed over when the user looks for older messages.
const EMPTY_MAX: u8 = 10;
/// So many pages above what was the newest message are looked at once more. What a dead connection still held comes
/// within moments; the rest of a flood is not waited for.
const LOOK_PAGES: u8 = 2;
/// What is known of archives by live messages is written this often.
const SAVE_PAUSE: Duration = Duration::from_secs(5);
/// So long the server's, or a room's, features are waited for.
const KNOW_PATIENCE: Duration = Duration::from_secs(40);

static SPEC: Spec = Spec {
    name: "XEP-0313",
    title: "Message Archive Management",
    version: "1.1.3",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Unwrap,
};

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
    pages: Questions<String>,
    pub(super) timers: Timers<Timer>,
    /// The question whose result goes through the stages now.
    pub(super) current: Option<String>,
    /// Archives to read as soon as it is known whether they can be asked.
    wanted: BTreeMap<BareJid, u64>,
    /// How often an archive was wanted: a timer of an earlier time means nothing.
    wants: u64,
    /// Archives to read once more when the catch-up that is under way is done.
    again: BTreeSet<BareJid>,
    /// What the server can do is known, as far as it ever will be; copies are asked for by then.
    is_server_known: bool,
    /// The server knows our presence in this session, whatever it is.
    is_present: bool,
    /// It delivers messages here: the presence is not "unavailable".
    is_available: bool,
    is_save_due: bool,
    /// How many sessions there were: a timer of an earlier one means nothing.
    pub(super) sessions: u64,
}

impl Feature for Mam {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn load(&mut self, _facts: &mut Facts, bootstrap: &Bootstrap) {
        for (archive, intervals) in &bootstrap.archives {
            self.archives.entry(archive.clone()).or_default().intervals.clone_from(intervals);
        }
    }

    fn on_signal(&mut self, cx: &mut Cx<'_>, signal: &Signal) {
        match signal {
            Signal::BoundAnew => {
                self.settle(cx);
                self.sessions += 1;
                let me = cx.account().jid();
                let may_lack = |by: &BareJid| by == me && !cx.facts.had_time;
                self.archives.iter_mut().for_each(|(by, archive)| archive.renew(cx.now, may_lack(by)));
                self.wanted.clear();
                self.again.clear();
                self.is_server_known = false;
                self.is_present = false;
                self.is_available = false;
                self.want(cx, cx.account().jid().clone());
            }
            Signal::OwnPresence(presence) => self.presence_sent(cx, presence.type_.is_none()),
            Signal::RoomJoined(room) => self.want(cx, room.clone()),
            Signal::LookAgain(archive) => self.look(cx, archive.clone()),
            Signal::ServerKnown => {
                self.is_server_known = true;
                self.begin_wanted(cx, None);
            }
            Signal::Resumed => {
                for archive in self.archives.values_mut() {
                    archive.is_unsure |= std::mem::take(&mut archive.is_at_top);
                }
                let me = cx.account().jid().clone();
                if self.archives.get(&me).is_some_and(|a| a.doubt.is_some()) {
                    self.close_later(cx, &me);
                }
                self.begin_wanted(cx, None);
            }
            Signal::RoomKnown(_) => self.begin_wanted(cx, None),
            Signal::RoomLeft(room) => {
                self.wanted.remove(room);
                self.again.remove(room);
                // A page that is under way knows nothing of what is said from now on.
                self.open.retain(|_, q| q.archive != *room || matches!(q.purpose, Purpose::Older { .. }));
                if let Some(archive) = self.archives.get_mut(room) {
                    archive.is_at_top = false;
                    archive.is_unsure = false;
                    archive.grown.clear();
                    archive.failures = 0;
                    if archive.sync.take().is_some() {
                        // It is over, though it did not come to its end.
                        cx.emit(Event::History(history::Event::CatchUpDone(room.clone())));
                    }
                }
            }
            Signal::Down => self.save(cx),
            Signal::ArchiveGrew { id, time } => self.grew(cx, &id.by, &id.id, *time),
            Signal::Archived(message) => {
                if let Some(query) = self.current.as_ref().and_then(|id| self.open.get_mut(id)) {
                    query.messages.push((**message).clone());
                    self.ask_ahead(cx, message);
                }
            }
            _ => {}
        }
    }

    fn on_timer(&mut self, cx: &mut Cx<'_>, id: TimerId) {
        match self.timers.take(id) {
            Some(Timer::Save) => self.save(cx),
            Some(Timer::CloseGap { by, session }) if session == self.sessions => self.close_gap(cx, by),
            Some(Timer::AskAgain { by, failures }) => {
                if self.archives.get(&by).is_some_and(|a| a.failures == failures && a.sync.is_none()) {
                    self.want(cx, by);
                }
            }
            Some(Timer::GiveUp { archive, want }) if self.wanted.get(&archive) == Some(&want) => {
                self.begin_wanted(cx, Some(&archive));
            }
            Some(Timer::CloseGap { .. } | Timer::GiveUp { .. }) | None => {}
        }
    }

    fn on_message(&mut self, cx: &mut Cx<'_>, message: &mut Inbound) -> Flow {
        self.current = None;
        let Some(result) = message.stanza.child("result", ns::MAM) else { return Flow::Pass };
        let Some(item) = self.parse_result(cx, message, result) else { return Flow::Taken };
        let (inner, from, origin) = item;
        message.stanza = inner;
        message.from = from;
        message.origin = origin;
        Flow::Pass
    }

    fn on_reply(&mut self, cx: &mut Cx<'_>, id: QuestionId, answer: Answer) {
        let Some(query) = self.pages.take(id).and_then(|id| self.open.remove(&id)).filter(|query| !query.is_ahead)
        else {
            return;
        };
        match answer {
            Answer::Result(Some(fin)) if fin.is("fin", ns::MAM) => match query.purpose {
                Purpose::Sync => self.sync_page(cx, query, query::is_complete(&fin)),
                Purpose::Look { pages } => self.look_page(cx, query, pages, query::is_complete(&fin)),
                Purpose::Older { .. } => self.older_page(cx, query, query::is_complete(&fin)),
            },
            Answer::Error { ref condition, .. } if is_id_unknown(condition, &query.filter) => {
                self.ask_plainly(cx, query);
            }
            Answer::Result(_) => self.failed(cx, query, true, "the archive's answer was not understood".to_owned()),
            Answer::Error { .. } | Answer::Timeout | Answer::Down => {
                let reason = errors::reason(&answer).unwrap_or_default();
                if answer == Answer::Down && !matches!(query.purpose, Purpose::Older { .. }) {
                    self.archives.entry(query.archive.clone()).or_default().sync = None;
                    self.wanted.insert(query.archive, 0);
                } else {
                    self.failed(cx, query, again::may_pass(&answer), reason);
                }
            }
        }
    }

    fn on_command(&mut self, cx: &mut Cx<'_>, command: Command) -> Result<(), Box<Command>> {
        match command {
            Command::History(command::history::Command::FetchOlder { chat, kind, oldest, before }) => {
                let archive = match kind {
                    ChatKind::Room => chat.address.bare(),
                    ChatKind::Contact | ChatKind::Occupant => cx.account().jid().clone(),
                };
                let with = (kind == ChatKind::Contact).then(|| chat.address.bare());
                let can_ask =
                    cx.facts.is_online && kind != ChatKind::Occupant && has_archive(cx, &archive) == Some(true);
                if can_ask {
                    let cursor = oldest.filter(|id| id.by == archive).map(|id| id.id);
                    let end = if cursor.is_none() { before } else { None };
                    let filter = Filter { cursor, with, end, ..Filter::default() };
                    self.ask(cx, archive, Purpose::Older { chat, before, empty: 0 }, filter);
                } else if cx.facts.is_online && has_archive(cx, &archive) == Some(false) {
                    // Nothing is older than what is stored; that is no fault.
                    cx.emit(Event::History(history::Event::OlderFetched { chat, is_start: true }));
                } else {
                    let reason = "there is no archive that can be asked now".into();
                    cx.emit(Event::History(history::Event::Failed { archive, chat: Some(chat), reason }));
                }
                Ok(())
            }
            other => Err(Box::new(other)),
        }
    }
}

impl Mam {
    /// Reads an archive as soon as it is known whether it can be asked.
    pub(super) fn want(&mut self, cx: &mut Cx<'_>, archive: BareJid) {
        self.wants += 1;
        let give_up = Timer::GiveUp { archive: archive.clone(), want: self.wants };
        self.timers.wake_at(cx, cx.now.plus(KNOW_PATIENCE), give_up);
        self.wanted.insert(archive, self.wants);
        self.begin_wanted(cx, None);
    }

    /// Begins what can begin. Waiting is over for `given_up`, an archive.
    fn begin_wanted(&mut self, cx: &mut Cx<'_>, given_up: Option<&BareJid>) {
        if !cx.facts.is_online {
            return;
        }
        for archive in self.wanted.keys().cloned().collect::<Vec<_>>() {
            let is_own = archive == *cx.account().jid();
            let is_waiting = given_up != Some(&archive);
            match has_archive(cx, &archive) {
                Some(_) | None if is_own && is_waiting && !(self.is_server_known && self.is_present) => {}
                Some(true) => self.begin(cx, archive),
                None if is_waiting && !is_own => {}
                Some(false) | None => {
                    self.wanted.remove(&archive);
                    cx.signal(Signal::CaughtUp { archive, is_asked: false });
                }
            }
        }
    }

    /// Reads an archive once more, after the reading that is under way.
    fn want_again(&mut self, cx: &mut Cx<'_>, archive: BareJid) {
        if self.archives.get(&archive).is_some_and(|a| a.sync.is_some()) {
            self.again.insert(archive);
        } else {
            self.want(cx, archive);
        }
    }

    /// Looks once more for messages of the user's own that a dead connection still held. While one of them is in doubt
    /// the account's newest stretch does not grow, so they can only lie above it.
    fn look(&mut self, cx: &mut Cx<'_>, archive: BareJid) {
        let known = self.archives.get(&archive);
        let last = |a: &Archive| a.apart.clone().or_else(|| Some(a.intervals.last()?.last.clone()));
        let top = known.and_then(last).filter(|id| !id.is_empty());
        let is_reading = known.is_some_and(|a| a.sync.is_some());
        match top {
            Some(top) if !is_reading && cx.facts.is_online && archive == *cx.account().jid() => {
                let filter = Filter { above: Some(top), ..Filter::default() };
                self.ask(cx, archive, Purpose::Look { pages: LOOK_PAGES }, filter);
            }
            Some(_) | None => self.want_again(cx, archive),
        }
    }

    /// The messages themselves came live, or come with the next reading.
    fn look_page(&mut self, cx: &mut Cx<'_>, query: Query, pages: u8, is_complete: bool) {
        report_own(cx, &query.messages);
        let next =
            query.seen.last().filter(|(id, _)| pages > 1 && !is_complete && query.filter.above.as_ref() != Some(id));
        match next {
            Some((id, _)) => {
                let filter = Filter { above: Some(id.clone()), ..Filter::default() };
                self.ask(cx, query.archive, Purpose::Look { pages: pages - 1 }, filter);
            }
            None => {
                self.archives.entry(query.archive.clone()).or_default().failures = 0;
                cx.signal(Signal::CaughtUp { archive: query.archive, is_asked: true });
            }
        }
    }

    /// From now on messages come here, or they do not.
    fn presence_sent(&mut self, cx: &mut Cx<'_>, is_available: bool) {
        let account = cx.account().jid().clone();
        let is_first = !std::mem::replace(&mut self.is_present, true);
        let was_available = std::mem::replace(&mut self.is_available, is_available);
        if !is_available && let Some(archive) = self.archives.get_mut(&account) {
            archive.is_at_top = false;
        }
        if is_available && !was_available && !(is_first && self.wanted.contains_key(&account)) {
            self.want_again(cx, account);
        } else if is_first {
            self.begin_wanted(cx, None);
        }
    }

    fn begin(&mut self, cx: &mut Cx<'_>, by: BareJid) {
        self.wanted.remove(&by);
        let archive = self.archives.entry(by.clone()).or_default();
        if archive.sync.is_some() {
            return;
        }
        if intervals::anchor(&mut archive.intervals, cx.now) {
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
        archive.begin();
        let floor =
            archive.intervals.last().filter(|i| !i.last.is_empty() && is_extended(cx, &by)).map(|i| i.last.clone());
        cx.emit(Event::History(history::Event::CatchUpStarted(by.clone())));
        self.ask(cx, by, Purpose::Sync, Filter { floor, ..Filter::default() });
    }

    /// Asks; gives the question's id.
    pub(super) fn ask(&mut self, cx: &mut Cx<'_>, archive: BareJid, purpose: Purpose, filter: Filter) -> String {
        let id = cx.new_id();
        let to = (archive != *cx.account().jid()).then(|| archive.as_str().to_owned());
        let is_catch_up = match purpose {
            Purpose::Sync => filter.cursor.is_some(),
            Purpose::Look { .. } => true,
            Purpose::Older { .. } => false,
        };
        let max = if is_catch_up { OLDER_PAGE } else { PAGE };
        let question = iq::set(to.as_deref(), query::build(&id, max, &filter));
        self.open.insert(id.clone(), Query::new(archive, purpose, filter));
        self.pages.ask(cx, question, id.clone());
        id
    }

    /// The message in a result, if this archive was asked for it.
    fn parse_result(
        &mut self,
        cx: &Cx<'_>,
        outer: &Inbound,
        result: &Element,
    ) -> Option<(crate::xmpp::stanza::Stanza, Jid, Origin)> {
        let me = cx.account().jid();
        let id = result.attr("queryid").unwrap_or_default();
        let query = self.open.get_mut(id)?;
        let is_asked = outer.from == query.archive || (outer.stanza.from.is_none() && query.archive == *me);
        if !is_asked || outer.origin != Origin::Live {
            tracing::warn!(from = ?outer.from, "an archive's result from somebody who was not asked");
            return None;
        }
        let archived = result.attr("id").filter(|i| !i.is_empty())?.to_owned();
        if query.seen.len() >= PAGE_MAX {
            return None;
        }
        let inner = forward::message_in(result);
        let time = inner.as_ref().and_then(|(_, stamp)| *stamp).unwrap_or(cx.now).min(cx.now);
        query.seen.push((archived.clone(), time));
        let (inner, _) = inner?;
        let from = match inner.from.as_deref() {
            Some(from) => Jid::parse(from).ok()?,
            None => query.archive.to_jid(),
        };
        let is_groupchat = inner.type_.as_deref() == Some("groupchat");
        let is_fit = if query.archive == *me { !is_groupchat } else { is_groupchat && from.bare() == query.archive };
        if !is_fit {
            return None;
        }
        self.current = Some(id.to_owned());
        Some((inner, from, Origin::Archive { by: query.archive.clone(), id: archived, time }))
    }

    fn sync_page(&mut self, cx: &mut Cx<'_>, query: Query, is_complete: bool) {
        let Query { archive: by, filter, seen, mut messages, .. } = query;
        let archive = self.archives.entry(by.clone()).or_default();
        let Some(mut sync) = archive.sync.take() else { return };
        let kept = if is_complete { &seen } else { from_others(&seen, &messages) };
        let page = Page { seen: kept, cursor: filter.cursor.as_deref(), floor: filter.floor.as_deref(), is_complete };
        let merged = intervals::merge(&mut archive.intervals, page);
        // What the account's archive got before messages came here is for the next reading.
        let is_heard = by != *cx.account().jid() || (self.is_available && !self.again.contains(&by));
        archive.is_at_top |= is_heard && archive.doubt.is_none();
        archive.apart = archive.apart.take().filter(|_| archive.doubt.is_some());
        sync.note_end(&seen, &messages);
        report_own(cx, &messages);
        drop_known(&mut messages, &seen, merged.known_up_to.as_deref());
        if !messages.is_empty() {
            let before = sync.upper.clone().or_else(|| filter.cursor.clone());
            sync.upper = oldest_of_others(&messages).or(sync.upper);
            let after = merged.known_up_to;
            cx.write(Write::Page { archive: by.clone(), messages, after, before, is_late: sync.is_late });
        }
        // That nothing lies in a gap is news, too.
        if !seen.is_empty() || (merged.is_closed && filter.cursor.is_some()) {
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
        sync.pages += 1;
        let next = kept.first().map(|(id, _)| id.clone()).filter(|_| !merged.is_closed);
        let is_going = sync.pages < PAGES_MAX;
        if let Some(cursor) = next.filter(|c| is_going && sync.asked.insert(c.clone())) {
            archive.sync = Some(sync);
            if !self.was_asked_ahead(&by, Some(&cursor)) {
                self.ask(cx, by, Purpose::Sync, Filter { cursor: Some(cursor), ..filter });
            }
            return;
        }
        self.was_asked_ahead(&by, None);
        let archive = self.archives.entry(by.clone()).or_default();
        // Gaps that an earlier catch-up left come last.
        if let [.., below, newest] = archive.intervals.as_slice() {
            let (cursor, floor) = (newest.first.clone(), below.last.clone());
            let floor = (is_extended(cx, &by) && !sync.is_plain).then_some(floor).filter(|f| !f.is_empty());
            if is_going && merged.is_closed && sync.asked.insert(cursor.clone()) {
                sync.upper = None;
                archive.sync = Some(sync);
                self.ask(cx, by, Purpose::Sync, Filter { cursor: Some(cursor), floor, ..Filter::default() });
                return;
            }
        }
        archive.failures = 0;
        archive.is_closing = false;
        self.leave_gap(cx, &by, &sync, is_heard);
        // What is in doubt may have lain in any of them.
        cx.signal(Signal::CaughtUp { archive: by.clone(), is_asked: true });
        cx.emit(Event::History(history::Event::CatchUpDone(by.clone())));
        self.look_again(cx, by);
    }

    /// A catch-up is over, one way or the other: perhaps another was asked for meanwhile.
    fn look_again(&mut self, cx: &mut Cx<'_>, by: BareJid) {
        if self.again.remove(&by) {
            self.want(cx, by);
        }
    }

    fn older_page(&mut self, cx: &mut Cx<'_>, query: Query, is_complete: bool) {
        let Query { archive: by, purpose, filter, seen, messages, .. } = query;
        let Purpose::Older { chat, before, empty } = purpose else { return };
        report_own(cx, &messages);
        let archive = self.archives.entry(by.clone()).or_default();
        let is_whole = filter.with.is_none();
        let is_next = |i: &Interval| Some(&i.first) == filter.cursor.as_ref();
        let (messages_len, archive_jid) = (messages.len(), by.clone());
        if !messages.is_empty() {
            let (archive, before) = (by.clone(), filter.cursor.clone());
            cx.write(Write::Page { archive, messages, after: None, before, is_late: false });
        }
        if is_whole && archive.intervals.iter().any(is_next) {
            let page = Page { seen: &seen, cursor: filter.cursor.as_deref(), floor: None, is_complete };
            intervals::merge(&mut archive.intervals, page);
            cx.write(Write::Intervals { archive: by, intervals: archive.intervals.clone() });
        }
        // What lies before a message is never that message: such an archive has nothing more to say.
        let is_repeating = seen.iter().any(|(id, _)| Some(id) == filter.cursor.as_ref());
        let is_start = is_complete || seen.is_empty() || is_repeating;
        let next = seen.first().filter(|_| messages_len == 0 && !is_start && empty < EMPTY_MAX);
        if let Some((id, _)) = next {
            // Receipts and the like: nothing that the user could see, so the next page is asked for at once.
            let filter = Filter { cursor: Some(id.clone()), end: None, ..filter };
            self.ask(cx, archive_jid, Purpose::Older { chat, before, empty: empty + 1 }, filter);
            return;
        }
        cx.emit(Event::History(history::Event::OlderFetched { chat, is_start }));
    }

    /// The archive does not know an id that we gave: it has expired. Ask without ids, once.
    fn ask_plainly(&mut self, cx: &mut Cx<'_>, query: Query) {
        let Query { archive, purpose, filter, .. } = query;
        let filter = match &purpose {
            Purpose::Look { .. } => return self.want_again(cx, archive),
            Purpose::Sync => {
                if let Some(sync) = &mut self.archives.entry(archive.clone()).or_default().sync {
                    sync.is_plain = true;
                }
                // Without the floor, the cursor may still stand; without that, the newest page is asked again.
                Filter { cursor: filter.cursor.filter(|_| filter.floor.is_some()), ..Filter::default() }
            }
            Purpose::Older { before, .. } => Filter { cursor: None, end: *before, ..filter },
        };
        self.ask(cx, archive, purpose, filter);
    }

    /// The archive could not be read. What may pass is tried again, each time after a longer pause; what is in doubt
    /// waits for that, but not for ever.
    fn failed(&mut self, cx: &mut Cx<'_>, query: Query, may_pass: bool, reason: String) {
        let Query { archive: by, purpose, .. } = query;
        let archive = self.archives.entry(by.clone()).or_default();
        let is_look = match purpose {
            Purpose::Older { chat, .. } => {
                let event = history::Event::Failed { archive: by, chat: Some(chat), reason: reason.into() };
                return cx.emit(Event::History(event));
            }
            // The reading that began meanwhile tells what the look was for.
            Purpose::Look { .. } if archive.sync.is_some() => return,
            Purpose::Look { .. } => true,
            Purpose::Sync => false,
        };
        archive.sync = None;
        archive.failures = archive.failures.saturating_add(1);
        let failures = archive.failures;
        if !may_pass || failures == again::DOUBT_TRIES {
            cx.signal(Signal::CaughtUp { archive: by.clone(), is_asked: false });
        }
        self.was_asked_ahead(&by, None);
        let mut reason = reason;
        if may_pass {
            let pause = again::pause(failures);
            reason.push_str(&format!("; it is asked again in {} seconds", pause.as_secs()));
            self.timers.wake_at(cx, cx.now.plus(pause), Timer::AskAgain { by: by.clone(), failures });
        }
        self.look_again(cx, by.clone());
        if !is_look {
            cx.emit(Event::History(history::Event::Failed { archive: by, chat: None, reason: reason.into() }));
        }
    }

    /// A live message came with its archive id: nothing lies between it and what is stored, as long as copies of all
    /// messages come here, and nothing of the user's own is in doubt. An own message that was archived before this one
    /// but not confirmed must lie above what the next catch-up begins with, or it would be sent a second time; so the
    /// stretch reaches up to here when all that was on the wire by now is settled.
    fn grew(&mut self, cx: &mut Cx<'_>, by: &BareJid, id: &str, time: Time) {
        let is_own = by == cx.account().jid();
        let is_all_seen = !is_own || cx.facts.has_carbons;
        if self.archives.get_mut(by).is_some_and(|a| std::mem::take(&mut a.is_unsure)) {
            return self.want_again(cx, by.clone());
        }
        let Some(archive) = self.archives.get_mut(by).filter(|a| a.is_at_top && is_all_seen) else { return };
        let needs = if is_own { cx.facts.handed } else { 0 };
        // Of those that wait for the same only the newest is of interest.
        archive.grown.pop_back_if(|(same, _, _)| *same == needs);
        archive.grown.push_back((needs, id.to_owned(), time));
        self.settle(cx);
    }

    /// Takes up what has waited for messages of the user's own.
    fn settle(&mut self, cx: &mut Cx<'_>) {
        let settled = cx.facts.settled;
        for archive in self.archives.values_mut() {
            while let Some((_, id, time)) = archive.grown.pop_front_if(|(needs, _, _)| *needs <= settled) {
                match archive.apart.take() {
                    Some(_) => intervals::begin(&mut archive.intervals, &id, time),
                    None => intervals::grow(&mut archive.intervals, &id, time),
                }
                archive.is_unsaved = true;
            }
        }
        let is_waiting = self.archives.values().any(|a| a.is_unsaved || !a.grown.is_empty());
        if is_waiting && !self.is_save_due {
            self.is_save_due = true;
            self.timers.wake_at(cx, cx.now.plus(SAVE_PAUSE), Timer::Save);
        }
    }

    fn save(&mut self, cx: &mut Cx<'_>) {
        self.settle(cx);
        self.is_save_due = false;
        for (by, archive) in self.archives.iter_mut().filter(|(_, a)| a.is_unsaved) {
            archive.is_unsaved = false;
            cx.write(Write::Intervals { archive: by.clone(), intervals: archive.intervals.clone() });
        }
    }
}
