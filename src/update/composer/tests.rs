//! Tests of the composer: graphemes, undo, cuts, history, paste, and random edits.

use super::*;
use proptest::prelude::*;

fn typed(text: &str) -> Composer {
    let mut composer = Composer::default();
    for c in text.chars() {
        insert_char(&mut composer, c);
    }
    composer
}

fn run(composer: &mut Composer, edits: &[Edit]) {
    for e in edits {
        edit(composer, *e);
    }
}

#[test]
fn a_grapheme_is_one_key() {
    let mut c = typed("a👩‍👩‍👧e\u{301}世");
    run(&mut c, &[Edit::Backspace]);
    assert_eq!(c.text.text, "a👩‍👩‍👧e\u{301}");
    run(&mut c, &[Edit::Left, Edit::Backspace]);
    assert_eq!((c.text.text.as_str(), c.text.cursor), ("ae\u{301}", 1));
    run(&mut c, &[Edit::Delete]);
    assert_eq!(c.text.text, "a");
}

#[test]
fn a_mark_typed_before_a_letter_never_splits_it() {
    // An accent that is typed after a letter joins it; the cursor stays behind both.
    let mut c = typed("e");
    insert_char(&mut c, '\u{301}');
    assert_eq!(c.text.cursor, 3);
    // A joiner put between two people makes one of them.
    let mut c = typed("👩👧");
    run(&mut c, &[Edit::Left]);
    insert_char(&mut c, '\u{200d}');
    assert_eq!(c.text.cursor, c.text.text.len());
}

#[test]
fn words_and_lines() {
    let mut c = typed("one two\n世界 four");
    run(&mut c, &[Edit::WordLeft]);
    assert_eq!(c.text.cursor, "one two\n世界 ".len());
    run(&mut c, &[Edit::Start]);
    assert_eq!(c.text.cursor, 8);
    run(&mut c, &[Edit::Right, Edit::Up]);
    assert_eq!(c.text.cursor, 2, "世 is two cells wide");
    run(&mut c, &[Edit::Down, Edit::End]);
    assert_eq!(c.text.cursor, c.text.text.len());
    assert_eq!(edit(&mut c, Edit::Down), Outcome::Beyond);
    run(&mut c, &[Edit::Top]);
    assert_eq!(edit(&mut c, Edit::Up), Outcome::Beyond);
    assert_eq!(edit(&mut c, Edit::Left), Outcome::Same);
}

#[test]
fn a_word_is_one_step_back() {
    let mut c = typed("one two three");
    run(&mut c, &[Edit::Undo]);
    assert_eq!(c.text.text, "one two ");
    run(&mut c, &[Edit::Undo, Edit::Undo]);
    assert_eq!(c.text.text, "");
    assert_eq!(edit(&mut c, Edit::Undo), Outcome::Same);
    run(&mut c, &[Edit::Redo, Edit::Redo]);
    assert_eq!(c.text.text, "one two ");
    insert_char(&mut c, 'x');
    assert_eq!(edit(&mut c, Edit::Redo), Outcome::Same, "a new change ends what could be redone");
}

#[test]
fn deleting_letter_by_letter_is_one_step() {
    let mut c = typed("word");
    run(&mut c, &[Edit::Backspace, Edit::Backspace, Edit::Backspace]);
    assert_eq!(c.text.text, "w");
    run(&mut c, &[Edit::Undo]);
    assert_eq!(c.text.text, "word");
}

#[test]
fn cuts_in_a_row_come_back_as_one() {
    let mut c = typed("one two three");
    run(&mut c, &[Edit::KillWordBack, Edit::KillWordBack]);
    assert_eq!(c.text.text, "one ");
    run(&mut c, &[Edit::Yank]);
    assert_eq!(c.text.text, "one two three");
    run(&mut c, &[Edit::Start, Edit::KillWord, Edit::Right, Edit::KillToEnd, Edit::Yank]);
    assert_eq!(c.text.text, " two three", "moving ends the run");
    assert_eq!(c.kills, ["two three", "one", "two three"]);
}

#[test]
fn cutting_at_a_line_s_border_takes_the_break() {
    let mut c = typed("a\nb");
    run(&mut c, &[Edit::Start, Edit::KillToStart]);
    assert_eq!(c.text.text, "ab");
    let mut c = typed("a\nb");
    run(&mut c, &[Edit::Up, Edit::End, Edit::KillToEnd]);
    assert_eq!(c.text.text, "ab");
}

#[test]
fn history_keeps_the_draft() {
    let mut c = typed("first");
    sent(&mut c);
    for ch in "second".chars() {
        insert_char(&mut c, ch);
    }
    sent(&mut c);
    for ch in "dra".chars() {
        insert_char(&mut c, ch);
    }
    history_prev(&mut c);
    assert_eq!(c.text.text, "second");
    history_prev(&mut c);
    assert_eq!(c.text.text, "first");
    assert_eq!(history_prev(&mut c), Outcome::Same);
    history_next(&mut c);
    history_next(&mut c);
    assert_eq!(c.text.text, "dra");
    assert_eq!(history_next(&mut c), Outcome::Same);
    assert_eq!(c.history, ["first", "second"]);
}

#[test]
fn nothing_of_one_chat_is_undone_into_another() {
    let mut c = typed("secret");
    load(&mut c, "draft");
    assert_eq!(edit(&mut c, Edit::Undo), Outcome::Same);
    assert_eq!((c.text.text.as_str(), c.text.cursor, c.is_saved), ("draft", 5, true));
}

