//! Sending: nothing that was typed is lost, and nothing is sent that was not meant to be.

use super::desk::*;
use parlour::contract::command::chat::Command as Chat;
use parlour::contract::event::chat as event;
use parlour::contract::{Command, Event, UserWrite};
use parlour::model::*;
use parlour::state::overlays::Overlay;
use parlour::update::{Effect, Msg};

const JULIET: &str = "juliet@capulet.lit";

/// The `Send` among effects.
fn send(effects: &parlour::update::Effects) -> Command {
    commands(effects).into_iter().find(|c| matches!(c, Command::Chat(Chat::Send { .. }))).expect("a text was sent")
}

#[test]
fn enter_sends_and_empties_the_composer() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let effects = desk.enters("I take thee at thy word");
    assert_eq!(sent(&effects), [(JULIET.to_owned(), "I take thee at thy word".to_owned())]);
    assert_eq!(desk.text(), "");
}

#[test]
fn ids_are_fresh() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let ids: std::collections::HashSet<_> = (0..50)
        .map(|_| match send(&desk.enters("x")) {
            Command::Chat(Chat::Send { id, .. }) => id,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids.len(), 50);
    assert!(ids.iter().all(|id| id.as_str().len() >= 16));
}

#[test]
fn what_does_not_fit_comes_back() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let refused = send(&desk.enters("first"));
    desk.types("second");
    desk.msg(Msg::Refused(me(), Box::new(refused)));
    assert_eq!(desk.text(), "first\nsecond");
    assert!(desk.toasts()[0].contains("still sending"));
}

#[test]
fn what_does_not_fit_waits_as_a_draft_where_the_user_went_on() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let refused = send(&desk.enters("//slash"));
    desk.opens("nurse");
    desk.msg(Msg::Refused(me(), Box::new(refused)));
    assert_eq!(desk.text(), "");
    desk.key("alt-`");
    assert_eq!(desk.text(), "//slash", "it is still no command");
}

#[test]
fn commands_are_never_sent_as_text() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    for line in ["/jion room", " /join room", "/me", "/kick"] {
        let effects = desk.enters(line);
        assert_eq!(sent(&effects), [], "{line}");
        assert_eq!(desk.text(), line, "the text stays");
        assert!(desk.state.composer.error.is_some(), "{line}");
        desk.key("ctrl-u");
    }
}

#[test]
fn me_say_and_two_slashes_are_text() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    assert_eq!(sent(&desk.enters("/me bows"))[0].1, "/me bows");
    assert_eq!(sent(&desk.enters("/say /quit"))[0].1, "/quit");
    assert_eq!(sent(&desk.enters("//quit"))[0].1, "/quit");
}

#[test]
fn a_paste_does_nothing_by_itself() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    for pasted in ["\n/quit\n", "/quit\r\n", "hello\r", "\x1b[201~/quit\n"] {
        let effects = desk.msg(Msg::Paste(pasted.into()));
        assert_eq!(commands(&effects).iter().filter(|c| matches!(c, Command::Chat(Chat::Send { .. }))).count(), 0);
        assert!(!effects.contains(&Effect::Quit), "{pasted:?}");
        assert!(!desk.state.is_quitting);
    }
    assert!(desk.text().contains("/quit"));
}

#[test]
fn a_long_paste_asks_first() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let long = "line\n".repeat(20);
    desk.msg(Msg::Paste(long));
    assert_eq!(desk.text(), "");
    desk.key("x");
    assert!(desk.state.composer.pending_paste.is_some(), "other keys do not decide");
    desk.key("c");
    assert!(desk.text().starts_with("```\nline\n"));
}

#[test]
fn a_room_one_is_not_in_takes_no_text() {
    let mut desk = Desk::online();
    desk.joins("plaza@rooms.montague.lit", &["romeo"]);
    desk.opens("plaza");
    desk.event(Event::Muc(parlour::contract::event::muc::Event::Left {
        room: bare("plaza@rooms.montague.lit"),
        reason: LeaveReason::Kicked { by: None, reason: None },
    }));
    let effects = desk.enters("hello?");
    assert_eq!(sent(&effects), []);
    assert_eq!(desk.text(), "hello?");
    assert!(desk.state.composer.error.as_ref().unwrap().0.contains("you are not in"));
}

#[test]
fn it_sends_offline_too() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let down = ConnState::Waiting { reason: DownReason::Silent, retry_at: Time(desk.now + 5_000) };
    desk.event(Event::Session(parlour::contract::event::session::Event::StateChanged(down)));
    assert_eq!(sent(&desk.enters("later")).len(), 1);
}

/// Sends a text that the store then holds as pending. Its row and id.
fn pending(desk: &mut Desk) -> (RowId, StanzaId) {
    desk.opens("Juliet");
    let Command::Chat(Chat::Send { id, body, .. }) = send(&desk.enters("hello")) else { unreachable!() };
    let mut own = desk.message(&chat(JULIET), ChatKind::Contact, ME, &body);
    own.delivery = Delivery::Pending;
    own.ids.stanza = Some(id.clone());
    let row = own.row;
    desk.event(Event::Chat(event::Event::MessageArrived(Box::new(own))));
    (row, id)
}

