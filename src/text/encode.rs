//! Encoders for outputs that bypass the screen: titles, notifications, logs, plain lines, the clipboard, links.
//!
//! The screen drops control characters by itself; these outputs do not, so each has its encoder here and nowhere else.

use super::{clean, width};
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// Most cells in a window title.
const TITLE_CELLS: usize = 120;
/// Most cells in a notification's body.
const NOTIFICATION_CELLS: usize = 240;
/// Longest link in bytes.
const URL_MAX: usize = 2048;

/// For the window title (OSC 2): printable, one line, at most 120 cells.
#[must_use]
pub fn title(text: &str) -> String {
    width::fit(&clean::line(text), TITLE_CELLS, "…").into_owned()
}

/// For a notification (OSC 9, or a desktop service): printable, one line, at most 240 cells. `;`
/// separates the parts of such sequences and is given its full-width twin.
#[must_use]
pub fn notification(text: &str) -> String {
    width::fit(&clean::line(text), NOTIFICATION_CELLS, "…").replace(';', "；")
}

/// For a log file or a plain line: one line, nothing that a terminal obeys, newlines shown as `\n`.
#[must_use]
pub fn log(text: &str) -> String {
    clean::line(&text.replace("\r\n", "\n").replace('\n', "\\n")).into_owned()
}

/// For plain lines on the user's own terminal, before the screen and after it: newlines are kept, anything else that a
/// terminal obeys is shown as a mark.
#[must_use]
pub fn lines(text: &str) -> String {
    text.split('\n').map(|line| clean::body(line.trim_end_matches('\r'))).collect::<Vec<_>>().join("\n")
}

/// For the clipboard: as written, newlines and tabs kept, other control characters left out.
#[must_use]
pub fn clipboard(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// For a link handed to the system's opener: printable ASCII, at most 2 kB, and a
/// scheme that is known to be harmless. `None` where it is not such a link. One with letters of other scripts gets the
/// form that means the same (RFC 3987 §3.1): its host as DNS has it, the rest in per cent.
#[must_use]
pub fn url(text: &str) -> Option<Cow<'_, str>> {
    if text.len() > URL_MAX || !has_known_scheme(text) {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_graphic()) {
        return Some(Cow::Borrowed(text));
    }
    let encoded = encode_iri(text).filter(|url| url.len() <= URL_MAX)?;
    Some(Cow::Owned(encoded))
}

/// Whether a character beyond ASCII may stand in a link.
#[must_use]
pub fn is_link_letter(c: char) -> bool {
    !c.is_ascii() && c.is_alphanumeric()
}

/// Whether a character is drawn onto the letter before it, as an accent or the sign of a vowel, so that it may stand in
/// a link after a letter or another mark. Not what cannot be seen, and not what encloses or colours its letter.
#[must_use]
pub fn is_link_mark(c: char) -> bool {
    let is_other = c.is_ascii()
        || clean::is_invisible(c)
        // Vowels of Khmer that nobody sees.
        || matches!(c, '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{488}' | '\u{489}' | '\u{1abe}' | '\u{20dd}'..='\u{20e0}' | '\u{20e2}'..='\u{20e4}')
        || matches!(c, '\u{a670}'..='\u{a672}' | '\u{1f3fb}'..='\u{1f3ff}');
    // What is one grapheme with the letter before it and no joiner is a mark.
    !is_other && format!("a{c}").graphemes(true).nth(1).is_none()
}

/// Whether each character may stand in a link where it does.
fn is_link_text(text: &str) -> bool {
    let mut is_after_letter = false;
    text.chars().all(|c| {
        let is_letter = c.is_alphanumeric() || (is_after_letter && is_link_mark(c));
        is_after_letter = is_letter;
        is_letter || c.is_ascii_graphic()
    })
}

fn encode_iri(text: &str) -> Option<String> {
    if !is_link_text(text) {
        return None;
    }
    let (scheme, rest) = text.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let (user, place) = authority.rsplit_once('@').map_or((None, authority), |(user, place)| (Some(user), place));
    let (host, port) = place.rfind(':').map_or((place, ""), |at| place.split_at(at));
    let user = user.map(|user| format!("{}@", percent(user))).unwrap_or_default();
    let place = if place.is_ascii() {
        place.to_owned()
    } else {
        let host = idna::domain_to_ascii(host).ok().filter(|host| !host.is_empty())?;
        format!("{host}{}", percent(port))
    };
    Some(format!("{scheme}://{user}{place}{}", percent(path)))
}

fn percent(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect::<Vec<_>>().concat()
}

/// Whether a link begins with one of the schemes that may be opened.
fn has_known_scheme(text: &str) -> bool {
    let (scheme, rest) = text.split_once(':').unwrap_or_default();
    let is = |name: &str| scheme.eq_ignore_ascii_case(name);
    ((is("http") || is("https")) && rest.starts_with("//") && rest.len() > 2)
        || ((is("xmpp") || is("mailto")) && !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sink_lets_a_control_character_out() {
        let bad = "x\u{1b}]52;c;aGk=\u{7}\u{9d}y\u{202e}\u{9c}\n\u{0}z";
        for out in [title(bad), notification(bad), log(bad)] {
            assert!(!out.chars().any(|c| c.is_control() || c == '\u{202e}'), "{out:?}");
        }
        assert_eq!(lines("a\u{1b}[31m\r\nb\u{7}\rc\n"), "a\\u{1b}[31m\nb\\u{7}\\u{d}c\n");
        assert_eq!(clipboard("a\u{1b}[31m\n\tb\u{9b}"), "a[31m\n\tb");
    }

    #[test]
    fn titles_are_short() {
        assert_eq!(width::width(&title(&"宽".repeat(500))), 119);
        assert_eq!(log("a\nb"), "a\\nb");
        assert_eq!(notification("a;b"), "a；b");
    }

    #[test]
    fn only_harmless_links_are_opened() {
        for good in ["https://a.example/x?y", "http://a", "xmpp:a@b?join", "MAILTO:a@b"] {
            assert_eq!(url(good).as_deref(), Some(good));
        }
        let long = format!("https://{}", "a".repeat(3000));
        for bad in [
            "javascript:alert(1)",
            "file:///etc",
            "https:x",
            "https://",
            "https://a b",
            "https://a\u{202e}b",
            "x",
            &long,
        ] {
            assert_eq!(url(bad), None, "{bad}");
        }
    }

    #[test]
    fn s43_links_in_other_scripts_are_opened_in_the_form_that_cannot_be_mistaken() {
        for (link, plain) in [
            ("https://аpple.com", "https://xn--pple-43d.com"),
            ("https://müller.test:8080/a?b", "https://xn--mller-kva.test:8080/a?b"),
            ("https://de.wikipedia.org/wiki/Müller#Ä", "https://de.wikipedia.org/wiki/M%C3%BCller#%C3%84"),
            ("http://jürgen@a.test/%20", "http://j%C3%BCrgen@a.test/%20"),
            ("http://[::1]:80/ä", "http://[::1]:80/%C3%A4"),
        ] {
            assert_eq!(url(link).as_deref(), Some(plain));
        }
        let long = format!("https://a.test/{}", "ä".repeat(700));
        for bad in ["https://a.test/\u{200b}ä", "https://ä\u{a0}", "https://a.test:8\u{fe0f}", "xmpp:ä@a.test", &long]
        {
            assert_eq!(url(bad), None, "{bad}");
        }
    }
}
