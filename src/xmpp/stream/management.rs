//! XEP-0198: Stream Management, as a pure state machine.
//!
//! Two counts. What we sent waits in a queue until the server counts it; after a cut the session is resumed and
//! the rest of the queue is sent again. What we received is counted in `h` only when the batch that it caused is
//! on disk, so what the server forgets is never lost; a stanza that caused no batch counts with the batch before
//! it. Counters wrap at 2^32.

use crate::contract::Resumable;
use crate::model::{Jid, Standard, StanzaId};
use crate::xmpp::kit::payload;
use crate::xmpp::stanza::{Kind, Stanza};
use minidom::Element;
use std::collections::VecDeque;
use std::time::Duration;
use xmpp_parsers::sm;

/// The row of the reference.
pub const STANDARD: Standard = Standard::complete("XEP-0198", "Stream Management", "1.6.3");

/// How many stanzas may go out before a confirmation is asked for. A message asks at once.
const ASK_EVERY: u32 = 5;
/// How many messages of the user's may be on the wire without a confirmation. More would only wait in the buffers of
/// the network and of a slow server, before every answer of ours: after a cut all of it would be in doubt. At a tenth of a
/// second there and back this is 500 messages a second.
const WINDOW: usize = 50;

/// The server counts more than we sent, or breaks the protocol otherwise; the session cannot be resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCount {
    /// `h` is above what we sent.
    #[error("the server confirmed {h} stanzas where {sent} were sent")]
    TooHigh {
        /// Its count.
        h: u32,
        /// Ours.
        sent: u32,
    },
    /// `h` is missing or not a number.
    #[error("the server confirmed stanzas without a count")]
    Missing,
    /// `previd` is that of another session than the one that was asked for.
    #[error("the server went on with another session than ours")]
    OtherSession,
}

/// Stream management of one session, over all its connections.
#[derive(Debug, Default)]
pub struct Management {
    is_on: bool,
    resume_id: Option<String>,
    /// Where the server wants to be asked for the session.
    location: Option<String>,
    /// How long the server keeps the session after the link is lost.
    window: Option<Duration>,
    /// What we sent, and what of it the server confirmed.
    sent: u32,
    confirmed: u32,
    queue: VecDeque<Stanza>,
    /// How many of the queue are messages of the user's.
    said: usize,
    since_ask: u32,
    is_asked: bool,
    is_message_pending: bool,
    /// What we received and committed.
    handled: u32,
    /// Received, but not committed: (batch, stanzas).
    waiting: VecDeque<(u64, u32)>,
    /// The count that the server knows.
    told: u32,
    is_owed: bool,
    /// The session is from before this program's start: what it sent is not known here.
    is_restored: bool,
    /// Messages that the server confirmed while a login ran, for the time after it. They outlive the session.
    settled: Vec<StanzaId>,
}

impl Management {
    /// Whether stanzas are counted.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Whether an old session can be asked for.
    #[must_use]
    pub fn is_resumable(&self) -> bool {
        self.resume_id.is_some()
    }

    /// A session from before this program's start. What it had sent is not known any more: the outbox asks the archive.
    #[must_use]
    pub fn restored(session: &Resumable) -> Self {
        let handled = session.handled;
        let resume_id = Some(session.id.clone());
        Self { is_on: true, resume_id, handled, told: handled, is_restored: true, ..Self::default() }
    }

    /// Whether the session is from before this program's start, and not yet gone on with.
    #[must_use]
    pub fn is_restored(&self) -> bool {
        self.is_restored
    }

    /// The login is over: from now on it is a session like any other.
    pub fn went_on(&mut self) {
        self.is_restored = false;
    }

    /// Messages that the server confirmed in logins, whatever became of those.
    pub fn take_settled(&mut self) -> Vec<StanzaId> {
        std::mem::take(&mut self.settled)
    }

    /// What the server calls the session, where it can be resumed.
    #[must_use]
    pub fn resume_id(&self) -> Option<&str> {
        self.resume_id.as_deref()
    }

