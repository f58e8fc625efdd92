//! How far the terminal has come with what it was sent.
//!
//! Over a slow link frames lie in buffers on the way (the kernel's, those of ssh) where nobody sees them, and each shows
//! what is long past. So a long frame ends with the question whether the terminal is well (DSR 5), and the next one waits
//! for the answer: at most one is on its way. A terminal that has never answered is not waited for.

use std::time::Duration;
use tokio::{sync::watch, time::Instant};

/// The question.
pub(super) const ASK: &[u8] = b"\x1b[5n";
/// Shorter frames are not asked about: a typed letter is one.
const LONG: usize = 600;
/// How long an answer may take, and how slow a link may be, in bytes a second.
const PATIENCE: Duration = Duration::from_secs(3);
const SLOWEST: u64 = 200;

/// What was asked, and how much of it was answered.
pub(super) struct Pace {
    answered: watch::Receiver<u64>,
    /// The answer that is waited for.
    wanted: u64,
    until: Instant,
}

impl Pace {
    pub(super) fn new(answered: watch::Receiver<u64>) -> Self {
        Self { answered, wanted: 0, until: Instant::now() }
    }

    fn answers(&self) -> u64 {
        *self.answered.borrow()
    }

    /// Whether an answer is still to come.
    pub(super) fn is_waiting(&self) -> bool {
        self.answers() < self.wanted
    }

    /// Whether the terminal has not answered in time, and will not be asked again.
    pub(super) fn is_over(&self) -> bool {
        self.is_waiting() && Instant::now() >= self.until
    }

    /// Adds the question to a long frame.
    pub(super) fn ask(&mut self, frame: &mut Vec<u8>) {
        let answers = self.answers();
        if answers == 0 || frame.len() < LONG {
            return;
        }
        self.wanted = self.wanted.max(answers) + 1;
        self.until = Instant::now() + PATIENCE + Duration::from_secs(frame.len() as u64 / SLOWEST);
        frame.extend_from_slice(ASK);
    }

    /// Nothing that was asked before counts any more: another program had the terminal.
    pub(super) fn forget(&mut self) {
        self.wanted = 0;
    }

    /// Waits for the answer, as long as one waits for it.
    pub(super) async fn answer(&self) {
        let (mut answered, wanted) = (self.answered.clone(), self.wanted);
        // Who is late or gone is found out at the next try to draw.
        drop(tokio::time::timeout_at(self.until, answered.wait_for(|n| *n >= wanted)).await);
    }
}
