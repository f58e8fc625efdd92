//! Where a text calls somebody by name.
//!
//! What notifies the user and what is painted both come from here: `styling::lines` marks the ranges and
//! `styling::is_mention` asks whether any was marked, so the two cannot disagree. The table in the tests is the rule.

use super::clean::is_mark;
use std::ops::Range;
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

/// Where `nick` stands in a cleaned text as a word of its own, in whatever case, and however its accents are written.
/// Linear in the text.
pub(super) fn ranges(text: &str, nick: &str) -> Vec<Range<usize>> {
    let nick: String = nick.nfc().collect();
    if is_nfc(text) {
        return composed_ranges(text, &nick);
    }
    // In the text with composed accents; and where each of its characters on the screen came from.
    let mut composed = String::with_capacity(text.len());
    let mut from = Vec::new();
    for (at, cluster) in text.grapheme_indices(true) {
        from.push((composed.len(), at));
        composed.extend(cluster.nfc());
    }
    from.push((composed.len(), text.len()));
    let original = |at: usize| from.binary_search_by_key(&at, |(there, _)| *there).ok().map(|n| from[n].1);
    let found = composed_ranges(&composed, &nick);
    found.into_iter().filter_map(|r| Some(original(r.start)?..original(r.end)?)).collect()
}

/// The same, where both have their accents composed.
fn composed_ranges(text: &str, nick: &str) -> Vec<Range<usize>> {
    let name = fold(nick.trim());
    let (Some(first), Some(last)) = (name.chars().next(), name.chars().next_back()) else { return Vec::new() };
    let length = name.chars().take(3).count();
    let folded = fold(text);
    let found: Vec<_> = folded
        .match_indices(&name)
        .map(|(at, _)| at..at + name.len())
        .filter(|r| is_free_before(&folded[..r.start], first, length) && is_free_after(&folded[r.end..], last, length))
        .collect();
    if found.is_empty() || text.is_ascii() {
        return found;
    }
    // Folding keeps the number of characters, not that of bytes.
    let ends = |t: &str| t.char_indices().map(|(at, _)| at).chain([t.len()]).collect::<Vec<_>>();
    let (from, to) = (ends(&folded), ends(text));
    let original = |at: usize| from.binary_search(&at).ok().and_then(|n| to.get(n)).copied();
    found.into_iter().filter_map(|r| Some(original(r.start)?..original(r.end)?)).collect()
}

/// The addresses in a text, such as `bob@example.org/phone`: a name inside one calls nobody.
pub(super) fn addresses(text: &str) -> Vec<Range<usize>> {
    if !text.contains('@') {
        return Vec::new();
    }
    let is_part = |c: char| is_word(c) && !is_spaceless(c) || ".-+%~=@/".contains(c);
    let is_address = |word: &str| {
        let mut signs = word.match_indices('@');
        signs.any(|(at, _)| word[..at].ends_with(is_word) && word[at + 1..].starts_with(is_word))
    };
    let mut at = 0;
    let mut out = Vec::new();
    for word in text.split_inclusive(|c| !is_part(c)) {
        if is_address(word) {
            out.push(at..at + word.trim_end_matches(|c| !is_part(c)).len());
        }
        at += word.len();
    }
    out
}

/// The text in small letters, character by character: one that becomes several stays as it is.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let small = |c: char| {
        let mut small = c.to_lowercase();
        match (small.next(), small.next()) {
            // The two small sigmas are one letter.
            (Some('ς'), None) => 'σ',
            (Some(s), None) => s,
            _ => c,
        }
    };
    text.chars().map(small).collect()
}

/// Whether a name that begins with `first` may begin after this text.
fn is_free_before(before: &str, first: char, length: usize) -> bool {
    if before.ends_with('\u{200d}') {
        return false;
    }
    // `d'alice` calls alice; the `t` of `can't`, the `ll` of `we'll` and the `re` of `you're` are nobody's name.
    is_free(first, before.chars().rev().filter(|c| !is_mark(*c)), |_| length >= 3)
}

/// Whether a name that ends with `last` may end before this text.
fn is_free_after(after: &str, last: char, length: usize) -> bool {
    let leans = |c: char| is_mark(c) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}');
    if after.starts_with(leans) {
        return false;
    }
    // `bob's`, `bob'll` and the Turkish `ali'nin` call somebody; `can't` calls no `can`, `l'ami` no `l`.
    is_free(last, after.chars(), |rest| length >= 2 && rest != "t")
}

/// Whether the outermost character of a name is the border of a word, by what stands `beyond` it, read away from the
/// name. `may_part` answers for an apostrophe, by the letters beyond that.
fn is_free(edge: char, mut beyond: impl Iterator<Item = char>, may_part: impl Fn(&str) -> bool) -> bool {
    let Some(next) = beyond.next() else { return true };
    if !is_word(edge) {
        return true;
    }
    if is_apostrophe(next) {
        // No ending is longer than some letters.
        let rest: String = beyond.take_while(|c| is_word(*c)).take(3).collect();
        return rest.is_empty() || may_part(&rest);
    }
    if is_word(next) {
        return !is_joined(edge, next);
    }
    match (next, beyond.next()) {
        ('.', Some(c)) => !(is_word(c) && is_joined(edge, c)),
        (',' | ':', Some(c)) => !(edge.is_numeric() && c.is_numeric()),
        _ => true,
    }
}

/// Whether two neighbours are of one word. Where no spaces are written any place may be a border, but the letters of a
/// foreign word in katakana stay together.
fn is_joined(a: char, b: char) -> bool {
    match (is_spaceless(a), is_spaceless(b)) {
        (false, false) => true,
        _ => is_katakana(a) && is_katakana(b),
    }
}

