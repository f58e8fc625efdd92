//! Waits for tokio channels in a plain thread.
//!
//! The writer and the reader are threads, since SQLite blocks, and have no runtime. [`block_on`] polls a future and
//! parks the thread; the future's waker unparks it.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs one future on this thread, asleep while it has nothing to do.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// The same for at most so long; then `None`.
pub(super) fn block_for<F: Future>(time: Duration, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    let until = Instant::now() + time;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match future.as_mut().poll(&mut cx) {
            Poll::Ready(value) => return Some(value),
            Poll::Pending if left.is_zero() => return None,
            Poll::Pending => thread::park_timeout(left),
        }
    }
}
