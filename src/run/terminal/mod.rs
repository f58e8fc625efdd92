//! The terminal: its modes, its size, and the thread that writes frames.
//!
//! The app's task draws a frame into a buffer and hands it over as bytes through one slot. While the slot is full
//! nothing is drawn, so a terminal that does not read costs frames, never the network. Nothing is ever asked of the
//! terminal: its answers would come as keys.

mod backend;
mod frames;
pub mod guard;
pub mod keeper;

use backend::Bytes;
pub use frames::Drawn;
use frames::Frames;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport, layout::Rect};
use std::{convert::Infallible, io, time::Duration};

/// Mode 2026: the terminal shows what comes in between at once.
const BEGIN_FRAME: &[u8] = b"\x1b[?2026h";
const END_FRAME: &[u8] = b"\x1b[?2026l";

/// The screen.
pub struct Screen {
    terminal: Terminal<Bytes>,
    frames: Frames,
    aside: Vec<u8>,
}

fn sure<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

impl Screen {
    /// A screen of the terminal's size.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn open() -> io::Result<Self> {
        let size = guard::size();
        let area = Rect::new(0, 0, size.0, size.1);
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let terminal = sure(Terminal::with_options(Bytes::new(size), options));
        Ok(Self { terminal, frames: Frames::spawn()?, aside: Vec::new() })
    }

    /// The size changed: the next frame is drawn whole.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.terminal.backend_mut().resize(size);
        sure(self.terminal.resize(Rect::new(0, 0, size.0, size.1)));
    }

    /// The next frame is drawn whole.
    pub fn forget(&mut self) {
        let area = self.terminal.get_frame().area();
        self.resize((area.width, area.height));
    }

    /// Sends bytes that are no part of the screen, with the next frame. They come from `osc` alone.
    pub fn put(&mut self, bytes: &[u8]) {
        self.aside.extend_from_slice(bytes);
    }

    /// Draws a frame, if the terminal has taken the last one.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame)) -> Drawn {
        let permit = match self.frames.reserve() {
            Ok(permit) => permit,
            Err(drawn) => return drawn,
        };
        sure(self.terminal.draw(render));
        let cells = self.terminal.backend_mut().take();
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
