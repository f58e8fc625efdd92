//! What a terminal answers when it is asked for its colours: `ESC ] 11 ; rgb:1c1c/1c1c/1c1c ESC \`.
//!
//! An answer may come late and in pieces, over a slow link byte by byte. It must never be typed, and a key must never be
//! lost to one that does not come. So whatever can still become an answer is waited for, and the rest is typed.

use crate::model::{Rgb, TerminalColours};

/// Longer strings are no answers.
const MAX: usize = 4096;

/// What stands behind `ESC ]`.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// No answer of a terminal.
    Other,
    /// It may become one.
    Begun {
        /// As far as it goes, it is an answer to what is asked here.
        is_ours: bool,
    },
    /// So many bytes of one.
    Whole(usize),
}

/// Reads what stands behind `ESC ]`, and notes the colour that it tells.
pub(super) fn read(bytes: &[u8], colours: &mut TerminalColours) -> Answer {
    let number = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    match bytes.get(number) {
        None if number > 3 => return Answer::Other,
        None => return Answer::Begun { is_ours: is_start(bytes) },
        Some(b';') if number > 0 => {}
        Some(_) => return Answer::Other,
    }
    let Some(end) = bytes.iter().position(u8::is_ascii_control) else {
        return if bytes.len() > MAX { Answer::Whole(bytes.len()) } else { Answer::Begun { is_ours: is_start(bytes) } };
    };
    let is_ours = is_start(&bytes[..end]);
    let used = match (bytes[end], bytes.get(end + 1)) {
        (0x07, _) => end + 1,
        (0x1b, Some(b'\\')) => end + 2,
        (0x1b, None) => return Answer::Begun { is_ours },
        // Broken off by something else, which is read next.
        (_, _) => return Answer::Whole(end),
    };
    note(&bytes[..end], colours);
    Answer::Whole(used)
}

/// Whether this is the start of an answer to what is asked here.
fn is_start(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut fields = text.splitn(3, ';');
    let (number, second, third) = (fields.next().unwrap_or_default(), fields.next(), fields.next());
    let is_number = |max: usize, text: &str| text.len() <= max && text.bytes().all(|b| b.is_ascii_digit());
    match (number, second, third) {
        (number, None, _) => ["10", "11", "4"].iter().any(|n| n.starts_with(number)),
        ("10" | "11", Some(colour), None) => is_colour_start(colour),
        ("4", Some(index), None) => is_number(2, index),
        ("4", Some(index), Some(colour)) => is_number(2, index) && is_colour_start(colour),
        _ => false,
    }
}

fn is_colour_start(text: &str) -> bool {
    let digits = text.strip_prefix("rgba:").or_else(|| text.strip_prefix("rgb:"));
    match digits {
        Some(digits) => digits.len() <= 19 && digits.bytes().all(|b| b.is_ascii_hexdigit() || b == b'/'),
        None => "rgb:".starts_with(text) || "rgba:".starts_with(text),
    }
}

/// Notes the colour that an answer tells.
fn note(answer: &[u8], colours: &mut TerminalColours) -> Option<()> {
    let (number, rest) = std::str::from_utf8(answer).ok()?.split_once(';')?;
    let (place, colour) = match number {
        "10" => (&mut colours.foreground, rest),
        "11" => (&mut colours.background, rest),
        "4" => {
            let (index, colour) = rest.split_once(';')?;
            (colours.palette.get_mut(index.parse::<usize>().ok()?)?, colour)
        }
        _ => return None,
    };
    *place = Some(parse(colour)?);
    Some(())
}

/// `rgb:RRRR/GGGG/BBBB` with one to four digits each, or the same with an alpha value.
fn parse(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?;
    let mut parts = digits.split('/').map(|part| {
        let top = [15, 255, 4095, 65_535].get(part.len().checked_sub(1)?)?;
        let value = u32::from_str_radix(part, 16).ok()?;
        u8::try_from((value * 255 + top / 2) / top).ok()
    });
    let rgb = (parts.next()??, parts.next()??, parts.next()??);
    (parts.count() <= 1).then_some(rgb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let mut colours = TerminalColours::default();
        for (answer, used) in [
            ("11;rgb:0000/2b2b/3636\x1b\\x", 23),
            ("10;rgb:83/94/96\x07x", 16),
            ("4;12;rgba:8383/9494/9696/ffff\x07", 30),
            ("4;3;rgb:f/0/8\x1b\\", 15),
            ("4;99;rgb:f/0/8\x07", 15),
            ("52;c;aGk=\x07", 10),
            ("11;rgb:0000/\r", 12),
            ("11;#002b36\x07", 11),
        ] {
            assert_eq!(read(answer.as_bytes(), &mut colours), Answer::Whole(used), "{answer:?}");
        }
        assert_eq!(colours.background, Some((0, 0x2b, 0x36)));
        assert_eq!(colours.foreground, Some((0x83, 0x94, 0x96)));
        assert_eq!((colours.palette[12], colours.palette[3]), (Some((0x83, 0x94, 0x96)), Some((255, 0, 0x88))));
        assert_eq!(colours.palette.iter().flatten().count(), 2);
    }

    #[test]
    fn what_can_become_an_answer_is_waited_for() {
        for answer in ["11;rgb:0000/2b2b/3636\x1b\\", "10;rgba:83/94/96/ff\x07", "4;15;rgb:8383/9494/9696\x07"] {
            for end in 0..answer.len() {
                let begun = read(&answer.as_bytes()[..end], &mut TerminalColours::default());
                assert_eq!(begun, Answer::Begun { is_ours: true }, "{:?}", &answer[..end]);
            }
        }
        for (typed, wanted) in [
            ("x", Answer::Other),
            ("1x", Answer::Other),
            ("12345", Answer::Other),
            (";", Answer::Other),
            ("2", Answer::Begun { is_ours: false }),
            ("52;c;", Answer::Begun { is_ours: false }),
            ("11;x", Answer::Begun { is_ours: false }),
        ] {
            assert_eq!(read(typed.as_bytes(), &mut TerminalColours::default()), wanted, "{typed}");
        }
    }
}
