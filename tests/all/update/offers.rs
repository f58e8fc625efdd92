//! What is offered and what is not: keys of the people pane, actions that a room would refuse, and what confirms itself.

use super::desk::*;
use parlour::contract::event::muc;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::State;
use parlour::state::focus::Pane;
use parlour::state::overlays::Overlay;
use parlour::update::{Effect, Effects};

const PLAZA: &str = "plaza@rooms.montague.lit";

/// In a room as somebody with this role and affiliation, the keys in the list of people.
fn among_people(role: Role, affiliation: Affiliation) -> Desk {
    let mut desk = Desk::online();
    desk.joins(PLAZA, &["romeo", "juliet", "Tybalt"]);
    let me = Occupant { role, affiliation, ..occupant("romeo") };
    desk.event(Event::Muc(muc::Event::OccupantChanged { room: bare(PLAZA), occupant: me, is_new: false }));
    desk.opens("plaza");
    desk.key("f3");
    assert_eq!(desk.state.focus.pane, Pane::People);
    desk
}

fn offered(state: &State) -> Vec<&str> {
    state.hints.iter().map(|(_, words)| words.as_str()).collect()
}

#[test]
fn k_moves_in_the_list_of_people_as_in_every_list() {
    let mut desk = among_people(Role::Moderator, Affiliation::Owner);
    let at = |desk: &Desk| desk.state.rooms.get(&me(), &bare(PLAZA)).unwrap().selected;
    desk.key("j");
    desk.key("j");
    assert_eq!(at(&desk), 2);
    desk.key("k");
    assert_eq!((at(&desk), desk.text()), (1, ""));
    desk.key("K");
    assert_eq!(desk.text(), "/kick juliet ");
}

#[test]
fn what_the_room_would_refuse_is_not_offered() {
    for (role, affiliation, kicks, bans) in [
        (Role::Visitor, Affiliation::None, false, false),
        (Role::Participant, Affiliation::Member, false, false),
        (Role::Moderator, Affiliation::None, true, false),
        (Role::Moderator, Affiliation::Admin, true, true),
        (Role::Moderator, Affiliation::Owner, true, true),
    ] {
        let desk = among_people(role, affiliation);
        let hints = offered(&desk.state);
        assert_eq!((hints.contains(&"kick"), hints.contains(&"ban")), (kicks, bans), "{role:?} {affiliation:?}");
    }
}

/// Who may take what in a room: not offered to others in the palette nor by Tab; typed by hand it says why not.
#[test]
fn what_one_may_not_do_is_not_offered_and_says_why() {
    let rows = [
        (Role::Visitor, Affiliation::None, ""),
        (Role::Participant, Affiliation::Member, ""),
        (Role::Moderator, Affiliation::None, "kick"),
        (Role::Moderator, Affiliation::Admin, "kick ban unban"),
        (Role::Moderator, Affiliation::Owner, "kick ban unban config"),
    ];
    for (role, affiliation, may) in rows {
        for (command, line) in [
            ("kick", "/kick juliet"),
            ("ban", "/ban juliet@capulet.lit"),
            ("unban", "/unban juliet@capulet.lit"),
            ("config", "/config"),
        ] {
            let is_allowed = may.split(' ').any(|m| m == command);
            let case = format!("{role:?} {affiliation:?} {line}");
            let mut desk = among_people(role, affiliation);
            desk.key("esc");
            // As for somebody who looks for it by its name.
            desk.key("ctrl-p");
            desk.types(command);
            let Some(Overlay::Picker(picker)) = desk.top() else { panic!() };
            let slash = format!("/{command}");
            let row = picker.rows.iter().find(|r| r.detail.raw() == slash);
            assert_eq!(row.is_some(), is_allowed, "{case}: the palette");
            desk.key("esc");
            let start = &slash[..slash.len() - 1];
            let offer = parlour::slash::complete(&desk.state, start, start.len());
            let is_offered = offer.is_some_and(|o| o.items.iter().any(|(word, _)| word.trim_end() == slash));
            assert_eq!(is_offered, is_allowed, "{case}: completion");
            let effects = desk.enters(line);
            assert_eq!(!commands(&effects).is_empty(), is_allowed, "{case}: {effects:?}");
            let why = desk.state.composer.error.as_ref().map(|(words, _)| words.clone()).unwrap_or_default();
            assert_eq!(why.contains("only ") && why.contains(role.word()), !is_allowed, "{case}: {why}");
            assert_eq!(desk.text() == line, !is_allowed, "{case}: the line stays to be changed");
        }
    }
    // Outside of a room nobody is told of roles.
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.enters("/config");
    assert_eq!(desk.state.composer.error.as_ref().unwrap().0, "this chat is not a room");
}