    /// What must be on disk to go on with this session after a restart.
    #[must_use]
    pub fn resumable(&self, me: Jid) -> Option<Resumable> {
        self.resume_id.clone().map(|id| Resumable { id, me, handled: self.handled })
    }

    /// The count when everything that came and the stanza that comes now are on disk. `None` where no session could
    /// be resumed.
    #[must_use]
    pub fn counted_with_next(&self) -> Option<u32> {
        self.resume_id.as_ref()?;
        Some(self.waiting.iter().fold(self.handled.wrapping_add(1), |sum, (_, count)| sum.wrapping_add(*count)))
    }

    /// Where the server wants to be asked for the old session.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// How long the server keeps the session after the link is lost, where it has said so (§5).
    #[must_use]
    pub fn window(&self) -> Option<Duration> {
        self.window
    }

    /// Forgets the session. Returns the ids of messages that were sent but never confirmed.
    pub fn reset(&mut self) -> Vec<StanzaId> {
        let lost = self.queue.iter().filter_map(message_id).collect();
        *self = Self { settled: std::mem::take(&mut self.settled), ..Self::default() };
        lost
    }

    /// `<enable/>`; counting begins with it.
    pub fn enable(&mut self) -> Element {
        self.reset();
        payload::write(&sm::Enable::new().with_resume())
    }

    /// `<enabled/>` came.
    pub fn on_enabled(&mut self, enabled: &Element) {
        self.is_on = true;
        let is_resumable = matches!(enabled.attr("resume"), Some("true" | "1"));
        let id = enabled.attr("id").filter(|id| !id.is_empty() && id.len() <= 4000);
        self.resume_id = id.filter(|_| is_resumable).map(str::to_owned);
        let location = enabled.attr("location").filter(|l| !l.is_empty() && l.len() <= 300);
        self.location = location.filter(|_| self.resume_id.is_some()).map(str::to_owned);
        let seconds = enabled.attr("max").and_then(|max| max.parse().ok());
        self.window = seconds.filter(|s| *s > 0 && self.resume_id.is_some()).map(Duration::from_secs);
    }

    /// `<resume/>`, where there is a session to go on with. What was received but not committed is asked for again.
    pub fn resume(&mut self) -> Option<Element> {
        let id = self.resume_id.clone()?;
        self.waiting.clear();
        self.is_asked = false;
        self.is_owed = false;
        self.told = self.handled;
        Some(payload::write(&sm::Resume { h: self.handled, previd: sm::StreamId(id) }))
    }

    /// `<resumed/>` came: what must be sent again. What it confirms is settled.
    ///
    /// # Errors
    /// When its count is impossible, or it is another session's.
    pub fn on_resumed(&mut self, resumed: &Element) -> Result<Vec<Stanza>, BadCount> {
        if resumed.attr("previd").is_some_and(|id| self.resume_id.as_deref() != Some(id)) {
            return Err(BadCount::OtherSession);
        }
        if self.is_restored {
            let h = count(resumed)?;
            (self.sent, self.confirmed) = (h, h);
        }
        let acked = self.on_ack(resumed)?;
        self.settled.extend(acked);
        self.is_asked = false;
        self.since_ask = u32::try_from(self.queue.len()).unwrap_or(ASK_EVERY);
        self.is_message_pending = self.queue.iter().any(|s| s.kind == Kind::Message);
        Ok(self.queue.iter().cloned().collect())
    }

    /// `<failed/>` came in answer to `<resume/>`: what the old session confirmed is settled, where the server still
    /// knows (`h` is optional). The session is forgotten; the rest is for the outbox.
    pub fn on_failed(&mut self, failed: &Element) {
        let acked = if failed.attr("h").is_some() { self.on_ack(failed).unwrap_or_default() } else { Vec::new() };
        self.settled.extend(acked);
        self.reset();
    }

