//! Text for the full-text index: folded, with spaces around every character that is a word by itself.
//!
//! SQLite's tokeniser knows words by the spaces between them, and its tables of characters are older than many emoji.

use crate::text::find::{self, is_picture, stands_alone};
use std::fmt::Write as _;

/// The text as it is indexed.
pub(super) fn spread(text: &str) -> String {
    apart(&find::folded(text))
}

/// A folded text, with what is a word by itself apart.
fn apart(folded: &str) -> String {
    if folded.is_ascii() {
        return folded.to_owned();
    }
    let mut out = String::with_capacity(folded.len() + folded.len() / 4);
    for c in folded.chars() {
        if is_picture(c) {
            let _ = write!(out, " \u{e000}{:x} ", u32::from(c));
        } else if stands_alone(c) {
            out.extend([' ', c, ' ']);
        } else {
            out.push(c);
        }
    }
    out
}

/// A query for FTS5 from what the user typed: every term a quoted phrase, all of them asked for, in the body alone. `None`
/// where there is no word in it. `scope` is a token that was made by us.
pub(super) fn query(asked: &str, scope: Option<&str>) -> Option<String> {
    let phrase = |term: &find::Term| {
        // Inside quotes only the quote itself means anything to FTS5.
        let words = apart(&term.words).replace(['"', '\0'], " ");
        format!("\"{}\"{}", words.trim(), if term.is_begun { "*" } else { "" })
    };
    let phrases: Vec<String> = find::terms(asked).iter().map(phrase).collect();
    if phrases.is_empty() {
        return None;
    }
    let body = format!("body : ({})", phrases.join(" AND "));
    Some(match scope {
        Some(scope) => format!("scope : \"{scope}\" AND {body}"),
        None => body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreads_what_has_no_spaces() {
        assert_eq!(spread("Ab 北京ok"), "ab  北  京 ok");
        assert_eq!(spread("plain words"), "plain words");
        assert_eq!(spread("🫠"), " \u{e000}1fae0 ");
    }

    #[test]
    fn a_query_is_quoted_words_only() {
        assert_eq!(query("romeo NEAR(", None).unwrap(), "body : (\"romeo\"* AND \"near(\")");
        assert_eq!(query("say \"hi there\"", None).unwrap(), "body : (\"say\"* AND \"hi there\")");
        assert_eq!(query("'' -- \"*", None), None);
        assert_eq!(query("xy 北京", Some("c7")).unwrap(), "scope : \"c7\" AND body : (\"xy\"* AND \"北  京\")");
    }
}
