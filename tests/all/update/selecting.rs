//! A selected message takes single letters, and nobody loses a letter of a sentence to that.

use super::desk::*;
use parlour::contract::archive::PageFrom;
use parlour::contract::command::chat::Command as Chat;
use parlour::contract::event::chat as event;
use parlour::contract::{Command, Event, Query, Reply};
use parlour::model::*;
use parlour::state::focus::Pane;
use parlour::state::overlays::Overlay;
use parlour::update::{Effect, Effects, Msg};

const JULIET: &str = "juliet@capulet.lit";

/// Two hundred sentences: each letter of the alphabet begins some, those that act on a message most.
fn sentences() -> Vec<String> {
    let words = [
        "you are quite right",
        "yes",
        "quite so",
        "really? do it again",
        "do not drop it",
        "it is I",
        "very well",
        "open the door",
        "just keep quiet",
        "keep it",
        "not yet",
        "next",
        "/ is a sign",
        "? what",
        "y",
        "qq",
        "r d y q",
        "ok",
        "i",
        "d'accord",
        "öffne die Tür",
        "да",
        "是的",
        "1 of 2",
        " yes",
        "G",
        "Deny it",
        "yo\u{301}u",
    ];
    let letters = ('a'..='z').chain('A'..='Z');
    let made = letters.flat_map(|c| [format!("{c} is a letter"), format!("{c}{c}"), format!("{c}nd so on, y/q/r/d")]);
    let all: Vec<String> = words.iter().map(|w| (*w).to_owned()).chain(made).take(200).collect();
    all.into_iter().filter(|s| s.chars().nth(1).is_some() || !"yqi".contains(s.as_str())).collect()
}

fn stanzas(effects: &Effects) -> Vec<Command> {
    let is_stanza = |c: &Command| !matches!(c, Command::Chat(Chat::State { .. }));
    commands(effects).into_iter().filter(is_stanza).collect()
}

/// A chat with a message of Juliet's that has a link, and below it one of ours that failed.
fn talked() -> Desk {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "see https://example.org/a");
    desk
}

fn failed(desk: &mut Desk) {
    let mut own = desk.message(&chat(JULIET), ChatKind::Contact, ME, "hello");
    own.delivery = Delivery::Failed("forbidden".into());
    own.ids.stanza = Some("f1".into());
    desk.event(Event::Chat(event::Event::MessageArrived(Box::new(own))));
}

/// Types letter by letter, `pause` milliseconds apart.
fn writes_slowly(desk: &mut Desk, text: &str, pause: i64) -> Effects {
    let mut effects = Effects::new();
    for c in text.chars() {
        let name = if c == ' ' { "space".to_owned() } else { c.to_string() };
        effects.extend(desk.key(&name));
        desk.now += pause;
        effects.extend(desk.msg(Msg::Woken));
    }
    effects
}

#[test]
fn sentences_after_alt_up_are_written_whole_and_send_nothing() {
    for (draft, is_failed, pause) in [
        ("", false, 0),
        ("", true, 0),
        ("I think ", false, 0),
        ("I think ", true, 0),
        ("", true, 400),
        ("x", true, 900),
    ] {
        for sentence in sentences() {
            let mut desk = talked();
            if is_failed {
                failed(&mut desk);
            }
            desk.types(draft);
            desk.key("alt-up");
            assert_eq!(desk.state.focus.pane, Pane::Message);
            let effects = writes_slowly(&mut desk, &sentence, pause);
            assert_eq!(stanzas(&effects), [], "{draft:?} {sentence:?} {pause}");
            assert!(!effects.iter().any(|e| matches!(e, Effect::Copy(_) | Effect::Open(_))), "{sentence:?}");
            assert_eq!(desk.text(), format!("{draft}{sentence}"), "{is_failed} {pause}");
            assert_eq!(desk.state.focus.pane, Pane::Composer, "{sentence:?}");
            assert_eq!(desk.state.overlays.len(), 0, "{sentence:?}");
        }
    }
}

#[test]
fn sentences_after_a_search_are_written_whole() {
    for sentence in sentences() {
        let mut desk = found();
        assert_eq!(desk.state.focus.pane, Pane::Composer, "a search marks, it does not select");
        let effects = writes_slowly(&mut desk, &sentence, 900);
        assert_eq!((stanzas(&effects), desk.text()), (vec![], sentence.as_str()));
    }
}

/// After a search whose first hit was opened.
fn found() -> Desk {
    let mut desk = talked();
    let hit = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, "the needle");
    desk.key("ctrl-f");
    let effects = desk.types("needle");
    let seq = effects.iter().rev().find_map(|e| match e {
        Effect::Query(Query::Search { seq, .. }) => Some(*seq),
        _ => None,
    });
    desk.msg(Msg::Replied(Reply::Found {
        messages: vec![hit.clone()],
        is_more: false,
        oldest: None,
        seq: seq.unwrap(),
    }));
    let effects = desk.key("enter");
    assert!(matches!(page(&effects), Some((_, PageFrom::Around(_), _))));
    desk.answers(&effects, vec![hit]);
    assert_eq!(desk.state.overlays.len(), 0);
    desk
}

