//! The one task of an account: it owns the stream, takes the app's commands, and feeds the router.
//!
//! Its life is a chain of phases: connecting, live, waiting, stopped. Each is a function that returns the next one,
//! and each serves commands while it lasts, so what is written offline becomes a pending row at once. Whatever
//! comes in goes to the router; what it says goes to the store as one batch, then out on the wire. Batches are
//! awaited: a slow disk stops the reading of the stream, and so closes the TCP window.

mod ask;
pub mod attempt;
mod live;
mod offline;
mod online;
mod outage;
mod raw;
mod status;

use super::connect::Dial;
use super::random::random_id;
use super::router::{Outputs, Router};
use super::stanza::{Kind, Stanza};
use super::stream::management::Management;
use super::stream::watchdog::Backoff;
use super::stream::wire::WireError;
use crate::clock::boot_time;
use crate::contract::event::{roster, session};
use crate::contract::{Batch, Bootstrap, Command, Entry, Event, Write};
use crate::model::wire::WireLine;
use crate::model::{
    AccountSettings, Clock, ConnState, DownReason, FastToken, Intent, Jid, StanzaId, Step, StepState, Time, Untrusted,
};
use minidom::Element;
use online::Online;
use status::{Status, StatusDue};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// The engine of one account, as far as it outlives a session that crashed: its ends of the channels, and what was
/// learnt on the way.
pub struct Engine {
    /// The account.
    pub settings: AccountSettings,
    /// Sign in, or register first.
    pub intent: Intent,
    /// The user name, where a registration gave one.
    pub user: Option<String>,
    /// A token of an earlier login (XEP-0484).
    pub token: Option<FastToken>,
    /// To the store.
    pub out: mpsc::Sender<Batch>,
    /// What the store has committed.
    pub committed: watch::Receiver<u64>,
    /// From the app.
    pub commands: mpsc::Receiver<Command>,
    /// Whether console lines are wanted.
    pub watched: watch::Sender<bool>,
}

/// What comes after a phase.
enum Next {
    Connect,
    Live,
    Down(DownReason),
    Quit,
}

/// In which phase a session is, as far as commands are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Signed in.
    Live,
    /// A login is under way, or will be by itself.
    Trying,
    /// Nothing happens until a person acts.
    Stopped,
}

/// What a session reacts to in every phase.
enum CommonInput {
    /// The app asks for something.
    Command(Command),
    /// The store has committed more.
    Committed,
    /// A deadline of the router is over.
    Timer,
    /// Something about the server's status page is due.
    Status(StatusDue),
    /// The app is gone.
    AppGone,
}

/// The session of one account.
pub struct Session<'d> {
    engine: &'d mut Engine,
    router: Router,
    /// The newest batch.
    seq: u64,
    /// Stanzas that wait for their batch to be on disk, with its number.
    awaiting_commit: VecDeque<(u64, Vec<Stanza>)>,
    management: Management,
    /// The id of the session that the store has, for a later start to go on with.
    stored_id: Option<String>,
    /// How many stanzas are on disk with the next batch.
    counted: Option<u32>,
    me: Option<Jid>,
    online: Option<Online>,
    backoff: Backoff,
    /// How often in a row the server ended a session that had begun well, as a refusal.
    refusals: u32,
    /// When the server will have had its time with the session that was lost last, on the boot-time clock.
    free_at: Option<Duration>,
    is_loading: bool,
    /// Where the server sent us when it ended the stream.
    sent_to: Option<Untrusted>,
    /// When the last login began.
    login_began: tokio::time::Instant,
    clock: Clock,
    /// What the operators say of outages.
    status: Status,
    /// The store is gone: unwind.
    is_store_gone: bool,
}