#[test]
fn a_text_that_comes_back_stands_above_the_new_one() {
    let mut c = typed("new");
    give_back(&mut c, "old");
    assert_eq!(c.text.text, "old\nnew");
}

#[test]
fn pastes() {
    let mut c = typed("> ");
    paste(&mut c, "a\r\nb\rc\u{1b}[31m\u{9b}\td");
    assert_eq!(c.text.text, "> a\nb\nc[31m\td");
    run(&mut c, &[Edit::Undo]);
    assert_eq!(c.text.text, "> ");
    paste(&mut c, &"x\n".repeat(8));
    assert!(c.pending_paste.is_none());
    let mut c = typed("see");
    paste(&mut c, &"x\n".repeat(9));
    assert_eq!(c.text.text, "see");
    take_paste(&mut c, true);
    assert_eq!(c.text.text, format!("see\n```\n{}```\n", "x\n".repeat(9)));
    assert!(c.pending_paste.is_none());
}

#[test]
fn candidates_go_round() {
    let mut c = typed("hi ju");
    let items = ["juliet", "julia", "jules"].map(|n| (n.to_owned(), String::new()));
    complete(&mut c, 3, 5, items.to_vec());
    assert_eq!(c.text.text, "hi juliet");
    cycle(&mut c, false);
    cycle(&mut c, false);
    cycle(&mut c, false);
    assert_eq!(c.text.text, "hi juliet");
    cycle(&mut c, true);
    assert_eq!((c.text.text.as_str(), c.text.cursor), ("hi jules", 8));
    insert_char(&mut c, '!');
    assert!(c.completion.is_none() && !cycle(&mut c, false));
    run(&mut c, &[Edit::Undo, Edit::Undo]);
    assert_eq!(c.text.text, "hi ju");
}

#[test]
fn a_line_of_an_overlay_is_one_line() {
    let mut b = boxed("ab");
    insert_box(&mut b, "c\nd\u{7}");
    assert_eq!((b.text.as_str(), b.cursor), ("abc d", 5));
    assert_eq!(edit_box(&mut b, Edit::KillWordBack), Outcome::Changed);
    assert_eq!(b.text, "abc ");
}

#[derive(Debug, Clone)]
enum Step {
    Type(char),
    Paste(String),
    Do(Edit),
    Prev,
    Next,
    Sent,
    Complete(usize, usize, String),
    Cycle(bool),
}

fn any_char() -> impl Strategy<Value = char> {
    let tricky = "ab \n\t世👩👧🇩🇪🏽\u{200d}\u{301}\u{fe0f}e\u{0e33}\u{1100}\u{1161}\r";
    prop_oneof![prop::sample::select(tricky.chars().collect::<Vec<_>>()), any::<char>()]
}

fn any_edit() -> impl Strategy<Value = Edit> {
    prop::sample::select(vec![
        Edit::Left,
        Edit::Right,
        Edit::WordLeft,
        Edit::WordRight,
        Edit::Start,
        Edit::End,
        Edit::Top,
        Edit::Bottom,
        Edit::Up,
        Edit::Down,
        Edit::Newline,
        Edit::Backspace,
        Edit::Delete,
        Edit::KillWordBack,
        Edit::KillWord,
        Edit::KillToStart,
        Edit::KillToEnd,
        Edit::Yank,
        Edit::Undo,
        Edit::Redo,
    ])
}

fn any_text() -> impl Strategy<Value = String> {
    prop::collection::vec(any_char(), 0..12).prop_map(|c| c.into_iter().collect())
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any_char().prop_map(Step::Type),
        1 => any_text().prop_map(Step::Paste),
        8 => any_edit().prop_map(Step::Do),
        1 => Just(Step::Prev),
        1 => Just(Step::Next),
        1 => Just(Step::Sent),
        1 => (0usize..20, 0usize..20, any_text()).prop_map(|(a, b, t)| Step::Complete(a, b, t)),
        1 => any::<bool>().prop_map(Step::Cycle),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_cursor_never_leaves_a_grapheme_border(steps in prop::collection::vec(any_step(), 0..60)) {
        let mut c = Composer::default();
        for step in steps {
            match step {
                Step::Type(ch) => insert_char(&mut c, ch),
                Step::Paste(text) => paste(&mut c, &text),
                Step::Do(e) => { edit(&mut c, e); }
                Step::Prev => { history_prev(&mut c); }
                Step::Next => { history_next(&mut c); }
                Step::Sent => sent(&mut c),
                Step::Complete(a, b, text) => {
                    complete(&mut c, a, b, vec![(text, String::new()), ("x".into(), String::new())]);
                }
                Step::Cycle(back) => { cycle(&mut c, back); }
            }
            prop_assert!(c.text.cursor <= c.text.text.len());
            prop_assert_eq!(grapheme::floor(&c.text.text, c.text.cursor), c.text.cursor, "{:?}", c.text);
        }
    }

    #[test]
    fn undo_comes_back_to_the_start(steps in prop::collection::vec(any_edit(), 0..40)) {
        let mut c = Composer { text: boxed("one two\nthree 👩‍👩‍👧 four"), ..Composer::default() };
        let start = c.text.text.clone();
        for e in steps.into_iter().filter(|e| !matches!(e, Edit::Undo | Edit::Redo)) {
            edit(&mut c, e);
        }
        while edit(&mut c, Edit::Undo) == Outcome::Changed {}
        prop_assert_eq!(c.text.text, start);
    }
}
