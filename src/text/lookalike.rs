//! Names that look like other names (UTS 39).
//!
//! Two names look alike when they share a skeleton: invisible characters and spaces are ignored, letters of other
//! scripts stand for the letters that they resemble, and case does not count. Look-alikes are not refused, since two
//! people may have the same name; the user is warned where it matters who is who.

use super::clean::is_invisible;
use std::sync::LazyLock;

/// The skeletons of a name (UTS 39 §4): with its letters in lower case first, so that `Igor` is `igor`, and as it is
/// written, so that `PaypaI` is `Paypal`.
#[must_use]
pub fn skeletons(name: &str) -> [String; 2] {
    let seen = name.chars().filter(|c| !is_unseen(*c)).collect::<String>();
    let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let small = words.to_lowercase();
    let first = skeleton(&small);
    let second = if small == words { first.clone() } else { skeleton(&words) };
    [first, second]
}

fn skeleton(text: &str) -> String {
    let once = resembled(text);
    // Once more: what a sign resembles may be a large letter.
    resembled(&once.to_lowercase())
}

/// What each ASCII character resembles: most nicknames are made of nothing else, and a room may have ten thousand.
static ASCII: LazyLock<Vec<String>> = LazyLock::new(|| {
    (0..128).map(|b| unicode_security::skeleton(char::from(b).encode_utf8(&mut [0; 4])).collect()).collect()
});

fn resembled(text: &str) -> String {
    if text.is_ascii() {
        return text.bytes().filter_map(|b| ASCII.get(usize::from(b))).map(String::as_str).collect();
    }
    unicode_security::skeleton(text).collect()
}

/// Whether two names look the same, whatever they are made of.
#[must_use]
pub fn is_alike(a: &str, b: &str) -> bool {
    let of_b = skeletons(b);
    skeletons(a).iter().any(|s| of_b.contains(s))
}

fn is_unseen(c: char) -> bool {
    is_invisible(c)
        || c.is_control() && !c.is_whitespace()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a name has that the other has not, so that both can be told apart: code points, in words.
#[must_use]
pub fn difference(name: &str, other: &str) -> String {
    let mut odd: Vec<char> = name.chars().filter(|c| !other.contains(*c) && !c.is_ascii_alphanumeric()).collect();
    odd.sort_unstable();
    odd.dedup();
    let codes: Vec<String> = odd.iter().take(3).map(|c| format!("U+{:04X}", u32::from(*c))).collect();
    if codes.is_empty() { "written otherwise".to_owned() } else { format!("written with {}", codes.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_the_same() {
        for alike in ["bob ", " bob", "b\u{200b}ob", "bоb", "Bob", "BOB", "bo\u{202e}b", "b\u{feff}ob", "ｂｏｂ", "𝐛𝐨𝐛"]
        {
            assert!(is_alike(alike, "bob") && is_alike("bob", alike), "{alike:?}");
        }
        for other in ["bobby", "rob", "b o b", "boob", ""] {
            assert!(!is_alike(other, "bob"), "{other:?}");
        }
        for (a, b) in [("paypaI", "paypal"), ("PAYPAL", "paypal"), ("Igor", "igor"), ("аlice", "alice"), ("rn", "m")] {
            assert!(is_alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn ascii_is_read_like_the_rest() {
        let all: String = (' '..='~').collect();
        let slow: String = unicode_security::skeleton(&all).collect();
        assert_eq!(resembled(&all), slow);
    }

    #[test]
    fn the_difference_is_told() {
        assert_eq!(difference("bоb", "bob"), "written with U+043E");
        assert_eq!(difference("bob ", "bob"), "written with U+0020");
        assert_eq!(difference("Bob", "bob"), "written otherwise");
    }
}
