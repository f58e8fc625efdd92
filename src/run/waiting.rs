//! Requests that the store could not take at once: the user's writes, of which only the newest for each place counts,
//! and queries, of which only the newest are still wanted. The app's task never waits for them.
//!
//! A read mark is held back for a second: while somebody looks at a chat, each message that comes is read at once, and a
//! commit for each mark would cost as much as the message. A kill loses at most that second of marks; a regular end
//! loses none.

use crate::{
    contract::{Query, UserWrite},
    store::Store,
};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::{
    sync::mpsc::{self, error::TrySendError},
    time::Instant,
};

/// Most questions that wait.
const QUERIES_MAX: usize = 16;
/// How long a read mark may wait for a later one of the same chat.
const READ_DELAY: Duration = Duration::from_secs(1);
/// How often the store's release is looked for, every 5 ms.
const RELEASE_TRIES: usize = 200;

/// Writes and questions on their way to the store.
pub struct Waiting {
    store: Arc<Store>,
    writes: VecDeque<UserWrite>,
    /// Read marks, the newest of each chat.
    marks: Vec<UserWrite>,
    /// When the marks go to the store.
    marks_at: Option<Instant>,
    queries: VecDeque<Query>,
}

impl Waiting {
    /// Nothing waits yet.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, writes: VecDeque::new(), marks: Vec::new(), marks_at: None, queries: VecDeque::new() }
    }

    /// Hands a write to the store, now or later.
    pub fn write(&mut self, write: UserWrite) {
        self.writes.retain(|old| !is_replaced(old, &write));
        match &write {
            UserWrite::Read { .. } => {
                self.marks.retain(|old| !is_replaced(old, &write));
                self.marks.push(write);
                self.marks_at.get_or_insert_with(|| Instant::now() + READ_DELAY);
                return;
            }
            // A mark behind it would bring the account back.
            UserWrite::Forget(_) => self.release(),
            UserWrite::Draft { .. }
            | UserWrite::Listed { .. }
            | UserWrite::Current { .. }
            | UserWrite::Unfolded { .. } => {}
        }
        self.writes.push_back(write);
        self.flush();
    }

    /// The marks wait no longer.
    fn release(&mut self) {
        self.marks_at = None;
        self.writes.extend(self.marks.drain(..));
    }

    /// Hands a question to the store, now or later.
    pub fn query(&mut self, query: Query) {
        if matches!(query, Query::Chats { .. }) {
            self.release();
        }
        self.queries.retain(|old| !is_outdated(old, &query));
        if self.queries.len() >= QUERIES_MAX {
            self.queries.pop_front();
        }
        self.queries.push_back(query);
        self.flush();
    }

    /// Hands over as much as there is room for.
    pub fn flush(&mut self) {
        if self.marks_at.is_some_and(|at| at <= Instant::now()) {
            self.release();
        }
        push(&mut self.writes, &self.store.writes);
        push(&mut self.queries, &self.store.queries);
    }

    /// Waits until there is room for what waits, or time for the marks; for ever, where nothing waits.
    pub async fn room(&self) {
        tokio::select! {
            _ = self.store.writes.reserve(), if !self.writes.is_empty() => {}
            _ = self.store.queries.reserve(), if !self.queries.is_empty() => {}
            () = tokio::time::sleep_until(self.marks_at.unwrap_or_else(Instant::now)), if self.marks_at.is_some() => {}
            () = std::future::pending() => {}
        }
    }

    /// Hands over the last writes and closes the store: what waits there is committed.
    pub async fn close(mut self) {
        self.release();
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
    // What a write is about; a later one about the same says it better.
    let about = |write: &UserWrite| match write {
        UserWrite::Draft { chat, .. } | UserWrite::Read { chat, .. } | UserWrite::Listed { chat, .. } => {
            Some((Some(chat.account.clone()), Some(chat.clone())))
        }
        UserWrite::Unfolded { account, .. } => Some((Some(account.clone()), None)),
        UserWrite::Current { .. } => Some((None, None)),
        UserWrite::Forget(_) => None,
    };
    std::mem::discriminant(old) == std::mem::discriminant(new) && about(old).is_some_and(|o| Some(o) == about(new))
}

/// Whether a later question makes an earlier one pointless.
fn is_outdated(old: &Query, new: &Query) -> bool {
    match (old, new) {
        (Query::Page { chat: a, .. }, Query::Page { chat: b, .. }) => a == b,
        (Query::Search { .. }, Query::Search { .. }) | (Query::Place { .. }, Query::Place { .. }) => true,
        (Query::Chats { account: a }, Query::Chats { account: b }) => a == b,
        (
            Query::Page { .. } | Query::Place { .. } | Query::Search { .. } | Query::Chats { .. },
            Query::Page { .. } | Query::Place { .. } | Query::Search { .. } | Query::Chats { .. },
        ) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, BareJid, ChatId, Order};

    #[tokio::test(start_paused = true)]
    async fn marks_wait_for_later_ones_of_their_chat_and_no_longer_than_a_second() {
        let dir = tempfile::tempdir().unwrap();
        let mut waiting = Waiting::new(Arc::new(Store::open(dir.path()).unwrap()));
        let account = AccountId(BareJid::parse("me@a.test").unwrap());
        let chat = |jid: &str| ChatId::new(account.clone(), BareJid::parse(jid).unwrap().to_jid());
        let read = |jid: &str, up_to| UserWrite::Read { chat: chat(jid), up_to: Order(up_to) };
        for write in [read("bob@a.test", 1), read("eve@a.test", 5), read("bob@a.test", 2)] {
            waiting.write(write);
        }
        assert_eq!(waiting.marks, [read("eve@a.test", 5), read("bob@a.test", 2)]);
        waiting.flush();
        assert_eq!(waiting.marks.len(), 2);
        let began = Instant::now();
        waiting.room().await;
        assert!(began.elapsed() >= READ_DELAY && began.elapsed() < READ_DELAY * 2);
        waiting.flush();
        assert!(waiting.marks.is_empty() && waiting.marks_at.is_none());
        waiting.write(read("bob@a.test", 3));
        waiting.write(UserWrite::Forget(account.clone()));
        assert!(waiting.marks.is_empty(), "no mark comes behind what forgets its account");
        waiting.write(read("eve@a.test", 6));
        waiting.close().await;
    }
}
