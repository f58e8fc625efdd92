//! Decodes the terminal's bytes into keys, pastes and focus changes.
//!
//! The decoder is our own, because the terminal library's spins when the terminal is gone, keeps a paste without limit
//! and cannot wait for the rest of a split sequence. This one is a pure value: bytes go in, messages come out. It skips
//! a sequence that it does not know as a whole, so that no answer of a terminal is typed into the composer.

use super::answers::{self, Answer};
use crate::action::{Key, KeyCode};
use crate::model::TerminalColours;
use crate::update::{Msg, ShellNews};
use crate::words;
use std::time::Duration;

const ESC: u8 = 0x1b;
/// Longest escape sequence that is waited for.
const SEQUENCE_MAX: usize = 64;
/// Longest paste; what is beyond is dropped.
const PASTE_MAX: usize = 1 << 20;
const PASTE_END: &[u8] = b"\x1b[201~";
/// More bytes than these are not kept apart while an end mark settles; they go into the paste.
const SETTLING_MAX: usize = 64 << 10;

/// How long an Escape may wait for the rest of a sequence (a slow link splits them).
const ESCAPE_WAIT: Duration = Duration::from_millis(30);
/// The same while the terminal's answers may be on their way.
const ANSWER_ESCAPE_WAIT: Duration = Duration::from_millis(150);
/// How long the rest of an answer that has begun is waited for.
const ANSWER_WAIT: Duration = Duration::from_secs(1);

/// Turns bytes into messages. Keeps what is not complete yet.
#[derive(Debug, Default)]
pub struct KeyDecoder {
    bytes: Vec<u8>,
    paste: Option<Vec<u8>>,
    /// A paste's end was seen; what follows at once may still be of it.
    is_settling: bool,
    /// An end mark is among what was moved over already.
    has_end: bool,
    /// The user knows that what they type is no UTF-8.
    is_told: bool,
    /// The terminal was asked for its colours and has not told all of them.
    is_asked: bool,
    /// What it has told, and whether some of it was not passed on.
    colours: TerminalColours,
    has_colours: bool,
    /// An Escape was taken for the key, since nothing followed it in time; it may have begun an answer.
    is_after_escape: bool,
    /// How often the terminal said that it is well: it has come so far.
    statuses: u64,
}

/// What stands at the front of the bytes.
#[expect(clippy::large_enum_variant, reason = "it lives only from the decoder to its caller")]
enum Front {
    /// A message that took so many bytes.
    Message(Msg, usize),
    /// So many bytes that mean nothing.
    Nothing(usize),
    /// So many bytes that are no UTF-8.
    Foreign(usize),
    /// The start of a paste, so many bytes.
    Paste(usize),
    /// More bytes are needed.
    Incomplete,
}

impl KeyDecoder {
    /// The terminal was asked for its colours.
    pub fn expect_colours(&mut self) {
        self.is_asked = true;
    }

    /// How often the terminal has answered the question whether it is well.
    #[must_use]
    pub fn statuses(&self) -> u64 {
        self.statuses
    }

    /// Takes bytes in and puts what they mean behind `out`.
    pub fn feed(&mut self, bytes: &[u8], out: &mut impl Extend<Msg>) {
        self.bytes.extend_from_slice(bytes);
        self.run(false, out);
    }

