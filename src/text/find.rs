//! Words to look for in texts: what counts as the same word, and where it stands.
//!
//! The full-text index, the question to it, and the marks on what was found use the same rules, which are here. Case,
//! accents, points and vowel signs that people leave out while typing do not count; a word is found by its beginning.
//! Scripts without spaces between words would be one word per sentence, so each of their characters is one, and a word of
//! several of them is a phrase.

use std::ops::Range;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;

/// What must be in a text: words side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The words, folded.
    pub words: String,
    /// The last of them is the beginning of a word.
    pub is_begun: bool,
}

/// The terms of a question: each word by its beginning, and what stands between double quotes as it is. All of them are
/// looked for. What is no word is left out.
#[must_use]
pub fn terms(asked: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for (n, part) in asked.split('"').enumerate() {
        let is_quoted = n % 2 == 1;
        // The last quote may not be closed yet.
        let is_closed = asked.matches('"').count() > n;
        let words: Vec<&str> = if is_quoted { vec![part] } else { part.split_whitespace().collect() };
        for word in words {
            let words = folded(word);
            let tokens = tokens(&words);
            let is_begun = !(is_quoted && is_closed)
                && tokens.last().is_some_and(|last| {
                    let text = &words[last.clone()];
                    last.end == words.len() && text.chars().count() > 1 && !text.chars().any(stands_alone)
                });
            if !tokens.is_empty() {
                terms.push(Term { words, is_begun });
            }
        }
    }
    terms
}

/// A text as it is compared: no case, no marks that people leave out.
#[must_use]
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        fold(cluster, &mut out);
    }
    out
}

/// Where the terms stand in a text, in bytes, in order.
#[must_use]
pub fn hits(text: &str, terms: &[Term]) -> Vec<Range<usize>> {
    // For each cluster, where it ends in the folded text, and its range in the text itself.
    let mut clusters: Vec<(usize, Range<usize>)> = Vec::new();
    let mut small = String::with_capacity(text.len());
    for (at, cluster) in text.grapheme_indices(true) {
        fold(cluster, &mut small);
        clusters.push((small.len(), at..at + cluster.len()));
    }
    let range_of = |at: Range<usize>| {
        let first = clusters.partition_point(|(end, _)| *end <= at.start);
        let last = clusters.partition_point(|(end, _)| *end < at.end);
        Some(clusters.get(first)?.1.start..clusters.get(last)?.1.end)
    };
    let words = tokens(&small);
    let mut found = Vec::new();
    for term in terms {
        let wanted = tokens(&term.words);
        let Some((last, first)) = wanted.split_last() else { continue };
        let last = &term.words[last.clone()];
        for run in words.windows(wanted.len()) {
            let Some((end, begin)) = run.split_last() else { continue };
            let is_same = begin.iter().zip(first).all(|(a, b)| small[a.clone()] == term.words[b.clone()]);
            let is_last =
                if term.is_begun { small[end.clone()].starts_with(last) } else { small[end.clone()] == *last };
            if is_same && is_last {
                let from = begin.first().map_or(end.start, |first| first.start);
                found.extend(range_of(from..end.start + last.len()));
            }
        }
    }
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    found
}

/// Whether a character is a word by itself: those of scripts without spaces between words, and pictures.
#[must_use]
pub fn stands_alone(c: char) -> bool {
    is_picture(c) || is_unspaced(c)
}

/// Emoji and other pictures.
#[must_use]
pub fn is_picture(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x21FF | 0x2300..=0x23FF | 0x2500..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF
        | 0x3030 | 0x303D | 0x3297 | 0x3299 | 0x1_F000..=0x1_F3FA | 0x1_F400..=0x1_FAFF)
}

/// Scripts that are written without spaces between words. Their digits are numbers like all others.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E01..=0x0E3A | 0x0E40..=0x0E4E // Thai
        | 0x0E81..=0x0ECE | 0x0EDC..=0x0EDF // Lao
        | 0x1000..=0x103F | 0x1050..=0x108F | 0x109A..=0x109F // Burmese
        | 0x1100..=0x11FF         // Hangul jamo
        | 0x1780..=0x17D3 | 0x17D7 | 0x17DC | 0x17DD // Khmer
        | 0x1950..=0x19CF | 0x1A20..=0x1A7F // Tai
        | 0x2E80..=0x2FDF         // radicals
        | 0x3005..=0x3007         // 々〆〇
        | 0x3021..=0x3029 | 0x3031..=0x3035
        | 0x3041..=0x30FF         // kana
        | 0x3100..=0x31FF         // bopomofo, jamo, strokes, kana extensions
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xA960..=0xA97F | 0xAC00..=0xD7FF // Hangul
        | 0xA980..=0xA9C0         // Javanese
        | 0xA9E0..=0xA9EF | 0xA9FA..=0xA9FE | 0xAA60..=0xAADF // Burmese extensions, Tai Viet
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFFDC         // half-width kana and Hangul
        | 0x1_AFF0..=0x1_B16F     // kana supplements
        | 0x2_0000..=0x3_FFFF     // ideographs of the further planes
    )
}

/// The words of a folded text, in bytes.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut open = false;
    for (at, c) in text.char_indices() {
        let range = at..at + c.len_utf8();
        if stands_alone(c) {
            out.push(range);
            open = false;
        } else if c.is_alphanumeric() || is_combining_mark(c) {
            match out.last_mut() {
                Some(last) if open => last.end = range.end,
                Some(_) | None => out.push(range),
            }
            open = true;
        } else {
            open = false;
        }
    }
    out
}

