//! Which delivery state may follow which.
//!
//! A mark that was shown is never taken back: an error after a receipt, a late "sent" or a second ack changes nothing.
//! `Failed` and `Unknown` are final, except for a retry or a proof of arrival.

use crate::model::Delivery;

/// Whether a message of the user's own may go from `old` to `new`.
pub(super) fn may_follow(old: &Delivery, new: &Delivery) -> bool {
    use Delivery::{Acked, Delivered, Displayed, Failed, Incoming, Pending, Sent, Unknown};
    match new {
        Incoming => false,
        Pending => matches!(old, Failed(_) | Unknown),
        Sent => matches!(old, Pending | Failed(_) | Unknown),
        Acked => matches!(old, Pending | Sent | Unknown),
        Delivered => matches!(old, Pending | Sent | Acked | Failed(_) | Unknown),
        Displayed => matches!(old, Pending | Sent | Acked | Delivered | Failed(_) | Unknown),
        Failed(_) => matches!(old, Pending | Sent | Acked | Unknown),
        Unknown => matches!(old, Pending | Sent),
    }
}

/// The number that is stored, and the reason of a failure.
pub(super) fn to_code(delivery: &Delivery) -> (i64, Option<&str>) {
    match delivery {
        Delivery::Incoming => (0, None),
        Delivery::Pending => (1, None),
        Delivery::Sent => (2, None),
        Delivery::Acked => (3, None),
        Delivery::Delivered => (4, None),
        Delivery::Displayed => (5, None),
        Delivery::Failed(why) => (6, Some(why.raw())),
        Delivery::Unknown => (7, None),
    }
}

/// The reverse of [`to_code`]; a number of no meaning reads as `Incoming`.
pub(super) fn from_code(code: i64, failure: Option<String>) -> Delivery {
    match code {
        1 => Delivery::Pending,
        2 => Delivery::Sent,
        3 => Delivery::Acked,
        4 => Delivery::Delivered,
        5 => Delivery::Displayed,
        6 => Delivery::Failed(failure.unwrap_or_default().into()),
        7 => Delivery::Unknown,
        _ => Delivery::Incoming,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Delivery::{Acked, Delivered, Displayed, Failed, Incoming, Pending, Sent, Unknown};

    #[test]
    fn the_whole_table() {
        let failed = || Failed("why".into());
        let all = [Incoming, Pending, Sent, Acked, Delivered, Displayed, failed(), Unknown];
        let allowed = [
            (Pending, vec![Sent, Acked, Delivered, Displayed, failed(), Unknown]),
            (Sent, vec![Acked, Delivered, Displayed, failed(), Unknown]),
            (Acked, vec![Delivered, Displayed, failed()]),
            (Delivered, vec![Displayed]),
            (Displayed, vec![]),
            (failed(), vec![Pending, Sent, Delivered, Displayed]),
            (Unknown, vec![Pending, Sent, Acked, Delivered, Displayed, failed()]),
            (Incoming, vec![]),
        ];
        for (old, next) in &allowed {
            for new in &all {
                assert_eq!(may_follow(old, new), next.contains(new), "{old:?} -> {new:?}");
            }
        }
    }

    #[test]
    fn codes_come_back() {
        for d in [Incoming, Pending, Sent, Acked, Delivered, Displayed, Failed("no".into()), Unknown] {
            let (code, why) = to_code(&d);
            assert_eq!(from_code(code, why.map(str::to_owned)), d);
        }
    }
}
