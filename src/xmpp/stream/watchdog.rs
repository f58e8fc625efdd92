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
/// The same where the network has just changed: the old way to the server is gone more often than not.
pub const SUSPECT: Duration = Duration::from_secs(5);
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
    /// The network has changed, and no byte has come since.
    is_suspected: bool,
}

impl Watchdog {
    /// A question was sent whose answer is due: a probe, or `<r/>`.
    pub fn on_asked(&mut self, now: Duration) {
        self.asked.get_or_insert(now);
    }

    /// The answer that was waited for came.
    pub fn on_answered(&mut self) {
        *self = Self::default();
    }

    /// The network has changed: a sign of life is asked for at once, and waited for only shortly.
    pub fn suspect(&mut self) {
        *self = Self { asked: None, is_suspected: true };
    }

    /// What to do now. `owes_ack`: a confirmation is due, so other bytes do not count as the answer.
    pub fn check(&mut self, now: Duration, last_byte: Duration, owes_ack: bool) -> Verdict {
        if let Some(asked) = self.asked {
            if last_byte > asked && !owes_ack {
                self.on_answered();
            } else {
                // Bytes that still come in are life, even where the confirmation waits behind a long page.
                let since = if last_byte > asked { last_byte } else { asked };
                let due = since + if self.is_suspected && last_byte <= asked { SUSPECT } else { DEAD };
                if now >= due + SUSPECT {
                    // Nobody looked in time: the program slept. The answer may be there, unread.
                    *self = Self { asked: Some(now), is_suspected: true };
                    return Verdict::Wait(now + SUSPECT);
                }
                return if now >= due { Verdict::Dead } else { Verdict::Wait(due) };
            }
        }
        let due = if self.is_suspected { now } else { last_byte + IDLE };
        // The program slept, and much may have happened to the link meanwhile.
        self.is_suspected |= now >= due + SUSPECT;
        if now >= due { Verdict::Probe } else { Verdict::Wait(due) }
    }
}

/// How long to wait before the next attempt: 1 to 60 s, doubled each time, with jitter so that a server that
/// comes back is not met by everybody at once. A link that breaks again and again while logins work is a bad
/// link, not a server in trouble: there the wait grows to 8 s only.
///
/// A person or a network that came back may want an attempt before its time. All such causes share one allowance,
/// and every attempt uses it up: a few at once, then one in [`HURRY_EVERY`], however many causes there are.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
    /// When the allowance would be whole again, on the boot-time clock.
    whole_at: Duration,
}

/// So many attempts may be hurried at once.
const HURRIES: u32 = 5;
/// After those, one in this time.
pub const HURRY_EVERY: Duration = Duration::from_secs(12);

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

    /// Something fundamental is another now, such as the password: earlier failures say nothing.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// An attempt begins.
    pub fn on_attempt(&mut self, now: Duration) {
        self.whole_at = (self.whole_at.max(now) + HURRY_EVERY).min(now + HURRY_EVERY * HURRIES);
    }

    /// An attempt is wanted before its time: how long it must wait nevertheless.
    #[must_use]
    pub fn hurry(&self, now: Duration) -> Duration {
        self.whole_at.saturating_sub(now + HURRY_EVERY * (HURRIES - 1))
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
    fn sleep_is_noticed_at_once_and_the_answer_is_due_soon() {
        let mut dog = Watchdog::default();
        assert_eq!(dog.check(s(30_000), s(100), false), Verdict::Probe);
        dog.on_asked(s(30_000));
        assert_eq!(dog.check(s(30_001), s(100), false), Verdict::Wait(s(30_005)));
        assert_eq!(dog.check(s(30_005), s(100), false), Verdict::Dead);
    }

    #[test]
    fn an_answer_that_came_in_sleep_is_read_before_the_link_is_given_up() {
        let mut dog = Watchdog::default();
        dog.on_asked(s(100));
        assert_eq!(dog.check(s(5_000), s(100), true), Verdict::Wait(s(5_005)));
        assert_eq!(dog.check(s(5_005), s(100), true), Verdict::Dead);
    }

    #[test]
    fn a_changed_network_is_asked_at_once_and_not_for_long() {
        let mut dog = Watchdog::default();
        dog.on_asked(s(100));
        dog.suspect();
        assert_eq!(dog.check(s(101), s(99), true), Verdict::Probe, "the question before may be lost");
        dog.on_asked(s(101));
        assert_eq!(dog.check(s(101), s(99), true), Verdict::Wait(s(106)));
        assert_eq!(dog.check(s(103), s(102), true), Verdict::Wait(s(117)), "it lives");
        assert_eq!(dog.check(s(106), s(99), true), Verdict::Dead);
        dog.on_answered();
        assert_eq!(dog.check(s(106), s(105), false), Verdict::Wait(s(135)), "and all is as before");
    }

    /// Whatever is thrown at it, for an hour, ten times a second: the server meets a bounded number of attempts.
    #[test]
    fn no_cause_and_no_mix_of_causes_makes_a_storm() {
        for seed in 0..200_u32 {
            let mut random = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
            let mut dice = || {
                random ^= random << 13;
                random ^= random >> 17;
                random ^= random << 5;
                random
            };
            let mut backoff = Backoff::default();
            let (mut attempts, mut next) = (Vec::new(), s(0));
            for tenth in 0..36_000 {
                let now = Duration::from_millis(tenth * 100);
                // A person who holds a key down, a network that flaps: each tenth of a second, or now and then.
                if seed % 3 == 0 || dice() % 7 == 0 {
                    next = next.min(now + backoff.hurry(now));
                }
                if now >= next {
                    attempts.push(now);
                    backoff.on_attempt(now);
                    // The login fails, or works and is lost after anything up to two minutes.
                    let session = if seed % 2 == 0 { s(0) } else { s(u64::from(dice() % 120)) };
                    next = now + session + backoff.next(session, dice());
                }
            }
            for (i, at) in attempts.iter().enumerate() {
                let within = |span| attempts[i..].iter().take_while(|t| **t < *at + span).count();
                assert!(within(s(1)) <= 5, "seed {seed}: {} in a second", within(s(1)));
                assert!(within(s(60)) <= 18, "seed {seed}: {} in a minute", within(s(60)));
            }
            let hourly = attempts.len();
            assert!(hourly < 920 && hourly > 30, "seed {seed}: {hourly} in an hour");
        }
    }

    #[test]
    fn a_hurried_attempt_is_made_at_once_until_there_were_too_many() {
        let mut backoff = Backoff::default();
        for _ in 0..5 {
            assert_eq!(backoff.hurry(s(1_000)), s(0));
            backoff.on_attempt(s(1_000));
        }
        assert_eq!(backoff.hurry(s(1_000)), s(12));
        assert_eq!(backoff.hurry(s(1_012)), s(0));
        backoff.on_attempt(s(1_012));
        assert_eq!(backoff.hurry(s(1_012)), s(12));
        assert_eq!(backoff.hurry(s(1_100)), s(0), "all is forgiven");
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
