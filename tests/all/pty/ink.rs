//! What a terminal may be told: a strict reading of every byte that the program wrote.
//!
//! It knows what we write ourselves, the drawing library included, and nothing else; so it does not ask whether a
//! sequence is harmful, but whether it is ours.

/// What is no part of the screen and yet was written, in order.
#[derive(Debug, Default, PartialEq)]
pub struct Told {
    pub titles: Vec<String>,
    pub notifications: Vec<String>,
    pub copies: Vec<String>,
    pub bells: usize,
    /// All text, without the sequences.
    pub text: String,
}

/// Modes that are ours to set: the screen, the cursor, pastes, focus, frames.
const MODES: &[&str] = &["?25", "?7", "?1004", "?1049", "?2004", "?2026"];

/// Reads all bytes.
///
/// # Errors
/// The first thing that is not ours, with what stands around it.
pub fn read(bytes: &[u8]) -> Result<Told, String> {
    let mut told = Told::default();
    let mut at = 0;
    // The last bytes may be a part of a character: the program was stopped in between, or has more to write.
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) if e.error_len().is_none() => std::str::from_utf8(&bytes[..e.valid_up_to()]).unwrap_or_default(),
        Err(e) => return Err(format!("not UTF-8 at {}: {:?}", e.valid_up_to(), around(bytes, e.valid_up_to()))),
    };
    let mut is_screen = false;
    while at < text.len() {
        let rest = &text[at..];
        let first = rest.chars().next().unwrap_or_default();
        let wrong = |why: &str| Err(format!("{why} at byte {at}: {:?}", around(bytes, at)));
        if first != '\u{1b}' {
            match first {
                '\u{7}' => told.bells += 1,
                // Plain lines are written before the screen and after it.
                '\r' if !is_screen && rest.starts_with("\r\n") => {}
                '\n' if !is_screen && text[..at].ends_with('\r') => told.text.push('\n'),
                c if is_forbidden(c) => return wrong("a control character"),
                c => told.text.push(c),
            }
            at += first.len_utf8();
            continue;
        }
        at += match rest.as_bytes().get(1) {
            // The end of it is not here yet.
            Some(b'[') if !rest[2..].contains(|c: char| !is_param(c)) => break,
            Some(b'[') => match csi(rest) {
                Some((sequence, length)) => {
                    is_screen = match sequence {
                        "?1049h" => true,
                        "?1049l" => false,
                        _ => is_screen,
                    };
                    length
                }
                None => return wrong("a sequence that is not ours"),
            },
            Some(b']') => match osc(rest, &mut told) {
                Some(length) => length,
                None => return wrong("a command that is not ours"),
            },
            Some(_) => return wrong("an escape that is not ours"),
            None => break,
        };
    }
    Ok(told)
}

fn around(bytes: &[u8], at: usize) -> String {
    String::from_utf8_lossy(&bytes[at.saturating_sub(60)..bytes.len().min(at + 60)]).into_owned()
}

/// Controls, and what moves or hides other text.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}' | '\u{61c}')
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_param(c: char) -> bool {
    c.is_ascii_digit() || c == ';' || c == '?'
}

/// A sequence of ours: its parameters and end, and its length.
fn csi(text: &str) -> Option<(&str, usize)> {
    let end = 2 + text.get(2..)?.find(|c: char| !is_param(c))?;
    let (params, last) = (&text[2..end], text.as_bytes()[end]);
    let numbers = || params.split(';').all(|p| !p.is_empty() && p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()));
    let is_ours = match last {
        b'H' => params.split(';').count() == 2 && numbers(),
        // A move to the right, rows deleted and inserted, cells erased; the rows that move, and all rows again.
        b'C' | b'M' | b'L' | b'X' => params.is_empty() || numbers() && !params.contains(';'),
        b'K' => params.is_empty(),
        b'r' => params.is_empty() || params.split(';').count() == 2 && numbers(),
        b'm' => params.is_empty() || numbers(),
        // Whether the terminal is well: it has come so far.
        b'n' => params == "5",
        b'J' => params == "2",
        b'h' | b'l' => MODES.contains(&params),
        b't' => params == "22;2" || params == "23;2",
        _ => false,
    };
    is_ours.then(|| (&text[2..=end], end + 1))
}

/// A command of ours: the title, a notification, a copy, the question for the colours; each ended as we end it.
fn osc(text: &str, told: &mut Told) -> Option<usize> {
    let end = text.find("\u{1b}\\")?;
    let inner = &text[2..end];
    if inner.chars().any(is_forbidden) {
        return None;
    }
    let (number, words) = inner.split_once(';')?;
    let list = match number {
        "10" | "11" if words == "?" => return Some(end + 2),
        "4" => {
            let index = words.strip_suffix(";?")?.parse::<u8>().ok()?;
            return (index < 16).then_some(end + 2);
        }
        "2" => &mut told.titles,
        "9" => &mut told.notifications,
        "52" => &mut told.copies,
        _ => return None,
    };
    list.push(words.to_owned());
    Some(end + 2)
}

#[test]
fn the_reader_knows_ours_and_refuses_the_rest() {
    let ours = "asking\r\n\u{1b}[22;2t\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J\u{1b}[3;14H\u{1b}[0;1;38;5;12m罗 é\u{1b}]2;a title\u{1b}\\\
                \u{1b}]9;b: c\u{1b}\\\u{7}\u{1b}]52;c;aGk=\u{1b}\\\u{1b}[?1049l\u{1b}[23;2tbye\r\n";
    let told = read(ours.as_bytes()).unwrap();
    assert_eq!((told.titles.len(), told.notifications.len(), told.copies.len(), told.bells), (1, 1, 1, 1));
    assert_eq!(told.text, "asking\n罗 ébye\n");
    for foreign in [
        "\u{9b}31m",
        "\u{85}",
        "\u{7f}",
        "\u{1b}c",
        "\u{1b}[31;1q",
        "\u{1b}[6n",
        "\u{1b}[?1000h",
        "\u{1b}[3J",
        "\u{1b}[>c",
        "\u{1b}]0;x\u{1b}\\",
        "\u{1b}]11;red\u{1b}\\",
        "\u{1b}]4;1;red\u{1b}\\",
        "\u{1b}]12;?\u{1b}\\",
        "\u{1b}]2;x\u{7}y\u{1b}\\",
        "\u{1b}]2;never ended",
        "\u{1b}]8;;http://x\u{1b}\\",
        "\u{1b}P$q\u{1b}\\",
        "\u{1b}[?1049h\r\n",
        "\u{1b}[?1049h\n",
        "a\rb",
        "\u{202e}",
        "\u{200b}",
        "\t",
    ] {
        assert!(read(foreign.as_bytes()).is_err(), "{foreign:?}");
    }
    assert!(read(b"\xff").is_err() && read(b"caf\xc3").is_ok());
}
