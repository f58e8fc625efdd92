//! When an archive that could not be read is asked again (XEP-0313, RFC 6120 §8.3).
//!
//! A refusal for good is the end of it. Anything else may pass: a server that is busy, a fault of its own, no answer.
//! Until then what was said meanwhile is missing on the screen, and what the user wrote may be in doubt.

use crate::xmpp::feature::Answer;
use std::time::Duration;

/// After so many failures in a row the messages in doubt are told as such: the others of their chat must not wait longer.
pub(super) const DOUBT_TRIES: u8 = 3;
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(5);

/// Whether asking again may help.
pub(super) fn may_pass(answer: &Answer) -> bool {
    match answer {
        Answer::Error { condition, .. } => !matches!(
            condition.as_str(),
            "bad-request"
                | "feature-not-implemented"
                | "forbidden"
                | "gone"
                | "item-not-found"
                | "not-allowed"
                | "not-authorized"
                | "payment-required"
                | "registration-required"
                | "service-unavailable"
                | "subscription-required"
        ),
        Answer::Result(_) | Answer::Timeout | Answer::Down => true,
    }
}

/// How long to wait after so many failures in a row.
pub(super) fn pause(failures: u8) -> Duration {
    FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_doubles_up_to_five_minutes() {
        assert_eq!([1, 2, 3, 7, 8, 255].map(|n| pause(n).as_secs()), [5, 10, 20, 300, 300, 300]);
    }
}
