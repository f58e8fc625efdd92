//! Splits a line into words. `"two words"` are one word; inside quotes `\"` and `\\` stand for themselves. A quote
//! opens only at the start of a word, so that it's and 5" need no quoting.

use std::ops::Range;

/// A word of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it says, without quotes.
    pub text: String,
    /// Where it stands in the line, with its quotes.
    pub span: Range<usize>,
    /// A quote was opened and not closed.
    pub is_open: bool,
}

/// The word that begins at or after `at`, if there is one.
#[must_use]
pub fn word(line: &str, at: usize) -> Option<Piece> {
    let start = skip_spaces(line, at);
    let mut chars = line[start..].char_indices().peekable();
    let mut text = String::new();
    let mut is_open = false;
    if chars.next_if(|(_, c)| *c == '"').is_some() {
        is_open = true;
        while let Some((_, c)) = chars.next() {
            match c {
                '"' => {
                    is_open = false;
                    break;
                }
                '\\' => match chars.next_if(|(_, c)| matches!(c, '"' | '\\')) {
                    Some((_, escaped)) => text.push(escaped),
                    None => text.push('\\'),
                },
                other => text.push(other),
            }
        }
    }
    while let Some((_, c)) = chars.next_if(|(_, c)| !c.is_whitespace()) {
        text.push(c);
    }
    let end = chars.peek().map_or(line.len(), |(i, _)| start + i);
    (end > start).then_some(Piece { text, span: start..end, is_open })
}

/// All that is left of the line from `at`, without spaces around it.
#[must_use]
pub fn rest(line: &str, at: usize) -> Option<Piece> {
    let start = skip_spaces(line, at);
    let text = line[start..].trim_end();
    let span = start..start + text.len();
    (!text.is_empty()).then(|| Piece { text: text.to_owned(), span, is_open: false })
}

/// The first place at or after `at` that is no space.
#[must_use]
pub fn skip_spaces(line: &str, at: usize) -> usize {
    line[at..].find(|c: char| !c.is_whitespace()).map_or(line.len(), |n| at + n)
}

/// A text without the quotes around all of it, where there are some: for names at the end of a line, which need
/// no quotes and get them all the same.
#[must_use]
pub fn unquoted(text: &str) -> String {
    match word(text, 0) {
        Some(piece) if text.starts_with('"') && !piece.is_open && piece.span == (0..text.len()) => piece.text,
        Some(_) | None => text.to_owned(),
    }
}

/// A text as one word, in quotes where it needs them.
#[must_use]
pub fn quote(text: &str) -> String {
    if text.is_empty() || text.starts_with('"') || text.contains(char::is_whitespace) {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(line: &str) -> Vec<String> {
        let mut at = 0;
        let mut out = Vec::new();
        while let Some(piece) = word(line, at) {
            at = piece.span.end;
            out.push(piece.text);
        }
        out
    }

    #[test]
    fn quotes_around_a_whole_name_are_no_part_of_it() {
        assert_eq!(unquoted("\"Juliet C.\""), "Juliet C.");
        for text in ["Juliet C.", "\"Jule\" Capulet", "\"open", "5\"", ""] {
            assert_eq!(unquoted(text), text);
        }
    }

    #[test]
    fn quotes() {
        assert_eq!(words(r#" a "two words"  b"#), ["a", "two words", "b"]);
        assert_eq!(words(r#""a b"@x it's 5" "q\"\\\n""#), ["a b@x", "it's", "5\"", "q\"\\\\n"]);
        let open = word("x \"open end", 1).unwrap();
        assert_eq!((open.text.as_str(), open.span, open.is_open), ("open end", 2..11, true));
        assert_eq!(word("  ", 0), None);
        assert_eq!(rest("a  b c \n", 1).unwrap().span, 3..6);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_quoted_is_read_back(text in "\\PC*[ \"\\\\]?\\PC*") {
            let line = format!("{} tail", quote(&text));
            let piece = word(&line, 0).unwrap();
            prop_assert_eq!(&piece.text, &text);
            prop_assert!(!piece.is_open);
            prop_assert_eq!(word(&line, piece.span.end).unwrap().text, "tail");
        }
    }
}