    /// Whether a sequence is begun. A lone Escape is one until a moment has passed, and so is what follows a paste.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.is_settling || self.has_colours || (!self.bytes.is_empty() && self.paste.is_none())
    }

    /// How long to wait before [`Self::flush`]; `is_fresh` while the terminal may well be about to answer.
    #[must_use]
    pub fn patience(&self, is_fresh: bool) -> Duration {
        let is_begun = |bytes| answers::read(bytes, &mut TerminalColours::default()) == Answer::Begun { is_ours: true };
        match self.bytes.as_slice() {
            _ if !self.is_asked || self.paste.is_some() => ESCAPE_WAIT,
            [ESC] if is_fresh => ANSWER_ESCAPE_WAIT,
            [ESC, b']', rest @ ..] if is_begun(rest) => ANSWER_WAIT,
            [b']', rest @ ..] if self.is_after_escape && is_begun(rest) => ANSWER_WAIT,
            _ => ESCAPE_WAIT,
        }
    }

    /// Nothing more came: what was begun stands for itself.
    pub fn flush(&mut self, out: &mut impl Extend<Msg>) {
        self.run(true, out);
        self.tell_colours(out);
    }

    /// Passes on what the terminal told.
    fn tell_colours(&mut self, out: &mut impl Extend<Msg>) {
        if std::mem::take(&mut self.has_colours) {
            out.extend([Msg::Shell(ShellNews::Colours(Box::new(self.colours.clone())))]);
        }
    }

    /// What an answer of the terminal at this place is; `None` where there is none.
    fn take_answer(&mut self, at: usize, is_last: bool) -> Option<Front> {
        let rest = &self.bytes[at..];
        let intro = match rest {
            [ESC, b']', ..] => 2,
            [b']', ..] if self.is_after_escape => 1,
            _ => return None,
        };
        let before = self.colours.clone();
        let taken = match answers::read(&rest[intro..], &mut self.colours) {
            Answer::Other => None,
            // With so little of it, it was a person.
            Answer::Begun { .. } if is_last && rest.len() < intro + 4 => None,
            Answer::Begun { .. } if is_last => Some(Front::Nothing(rest.len())),
            Answer::Begun { is_ours: false } if intro == 1 => None,
            Answer::Begun { .. } => Some(Front::Incomplete),
            Answer::Whole(used) => Some(Front::Nothing(intro + used)),
        };
        self.has_colours |= self.colours != before;
        taken
    }

    fn run(&mut self, is_last: bool, out: &mut impl Extend<Msg>) {
        let mut at = 0;
        while at < self.bytes.len() {
            if self.paste.is_some() {
                at += self.take_paste(at, is_last, out);
                if self.paste.is_some() {
                    break;
                }
                continue;
            }
            let answer = self.take_answer(at, is_last);
            let rest = &self.bytes[at..];
            let is_escape = self.is_asked && is_last && rest == [ESC];
            let front = answer.unwrap_or_else(|| front(rest, is_last));
            self.is_after_escape = is_escape || self.is_after_escape && matches!(front, Front::Incomplete);
            match front {
                Front::Message(msg, used) => {
                    out.extend([msg]);
                    at += used;
                }
                Front::Nothing(used) => {
                    self.statuses += u64::from(rest[..used] == *b"\x1b[0n");
                    at += used;
                }
                Front::Foreign(used) => {
                    self.tell(out);
                    at += used;
                }
                Front::Paste(used) => {
                    self.paste = Some(Vec::new());
                    at += used;
                }
                Front::Incomplete => break,
            }
        }
        // What was typed may be a password: nothing of it stays behind.
        let length = self.bytes.len();
        self.bytes.copy_within(at.., 0);
        self.bytes[length - at..].fill(0);
        self.bytes.truncate(length - at);
        if self.is_asked && self.colours.is_complete() {
            self.is_asked = false;
            self.tell_colours(out);
        }
    }

    /// Says once that the terminal and parlour do not speak the same characters.
    fn tell(&mut self, out: &mut impl Extend<Msg>) {
        if !std::mem::replace(&mut self.is_told, true) {
            let words = words::outside::terminal_not_utf8();
            out.extend([Msg::Shell(ShellNews::Warning(words))]);
        }
    }

    /// Moves pasted bytes over; returns how many were used.
    ///
    /// A text may hold the mark that ends a paste, so that what follows it in the text would be typed: `…ESC[201~/quit⏎`.
    /// Whoever pastes writes all at once and a true end mark behind it; so a paste ends at its last end mark, and
    /// only when nothing more came for a moment.
    fn take_paste(&mut self, at: usize, is_last: bool, out: &mut impl Extend<Msg>) -> usize {
        let rest = &self.bytes[at..];
        let end = rest.windows(PASTE_END.len()).rposition(|w| w == PASTE_END);
        let is_ended = end.is_some() || self.has_end;
        self.is_settling = is_ended && !is_last;
        if self.is_settling && rest.len() < SETTLING_MAX {
            return 0;
        }
        if is_ended && is_last {
            let upto = end.unwrap_or(rest.len());
            self.keep(at, upto);
            self.has_end = false;
            let paste = self.paste.take().unwrap_or_default();
            if std::str::from_utf8(&paste).is_err() {
                self.tell(out);
            }
            out.extend([Msg::Paste(pasted(&paste))]);
            return end.map_or(upto, |end| end + PASTE_END.len());
        }
        self.has_end = is_ended;
        // The end mark may be split: its first bytes stay behind.
        let kept = (1..PASTE_END.len()).rev().find(|n| rest.ends_with(&PASTE_END[..*n])).unwrap_or(0);
        let taken = rest.len() - kept;
        self.keep(at, taken);
        taken
    }

    /// Adds bytes to the paste, as far as it may grow.
    fn keep(&mut self, at: usize, count: usize) {
        let paste = self.paste.get_or_insert_with(Vec::new);
        let room = PASTE_MAX.saturating_sub(paste.len());
        paste.extend_from_slice(&self.bytes[at..at + count.min(room)]);
    }
}