    /// A stanza was queued on the wire.
    pub fn on_sent(&mut self, stanza: &Stanza) {
        if self.is_on {
            self.sent = self.sent.wrapping_add(1);
            self.since_ask += 1;
            self.is_message_pending |= stanza.kind == Kind::Message;
            self.said += usize::from(is_said(stanza));
            self.queue.push_back(stanza.clone());
        }
    }

    /// How many messages may go now.
    #[must_use]
    pub fn room(&self) -> usize {
        if self.is_on { WINDOW.saturating_sub(self.said) } else { usize::MAX }
    }

    /// `<r/>`, where it is time to ask. To be called once after a burst of stanzas.
    pub fn ask(&mut self) -> Option<Element> {
        let is_due = self.is_on && !self.is_asked && (self.is_message_pending || self.since_ask >= ASK_EVERY);
        is_due.then(|| self.request())
    }

    /// `<r/>` now: also a probe. `None` where it is off or asked already.
    pub fn probe(&mut self) -> Option<Element> {
        (self.is_on && !self.is_asked).then(|| self.request())
    }

    /// What was asked may be lost with the way it took: the next probe asks again.
    pub fn forget_request(&mut self) {
        self.is_asked = false;
    }

    fn request(&mut self) -> Element {
        self.is_asked = true;
        self.is_message_pending = false;
        self.since_ask = 0;
        payload::write(&sm::R)
    }

    /// Whether the server owes us a confirmation.
    #[must_use]
    pub fn is_waiting_for_ack(&self) -> bool {
        self.is_on && self.is_asked
    }

    /// `<a/>` came (or a count in another element): the ids of the messages that it confirms.
    ///
    /// # Errors
    /// When the count is impossible.
    pub fn on_ack(&mut self, ack: &Element) -> Result<Vec<StanzaId>, BadCount> {
        let h = count(ack)?;
        let more = h.wrapping_sub(self.confirmed) as usize;
        if more > self.queue.len() {
            return Err(BadCount::TooHigh { h, sent: self.sent });
        }
        self.confirmed = h;
        self.is_asked = false;
        let gone: Vec<Stanza> = self.queue.drain(..more).collect();
        self.said -= gone.iter().filter(|s| is_said(s)).count();
        Ok(gone.iter().filter_map(message_id).collect())
    }

    /// A stanza came in and was worked on; `last_batch` is the newest batch that is under way (0 for none).
    pub fn on_received(&mut self, last_batch: u64) {
        if !self.is_on {
            return;
        }
        match self.waiting.back_mut() {
            Some((batch, count)) if *batch >= last_batch => *count += 1,
            _ => self.waiting.push_back((last_batch, 1)),
        }
    }

    /// Everything up to this batch is on disk. Gives an `<a/>` where the server waits for one.
    pub fn on_committed(&mut self, batch: u64) -> Option<Element> {
        while let Some((_, count)) = self.waiting.pop_front_if(|(waiting, _)| *waiting <= batch) {
            self.handled = self.handled.wrapping_add(count);
        }
        (self.is_owed && self.waiting.is_empty() && self.told != self.handled).then(|| self.answer())
    }

    /// `<r/>` came: `<a/>`. Where stanzas still wait for the disk another follows when they are there.
    pub fn answer(&mut self) -> Element {
        self.is_owed = !self.waiting.is_empty();
        self.told = self.handled;
        payload::write(&sm::A::new(self.handled))
    }
}

fn count(element: &Element) -> Result<u32, BadCount> {
    element.attr("h").and_then(|h| h.trim().parse().ok()).ok_or(BadCount::Missing)
}

/// Whether it is what the user said, and no receipt or state: those go at once.
fn is_said(stanza: &Stanza) -> bool {
    stanza.kind == Kind::Message && stanza.children.iter().any(|c| c.name() == "body")
}

