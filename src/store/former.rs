//! The full-text index of formats 1 to 7, which serves until the new one holds all messages (see
//! [`indexing`](super::tables::indexing)): whole words, and no word inside Thai or Burmese text.

use crate::text::find::{is_picture, stands_alone};
use std::fmt::Write as _;

/// The text as it was indexed.
pub(super) fn spread(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for c in text.chars() {
        if is_picture(c) {
            let _ = write!(out, " \u{e000}{:x} ", u32::from(c));
        } else if stands_alone(c) && !is_later(c) {
            out.extend([' ', c, ' ']);
        } else {
            out.push(c);
        }
    }
    out
}

/// A query from what the user typed: every word a quoted phrase, all of them asked for.
pub(super) fn query(asked: &str, scope: Option<&str>) -> Option<String> {
    let is_word = |word: &&str| word.chars().any(|c| c.is_alphanumeric() || is_picture(c));
    let phrase = |word: &str| format!("\"{}\"", spread(word).replace(['"', '\0'], " ").trim());
    let phrases: Vec<String> = asked.split_whitespace().filter(is_word).map(phrase).collect();
    let scope = scope.map_or_else(String::new, |scope| format!("scope : \"{scope}\" AND "));
    (!phrases.is_empty()).then(|| format!("{scope}body : ({})", phrases.join(" AND ")))
}

/// Characters that stand alone only in the new index.
fn is_later(c: char) -> bool {
    matches!(u32::from(c), 0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x1950..=0x1A7F | 0xA980..=0xAADF)
}