impl<'d> Session<'d> {
    /// A session with all features, which know what was stored.
    #[must_use]
    pub fn new(engine: &'d mut Engine, bootstrap: Bootstrap) -> Self {
        let before = bootstrap.resumable.clone();
        let router = Router::new(engine.settings.clone(), bootstrap, super::registry::all(), Box::new(random_id));
        // Above whatever a session before this one may have had under way.
        let seq = *engine.committed.borrow() + 1000;
        Self {
            engine,
            router,
            seq,
            awaiting_commit: VecDeque::new(),
            management: before.as_ref().map(Management::restored).unwrap_or_default(),
            stored_id: before.as_ref().map(|session| session.id.clone()),
            counted: None,
            me: before.map(|session| session.me),
            online: None,
            backoff: Backoff::default(),
            refusals: 0,
            free_at: None,
            is_loading: false,
            sent_to: None,
            login_began: tokio::time::Instant::now(),
            clock: Clock::new(boot_time(), Time::now()),
            status: Status::default(),
            is_store_gone: false,
        }
    }

    /// What another session must begin with, after this one crashed.
    #[must_use]
    pub fn unload(&self, bootstrap: Bootstrap) -> Bootstrap {
        self.router.unload(bootstrap)
    }

    /// Runs until the app asks to quit, or is gone; `dial` makes its byte streams. With `first`, that is told and
    /// waited for before the first attempt.
    pub async fn run(&mut self, dial: &mut dyn Dial, first: Option<DownReason>) {
        self.status.fetch_by(dial.fetch());
        let mut next = first.map_or(Next::Connect, Next::Down);
        loop {
            next = match next {
                Next::Connect => self.connect(dial).await,
                Next::Live => self.live().await,
                Next::Down(reason) => self.down(reason).await,
                Next::Quit => {
                    self.quit().await;
                    return;
                }
            };
            if self.is_store_gone {
                next = Next::Quit;
            }
        }
    }

    /// Sends what the router says: one batch to the store, then the stanzas. What is handed to the connection is
    /// told to the router in turn.
    async fn commit(&mut self, outputs: Outputs) {
        let mut outputs = outputs;
        loop {
            let handed = self.commit_one(outputs).await;
            if handed.is_empty() {
                return;
            }
            outputs = self.router.on_handed_over(Time::now(), handed);
        }
    }

    async fn commit_one(&mut self, outputs: Outputs) -> Vec<StanzaId> {
        let Outputs { entries, is_durable, elements, stanzas, durable } = outputs;
        let is_durable = is_durable || !durable.is_empty();
        let is_loaded = self.is_loading
            && entries.iter().any(|e| matches!(e, Entry::Event(Event::Roster(roster::Event::Loaded(_)))));
        let has_places = entries.iter().any(|e| matches!(e, Entry::Write(Write::StatusPlaces(_))));
        if !entries.is_empty() || is_durable {
            self.batch(entries, is_durable).await;
        }
        if has_places {
            self.status_places_changed().await;
        }
        if is_loaded {
            self.is_loading = false;
            self.step(Step::Load, StepState::Done("contacts are here".into())).await;
        }
        if !durable.is_empty() && self.online.is_some() {
            self.awaiting_commit.push_back((self.seq, durable));
        }
        self.transmit_elements(&elements);
        self.transmit(stanzas)
    }

    async fn batch(&mut self, entries: Vec<Entry>, is_durable: bool) {
        self.seq += 1;
        let account = self.engine.settings.id.clone();
        let batch = Batch { account, seq: self.seq, is_durable, counted: self.counted, entries };
        if self.engine.out.send(batch).await.is_err() {
            self.is_store_gone = true;
        }
    }

    fn transmit_elements(&mut self, elements: &[Element]) {
        let Some(online) = &mut self.online else { return };
        if let Err(error) = elements.iter().try_for_each(|e| online.wire.send_element(e)) {
            online.fault.get_or_insert(error);
        }
    }

    /// Has the store keep the session as it is now, for a start after a kill.
    async fn keep(&mut self) {
        let id = self.management.resume_id();
        if id == self.stored_id.as_deref() {
            return;
        }
        self.stored_id = id.map(str::to_owned);
        self.counted = None;
        let session = self.me.clone().and_then(|me| self.management.resumable(me));
        self.batch(vec![Entry::Write(Write::Resumable(session))], false).await;
    }

