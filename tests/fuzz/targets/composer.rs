//! A terminal's bytes → keys and pastes → the program → the screen.
//!
//! Nothing that is typed, pasted or answered by a terminal makes a control character reach a cell, or puts the cursor
//! into the middle of a character.

use super::screen::{KEYMAP, check_drawn, desk};
use super::{magnitude, shape};
use parlour::model::Time;
use parlour::run::decode::KeyDecoder;
use parlour::update::{Effect, Msg, Stamp, update};

pub const WORDS: &[&str] = &[
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[1;5A",
    "\x1b[1;3B",
    "\x1bOP",
    "\x1bOQ",
    "\x1bOR",
    "\x1bOS",
    "\x1b[15~",
    "\x1b[24~",
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[200~",
    "\x1b[201~",
    "\x1b[I",
    "\x1b[O",
    "\x1b[<0;3;4M",
    "\x1b]11;rgb:0/0/0\x07",
    "\x1b[?1;2c",
    "\x1bx",
    "\x1bm",
    "\x1br",
    "\x1bs",
    "\x1ba",
    "\x1bg",
    "\x0b",
    "\x10",
    "\x06",
    "\x17",
    "\x15",
    "\x19",
    "\x1f",
    "\x0a",
    "\r",
    "\t",
    "\x7f",
    "/help\r",
    "/join r@muc.sec.test\r",
    "/whois\r",
    "/set ui.theme mono\r",
    "/msg bob@sec.test hi\r",
    "@",
    ":smile",
    "```",
    "> ",
    "*b*",
];

pub fn run(data: &[u8]) -> u64 {
    let mut state = desk();
    let mut decoder = KeyDecoder::default();
    let mut msgs: Vec<Msg> = Vec::new();
    for piece in data.chunks(97) {
        decoder.feed(piece, &mut msgs);
    }
    decoder.flush(&mut msgs);
    let mut kinds = Vec::new();
    let mut quits = false;
    for (i, msg) in msgs.into_iter().take(96).enumerate() {
        let now = Time(super::NOW.0 + i as i64 * 50);
        let stamp = Stamp { now, zone_minutes: 60, seed: (i as u128 + 1) << 64 };
        for effect in update(&mut state, stamp, msg, &KEYMAP) {
            quits |= matches!(effect, Effect::Quit);
            let kind: String = format!("{effect:?}").chars().take_while(char::is_ascii_alphabetic).collect();
            if kind != "WakeAt" && !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        let text = &state.composer.text;
        assert!(text.text.is_char_boundary(text.cursor), "the cursor is in a character");
        assert!(text.text.len() <= 4 << 20, "the composer holds {} bytes", text.text.len());
        if i % 32 == 31 {
            check_drawn(&state, 80, 24);
        }
    }
    check_drawn(&state, 80, 24);
    check_drawn(&state, 40, 12);
    let overlays: Vec<_> = state.overlays.iter().map(std::mem::discriminant).take(4).collect();
    shape((kinds, overlays, format!("{:?}", state.focus.pane), magnitude(state.composer.text.text.len()), quits))
}
