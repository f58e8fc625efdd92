//! Whether the bytes of a stream are UTF-8 (RFC 6120 §11.6), told as they come.
//!
//! Parsers that disagree on broken UTF-8 disagree on where a tag begins: what a server takes for one odd character
//! in a text may be a whole stanza to its client. That is how stanzas were smuggled to Zoom (CVE-2022-22784 to 22787,
//! with expat's CVE-2022-25235). So the stream ends at the first byte that is wrong, whatever the outline makes of it.
//! A NUL is wrong as well: what is written in C may stop there.

/// Looks at a stream in any portions.
#[derive(Debug, Default)]
pub(super) struct Encoding {
    /// The beginning of a character whose end has not come.
    tail: [u8; 4],
    len: usize,
}

/// Whole characters of a stream, so that how it is cut into portions changes nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Sound<'d> {
    /// The character that began in an earlier portion; empty where there was none, or where it goes on.
    first: [u8; 4],
    first_len: usize,
    /// What follows it, up to a character that goes on in the next portion.
    pub rest: &'d [u8],
    /// What follows that is wrong.
    pub is_broken: bool,
}

impl Sound<'_> {
    /// The character that began in an earlier portion.
    pub fn first(&self) -> &[u8] {
        &self.first[..self.first_len]
    }
}

impl Encoding {
    /// Takes bytes in.
    pub(super) fn take<'d>(&mut self, data: &'d [u8]) -> Sound<'d> {
        let mut sound = Sound { first: [0; 4], first_len: 0, rest: &[], is_broken: false };
        let mut rest = data;
        while self.len > 0 {
            let Some((byte, after)) = rest.split_first() else { return sound };
            rest = after;
            self.tail[self.len] = *byte;
            self.len += 1;
            match std::str::from_utf8(&self.tail[..self.len]) {
                Ok(_) => {
                    (sound.first, sound.first_len) = (self.tail, self.len);
                    self.len = 0;
                }
                Err(e) if e.error_len().is_none() => {}
                Err(_) => {
                    // After the end of a stream whatever comes is ignored, so more may come.
                    self.len = 0;
                    sound.is_broken = true;
                    return sound;
                }
            }
        }
        let nul = rest.iter().position(|b| *b == 0);
        let text = &rest[..nul.unwrap_or(rest.len())];
        (sound.rest, sound.is_broken) = match std::str::from_utf8(text) {
            Ok(_) => (text, nul.is_some()),
            Err(e) if e.error_len().is_none() && nul.is_none() => {
                let (whole, tail) = text.split_at(e.valid_up_to());
                self.tail[..tail.len()].copy_from_slice(tail);
                self.len = tail.len();
                (whole, false)
            }
            Err(e) => (&text[..e.valid_up_to()], true),
        };
        sound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All ways to cut a text in three: the same whole characters come out, and the same verdict.
    fn check(data: &[u8], wanted: &[u8], is_broken: bool) {
        for a in 0..=data.len() {
            for b in a..=data.len() {
                let mut encoding = Encoding::default();
                let mut out = Vec::new();
                let mut was_broken = false;
                for part in [&data[..a], &data[a..b], &data[b..]] {
                    let sound = encoding.take(part);
                    out.extend_from_slice(sound.first());
                    out.extend_from_slice(sound.rest);
                    was_broken = sound.is_broken;
                    if was_broken {
                        break;
                    }
                }
                assert_eq!((out.as_slice(), was_broken), (wanted, is_broken), "{data:?} cut at {a}, {b}");
            }
        }
    }

    #[test]
    fn more_may_come_after_a_wrong_byte() {
        let mut encoding = Encoding::default();
        for _ in 0..3 {
            for byte in *b"\xe9<abc\xff\xf0\x9f<" {
                encoding.take(&[byte]);
            }
        }
    }

    #[test]
    fn sound_text_in_any_portions() {
        for text in ["aé€😀z", "\u{fffd}\u{10ffff}\u{7f}\u{80}", ""] {
            check(text.as_bytes(), text.as_bytes(), false);
        }
        check("aé".as_bytes().split_last().unwrap().1, b"a", false);
    }

    #[test]
    fn what_is_not_utf_8_is_found_where_it_is() {
        for bad in [
            &b"\xff"[..],
            b"\x80",
            b"\xc0\xbc",
            b"\xe0\x80\xbc",
            b"\xe0<x",
            b"\xc3<",
            b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80",
            b"\xf8\x88\x80\x80\x80",
            b"\0",
        ] {
            check(&[b"abc", bad, b"xyz"].concat(), b"abc", true);
        }
    }
}
