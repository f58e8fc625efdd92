//! Makes text from the network safe for the screen.
//!
//! Everything that a terminal could obey becomes a visible mark (`\u{9b}`). Everything that moves other text without
//! being seen (bidirectional controls, tag characters, floods of joiners and combining marks) is removed, so that a
//! message cannot change a cell outside its own.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthChar;

/// Longest body that is shown, in bytes; the rest is cut off with a mark.
pub const BODY_MAX: usize = 64 * 1024;
/// Longest one-line text that is shown, in bytes.
pub const LINE_MAX: usize = 4 * 1024;
/// Most combining marks on one character.
pub const MARKS_MAX: u32 = 8;
/// Most characters of one grapheme, which takes one place on the screen however long it is. People need a dozen, for two
/// who kiss, each with a colour of their own.
const GRAPHEME_MAX: usize = 16;

/// Cleans a text of many lines: `\n` stays, tabs become four spaces.
#[must_use]
pub fn body(text: &str) -> Cow<'_, str> {
    clean(text, BODY_MAX, true)
}

/// Cleans a text for one line: newlines and tabs become one space.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    clean(text, LINE_MAX, false)
}

/// Whether a text has a visible cell: a nickname without one is shown as an address.
#[must_use]
pub fn is_visible(text: &str) -> bool {
    line(text).chars().any(|c| c.width().unwrap_or(0) > 0 && !c.is_whitespace() && !is_blank(c))
}

/// Characters that take a cell and show nothing.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{ad}' | '\u{25cc}')
}

/// What becomes of one character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Drop,
    /// Shown as its code point.
    Show,
    Replace(&'static str),
}

/// What was seen before the character that is looked at.
struct Before {
    /// The last kept character; `\n` at the start, since both have nothing to lean on.
    last: char,
    /// Combining marks since the last base character.
    marks: u32,
}

fn clean(text: &str, max: usize, is_multi: bool) -> Cow<'_, str> {
    let (text, is_cut) = cut(text, max);
    let is_plain = |b: u8| matches!(b, 0x20..=0x7e) || (is_multi && b == b'\n');
    if !is_cut && text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut before = Before { last: '\n', marks: 0 };
    let mut out: Option<String> = None;
    let mut leaning = 0;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let fate = fate(c, rest, is_multi, &before);
        if fate != Fate::Keep && out.is_none() {
            let mut s = String::with_capacity(text.len() + 16);
            s.push_str(&text[..at]);
            out = Some(s);
        }
        leaning += usize::from(fate == Fate::Keep && leans(c));
        put(c, fate, out.as_mut());
        note(c, fate, &mut before);
    }
    let out = out.map_or(Cow::Borrowed(text), Cow::Owned);
    // Only what leans on others makes graphemes long: hardly any text is looked at twice.
    let mut out = if leaning < GRAPHEME_MAX / 2 { out } else { short_graphemes(out) };
    if is_cut {
        out.to_mut().push_str("… (cut)");
    }
    out
}

/// Graphemes that are too long lose their ends: chains of emoji, of conjuncts, of jamo.
fn short_graphemes(text: Cow<'_, str>) -> Cow<'_, str> {
    let end = |g: &str| g.char_indices().nth(GRAPHEME_MAX).map(|(at, _)| at);
    if text.graphemes(true).all(|g| end(g).is_none()) {
        return text;
    }
    let short = |g| end(g).map_or(g, |at| g[..at].trim_end_matches(|c| leans(c) || is_invisible(c)));
    Cow::Owned(text.graphemes(true).map(short).collect())
}

/// Whether a character may belong to the grapheme before it, or take the one after it into its own.
fn leans(c: char) -> bool {
    is_mark(c)
        || matches!(c, '\u{200c}' | '\u{200d}' | '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}')
        || matches!(c, '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{d4e}')
        || matches!(c, '\u{110bd}' | '\u{110cd}' | '\u{111c2}' | '\u{111c3}' | '\u{1193f}'..='\u{11d46}')
}

fn put(c: char, fate: Fate, out: Option<&mut String>) {
    let Some(out) = out else { return };
    match fate {
        Fate::Keep => out.push(c),
        Fate::Drop => {}
        Fate::Show => out.extend(c.escape_unicode()),
        Fate::Replace(with) => out.push_str(with),
    }
}

fn note(c: char, fate: Fate, before: &mut Before) {
    match fate {
        Fate::Drop => {}
        // A mark with nothing to stand on was given a dotted circle and counts as the first.
        Fate::Keep | Fate::Replace("◌") if is_mark(c) => {
            before.marks += 1;
            before.last = c;
        }
        Fate::Keep => *before = Before { last: c, marks: 0 },
        Fate::Show | Fate::Replace(_) => *before = Before { last: ' ', marks: 0 },
    }
}

fn fate(c: char, rest: &str, is_multi: bool, before: &Before) -> Fate {
    match c {
        ' '..='~' => Fate::Keep,
        '\n' if is_multi => Fate::Keep,
        '\r' if rest.starts_with('\n') => Fate::Drop,
        '\t' if is_multi => Fate::Replace("    "),
        '\n' | '\t' => Fate::Replace(" "),
        c if c.is_control() => Fate::Show,
        '\u{2028}' | '\u{2029}' => Fate::Show,
        // Bidirectional marks, embeddings, overrides and isolates.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Fate::Drop,
        // Joiners shape emoji, Arabic and Indic words; anywhere else, and in a row, they only hide.
        '\u{200c}' | '\u{200d}' if joins(before.last) && before.marks < MARKS_MAX => Fate::Keep,
        // One variation selector on a visible character.
        '\u{fe00}'..='\u{fe0f}' if before.marks == 0 && !before.last.is_whitespace() => Fate::Keep,
        c if is_invisible(c) => Fate::Drop,
        c if is_mark(c) && before.last.is_whitespace() && before.marks == 0 => Fate::Replace("◌"),
        c if is_mark(c) && before.marks >= MARKS_MAX => Fate::Drop,
        _ => Fate::Keep,
    }
}

/// Zero-width format characters, tags and supplementary variation selectors.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character takes no cell of its own and leans on the one before.
pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.width() == Some(0) && !matches!(c, '\u{ff9e}' | '\u{ff9f}')
}