fn message_id(stanza: &Stanza) -> Option<StanzaId> {
    (stanza.kind == Kind::Message).then(|| stanza.id.as_deref().map(StanzaId::from)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xmpp::kit::element::{Build, el};
    use crate::xmpp::kit::ns;

    fn message(id: &str) -> Stanza {
        Stanza::new(Kind::Message).with_id(id)
    }

    fn on() -> Management {
        let mut sm = Management::default();
        sm.enable();
        sm.on_enabled(&el("enabled", ns::SM).with_attr("resume", "true").with_attr("id", "x"));
        sm
    }

    fn a(h: u32) -> Element {
        el("a", ns::SM).with_attr("h", &h.to_string())
    }

    fn h(element: &Element) -> &str {
        element.attr("h").unwrap()
    }

    fn ids(list: &[StanzaId]) -> Vec<&str> {
        list.iter().map(StanzaId::as_str).collect()
    }

    #[test]
    fn messages_ask_at_once_and_once_per_burst() {
        let mut sm = on();
        sm.on_sent(&Stanza::new(Kind::Presence));
        assert!(sm.ask().is_none());
        sm.on_sent(&message("1"));
        sm.on_sent(&message("2"));
        assert!(sm.ask().is_some());
        sm.on_sent(&message("3"));
        assert!(sm.ask().is_none(), "one question at a time");
        assert_eq!(ids(&sm.on_ack(&a(3)).unwrap()), ["1", "2"]);
        assert!(sm.ask().is_some(), "the third is still pending");
        assert_eq!(ids(&sm.on_ack(&a(4)).unwrap()), ["3"]);
        assert!(sm.ask().is_none() && !sm.is_waiting_for_ack());
    }

    #[test]
    fn received_counts_after_the_commit() {
        let mut sm = on();
        sm.on_received(1);
        sm.on_received(1);
        sm.on_received(2);
        assert_eq!(h(&sm.answer()), "0");
        assert!(sm.on_committed(1).is_none(), "one is still missing");
        assert_eq!(h(&sm.on_committed(2).unwrap()), "3");
        assert!(sm.on_committed(2).is_none());
        sm.on_received(2);
        assert!(sm.on_committed(2).is_none(), "nobody asked");
        assert_eq!(h(&sm.answer()), "4");
    }

    #[test]
    fn resume_sends_the_rest_again_and_asks_for_what_is_not_on_disk() {
        let mut sm = on();
        for id in ["1", "2", "3"] {
            sm.on_sent(&message(id));
        }
        sm.on_received(1);
        sm.on_received(2);
        sm.on_committed(1);
        let resume = sm.resume().unwrap();
        assert_eq!((h(&resume), resume.attr("previd")), ("1", Some("x")));
        let again = sm.on_resumed(&el("resumed", ns::SM).with_attr("h", "1")).unwrap();
        let acked = sm.take_settled();
        assert_eq!(ids(&acked), ["1"]);
        assert_eq!(again.iter().filter_map(|s| s.id.as_deref()).collect::<Vec<_>>(), ["2", "3"]);
        assert!(sm.ask().is_some());
        assert_eq!(ids(&sm.on_ack(&a(3)).unwrap()), ["2", "3"]);
        sm.on_received(3);
        sm.on_committed(3);
        assert_eq!(h(&sm.answer()), "2");
    }

    #[test]
    fn a_failed_resume_with_and_without_a_count() {
        for (failed, confirmed) in
            [(el("failed", ns::SM), vec![]), (el("failed", ns::SM).with_attr("h", "2"), vec!["1", "2"])]
        {
            let mut sm = on();
            for id in ["1", "2", "3"] {
                sm.on_sent(&message(id));
            }
            sm.resume();
            sm.on_failed(&failed);
            assert_eq!(ids(&sm.take_settled()), confirmed);
            assert!(!sm.is_on() && !sm.is_resumable() && sm.resume().is_none());
        }
    }

    #[test]
    fn impossible_counts() {
        let mut sm = on();
        sm.on_sent(&message("1"));
        assert_eq!(sm.on_ack(&a(2)), Err(BadCount::TooHigh { h: 2, sent: 1 }));
        assert_eq!(sm.on_ack(&el("a", ns::SM)), Err(BadCount::Missing));
        assert_eq!(sm.on_ack(&el("a", ns::SM).with_attr("h", "-1")), Err(BadCount::Missing));
        assert_eq!(ids(&sm.on_ack(&a(1)).unwrap()), ["1"]);
        assert!(sm.on_ack(&a(0)).is_err(), "a count never goes back");
    }

    #[test]
    fn counters_wrap() {
        let mut sm = on();
        (sm.sent, sm.confirmed, sm.handled) = (u32::MAX, u32::MAX, u32::MAX);
        sm.on_sent(&message("1"));
        sm.on_received(1);
        sm.on_committed(1);
        assert_eq!(h(&sm.answer()), "0");
        assert_eq!(ids(&sm.on_ack(&a(0)).unwrap()), ["1"]);
    }

    #[test]
    fn a_session_from_before_the_start_goes_on() {
        let me = Jid::parse("me@a.test/here").unwrap();
        let mut sm = Management::restored(&Resumable { id: "x".to_owned(), me: me.clone(), handled: 7 });
        assert!(sm.is_restored() && sm.is_resumable());
        let resume = sm.resume().unwrap();
        assert_eq!((h(&resume), resume.attr("previd")), ("7", Some("x")));
        let again = sm.on_resumed(&el("resumed", ns::SM).with_attr("h", "12")).unwrap();
        let acked = sm.take_settled();
        assert!(acked.is_empty() && again.is_empty() && sm.is_restored(), "until the login is over");
        sm.went_on();
        assert!(!sm.is_restored());
        sm.on_sent(&message("1"));
        assert_eq!(ids(&sm.on_ack(&a(13)).unwrap()), ["1"], "what is sent counts from the server's count");
        assert_eq!(sm.counted_with_next(), Some(8));
        sm.on_received(5);
        assert_eq!(sm.counted_with_next(), Some(9), "also what is not on disk yet");
        sm.on_committed(5);
        assert_eq!(sm.resumable(me).unwrap().handled, 8);
        sm.reset();
        assert_eq!(sm.counted_with_next(), None);
    }

    #[test]
    fn a_session_from_before_the_start_that_the_server_forgot() {
        let me = Jid::parse("me@a.test/here").unwrap();
        for failed in [el("failed", ns::SM), el("failed", ns::SM).with_attr("h", "9")] {
            let mut sm = Management::restored(&Resumable { id: "x".to_owned(), me: me.clone(), handled: 7 });
            sm.resume();
            sm.on_failed(&failed);
            assert!(sm.take_settled().is_empty());
            assert!(!sm.is_on() && !sm.is_restored() && sm.resume().is_none());
        }
        let mut sm = Management::restored(&Resumable { id: "x".to_owned(), me, handled: 7 });
        sm.resume();
        assert_eq!(sm.on_resumed(&el("resumed", ns::SM)), Err(BadCount::Missing));
    }

    #[test]
    fn a_session_that_cannot_be_resumed() {
        let mut sm = Management::default();
        sm.enable();
        sm.on_enabled(&el("enabled", ns::SM).with_attr("id", "x"));
        assert!(sm.is_on() && !sm.is_resumable() && sm.resume().is_none());
    }

    #[test]
    fn a_session_is_kept_as_long_as_the_server_says() {
        let window = |resume: &str, max: &str| {
            let mut sm = Management::default();
            sm.enable();
            sm.on_enabled(
                &el("enabled", ns::SM).with_attr("id", "x").with_attr("resume", resume).with_attr("max", max),
            );
            let window = sm.window();
            sm.reset();
            assert_eq!(sm.window(), None, "there is no session any more");
            window
        };
        assert_eq!(window("true", "300"), Some(Duration::from_mins(5)));
        assert_eq!(window("true", "long"), None);
        assert_eq!(window("true", "-1"), None);
        assert_eq!(window("true", "0"), None);
        assert_eq!(window("true", "18446744073709551615"), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(window("false", "300"), None);
    }
}
