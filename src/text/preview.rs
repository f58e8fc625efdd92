//! A text at a glance: the beginning of it in one line, as a request shows what a stranger wrote.
//!
//! Terminals make links of addresses that they find, and a click comes before a thought. So a preview only names where
//! a link leads; the link itself is where the whole text is read.

use super::clean::line;

/// So many characters of a text are looked at.
const LOOKED_AT: usize = 600;
/// Most characters of a preview.
pub const PREVIEW_MAX: usize = 200;

/// The beginning of a text that somebody wrote, clean, in one line, with its links only named.
#[must_use]
pub fn preview(raw: &str) -> String {
    let start: String = raw.chars().take(LOOKED_AT).collect();
    let mut out = String::new();
    for word in start.split([' ', '\t', '\n', '\r']) {
        let word = named(word);
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&word);
    }
    let is_cut = out.chars().count() > PREVIEW_MAX || raw.chars().nth(LOOKED_AT).is_some();
    let mut out: String = out.chars().take(PREVIEW_MAX).collect();
    if is_cut {
        out.push('…');
    }
    out
}

/// A word, clean; where it holds a link, that it does and where it leads.
fn named(word: &str) -> String {
    let clean = line(word);
    let lower = clean.to_ascii_lowercase();
    let (before, rest) = if let Some(at) = lower.find("://") {
        let scheme = lower[..at].rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
        let scheme = (scheme..=at).find(|at| clean.is_char_boundary(*at)).unwrap_or(at);
        (&clean[..scheme], &clean[at + 3..])
    } else if let Some(at) = lower.find("www.") {
        (&clean[..at], &clean[at..])
    } else if let Some((at, scheme)) =
        ["mailto:", "xmpp:", "tel:", "geo:"].iter().find_map(|s| lower.find(s).map(|at| (at, s.len())))
    {
        (&clean[..at], &clean[at + scheme..])
    } else {
        return clean.trim().to_owned();
    };
    let place = rest.split(['/', '?', '#', '"', '\'', '<', '>', ')', ']', ',']).next().unwrap_or_default();
    // What stands before an @ is a user's name, which may look like a place.
    let place = place.rsplit('@').next().unwrap_or_default().trim_end_matches(['.', ':', ';', '!']);
    format!("{before}[link: {place}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_clean_line() {
        for (raw, wanted) in [
            ("hello", "hello"),
            (" two\n\n lines\tand\ta tab ", "two lines and a tab"),
            ("a\u{202e}b", "ab"),
            ("", ""),
            ("\n\n", ""),
            ("今晚 见面", "今晚 见面"),
        ] {
            assert_eq!(preview(raw), wanted, "{raw:?}");
        }
        let escape = preview("a\u{1b}[2Jb\u{7}\u{9b}0m");
        assert_eq!(escape, r"a\u{1b}[2Jb\u{7}\u{9b}0m", "shown as anywhere else");
    }

    #[test]
    fn links_are_named_and_are_none() {
        for (raw, wanted) in [
            ("see https://evil.test/a?b=c now", "see [link: evil.test] now"),
            ("(HTTPS://bank.test@evil.test:444/x)", "([link: evil.test:444]"),
            ("www.evil.test/x", "[link: www.evil.test]"),
            ("xmpp:eve@evil.test?join", "[link: evil.test]"),
            ("mailto:eve@evil.test", "[link: evil.test]"),
            ("javascript://x", "[link: x]"),
            ("请看https://evil.test/路径", "请看[link: evil.test]"),
            ("http://", "[link: ]"),
            ("a://b://c", "[link: b]"),
            ("://", "[link: ]"),
        ] {
            let shown = preview(raw);
            assert_eq!(shown, wanted, "{raw:?}");
            assert!(!shown.contains("://"), "{shown:?}");
            assert_eq!(crate::text::styling::links(&shown), [] as [std::ops::Range<usize>; 0], "{shown:?}");
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        let shown = preview(&"x".repeat(100_000));
        assert_eq!(shown.chars().count(), PREVIEW_MAX + 1);
        assert!(shown.ends_with('…'));
        assert_eq!(preview(&" ".repeat(100_000)), "…");
    }
}