/// Whether a joiner after this character can mean anything.
fn joins(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !matches!(c, '\u{200c}' | '\u{200d}')
}

fn cut(text: &str, max: usize) -> (&str, bool) {
    if text.len() <= max { (text, false) } else { (&text[..text.floor_char_boundary(max)], true) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_text_is_not_copied() {
        assert!(matches!(body("two\nlines"), Cow::Borrowed(_)));
        assert!(matches!(body("假面舞会 👩‍👩‍👧 é"), Cow::Borrowed(_)));
        assert!(matches!(line("plain"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_a_terminal_obeys_becomes_a_mark() {
        assert_eq!(body("a\u{9b}31mb\u{7f}\u{85}"), "a\\u{9b}31mb\\u{7f}\\u{85}");
        assert_eq!(line("\u{1b}]0;x\u{7}"), "\\u{1b}]0;x\\u{7}");
        assert_eq!(body("hi\rover\r\nnext\u{2028}z\u{b}"), "hi\\u{d}over\nnext\\u{2028}z\\u{b}");
        assert_eq!(line("a\nb\tc"), "a b c");
    }

    #[test]
    fn nothing_unseen_moves_other_text() {
        assert_eq!(line("bob\u{202e}exe\u{2066}x"), "bobexex");
        assert_eq!(line("a\u{200b}b\u{feff}c\u{e0041}\u{200d}\u{200d}"), "abc");
        assert_eq!(line("👩\u{200d}\u{200d}\u{200d}👧"), "👩\u{200d}👧");
        assert_eq!(line("☺\u{fe0f}\u{fe0f}"), "☺\u{fe0f}");
    }

    #[test]
    fn combining_marks_are_few_and_stand_on_something() {
        let zalgo = format!("e{}x", "\u{301}".repeat(50));
        assert_eq!(line(&zalgo), format!("e{}x", "\u{301}".repeat(8)));
        assert_eq!(body("\u{301}a\n\u{301}b"), "◌a\n◌b");
        assert_eq!(line(&"\u{301}".repeat(50)).chars().count(), 9 - 1);
    }

    #[test]
    fn s36_s42_a_grapheme_has_an_end() {
        for link in ["👧\u{200d}", "क\u{94d}", "क\u{94d}\u{200d}", "\u{1100}", "\u{600}", "e\u{301}\u{200d}"] {
            let out = body(&format!("{}x", link.repeat(500))).into_owned();
            let longest = out.graphemes(true).map(|g| g.chars().count()).max();
            assert!(longest <= Some(2 * GRAPHEME_MAX), "{link:?}: {longest:?}");
        }
        let kiss = "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👩🏿".repeat(9);
        assert_eq!(body(&kiss), kiss);
        let words = "می\u{200c}خواهم क्षत्रिय 뷁 é ".repeat(9);
        assert_eq!(body(&words), words);
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        let long = "é".repeat(BODY_MAX);
        let out = body(&long);
        assert!(out.len() < BODY_MAX + 16 && out.ends_with("é… (cut)"));
    }

    #[test]
    fn a_name_without_a_visible_cell_is_known() {
        assert!(is_visible("a") && is_visible("罗"));
        for t in ["", " ", "\u{200b}\u{feff}", "\u{3164}", "\u{2800}\u{a0}", "\u{301}", "\u{e0041}"] {
            assert!(!is_visible(t), "{t:?}");
        }
    }
}
