//! Clock times and days in words, from milliseconds since 1970 (UTC) and the zone's offset in minutes.
//!
//! One rule for all dates that are shown: the day, the month by name, the year, each left out where it is clear.

use chrono::{Datelike, NaiveDate};

const DAY: i64 = 24 * 60;

/// Minutes since 1970 on the local clock.
fn minutes(ms: i64, offset: i32) -> i64 {
    ms.div_euclid(60_000) + i64::from(offset)
}

/// The number of the local day: equal for two times on the same day.
#[must_use]
pub fn day_number(ms: i64, offset: i32) -> i64 {
    minutes(ms, offset).div_euclid(DAY)
}

/// `12:44`.
#[must_use]
pub fn clock(ms: i64, offset: i32) -> String {
    let m = minutes(ms, offset).rem_euclid(DAY);
    format!("{:02}:{:02}", m / 60, m % 60)
}

/// `12:44:07`.
#[must_use]
pub fn clock_seconds(ms: i64, offset: i32) -> String {
    format!("{}:{:02}", clock(ms, offset), ms.div_euclid(1_000).rem_euclid(60))
}

/// `Fri 20 November 2026`.
#[must_use]
pub fn day(ms: i64, offset: i32) -> String {
    date(day_number(ms, offset)).format("%a %-d %B %Y").to_string()
}

/// The shortest form that is clear at `now`: `12:44` today, `Mon` within the week, `20 Nov`, `20 Nov 2025`.
#[must_use]
pub fn short(ms: i64, now: i64, offset: i32) -> String {
    let (n, today) = (day_number(ms, offset), day_number(now, offset));
    let day = date(n);
    let form = match today.saturating_sub(n) {
        0 => return clock(ms, offset),
        1..=6 => "%a",
        _ if date(today).year() == day.year() => "%-d %b",
        _ => "%-d %b %Y",
    };
    day.format(form).to_string()
}

/// How long, in short: `42 min`, `3 h`, `3 h 5 min`, `2 days`.
#[must_use]
pub fn span(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) if h < 24 => format!("{h} h"),
        (h, m) if h < 24 => format!("{h} h {m} min"),
        (h, _) if h < 48 => "1 day".to_owned(),
        (h, _) => format!("{} days", h / 24),
    }
}

/// `20 Nov 2026`.
#[must_use]
pub fn short_day(ms: i64, offset: i32) -> String {
    date(day_number(ms, offset)).format("%-d %b %Y").to_string()
}

/// `20 Nov 2026 12:44`.
#[must_use]
pub fn stamp(ms: i64, offset: i32) -> String {
    format!("{} {}", short_day(ms, offset), clock(ms, offset))
}

/// A moment as it stands in a list: `12:44` today, `20 Nov 12:44` this year, `20 Nov 2025 12:44`.
#[must_use]
pub fn moment(ms: i64, now: i64, offset: i32) -> String {
    let (day, today) = (day_number(ms, offset), day_number(now, offset));
    if day == today {
        clock(ms, offset)
    } else if date(day).year() == date(today).year() {
        format!("{} {}", date(day).format("%-d %b"), clock(ms, offset))
    } else {
        stamp(ms, offset)
    }
}

/// When a day begins on the local clock, in milliseconds since 1970; `None` where there is no such day.
#[must_use]
pub fn start_of_day(year: i32, month: u32, day: u32, offset: i32) -> Option<i64> {
    let days = NaiveDate::from_ymd_opt(year, month, day)?.to_epoch_days();
    Some((i64::from(days) * DAY - i64::from(offset)) * 60_000)
}

/// The date of a day by its number; the last date that there is for a number far beyond.
fn date(day: i64) -> NaiveDate {
    i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_795_178_640_000; // 2026-11-20T12:44:00Z

    #[test]
    fn clocks_and_days() {
        assert_eq!(clock(T, 0), "12:44");
        assert_eq!(clock(T, -780), "23:44");
        assert_eq!(day(T, 0), "Fri 20 November 2026");
        assert_eq!(day(T, 12 * 60), "Sat 21 November 2026");
        assert_eq!(day(951_782_400_000, 0), "Tue 29 February 2000");
        assert_eq!(day(-1, 0), "Wed 31 December 1969");
        assert_eq!((stamp(T, 60), short_day(T, 0)), ("20 Nov 2026 13:44".to_owned(), "20 Nov 2026".to_owned()));
    }

    #[test]
    fn short_forms() {
        let d = 86_400_000;
        assert_eq!(short(T, T, 0), "12:44");
        assert_eq!(short(T - d, T, 0), "Thu");
        assert_eq!(short(T - 10 * d, T, 0), "10 Nov");
        assert_eq!(short(T - 365 * d, T, 0), "20 Nov 2025");
        assert_eq!(short(T + 3 * d, T, 0), "23 Nov");
        assert_eq!(moment(T, T, 60), "13:44");
        assert_eq!(moment(T - d, T, 0), "19 Nov 12:44");
        assert_eq!(moment(T - 365 * d, T, 0), "20 Nov 2025 12:44");
    }

    #[test]
    fn where_days_begin() {
        assert_eq!(start_of_day(1970, 1, 1, 0), Some(0));
        assert_eq!(start_of_day(2000, 3, 1, 60), Some(11_017 * 86_400_000 - 3_600_000));
        assert_eq!(start_of_day(1969, 12, 31, 0), Some(-86_400_000));
        assert_eq!(start_of_day(2026, 2, 29, 0), None);
    }

    #[test]
    fn no_time_panics() {
        for t in [i64::MIN, i64::MAX, 0] {
            let _ = (day(t, -900), short(t, T, 900), stamp(t, 0), moment(t, T, 0));
        }
    }
}
