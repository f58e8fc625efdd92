//! What happens with a stanza, a command or a signal: every feature sees it in stage order, and what they do piles
//! up in one batch.
//!
//! The router knows no XEP. It keeps [`Facts`], pairs answers with questions, wakes features, and answers the
//! questions that nobody takes, as RFC 6120 §8.2.3 asks. It does no IO and reads no clock.

use super::feature::{Answer, Collected, Cx, Facts, Feature, Flow, Inbound, Origin, QuestionId, Signal, TimerId};
use super::iq::Tracker;
use super::kit::iq::{DefinedCondition, ErrorType};
use super::kit::{errors, iq};
use super::stanza::{Kind, Stanza};
use crate::contract::event::session;
use crate::contract::{Bootstrap, Command, Entry, Event};
use crate::model::{AccountSettings, DiscoIdentity, DiscoInfo, Jid, MessageIds, Reach, Relation, StanzaId, Time};
use minidom::Element;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;

/// Makes ids of at least 64 random bits.
pub type Ids = Box<dyn FnMut() -> String + Send>;

/// At most so many signals follow from one stanza. More can only be two features in a circle.
const SIGNALS_MAX: usize = 10_000;
/// At most one notice about unreadable senders in this time.
const NOTICE_PAUSE: Duration = Duration::from_secs(10);

