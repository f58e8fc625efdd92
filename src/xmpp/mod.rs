//! The engine: one tokio task per account owns its XMPP session.
//!
//! `connect` makes byte streams, `stream` makes sessions of them, `session` is the task, `router` and `features`
//! say what a stanza means. The task is watched over: a fault in it costs one login, never the program.

pub mod connect;
pub mod feature;
pub mod features;
pub mod iq;
pub mod kit;
pub mod link;
mod peers;
pub mod random;
pub mod registry;
pub mod router;
pub mod session;
pub mod stanza;
pub mod stream;

use crate::contract::event::session::Event as SessionEvent;
use crate::contract::{Batch, Bootstrap, Command, Entry, Event};
use crate::model::{AccountSettings, ConnState, DownReason, Intent};
use connect::Dial;
use futures_util::FutureExt;
use session::{Engine, Session};
use std::panic::AssertUnwindSafe;
use stream::watchdog::STABLE;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Commands that may wait.
const COMMANDS: usize = 64;
/// Faults of our own in a row, each soon after the last, after which the account stops until the next start.
const CRASHES_MAX: u32 = 3;

/// The app's end of an engine.
#[derive(Debug)]
pub struct EngineHandle {
    /// What to do. The app only ever uses `try_send`.
    pub commands: mpsc::Sender<Command>,
    /// Ends after `Command::Quit`, or when `commands` is dropped.
    pub task: JoinHandle<()>,
}

/// Starts an account's engine; it connects at once.
#[must_use]
pub fn spawn(
    settings: AccountSettings,
    intent: Intent,
    bootstrap: Bootstrap,
    dial: Box<dyn Dial>,
    out: mpsc::Sender<Batch>,
    committed: watch::Receiver<u64>,
) -> EngineHandle {
    let (commands_in, commands) = mpsc::channel(COMMANDS);
    let watched = watch::Sender::new(false);
    let engine = Engine { settings, intent, user: None, token: None, out, committed, commands, watched };
    EngineHandle { commands: commands_in, task: tokio::spawn(supervise(engine, dial, bootstrap)) }
}

/// Runs the session; after a panic, another one with what is left.
async fn supervise(mut engine: Engine, mut dial: Box<dyn Dial>, bootstrap: Bootstrap) {
    // A second session must not trust a roster or counts that have moved on, nor the outbox of the start.
    let again = Bootstrap { outbox: Vec::new(), roster_version: None, resumable: None, ..bootstrap.clone() };
    let mut next = bootstrap;
    let mut first = None;
    let mut crashes = 0;
    loop {
        let began = Instant::now();
        let mut session = Session::new(&mut engine, next);
        let Err(panic) = AssertUnwindSafe(session.run(&mut *dial, first)).catch_unwind().await else { return };
        // What the user wrote and nobody confirmed is still to be sent.
        let unload = std::panic::catch_unwind(AssertUnwindSafe(|| session.unload(again.clone())));
        drop(session);
        let words = said(&*panic);
        tracing::error!(account = %engine.settings.id, "the engine's task crashed: {words}");
        let reason = DownReason::Crashed(words.into());
        crashes = if began.elapsed() < STABLE { crashes + 1 } else { 1 };
        if crashes > CRASHES_MAX {
            stop(&mut engine, reason).await;
            return;
        }
        first = Some(reason);
        next = unload.unwrap_or_else(|_| again.clone());
    }
}

/// Tells that this account is over until the program starts again.
async fn stop(engine: &mut Engine, reason: DownReason) {
    for event in [SessionEvent::StateChanged(ConnState::Stopped(reason)), SessionEvent::Closed] {
        let seq = *engine.committed.borrow() + 10_000;
        let entries = vec![Entry::Event(Event::Session(event))];
        let batch = Batch { account: engine.settings.id.clone(), seq, is_durable: false, counted: None, entries };
        if engine.out.send(batch).await.is_err() {
            return;
        }
    }
}

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a word".to_owned())
}