#[test]
fn a_search_marks_its_hit_and_alt_up_selects_that() {
    let mut desk = found();
    let timeline = desk.state.timeline().unwrap();
    assert!(timeline.highlighted.is_some() && timeline.selected.is_none());
    desk.key("alt-up");
    assert_eq!(desk.state.selected_message().unwrap().body.raw(), "the needle");
    desk.key("esc");
    desk.key("esc");
    assert_eq!(desk.state.timeline().unwrap().highlighted, None);
}

#[test]
fn one_letter_alone_acts_and_enter_does_not_wait() {
    let copied = |effects: &Effects| effects.iter().any(|e| matches!(e, Effect::Copy(_)));
    let mut desk = talked();
    desk.key("alt-up");
    assert!(!copied(&desk.key("y")), "it waits");
    assert!(desk.state.hints.iter().any(|(_, words)| words == "copy the text"));
    assert!(copied(&desk.waits(1)));
    assert_eq!((desk.text(), desk.state.focus.pane), ("", Pane::Message));
    desk.key("y");
    assert!(copied(&desk.key("enter")));
    desk.key("y");
    assert!(copied(&desk.key("up")), "a key that is no letter settles it");
    desk.key("y");
    assert!(!copied(&desk.key("esc")) && !copied(&desk.waits(1)), "Esc takes it back");
    assert_eq!(desk.state.focus.pane, Pane::Message);
    desk.key("i");
    desk.waits(1);
    assert!(matches!(desk.top(), Some(Overlay::Text(_))));
}

#[test]
fn letters_without_a_meaning_here_are_text() {
    // She wrote it, so d and e are letters; v is one, since the text is whole.
    for letter in ["e", "d", "v", "x", "?", "7", "j", "k", "space"] {
        let mut desk = talked();
        desk.key("alt-up");
        desk.key(letter);
        assert_eq!(desk.text(), if letter == "space" { " " } else { letter });
        assert_eq!(desk.state.focus.pane, Pane::Composer);
    }
}

#[test]
fn keys_that_edit_or_paste_end_the_selection() {
    for (key, text) in [("backspace", "draf"), ("ctrl-u", ""), ("ctrl-w", ""), ("alt-enter", "draft\n")] {
        let mut desk = talked();
        desk.types("draft");
        desk.key("alt-up");
        desk.key(key);
        assert_eq!((desk.text(), desk.state.focus.pane), (text, Pane::Composer), "{key}");
        assert_eq!(desk.state.timeline().unwrap().selected, None);
    }
    let mut desk = talked();
    desk.key("alt-up");
    desk.key("y");
    desk.msg(Msg::Paste("es and no".into()));
    assert_eq!(desk.text(), "yes and no");
}

#[test]
fn a_command_is_about_the_message_that_was_selected() {
    let mut desk = talked();
    desk.says(JULIET, "another");
    desk.key("alt-up");
    desk.key("up");
    let effects = desk.enters("/copy");
    assert!(effects.contains(&Effect::Copy("see https://example.org/a".into())), "{effects:?}");
    desk.key("esc");
    assert!(desk.enters("/copy").contains(&Effect::Copy("another".into())), "Esc takes the mark away");
}

#[test]
fn a_selection_that_is_gone_takes_no_keys() {
    let mut desk = talked();
    failed(&mut desk);
    desk.key("alt-up");
    let row = desk.state.selected_message().unwrap().row;
    desk.event(Event::Chat(event::Event::MessageDropped { chat: chat(JULIET), row, id: "f1".into() }));
    assert_eq!(desk.state.focus.pane, Pane::Composer);
    desk.types("yes");
    assert_eq!(desk.text(), "yes");
}

#[test]
fn a_command_below_a_quote_is_never_sent_as_text() {
    let mut desk = talked();
    desk.key("alt-up");
    desk.acts("q");
    desk.types("uite right");
    desk.key("ctrl-u");
    for line in ["/join plaza", "/me waves", " /quit", "/JOIN plaza"] {
        let before = desk.text().to_owned();
        assert_eq!(sent(&desk.enters(line)), [], "{line}");
        assert!(desk.state.composer.error.as_ref().unwrap().0.contains("not on the first line"), "{line}");
        assert_eq!(desk.text(), format!("{before}{line}"));
        desk.key("ctrl-u");
    }
    desk.key("ctrl-home");
    desk.types("/say ");
    desk.key("ctrl-end");
    assert_eq!(sent(&desk.enters("/join plaza")).len(), 1, "/say sends it as it is");
    for text in ["```\n/join plaza\n```", "look in\n/usr/share", "a\n/ b"] {
        desk.msg(Msg::Paste(text.into()));
        assert_eq!(sent(&desk.key("enter")).len(), 1, "{text}");
    }
    for text in ["/msg juliet@capulet.lit look\n/join plaza", "//slash\n/part"] {
        desk.msg(Msg::Paste(text.into()));
        assert_eq!(sent(&desk.key("enter")), [], "{text}");
        desk.key("ctrl-u");
        desk.key("ctrl-u");
        desk.key("ctrl-u");
    }
}