    /// Queues stanzas on the wire; gives the ids of the messages among them.
    fn transmit(&mut self, stanzas: Vec<Stanza>) -> Vec<StanzaId> {
        let Some(online) = &mut self.online else { return Vec::new() };
        let mut handed = Vec::new();
        for stanza in stanzas {
            if let Err(error) = online.wire.send(&stanza) {
                online.fault.get_or_insert(error);
                break;
            }
            self.management.on_sent(&stanza);
            if stanza.kind == Kind::Message {
                handed.extend(stanza.id.as_deref().map(StanzaId::from));
            }
        }
        handed
    }

    /// The store has committed more: counts and stanzas that waited go on.
    async fn on_committed(&mut self) {
        let committed = *self.engine.committed.borrow_and_update();
        let answer = self.management.on_committed(committed);
        if let (Some(online), Some(answer)) = (&mut self.online, answer)
            && let Err(error) = online.wire.send_element(&answer)
        {
            online.fault.get_or_insert(error);
        }
        self.release().await;
    }

    /// Puts on the wire what is on disk, as much as the server keeps up with, in one piece.
    async fn release(&mut self) {
        let committed = *self.engine.committed.borrow();
        let mut room = self.management.room();
        let mut free = Vec::new();
        while room > 0
            && let Some((_, stanzas)) = self.awaiting_commit.front_mut().filter(|(seq, _)| *seq <= committed)
        {
            let count = room.min(stanzas.len());
            room -= count;
            free.extend(stanzas.drain(..count));
            if stanzas.is_empty() {
                self.awaiting_commit.pop_front();
            }
        }
        if free.is_empty() {
            return;
        }
        let handed = self.transmit(free);
        if !handed.is_empty() {
            let outputs = self.router.on_handed_over(Time::now(), handed);
            self.commit(outputs).await;
        }
    }

    async fn tell(&mut self, event: session::Event) {
        self.batch(vec![Entry::Event(Event::Session(event))], false).await;
    }

    async fn state(&mut self, state: ConnState) {
        self.tell(session::Event::StateChanged(state)).await;
    }

    async fn step(&mut self, step: Step, state: StepState) {
        let after = self.login_began.elapsed();
        self.tell(session::Event::StepChanged { step, state, after }).await;
    }

    async fn notice(&mut self, words: impl Into<Untrusted>) {
        self.tell(session::Event::Noticed(words.into())).await;
    }

    async fn lines(&mut self, lines: VecDeque<WireLine>) {
        if !lines.is_empty() {
            let entry = |line| Entry::Event(Event::Session(session::Event::Wire(line)));
            self.batch(lines.into_iter().map(entry).collect(), false).await;
        }
    }

    /// When the router wants to be woken. Its deadlines follow a clock that was set.
    fn next_deadline(&mut self) -> Option<Time> {
        let by = self.clock.moved(boot_time(), Time::now());
        if by != 0 {
            tracing::info!("the clock was set by {by} ms");
            self.router.clock_moved(by);
        }
        self.router.next_deadline()
    }

    async fn on_timer(&mut self) {
        // It may have been set while the timer ran.
        if self.next_deadline().is_some_and(|at| at > Time::now()) {
            return;
        }
        let outputs = self.router.on_timer(Time::now());
        self.commit(outputs).await;
    }
}

/// Waits for what every phase reacts to; may be dropped without losing anything.
async fn common_input(
    commands: &mut mpsc::Receiver<Command>,
    committed: &mut watch::Receiver<u64>,
    status: &mut Status,
    deadline: Option<Time>,
) -> CommonInput {
    // Before those who may never pause.
    if deadline.is_some_and(|at| at < Time::now()) {
        return CommonInput::Timer;
    }
    let timer = async {
        match deadline {
            Some(at) => tokio::time::sleep(at.since(Time::now()) + Duration::from_millis(1)).await,
            None => std::future::pending().await,
        }
    };
    let store = async {
        if committed.changed().await.is_err() {
            // The store is gone; the next batch tells.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = store => CommonInput::Committed,
        command = commands.recv() => command.map_or(CommonInput::AppGone, CommonInput::Command),
        () = timer => CommonInput::Timer,
        due = status.due() => CommonInput::Status(due),
    }
}

/// The reason why a wire gave out.
fn reason(error: &WireError) -> DownReason {
    super::stream::negotiate::wire_reason(error)
}
