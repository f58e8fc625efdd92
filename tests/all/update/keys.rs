//! Keys go to one place at a time, and the place can always be left.

use super::desk::*;
use parlour::contract::command::session;
use parlour::contract::{Command, UserWrite};
use parlour::state::focus::Pane;
use parlour::state::overlays::Overlay;
use parlour::state::sidebar::Row;
use parlour::update::{Effect, Msg};

const JULIET: &str = "juliet@capulet.lit";

#[test]
fn esc_leaves_everything() {
    for open in ["ctrl-p", "ctrl-k", "f1", "f4", "f5", "f12", "alt-s", "alt-g", "ctrl-f"] {
        let mut desk = Desk::online();
        desk.opens("Juliet");
        desk.key(open);
        assert_eq!(desk.state.overlays.len(), 1, "{open}");
        desk.key("esc");
        assert_eq!(desk.state.overlays.len(), 0, "{open}");
    }
}

#[test]
fn letters_are_text_where_text_is_written_and_keys_elsewhere() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("?jkyr");
    assert_eq!(desk.text(), "?jkyr");
    desk.key("f2");
    assert_eq!(desk.state.focus.pane, Pane::Sidebar);
    desk.key("j");
    assert_eq!(desk.text(), "?jkyr");
}

#[test]
fn the_sidebar_is_gone_through_filtered_and_opened() {
    let mut desk = Desk::online();
    desk.key("f2");
    let contacts = desk.state.sidebar.rows.iter().filter(|r| matches!(r, Row::Contact { .. })).count();
    assert_eq!(contacts, 2);
    desk.key("/");
    desk.types("nur");
    let contacts = desk.state.sidebar.rows.iter().filter(|r| matches!(r, Row::Contact { .. })).count();
    assert_eq!(contacts, 1);
    desk.key("backspace");
    assert_eq!(desk.state.sidebar.filter.as_deref(), Some("nu"));
    desk.key("enter");
    assert_eq!(desk.state.current_id(), Some(&chat("nurse@capulet.lit")));
    assert_eq!(desk.state.sidebar.filter, None);
    assert_eq!(desk.state.focus.pane, Pane::Composer);
}

#[test]
fn the_sidebar_folds() {
    let mut desk = Desk::online();
    desk.key("f2");
    let before = desk.state.sidebar.rows.len();
    desk.key("home");
    desk.key("space");
    assert!(desk.state.sidebar.rows.len() < before);
    desk.key("space");
    assert_eq!(desk.state.sidebar.rows.len(), before);
}

#[test]
fn tab_in_an_empty_composer_goes_to_the_next_pane() {
    let mut desk = Desk::online();
    desk.joins("plaza@rooms.montague.lit", &["romeo", "juliet"]);
    desk.opens("plaza");
    desk.key("tab");
    assert_eq!(desk.state.focus.pane, Pane::People);
    desk.key("tab");
    assert_eq!(desk.state.focus.pane, Pane::Sidebar);
    desk.key("tab");
    assert_eq!(desk.state.focus.pane, Pane::Composer);
    desk.key("alt-left");
    assert_eq!(desk.state.focus.pane, Pane::Sidebar);
}

#[test]
fn the_people_pane_names_and_kicks() {
    let mut desk = Desk::online();
    desk.joins("plaza@rooms.montague.lit", &["romeo", "ju liet"]);
    desk.opens("plaza");
    desk.key("f3");
    desk.key("j");
    desk.key("m");
    assert_eq!(desk.text(), "ju liet: ");
    desk.key("ctrl-u");
    desk.key("f3");
    desk.key("K");
    assert_eq!(desk.text(), "/kick \"ju liet\" ");
}

#[test]
fn the_console_wants_raw_xml_only_while_it_is_open() {
    let mut desk = Desk::online();
    let watch = |on| Command::Session(session::Command::WatchWire(on));
    assert_eq!(commands(&desk.key("f12")), [watch(true)]);
    assert_eq!(commands(&desk.key("f12")), [watch(false)]);
    desk.enters("/xml");
    assert_eq!(commands(&desk.key("esc")), [watch(false)]);
}

