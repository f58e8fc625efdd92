//! The way of a frame to the terminal: at once, as far as the terminal takes it without waiting; the rest
//! through a thread, behind one slot.
//!
//! A key is to be seen at once, and a second thread would have to be woken first. So the app's task writes by
//! itself into the terminal, opened once more for that: whether a write waits is a property of the opening, and
//! ours must not change that of standard output, which others share.
//!
//! At most one frame waits. Over a slow link frames would queue, and each would show what is long past.

use super::guard;
use rustix::{
    fd::OwnedFd,
    fs::{Mode, OFlags},
    stdio::stdout,
};
use std::io;
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    watch,
};

/// What became of a wish to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// Handed to the terminal.
    Done,
    /// The terminal has not taken the last frame yet: wait for [`super::Screen::free`], then draw again.
    Busy,
    /// The terminal is gone.
    Gone,
}

/// The way to the terminal.
pub(super) struct Frames {
    slot: mpsc::Sender<Vec<u8>>,
    /// How many frames were written.
    written: watch::Sender<u64>,
    handed: std::cell::Cell<u64>,
    /// The terminal, for writes that do not wait; none where it cannot be opened.
    at_once: Option<OwnedFd>,
}

/// A free slot.
pub(super) struct Permit<'a> {
    permit: mpsc::Permit<'a, Vec<u8>>,
    frames: &'a Frames,
}

impl Permit<'_> {
    pub(super) fn send(self, mut bytes: Vec<u8>) {
        let Self { permit, frames } = self;
        let handed = frames.handed.get() + 1;
        frames.handed.set(handed);
        // Only behind the frames before it.
        let is_next = *frames.written.borrow() + 1 == handed;
        if let Some(terminal) = frames.at_once.as_ref().filter(|_| is_next) {
            // What went wrong is found out by the thread, which tries the same.
            let count = guard::write_at_once(terminal, &bytes).unwrap_or(0);
            if count >= bytes.len() {
                frames.written.send_replace(handed);
                return;
            }
            bytes.drain(..count);
        }
        permit.send(bytes);
    }
}

/// Standard output's terminal, opened once more.
fn open_again() -> Option<OwnedFd> {
    // By its name it can be opened only where it is the one that controls us.
    rustix::termios::tcgetpgrp(stdout()).ok()?;
    rustix::fs::open("/dev/tty", OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC, Mode::empty())
        .ok()
}

impl Frames {
    pub(super) fn spawn() -> io::Result<Self> {
        let (slot, mut frames) = mpsc::channel::<Vec<u8>>(1);
        let written = watch::Sender::new(0);
        let count = written.clone();
        std::thread::Builder::new().name("parlour-frames".to_owned()).spawn(move || {
            while let Some(frame) = frames.blocking_recv() {
                if let Err(e) = guard::write_frame(&frame) {
                    tracing::warn!("the terminal is gone: {e}");
                    return;
                }
                count.send_modify(|n| *n += 1);
            }
        })?;
        Ok(Self { slot, written, handed: std::cell::Cell::new(0), at_once: open_again() })
    }

    pub(super) fn reserve(&self) -> Result<Permit<'_>, Drawn> {
        // While one waits no other is made: the next one shows what is then, not what was meanwhile.
        if !self.slot.is_closed() && *self.written.borrow() < self.handed.get() {
            return Err(Drawn::Busy);
        }
        match self.slot.try_reserve() {
            Ok(permit) => Ok(Permit { permit, frames: self }),
            Err(TrySendError::Full(())) => Err(Drawn::Busy),
            Err(TrySendError::Closed(())) => Err(Drawn::Gone),
        }
    }

    /// Waits until the terminal has taken what was handed over, or is gone, which the next try to draw finds out.
    pub(super) async fn free(&self) {
        tokio::select! {
            () = self.settle() => {}
            () = self.gone() => {}
        }
    }

    pub(super) async fn gone(&self) {
        self.slot.closed().await;
    }

    pub(super) async fn settle(&self) {
        let handed = self.handed.get();
        let mut written = self.written.subscribe();
        // An error means that the thread ended: nothing is left to wait for.
        drop(written.wait_for(|n| *n >= handed).await);
    }
}
