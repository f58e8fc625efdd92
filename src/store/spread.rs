//! Text for the full-text index: spaces around every CJK, kana, Hangul and emoji character.
//!
//! SQLite's tokeniser knows words by the spaces between them. Scripts without spaces would become one
//! word per sentence, so each of their characters is made a word, and a query word of several of them is
//! a phrase. So words of one, two or four characters are all found.

use std::fmt::Write as _;

/// The text as it is indexed.
pub(super) fn spread(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for c in text.chars() {
        if is_symbol(c) {
            // SQLite's tables of characters are older than many emoji: a word of their number is not.
            let _ = write!(out, " \u{e000}{:x} ", u32::from(c));
        } else if is_word_by_itself(c) {
            out.push(' ');
            out.push(c);
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// A query for FTS5 from what the user typed: every word a quoted phrase, all of them asked for, in the
/// body alone. `None` where there is no word in it. `scope` is a token that was made by us.
pub(super) fn query(words: &str, scope: Option<&str>) -> Option<String> {
    let mut phrases: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        if word.chars().any(|c| c.is_alphanumeric() || is_symbol(c)) {
            // Inside quotes only the quote itself means anything to FTS5.
            phrases.push(format!("\"{}\"", spread(word).replace(['"', '\0'], " ").trim()));
        }
    }
    if phrases.is_empty() {
        return None;
    }
    let body = format!("body : ({})", phrases.join(" AND "));
    Some(match scope {
        Some(scope) => format!("scope : \"{scope}\" AND {body}"),
        None => body,
    })
}

/// Scripts that are written without spaces between words.
fn is_word_by_itself(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x11FF           // Hangul jamo
        | 0x2E80..=0x2FDF         // radicals
        | 0x3005..=0x3007         // 々〆〇
        | 0x3021..=0x3029 | 0x3031..=0x3035
        | 0x3041..=0x30FF         // kana
        | 0x3100..=0x31FF         // bopomofo, jamo, strokes, kana extensions
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xA960..=0xA97F | 0xAC00..=0xD7FF // Hangul
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFFDC         // half-width kana and Hangul
        | 0x1_AFF0..=0x1_B16F     // kana supplements
        | 0x2_0000..=0x3_FFFF     // ideographs of the further planes
    )
}

/// Emoji and other pictures.
fn is_symbol(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x21FF | 0x2300..=0x23FF | 0x2500..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF
        | 0x3030 | 0x303D | 0x3297 | 0x3299 | 0x1_F000..=0x1_F3FA | 0x1_F400..=0x1_FAFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_what_has_no_spaces() {
        assert_eq!(spread("ab 北京ok"), "ab  北  京 ok");
        assert_eq!(spread("plain words"), "plain words");
        assert_eq!(spread("🫠"), " \u{e000}1fae0 ");
    }

    #[test]
    fn a_query_is_quoted_words_only() {
        assert_eq!(query("romeo NEAR(", None).unwrap(), "body : (\"romeo\" AND \"NEAR(\")");
        assert_eq!(query("say \"hi\"", None).unwrap(), "body : (\"say\" AND \"hi\")");
        assert_eq!(query("'' -- \"*", None), None);
        assert_eq!(query("x", Some("c7")).unwrap(), "scope : \"c7\" AND body : (\"x\")");
    }
}
