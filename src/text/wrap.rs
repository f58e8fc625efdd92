//! Breaks text into lines that fit (UAX #14).
//!
//! It takes one pass and returns byte ranges, so that styles and a cursor can be mapped onto the result.

use super::width::{grapheme, width};
use std::ops::Range;
use unicode_linebreak::linebreaks;
use unicode_segmentation::UnicodeSegmentation;

/// The lines of a cleaned text at this width. Newlines belong to no line; neither do the spaces at which a line
/// was broken. Words longer than a line are broken between graphemes; a character wider than the width
/// stands alone. An empty text is one empty line.
#[must_use]
pub fn wrap(text: &str, cells: usize) -> Vec<Range<usize>> {
    let cells = cells.max(1);
    let mut lines = Vec::new();
    let mut start = 0;
    for part in text.split('\n') {
        paragraph(text, start..start + part.len(), cells, &mut lines);
        start += part.len() + 1;
    }
    lines
}

fn paragraph(text: &str, range: Range<usize>, cells: usize, lines: &mut Vec<Range<usize>>) {
    let part = &text[range.clone()];
    if part.len() <= cells && part.is_ascii() {
        lines.push(range);
        return;
    }
    let mut line = OpenLine { start: range.start, cells: 0 };
    let mut from = range.start;
    for (to, _) in linebreaks(part) {
        let to = before_slash(text, from, range.start + to, range.end);
        if to == from {
            continue;
        }
        let word = &text[from..to];
        let bare = word.trim_end_matches(' ');
        let bare_cells = width(bare);
        if line.cells + bare_cells > cells {
            if from > line.start {
                line.end_at(text, from, lines);
            }
            if bare_cells > cells {
                split(text, from..from + bare.len(), cells, &mut line, lines);
            } else {
                line.cells = bare_cells;
            }
        } else {
            line.cells += bare_cells;
        }
        line.cells += word.len() - bare.len();
        from = to;
    }
    let end = last(text, line.start..range.end, cells);
    lines.push(line.start..end);
}

/// Where a word really ends: the slash of a `/command`, a path or a closing tag belongs to what it begins
/// (UAX #14 has it end the word before, spaces or not).
fn before_slash(text: &str, from: usize, to: usize, end: usize) -> usize {
    let word = &text[from..to];
    let kept = word.trim_end_matches('/').trim_end_matches('<');
    let is_start = kept.is_empty() || kept.ends_with(' ') || word.ends_with("</");
    if to < end && word.ends_with('/') && is_start { from + kept.len() } else { to }
}

/// The end of the last line of a paragraph: its spaces stay, as far as they fit.
fn last(text: &str, range: Range<usize>, cells: usize) -> usize {
    let part = &text[range.clone()];
    let bare = part.trim_end_matches(' ');
    let spaces = (part.len() - bare.len()).min(cells.saturating_sub(width(bare)));
    range.start + bare.len() + spaces
}

/// The line that is being filled.
struct OpenLine {
    start: usize,
    /// Its width so far, the spaces at its end included.
    cells: usize,
}

impl OpenLine {
    fn end_at(&mut self, text: &str, at: usize, lines: &mut Vec<Range<usize>>) {
        let bare = text[self.start..at].trim_end_matches(' ');
        // Spaces at the start of a paragraph with a long word after them are a line of their own.
        lines.push(self.start..self.start + bare.len());
        *self = Self { start: at, cells: 0 };
    }
}

/// Breaks a word that is longer than a line.
fn split(text: &str, word: Range<usize>, cells: usize, line: &mut OpenLine, lines: &mut Vec<Range<usize>>) {
    for (at, g) in text[word.clone()].grapheme_indices(true) {
        let at = word.start + at;
        let w = grapheme(g);
        if w > cells && g.chars().nth(1).is_some() {
            for (i, c) in g.char_indices() {
                step(at + i, grapheme(c.encode_utf8(&mut [0; 4])), cells, line, lines);
            }
        } else {
            step(at, w, cells, line, lines);
        }
    }
}

fn step(at: usize, w: usize, cells: usize, line: &mut OpenLine, lines: &mut Vec<Range<usize>>) {
    if line.cells + w > cells && at > line.start {
        lines.push(line.start..at);
        *line = OpenLine { start: at, cells: 0 };
    }
    line.cells += w;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(text: &str, cells: usize) -> Vec<&str> {
        wrap(text, cells).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn words_spaces_and_newlines() {
        assert_eq!(show("", 5), [""]);
        assert_eq!(show("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(show("one two three", 8), ["one two", "three"]);
        assert_eq!(show("one two   three", 7), ["one two", "three"]);
        assert_eq!(show("  indented code", 80), ["  indented code"]);
        assert_eq!(show("  in code", 6), ["  in", "code"]);
        assert_eq!(show("end   ", 4), ["end "]);
        assert_eq!(show("trailing\n", 80), ["trailing", ""]);
    }

    #[test]
    fn long_words_are_broken() {
        assert_eq!(show("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(show("x abcdefghij k", 4), ["x", "abcd", "efgh", "ij k"]);
        assert_eq!(show("宽宽宽", 3), ["宽", "宽", "宽"]);
    }

    #[test]
    fn a_slash_stays_with_what_it_begins() {
        assert_eq!(show("say /accept now", 6), ["say", "/accep", "t now"]);
        assert_eq!(show("either /accept", 10), ["either", "/accept"]);
        assert_eq!(show("<a>text</a> b", 9), ["<a>text", "</a> b"]);
        assert_eq!(show("https://x.test/a", 15), ["https://x.test/", "a"]);
        assert_eq!(show("and / or", 5), ["and /", "or"]);
    }

    #[test]
    fn a_full_stop_never_begins_a_line() {
        assert_eq!(show("今天晚上。好", 8), ["今天晚", "上。好"]);
        for cells in 4..20 {
            for line in show("我带上面具和火把，在广场等你们。你们都去吗？好！", cells) {
                assert!(!line.starts_with(['。', '，', '？', '！']), "{cells} {line}");
            }
        }
    }

    #[test]
    fn a_long_text_takes_linear_time() {
        let text = "e\u{301}".repeat(200_000) + &" ".repeat(200_000) + &"宽".repeat(100_000);
        assert!(wrap(&text, 10).len() > 30_000);
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide_and_nothing_is_lost(text in "\\PC{0,80}|[a-z 宽。👩‍👧\u{301}\u{1100}\n]{0,60}", cells in 2_usize..30) {
            let text = crate::text::body(&text);
            let lines = wrap(&text, cells);
            let mut at = 0;
            for line in lines {
                prop_assert!(width(&text[line.clone()]) <= cells, "{:?}", &text[line]);
                prop_assert!(text[at..line.start].chars().all(|c| c == ' ' || c == '\n'));
                at = line.end;
            }
            prop_assert!(text[at..].chars().all(|c| c == ' '));
        }
    }
}
