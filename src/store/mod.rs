//! The message history in SQLite. No other module uses rusqlite.
//!
//! SQLite blocks, so it has two threads. The [`writer`] stands between the engines and the app: it commits a batch
//! before it passes the batch's events on, so everything that is shown is stored. The [`reader`] answers the screen's
//! queries on a connection of its own. The shell holds a [`Store`], which opens the profile, starts both threads,
//! connects engines to the writer and ends both.
//!
//! `tables/` has one file per table or group of tables. What is stored beside messages is in `facts/`.

mod apply;
mod check;
mod error;
mod facts;
mod former;
mod ladder;
mod order;
mod place;
mod profile;
mod reader;
mod schema;
mod spread;
mod tables;
mod threads;
mod wait;
mod writer;

pub use error::StoreError;

use crate::contract::{Batch, Bootstrap, Committed, Query, Reply, StoreNews, UserWrite};
use crate::model::AccountId;
use std::{
    path::{Path, PathBuf},
    thread::JoinHandle,
};
use tables::{Sql, accounts, answered, archives, caps, chats, resumable, roster, status_places, timeline};
use threads::start;
use tokio::sync::{mpsc, watch};
use writer::{Control, Ends, Source, Writer};

/// How many batches of one engine may wait for the writer.
const BATCHES: usize = 256;
/// How many user writes may wait.
const WRITES: usize = 64;
/// How many groups of committed events may wait for the app.
const COMMITTED: usize = 64;
/// How many queries may wait, and how many replies.
const QUERIES: usize = 16;
/// How many failures may wait for the app.
const FAILURES: usize = 16;

/// The receiving ends of the store's channels. The shell's loop takes them once.
#[derive(Debug)]
pub struct StoreOutputs {
    /// The events of committed batches, in order.
    pub committed: mpsc::Receiver<Committed>,
    /// Answers to questions.
    pub replies: mpsc::Receiver<Reply>,
    /// Trouble with the disk or the file, and the end of it.
    pub failures: mpsc::Receiver<StoreNews>,
}

/// An open profile. Dropped without [`Store::close`] it ends as after a kill: nothing that was committed is lost.
#[derive(Debug)]
pub struct Store {
    /// Takes what the user's own actions write.
    pub writes: mpsc::Sender<UserWrite>,
    /// Takes the screen's queries.
    pub queries: mpsc::Sender<Query>,
    control: mpsc::UnboundedSender<Control>,
    outputs: Option<StoreOutputs>,
    path: PathBuf,
    threads: Vec<JoinHandle<()>>,
    check: Option<check::Check>,
    watch: place::Watch,
}

impl Store {
    /// Opens the profile in this folder and starts its threads. A damaged history is put aside, and the
    /// first of `failures` says so; after an unclean end the file is checked in the background.
    ///
    /// # Errors
    /// When another process holds the profile, a newer parlour wrote it, or it cannot be used at all.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        profile::make_dir(dir)?;
        let lock = profile::Lock::take(dir)?;
        let was_unclean = lock.was_unclean;
        let path = dir.join(profile::DATABASE);
        let (conn, told) = schema::open(&path)?;
        let read = schema::open_reader(&path)?;
        let (writes, user_writes) = mpsc::channel(WRITES);
        let (queries, asked) = mpsc::channel(QUERIES);
        let (committed, committed_out) = mpsc::channel(COMMITTED);
        let (reply, replies) = mpsc::channel(QUERIES);
        let (failed, failures) = mpsc::channel(FAILURES);
        // Unbounded, since an engine's start must not wait; one entry per start of an engine.
        let (control, controlled) = mpsc::unbounded_channel();
        if let Some(told) = told {
            let _ = failed.try_send(StoreNews::Told(told));
        }
        let check = was_unclean.then(|| check::Check::start(path.clone(), failed.clone())).transpose()?;
        let ends = Ends { control: controlled, writes: user_writes, committed, failures: failed };
        let place = place::Place::new(dir, lock)?;
        let look = control.clone();
        let watch = place::Watch::start(dir, move || look.send(Control::Look).is_ok())?;
        let writer = Writer::new(conn, path.clone(), place, ends);
        let writer = start("store-write", &path, move || writer.run().release())?;
        let reader = start("store-read", &path, move || reader::run(&read, asked, &reply))?;
        let outputs = Some(StoreOutputs { committed: committed_out, replies, failures });
        Ok(Self { writes, queries, control, outputs, path, threads: vec![reader, writer], check, watch })
    }

    /// The receiving ends; `None` the second time.
    pub fn take_outputs(&mut self) -> Option<StoreOutputs> {
        self.outputs.take()
    }

    /// What an engine must know when it starts. Reads the disk for a few milliseconds.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn bootstrap(&self, account: &AccountId) -> Result<Bootstrap, StoreError> {
        let conn = schema::open_reader(&self.path)?;
        Ok(load(&conn, account)?)
    }

    /// Connects an engine: its way in, and the sequence number that was committed last.
    pub fn attach(&self, _account: &AccountId) -> (mpsc::Sender<Batch>, watch::Receiver<u64>) {
        let (sender, batches) = mpsc::channel(BATCHES);
        let (committed, seen) = watch::channel(0);
        // Only fails after the writer died: then the engine's first batch finds a closed channel.
        let _ = self.control.send(Control::Attach(Source { batches, committed }));
        (sender, seen)
    }

    /// Commits what waits and ends both threads; empties the write-ahead log. Blocks until that is done:
    /// the outputs must be drained meanwhile, or dropped.
    pub fn close(self) {
        let Self { writes, queries, control, outputs, path: _, threads, check, watch } = self;
        drop(outputs);
        drop(queries);
        if let Some(check) = check {
            check.stop();
        }
        watch.stop();
        // Only fails after the writer died.
        let _ = control.send(Control::Stop);
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
        drop(writes);
    }
}

fn load(conn: &rusqlite::Connection, account: &AccountId) -> Sql<Bootstrap> {
    let caps = caps::all(conn)?;
    let Some(id) = accounts::find(conn, account)? else { return Ok(Bootstrap { caps, ..Bootstrap::default() }) };
    Ok(Bootstrap {
        roster_version: accounts::roster_version(conn, id)?,
        contacts: roster::all(conn, id)?,
        archives: archives::all(conn, id)?,
        caps,
        outbox: timeline::outbox(conn, id, account)?,
        accepted: chats::accepted(conn, id)?,
        rooms: chats::rooms(conn, id)?,
        resumable: resumable::get(conn, id)?,
        status_places: status_places::get(conn, id)?,
        answered: answered::all(conn, id)?,
    })
}
