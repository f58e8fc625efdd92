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
//! ends is left after [`PAGES_MAX`](super::catch_up) pages, or when it repeats itself.

use super::again;
use super::archive::Archive;
use super::known::{has_archive, is_id_unknown};
use super::query::{self, Filter, Purpose, Turn};
use super::state::{Mam, OwnPresence, Timer};
use crate::contract::event::history;
use crate::contract::{Bootstrap, Command, Event, command};
use crate::model::{BareJid, ChatKind, Jid};
use crate::xmpp::feature::{
    Answer, Cx, Facts, Feature, Flow, Inbound, Origin, QuestionId, Signal, Spec, Stage, Support, TimerId,
};
use crate::xmpp::kit::{errors, forward, ns};
use minidom::Element;

/// A page that is larger than this is cut: the server was asked for less.
const PAGE_MAX: usize = 1_000;

static SPEC: Spec = Spec {
    name: "XEP-0313",
    title: "Message Archive Management",
    version: "1.1.3",
    support: Support::Complete,
    disco: &[],
    stage: Stage::Unwrap,
};

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
                let me = cx.own();
                let may_lack = |by: &BareJid| by == me && !cx.facts.had_time;
                self.archives.iter_mut().for_each(|(by, archive)| archive.renew(cx.now, may_lack(by)));
                self.wanted.clear();
                self.again.clear();
                self.is_server_known = false;
                self.presence = OwnPresence::Unsent;
                self.want(cx, cx.own().clone());
            }
            Signal::OwnPresence(presence) => self.presence_sent(cx, presence.type_.is_none()),
            Signal::RoomJoined(room) => self.want(cx, room.clone()),
            Signal::LookAgain(archive) => self.look(cx, archive.clone()),
            Signal::ServerKnown => {
                self.is_server_known = true;
                self.begin_wanted(cx, None);
            }
            Signal::Resumed => {
                self.archives.values_mut().for_each(|archive| archive.top.resume());
                let me = cx.own().clone();
                if self.archives.get(&me).is_some_and(|a| a.late.is_in_doubt()) {
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
                if self.archives.get_mut(room).is_some_and(Archive::stop) {
                    // It is over, though it did not come to its end.
                    cx.emit(Event::History(history::Event::CatchUpDone(room.clone())));
                }
            }
            Signal::Down => self.save(cx),
            Signal::ArchiveGrew { id, time } => self.grew(cx, &id.by, &id.id, *time),
            Signal::DisplayedElsewhere { chat, id } => {
                if let Some(query) = self.current.as_ref().and_then(|id| self.open.get_mut(id)) {
                    query.displayed.push((chat.clone(), id.clone()));
                }
            }
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
        let Some(query) =
            self.pages.take(id).and_then(|id| self.open.remove(&id)).filter(|query| query.turn != Turn::Ahead)
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
                    ChatKind::Contact | ChatKind::Occupant => cx.own().clone(),
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
    /// Our presence was sent. It decides whether the server delivers messages here.
    fn presence_sent(&mut self, cx: &mut Cx<'_>, is_available: bool) {
        let account = cx.own().clone();
        let now = if is_available { OwnPresence::Available } else { OwnPresence::Unavailable };
        let before = std::mem::replace(&mut self.presence, now);
        let (is_first, was_available) = (before == OwnPresence::Unsent, before == OwnPresence::Available);
        if !is_available && let Some(archive) = self.archives.get_mut(&account) {
            archive.top.lose();
        }
        if is_available && !was_available && !(is_first && self.wanted.contains_key(&account)) {
            self.want_again(cx, account);
        } else if is_first {
            self.begin_wanted(cx, None);
        }
    }

    /// The message in a result, if this archive was asked for it.
    fn parse_result(
        &mut self,
        cx: &Cx<'_>,
        outer: &Inbound,
        result: &Element,
    ) -> Option<(crate::xmpp::stanza::Stanza, Jid, Origin)> {
        let me = cx.own();
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
}
