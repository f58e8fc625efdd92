//! The writer thread. Every event passes through it, so everything that is shown is stored.
//!
//! A commit costs as much as fifty rows, so all waiting batches go into one transaction, up to 256 rows or 20 ms. A
//! batch that comes right after a commit waits a few milliseconds for others; otherwise a flood would be committed row
//! by row. A durable batch does not wait, since stanzas wait for it; it takes along what is there already. After the
//! commit the writer first publishes the sequence numbers, so that the engines may send, and then passes the events to
//! the app.
//!
//! A database that was deleted or moved meanwhile takes no more writes: see [`place`](super::place).

use super::error::{is_damage, is_passing};
use super::place::Place;
use super::tables::messages::Live;
use super::tables::{Sql, accounts, indexing, purge};
use super::{apply, wait};
use crate::contract::{Batch, Committed, Entry, Event, StoreNews, UserWrite, Write};
use crate::model::AccountId;
use crate::words;
use rusqlite::Connection;
use std::{
    collections::{HashMap, VecDeque},
    future::poll_fn,
    path::PathBuf,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch};

/// Rows of one transaction.
const ROWS: usize = 256;
/// Time of one transaction.
const TIME: Duration = Duration::from_millis(20);
/// The least time between two transactions: nobody sees it, but a flood makes tens of rows in it.
const PAUSE: Duration = Duration::from_millis(2);
/// The same after a transaction of several jobs.
const PAUSE_IN_FLOOD: Duration = Duration::from_millis(5);
/// Events of one message to the app.
const EVENTS: usize = 256;
/// How long what was seen of the profile's files holds, where nothing tells that they changed.
const LOOK: Duration = Duration::from_millis(200);
/// Between two tries while the disk is full.
const RETRY: Duration = Duration::from_millis(500);

/// What the handle asks of the writer.
pub(super) enum Control {
    /// An engine's batches come from here.
    Attach(Source),
    /// The profile's files may be gone.
    Look,
    /// Commit what waits, then end.
    Stop,
}

/// One engine.
pub(super) struct Source {
    /// Its batches.
    pub batches: mpsc::Receiver<Batch>,
    /// Tells it what is committed.
    pub committed: watch::Sender<u64>,
}

/// The writer's ends of the channels.
pub(super) struct Ends {
    /// From the handle.
    pub control: mpsc::UnboundedReceiver<Control>,
    /// From the app.
    pub writes: mpsc::Receiver<UserWrite>,
    /// To the app.
    pub committed: mpsc::Sender<Committed>,
    /// To the app: how the store fares.
    pub failures: mpsc::Sender<StoreNews>,
}

/// The writer's thread.
pub(super) struct Writer {
    conn: Connection,
    path: PathBuf,
    place: Place,
    ends: Ends,
    sources: Vec<Source>,
    turn: usize,
    is_stopping: bool,
    is_orphan: bool,
    /// There may be work that waits until nothing else does.
    has_chores: bool,
    /// Something may have been emptied that the log of the database still holds.
    has_purge: bool,
    /// How long the next piece of it waits for something better to do.
    chore_rest: Duration,
    /// Nothing could be written the last time.
    is_stuck: bool,
    live: Live,
    /// What is not urgent waits until then.
    rest_until: Option<Instant>,
    /// How the database is synchronised now, where that is known.
    is_full: Option<bool>,
    /// When the profile's files were last seen where they belong.
    looked: Option<Instant>,
}

enum Job {
    /// From this source.
    Batch(usize, Batch),
    User(UserWrite),
    /// To see whether the profile's files are still there.
    Look,
}

/// Why nothing could be committed.
enum Fault {
    /// SQLite failed.
    Sql(rusqlite::Error),
    /// The profile's files are not where they were.
    Gone(String),
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// What a job's writes made, in the order of the writes.
type Made = VecDeque<Vec<Event>>;

/// How many stanzas of each account's session are on disk with a transaction: written once, at its end.
type Counts<'a> = HashMap<&'a AccountId, u32>;

impl Writer {
    pub(super) fn new(conn: Connection, path: PathBuf, place: Place, ends: Ends) -> Self {
        Self {
            conn,
            path,
            place,
            ends,
            sources: Vec::new(),
            turn: 0,
            is_stopping: false,
            is_orphan: false,
            has_chores: true,
            has_purge: false,
            chore_rest: Duration::ZERO,
            is_stuck: false,
            live: Live::default(),
            rest_until: None,
            is_full: None,
            looked: None,
        }
    }

