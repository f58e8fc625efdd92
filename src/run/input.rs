//! The keyboard. The app's own task waits for the terminal's bytes, so that a key is one step from the screen, and
//! nothing reads while another program has the terminal.

use super::decode::KeyDecoder;
use crate::update::Msg;
use std::{collections::VecDeque, io, time::Duration};
use tokio::{
    io::{Interest, unix::AsyncFd},
    sync::watch,
    time::Instant,
};

/// How long after the question most terminals have answered, over the slowest link.
const FRESH: Duration = Duration::from_secs(4);

/// The keyboard.
pub struct Input {
    fd: AsyncFd<io::Stdin>,
    decoder: KeyDecoder,
    ready: VecDeque<Msg>,
    flush_at: Option<Instant>,
    fresh_until: Option<Instant>,
    /// How often the terminal has said that it is well.
    answered: watch::Sender<u64>,
}

impl Input {
    /// Begins to listen on standard input.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub fn open() -> io::Result<Self> {
        #[expect(
            deprecated,
            reason = "its successor is unsafe for descriptors that could be closed; this one never is"
        )]
        let fd = AsyncFd::with_interest(io::stdin(), Interest::READABLE)?;
        Ok(Self {
            fd,
            decoder: KeyDecoder::default(),
            ready: VecDeque::new(),
            flush_at: None,
            fresh_until: None,
            answered: watch::Sender::new(0),
        })
    }

    /// The terminal was asked for its colours: what it answers is no key.
    pub fn expect_colours(&mut self) {
        self.decoder.expect_colours();
        self.fresh_until = Some(Instant::now() + FRESH);
    }

    /// Counts how often the terminal has said that it is well.
    pub fn answered(&self) -> watch::Receiver<u64> {
        self.answered.subscribe()
    }

    /// The next message. Dropping the future loses nothing.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn next(&mut self) -> io::Result<Msg> {
        loop {
            if let Some(msg) = self.ready.pop_front() {
                return Ok(msg);
            }
            let readable = self.fd.readable();
            let guard = match self.flush_at {
                None => readable.await?,
                Some(at) => match tokio::time::timeout_at(at, readable).await {
                    Ok(guard) => guard?,
                    Err(_) => {
                        self.flush_at = None;
                        self.decoder.flush(&mut self.ready);
                        continue;
                    }
                },
            };
            read(guard, &mut self.decoder, &mut self.ready)?;
            let statuses = self.decoder.statuses();
            self.answered.send_if_modified(|n| std::mem::replace(n, statuses) != statuses);
            let is_fresh = self.fresh_until.is_some_and(|until| Instant::now() < until);
            let wait = || Instant::now() + self.decoder.patience(is_fresh);
            self.flush_at = self.decoder.is_waiting().then(wait);
        }
    }
}

fn read(
    mut guard: tokio::io::unix::AsyncFdReadyGuard<'_, io::Stdin>,
    decoder: &mut KeyDecoder,
    ready: &mut VecDeque<Msg>,
) -> io::Result<()> {
    let mut bytes = [0u8; 4096];
    let result = rustix::io::read(rustix::stdio::stdin(), &mut bytes);
    match result {
        Ok(0) if guard.ready().is_read_closed() => return Err(io::ErrorKind::UnexpectedEof.into()),
        // The terminal's mode makes a read without a byte return at once.
        Ok(0) | Err(rustix::io::Errno::AGAIN) => guard.clear_ready(),
        Ok(count) => {
            if count < bytes.len() {
                guard.clear_ready();
            }
            decoder.feed(&bytes[..count], ready);
            // What was typed may be a password.
            bytes[..count].fill(0);
            std::hint::black_box(&bytes);
        }
        Err(rustix::io::Errno::INTR) => {}
        Err(e) => return Err(e.into()),
    }
    Ok(())
}
