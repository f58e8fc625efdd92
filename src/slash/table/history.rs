//! History and search.

use crate::action::{Action, HistoryAsk};
use crate::slash::spec::{Arg, ArgKind, Domain, Slash};
use crate::text::date;

/// A number of messages, or a day as `2026-11-20`.
fn since(text: &str) -> Result<HistoryAsk, &'static str> {
    const WORDS: &str = "must be a number of messages, or a day such as 2026-11-20";
    if let Ok(n) = text.parse::<usize>() {
        return if (1..=10_000).contains(&n) { Ok(HistoryAsk::Count(n)) } else { Err("must be from 1 to 10000") };
    }
    let mut parts = text.split('-');
    let (Some(y), Some(m), Some(d), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(WORDS);
    };
    let (Ok(year), Ok(month), Ok(day)) = (y.parse::<i32>(), m.parse::<u8>(), d.parse::<u8>()) else {
        return Err(WORDS);
    };
    let is_day = (1970..=9999).contains(&year) && date::start_of_day(year, month.into(), day.into(), 0).is_some();
    if is_day { Ok(HistoryAsk::Since { year, month, day }) } else { Err("there is no such day") }
}

const SEARCH: Slash = Slash {
    name: "search",
    aliases: &["lastlog", "grep"],
    domain: Domain::History,
    args: &[
        Arg::may("-a", ArgKind::Flag("-a"), "in all chats"),
        Arg::need("words", ArgKind::Text, "words that all must be in the message"),
    ],
    summary: "search in this chat",
    detail: "Words are found by their beginning, without case and accents; \"two words\" side by side and as they are. \
             Words inside Chinese, Japanese, Thai, Lao, Khmer and Burmese text and single emoji are found too.",
    examples: &["/search balc", "/search \"fair sun\"", "/search -a 面具"],
    xeps: &[],
    run: |p| Ok(Action::Search { words: p.need_text(1)?, is_everywhere: p.has(0) }),
};

const HISTORY: Slash = Slash {
    name: "history",
    aliases: &["scrollback", "mam"],
    domain: Domain::History,
    args: &[Arg::may("how far", ArgKind::Since, "a number of messages, or a day such as 2026-11-20")],
    summary: "go back in the history: so many messages, or to a day",
    detail: "What is not stored here is asked of the server's archive, until Esc. Alt-Home goes to the first message.",
    examples: &["/history", "/history 200", "/history 2026-11-01"],
    xeps: &[313],
    run: |p| Ok(Action::History(p.read(0, since)?.unwrap_or(HistoryAsk::Page))),
};

/// The rows.
pub const TABLE: &[Slash] = &[SEARCH, HISTORY];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(since("2024-02-29"), Ok(HistoryAsk::Since { year: 2024, month: 2, day: 29 }));
        assert_eq!(since("12"), Ok(HistoryAsk::Count(12)));
        for bad in ["2023-02-29", "2024-13-01", "2024-00-01", "2024-01", "yesterday", "0", "-5", "2024-1-1-1"] {
            assert!(since(bad).is_err(), "{bad}");
        }
    }
}