/// What we say of ourselves (XEP-0030): a client for consoles, and the namespaces of all features.
fn own_info(features: &[Box<dyn Feature>]) -> DiscoInfo {
    let specs = features.iter().flat_map(|f| std::iter::once(f.spec()).chain(f.also()));
    let mut namespaces: Vec<String> = specs.flat_map(|s| s.disco).map(|ns| (*ns).to_owned()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let identity = DiscoIdentity {
        category: "client".to_owned(),
        kind: "console".to_owned(),
        lang: String::new(),
        name: Some("parlour".into()),
    };
    DiscoInfo { identities: vec![identity], features: namespaces, forms: Vec::new() }
}

/// What the session is to do: commit the entries as one batch, send `stanzas` right away and `durable` once the
/// batch is on disk. Stanzas that still wait for the disk when the link goes down are dropped: their rows are
/// Pending and the outbox sends them again.
#[derive(Debug, Default)]
pub struct Outputs {
    /// For the batch.
    pub entries: Vec<Entry>,
    /// Whether the batch must be synced to the disk.
    pub is_durable: bool,
    /// To send at once, before all stanzas: elements that are none.
    pub elements: Vec<Element>,
    /// To send at once.
    pub stanzas: Vec<Stanza>,
    /// To send once the batch is committed.
    pub durable: Vec<Stanza>,
}

/// The features of one account and what they share.
pub struct Router {
    features: Vec<Box<dyn Feature>>,
    facts: Facts,
    ids: Ids,
    questions: Tracker,
    /// Which feature each timer wakes.
    timers: BTreeMap<(Time, TimerId), usize>,
    /// How many questions and timers there have been.
    count: u64,
    noticed: Option<Time>,
}

impl Router {
    /// The features take what was stored.
    #[must_use]
    pub fn new(settings: AccountSettings, bootstrap: Bootstrap, mut features: Vec<Box<dyn Feature>>, ids: Ids) -> Self {
        features.sort_by_key(|f| f.spec().stage);
        let mut facts = Facts::new(settings);
        facts.accepted.extend(bootstrap.accepted.iter().cloned());
        facts.known_rooms.extend(bootstrap.rooms.iter().cloned());
        if let Some(before) = &bootstrap.resumable {
            facts.bound_as(before.me.clone());
            facts.me = None;
        }
        facts.own_info = own_info(&features);
        for feature in &mut features {
            feature.load(&mut facts, &bootstrap);
        }
        Self { features, facts, ids, questions: Tracker::default(), timers: BTreeMap::new(), count: 0, noticed: None }
    }

    /// What is known.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// What of the features' memory another router must begin with, after a crash.
    #[must_use]
    pub fn unload(&self, mut bootstrap: Bootstrap) -> Bootstrap {
        bootstrap.rooms = self.facts.known_rooms.iter().cloned().collect();
        for feature in &self.features {
            feature.unload(&mut bootstrap);
        }
        bootstrap
    }

    /// How far the address reaches by which the server was met; before [`Self::on_bound`].
    pub fn reached(&mut self, reach: Reach) {
        self.facts.reach = reach;
    }

    /// Whether the server had its time with the session before this one; before [`Self::on_bound`].
    pub fn had_time(&mut self, had_time: bool) {
        self.facts.had_time = had_time;
    }

    /// Signed in, anew or resumed (XEP-0198).
    pub fn on_bound(&mut self, now: Time, me: Jid, is_resumed: bool, stream_features: HashSet<String>) -> Outputs {
        self.facts.bound_as(me);
        self.facts.is_online = true;
        if !is_resumed {
            self.facts.stream_features = stream_features;
            self.facts.server = None;
            self.facts.account_info = None;
            self.facts.peers.clear();
        }
        self.signal(now, if is_resumed { Signal::Resumed } else { Signal::BoundAnew })
    }

    /// The link is down. Open questions are answered with `Down`, then everybody is told.
    pub fn on_down(&mut self, now: Time) -> Outputs {
        self.facts.is_online = false;
        let mut collected = Collected::default();
        for (feature, question) in self.questions.drain() {
            self.reply(now, &mut collected, feature, question, Answer::Down);
        }
        collected.signals.push(Signal::Down);
        let out = self.finish(now, collected);
        self.facts.me = None;
        out
    }

    /// A stanza came.
    pub fn on_stanza(&mut self, now: Time, stanza: Stanza) -> Outputs {
        let mut collected = Collected::default();
        match self.sender(&stanza) {
            Some(from) => self.route(now, &mut collected, stanza, from),
            None => self.skip(now, &mut collected, &stanza),
        }
        self.finish(now, collected)
    }

    /// The app asks for something. A command that no feature takes is logged: the table of commands has a hole.
    pub fn on_command(&mut self, now: Time, command: Command) -> Outputs {
        let mut collected = Collected::default();
        let mut command = Box::new(command);
        for i in 0..self.features.len() {
            let (feature, mut cx) = self.split(now, i, &mut collected);
            match feature.on_command(&mut cx, *command) {
                Ok(()) => return self.finish(now, collected),
                Err(back) => command = back,
            }
        }
        tracing::error!("a command that no feature takes");
        self.finish(now, collected)
    }

    /// Time has passed: open questions may be over, features may want to be woken.
    pub fn on_timer(&mut self, now: Time) -> Outputs {
        let mut collected = Collected::default();
        for (feature, question) in self.questions.expired(now) {
            self.reply(now, &mut collected, feature, question, Answer::Timeout);
        }
        while self.timers.first_key_value().is_some_and(|((at, _), _)| *at <= now) {
            let Some(((_, timer), i)) = self.timers.pop_first() else { break };
            let (feature, mut cx) = self.split(now, i, &mut collected);
            feature.on_timer(&mut cx, timer);
        }
        self.finish(now, collected)
    }

    /// The server confirmed these own messages (XEP-0198).
    pub fn on_acked(&mut self, now: Time, ids: Vec<StanzaId>) -> Outputs {
        self.signal(now, Signal::AckedByServer(ids))
    }

    /// These own messages were handed to the connection.
    pub fn on_handed_over(&mut self, now: Time, ids: Vec<StanzaId>) -> Outputs {
        self.signal(now, Signal::HandedOver(ids))
    }

    /// When `on_timer` is due next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Time> {
        let timer = self.timers.first_key_value().map(|((at, _), _)| *at);
        self.questions.next_deadline().into_iter().chain(timer).min()
    }

    /// The clock was set by so many milliseconds: what was to happen in a minute still does.
    pub fn clock_moved(&mut self, by: i64) {
        let timers = std::mem::take(&mut self.timers);
        self.timers = timers.into_iter().map(|((at, n), timer)| ((Time(at.0.saturating_add(by)), n), timer)).collect();
        self.questions.clock_moved(by);
    }

    /// How many features would take a command.
    #[cfg(test)]
    pub(super) fn takers(&mut self, now: Time, command: &Command) -> usize {
        let mut collected = Collected::default();
        let mut count = 0;
        for i in 0..self.features.len() {
            let (feature, mut cx) = self.split(now, i, &mut collected);
            count += usize::from(feature.on_command(&mut cx, command.clone()).is_ok());
        }
        count
    }

    fn signal(&mut self, now: Time, signal: Signal) -> Outputs {
        let collected = Collected { signals: vec![signal], ..Collected::default() };
        self.finish(now, collected)
    }

    /// The sender; our own server where the stanza names none (RFC 6120 §8.1.2.1).
    fn sender(&self, stanza: &Stanza) -> Option<Jid> {
        match &stanza.from {
            None => Some(self.facts.account.jid().domain_jid().to_jid()),
            Some(from) => Jid::parse(from).ok(),
        }
    }

    fn skip(&mut self, now: Time, collected: &mut Collected, stanza: &Stanza) {
        tracing::warn!(kind = ?stanza.kind, "a stanza whose sender is not an address");
        if self.noticed.is_none_or(|at| now.since(at) >= NOTICE_PAUSE || now < at) {
            self.noticed = Some(now);
            let text = "passed over a stanza whose sender is not a valid address";
            collected.entries.push(Entry::Event(Event::Session(session::Event::Noticed(text.into()))));
        }
    }

    fn route(&mut self, now: Time, collected: &mut Collected, stanza: Stanza, from: Jid) {
        let kind = stanza.kind;
        let mut inbound = Inbound {
            stanza,
            from,
            origin: Origin::Live,
            delay: None,
            is_own_in_room: None,
            ids: MessageIds::default(),
            chat: None,
            sender_since: None,
            relation: Relation::default(),
            fallback: Vec::new(),
            message: None,
        };
        match kind {
            Kind::Iq => self.route_iq(now, collected, &inbound),
            Kind::Message => {
                self.walk(now, collected, |feature, cx| feature.on_message(cx, &mut inbound));
            }
            Kind::Presence => {
                self.walk(now, collected, |feature, cx| feature.on_presence(cx, &mut inbound));
            }
        }
    }

    fn route_iq(&mut self, now: Time, collected: &mut Collected, inbound: &Inbound) {
        let stanza = &inbound.stanza;
        let Some(id) = stanza.id.as_deref() else {
            tracing::warn!("an iq without an id: it cannot be answered");
            return;
        };
        match stanza.type_.as_deref() {
            Some("result" | "error") => self.answer(now, collected, inbound, id),
            Some("get" | "set") => {
                let [payload] = stanza.children.as_slice() else {
                    collected.stanzas.push(iq::error(inbound, ErrorType::Modify, DefinedCondition::BadRequest));
                    return;
                };
                let flow = self.walk(now, collected, |feature, cx| feature.on_iq(cx, inbound, payload));
                if flow == Flow::Pass {
                    collected.stanzas.push(iq::error(inbound, ErrorType::Cancel, DefinedCondition::ServiceUnavailable));
                }
            }
            Some(_) | None => {
                collected.stanzas.push(iq::error(inbound, ErrorType::Modify, DefinedCondition::BadRequest));
            }
        }
    }

    fn answer(&mut self, now: Time, collected: &mut Collected, inbound: &Inbound, id: &str) {
        let stanza = &inbound.stanza;
        let from = stanza.from.is_some().then_some(&inbound.from);
        let Some(answered) = self.questions.answered(id, from, &self.facts.own_bare()) else {
            tracing::debug!(from = ?inbound.from, "an answer that nobody waits for, or from somebody who was not asked");
            return;
        };
        if let Some((typed, real)) = answered.learned {
            // Before the answer, so that nobody goes on under the typed address.
            self.carry(now, collected, &Signal::AddressLearned { typed, real });
        }
        let answer = match stanza.type_.as_deref() {
            Some("result") => Answer::Result(stanza.children.first().cloned()),
            Some(_) | None => errors::answer(stanza),
        };
        self.reply(now, collected, answered.feature, answered.question, answer);
    }

    fn reply(&mut self, now: Time, collected: &mut Collected, feature: usize, question: QuestionId, answer: Answer) {
        let (feature, mut cx) = self.split(now, feature, collected);
        feature.on_reply(&mut cx, question, answer);
    }

    /// Every feature in stage order, until one takes it.
    fn walk(
        &mut self,
        now: Time,
        collected: &mut Collected,
        mut show: impl FnMut(&mut dyn Feature, &mut Cx<'_>) -> Flow,
    ) -> Flow {
        for i in 0..self.features.len() {
            let (feature, mut cx) = self.split(now, i, collected);
            if show(feature, &mut cx) == Flow::Taken {
                return Flow::Taken;
            }
        }
        Flow::Pass
    }

    fn split<'a>(&'a mut self, now: Time, feature: usize, out: &'a mut Collected) -> (&'a mut dyn Feature, Cx<'a>) {
        let cx = Cx { facts: &mut self.facts, now, ids: &mut *self.ids, count: &mut self.count, feature, out };
        (self.features[feature].as_mut(), cx)
    }

    fn carry(&mut self, now: Time, collected: &mut Collected, signal: &Signal) {
        for i in 0..self.features.len() {
            let (feature, mut cx) = self.split(now, i, collected);
            feature.on_signal(&mut cx, signal);
        }
    }

    /// Notes questions and timers, and carries signals around until nothing more follows.
    fn finish(&mut self, now: Time, mut collected: Collected) -> Outputs {
        let mut signals = VecDeque::new();
        let mut carried = 0;
        loop {
            self.note(now, &mut collected);
            signals.extend(collected.signals.drain(..));
            let Some(signal) = signals.pop_front() else { break };
            carried += 1;
            if carried > SIGNALS_MAX {
                tracing::error!("signals go round in a circle");
                break;
            }
            self.carry(now, &mut collected, &signal);
        }
        let Collected { entries, is_durable, elements, stanzas, durable, .. } = collected;
        Outputs { entries, is_durable, elements, stanzas, durable }
    }

    fn note(&mut self, now: Time, collected: &mut Collected) {
        for (mut message, is_durable) in std::mem::take(&mut collected.outbound) {
            for i in 0..self.features.len() {
                let (feature, mut cx) = self.split(now, i, collected);
                feature.decorate(&mut cx, &mut message);
            }
            if is_durable {
                collected.durable.push(message.stanza);
            } else {
                collected.stanzas.push(message.stanza);
            }
        }
        for (feature, at, timer) in collected.timers.drain(..) {
            self.timers.insert((at, timer), feature);
        }
        let mut budget = SIGNALS_MAX;
        while let Some(question) = collected.questions.pop() {
            if self.facts.is_online {
                self.questions.asked(now, question.iq, question.to.as_deref(), question.feature, question.id);
            } else if budget > 0 {
                budget -= 1;
                self.reply(now, collected, question.feature, question.id, Answer::Down);
            }
        }
    }
}