fn delivery(desk: &mut Desk, row: RowId, id: &StanzaId, delivery: Delivery) {
    let changed = event::Event::DeliveryChanged { chat: chat(JULIET), row, id: id.clone(), delivery };
    desk.event(Event::Chat(changed));
}

#[test]
fn quitting_asks_only_while_something_is_unsent() {
    let mut desk = Desk::online();
    let (row, id) = pending(&mut desk);
    let effects = desk.key("ctrl-q");
    assert!(!effects.contains(&Effect::Quit));
    assert!(matches!(desk.top(), Some(Overlay::Confirm(_))));
    desk.key("n");
    assert_eq!(desk.state.overlays.len(), 0);
    delivery(&mut desk, row, &id, Delivery::Sent);
    assert!(desk.key("ctrl-q").contains(&Effect::Quit));
}

#[test]
fn quitting_can_be_insisted_on() {
    let mut desk = Desk::online();
    pending(&mut desk);
    desk.key("ctrl-q");
    assert!(desk.key("y").contains(&Effect::Quit));
    assert!(desk.state.is_quitting);
}

#[test]
fn a_question_whether_to_quit_ends_as_soon_as_everything_is_sent() {
    let mut desk = Desk::online();
    let (row, id) = pending(&mut desk);
    let (other_row, other) = pending(&mut desk);
    desk.key("ctrl-q");
    let sent = |id: &StanzaId, row| {
        let id = id.clone();
        Event::Chat(event::Event::DeliveryChanged { chat: chat(JULIET), row, id, delivery: Delivery::Sent })
    };
    assert!(!desk.event(sent(&id, row)).contains(&Effect::Quit), "the other one waits");
    assert!(desk.event(sent(&other, other_row)).contains(&Effect::Quit));
    assert!(desk.state.overlays.is_empty());
}

#[test]
fn a_question_whether_to_quit_leaves_a_failure_to_be_read() {
    let mut desk = Desk::online();
    let (row, id) = pending(&mut desk);
    desk.key("ctrl-q");
    delivery(&mut desk, row, &id, Delivery::Failed("forbidden".into()));
    assert!(!desk.state.is_quitting && desk.state.overlays.is_empty());
    assert!(desk.toasts()[0].contains("not sent to Juliet: forbidden"));
}

#[test]
fn another_question_stays_when_everything_is_sent() {
    let mut desk = Desk::online();
    let (row, id) = pending(&mut desk);
    desk.enters(&format!("/account remove {ME}"));
    assert!(matches!(desk.top(), Some(Overlay::Confirm(_))));
    delivery(&mut desk, row, &id, Delivery::Sent);
    assert!(matches!(desk.top(), Some(Overlay::Confirm(_))) && !desk.state.is_quitting);
}

#[test]
fn a_failed_message_is_sent_again_or_dropped_by_a_key() {
    let mut desk = Desk::online();
    let (row, id) = pending(&mut desk);
    delivery(&mut desk, row, &id, Delivery::Failed("forbidden".into()));
    assert!(desk.toasts()[0].contains("not sent to Juliet: forbidden"));
    desk.key("alt-up");
    assert_eq!(desk.toasts(), Vec::<&str>::new(), "errors stay until a key");
    assert!(desk.state.hints.iter().any(|(_, words)| words == "retry"));
    let retry = Chat::Retry {
        chat: chat(JULIET),
        kind: ChatKind::Contact,
        body: "hello".into(),
        id: id.clone(),
        relation: parlour::model::Relation::default(),
    };
    assert_eq!(commands(&desk.acts("r")), [Command::Chat(retry)]);
    desk.key("alt-up");
    assert_eq!(commands(&desk.acts("d")), [Command::Chat(Chat::Drop { chat: chat(JULIET), id: id.clone() })]);
    desk.event(Event::Chat(event::Event::MessageDropped { chat: chat(JULIET), row, id }));
    assert!(desk.state.timeline().unwrap().messages.is_empty());
    desk.key("ctrl-up");
    assert_eq!(desk.text(), "hello", "what was dropped can be had back");
}

#[test]
fn a_message_is_copied_quoted_and_its_link_opened() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "see https://example.org/a\nand this");
    desk.key("alt-up");
    assert!(desk.acts("y").contains(&Effect::Copy("see https://example.org/a\nand this".into())));
    assert!(!desk.acts("o").iter().any(|e| matches!(e, Effect::Open(_))), "not before a yes");
    assert!(desk.key("y").contains(&Effect::Open("https://example.org/a".into())));
    desk.acts("q");
    assert_eq!(desk.text(), "> see https://example.org/a\n> and this\n");
}

