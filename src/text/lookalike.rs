//! Names that look like other names (UTS 39).
//!
//! Two names are alike when they have a skeleton in common: invisible characters and spaces are left out of account,
//! letters of other scripts stand for the ones they resemble, and case is no difference. That is not an error to
//! refuse (two people may well be called so), but something to be told where it matters who is who.

use super::clean::is_invisible;
use std::collections::HashMap;

/// The skeletons of a name (UTS 39 §4): with its letters made small first, so that `Igor` is `igor`, and as it is
/// written, so that `PaypaI` is `Paypal`.
#[must_use]
pub fn skeletons(name: &str) -> [String; 2] {
    let seen = name.chars().filter(|c| !is_unseen(*c)).collect::<String>();
    let words = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    [skeleton(&words.to_lowercase()), skeleton(&words)]
}

fn skeleton(text: &str) -> String {
    let once: String = unicode_security::skeleton(text).collect();
    // Once more: what a sign resembles may be a large letter.
    unicode_security::skeleton(&once.to_lowercase()).collect()
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

/// Names by what they look like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    names: HashMap<String, Vec<String>>,
}

impl Looks {
    /// Adds a name; a second time it changes nothing.
    pub fn add(&mut self, name: &str) {
        for look in skeletons(name) {
            let alike = self.names.entry(look).or_default();
            if !alike.iter().any(|n| n == name) {
                alike.push(name.to_owned());
            }
        }
    }

    /// Takes a name out.
    pub fn remove(&mut self, name: &str) {
        for look in skeletons(name) {
            if let Some(alike) = self.names.get_mut(&look) {
                alike.retain(|n| n != name);
                if alike.is_empty() {
                    self.names.remove(&look);
                }
            }
        }
    }

    /// Nothing is known any more.
    pub fn clear(&mut self) {
        self.names.clear();
    }

    /// Another name that looks like this one; the one that was there first.
    #[must_use]
    pub fn like(&self, name: &str) -> Option<&str> {
        let alike = skeletons(name).into_iter().filter_map(|look| self.names.get(&look)).flatten();
        alike.map(String::as_str).find(|n| *n != name)
    }
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
    fn the_first_of_a_look_is_named() {
        let mut looks = Looks::default();
        looks.add("bob");
        looks.add("bob");
        assert_eq!(looks.like("bob"), None);
        looks.add("bоb");
        assert_eq!((looks.like("bоb"), looks.like("Bob"), looks.like("eve")), (Some("bob"), Some("bob"), None));
        looks.remove("bob");
        assert_eq!((looks.like("bоb"), looks.like("bob")), (None, Some("bоb")));
    }
}