    /// Works until it is told to stop, or until nobody is left who could write. Gives back what marks the profile as
    /// used.
    pub(super) fn run(mut self) -> Place {
        while let Some(first) = self.next_job() {
            self.rest(&first);
            let mut jobs = self.drain(first);
            while !jobs.is_empty() {
                match self.commit_some(&mut jobs) {
                    Ok(()) => self.goes_on(),
                    Err(fault) if self.can_go_on(&fault) => {}
                    Err(_) => return self.place,
                }
            }
        }
        if let Err(error) = self.conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            tracing::warn!(%error, "the write-ahead log could not be emptied");
        }
        self.place
    }

    /// The next job; does a piece of the chores whenever nothing waits, for a third of the time. `None` at the end.
    fn next_job(&mut self) -> Option<Job> {
        // Jobs name their source by place, and here no job is under way.
        self.sources.retain(|s| !(s.batches.is_closed() && s.batches.is_empty()));
        loop {
            if !self.has_chores {
                return wait::block_on(poll_fn(|cx| self.poll_job(cx)));
            }
            if let Some(job) = wait::block_for(self.chore_rest, poll_fn(|cx| self.poll_job(cx))) {
                return job;
            }
            let start = Instant::now();
            let step =
                |conn: &Connection| Ok(accounts::forget_some(conn)? || indexing::step(conn)? || purge::step(conn)?);
            self.has_chores = match self.in_transaction(step) {
                Ok(is_more) => is_more,
                Err(error) => {
                    tracing::warn!(%error, "an account or an index could not be worked on now; it goes on at the next start");
                    false
                }
            };
            if !self.has_chores && std::mem::take(&mut self.has_purge) && purge::finish(&self.conn).is_err() {
                tracing::debug!("the log of the database could not be emptied now");
            }
            self.chore_rest = start.elapsed() * 2;
        }
    }

    fn poll_job(&mut self, cx: &mut Context<'_>) -> Poll<Option<Job>> {
        while let Poll::Ready(control) = self.ends.control.poll_recv(cx) {
            match control {
                Some(Control::Attach(source)) => self.sources.push(source),
                Some(Control::Look) => return Poll::Ready(Some(Job::Look)),
                Some(Control::Stop) => self.is_stopping = true,
                None => {
                    self.is_orphan = true;
                    break;
                }
            }
        }
        let mut is_user_gone = false;
        match self.ends.writes.poll_recv(cx) {
            Poll::Ready(Some(write)) => return Poll::Ready(Some(Job::User(write))),
            Poll::Ready(None) => is_user_gone = true,
            Poll::Pending => {}
        }
        // Everybody in turn, so that one flooded account does not hold up the others.
        for step in 0..self.sources.len() {
            let at = (self.turn + step) % self.sources.len();
            if let Some(source) = self.sources.get_mut(at)
                && let Poll::Ready(Some(batch)) = source.batches.poll_recv(cx)
            {
                self.turn = at + 1;
                return Poll::Ready(Some(Job::Batch(at, batch)));
            }
        }
        let are_engines_gone = self.sources.iter().all(|s| s.batches.is_closed() && s.batches.is_empty());
        if self.is_stopping || (self.is_orphan && is_user_gone && are_engines_gone) {
            return Poll::Ready(None);
        }
        Poll::Pending
    }

    /// Lets more come together, where the last transaction was only just now.
    fn rest(&self, first: &Job) {
        let rest = self.rest_until.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
        if !rest.is_zero() && !first.is_durable() {
            thread::sleep(rest);
        }
    }

    fn drain(&mut self, first: Job) -> VecDeque<Job> {
        let mut rows = first.rows();
        let mut jobs = VecDeque::from([first]);
        while rows < ROWS {
            let Poll::Ready(Some(job)) = self.poll_job(&mut Context::from_waker(Waker::noop())) else { break };
            rows += job.rows();
            jobs.push_back(job);
        }
        jobs
    }

