//! The lines of the console: the log and raw XML.

use crate::model::wire::WireLine;
use crate::model::{AccountId, Time, Untrusted};
use std::collections::VecDeque;

/// How many lines of each kind are kept.
pub const CONSOLE_LINES: usize = 2_000;

/// What the console shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConsoleView {
    /// What happened.
    #[default]
    Log,
    /// Raw XML.
    Xml,
}

/// The console.
#[derive(Debug, Clone, Default)]
pub struct Console {
    /// What happened, the newest last.
    pub log: VecDeque<(Time, Untrusted)>,
    /// Raw XML, the newest last.
    pub xml: VecDeque<(AccountId, WireLine)>,
    /// What is shown.
    pub view: ConsoleView,
    /// Show only lines that hold this.
    pub filter: String,
    /// How many lines up from the end.
    pub scroll: usize,
}

impl Console {
    /// Keeps a line of what happened.
    pub fn note(&mut self, now: Time, text: Untrusted) {
        if self.log.len() >= CONSOLE_LINES {
            self.log.pop_front();
        }
        self.log.push_back((now, text));
    }

    /// Keeps a line of raw XML.
    pub fn wire(&mut self, account: AccountId, line: WireLine) {
        if self.xml.len() >= CONSOLE_LINES {
            self.xml.pop_front();
        }
        self.xml.push_back((account, line));
    }
}
