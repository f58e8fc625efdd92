//! Times in the protocol (XEP-0082, the DateTime profile alone) and delay stamps (XEP-0203).

use super::element::{Build, el};
use super::ns;
use crate::model::{Jid, Standard, Time};
use chrono::{DateTime, NaiveDateTime, SecondsFormat, TimeZone, Utc};
use minidom::Element;

/// The row of the reference.
pub const STANDARD: Standard = Standard::partial("XEP-0082", "XMPP Date and Time Profiles", "1.1.1");

/// 1999-01-01: no message is older.
pub const FIRST: Time = Time(915_148_800_000);

/// Reads a XEP-0082 DateTime; also the old `CCYYMMDDThh:mm:ss` of XEP-0091. `None` for anything else.
#[must_use]
pub fn parse(text: &str) -> Option<Time> {
    let text = text.trim();
    let time = DateTime::parse_from_rfc3339(text).map(|t| t.to_utc());
    let time = time.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y%m%dT%H:%M:%S").map(|t| t.and_utc()));
    // A whole second counts as a vague stamp (`store::order`); one that was told to the microsecond is none, and is taken a
    // millisecond later rather than as the second around it.
    let is_exact = |t: &DateTime<Utc>| (1..1_000_000).contains(&t.timestamp_subsec_nanos());
    time.ok().map(|t| Time(t.timestamp_millis() + i64::from(is_exact(&t))))
}

/// Writes a XEP-0082 DateTime in UTC, to the millisecond.
#[must_use]
pub fn format(time: Time) -> String {
    let time = Utc.timestamp_millis_opt(time.0).single().unwrap_or(DateTime::UNIX_EPOCH);
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A `<delay/>`'s author and stamp. One without a readable stamp is none.
#[must_use]
pub fn delay(element: &Element) -> Option<(Option<Jid>, Time)> {
    let stamp = parse(element.attr("stamp")?)?;
    Some((element.attr("from").and_then(|f| Jid::parse(f).ok()), stamp))
}

/// All delay stamps of a stanza with their authors, in their order: those of XEP-0203, then the old ones of XEP-0091.
pub fn stamps(children: &[Element]) -> impl Iterator<Item = (Option<Jid>, Time)> {
    let new = children.iter().filter(|c| c.is("delay", ns::DELAY));
    new.chain(children.iter().filter(|c| c.is("x", ns::LEGACY_DELAY))).filter_map(delay)
}

/// A `<delay/>`.
#[must_use]
pub fn delay_el(stamp: Time) -> Element {
    el("delay", ns::DELAY).with_attr("stamp", &format(stamp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps() {
        let t = Time(1_026_692_105_000);
        for text in ["2002-07-15T00:15:05Z", "2002-07-15T02:15:05.000+02:00", "20020715T00:15:05"] {
            assert_eq!(parse(text), Some(t), "{text}");
        }
        assert_eq!(parse("2002-07-15T00:15:05.000234Z"), Some(Time(t.0 + 1)), "no whole second");
        assert_eq!(parse("2002-07-15T00:15:05.001999Z"), Some(Time(t.0 + 1)));
        assert_eq!(format(t), "2002-07-15T00:15:05.000Z");
        for bad in ["", "yesterday", "2002-07-15", "99999-01-01T00:00:00Z", "2002-13-15T00:15:05Z"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(parse(&format(Time(i64::MAX))), Some(Time(0)), "a far stamp is no panic");
    }
}
