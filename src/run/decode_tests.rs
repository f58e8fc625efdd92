//! What a terminal's bytes mean, whole and in pieces.

use super::*;

fn all(chunks: &[&[u8]]) -> Vec<Msg> {
    let mut decoder = KeyDecoder::default();
    let mut out = Vec::new();
    for chunk in chunks {
        decoder.feed(chunk, &mut out);
    }
    decoder.flush(&mut out);
    assert!(!decoder.is_waiting());
    out
}

fn keys(bytes: &[u8]) -> String {
    let name = |m: &Msg| {
        let Msg::Key(k) = m else { return format!("{m:?}") };
        let code =
            if let KeyCode::Char(c) = k.code { c.to_string() } else { format!("{:?}", k.code).replace(['(', ')'], "") };
        let flag = |is, c: &str| if is { c.to_owned() } else { String::new() };
        format!("{}{}{}{code}", flag(k.ctrl, "C-"), flag(k.alt, "A-"), flag(k.shift, "S-"))
    };
    all(&[bytes]).iter().map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn keys_of_a_legacy_terminal() {
    assert_eq!(keys(b"aB\r\n\t\x7f\x08\x01\x1a\x00"), "a B Enter C-j Tab Backspace Backspace C-a C-z C- ");
    assert_eq!(keys(b"\x1c\x1d\x1e\x1f"), "C-\\ C-] C-^ C-_");
    assert_eq!(keys(b"\x1ba\x1bA\x1b`\x1b\r\x1b\x7f\x1b1"), "A-a A-A A-` A-Enter A-Backspace A-1");
    assert_eq!(keys("é罗😀\u{1b}é".as_bytes()), "é 罗 😀 A-é");
    assert_eq!(keys(b"\x1b[A\x1bOB\x1b[H\x1b[4~\x1b[5~\x1b[Z\x1b[3~"), "Up Down Home End PageUp BackTab Delete");
    assert_eq!(keys(b"\x1bOP\x1b[15~\x1b[24~\x1b[[B\x1b[1;2R"), "F1 F5 F12 F2 S-F3");
    assert_eq!(
        keys(b"\x1b[1;5A\x1b[1;3D\x1b[6;5~\x1b\x1b[A\x1b[5^\x1b[a"),
        "C-Up A-Left C-PageDown A-Up C-PageUp S-Up"
    );
    assert_eq!(keys(b"\x1b[13;2u\x1b[27;5;9~\x1b[97;6u\x1b[97;1:3u"), "S-Enter C-Tab C-a");
}

#[test]
fn escape_alone_and_twice() {
    assert_eq!(keys(b"\x1b"), "Esc");
    assert_eq!(keys(b"\x1b\x1b"), "Esc Esc");
    assert_eq!(keys(b"\x1b["), "A-[");
    assert_eq!(keys(b"\x1bO"), "A-O");
}

#[test]
fn split_sequences_are_joined() {
    let whole = all(&[b"\x1b[1;5A\xe7\xbd\x97x"]);
    for cut in 1..9 {
        let bytes = b"\x1b[1;5A\xe7\xbd\x97x";
        assert_eq!(all(&[&bytes[..cut], &bytes[cut..]]), whole, "cut at {cut}");
    }
}

#[test]
fn a_paste_is_one_message_without_control_characters() {
    let paste = b"\x1b[200~one\r\ntwo\x1b[31m\x07\rthree\tx\x1b[201~z";
    for cut in 0..paste.len() {
        let out = all(&[&paste[..cut], &paste[cut..]]);
        assert_eq!(out[0], Msg::Paste("one\ntwo[31m\nthree\tx".to_owned()), "cut at {cut}");
        assert_eq!(out.len(), 2);
    }
}

#[test]
fn a_paste_is_bounded() {
    let mut decoder = KeyDecoder::default();
    let mut out = Vec::new();
    decoder.feed(b"\x1b[200~", &mut out);
    for _ in 0..300 {
        decoder.feed(&[b'x'; 8192], &mut out);
    }
    decoder.feed(PASTE_END, &mut out);
    assert!(out.is_empty() && decoder.is_waiting());
    decoder.flush(&mut out);
    assert!(matches!(&out[..], [Msg::Paste(text)] if text.len() == PASTE_MAX));
}

#[test]
fn an_end_mark_in_a_paste_types_nothing() {
    let hostile = b"\x1b[200~one\x1b[201~\r/quit\r\x1b[200~two\x1b[201~\x11\x1b[201~";
    for cut in 0..hostile.len() {
        let out = all(&[&hostile[..cut], &hostile[cut..]]);
        assert_eq!(out, [Msg::Paste("one\n/quit\ntwo".to_owned())], "cut at {cut}");
    }
    // Long enough that it comes in many portions.
    let filler = vec![b' '; 300_000];
    let long = [b"\x1b[200~a\x1b[201~", &filler[..], b"/quit\r\x1b[201~"].concat();
    let portions: Vec<&[u8]> = long.chunks(4096).collect();
    assert!(matches!(&all(&portions)[..], [Msg::Paste(text)] if text.ends_with("/quit\n")));
    // What is typed after the moment has passed is typed.
    let mut decoder = KeyDecoder::default();
    let mut out = Vec::new();
    decoder.feed(b"\x1b[200~a\x1b[201~", &mut out);
    decoder.flush(&mut out);
    decoder.feed(b"\r", &mut out);
    assert_eq!((out.len(), decoder.is_waiting()), (2, false));
}

#[test]
fn answers_mice_and_rubbish_type_nothing() {
    assert_eq!(keys(b"\x1b[?62;22c\x1b[<0;3;4M\x1b[<0;3;4m\x1b[M !!\x1b[12;40R\x1b[32;3;4M"), "");
    // What is no UTF-8 types nothing either, and the user is told once.
    let told = all(&[b"\xff\xfe\xc3\x28\xc2\x9b\xe9"]);
    assert!(
        matches!(&told[..], [Msg::Shell(ShellNews::Warning(_)), Msg::Key(k)] if k.code == KeyCode::Char('(')),
        "{told:?}"
    );
    assert_eq!(keys(b"\x1b[I\x1b[O"), "Focused(true) Focused(false)");
    let long = [b"\x1b[".as_slice(), &[b'1'; 100], b"x"].concat();
    assert!(all(&[&long]).len() <= 1);
}

proptest::proptest! {
    #[test]
    fn any_bytes_in_any_pieces_are_borne(bytes: Vec<u8>, cut in 0usize..64) {
        let mut decoder = KeyDecoder::default();
        let mut out = Vec::new();
        let cut = cut.min(bytes.len());
        decoder.feed(&bytes[..cut], &mut out);
        decoder.feed(&bytes[cut..], &mut out);
        decoder.flush(&mut out);
        for msg in out {
            if let Msg::Key(Key { code: KeyCode::Char(c), .. }) = msg {
                proptest::prop_assert!(!c.is_control());
            }
        }
    }
}

/// What a terminal of Solarized dark answers; the last colour of the palette first, the background last.
fn answers(end: &str) -> String {
    let mut all = String::new();
    for n in (0..16).rev() {
        all += &format!("\x1b]4;{n};rgb:0707/3636/{n:02x}{n:02x}{end}");
    }
    format!("{all}\x1b]10;rgb:8383/9494/9696{end}\x1b]11;rgb:0000/2b2b/3636{end}")
}

fn told(out: &[Msg]) -> Option<&TerminalColours> {
    out.iter().rev().find_map(|m| if let Msg::Shell(ShellNews::Colours(c)) = m { Some(&**c) } else { None })
}

#[test]
fn answers_about_colours_type_nothing_whenever_they_come() {
    for end in ["\x1b\\", "\x07"] {
        let answers = answers(end);
        // Late, between what is typed, and cut anywhere.
        for cut in 0..=answers.len() {
            let mut decoder = KeyDecoder::default();
            decoder.expect_colours();
            let mut out = Vec::new();
            decoder.feed(b"ab", &mut out);
            decoder.feed(&answers.as_bytes()[..cut], &mut out);
            decoder.feed(&answers.as_bytes()[cut..], &mut out);
            assert!(!decoder.is_waiting());
            decoder.feed(b"c", &mut out);
            assert_eq!(out.iter().filter(|m| matches!(m, Msg::Key(_))).count(), 3, "cut at {cut}");
            let colours = told(&out).unwrap();
            assert!(colours.is_complete());
            assert_eq!((colours.background, colours.palette[9]), (Some((0, 0x2b, 0x36)), Some((7, 0x36, 9))));
        }
    }
}

#[test]
fn an_answer_that_comes_byte_by_byte_is_waited_for() {
    let answers = answers("\x1b\\");
    let mut decoder = KeyDecoder::default();
    decoder.expect_colours();
    let mut out = Vec::new();
    for byte in answers.as_bytes() {
        decoder.feed(&[*byte], &mut out);
        assert!(decoder.bytes.is_empty() || decoder.patience(true) > ESCAPE_WAIT);
    }
    assert!(matches!(&out[..], [Msg::Shell(ShellNews::Colours(_))]), "{out:?}");
    // So late, and so slow, that its Escape was taken for the key: still nothing of it is typed.
    let mut decoder = KeyDecoder::default();
    decoder.expect_colours();
    let mut out = Vec::new();
    decoder.feed(b"\x1b", &mut out);
    decoder.flush(&mut out);
    for byte in b"]11;rgb:0000/2b2b/3636\x07" {
        decoder.feed(&[*byte], &mut out);
    }
    decoder.flush(&mut out);
    assert_eq!(out.iter().filter(|m| matches!(m, Msg::Key(_))).count(), 1, "{out:?}");
    assert_eq!(told(&out).unwrap().background, Some((0, 0x2b, 0x36)));
}

#[test]
fn no_key_is_lost_to_an_answer_that_does_not_come() {
    let typed = |chunks: &[&[u8]]| {
        let mut decoder = KeyDecoder::default();
        decoder.expect_colours();
        let mut out = Vec::new();
        for chunk in chunks {
            decoder.feed(chunk, &mut out);
        }
        decoder.flush(&mut out);
        out.len()
    };
    assert_eq!(typed(&[b"\x1b]"]), 1);
    assert_eq!(typed(&[b"\x1b", b"]", b"1", b"x"]), 3);
    assert_eq!(typed(&[b"\x1b]", b"hello"]), 6);
    let mut decoder = KeyDecoder::default();
    decoder.expect_colours();
    let mut out = Vec::new();
    for typed in [&b"\x1b"[..], b"]", b"4", b" "] {
        decoder.feed(typed, &mut out);
        decoder.flush(&mut out);
    }
    assert_eq!(out.len(), 4, "{out:?}");
    // Answers to what nobody asked are none of the user's keys either.
    assert_eq!(
        keys(b"\x1b]52;c;aGk=\x07x\x1b]11;rgb:0/0/0\x1b\\"),
        "x Shell(Colours(TerminalColours { foreground: None, background: Some((0, 0, 0)), palette: [None, None, None, None, None, None, None, None, None, None, None, None, None, None, None, None] }))"
    );
}
