//! The Unix signals that parlour handles.

use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// End in good order (TERM, HUP, QUIT; and ABRT, where another process sends it).
    Quit,
    /// The same from the terminal (INT); keys never make it, because the terminal is raw.
    Interrupt,
    /// Give the terminal back and stop (TSTP).
    Suspend,
    /// Go on after a stop (CONT).
    Resume,
    /// The terminal's size changed (WINCH).
    Resize,
}

/// Listens to signals.
pub struct Signals {
    term: Signal,
    hup: Signal,
    quit: Signal,
    abort: Signal,
    int: Signal,
    tstp: Signal,
    cont: Signal,
    winch: Signal,
}

impl Signals {
    /// Begins to listen; from here on these signals no longer end or stop the process by themselves.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn listen() -> io::Result<Self> {
        let tstp = rustix::process::Signal::TSTP.as_raw();
        let cont = rustix::process::Signal::CONT.as_raw();
        Ok(Self {
            term: signal(SignalKind::terminate())?,
            hup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
            abort: signal(SignalKind::from_raw(rustix::process::Signal::ABORT.as_raw()))?,
            int: signal(SignalKind::interrupt())?,
            tstp: signal(SignalKind::from_raw(tstp))?,
            cont: signal(SignalKind::from_raw(cont))?,
            winch: signal(SignalKind::window_change())?,
        })
    }

    /// The next one. Dropping the future loses nothing; several of a kind may come as one.
    pub async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.term.recv() => Asked::Quit,
            _ = self.hup.recv() => Asked::Quit,
            _ = self.quit.recv() => Asked::Quit,
            _ = self.abort.recv() => Asked::Quit,
            _ = self.int.recv() => Asked::Interrupt,
            _ = self.cont.recv() => Asked::Resume,
            _ = self.tstp.recv() => Asked::Suspend,
            _ = self.winch.recv() => Asked::Resize,
        }
    }
}
