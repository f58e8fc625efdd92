//! The terminal: its modes, its size, and the thread that writes frames.
//!
//! The app's task draws a frame into a buffer and hands it over as bytes through one slot. While the slot is full
//! nothing is drawn, so a terminal that does not read costs frames, never the network. The terminal is asked for its
//! colours, and one that answers how far it has come; its answers come among the keys (`run::answers`).

mod canvas;
mod frames;
pub mod guard;
mod ink;
pub mod keeper;
mod pace;
mod symbol;

use crate::ui::Painted;
use canvas::Canvas;
pub use frames::Drawn;
use frames::Frames;
use pace::Pace;
use ratatui::buffer::Buffer;
use std::{io, time::Duration};
use tokio::sync::watch;

/// Mode 2026: the terminal shows what comes in between at once.
const BEGIN_FRAME: &[u8] = b"\x1b[?2026h";
const END_FRAME: &[u8] = b"\x1b[?2026l";

/// The screen.
pub struct Screen {
    canvas: Canvas,
    frames: Frames,
    aside: Vec<u8>,
    /// How far the terminal has come, where it tells.
    pace: Option<Pace>,
}

impl Screen {
    /// A screen of the terminal's size.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn open() -> io::Result<Self> {
        Ok(Self { canvas: Canvas::new(guard::size()), frames: Frames::spawn()?, aside: Vec::new(), pace: None })
    }

    /// The size changed: the next frame is drawn whole.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.canvas.resize(size);
    }

    /// Another program had the terminal: what it was asked before that is not answered any more.
    pub fn begin_anew(&mut self) {
        if let Some(pace) = &mut self.pace {
            pace.forget();
        }
    }

    /// The next frame is drawn whole.
    pub fn forget(&mut self) {
        self.resize(self.canvas.size());
    }

    /// Sends bytes that are no part of the screen, with the next frame. They come from `osc` alone.
    pub fn put(&mut self, bytes: &[u8]) {
        self.aside.extend_from_slice(bytes);
    }

    /// The terminal answers questions: it is asked how far it has come. `answered` counts what it has said.
    pub fn follow(&mut self, answered: watch::Receiver<u64>) {
        self.pace = Some(Pace::new(answered));
        self.put(pace::ASK);
    }

    /// Whether an answer of the terminal is still to come.
    #[must_use]
    pub fn is_awaiting(&self) -> bool {
        self.pace.as_ref().is_some_and(Pace::is_waiting)
    }

    /// Draws a frame, if the terminal has taken the last one. `render` must fill every cell: the buffer holds
    /// an older frame.
    pub fn draw(&mut self, render: impl FnOnce(&mut Buffer) -> Painted) -> Drawn {
        if self.pace.take_if(|pace| pace.is_over()).is_some() {
            tracing::info!("the terminal does not say any more how far it has come");
        }
        if self.is_awaiting() {
            return Drawn::Busy;
        }
        let permit = match self.frames.reserve() {
            Ok(permit) => permit,
            Err(drawn) => return drawn,
        };
        let cells = self.canvas.paint(render);
        if cells.is_empty() && self.aside.is_empty() {
            return Drawn::Done;
        }
        let mut bytes = Vec::with_capacity(cells.len() + self.aside.len() + 16);
        if !cells.is_empty() {
            bytes.extend_from_slice(BEGIN_FRAME);
            bytes.extend_from_slice(&cells);
            bytes.extend_from_slice(END_FRAME);
        }
        bytes.append(&mut self.aside);
        if let Some(pace) = &mut self.pace {
            pace.ask(&mut bytes);
        }
        permit.send(bytes);
        Drawn::Done
    }

    /// Waits until the terminal has taken the last frame.
    pub async fn free(&self) {
        self.frames.free().await;
        if let Some(pace) = self.pace.as_ref().filter(|pace| pace.is_waiting()) {
            pace.answer().await;
        }
    }

    /// Waits until the terminal is gone.
    pub async fn gone(&self) {
        self.frames.gone().await;
    }

    /// Waits until the terminal has everything that was handed to it, at most so long.
    ///
    /// Returns whether it has.
    pub async fn settle(&self, limit: Duration) -> bool {
        tokio::time::timeout(limit, self.frames.settle()).await.is_ok()
    }
}
