//! The thread that writes frames to the terminal, behind one slot.

use super::guard;
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

/// The way to the thread.
pub(super) struct Frames {
    slot: mpsc::Sender<Vec<u8>>,
    /// How many frames were written.
    written: watch::Receiver<u64>,
    handed: std::cell::Cell<u64>,
}

/// A free slot.
pub(super) struct Permit<'a> {
    permit: mpsc::Permit<'a, Vec<u8>>,
    handed: &'a std::cell::Cell<u64>,
}

impl Permit<'_> {
    pub(super) fn send(self, bytes: Vec<u8>) {
        self.handed.set(self.handed.get() + 1);
        self.permit.send(bytes);
    }
}

impl Frames {
    pub(super) fn spawn() -> io::Result<Self> {
        let (slot, mut frames) = mpsc::channel::<Vec<u8>>(1);
        let (count, written) = watch::channel(0);
        std::thread::Builder::new().name("parlour-frames".to_owned()).spawn(move || {
            while let Some(frame) = frames.blocking_recv() {
                if let Err(e) = guard::write_frame(&frame) {
                    tracing::warn!("the terminal is gone: {e}");
                    return;
                }
                count.send_modify(|n| *n += 1);
            }
        })?;
        Ok(Self { slot, written, handed: std::cell::Cell::new(0) })
    }

    pub(super) fn reserve(&self) -> Result<Permit<'_>, Drawn> {
        match self.slot.try_reserve() {
            Ok(permit) => Ok(Permit { permit, handed: &self.handed }),
            Err(TrySendError::Full(())) => Err(Drawn::Busy),
            Err(TrySendError::Closed(())) => Err(Drawn::Gone),
        }
    }

    pub(super) async fn free(&self) {
        // An error means that the thread ended, which the next try to draw finds out.
        drop(self.slot.reserve().await);
    }

    pub(super) async fn gone(&self) {
        self.slot.closed().await;
    }

    pub(super) async fn settle(&self) {
        let handed = self.handed.get();
        let mut written = self.written.clone();
        // An error means that the thread ended: nothing is left to wait for.
        drop(written.wait_for(|n| *n >= handed).await);
    }
}