    /// Commits the first jobs, as many as fit into the time; those are gone from `jobs`, and told.
    fn commit_some(&mut self, jobs: &mut VecDeque<Job>) -> Result<(), Fault> {
        let is_doubtful = self.is_stuck || jobs.iter().any(|job| matches!(job, Job::Look));
        if is_doubtful || self.looked.is_none_or(|at| at.elapsed() >= LOOK) {
            self.place.check().map_err(Fault::Gone)?;
            self.looked = Some(Instant::now());
        }
        let mut made: Vec<Made> = Vec::new();
        if jobs.iter().any(Job::has_writes) {
            let is_durable = jobs.iter().any(Job::is_durable);
            self.synchronise(is_durable)?;
            let live = &mut self.live;
            let start = Instant::now();
            made = transaction(&self.conn, |conn| {
                let mut made = Vec::new();
                let mut counts = Counts::new();
                for job in jobs.iter() {
                    if !made.is_empty() && start.elapsed() > TIME {
                        break;
                    }
                    made.push(job.apply(conn, live)?);
                    job.count(&mut counts);
                }
                for (account, handled) in counts {
                    apply::count(conn, account, handled)?;
                }
                Ok(made)
            })?;
            self.rest_until = Some(Instant::now() + if made.len() > 1 { PAUSE_IN_FLOOD } else { PAUSE });
        } else {
            made.resize_with(jobs.len(), Made::new);
        }
        let done: Vec<Job> = jobs.drain(..made.len()).collect();
        self.publish(&done);
        self.tell(done, made);
        Ok(())
    }

    /// Has commits wait for the disk, or not. SQLite takes a new value only between transactions.
    fn synchronise(&mut self, is_full: bool) -> Sql<()> {
        if self.is_full != Some(is_full) {
            self.conn.pragma_update(None, "synchronous", if is_full { "FULL" } else { "NORMAL" })?;
            self.is_full = Some(is_full);
        }
        Ok(())
    }

    fn publish(&mut self, done: &[Job]) {
        for job in done {
            match job {
                Job::Batch(at, batch) => {
                    let is_due = purge::is_due_after(batch);
                    (self.has_chores, self.has_purge) = (self.has_chores || is_due, self.has_purge || is_due);
                    if let Some(source) = self.sources.get(*at) {
                        source.committed.send_replace(batch.seq);
                    }
                }
                Job::User(UserWrite::Forget(_)) => {
                    self.has_chores = true;
                    self.live.spent.clear();
                }
                Job::User(
                    UserWrite::Draft { .. }
                    | UserWrite::Read { .. }
                    | UserWrite::Listed { .. }
                    | UserWrite::Current { .. }
                    | UserWrite::Unfolded { .. },
                )
                | Job::Look => {}
            }
        }
    }

    /// Passes the events on, those of one account after the other together.
    fn tell(&mut self, done: Vec<Job>, made: Vec<Made>) {
        let mut account: Option<AccountId> = None;
        let mut events: Vec<Event> = Vec::new();
        for (job, mut made) in done.into_iter().zip(made) {
            let Job::Batch(_, batch) = job else { continue };
            if let Some(before) = account.replace(batch.account.clone())
                && before != batch.account
            {
                self.send(&before, std::mem::take(&mut events));
            }
            for entry in batch.entries {
                match entry {
                    Entry::Event(event) => events.push(event),
                    Entry::Write(_) => events.extend(made.pop_front().unwrap_or_default()),
                }
            }
        }
        if let Some(account) = account {
            self.send(&account, events);
        }
    }

    fn send(&self, account: &AccountId, events: Vec<Event>) {
        let mut events = events.into_iter().peekable();
        while events.peek().is_some() {
            let events = events.by_ref().take(EVENTS).collect();
            // A closed channel means that the app ends: then there is nobody to tell.
            let _ = self.ends.committed.blocking_send(Committed { account: account.clone(), events });
        }
    }

    fn in_transaction<T>(&self, work: impl FnOnce(&Connection) -> Sql<T>) -> Sql<T> {
        transaction(&self.conn, work)
    }

