//! The signs of life of one room, and when a silent one is asked (XEP-0410).

use crate::model::Time;
use std::time::Duration;

/// Silence after which a room is asked.
pub(super) const SILENCE: Duration = Duration::from_mins(15);
/// Never woken sooner than this.
pub(super) const REST: Duration = Duration::from_mins(1);
/// How long to wait where no answer tells anything; doubled each time, up to the silence.
const AGAIN: Duration = Duration::from_mins(2);

/// Signs of life of one room.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    /// When something came from it last, or an answer.
    pub(super) heard: Time,
    /// The question is open.
    pub(super) is_asked: bool,
    /// Answers in a row that told nothing.
    pub(super) vain: u32,
    /// It was said that nobody of our name is there, and nothing came since.
    pub(super) is_strange: bool,
    /// The user was put out without a word, and goes in again.
    pub(super) is_lost: bool,
}

impl Pulse {
    /// A sign of life.
    pub(super) fn beat(&mut self, now: Time) {
        *self = Self { heard: now, is_asked: self.is_asked, is_lost: self.is_lost, ..Self::default() };
    }

    /// There is nothing but the silence.
    pub(super) fn is_calm(&self) -> bool {
        self.vain == 0 && !self.is_strange
    }

    /// When to ask.
    pub(super) fn due(&self) -> Time {
        match self.vain {
            0 if self.is_strange => self.heard.plus(REST),
            0 => self.heard.plus(SILENCE),
            n => self.heard.plus(SILENCE.min(AGAIN * 2u32.pow((n - 1).min(3)))),
        }
    }
}
