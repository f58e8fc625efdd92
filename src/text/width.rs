//! How many cells a text takes, by the same table as the terminal library.
//!
//! Text is measured by grapheme, since that is what a cell of the screen holds. It must be cleaned first: a control
//! character has no width.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// The width in cells.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(grapheme).sum() }
}

/// The width of one grapheme, exactly as ratatui counts it: what is measured here must end where its buffer
/// ends. That holds for half-width kana sound marks too, to which ratatui adds a cell on top of the one that
/// unicode-width gives them by now: such a syllable is followed by one blank cell.
#[must_use]
pub fn grapheme(g: &str) -> usize {
    if g.len() == 1 {
        return 1;
    }
    g.width() + g.matches(['\u{ff9e}', '\u{ff9f}']).count()
}

/// The longest start of `text` that fits into `max` cells, and its width.
#[must_use]
pub fn take(text: &str, max: usize) -> (&str, usize) {
    if text.is_ascii() {
        let len = text.len().min(max);
        return (&text[..len], len);
    }
    let mut used = 0;
    for (at, g) in text.grapheme_indices(true) {
        let w = grapheme(g);
        if used + w > max {
            return (&text[..at], used);
        }
        used += w;
    }
    (text, used)
}

/// The text if it fits into `max` cells, else as much of it as fits with `mark` at the end.
#[must_use]
pub fn fit<'t>(text: &'t str, max: usize, mark: &str) -> Cow<'t, str> {
    // A text of few bytes is short, and one of very many need not be measured whole.
    if text.len() <= max || (text.len() <= max.saturating_mul(32) && width(text) <= max) {
        return Cow::Borrowed(text);
    }
    let mark = if width(mark) <= max { mark } else { "" };
    let room = max - width(mark);
    Cow::Owned(format!("{}{mark}", take(text, room).0.trim_end()))
}

/// The text, cut or filled with spaces to exactly `cells` cells.
#[must_use]
pub fn pad(text: &str, cells: usize, mark: &str) -> String {
    let text = fit(text, cells, mark);
    let missing = cells.saturating_sub(width(&text));
    format!("{text}{:missing$}", "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_two() {
        assert_eq!((width("abc"), width("宽e\u{301}"), width("👩‍👩‍👧"), width("ｶﾞ")), (3, 3, 2, 3));
    }

    #[test]
    fn fits_to_the_cell() {
        assert_eq!(fit("short", 5, "…"), "short");
        assert_eq!(fit("longer", 5, "…"), "long…");
        assert_eq!(fit("宽宽宽", 5, "…"), "宽宽…");
        assert_eq!(fit("宽宽宽", 4, "…"), "宽…");
        assert_eq!((fit("abc", 0, "…"), fit("abc", 1, "...")), ("".into(), "a".into()));
        assert_eq!(pad("宽", 4, "…"), "宽  ");
        assert_eq!(pad("abcdef", 4, "…"), "abc…");
        assert_eq!(take("a宽b", 2), ("a", 1));
    }
}
