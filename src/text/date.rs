//! Clock times and days in words, from milliseconds since 1970 (UTC) and the zone's offset in minutes.

const DAY: i64 = 24 * 60;
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

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
    let n = day_number(ms, offset);
    let (y, m, d) = civil(n);
    format!("{} {d} {} {y}", weekday(n), month(m))
}

/// As short as it can be told apart from `now`: `12:44` today, `Mon` within the week, `20 Nov`, `20 Nov 25`.
#[must_use]
pub fn short(ms: i64, now: i64, offset: i32) -> String {
    let (n, today) = (day_number(ms, offset), day_number(now, offset));
    let (y, m, d) = civil(n);
    match today - n {
        0 => clock(ms, offset),
        1..=6 => weekday(n).to_owned(),
        _ if civil(today).0 == y => format!("{d} {}", &month(m)[..3]),
        _ => format!("{d} {} {:02}", &month(m)[..3], y.rem_euclid(100)),
    }
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

/// `2026-11-20 12:44`, for places that want no words.
#[must_use]
pub fn stamp(ms: i64, offset: i32) -> String {
    let (y, m, d) = civil(day_number(ms, offset));
    format!("{y:04}-{m:02}-{d:02} {}", clock(ms, offset))
}

fn weekday(day: i64) -> &'static str {
    // 1970-01-01 was a Thursday.
    WEEKDAYS[usize::try_from((day + 3).rem_euclid(7)).unwrap_or(0)]
}

fn month(number: i64) -> &'static str {
    MONTHS[usize::try_from(number - 1).unwrap_or(0).min(11)]
}

/// The proleptic Gregorian date of a day: year, month, day of the month.
fn civil(day: i64) -> (i64, i64, i64) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(month <= 2), month, doy - (153 * mp + 2) / 5 + 1)
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
        assert_eq!(stamp(T, 60), "2026-11-20 13:44");
    }

    #[test]
    fn short_forms() {
        let d = 86_400_000;
        assert_eq!(short(T, T, 0), "12:44");
        assert_eq!(short(T - d, T, 0), "Thu");
        assert_eq!(short(T - 10 * d, T, 0), "10 Nov");
        assert_eq!(short(T - 365 * d, T, 0), "20 Nov 25");
        assert_eq!(short(T + 3 * d, T, 0), "23 Nov");
    }

    #[test]
    fn no_time_panics() {
        for t in [i64::MIN, i64::MAX, 0] {
            let _ = (day(t, -900), short(t, T, 900), stamp(t, 0));
        }
    }
}
