//! Answering, editing, reacting, retracting from the keyboard.

use super::desk::*;
use parlour::contract::command::chat::Command as Chat;
use parlour::contract::event::chat as event;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::composer::About;
use parlour::state::overlays::Overlay;
use parlour::update::Effects;

const JULIET: &str = "juliet@capulet.lit";

/// A chat with a message of Juliet's, and below it one of the user's.
fn talked() -> Desk {
    let mut desk = Desk::online();
    let id = chat(JULIET);
    desk.opens("Juliet");
    for (stanza, is_own, body) in [("j1", false, "wherefore art thou?"), ("r1", true, "heer")] {
        let from = if is_own { ME.to_owned() } else { format!("{JULIET}/home") };
        let mut message = desk.message(&id, ChatKind::Contact, &from, body);
        message.ids.stanza = Some(stanza.into());
        let message = if is_own { message.sent(Delivery::Acked) } else { message };
        desk.event(Event::Chat(event::Event::MessageArrived(Box::new(message))));
    }
    desk
}

/// The text, the reply's id, what is done to which message.
type Sent = (String, Option<String>, Option<(Deed, String)>);

/// What was sent.
fn sent(effects: &Effects) -> Vec<Sent> {
    let commands = commands(effects).into_iter();
    let found = commands.filter_map(|c| match c {
        Command::Chat(Chat::Send { body, relation, .. }) => {
            Some((body, relation.reply.map(|r| r.id), relation.act.map(|a| (a.deed, a.id))))
        }
        _ => None,
    });
    found.collect()
}

fn text(desk: &Desk) -> &str {
    &desk.state.composer.text.text
}

#[test]
fn up_edits_the_last_message_and_a_draft_survives() {
    let mut desk = talked();
    desk.key("up");
    assert_eq!(text(&desk), "heer");
    desk.key("backspace");
    desk.key("backspace");
    let effects = desk.enters("re");
    assert_eq!(sent(&effects), [("here".to_owned(), None, Some((Deed::Correct, "r1".to_owned())))]);
    assert_eq!((text(&desk), &desk.state.composer.about), ("", &None));
    // With a draft below: `e` on the selected message, Esc, and the draft is as it was.
    desk.types("a draft");
    desk.enters("/edit");
    assert!(desk.state.composer.about.is_none(), "the line is a text, not a command");
    let mut desk = talked();
    desk.key("alt-up");
    desk.acts("e");
    assert_eq!(text(&desk), "heer");
    desk.types("!");
    desk.key("esc");
    assert_eq!((text(&desk), &desk.state.composer.about), ("", &None));
    assert!(desk.toasts().iter().any(|t| t.contains("Ctrl-Up")), "{:?}", desk.toasts());
    // What is not changed is not sent.
    desk.key("up");
    assert!(sent(&desk.key("enter")).is_empty());
    assert!(desk.state.composer.about.is_none());
}

#[test]
fn an_edit_stays_with_its_chat() {
    let mut desk = talked();
    desk.key("up");
    desk.types("!");
    desk.enters("/msg nurse@capulet.lit");
    let mut desk = talked();
    desk.key("up");
    desk.types("!");
    desk.key("alt-n");
    let other = desk.state.current_id().cloned();
    if other == Some(chat(JULIET)) {
        return;
    }
    assert!(desk.state.composer.about.is_none(), "another chat edits nothing");
    desk.key("alt-`");
    assert_eq!(text(&desk), "heer!");
    assert!(matches!(desk.state.composer.about, Some(About::Edit { .. })));
}

#[test]
fn r_answers_and_the_next_text_is_the_answer() {
    let mut desk = talked();
    desk.key("alt-up");
    desk.key("alt-up");
    desk.acts("r");
    assert!(matches!(&desk.state.composer.about, Some(About::Reply { name, .. }) if name.raw() == "Juliet"));
    let effects = desk.enters("on the balcony");
    assert_eq!(sent(&effects), [("on the balcony".to_owned(), Some("j1".to_owned()), None)]);
    assert!(desk.state.composer.about.is_none());
    // Esc makes a plain text of it.
    desk.enters("/reply");
    desk.types("plain");
    desk.key("esc");
    assert_eq!(sent(&desk.key("enter")), [("plain".to_owned(), None, None)]);
    assert_eq!(sent(&desk.enters("/reply at once")), [("at once".to_owned(), Some("j1".to_owned()), None)]);
}

