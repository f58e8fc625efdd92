//! Spaces around each character of scripts that write none, for the full-text index: its tokeniser sees
//! words only between spaces. Queries are spread the same way and asked for as phrases.

/// The text with each Chinese, Japanese and Korean character and each emoji set apart by spaces.
#[must_use]
pub fn spread(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    for c in text.chars() {
        if is_apart(c) {
            out.push(' ');
            out.push(c);
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a character is a word of its own in the index.
fn is_apart(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11ff}'     // Hangul letters
        | '\u{2600}'..='\u{27bf}'   // symbols and dingbats that serve as emoji
        | '\u{2b00}'..='\u{2bff}'
        | '\u{2e80}'..='\u{2fdf}'   // radicals
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}'   // kana
        | '\u{3100}'..='\u{31ff}'   // bopomofo, Hangul letters, kana extensions
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ffdc}'   // half-width kana and Hangul
        | '\u{1b000}'..='\u{1b16f}'
        | '\u{1f000}'..='\u{1faff}' // emoji
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_character_is_apart() {
        assert_eq!(spread("plain text, Ünïcode"), "plain text, Ünïcode");
        assert_eq!(spread("看spec👍"), " 看 spec 👍 ");
        assert_eq!(spread("한글かな"), " 한  글  か  な ");
    }
}
