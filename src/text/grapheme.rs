//! Cursor positions: borders of graphemes and words, as byte offsets.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// The grapheme border after `at`; the end of the text at the end.
#[must_use]
pub fn next(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    GraphemeCursor::new(at, text.len(), true).next_boundary(text, 0).ok().flatten().unwrap_or(text.len())
}

/// The grapheme border before `at`; 0 at the start.
#[must_use]
pub fn prev(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    GraphemeCursor::new(at, text.len(), true).prev_boundary(text, 0).ok().flatten().unwrap_or(0)
}

/// The nearest grapheme border at or before `at`.
#[must_use]
pub fn floor(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at.min(text.len()));
    match GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0) {
        Ok(true) | Err(_) => at,
        Ok(false) => prev(text, at),
    }
}

/// The end of the word at or after `at`: what Alt-F and Alt-D go to.
#[must_use]
pub fn next_word(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    for (start, word) in text[at..].split_word_bound_indices() {
        if is_word(word) {
            return at + start + word.len();
        }
    }
    text.len()
}

/// The start of the word before `at`: what Alt-B and Ctrl-W go to.
#[must_use]
pub fn prev_word(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    for (start, word) in text[..at].split_word_bound_indices().rev() {
        if is_word(word) {
            return start;
        }
    }
    0
}

fn is_word(part: &str) -> bool {
    !part.chars().all(|c| c.is_whitespace() || (c.is_ascii_punctuation() && c != '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_one_step() {
        let t = "a👩‍👩‍👧e\u{301}";
        assert_eq!((next(t, 0), next(t, 1), next(t, 19)), (1, 19, t.len()));
        assert_eq!((prev(t, t.len()), prev(t, 19), prev(t, 0)), (19, 1, 0));
        assert_eq!((floor(t, 5), floor(t, 20), floor(t, 99)), (1, 19, t.len()));
        assert_eq!(next(t, 99), t.len());
    }

    #[test]
    fn words() {
        let t = "hello, my_name  世界";
        assert_eq!((next_word(t, 0), next_word(t, 5), next_word(t, 14)), (5, 14, 19));
        assert_eq!((prev_word(t, 14), prev_word(t, 7), prev_word(t, 0)), (7, 0, 0));
        assert_eq!(prev_word(t, t.len()), 19);
    }
}