/// Pasted bytes as text: marks of pastes and control characters are none.
fn pasted(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\x1b[201~", "").replace("\x1b[200~", "");
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect()
}

fn key(code: KeyCode) -> Key {
    Key { code, ctrl: false, alt: false, shift: false }
}

fn message(key: Key, used: usize) -> Front {
    Front::Message(Msg::Key(key), used)
}

fn front(bytes: &[u8], is_last: bool) -> Front {
    if bytes[0] != ESC {
        return plain(bytes, is_last);
    }
    match bytes.get(1) {
        None if is_last => message(key(KeyCode::Esc), 1),
        None => Front::Incomplete,
        Some(b'[') => csi(bytes, is_last),
        Some(b'O') => ss3(bytes, is_last),
        Some(&ESC) => match bytes.get(2) {
            Some(b'[' | b'O') => with_alt(front(&bytes[1..], is_last)),
            None if !is_last => Front::Incomplete,
            Some(_) | None => message(key(KeyCode::Esc), 1),
        },
        Some(_) => with_alt(plain(&bytes[1..], is_last)),
    }
}

/// The same with Alt, after an Escape in front.
fn with_alt(front: Front) -> Front {
    match front {
        Front::Message(Msg::Key(mut key), used) => {
            key.alt = true;
            message(key, used + 1)
        }
        Front::Message(msg, used) => Front::Message(msg, used + 1),
        Front::Nothing(used) => Front::Nothing(used + 1),
        Front::Foreign(used) => Front::Foreign(used + 1),
        Front::Paste(used) => Front::Paste(used + 1),
        Front::Incomplete => Front::Incomplete,
    }
}

/// Keys that are one byte or one character.
fn plain(bytes: &[u8], is_last: bool) -> Front {
    let ctrl = |c: char| message(Key { ctrl: true, ..key(KeyCode::Char(c)) }, 1);
    match bytes[0] {
        0 => ctrl(' '),
        // 0x08 is Backspace on older terminals and Ctrl-Backspace on newer ones; as Ctrl-H it is never bound.
        0x08 | 0x7f => message(key(KeyCode::Backspace), 1),
        b'\t' => message(key(KeyCode::Tab), 1),
        b'\r' => message(key(KeyCode::Enter), 1),
        byte @ 0x01..=0x1a => ctrl(char::from(byte - 1 + b'a')),
        // Ctrl-\ Ctrl-] Ctrl-^ Ctrl-_, which many terminals also send for Ctrl-4 to Ctrl-7.
        byte @ 0x1c..=0x1f => ctrl(char::from(byte + 0x40)),
        byte if byte < 0x80 => message(key(KeyCode::Char(char::from(byte))), 1),
        _ => utf8(bytes, is_last),
    }
}

fn utf8(bytes: &[u8], is_last: bool) -> Front {
    let wanted = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Front::Foreign(1),
    };
    let have = bytes.len().min(wanted);
    match std::str::from_utf8(&bytes[..have]) {
        Ok(text) => match text.chars().next() {
            Some(c) if !c.is_control() => message(key(KeyCode::Char(c)), have),
            Some(_) | None => Front::Nothing(have),
        },
        Err(e) if e.error_len().is_none() && !is_last => Front::Incomplete,
        Err(_) => Front::Foreign(1),
    }
}

/// `ESC O x`: keypad and function keys.
fn ss3(bytes: &[u8], is_last: bool) -> Front {
    let Some(last) = bytes.get(2) else {
        return if is_last { message(Key { alt: true, ..key(KeyCode::Char('O')) }, 2) } else { Front::Incomplete };
    };
    match final_key(*last) {
        Some(code) => message(key(code), 3),
        None => Front::Nothing(3),
    }
}

/// `ESC [ … x`.
fn csi(bytes: &[u8], is_last: bool) -> Front {
    if bytes.get(2) == Some(&b'[') {
        // The Linux console's F1 to F5.
        return match bytes.get(3) {
            Some(byte @ b'A'..=b'E') => message(key(KeyCode::F(byte - b'A' + 1)), 4),
            Some(_) => Front::Nothing(4),
            None if is_last => Front::Nothing(3),
            None => Front::Incomplete,
        };
    }
    let end = bytes.iter().skip(2).position(|b| !(0x20..=0x3f).contains(b)).map(|i| i + 2);
    let Some(end) = end else {
        return match bytes.len() {
            2 if is_last => message(Key { alt: true, ..key(KeyCode::Char('[')) }, 2),
            len if is_last || len > SEQUENCE_MAX => Front::Nothing(len),
            _ => Front::Incomplete,
        };
    };
    if !(0x40..=0x7e).contains(&bytes[end]) {
        // Broken off by another key: that one is read next.
        return Front::Nothing(end);
    }
    let (params, used) = (&bytes[2..end], end + 1);
    match (bytes[end], params) {
        (b'I', []) => Front::Message(Msg::Focused(true), used),
        (b'O', []) => Front::Message(Msg::Focused(false), used),
        (b'~', b"200") => Front::Paste(used),
        // A mouse report in the oldest form has three more bytes.
        (b'M', []) if bytes.len() < used + 3 && !is_last => Front::Incomplete,
        (b'M', []) => Front::Nothing((used + 3).min(bytes.len())),
        (last, params) => csi_key(last, params).map_or(Front::Nothing(used), |key| message(key, used)),
    }
}

fn csi_key(last: u8, params: &[u8]) -> Option<Key> {
    // `<`, `=`, `>` and `?` mark mouse reports and answers.
    let text = std::str::from_utf8(params).ok().filter(|t| !t.starts_with(['<', '=', '>', '?']))?;
    let mut fields = text.split(';');
    let first: u32 = fields.next().and_then(|f| f.split(':').next()).and_then(|n| n.parse().ok()).unwrap_or(1);
    let mut second = fields.next().unwrap_or("").split(':');
    let mask: u8 = second.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    if second.next() == Some("3") {
        // A key's release (enhanced keyboards).
        return None;
    }
    let mut found = match last {
        b'~' if first == 27 => return other_key(fields.next()?.parse().ok()?, mask),
        b'~' | b'^' => key(tilde_key(first)?),
        b'u' => return other_key(first, mask),
        b'a'..=b'd' => Key { shift: true, ..key(final_key(last.to_ascii_uppercase())?) },
        // With another number it is a report, such as the cursor's place.
        _ if first == 1 && last != b'M' => key(final_key(last)?),
        _ => return None,
    };
    found.ctrl |= last == b'^';
    modify(&mut found, mask);
    Some(found)
}

/// The modifiers of xterm and its kin: one more than a sum of bits.
fn modify(key: &mut Key, mask: u8) {
    let bits = mask.saturating_sub(1);
    key.shift |= bits & 1 != 0;
    key.alt |= bits & (2 | 8 | 32) != 0;
    key.ctrl |= bits & 4 != 0;
    if key.code == KeyCode::BackTab {
        key.shift = false;
    }
}

fn final_key(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        b'Z' => KeyCode::BackTab,
        b'M' => KeyCode::Enter,
        _ => return None,
    })
}

