//! Requests on the screen: always in sight, with what they say where there is room, and a line in the chat of a stranger.

use super::desk::*;
use super::{draw, lines};
use parlour::model::*;
use parlour::state::State;
use parlour::state::chats::Chat;
use parlour::state::focus::Pane;
use parlour::state::requests::Request;
use parlour::state::sidebar::{Row, Section};

fn stranger(state: &mut State, address: &str, words: &str) -> ChatId {
    let id = chat_id(address);
    let mut chat = Chat::new(id.clone(), ChatKind::Contact);
    chat.preview = words.into();
    state.chats.by_id.insert(id.clone(), chat);
    state.requests.add(Request::Stranger(id.clone()));
    id
}

/// A desk with so many requests of strangers and nothing else that asks, the chat with Juliet open.
fn asked(count: usize, words: &str) -> State {
    let mut state = desk();
    state.requests.list.clear();
    let rows = (0..count).map(|n| {
        stranger(&mut state, &format!("s{n}@evil.lit"), words);
        Row::Request(n)
    });
    let rows: Vec<Row> = rows.collect();
    let is_request = |r: &Row| matches!(r, Row::Request(_) | Row::Section { section: Section::Requests, .. });
    state.sidebar.rows.retain(|r| !is_request(r));
    let heading = Row::Section { section: Section::Requests, group: None, count, is_folded: false };
    state.sidebar.rows.splice(0..0, std::iter::once(heading).chain(rows));
    state
}

#[test]
fn a_request_that_waits_is_always_in_sight() {
    for count in [1, 2, 20, 100] {
        for (columns, rows) in [(80, 24), (80, 10), (120, 36), (200, 60)] {
            let mut state = asked(count, "hello");
            for last in [0, state.sidebar.rows.len() - 1] {
                state.focus.pane = Pane::Sidebar;
                state.sidebar.selected = last;
                let shown = lines(&draw(&state, columns, rows));
                let heading = shown.iter().find(|l| l.contains("REQUESTS"));
                let heading = heading.unwrap_or_else(|| panic!("{count} {columns}x{rows}\n{}", shown.join("\n")));
                assert!(heading.contains(&format!(" {count} ")), "{heading}");
            }
            // Where the list is not on the screen, the top line tells.
            state.focus.pane = Pane::Composer;
            state.sidebar.is_toggled = true;
            let top = &lines(&draw(&state, columns, rows))[0];
            assert!(top.contains(&format!("{count} request")), "{top}");
        }
        let top = &lines(&draw(&asked(count, "hello"), 60, 20))[0];
        assert!(top.contains(&format!("?{count}")), "{top}");
    }
}

#[test]
fn what_a_stranger_says_is_shown_where_there_is_room() {
    let words = "\u{1b}[31mred\u{202e}\nnext https://evil.lit/a?b\u{7}";
    let mut state = asked(1, words);
    state.options.sidebar_width = 40;
    let shown = lines(&draw(&state, 120, 40)).join("\n");
    assert!(shown.contains("[31mred next [link: evil"), "{shown}");
    assert!(!shown.contains("https://evil") && !shown.chars().any(|c| c.is_control() && c != '\n'), "{shown}");
    let shown = lines(&draw(&asked(100, words), 80, 24)).join("\n");
    assert!(!shown.contains("[31mred"), "no room: {shown}");
}

#[test]
fn the_chat_of_a_stranger_says_what_may_be_done() {
    for (columns, rows) in [(80, 24), (120, 36), (40, 12)] {
        let mut state = asked(1, "hello");
        state.chats.current = Some(chat_id("s0@evil.lit"));
        state.requests.keys = Some(("Alt-Y".into(), "Ctrl-X d".into()));
        let shown = lines(&draw(&state, columns, rows)).join("\n");
        assert!(shown.contains("Alt-Y accepts · Ctrl-X d denies"), "{shown}");
        assert!(columns < 80 || shown.contains("s0@evil.lit is not in your contacts · "), "{shown}");
        // An address without end takes the place of no key.
        let long = format!("{}@evil.lit", "x".repeat(900));
        let id = stranger(&mut state, &long, "hello");
        state.chats.current = Some(id);
        let shown = lines(&draw(&state, columns, rows)).join("\n");
        assert!(shown.contains("Alt-Y accepts · Ctrl-X d denies"), "{shown}");
        state.chats.current = Some(chat_id("juliet@capulet.lit"));
        assert!(!lines(&draw(&state, columns, rows)).join("\n").contains("denies"));
    }
}