#[test]
fn reactions_are_given_and_taken_back() {
    let mut desk = talked();
    desk.key("alt-up");
    desk.key("alt-up");
    let effects = desk.acts("1");
    let on = |id: &str| Some((Deed::React, id.to_owned()));
    assert_eq!(sent(&effects), [("👍".to_owned(), None, on("j1"))]);
    assert_eq!(sent(&desk.enters("/react :tada:")), [("🎉".to_owned(), None, on("j1"))]);
    desk.enters("/react nonsense");
    assert!(desk.state.composer.error.as_ref().is_some_and(|(why, _)| why.contains("not a single emoji")));
    desk.key("ctrl-u");
    // Given already: the whole set goes out without it.
    let id = chat(JULIET);
    let mut message = desk.state.timelines.get_mut(&id).unwrap().messages[0].clone();
    let reaction = |emoji: &str| Reaction { emoji: emoji.into(), who: vec![Jid::parse(ME).unwrap()], is_own: true };
    message.extra.reactions = vec![reaction("👍"), reaction("🎉")];
    desk.event(Event::Chat(event::Event::MessageChanged(Box::new(message))));
    assert_eq!(sent(&desk.enters("/react 👍")), [("🎉".to_owned(), None, on("j1"))]);
    // From the list.
    desk.key("alt-up");
    desk.key("alt-up");
    desk.acts("+");
    assert!(matches!(desk.state.overlays.last(), Some(Overlay::Picker(_))));
    desk.now += 1_000;
    desk.types("red heart");
    let effects = desk.key("enter");
    assert_eq!(sent(&effects), [("👍 🎉 ❤️".to_owned(), None, on("j1"))]);
}

#[test]
fn a_retraction_asks_first_and_only_for_ones_own() {
    let mut desk = talked();
    desk.key("alt-up");
    desk.acts("d");
    assert!(matches!(desk.state.overlays.last(), Some(Overlay::Confirm(_))));
    desk.now += 1_000;
    let effects = desk.key("y");
    assert_eq!(sent(&effects)[0].2, Some((Deed::Retract, "r1".to_owned())));
    // Of hers it is no action: the letter is text.
    desk.key("alt-up");
    desk.key("alt-up");
    desk.acts("d");
    assert!(desk.state.overlays.is_empty());
    assert_eq!(text(&desk), "d");
}

#[test]
fn words_are_replaced_in_the_last_message() {
    let mut desk = talked();
    let effects = desk.enters("/s/ee/e/");
    assert_eq!(sent(&effects), [("her".to_owned(), None, Some((Deed::Correct, "r1".to_owned())))]);
    assert_eq!(sent(&desk.enters("/s/e/3/g")), [("h33r".to_owned(), None, Some((Deed::Correct, "r1".to_owned())))]);
    assert_eq!(sent(&desk.enters("/s/heer/a\\/b")), [("a/b".to_owned(), None, Some((Deed::Correct, "r1".to_owned())))]);
    for wrong in ["/s/", "/s//x/", "/s/nothing/x/", "/s/a/b/c/d"] {
        assert!(sent(&desk.enters(wrong)).is_empty(), "{wrong}");
        assert!(desk.state.composer.error.is_some(), "{wrong}");
        desk.key("ctrl-u");
    }
}

#[test]
fn a_room_without_ids_says_so() {
    let mut desk = Desk::online();
    desk.joins("r@muc.lit", &["romeo", "bob"]);
    desk.opens("r@muc.lit");
    desk.says_in("r@muc.lit", "bob", "hello", false);
    desk.enters("/react 👍");
    assert!(
        desk.state.composer.error.as_ref().is_some_and(|(why, _)| why.contains("no ids")),
        "{:?}",
        desk.state.composer.error
    );
}

#[test]
fn what_was_refused_comes_back() {
    let mut desk = talked();
    let refused = event::Event::ActRefused {
        chat: chat(JULIET),
        id: "x".into(),
        deed: Deed::Correct,
        body: "a long text".into(),
        reason: "forbidden".into(),
    };
    desk.event(Event::Chat(refused));
    assert!(desk.toasts().iter().any(|t| t.contains("the edit was refused by Juliet")), "{:?}", desk.toasts());
    desk.key("ctrl-up");
    assert_eq!(text(&desk), "a long text");
}

#[test]
fn a_moderator_removes_what_somebody_said_and_is_asked_first() {
    use parlour::contract::command::muc::Command as Muc;
    let mut desk = Desk::online();
    desk.joins("r@muc.lit", &["romeo", "bob"]);
    desk.opens("r@muc.lit");
    let mut said = desk.message(&chat("r@muc.lit"), ChatKind::Room, "r@muc.lit/bob", "an insult");
    said.ids.archive = Some(ArchiveId { by: bare("r@muc.lit"), id: "s1".into() });
    desk.event(Event::Chat(event::Event::MessageArrived(Box::new(said))));
    desk.enters("/moderate no insults");
    assert!(matches!(desk.top(), Some(Overlay::Confirm(_))));
    desk.now += 1_000;
    let asked = commands(&desk.key("y"));
    let wanted = Muc::Moderate { room: bare("r@muc.lit"), id: "s1".into(), reason: Some("no insults".into()) };
    assert!(asked.contains(&Command::Muc(wanted)), "{asked:?}");
    // In a chat with one person there is nobody to moderate.
    let mut desk = talked();
    desk.enters("/moderate");
    assert!(desk.state.composer.error.as_ref().is_some_and(|(why, _)| why.contains("in a room")));
}
