//! The ways out that bypass the screen: titles, notifications, logs, plain lines, the clipboard, links.
//!
//! The screen drops control characters on its own; none of these sinks does, so each has its encoder
//! here and nowhere else.

use super::{clean, width};

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

/// For a link handed to the terminal (OSC 8) or the system's opener: printable ASCII, at most 2 kB, and a
/// scheme that is known to be harmless. `None` where it is not such a link.
#[must_use]
pub fn url(text: &str) -> Option<&str> {
    let is_plain = text.len() <= URL_MAX && text.bytes().all(|b| b.is_ascii_graphic());
    (is_plain && has_known_scheme(text)).then_some(text)
}

/// Whether a link begins with one of the schemes that may be opened.
#[must_use]
pub fn has_known_scheme(text: &str) -> bool {
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
            assert_eq!(url(good), Some(good));
        }
        let long = format!("https://{}", "a".repeat(3000));
        for bad in ["javascript:alert(1)", "file:///etc", "https:x", "https://", "https://a b", "https://а", "x", &long]
        {
            assert_eq!(url(bad), None, "{bad}");
        }
    }
}
