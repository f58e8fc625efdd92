//! What terminals may make of the text of one cell.
//!
//! Terminals do not agree on how many cells a text takes: their tables are of other Unicode versions, some join clusters
//! and some do not, and some put a mark to whatever stands on its left. So only characters that all of them count alike
//! are certain. All others are uncertain, and the canvas draws them so that they cannot change a cell of others (S-44).

use crate::text::width;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// Blocks whose letters and signs have had one width in every version of Unicode since 9, and in the older ones as far as
/// they were not new. Marks, format characters and what is not assigned are left out one by one.
const CERTAIN: [(char, char); 51] = [
    (' ', '~'),
    ('\u{a0}', '\u{ac}'),
    ('\u{ae}', '\u{2ff}'),
    ('\u{370}', '\u{52f}'),
    ('\u{531}', '\u{58a}'),
    ('\u{5be}', '\u{5f4}'),
    ('\u{606}', '\u{60f}'),
    ('\u{61b}', '\u{6d5}'),
    ('\u{6ee}', '\u{6ff}'),
    ('\u{750}', '\u{77f}'),
    ('\u{904}', '\u{939}'),
    ('\u{958}', '\u{97f}'),
    ('\u{985}', '\u{9b9}'),
    ('\u{b85}', '\u{bb9}'),
    ('\u{e01}', '\u{e46}'),
    ('\u{e4f}', '\u{ec6}'),
    ('\u{10a0}', '\u{10ff}'),
    ('\u{1e00}', '\u{200a}'),
    ('\u{2010}', '\u{2027}'),
    ('\u{2030}', '\u{205e}'),
    ('\u{2070}', '\u{20bf}'),
    ('\u{2100}', '\u{2319}'),
    ('\u{231c}', '\u{23e8}'),
    ('\u{2400}', '\u{2426}'),
    ('\u{2440}', '\u{25fc}'),
    ('\u{25ff}', '\u{2613}'),
    ('\u{2616}', '\u{262f}'),
    ('\u{2638}', '\u{2647}'),
    ('\u{2654}', '\u{267e}'),
    ('\u{2680}', '\u{2689}'),
    ('\u{2701}', '\u{2704}'),
    ('\u{2706}', '\u{2709}'),
    ('\u{270c}', '\u{2727}'),
    ('\u{2729}', '\u{274b}'),
    ('\u{2756}', '\u{2756}'),
    ('\u{2758}', '\u{2794}'),
    ('\u{2798}', '\u{27af}'),
    ('\u{27c0}', '\u{2b1a}'),
    ('\u{2e80}', '\u{2ffb}'),
    ('\u{3000}', '\u{303e}'),
    ('\u{3041}', '\u{3096}'),
    ('\u{309b}', '\u{312d}'),
    ('\u{3131}', '\u{31ba}'),
    ('\u{31c0}', '\u{31e3}'),
    ('\u{31f0}', '\u{32fe}'),
    ('\u{3300}', '\u{4db5}'),
    ('\u{4e00}', '\u{a4c6}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{fad9}'),
    ('\u{fe30}', '\u{ff9d}'),
    ('\u{20000}', '\u{2a6d6}'),
];

/// The emoji that have been wide since Unicode 9, when emoji became wide; without the skin tones.
const EMOJI: [(char, char); 19] = [
    ('\u{1f300}', '\u{1f320}'),
    ('\u{1f32d}', '\u{1f335}'),
    ('\u{1f337}', '\u{1f37c}'),
    ('\u{1f37e}', '\u{1f393}'),
    ('\u{1f3a0}', '\u{1f3ca}'),
    ('\u{1f3cf}', '\u{1f3d3}'),
    ('\u{1f3e0}', '\u{1f3f0}'),
    ('\u{1f3f8}', '\u{1f3fa}'),
    ('\u{1f400}', '\u{1f43e}'),
    ('\u{1f440}', '\u{1f440}'),
    ('\u{1f442}', '\u{1f4fc}'),
    ('\u{1f4ff}', '\u{1f53d}'),
    ('\u{1f54b}', '\u{1f54e}'),
    ('\u{1f550}', '\u{1f567}'),
    ('\u{1f595}', '\u{1f596}'),
    ('\u{1f5fb}', '\u{1f64f}'),
    ('\u{1f680}', '\u{1f6c5}'),
    ('\u{1f910}', '\u{1f91e}'),
    ('\u{1f920}', '\u{1f927}'),
];

/// Whether terminals may count other cells for it than we do, or join it with what stands beside it.
pub(super) fn is_uncertain(symbol: &str) -> bool {
    if symbol.len() == 1 {
        return false;
    }
    let mut chars = symbol.chars();
    let is_mark = |c| matches!(c, '\u{300}'..='\u{34e}' | '\u{350}'..='\u{36f}');
    chars.next().is_some_and(|first| !is_certain(first)) || !chars.all(is_mark)
}

/// Whether every terminal counts the same cells for this character and joins it with nothing.
fn is_certain(c: char) -> bool {
    if c.is_ascii() {
        return true;
    }
    let is_in = |blocks: &[(char, char)]| {
        let at = blocks.partition_point(|(_, last)| *last < c);
        blocks.get(at).is_some_and(|(first, _)| *first <= c)
    };
    is_in(&EMOJI) || is_in(&CERTAIN) && c.width().is_some_and(|w| w > 0) && c.script() != Script::Unknown && !leans(c)
}