#[test]
fn links_are_numbered_from_the_newest_and_only_harmless_ones_open() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "https://one.example https://two.example");
    desk.says(JULIET, "javascript:alert(1) file:///etc/passwd https://three.example");
    for (line, link) in [("/open 1", "https://three.example"), ("/open 3", "https://one.example")] {
        desk.enters(line);
        assert!(desk.key("enter").contains(&Effect::Open(link.into())));
    }
    desk.enters("/open 2");
    assert!(!desk.key("n").iter().any(|e| matches!(e, Effect::Open(_))));
    let effects = desk.enters("/open 4");
    assert!(!effects.iter().any(|e| matches!(e, Effect::Open(_))));
    assert!(desk.state.composer.error.as_ref().unwrap().0.contains("3 links"));
}

#[test]
fn multi_line_mode_turns_enter_into_a_new_line() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.key("alt-m");
    assert_eq!(sent(&desk.enters("one")), []);
    desk.types("two");
    assert_eq!(sent(&desk.key("ctrl-s")), [(JULIET.to_owned(), "one\ntwo".to_owned())]);
}

#[test]
fn multi_line_mode_is_for_texts_and_for_this_chat() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.key("alt-m");
    desk.enters("/status away");
    assert_eq!(desk.text(), "", "a command is done");
    for text in ["/me bows", "//slash", "one"] {
        assert_eq!(sent(&desk.enters(text)), [], "{text}");
        assert_eq!(desk.text(), format!("{text}\n"));
        desk.key("ctrl-u");
        desk.key("ctrl-u");
    }
    desk.opens("nurse");
    assert_eq!(sent(&desk.enters("one")).len(), 1, "elsewhere Enter sends");
}

#[test]
fn a_draft_that_makes_room_for_a_command_is_not_lost() {
    let mut desk = Desk::online();
    desk.joins("plaza@rooms.montague.lit", &["romeo"]);
    desk.opens("plaza");
    desk.types("half a thought");
    desk.key("alt-i");
    assert_eq!((desk.text(), desk.toasts()), ("/invite ", vec!["Ctrl-Up brings back what you were writing"]));
    desk.key("ctrl-up");
    assert_eq!(desk.text(), "half a thought");
}

#[test]
fn raw_xml_is_said_to_be_sent() {
    let mut desk = Desk::online();
    let effects = desk.enters("/raw <presence/>");
    assert_eq!(commands(&effects).len(), 1);
    assert_eq!(desk.toasts(), ["sent"]);
}

/// The store has what was sent.
fn committed(desk: &mut Desk, to: &str, effects: &parlour::update::Effects) -> parlour::update::Effects {
    let Command::Chat(Chat::Send { id, body, .. }) = send(effects) else { unreachable!() };
    let mut own = desk.message(&chat(to), ChatKind::Contact, ME, &body);
    own.delivery = Delivery::Pending;
    own.ids.stanza = Some(id);
    desk.event(Event::Chat(event::Event::MessageArrived(Box::new(own))))
}

fn draft(to: &str, text: &str) -> UserWrite {
    UserWrite::Draft { chat: chat(to), kind: ChatKind::Contact, text: text.into() }
}

fn drafts(effects: &parlour::update::Effects) -> Vec<UserWrite> {
    writes(effects).into_iter().filter(|w| matches!(w, UserWrite::Draft { .. })).collect()
}

#[test]
fn the_draft_on_the_disk_is_what_is_being_written_whenever_the_message_gets_there() {
    // What was stored before Enter, what is stored before the message is, what must be told then.
    for (early, late, told) in [
        ("hel", "", Some("")),
        ("hello", "", None),
        ("", "", None),
        ("hel", "and ", Some("and ")),
        ("", "and ", None),
        ("", "hello", Some("hello")),
    ] {
        let mut desk = Desk::online();
        desk.opens("Juliet");
        desk.types(early);
        desk.waits(1);
        let effects = desk.enters("hello".strip_prefix(early).unwrap());
        desk.types(late);
        desk.waits(1);
        let expected: Vec<_> = told.map(|text| draft(JULIET, text)).into_iter().collect();
        assert_eq!(drafts(&committed(&mut desk, JULIET, &effects)), expected, "{early:?} {late:?}");
        assert_eq!(desk.text(), late);
    }
}

#[test]
fn a_command_that_was_done_is_no_draft() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("/stat");
    assert_eq!(drafts(&desk.waits(1)), [draft(JULIET, "/stat")], "who knows what it will be");
    desk.enters("us away");
    assert_eq!(drafts(&desk.waits(1)), [draft(JULIET, "")]);
}

#[test]
fn a_message_from_elsewhere_leaves_the_draft_of_its_chat() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("half a thought");
    desk.opens("nurse");
    let effects = desk.enters(&format!("/msg {JULIET} hi"));
    assert_eq!(desk.state.current_id(), Some(&chat(JULIET)));
    assert_eq!(desk.text(), "half a thought");
    committed(&mut desk, JULIET, &effects);
    // It is known as stored, and stored it is: the store keeps what is another text.
    assert_eq!(desk.state.current().unwrap().draft, "half a thought");
    desk.key("alt-`");
    assert_eq!(desk.text(), "");
    desk.key("alt-`");
    assert_eq!(desk.text(), "half a thought");
}