#[test]
fn settings_are_checked_used_and_saved() {
    let mut desk = Desk::online();
    let key = parlour::model::options::OPTIONS.iter().find(|o| o.name == "bell").unwrap().key;
    let effects = desk.enters(&format!("/set {key} off"));
    assert!(!desk.state.options.bell);
    assert!(effects.contains(&Effect::SaveSetting(key.into(), Some("false".into()))));
    let effects = desk.enters(&format!("/unset {key}"));
    assert!(desk.state.options.bell);
    assert!(effects.contains(&Effect::SaveSetting(key.into(), None)));
    let effects = desk.enters(&format!("/set {key} loud"));
    assert!(!effects.iter().any(|e| matches!(e, Effect::SaveSetting(..))));
    assert!(desk.state.composer.error.is_some());
}

#[test]
fn a_write_that_did_not_fit_is_tried_again_unless_it_is_old() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("one");
    let draft = writes(&desk.waits(1)).remove(0);
    assert_eq!(writes(&desk.msg(Msg::WriteRefused(Box::new(draft.clone())))), std::slice::from_ref(&draft));
    desk.types(" two");
    desk.waits(1);
    assert_eq!(writes(&desk.msg(Msg::WriteRefused(Box::new(draft)))), Vec::<UserWrite>::new());
}

#[test]
fn help_is_about_the_place() {
    let mut desk = Desk::online();
    desk.key("f1");
    let Some(Overlay::Text(view)) = desk.top() else { panic!() };
    let text: Vec<_> = view.lines.iter().map(parlour::model::Untrusted::raw).collect();
    assert!(text.iter().any(|l| l.contains("Writing")));
    assert!(text.iter().any(|l| l.contains("/join")));
    desk.key("esc");
    desk.enters("/help join");
    let Some(Overlay::Text(view)) = desk.top() else { panic!() };
    assert!(view.lines[0].raw().contains("/join"));
}

#[test]
fn what_is_typed_in_help_filters_it_and_goes_nowhere_else() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.key("f1");
    let shown = |desk: &Desk| match desk.top() {
        Some(Overlay::Text(view)) => view.shown().iter().map(|l| l.raw().to_owned()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let all = shown(&desk).len();
    let effects = desk.types("/search");
    let lines = shown(&desk);
    assert!(lines.len() < all && lines.iter().any(|l| l.starts_with("/search ")), "{lines:?}");
    assert!(!lines.iter().any(|l| l.starts_with("/join")), "{lines:?}");
    let typed = [effects, desk.key("enter"), desk.types("/help"), desk.key("enter")].concat();
    assert_eq!(commands(&typed), []);
    assert_eq!(shown(&desk), Vec::<String>::new());
    desk.key("esc");
    assert_eq!(shown(&desk).len(), all, "Esc takes the filter away first");
    desk.msg(Msg::Paste("quit".into()));
    assert!(shown(&desk).iter().any(|l| l.contains("/quit")));
    desk.key("esc");
    desk.key("esc");
    assert_eq!((desk.state.overlays.len(), desk.text()), (0, ""));
}

#[test]
fn other_texts_are_filtered_after_a_slash() {
    let mut desk = Desk::online();
    desk.enters("/set");
    desk.key("/");
    desk.types("bell");
    let Some(Overlay::Text(view)) = desk.top() else { panic!() };
    assert!(view.shown().len() < view.lines.len() && !view.shown().is_empty());
    desk.key("esc");
    desk.key("esc");
    assert_eq!((desk.state.overlays.len(), desk.text()), (0, ""));
}

#[test]
fn the_usage_of_a_command_stands_there_while_it_is_typed() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("/jo");
    assert!(desk.state.composer.usage.as_ref().unwrap().candidates.contains(&"/join".to_owned()));
    desk.types("in verona ");
    let usage = desk.state.composer.usage.clone().unwrap();
    assert_eq!((usage.parts[0].as_str(), usage.at), ("/join", Some(2)));
    desk.key("ctrl-u");
    assert_eq!(desk.state.composer.usage, None);
    desk.types("/msg ");
    assert!(desk.state.composer.usage.as_ref().unwrap().candidates.contains(&JULIET.to_owned()));
    desk.key("ctrl-u");
    desk.types("hello /join");
    assert_eq!(desk.state.composer.usage, None);
}

#[test]
fn an_idle_desk_is_woken_for_the_minute_alone() {
    let mut desk = Desk::online();
    desk.state.options.auto_away_minutes = 0;
    desk.waits(60);
    let effects = desk.waits(60);
    let wakes: Vec<_> = effects.iter().filter(|e| matches!(e, Effect::WakeAt(_))).collect();
    let minute = (desk.now.div_euclid(60_000) + 1) * 60_000;
    assert_eq!(wakes, [&Effect::WakeAt(parlour::model::Time(minute))]);
    assert_eq!(effects.len(), 1);
}