fn tilde_key(number: u32) -> Option<KeyCode> {
    let f = |n: u32| u8::try_from(n).ok().map(KeyCode::F);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => f(number - 10),
        17..=21 => f(number - 11),
        23..=26 => f(number - 12),
        28 | 29 => f(number - 13),
        31..=34 => f(number - 14),
        _ => None,
    }
}

/// A key told by its character's number (enhanced keyboards, xterm's modifyOtherKeys).
fn other_key(number: u32, mask: u8) -> Option<Key> {
    let c = char::from_u32(number)?;
    let mut found = key(match c {
        '\r' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        '\x1b' => KeyCode::Esc,
        '\x7f' | '\x08' => KeyCode::Backspace,
        // The private area holds keys such as Caps Lock and the media keys.
        '\u{e000}'..='\u{f8ff}' => return None,
        c if c.is_control() => return None,
        c => KeyCode::Char(c),
    });
    modify(&mut found, mask);
    if found.code == KeyCode::Tab && found.shift {
        found = Key { code: KeyCode::BackTab, shift: false, ..found };
    } else if let (KeyCode::Char(c), true) = (found.code, found.shift) {
        let upper = c.to_uppercase().next().filter(|_| !found.ctrl).unwrap_or(c);
        found = Key { code: KeyCode::Char(upper), shift: false, ..found };
    }
    Some(found)
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
