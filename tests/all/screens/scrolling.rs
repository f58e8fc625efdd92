//! What the frame tells of scrolling.

use super::desk::{Talk, desk, verona};
use super::{draw_with, lines};
use parlour::model::{Glyphs, RowId};
use parlour::state::State;
use parlour::state::timeline::{Scroll, Viewport};
use parlour::ui::Memo;

fn long_desk(count: i64) -> State {
    let mut talk = Talk::new(verona());
    for n in 0..count {
        let nick = if n % 2 == 0 { "juliet" } else { "nurse" };
        talk.say(count - n, nick, &format!("message {n}\nsecond line of {n}"));
    }
    let mut state = desk();
    state.timelines.list[0].messages = talk.messages;
    state.timelines.list[0].is_start = false;
    state.chats.get_mut(&verona()).unwrap().new_line = None;
    state
}

fn look(state: &State) -> (String, Viewport) {
    let (buffer, viewport) = draw_with(state, 100, 30, Glyphs::Unicode, &mut Memo::default());
    (lines(&buffer).join("\n"), viewport)
}

#[test]
fn at_the_bottom_and_a_page_up_and_back() {
    let mut state = long_desk(200);
    let (shown, at) = look(&state);
    assert!(shown.contains("second line of 199") && at.is_at_bottom && !at.is_at_top);
    assert_eq!((at.page_down, at.line_down), (Scroll::Bottom, Scroll::Bottom));
    state.timelines.list[0].scroll = at.page_up;
    let (shown, up) = look(&state);
    assert!(!shown.contains("message 199") && shown.contains("below"), "{shown}");
    // A page keeps two lines of the one before.
    assert!(up.visible.unwrap().1 >= at.visible.unwrap().0);
    assert_eq!(up.page_down, Scroll::Bottom);
}

#[test]
fn line_by_line_to_the_top_and_no_further() {
    let mut state = long_desk(30);
    let mut steps = 0;
    loop {
        let (shown, at) = look(&state);
        if at.line_up == state.timelines.list[0].scroll {
            assert!(at.is_at_top && shown.contains("message 0\n") || shown.contains("message 0 "), "{shown}");
            break;
        }
        state.timelines.list[0].scroll = at.line_up;
        steps += 1;
        assert!(steps < 100);
    }
    // 30 messages of two lines and a day line; 18 to 22 of these lines fit.
    assert!((36..=46).contains(&steps), "{steps}");
    for _ in 0..steps {
        let (_, at) = look(&state);
        state.timelines.list[0].scroll = at.line_down;
    }
    assert_eq!(state.timelines.list[0].scroll, Scroll::Bottom);
}

#[test]
fn a_scroll_to_a_row_that_is_gone_is_the_bottom() {
    let mut state = long_desk(50);
    state.timelines.list[0].scroll = Scroll::At { row: RowId(9_999), lines_below: 3 };
    assert!(look(&state).1.is_at_bottom);
}

#[test]
fn few_messages_stand_at_the_bottom_and_cannot_be_scrolled() {
    let (_, at) = look(&long_desk(2));
    assert!(at.is_at_top && at.is_at_bottom);
    assert_eq!((at.page_up, at.line_up), (Scroll::Bottom, Scroll::Bottom));
}

#[test]
fn the_memo_changes_no_pixel() {
    let mut memo = Memo::default();
    let mut state = long_desk(60);
    for round in 0..3 {
        state.timelines.list[0].messages[59].body = format!("edited {round}").into();
        let warm = draw_with(&state, 100, 30, Glyphs::Unicode, &mut memo).0;
        let cold = draw_with(&state, 100, 30, Glyphs::Unicode, &mut Memo::default()).0;
        assert_eq!(warm, cold);
    }
}
