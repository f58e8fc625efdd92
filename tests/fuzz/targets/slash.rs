//! A line that begins with a slash, or does not: parsed, completed, and done.
//!
//! What is wrong is marked inside the line; what is offered fits at the cursor; what is done never panics.

use super::screen::desk;
use super::shape;
use parlour::action::{Key, Keymap};
use parlour::slash::{complete, parse};
use parlour::update::{Msg, Stamp, update};

pub const WORDS: &[&str] = &[
    "/",
    "//",
    "/me ",
    "/help ",
    "/join ",
    "/part",
    "/msg ",
    "/nick ",
    "/topic ",
    "/whois ",
    "/invite ",
    "/kick ",
    "/ban ",
    "/away ",
    "/dnd ",
    "/set ",
    "/unset ",
    "/account ",
    "/connect ",
    "/reconnect ",
    "/open ",
    "/copy ",
    "/quote ",
    "/raw ",
    "/search ",
    "/disco ",
    "/ping ",
    "/version ",
    "/time ",
    "/register ",
    "/quit ",
    "/win ",
    "/presence ",
    "/status ",
    "/group ",
    "/rename ",
    "/add ",
    "/remove ",
    "bob@sec.test",
    "r@muc.sec.test",
    "\"",
    "\\",
    "'",
    " ",
    "--",
    "ui.theme",
    "mono",
    "7",
    "list",
];

pub fn run(data: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(data);
    let line: String = text.chars().take(2_000).collect();
    let mut state = desk();
    let parsed = parse(&line);
    let kind = match &parsed {
        Ok(action) => format!("{action:?}").chars().take_while(char::is_ascii_alphabetic).collect(),
        Err(error) => {
            assert!(error.span.start <= error.span.end && error.span.end <= line.len(), "{:?} in {line:?}", error.span);
            assert!(line.is_char_boundary(error.span.start) && line.is_char_boundary(error.span.end), "{line:?}");
            let words = error.to_string();
            assert!(!words.is_empty(), "{line:?}");
            words.chars().filter(char::is_ascii_lowercase).take(40).collect::<String>()
        }
    };
    let mut offers = 0;
    let cursors: Vec<usize> = line.char_indices().map(|(i, _)| i).chain([line.len()]).collect();
    for cursor in cursors.iter().rev().take(3) {
        if let Some(offer) = complete(&state, &line, *cursor) {
            offers += 1;
            assert!(offer.range.end <= line.len() && offer.range.start <= offer.range.end, "{line:?}");
            assert!(line.is_char_boundary(offer.range.start) && line.is_char_boundary(offer.range.end), "{line:?}");
        }
    }
    // And as typed: pasted, then Enter.
    let keymap = Keymap::default();
    let stamp = Stamp { now: super::NOW, zone_minutes: 60, seed: 1 << 64 };
    let mut effects = update(&mut state, stamp, Msg::Paste(line.clone()), &keymap).len();
    if let Ok(enter) = Key::parse("enter") {
        effects += update(&mut state, stamp, Msg::Key(enter), &keymap).len();
    }
    shape((kind, offers, effects.min(6), state.overlays.len()))
}
