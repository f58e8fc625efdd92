//! Whether a text calls somebody by name.

use unicode_segmentation::UnicodeSegmentation;

/// Only so much of a text is searched: a name is at its beginning, a megabyte is an attack.
const TEXT_MAX: usize = 16 * 1024;

/// Whether `nick` stands in `text` as a word of its own, by the word borders of Unicode (UAX #29), without regard to
/// upper and lower case.
#[must_use]
pub fn names(text: &str, nick: &str) -> bool {
    let nick = nick.trim().to_lowercase();
    if nick.is_empty() {
        return false;
    }
    let text = text[..text.floor_char_boundary(TEXT_MAX)].to_lowercase();
    let mut found = text.match_indices(&nick).map(|(at, _)| (at, at + nick.len())).peekable();
    if found.peek().is_none() {
        return false;
    }
    let borders: std::collections::HashSet<usize> =
        text.split_word_bound_indices().map(|(at, _)| at).chain([text.len()]).collect();
    found.any(|(from, to)| borders.contains(&from) && borders.contains(&to))
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_word_of_its_own() {
        for (text, nick) in [
            ("bob: hi", "bob"),
            ("hi BOB!", "bob"),
            ("(bob)", "Bob"),
            ("are you there, bob smith?", "bob smith"),
            ("你好小明", "小明"),
            ("hi 🌙", "🌙"),
            ("bobby is not bob", "bob"),
            ("Grüße an JÜRGEN", "jürgen"),
        ] {
            assert!(names(text, nick), "{nick:?} in {text:?}");
        }
        for (text, nick) in
            [("bobby", "bob"), ("kebob", "bob"), ("bob_2", "bob"), ("", "bob"), ("any", ""), ("any", " ")]
        {
            assert!(!names(text, nick), "{nick:?} in {text:?}");
        }
    }
}
