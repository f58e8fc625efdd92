//! The terminal: its modes, its size, and the thread that writes frames.
//!
//! The app's task draws a frame into a buffer and hands it over as bytes through one slot. While the slot is full
//! nothing is drawn, so a terminal that does not read costs frames, never the network. The terminal is asked for its
//! colours and for nothing else, and nothing waits for the answer: it comes among the keys (`run::answers`).

mod canvas;
mod frames;
pub mod guard;
mod ink;
pub mod keeper;
mod symbol;

use crate::ui::Painted;
use canvas::Canvas;
pub use frames::Drawn;
use frames::Frames;
use ratatui::buffer::Buffer;
use std::{io, time::Duration};

/// Mode 2026: the terminal shows what comes in between at once.
const BEGIN_FRAME: &[u8] = b"\x1b[?2026h";
const END_FRAME: &[u8] = b"\x1b[?2026l";

/// The screen.
pub struct Screen {
    canvas: Canvas,
    frames: Frames,
    aside: Vec<u8>,
}

impl Screen {
    /// A screen of the terminal's size.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn open() -> io::Result<Self> {
        Ok(Self { canvas: Canvas::new(guard::size()), frames: Frames::spawn()?, aside: Vec::new() })
    }

    /// The size changed: the next frame is drawn whole.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.canvas.resize(size);
    }

    /// The next frame is drawn whole.
    pub fn forget(&mut self) {
        self.resize(self.canvas.size());
    }

    /// Sends bytes that are no part of the screen, with the next frame. They come from `osc` alone.
    pub fn put(&mut self, bytes: &[u8]) {
        self.aside.extend_from_slice(bytes);
    }

    /// Draws a frame, if the terminal has taken the last one. `render` must fill every cell: the buffer holds
    /// an older frame.
    pub fn draw(&mut self, render: impl FnOnce(&mut Buffer) -> Painted) -> Drawn {
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
        permit.send(bytes);
        Drawn::Done
    }

    /// Waits until the terminal has taken the last frame.
    pub async fn free(&self) {
        self.frames.free().await;
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
