//! What goes to the terminal beside the screen: title, bell, notification, clipboard, the question for its colours. The screen's cleaning does not
//! see these, so each has a strict encoder here, and nothing else writes them.

use base64::Engine as _;
use unicode_width::UnicodeWidthChar;

/// Widest text that a title or notification may have, in cells.
const CELLS_MAX: usize = 120;
/// Longest text for the clipboard in bytes: what common terminals take after base64.
const COPY_MAX: usize = 74_000;

/// The bell.
pub const BELL: &[u8] = b"\x07";
/// Puts the terminal's own title aside, to have it back afterwards.
pub const KEEP_TITLE: &[u8] = b"\x1b[22;2t";
/// Gives the terminal its own title back.
pub const GIVE_TITLE_BACK: &[u8] = b"\x1b[23;2t";

/// Asks what the text, the background and the palette look like (OSC 10, 11, 4). Most terminals answer; the answers come
/// among the keys, and `answers` takes them out.
#[must_use]
pub fn ask_colours() -> Vec<u8> {
    let mut asked = String::from("\x1b]11;?\x1b\\\x1b]10;?\x1b\\");
    for n in 0..16 {
        asked += &format!("\x1b]4;{n};?\x1b\\");
    }
    asked.into_bytes()
}

/// The window's title (OSC 2).
#[must_use]
pub fn title(text: &str) -> Vec<u8> {
    format!("\x1b]2;{}\x1b\\", printable(text)).into_bytes()
}

/// A desktop notification (OSC 9).
#[must_use]
pub fn notify(title: &str, body: &str) -> Vec<u8> {
    // With digits and a semicolon in front, some terminals take it for a progress bar.
    let text = printable(&format!("{title}: {body}")).replace(';', ",");
    format!("\x1b]9;{text}\x1b\\").into_bytes()
}

/// The clipboard (OSC 52). `None` where the text is too long for terminals.
#[must_use]
pub fn copy(text: &str) -> Option<Vec<u8>> {
    let encoded = (text.len() <= COPY_MAX).then(|| base64::engine::general_purpose::STANDARD.encode(text))?;
    Some(format!("\x1b]52;c;{encoded}\x1b\\").into_bytes())
}

/// Printable characters alone, at most 120 cells: no control, bidi, zero-width or tag characters.
fn printable(text: &str) -> String {
    let mut cells = 0;
    let mut out = String::new();
    for c in text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }) {
        let Some(width) = c.width().filter(|w| *w > 0 && !c.is_control()) else { continue };
        cells += width;
        if cells > CELLS_MAX {
            break;
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_our_own_sequence() {
        let hostile = "a\u{9b}31m\x1b]52;c;eA==\x07\u{202e}b\u{200b}\u{85}\u{9c}\x7f罗";
        for bytes in [title(hostile), notify(hostile, hostile)] {
            let text = String::from_utf8(bytes).unwrap();
            let inner = text.strip_prefix("\x1b]").unwrap().strip_suffix("\x1b\\").unwrap();
            assert!(!inner.chars().any(|c| c.is_control() || c == '\u{202e}' || c == '\u{200b}'), "{inner:?}");
            assert!(inner.contains('罗'));
        }
        assert!(!String::from_utf8(notify("4;1;50", "x")).unwrap().contains("9;4;"));
    }

    #[test]
    fn long_texts_are_cut_by_cells() {
        assert_eq!(printable(&"罗".repeat(200)).chars().count(), 60);
        assert_eq!(printable("a\n\tb"), "a  b");
    }

    #[test]
    fn the_clipboard_takes_anything_but_not_for_ever() {
        assert_eq!(copy("\x1b罗").unwrap(), b"\x1b]52;c;G+e9lw==\x1b\\");
        assert!(copy(&"x".repeat(COPY_MAX + 1)).is_none());
    }
}