/// The keys of the list of people say it, too, instead of beginning a command that cannot be sent.
#[test]
fn keys_of_the_list_of_people_say_why_not() {
    for key in ["K", "B"] {
        let mut desk = among_people(Role::Participant, Affiliation::None);
        desk.key(key);
        assert_eq!(desk.text(), "");
        assert!(desk.toasts().iter().any(|t| t.contains("only ")), "{key}: {:?}", desk.toasts());
    }
}

fn saved(effects: &Effects) -> Vec<(&str, Option<&str>)> {
    let saved = effects.iter().filter_map(|e| match e {
        Effect::SaveSetting(key, value) => Some((key.as_str(), value.as_deref())),
        _ => None,
    });
    saved.collect()
}

#[test]
fn colours_are_changed_by_a_key_and_by_a_command() {
    let mut desk = Desk::online();
    for theme in ["dark", "light", "mono", "auto"] {
        let effects = desk.key("f9");
        assert_eq!(saved(&effects), [("ui.theme", Some(theme))]);
        assert!(desk.toasts().contains(&format!("ui.theme = {theme}").as_str()));
    }
    assert_eq!(saved(&desk.enters("/theme Dark")), [("ui.theme", Some("dark"))]);
    assert_eq!(desk.state.options.theme, ThemeName::Dark);
    desk.enters("/theme pink");
    assert!(desk.state.composer.error.as_ref().unwrap().0.contains("auto, light, dark or mono"));
    // Before there is an account, too.
    let mut desk = Desk::empty();
    desk.msg(parlour::update::Msg::NoAccounts);
    assert!(offered(&desk.state).contains(&"colours"));
    assert_eq!(saved(&desk.key("f9")), [("ui.theme", Some("dark"))]);
}

#[test]
fn ctrl_c_says_how_to_quit_and_does_nothing() {
    let mut desk = Desk::online();
    desk.types("half a sentence");
    let effects = desk.key("ctrl-c");
    assert!(!effects.contains(&Effect::Quit) && commands(&effects).is_empty());
    assert_eq!((desk.text(), desk.toasts()), ("half a sentence", vec!["Ctrl-Q or /quit quits"]));
}

#[test]
fn what_changes_something_says_so() {
    let mut desk = Desk::online();
    let effects = desk.enters("/priority 7");
    assert!(commands(&effects).iter().any(|c| matches!(c, Command::Presence(_))));
    assert!(desk.toasts().iter().any(|t| t.contains("priority is now 7")), "{:?}", desk.toasts());
    for (line, words) in [
        ("/set ui.sidebar_width 30", "ui.sidebar_width = 30"),
        ("/unset ui.sidebar_width", "(default)"),
        ("/rename juliet Capulet", "juliet@capulet.lit is now called Capulet"),
        ("/group juliet Verona, Family", "juliet@capulet.lit is now in Verona, Family"),
    ] {
        desk.enters(line);
        assert!(
            desk.toasts().iter().any(|t| t.contains(words)),
            "{line}: {:?} {:?}",
            desk.toasts(),
            desk.state.composer.error
        );
    }
}