/// Whether some terminal may add this character to the cell on its left.
pub(super) fn leans(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    let mut bytes = [0; 5];
    bytes[0] = b'a';
    let end = 1 + c.encode_utf8(&mut bytes[1..]).len();
    let is_one = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| text.graphemes(true).count() == 1);
    // What is joined to the letter before it, or takes the one after it in.
    let is_leaning = is_one(&bytes[..end]);
    bytes.copy_within(1..end, 0);
    bytes[end - 1] = b'a';
    is_leaning || is_one(&bytes[..end]) || c.width() == Some(0) || matches!(c, '\u{115f}' | '\u{17a4}' | '\u{17d8}')
}

/// The most cells that a terminal may take for a character.
fn most(c: char) -> usize {
    match c {
        _ if is_certain(c) => c.width().unwrap_or(1).max(1),
        '\u{1f3fb}'..='\u{1f3ff}' => 2,
        _ if leans(c) => c.width().unwrap_or(1).max(1),
        _ => c.width().unwrap_or(2).max(2),
    }
}

/// An uncertain cluster as it is drawn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Drawn<'s> {
    /// What would be added to the cell on the left, if it had no blank of its own to stand on.
    pub(super) leaning: &'s str,
    /// The rest, and how many cells behind the first of the cluster it begins.
    pub(super) rest: (&'s str, u16),
}

/// How to draw an uncertain cluster where so many cells are left in the row: no terminal takes more than these, and
/// none adds a part of it to a cell of others, before or behind.
pub(super) fn drawn(symbol: &str, left: usize) -> Drawn<'_> {
    let lead = symbol.find(|c| !leans(c)).unwrap_or(symbol.len());
    let (leaning, rest) = symbol.split_at(lead);
    let behind = width::grapheme(symbol).saturating_sub(width::grapheme(rest));
    let leaning = if behind > 0 || rest.is_empty() { fitting(leaning, left.saturating_sub(1)) } else { "" };
    let rest = fitting(rest, left.saturating_sub(behind));
    Drawn { leaning, rest: (rest, u16::try_from(behind).unwrap_or(0)) }
}

/// The longest start of a text that takes so many cells at most in any terminal. A joiner at the end would take in what
/// the next cell shows.
fn fitting(text: &str, cells: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, c)| {
        taken += most(*c);
        taken > cells
    });
    text[..end.map_or(text.len(), |(at, _)| at)].trim_end_matches(['\u{200c}', '\u{200d}'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terminals_agree_on() {
        for sure in ["a", "é", "e\u{301}", "宽", "👍", "│", "ж", "é\u{301}\u{302}", "한", "ก", "म", "★", "✓", "ｱ"]
        {
            assert!(!is_uncertain(sure), "{sure}");
        }
        for unsure in [
            "👍🏽",
            "❤\u{fe0f}",
            "🇩🇪",
            "🇩",
            "1\u{fe0f}\u{20e3}",
            "👨\u{200d}👩",
            "☰",
            "䷀",
            "𝌀",
            "🏽",
            "🫨",
            "🫆",
            "\u{6dd}9",
            "\u{600}9",
            "\u{6dd}",
            "กำ",
            "ำ",
            "ກຳ",
            "ｶﾞ",
            "ﾞ",
            "a\u{200d}",
            "é\u{200d}",
            "क्ष",
            "ကျွ",
            "⌚",
            "\u{378}",
            "\u{e000}",
            "क\u{93f}",
            "\u{1100}\u{1161}",
            "\u{34f}",
        ] {
            assert!(is_uncertain(unsure), "{unsure}");
        }
    }

    #[test]
    fn every_sign_of_ours_is_certain() {
        let signs = "●◐■◌○✕#+?!✎▌★≈⋯✓▾▸▎▼◀@…·•→✉‹›─│┌┐└┘┬┴├┤◑◔";
        assert_eq!(signs.chars().find(|c| !is_certain(*c)), None);
    }

    #[test]
    fn what_leans_stands_on_a_blank_of_its_own() {
        let plain = |rest| Drawn { leaning: "", rest: (rest, 0) };
        assert_eq!(drawn("🇩🇪", 9), plain("🇩🇪"));
        assert_eq!(drawn("\u{6dd}9", 9), Drawn { leaning: "\u{6dd}", rest: ("9", 1) });
        assert_eq!(drawn("\u{605}9", 9), plain("9"), "no cell is ours for it");
        assert_eq!(drawn("🏽", 9), Drawn { leaning: "🏽", rest: ("", 2) });
        assert_eq!(drawn("é\u{200d}", 9), plain("é"));
    }

    #[test]
    fn nothing_is_drawn_over_the_edge() {
        assert_eq!(drawn("👨\u{200d}👩\u{200d}👧", 9).rest.0, "👨\u{200d}👩\u{200d}👧");
        assert_eq!(drawn("👨\u{200d}👩\u{200d}👧", 6).rest.0, "👨\u{200d}👩");
        assert_eq!(drawn("🇩🇪", 2).rest.0, "🇩");
        assert_eq!(drawn("☰", 1).rest.0, "");
        assert_eq!(drawn("🏽", 2), Drawn { leaning: "", rest: ("", 2) });
    }
}
