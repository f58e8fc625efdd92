//! The phase with a stream: it takes stanzas and commands, watches the link, and ends the stream politely.

use super::{CommonInput, Next, Phase, Session, common_input, reason};
use crate::clock::boot_time;
use crate::contract::event::session;
use crate::model::{DownReason, StanzaId, Time};
use crate::xmpp::kit::{iq, ns};
use crate::xmpp::random::random_id;
use crate::xmpp::stanza::{Kind, Stanza};
use crate::xmpp::stream::codec::Replaced;
use crate::xmpp::stream::management::BadCount;
use crate::xmpp::stream::negotiate::stream_reason;
use crate::xmpp::stream::watchdog::Verdict;
use crate::xmpp::stream::wire::{Received, WireError};
use futures_util::FutureExt;
use minidom::Element;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// At most one notice about replaced stanzas in this time.
const NOTICE_PAUSE: Duration = Duration::from_secs(10);
/// So many elements of the server are heard before the app, the disk and the clock get their turn.
const HEARD: u32 = 16;
/// Sessions in a row that a server may end as refused, until a person must look.
const REFUSALS_MAX: u32 = 3;
/// Time for the polite end.
const FAREWELL: Duration = Duration::from_millis(1500);

/// What a session that is signed in reacts to.
enum Input {
    /// The server sent something, or the wire gave out.
    Received(Result<Received, WireError>),
    /// What every phase reacts to.
    Common(CommonInput),
    /// It is time to ask the watchdog again.
    Alarm,
}

/// What the watchdog says.
enum Watch {
    /// All is well until then.
    Until(Duration),
    /// The link is dead, unless something has come that was not heard yet.
    LastLook,
}

