//! Points in time as milliseconds since 1970 (UTC).

use std::time::Duration;

/// Milliseconds since 1970-01-01T00:00:00Z. The clock is a parameter everywhere, so tests fix it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Time(pub i64);

impl Time {
    /// The system clock.
    #[must_use]
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero if it is not after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// This time, later by `by`.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Tells when the system's clock was set, by a clock that nobody sets and that goes on while the machine sleeps.
///
/// Deadlines are points of the system's clock, so that a test can fix them; whoever keeps some moves them by what
/// this finds.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    steady: Duration,
    wall: Time,
}

impl Clock {
    /// Less than this (in milliseconds) is drift.
    const LEAST: i64 = 2_000;

    /// The two clocks side by side.
    #[must_use]
    pub fn new(steady: Duration, wall: Time) -> Self {
        Self { steady, wall }
    }

    /// By how many milliseconds the clock was set since this was last asked: mostly 0.
    pub fn moved(&mut self, steady: Duration, wall: Time) -> i64 {
        let expected = self.wall.plus(steady.saturating_sub(self.steady));
        let by = wall.0.saturating_sub(expected.0);
        if by.abs() < Self::LEAST {
            return 0;
        }
        *self = Self { steady, wall };
        by
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r08_a_clock_that_was_set_is_noticed_once() {
        let at = Duration::from_secs;
        let start = Time(1_795_000_000_000);
        let mut clock = Clock::new(at(100), start);
        assert_eq!(clock.moved(at(101), start.plus(at(1))), 0);
        assert_eq!(clock.moved(at(102), start.plus(at(3))), 0, "drift");
        let day = 86_400_000;
        assert_eq!(clock.moved(at(103), Time(start.0 + 3_000 - day)), -day);
        assert_eq!(clock.moved(at(104), Time(start.0 + 4_000 - day)), 0, "once");
        assert_eq!(clock.moved(at(105), Time(start.0 + 5_000 + 3_650 * day)), 3_651 * day);
    }
}
