//! The palette and the switcher.

use super::desk::*;
use parlour::action::ACTIONS;
use parlour::contract::event::service;
use parlour::state::overlays::{Choice, Overlay, PickerRow};
use std::collections::HashSet;

fn rows(desk: &Desk) -> &[PickerRow] {
    match desk.top() {
        Some(Overlay::Picker(picker)) => &picker.rows,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_action_and_every_command_is_in_the_palette() {
    let mut desk = Desk::online();
    desk.key("ctrl-p");
    let actions: HashSet<_> = rows(&desk)
        .iter()
        .filter_map(|r| if let Choice::Action(name) = &r.choice { Some(name.as_str()) } else { None })
        .collect();
    for spec in ACTIONS {
        assert!(actions.contains(spec.name), "{} is missing", spec.name);
    }
    let words: HashSet<_> = rows(&desk).iter().map(|r| r.detail.raw().to_owned()).collect();
    for slash in parlour::slash::all() {
        assert!(words.contains(&format!("/{}", slash.name)), "/{} is missing", slash.name);
    }
}

#[test]
fn rows_show_their_key_and_why_not() {
    let mut desk = Desk::online();
    desk.key("ctrl-p");
    desk.types("invite");
    let row = &rows(&desk)[0];
    assert_eq!(row.choice, Choice::Action("invite".into()));
    assert_eq!((row.detail.raw(), row.right.as_str()), ("/invite", "Alt-I"));
    assert_eq!(row.disabled.as_deref(), Some("only in a room"));
    assert_eq!(row.matched, [0, 1, 2, 3, 4, 5]);
    desk.key("enter");
    assert_eq!(desk.toasts(), ["not now: only in a room"]);
    assert!(matches!(desk.top(), Some(Overlay::Picker(_))), "the list stays for another choice");
}

#[test]
fn who_knows_the_name_of_a_command_finds_it_first() {
    for (typed, command) in [("stat", "/status"), ("join", "/join"), ("/whois", "/whois")] {
        let mut desk = Desk::online();
        desk.key("ctrl-p");
        desk.types(typed);
        assert_eq!(rows(&desk)[0].detail.raw(), command, "{typed}");
    }
}

#[test]
fn a_command_goes_into_the_composer_to_be_finished() {
    let mut desk = Desk::online();
    desk.key("ctrl-p");
    desk.types("/raw");
    let at = rows(&desk).iter().position(|r| r.detail.raw() == "/raw").unwrap();
    for _ in 0..at {
        desk.key("down");
    }
    desk.key("enter");
    assert_eq!(desk.text(), "/raw ");
}

#[test]
fn the_switcher_finds_chats_contacts_and_what_could_be() {
    let mut desk = Desk::online();
    desk.says("nurse@capulet.lit", "hi");
    desk.key("ctrl-k");
    let labels: Vec<_> = rows(&desk).iter().map(|r| r.label.raw().to_owned()).collect();
    assert_eq!(labels, ["nurse@capulet.lit", "Juliet"], "what is unread comes first");
    desk.types("prince@verona.lit");
    let labels: Vec<_> = rows(&desk).iter().map(|r| r.label.raw().to_owned()).collect();
    assert_eq!(labels, ["chat with prince@verona.lit", "join prince@verona.lit"]);
    desk.key("enter");
    assert_eq!(desk.state.current_id(), Some(&chat("prince@verona.lit")));
}

#[test]
fn enter_in_the_switcher_makes_no_room_by_accident() {
    let mut desk = Desk::online();
    let services = vec![("rooms".to_owned(), parlour::model::Jid::parse("rooms.montague.lit").unwrap())];
    let known = service::Event::ServerKnown { info: parlour::model::DiscoInfo::default(), services };
    desk.event(parlour::contract::Event::Service(known));
    let mut labels = |words: &str| {
        desk.key("ctrl-k");
        desk.types(words);
        let labels: Vec<_> = rows(&desk).iter().map(|r| r.label.raw().to_owned()).collect();
        desk.key("esc");
        labels
    };
    assert_eq!(labels("carol"), ["chat with carol@montague.lit", "join carol@rooms.montague.lit"]);
    assert_eq!(labels("Juliet"), ["Juliet", "chat with juliet@montague.lit", "join juliet@rooms.montague.lit"]);
    assert_eq!(labels("juliet@capulet.lit"), ["Juliet"], "who is listed is not new");
    assert_eq!(labels("#carol"), ["join carol@rooms.montague.lit"]);
    assert_eq!(labels("@carol"), ["chat with carol@montague.lit"]);
    let room = ["join carol@rooms.montague.lit", "chat with carol@rooms.montague.lit"];
    assert_eq!(labels("carol@rooms.montague.lit"), room, "the service's name says that a room is meant");
}

#[test]
fn lists_name_both_keys_that_move() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    assert_eq!(desk.state.hints[0], ("↑↓".to_owned(), "move".to_owned()));
    desk.state.options.glyphs = parlour::model::Glyphs::Ascii;
    desk.key("x");
    assert_eq!(desk.state.hints[0], ("Up/Down".to_owned(), "move".to_owned()));
}

#[test]
fn strangers_are_not_in_the_switcher() {
    let mut desk = Desk::online();
    desk.says("eve@evil.lit", "hi");
    desk.key("ctrl-k");
    assert!(rows(&desk).iter().all(|r| !r.label.raw().contains("eve")));
}

#[test]
fn matches_count_characters_not_bytes() {
    let mut desk = Desk::online();
    desk.joins("x@rooms.montague.lit", &["romeo"]);
    desk.state.chats.get_mut(&chat("x@rooms.montague.lit")).unwrap().name = Some("中文交流".into());
    desk.key("ctrl-k");
    desk.types("交流");
    assert_eq!(rows(&desk)[0].matched, [2, 3]);
}
