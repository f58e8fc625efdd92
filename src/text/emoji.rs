//! What is one emoji.

use unicode_segmentation::UnicodeSegmentation;

/// The longest sequence that is one emoji, in bytes: families and flags of regions are about forty.
const LONGEST: usize = 64;

/// Whether a text is a single emoji. Those that a later Unicode has added since are taken for what they are by their
/// block.
#[must_use]
pub fn is_one(text: &str) -> bool {
    text.len() <= LONGEST
        && text.graphemes(true).count() == 1
        && (emojis::get(text).is_some() || text.chars().next().is_some_and(is_pictographic))
}

fn is_pictographic(c: char) -> bool {
    matches!(u32::from(c), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0x2B00..=0x2BFF)
}

/// An emoji in ASCII: `:+1:`, or its name; a question mark for one that has no name here.
#[must_use]
pub fn name(emoji: &str) -> String {
    match emojis::get(emoji) {
        Some(found) => format!(":{}:", found.shortcode().unwrap_or_else(|| found.name())),
        None => ":?:".to_owned(),
    }
}

/// Emoji by the words of their names or their short codes; all of them where nothing is asked for.
pub fn search(words: &str) -> impl Iterator<Item = &'static emojis::Emoji> + use<> {
    let words: Vec<String> = words.trim_matches(':').split_whitespace().map(str::to_lowercase).collect();
    emojis::iter().filter(move |emoji| {
        let holds = |word: &String| {
            emoji.name().contains(word.as_str()) || emoji.shortcodes().any(|c| c.contains(word.as_str()))
        };
        words.iter().all(holds)
    })
}

#[cfg(test)]
mod tests {
    use super::is_one;

    #[test]
    fn one_emoji_and_nothing_else() {
        for one in ["👍", "❤️", "❤", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇩🇪", "👍🏽", "1️⃣", "🫪", "☺"]
        {
            assert!(is_one(one), "{one}");
        }
        for none in ["", "a", "1", "👍👍", "👍 ", "+1", "你", "\u{202e}", "\u{200b}", &"👍\u{fe0f}".repeat(2)]
        {
            assert!(!is_one(none), "{none}");
        }
    }
}
