//! Requests that the store could not take at once: the user's writes, of which only the newest for each place counts,
//! and queries, of which only the newest are still wanted. The app's task never waits for them.

use crate::{
    contract::{Query, UserWrite},
    store::Store,
};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::sync::mpsc::{self, error::TrySendError};

/// Most questions that wait.
const QUERIES_MAX: usize = 16;
/// How often the store's release is looked for, every 5 ms.
const RELEASE_TRIES: usize = 200;

/// Writes and questions on their way to the store.
pub struct Waiting {
    store: Arc<Store>,
    writes: VecDeque<UserWrite>,
    queries: VecDeque<Query>,
}

impl Waiting {
    /// Nothing waits yet.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, writes: VecDeque::new(), queries: VecDeque::new() }
    }

    /// Hands a write to the store, now or later.
    pub fn write(&mut self, write: UserWrite) {
        self.writes.retain(|old| !is_replaced(old, &write));
        self.writes.push_back(write);
        self.flush();
    }

    /// Hands a question to the store, now or later.
    pub fn query(&mut self, query: Query) {
        self.queries.retain(|old| !is_outdated(old, &query));
        if self.queries.len() >= QUERIES_MAX {
            self.queries.pop_front();
        }
        self.queries.push_back(query);
        self.flush();
    }

    /// Hands over as much as there is room for.
    pub fn flush(&mut self) {
        push(&mut self.writes, &self.store.writes);
        push(&mut self.queries, &self.store.queries);
    }

    /// Waits until there is room for what waits; for ever, where nothing does.
    pub async fn room(&self) {
        tokio::select! {
            _ = self.store.writes.reserve(), if !self.writes.is_empty() => {}
            _ = self.store.queries.reserve(), if !self.queries.is_empty() => {}
            () = std::future::pending() => {}
        }
    }

    /// Hands over the last writes and closes the store: what waits there is committed.
    pub async fn close(mut self) {
        self.flush();
        while let Some(write) = self.writes.pop_front() {
            if self.store.writes.send(write).await.is_err() {
                break;
            }
        }
        let mut store = self.store;
        // An engine that was about to start may still be reading.
        for _ in 0..RELEASE_TRIES {
            store = match Arc::try_unwrap(store) {
                Ok(store) => {
                    if let Err(e) = tokio::task::spawn_blocking(move || store.close()).await {
                        tracing::error!("the store was not closed: {e}");
                    }
                    return;
                }
                Err(shared) => shared,
            };
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tracing::error!("the store was not closed: it is still in use");
    }
}

fn push<T>(waiting: &mut VecDeque<T>, to: &mpsc::Sender<T>) {
    while let Some(next) = waiting.pop_front() {
        match to.try_send(next) {
            Ok(()) => {}
            Err(TrySendError::Full(back)) => {
                waiting.push_front(back);
                return;
            }
            // The store ended, which it tells by itself.
            Err(TrySendError::Closed(_)) => return waiting.clear(),
        }
    }
}

/// Whether a later write makes an earlier one pointless.
fn is_replaced(old: &UserWrite, new: &UserWrite) -> bool {
    match (old, new) {
        (UserWrite::Draft { chat: a, .. }, UserWrite::Draft { chat: b, .. })
        | (UserWrite::Read { chat: a, .. }, UserWrite::Read { chat: b, .. })
        | (UserWrite::Listed { chat: a, .. }, UserWrite::Listed { chat: b, .. }) => a == b,
        (
            UserWrite::Draft { .. } | UserWrite::Read { .. } | UserWrite::Listed { .. } | UserWrite::Forget(_),
            UserWrite::Draft { .. } | UserWrite::Read { .. } | UserWrite::Listed { .. } | UserWrite::Forget(_),
        ) => false,
    }
}

/// Whether a later question makes an earlier one pointless.
fn is_outdated(old: &Query, new: &Query) -> bool {
    match (old, new) {
        (Query::Page { chat: a, .. }, Query::Page { chat: b, .. }) => a == b,
        (Query::Search { .. }, Query::Search { .. }) => true,
        (Query::Chats { account: a }, Query::Chats { account: b }) => a == b,
        (
            Query::Page { .. } | Query::Search { .. } | Query::Chats { .. },
            Query::Page { .. } | Query::Search { .. } | Query::Chats { .. },
        ) => false,
    }
}
