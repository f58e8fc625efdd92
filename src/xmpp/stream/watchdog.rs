//! Is the link alive, and how long to wait before the next attempt. Pure: the time is given.
//!
//! TCP notices a dead peer after minutes. So after 30 s without a byte we ask for a sign of life, and 15 s later
//! the link is dead; where the server owes us a confirmation, 15 s are enough. Times are of the boot-time clock,
//! which goes on while a laptop sleeps.

use std::time::Duration;

/// Silence after which a sign of life is asked for.
pub const IDLE: Duration = Duration::from_secs(30);
/// Silence after a question that means death.
pub const DEAD: Duration = Duration::from_secs(15);
/// Time for one address: TCP, and the TLS handshake of a direct connection.
pub const PER_ADDRESS: Duration = Duration::from_secs(20);
/// Time for a login, from the connection to the session.
pub const LOGIN: Duration = Duration::from_secs(45);
/// A session of this length was stable: waiting begins anew.
pub const STABLE: Duration = Duration::from_mins(1);
/// So many failures count, at most, where the login itself worked: waits of up to 8 s.
const FAILURES_OF_A_LINK: u32 = 2;

/// What to do about the silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All is well until then.
    Wait(Duration),
    /// Ask for a sign of life.
    Probe,
    /// The link is dead.
    Dead,
}

/// Watches one connection.
#[derive(Debug, Default)]
pub struct Watchdog {
    /// When a sign of life was asked for, and none has come since.
    asked: Option<Duration>,
}

impl Watchdog {
    /// A question was sent whose answer is due: a probe, or `<r/>`.
    pub fn on_asked(&mut self, now: Duration) {
        self.asked.get_or_insert(now);
    }

    /// The answer that was waited for came.
    pub fn on_answered(&mut self) {
        self.asked = None;
    }

    /// What to do now. `owes_ack`: a confirmation is due, so other bytes do not count as the answer.
    pub fn check(&mut self, now: Duration, last_byte: Duration, owes_ack: bool) -> Verdict {
        if let Some(asked) = self.asked {
            if last_byte > asked && !owes_ack {
                self.asked = None;
            } else {
                // Bytes that still come in are life, even where the confirmation waits behind a long page.
                let since = if last_byte > asked { last_byte } else { asked };
                let due = since + DEAD;
                return if now >= due { Verdict::Dead } else { Verdict::Wait(due) };
            }
        }
        let due = last_byte + IDLE;
        if now >= due { Verdict::Probe } else { Verdict::Wait(due) }
    }
}

/// How long to wait before the next attempt: 1 to 60 s, doubled each time, with jitter so that a server that
/// comes back is not met by everybody at once. A link that breaks again and again while logins work is a bad
/// link, not a server in trouble: there the wait grows to 8 s only.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The connection was lost after a session of this length (zero where there was none). `random` is a random number.
    pub fn next(&mut self, session: Duration, random: u32) -> Duration {
        if session >= STABLE {
            self.failures = 0;
        }
        if !session.is_zero() {
            self.failures = self.failures.min(FAILURES_OF_A_LINK);
        }
        let full = Duration::from_mins(1).min(Duration::from_secs(2 << self.failures.min(5)));
        self.failures = self.failures.saturating_add(1);
        let half = full / 2;
        half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }

    /// A person asked for an attempt now.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn silence_is_probed_then_fatal() {
        let mut dog = Watchdog::default();
        assert_eq!(dog.check(s(100), s(90), false), Verdict::Wait(s(120)));
        assert_eq!(dog.check(s(120), s(90), false), Verdict::Probe);
        dog.on_asked(s(120));
        assert_eq!(dog.check(s(130), s(90), false), Verdict::Wait(s(135)));
        assert_eq!(dog.check(s(135), s(90), false), Verdict::Dead);
    }

    #[test]
    fn any_byte_answers_a_probe() {
        let mut dog = Watchdog::default();
        dog.on_asked(s(120));
        assert_eq!(dog.check(s(136), s(121), false), Verdict::Wait(s(151)));
    }

    #[test]
    fn a_confirmation_that_is_due_is_fatal_sooner() {
        let mut dog = Watchdog::default();
        dog.on_asked(s(100));
        dog.on_asked(s(110));
        assert_eq!(dog.check(s(114), s(99), true), Verdict::Wait(s(115)));
        assert_eq!(dog.check(s(115), s(99), true), Verdict::Dead);
        assert_eq!(dog.check(s(115), s(112), true), Verdict::Wait(s(127)), "the link lives, the answer is behind");
        dog.on_answered();
        assert_eq!(dog.check(s(115), s(112), false), Verdict::Wait(s(142)));
    }

    #[test]
    fn sleep_is_noticed_at_once() {
        let mut dog = Watchdog::default();
        assert_eq!(dog.check(s(30_000), s(100), false), Verdict::Probe);
    }

    #[test]
    fn waits_grow_to_a_minute_and_reset_after_a_stable_session() {
        let mut backoff = Backoff::default();
        let longest: Vec<u64> = (0..7).map(|_| backoff.next(s(0), u32::MAX).as_secs()).collect();
        assert_eq!(longest, [2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(backoff.next(s(59), u32::MAX), s(8));
        assert_eq!(backoff.next(s(1), 0), s(4), "a bad link");
        assert_eq!(backoff.next(s(60), 0), s(1));
    }
}
