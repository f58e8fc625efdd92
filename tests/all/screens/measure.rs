//! How the messages stand: no line longer than is well read, times where they are looked for, and signs that mean one
//! thing.

use super::desk::{account_id, bare, chat_id, desk, jid, textbox, verona};
use super::{draw, lines};
use parlour::model::*;
use parlour::state::State;
use parlour::state::chats::Chat;
use parlour::state::sidebar::Row;
use parlour::text::width;

/// The lines of the chat with these messages of juliet's: minutes of their time, text.
fn said(messages: &[(i64, &str)], width: u16) -> Vec<String> {
    let mut state = desk();
    let timeline = state.timelines.list.iter_mut().find(|t| t.chat == verona()).unwrap();
    let base = timeline.messages.iter().find(|m| m.nick() == Some("juliet")).unwrap().clone();
    let day = base.time.0.div_euclid(86_400_000) * 86_400_000;
    let list = messages.iter().enumerate().map(|(n, (minute, text))| {
        let time = Time(day + (10 * 60 + minute) * 60_000);
        let n = i64::try_from(n).unwrap();
        let mut message = base.clone();
        (message.row, message.order) = (RowId(9_000 + n), Order(time.0 * 1000 + n));
        (message.time, message.body) = (time, (*text).into());
        message
    });
    timeline.messages = list.collect();
    state.chats.get_mut(&verona()).unwrap().new_line = None;
    lines(&draw(&state, width, 36))
}

#[test]
fn text_is_at_most_a_hundred_wide_and_its_marks_stand_behind_it() {
    let long = "two households both alike in dignity ".repeat(12);
    for columns in [80, 120, 200, 300] {
        let lines = said(&[(0, &long)], columns);
        let texts =
            lines.iter().filter(|l| l.contains("alike in")).map(|l| l.rsplit('│').find(|p| p.contains("alike in")));
        let widest = texts.flatten().map(|text| width(text.trim_end())).max().unwrap();
        assert!((50..=23 + 100).contains(&widest), "{columns}: {widest}\n{}", lines.join("\n"));
    }
    let mut state = desk();
    let timeline = state.timelines.list.iter_mut().find(|t| t.chat == verona()).unwrap();
    let own = timeline.messages.iter_mut().rfind(|m| m.is_own()).unwrap();
    own.delivery = Delivery::Acked;
    let lines = lines(&draw(&state, 200, 50));
    let line = lines.iter().find(|l| l.contains('✓')).unwrap();
    let at = width(line.split('✓').next().unwrap());
    assert!(at < 27 + 23 + 100 + 4, "{at}: {line}");
}

#[test]
fn a_time_stands_at_the_first_of_a_group_and_every_five_minutes() {
    let told: Vec<(i64, String)> = (0..12).map(|n| (n * 2, format!("line{n:02}"))).collect();
    let told: Vec<(i64, &str)> = told.iter().map(|(minute, text)| (*minute, text.as_str())).collect();
    for columns in [120, 60] {
        let lines = said(&told, columns);
        let mut last = None;
        for (minute, text) in &told {
            let at = lines.iter().position(|l| l.contains(text)).unwrap();
            let is_timed = |l: &String| l.contains(" 10:") || l.starts_with("10:") || l.contains(" 11:");
            let has_time = is_timed(&lines[at]) || columns < 80 && is_timed(&lines[at - 1]);
            if has_time {
                last = Some(*minute);
            }
            assert!(last.is_some_and(|last| minute - last < 5), "{columns}: {text}\n{}", lines.join("\n"));
        }
        let times = lines.iter().filter(|l| l.contains("10:")).count();
        assert!(times < told.len(), "not at every line");
    }
}

/// A private conversation with carol in a room, open.
fn in_private() -> State {
    let mut state = desk();
    let id = ChatId::new(account_id(), jid("lounge@rooms.montague.lit/carol"));
    let mut chat = Chat::new(id.clone(), ChatKind::Occupant);
    (chat.is_open, chat.is_accepted) = (true, true);
    state.chats.by_id.insert(id.clone(), chat);
    state.sidebar.rows.push(Row::Chat(id.clone()));
    state.chats.current = Some(id);
    state.composer.text = textbox("");
    state
}

#[test]
fn a_private_chat_says_in_which_room_it_is() {
    let state = in_private();
    for (columns, times) in [(120, 3), (80, 3), (60, 2)] {
        let shown = lines(&draw(&state, columns, 36)).join("\n");
        assert_eq!(shown.matches("carol · #lounge").count(), times, "{columns}\n{shown}");
    }
    let mut state = in_private();
    state.options.glyphs = Glyphs::Ascii;
    assert!(lines(&draw(&state, 120, 36)).join("\n").contains("carol - #lounge"));
}

#[test]
fn a_draft_is_no_sign_of_typing() {
    let mut state = desk();
    let mercutio = chat_id("mercutio@verona.lit");
    let row = |state: &State| lines(&draw(state, 120, 36)).into_iter().find(|l| l.contains("Mercutio")).unwrap();
    state.chats.get_mut(&mercutio).unwrap().draft = "half".to_owned();
    assert!(row(&state)[..40].contains("draft") && !row(&state).contains('✎'), "{}", row(&state));
    state.chats.get_mut(&mercutio).unwrap().typing = vec![(jid("mercutio@verona.lit/x"), state.now)];
    assert!(row(&state).contains('✎'), "{}", row(&state));
}

#[test]
fn what_a_room_is_stands_in_its_header_at_every_width() {
    let mut state = desk();
    let room = state.rooms.entry(&account_id(), &bare("verona-plaza@rooms.montague.lit"));
    room.traits = ["members-only", "persistent", "addresses shown", "archived"].map(str::to_owned).to_vec();
    for columns in [60, 80, 100, 120, 200] {
        let shown = lines(&draw(&state, columns, 36)).join("\n");
        assert!(shown.contains("addresses shown"), "{columns}\n{shown}");
    }
    assert!(!lines(&draw(&state, 80, 36)).join("\n").contains("persistent"));
}

#[test]
fn people_stand_under_their_roles() {
    let shown = lines(&draw(&desk(), 120, 36)).join("\n");
    let at = |heading: &str| shown.find(heading).unwrap_or_else(|| panic!("{heading}\n{shown}"));
    assert!(at("MODERATORS") < at("PARTICIPANTS") && at("PARTICIPANTS") < at("VISITORS"));
    assert!(!shown.contains("MEMBERS") && !shown.contains("OWNERS"));
}
