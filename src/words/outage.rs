//! An outage in one line, for the status line, the log and `/connection` (XEP-0455).

use crate::text::date;

/// What is known of an outage: whether it is by intent, when it begins or began and when it is expected to end (in
/// milliseconds since 1970), what the operators say, as it came.
pub type Said<'a> = (bool, i64, Option<i64>, Option<&'a str>);

/// The line: what, when on the local clock, and what the operators say. It must be cleaned like any text of others.
#[must_use]
pub fn words((is_planned, from, until, message): Said<'_>, now: i64, offset: i32) -> String {
    let near = |at: i64, than: i64| moment(at, than, offset);
    let is_over = until.is_some_and(|end| end <= now);
    let when = match (from > now, is_over, until) {
        (true, _, Some(end)) => {
            let (from, end) = (near(from, now), near(end, from));
            if is_planned {
                tr!("maintenance is planned from {from} to {end}")
            } else {
                tr!("an outage is expected from {from} to {end}")
            }
        }
        (true, _, None) => {
            let from = near(from, now);
            if is_planned {
                tr!("maintenance is planned from {from}")
            } else {
                tr!("an outage is expected from {from}")
            }
        }
        (false, true, Some(end)) => {
            let end = near(end, now);
            tr!("the last outage was to end {end}")
        }
        (false, _, Some(end)) => {
            let (from, end) = (near(from, now), near(end, now));
            if is_planned {
                tr!("planned maintenance since {from}, expected to end {end}")
            } else {
                tr!("outage since {from}, expected to end {end}")
            }
        }
        (false, _, None) => {
            let from = near(from, now);
            if is_planned { tr!("planned maintenance since {from}") } else { tr!("outage since {from}") }
        }
    };
    match message.map(str::trim).filter(|m| !m.is_empty()) {
        Some(message) => tr!("{when}: {message}"),
        None => when,
    }
}

/// A moment as short as it can be told apart from another: `14:00`, `Sun 22 November 14:00`, `2 Jan 2027 14:00`.
fn moment(at: i64, than: i64, offset: i32) -> String {
    if date::day_number(at, offset) == date::day_number(than, offset) {
        return date::clock(at, offset);
    }
    let day = date::day(at, offset);
    let (day, year) = day.rsplit_once(' ').unwrap_or((&day, ""));
    if date::day(than, offset).ends_with(year) {
        format!("{day} {}", date::clock(at, offset))
    } else {
        date::stamp(at, offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;
    const NOW: i64 = 1_795_178_640_000; // Fri 2026-11-20T12:44:00Z

    fn said(is_planned: bool, from: i64, until: Option<i64>) -> String {
        words((is_planned, NOW + from, until.map(|u| NOW + u), None), NOW, 60)
    }

    #[test]
    fn what_is_planned_is_no_outage_yet_and_one_that_is_over_is_none_any_more() {
        assert_eq!(said(true, HOUR, Some(2 * HOUR)), "maintenance is planned from 14:44 to 15:44");
        let tomorrow = said(true, 24 * HOUR, Some(36 * HOUR));
        assert_eq!(tomorrow, "maintenance is planned from Sat 21 November 13:44 to Sun 22 November 01:44");
        assert_eq!(said(false, HOUR, None), "an outage is expected from 14:44");
        assert_eq!(said(false, -HOUR, None), "outage since 12:44");
        assert_eq!(said(true, -HOUR, Some(HOUR)), "planned maintenance since 12:44, expected to end 14:44");
        assert_eq!(said(false, -24 * HOUR, Some(-HOUR)), "the last outage was to end 12:44");
        assert_eq!(said(true, 60 * 24 * HOUR, None), "maintenance is planned from 19 Jan 2027 13:44");
    }

    #[test]
    fn the_operators_words_stand_last() {
        let say = |message| words((false, NOW, None, Some(message)), NOW, 0);
        assert_eq!(say(" a disk died\n"), "outage since 12:44: a disk died");
        assert_eq!(say("  "), "outage since 12:44");
    }

    #[test]
    fn no_time_panics() {
        for from in [i64::MIN, 0, i64::MAX] {
            for until in [None, Some(i64::MIN), Some(i64::MAX)] {
                let said = (true, from, until, None);
                assert!(!words(said, NOW, 840).is_empty() && !words(said, i64::MIN, -720).is_empty());
            }
        }
    }
}