    /// After a transaction: tells where one before it could not be written.
    fn goes_on(&mut self) {
        if std::mem::replace(&mut self.is_stuck, false) {
            let _ = self.ends.failures.blocking_send(StoreNews::Over);
        }
    }

    /// After a failed transaction: whether it may be tried again. Tells the app once.
    fn can_go_on(&mut self, fault: &Fault) -> bool {
        let path = self.path.display().to_string();
        let told = match fault {
            Fault::Gone(why) => why.clone(),
            Fault::Sql(error) if is_passing(error) => words::store::cannot_write(error, &path),
            Fault::Sql(error) => {
                if is_damage(error) {
                    super::profile::mark_damaged(&self.path);
                }
                let told = words::store::cannot_write_any_more(&path, error);
                let _ = self.ends.failures.try_send(StoreNews::Told(told));
                return false;
            }
        };
        if !std::mem::replace(&mut self.is_stuck, true) {
            // The app never waits for the writer, so this ends; when it is gone, nobody needs to know.
            let _ = self.ends.failures.blocking_send(StoreNews::Stuck(told));
        }
        while let Ok(control) = self.ends.control.try_recv() {
            match control {
                Control::Attach(source) => self.sources.push(source),
                // It is looked at with every try.
                Control::Look => {}
                Control::Stop => self.is_stopping = true,
            }
        }
        if !self.is_stopping {
            thread::sleep(RETRY);
        }
        !self.is_stopping
    }
}

fn transaction<T>(conn: &Connection, work: impl FnOnce(&Connection) -> Sql<T>) -> Sql<T> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let commit = || conn.prepare_cached("COMMIT").and_then(|mut s| s.execute([]));
    let done = work(conn).and_then(|value| commit().map(|_| value));
    if done.is_err() && !conn.is_autocommit() {
        // What failed is told; a rollback that fails as well adds nothing.
        let _ = conn.execute_batch("ROLLBACK");
    }
    done
}

impl Job {
    fn rows(&self) -> usize {
        match self {
            Self::Look => 0,
            Self::User(_) => 1,
            Self::Batch(_, batch) => batch
                .entries
                .iter()
                .map(|entry| match entry {
                    Entry::Write(Write::Page { messages, .. }) => messages.len(),
                    Entry::Write(_) | Entry::Event(_) => 1,
                })
                .sum(),
        }
    }

    fn is_durable(&self) -> bool {
        match self {
            Self::User(_) | Self::Look => false,
            Self::Batch(_, batch) => batch.is_durable,
        }
    }

    /// Whether a transaction is needed. Every stanza of a session that can be resumed needs one, also a presence that
    /// writes nothing else: its batch is `counted`, and the count on the disk must cover the stanza before the app is
    /// told of it and before the server is told that it was handled. If the program is killed, the next start asks for
    /// all later stanzas again, so a stanza is neither lost nor shown twice (XEP-0198 §5).
    fn has_writes(&self) -> bool {
        match self {
            Self::Look => false,
            Self::User(_) => true,
            Self::Batch(_, batch) => {
                batch.counted.is_some() || batch.entries.iter().any(|e| matches!(e, Entry::Write(_)))
            }
        }
    }

    /// Notes its count; counts of a session that is over by now are nothing to the one after it.
    fn count<'a>(&'a self, counts: &mut Counts<'a>) {
        let Self::Batch(_, batch) = self else { return };
        if batch.entries.iter().any(|e| matches!(e, Entry::Write(Write::Resumable(_)))) {
            counts.remove(&batch.account);
        }
        if let Some(handled) = batch.counted {
            counts.insert(&batch.account, handled);
        }
    }

    fn apply(&self, conn: &Connection, live: &mut Live) -> Sql<Made> {
        let mut made = Made::new();
        match self {
            Self::Look => {}
            Self::User(write) => apply::user_write(conn, write)?,
            Self::Batch(_, batch) => {
                for entry in &batch.entries {
                    if let Entry::Write(write) = entry {
                        made.push_back(apply::write(conn, &batch.account, write, live)?);
                    }
                }
            }
        }
        Ok(made)
    }
}