fn is_word(c: char) -> bool {
    (c.is_alphanumeric() || c == '_') && !is_apostrophe(c)
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | 'ʼ' | '＇')
}

fn is_katakana(c: char) -> bool {
    matches!(c, 'ー' | 'ｰ') || c.script() == Script::Katakana
}

/// Letters of scripts that put no space between words, or none between a name and its particle (Hangul).
fn is_spaceless(c: char) -> bool {
    !c.is_ascii()
        && (is_katakana(c)
            || matches!(
                c.script(),
                Script::Han
                    | Script::Hiragana
                    | Script::Bopomofo
                    | Script::Hangul
                    | Script::Thai
                    | Script::Lao
                    | Script::Khmer
                    | Script::Myanmar
            ))
}

#[cfg(test)]
mod tests {
    use crate::text::styling;

    /// The nickname, and a text in which `[` and `]` stand around every mention of it.
    const CASES: &[(&str, &str)] = &[
        // Words, by their borders.
        ("bob", "[bob]: hi"),
        ("bob", "hi [BOB]!"),
        ("Bob", "([bob])"),
        ("bob", "@[bob] [bob], [bob]. [bob]: [bob]; *[bob]* «[bob]»"),
        ("anna", "[anna]:hi"),
        ("bob", "[bob],alice: look"),
        ("bob", "alice/[bob] and [bob]-like"),
        ("bob", "bobby kebob bob_2 2bob bob2 are not [bob]"),
        ("bob", "line one\n> [bob] said\n[bob]"),
        ("bob smith", "are you there, [bob smith]? bob"),
        ("", "any"),
        (" ", "any thing"),
        // Apostrophes.
        ("bob", "[bob]'s [bob]’s [bob]'ll [bob]ʼs '[bob]' d'[bob]"),
        ("james", "[james]' hat"),
        ("alice", "l'ami d'[alice], qu’[Alice]"),
        ("ali", "[Ali]'nin"),
        ("can", "can't can’t, but yes, you [can]"),
        ("t", "can't"),
        ("ll", "we'll"),
        ("l", "l'ami"),
        // Dots and numbers.
        ("a", "a.b b.a but [a]. b"),
        ("3", "3.14 1.3 3,5 3:30 but [3]."),
        ("example", "see example.org"),
        ("a.b", "[a.b] and [A.B]: hi"),
        // Case.
        ("jürgen", "Grüße an [JÜRGEN]"),
        ("Νίκος", "γεια [ΝΊΚΟΣ]"),
        ("igor", "İ İ [Igor]"),
        // Accents, composed or not.
        ("René", "[Rene\u{301}]: hi, [RENE\u{301}] and [René], not Rene"),
        ("Rene\u{301}", "[René] and [Rene\u{301}], not Rene\u{301}e or rené\u{327}"),
        ("Rene", "not Rene\u{301}, not René, but [rene]"),
        ("한", "[\u{1112}\u{1161}\u{11ab}] [한] 하"),
        ("하", "\u{1112}\u{1161}\u{11ab} 한 [하]"),
        // Scripts without spaces.
        ("小明", "你好[小明]"),
        ("小明", "[小明]你好"),
        ("小明", "你好@[小明]你好，[小明]。"),
        ("ボブ", "[ボブ]さん、[ボブ]!"),
        ("ボブ", "ボブスレー"),
        ("さくら", "ねえ[さくら]ちゃん"),
        ("철수", "[철수]야 안녕, 내 친구[철수]"),
        ("สมชาย", "สวัสดี[สมชาย]ครับ"),
        ("bob", "你好[bob]你好 [bob]さん"),
        // Marks and signs.
        ("🌙", "hi [🌙]! good[🌙] [🌙][🌙]"),
        ("👩", "👩‍💻 👩🏽 [👩]"),
        ("💻", "👩‍💻 [💻]"),
        ("e", "e\u{301} [e]"),
        ("|x|", "hi [|x|] a[|x|]b"),
        // Not what is an address, a link or code.
        ("bob", "bob@example.org alice@bob.example @bob@example.org room@example.org/bob but @[bob]"),
        ("bob", "https://example.org/bob xmpp:bob@example.org mailto:bob@example.org [bob]"),
        ("bob", "`bob` and `let bob = 1` [bob]"),
        ("bob", "```\nbob\n```\n[bob]"),
        ("bob", "```\nbob"),
        // What is unseen parts no name.
        ("bob", "[b\u{200b}ob]"),
    ];

    #[test]
    fn what_is_painted_and_what_notifies_are_the_mentions_of_the_table() {
        for (nick, marked) in CASES {
            let text = marked.replace(['[', ']'], "");
            let clean = crate::text::body(&text);
            let mut shown = String::new();
            let mut at = 0;
            for range in styling::lines(&clean, Some(nick)).iter().flat_map(|l| &l.runs) {
                if range.style.is_mention {
                    shown += &format!("{}[{}]", &clean[at..range.range.start], &clean[range.range.clone()]);
                    at = range.range.end;
                }
            }
            shown += &clean[at..];
            assert_eq!(shown, crate::text::body(marked), "for {nick:?}");
            assert_eq!(styling::is_mention(&text, nick), shown != clean, "{nick:?} in {text:?}");
        }
    }

    #[test]
    fn hostile_texts_and_names_take_linear_time() {
        for (nick, part) in
            [("a".repeat(500), "a"), ("@".into(), "a@"), ("a".into(), "a "), ("İa".into(), "İa'"), ("'".into(), "'t")]
        {
            let text = part.repeat(64 * 1024 / part.len());
            let start = std::time::Instant::now();
            let _ = styling::is_mention(&text, &nick);
            assert!(start.elapsed() < std::time::Duration::from_secs(3), "{nick:?} in {part:?}");
        }
    }
}