impl Session<'_> {
    /// Serves the stream until it ends.
    pub(super) async fn live(&mut self) -> Next {
        let mut heard = 0;
        loop {
            let watch = match self.before_input().await {
                Ok(watch) => watch,
                Err(reason) => return Next::Down(reason),
            };
            if self.is_store_gone {
                return Next::Quit;
            }
            let Some(input) = self.next_input(watch, heard < HEARD).await else {
                return Next::Down(DownReason::Silent);
            };
            match input {
                Input::Received(_) => heard += 1,
                Input::Common(_) => heard = 0,
                Input::Alarm => {}
            }
            let ended = match input {
                Input::Alarm => None,
                Input::Received(Ok(received)) => self.received(received).await,
                Input::Received(Err(error)) => {
                    if matches!(error, WireError::Malformed(_) | WireError::Header(_)) {
                        // Asking for the same bytes again would bring the same end.
                        self.management.reset();
                        if let Some(online) = &mut self.online {
                            online.wire.condemn("not-well-formed").await;
                        }
                    }
                    Some(Next::Down(reason(&error)))
                }
                Input::Common(input) => self.happened(input, Phase::Live).await,
            };
            if let Some(next) = ended {
                return next;
            }
        }
    }

    /// Waits for what comes first. In turn: who writes without a pause must still hear the server, and what waits to be
    /// written goes out whenever the wire is asked; who is flooded must still get a word in. `None`: the link is dead.
    async fn next_input(&mut self, watch: Watch, is_servers: bool) -> Option<Input> {
        let deadline = self.next_deadline();
        let Some(online) = &mut self.online else { return None };
        let due = match watch {
            Watch::Until(due) => due,
            // While we waited for the disk the server may have spoken.
            Watch::LastLook => return online.wire.next().now_or_never().map(Input::Received),
        };
        let common = common_input(&mut self.engine.commands, &mut self.engine.committed, &mut self.status, deadline);
        Some(if is_servers {
            tokio::select! {
                biased;
                received = online.wire.next() => Input::Received(received),
                input = common => Input::Common(input),
                () = online.alarm.until(due) => Input::Alarm,
            }
        } else {
            tokio::select! {
                biased;
                input = common => Input::Common(input),
                received = online.wire.next() => Input::Received(received),
                () = online.alarm.until(due) => Input::Alarm,
            }
        })
    }

    /// Console lines, a request for a confirmation, the watchdog: when to look again at the latest.
    async fn before_input(&mut self) -> Result<Watch, DownReason> {
        let lines = self.online.as_mut().map(|online| online.wire.take_lines()).unwrap_or_default();
        self.lines(lines).await;
        let Some(online) = &mut self.online else { return Ok(Watch::LastLook) };
        if let Some(error) = online.fault.take() {
            return Err(reason(&error));
        }
        let now = boot_time();
        if let Some(request) = self.management.ask() {
            online.watchdog.on_asked(now);
            online.wire.send_element(&request).map_err(|e| reason(&e))?;
        }
        match online.watchdog.check(now, online.wire.last_byte(), self.management.is_waiting_for_ack()) {
            Verdict::Wait(due) => Ok(Watch::Until(due)),
            Verdict::Dead => Ok(Watch::LastLook),
            Verdict::Probe => {
                online.watchdog.on_asked(now);
                if let Some(request) = self.management.probe() {
                    online.wire.send_element(&request).map_err(|e| reason(&e))?;
                } else if !self.management.is_on() {
                    let id = random_id();
                    let to = self.engine.settings.id.jid().domain().to_owned();
                    let ping = iq::ping(Some(&to)).with_id(&id);
                    online.probe = Some(id);
                    online.wire.send(&ping).map_err(|e| reason(&e))?;
                }
                Ok(Watch::Until(Duration::ZERO))
            }
        }
    }

    async fn received(&mut self, received: Received) -> Option<Next> {
        match received {
            Received::Stanza(stanza) => self.stanza(stanza).await,
            Received::Replaced(replaced) => self.replaced(replaced).await,
            Received::Element(element) => return self.element(&element).await,
            Received::Header(_) => {}
            Received::Closed => {
                if let Some(online) = &mut self.online {
                    online.wire.close();
                }
                return Some(Next::Down(DownReason::LinkLost("the server closed the stream".into())));
            }
        }
        None
    }

    pub(super) async fn stanza(&mut self, stanza: Stanza) {
        let before = self.seq;
        self.counted = self.management.counted_with_next();
        let is_probe = stanza.kind == Kind::Iq
            && matches!(stanza.type_.as_deref(), Some("result" | "error"))
            && self.online.as_mut().is_some_and(|o| o.probe.is_some() && o.probe == stanza.id);
        if is_probe {
            if let Some(online) = &mut self.online {
                online.probe = None;
            }
        } else {
            let outputs = self.router.on_stanza(Time::now(), stanza);
            self.commit(outputs).await;
        }
        if self.seq == before && self.counted.is_some() {
            // The server is never told of more than is on disk: it would refuse to go on with less after a kill.
            self.batch(Vec::new(), false).await;
        }
        self.management.on_received(self.seq);
        self.on_committed().await;
    }

    /// A stanza that was not taken: an empty one goes its way, so questions are answered and counts are right.
    async fn replaced(&mut self, replaced: Replaced) {
        let Replaced { stanza, why } = replaced;
        let from = stanza.as_ref().and_then(|s| s.from.clone());
        let now = boot_time();
        let words = self.online.as_mut().and_then(|online| {
            if online.noticed.is_some_and(|at| now < at + NOTICE_PAUSE) {
                online.skipped += 1;
                return None;
            }
            online.noticed = Some(now);
            let more = match std::mem::take(&mut online.skipped) {
                0 => String::new(),
                n => format!(" ({n} more before it)"),
            };
            Some(format!("left out a stanza from {}: {why}{more}", from.as_deref().unwrap_or("the server")))
        });
        if let Some(words) = words {
            self.notice(words).await;
        }
        if let Some(stanza) = stanza {
            self.stanza(stanza).await;
        }
    }

    async fn element(&mut self, element: &Element) -> Option<Next> {
        if element.is("error", ns::STREAM) {
            return Some(Next::Down(self.refused(stream_reason(element))));
        }
        if element.ns() != ns::SM {
            return None;
        }
        match element.name() {
            "r" => return self.answer().await,
            "a" => {
                let acked = self.management.on_ack(element);
                return self.acked(acked).await;
            }
            _ => {}
        }
        None
    }

    /// The server asks what arrived.
    pub(super) async fn answer(&mut self) -> Option<Next> {
        // What is on disk by now counts, even where its turn has not come.
        self.on_committed().await;
        let answer = self.management.answer();
        let online = self.online.as_mut()?;
        online.wire.send_element(&answer).err().map(|error| Next::Down(reason(&error)))
    }

    /// Who was let in and is refused later may have met a fault of the server's, or one that binding anew ends: Prosody
    /// 0.12 counts the bytes of a resumed session wrong, ejabberd ends sessions with too much unconfirmed. So that is
    /// tried again with a new session, unless it happens again and again.
    fn refused(&mut self, reason: DownReason) -> DownReason {
        let DownReason::Refused(words) = reason else { return reason };
        self.refusals += 1;
        if self.refusals > REFUSALS_MAX {
            return DownReason::Refused(words);
        }
        self.management.reset();
        DownReason::Stream(words)
    }

    async fn acked(&mut self, acked: Result<Vec<StanzaId>, BadCount>) -> Option<Next> {
        match acked {
            Ok(ids) => {
                if let Some(online) = &mut self.online {
                    online.watchdog.on_answered();
                }
                if !ids.is_empty() {
                    let outputs = self.router.on_acked(Time::now(), ids);
                    self.commit(outputs).await;
                }
                self.release().await;
                None
            }
            Err(error) => {
                self.management.reset();
                Some(Next::Down(DownReason::Stream(error.to_string().into())))
            }
        }
    }

    /// Unavailable presence, a last confirmation, the end of the stream; then the server's end, within 1.5 s.
    /// Stanzas that still come are not counted, so the server keeps them.
    pub(super) async fn farewell(&mut self) {
        let deadline = Instant::now() + FAREWELL;
        self.transmit(vec![Stanza::new(Kind::Presence).with_type("unavailable")]);
        let last = self.management.is_on().then(|| self.management.answer());
        let Some(online) = &mut self.online else { return };
        if let Some(last) = last
            && online.wire.send_element(&last).is_err()
        {
            return;
        }
        online.wire.close();
        let mut acked = Vec::new();
        loop {
            match timeout_at(deadline, online.wire.next()).await {
                Ok(Ok(Received::Element(element))) if element.is("a", ns::SM) => {
                    acked.extend(self.management.on_ack(&element).unwrap_or_default());
                }
                Ok(Ok(Received::Closed) | Err(_)) | Err(_) => break,
                Ok(Ok(Received::Header(_) | Received::Stanza(_) | Received::Replaced(_) | Received::Element(_))) => {}
            }
        }
        let lines = online.wire.take_lines();
        self.lines(lines).await;
        if !acked.is_empty() {
            let outputs = self.router.on_acked(Time::now(), acked);
            self.commit(outputs).await;
        }
        self.management.reset();
    }

    /// Says goodbye and tells that it is done.
    pub(super) async fn quit(&mut self) {
        if !self.is_store_gone {
            self.farewell().await;
        }
        if self.online.take().is_some() {
            let outputs = self.router.on_down(Time::now());
            self.commit(outputs).await;
        }
        self.keep().await;
        self.tell(session::Event::Closed).await;
    }
}