/// Folds one cluster. Nothing composes over the border of two.
fn fold(cluster: &str, out: &mut String) {
    if let [byte] = cluster.as_bytes() {
        out.push(char::from(byte.to_ascii_lowercase()));
        return;
    }
    let mut base = '\0';
    let kept = cluster.nfkd().filter(|c| {
        let is_mark = is_combining_mark(*c);
        if !is_mark {
            base = *c;
        }
        !is_left_out(*c, base)
    });
    for c in kept.nfc().flat_map(char::to_lowercase) {
        match c {
            'ß' => out.push_str("ss"),
            'ς' => out.push('σ'),
            'ı' => out.push('i'),
            'đ' => out.push('d'),
            'ł' => out.push('l'),
            'ø' => out.push('o'),
            // What a capital İ leaves behind.
            '\u{307}' if out.ends_with('i') => {}
            other => out.push(other),
        }
    }
}

/// Marks that people leave out while typing, and what is not seen at all.
fn is_left_out(c: char, base: char) -> bool {
    match u32::from(c) {
        // Accents. Cyrillic й, ї, ў are letters of their own; ё is written as е, and stress is not written.
        0x0300..=0x036F => {
            let is_cyrillic = matches!(u32::from(base), 0x0400..=0x052F);
            !is_cyrillic || matches!(c, '\u{300}' | '\u{301}') || (c == '\u{308}' && matches!(base, 'е' | 'Е'))
        }
        // More accents; Hebrew points; Arabic vowel signs, hamza on a letter and the stroke that makes words longer;
        // soft hyphen, zero-width characters and variation selectors.
        0x1AB0..=0x1AFF
        | 0x1DC0..=0x1DFF
        | 0x20D0..=0x20FF
        | 0xFE20..=0xFE2F
        | 0x0591..=0x05BD
        | 0x05BF
        | 0x05C1
        | 0x05C2
        | 0x05C4
        | 0x05C5
        | 0x05C7
        | 0x0610..=0x061A
        | 0x0640
        | 0x064B..=0x065F
        | 0x0670
        | 0x06D6..=0x06DC
        | 0x06DF..=0x06E4
        | 0x06E7
        | 0x06E8
        | 0x06EA..=0x06ED
        | 0x0730..=0x074A
        | 0x00AD
        | 0x200B..=0x200F
        | 0x2060
        | 0xFE00..=0xFE0F
        | 0xFEFF => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked<'t>(text: &'t str, asked: &str) -> Vec<&'t str> {
        hits(text, &terms(asked)).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn what_people_leave_out_does_not_count() {
        for (a, b) in [
            ("ёлка", "елка"),
            ("Ёлка", "ЕЛКА"),
            ("за́мок", "замок"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("أحمد", "احمد"),
            ("مـــرحبا", "مرحبا"),
            ("Crème Brûlée", "creme brulee"),
            ("Tiếng Việt đồng", "tieng viet dong"),
            ("Straße", "STRASSE"),
            ("ＡＢＣ１２", "abc12"),
            ("ΟΔΟΣ", "οδος"),
            ("İstanbul", "istanbul"),
            ("Łódź", "lodz"),
            ("co\u{ad}operate", "cooperate"),
            ("e\u{301}te\u{301}", "été"),
            ("ｶﾞ", "ガ"),
        ] {
            assert_eq!(folded(a), folded(b), "{a} {b}");
        }
        for (a, b) in [("мой", "мои"), ("їжак", "іжак"), ("が", "か"), ("किताब", "कताब"), ("ที่", "ท")]
        {
            assert_ne!(folded(a), folded(b), "{a} {b}");
        }
    }

    #[test]
    fn words_are_found_by_their_beginning_and_quoted_ones_as_they_are() {
        assert_eq!(marked("Wonderful wonder, a wonderwall", "wonder"), ["Wonder", "wonder", "wonder"]);
        assert_eq!(marked("Wonderful wonder, a wonderwall", "\"wonder\""), ["wonder"]);
        assert_eq!(marked("Wonderful wonder, a wonderwall", "under onder"), Vec::<&str>::new());
        assert_eq!(marked("I can't, can_you? Canned CAN", "\"can\""), ["can", "can", "CAN"]);
        assert_eq!(marked("two words, words two words", "\"two words\""), ["two words", "two words"]);
        assert_eq!(marked("two words, two wordings", "\"two wor"), ["two wor", "two wor"]);
        assert_eq!(marked("a banana", "a"), ["a"], "one letter is a word, not a beginning");
        assert_eq!(marked("Crème brûlée", "creme BRUL"), ["Crème", "brûl"]);
        assert_eq!(marked("die ﬁnale Straße", "fi strasse"), ["ﬁ", "Straße"]);
    }

    #[test]
    fn words_inside_text_without_spaces() {
        assert_eq!(marked("你好小明 小明", "小明"), ["小明", "小明"]);
        assert_eq!(marked("ฉันรักประเทศไทยมาก", "ไทย"), ["ไทย"]);
        assert_eq!(marked("ຂ້ອຍຮັກປະເທດລາວ", "ລາວ"), ["ລາວ"]);
        assert_eq!(marked("ខ្ញុំស្រឡាញ់ភាសាខ្មែរ", "ភាសា"), ["ភាសា"]);
        assert_eq!(marked("မြန်မာစာသင်တယ်", "စာ"), ["စာ"]);
        // What is drawn as one cluster is marked as one.
        assert_eq!(marked("मुझे हिन्दी पसंद है", "हिन्"), ["हिन्दी"]);
        assert_eq!(marked("party 🎉🎉", "🎉"), ["🎉", "🎉"]);
    }

    #[test]
    fn what_is_no_word_is_left_out() {
        for asked in ["", "   ", "!!! ... ——", "\"", "\"\"", "'' -- \"*", "\0"] {
            assert_eq!(terms(asked), [], "{asked:?}");
        }
        assert_eq!(terms("hello!"), [Term { words: "hello!".into(), is_begun: false }]);
    }
}
