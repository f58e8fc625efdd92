//! Requests as they are read and answered: the list, its rows in the list of chats, and the chat of a stranger.

use super::desk::*;
use parlour::contract::command::{muc, roster};
use parlour::contract::event::{muc as muc_event, roster as roster_event};
use parlour::contract::{Command, Event, Reply};
use parlour::model::*;
use parlour::state::overlays::Overlay;
use parlour::state::sidebar::Row;
use parlour::update::Msg;

const EVE: &str = "eve@evil.lit";

fn asks(desk: &mut Desk, jid: &str, text: Option<&str>) {
    let (jid, text) = (bare(jid), text.map(Untrusted::from));
    desk.event(Event::Roster(roster_event::Event::SubscriptionAsked { jid, text }));
}

fn invites(desk: &mut Desk, room: &str, from: &str) {
    let from = Jid::parse(from).unwrap();
    let invite = RoomInvite { room: bare(room), from, reason: Some("masks".into()), password: None, is_by_room: false };
    desk.event(Event::Muc(muc_event::Event::Invited(invite)));
}

/// A contact request, an invitation and a message, in this order.
fn three() -> Desk {
    let mut desk = Desk::online();
    asks(&mut desk, "tybalt@x.lit", Some("let me in"));
    invites(&mut desk, "party@x.lit", "juliet@capulet.lit/home");
    desk.says(EVE, "one\n\ntwo https://evil.lit/x");
    desk
}

fn waiting(desk: &Desk) -> Vec<String> {
    desk.state.requests.list.iter().map(|r| format!("{} {}", r.word(), r.who())).collect()
}

fn list(desk: &Desk) -> Vec<(String, String)> {
    let Some(Overlay::Picker(picker)) = desk.top() else { panic!("no list: {:?}", desk.top()) };
    picker.rows.iter().map(|r| (r.label.raw().to_owned(), r.detail.raw().to_owned())).collect()
}

#[test]
fn the_list_shows_what_they_say_and_reading_accepts_nothing() {
    let mut desk = three();
    desk.key("alt-r");
    let rows = list(&desk);
    assert_eq!(rows[0], ("tybalt@x.lit".into(), "“let me in”".into()));
    assert_eq!(rows[1].1, "“masks”");
    assert_eq!(rows[2], (EVE.into(), "“one two [link: evil.lit]”".into()));
    for (downs, words) in [(0, "let me in"), (1, "masks")] {
        (0..downs).for_each(|_| drop(desk.key("down")));
        let effects = desk.key("enter");
        assert_eq!(commands(&effects), []);
        let Some(Overlay::Text(text)) = desk.top() else { panic!("{:?}", desk.top()) };
        assert!(text.lines.iter().any(|l| l.raw().contains(words)), "{:?}", text.lines);
        desk.key("esc");
        (0..downs).for_each(|_| drop(desk.key("up")));
    }
    desk.key("end");
    let effects = desk.key("enter");
    assert_eq!(commands(&effects), []);
    assert_eq!(desk.state.current_id(), Some(&chat(EVE)));
    assert_eq!(waiting(&desk).len(), 3, "nothing is answered");
}

#[test]
fn letters_answer_in_the_list_which_stays_for_the_others() {
    let mut desk = three();
    asks(&mut desk, "last@x.lit", None);
    desk.key("alt-r");
    let effects = desk.key("a");
    assert_eq!(commands(&effects)[0], Command::Roster(roster::Command::Allow(bare("tybalt@x.lit"))));
    desk.key("down");
    let effects = desk.key("a");
    assert_eq!(commands(&effects), []);
    assert!(desk.state.chats.get(&chat(EVE)).unwrap().is_accepted);
    assert_eq!(waiting(&desk), ["invitation party@x.lit", "contact request last@x.lit"]);
    let effects = desk.key("d");
    assert_eq!(commands(&effects), [Command::Roster(roster::Command::Deny(bare("last@x.lit")))]);
    let effects = desk.key("d");
    let from = Jid::parse("juliet@capulet.lit/home").unwrap();
    let decline = muc::Command::DeclineInvite { room: bare("party@x.lit"), from };
    assert_eq!(commands(&effects), [Command::Muc(decline)]);
    assert!(desk.top().is_none(), "the list closes with the last");
}

#[test]
fn an_invitation_that_is_accepted_closes_the_list() {
    let mut desk = three();
    desk.key("alt-r");
    desk.key("j");
    let effects = desk.key("a");
    let is_enter =
        |c: &Command| matches!(c, Command::Muc(muc::Command::Enter { room, .. }) if *room == bare("party@x.lit"));
    assert!(commands(&effects).iter().any(is_enter), "{effects:?}");
    assert!(desk.top().is_none());
    assert_eq!(desk.state.current_id(), Some(&chat("party@x.lit")));
}

#[test]
fn a_filter_takes_letters_as_letters() {
    let mut desk = three();
    desk.key("alt-r");
    desk.key("/");
    let effects = desk.types("ad");
    assert_eq!((commands(&effects), waiting(&desk).len()), (vec![], 3));
    assert!(list(&desk).is_empty());
    desk.key("esc");
    assert_eq!(list(&desk).len(), 3, "Esc leaves the filter first");
    desk.key("esc");
    assert!(desk.top().is_none());
}

/// Whatever is open and however the request came: a sentence that is written answers nothing and loses nothing.
#[test]
fn letters_that_are_written_answer_nothing() {
    let sentence = "a day, and a dead dad added a bad deal";
    for open in ["", "juliet@capulet.lit", EVE] {
        let mut desk = three();
        if !open.is_empty() {
            desk.enters(&format!("/win {open}"));
        }
        if open == EVE {
            desk.key("alt-r");
            desk.key("end");
            desk.key("enter");
        }
        for c in sentence.chars() {
            let effects = desk.types(&c.to_string());
            let answers = commands(&effects).into_iter().filter(|c| !matches!(c, Command::Chat(_)));
            assert_eq!(answers.count(), 0, "{c:?} in {open:?}");
            asks(&mut desk, "again@x.lit", None);
        }
        assert_eq!(desk.state.composer.text.text, sentence);
        assert_eq!(waiting(&desk).len(), 4);
    }
}

#[test]
fn the_chat_of_a_request_has_keys_that_answer_it_alone() {
    let mut desk = three();
    let effects = desk.key("alt-y");
    assert_eq!((commands(&effects), waiting(&desk).len()), (vec![], 3), "no chat is open");
    desk.key("alt-r");
    desk.key("end");
    desk.key("enter");
    assert_eq!(desk.state.requests.keys, Some(("Alt-Y".into(), "Alt-Z".into())));
    desk.types("a draft");
    desk.key("alt-y");
    assert!(desk.state.current().unwrap().is_accepted);
    assert_eq!(desk.state.composer.text.text, "a draft");
    let effects = desk.key("alt-z");
    assert_eq!((commands(&effects), waiting(&desk).len()), (vec![], 2), "the others are not answered by the way");
    // Somebody whose chat is open asks for presence.
    asks(&mut desk, EVE, None);
    let effects = desk.key("alt-z");
    assert_eq!(commands(&effects), [Command::Roster(roster::Command::Deny(bare(EVE)))]);
    // A denied message request leaves the screen.
    desk.says("mallory@evil.lit", "hello");
    desk.key("alt-r");
    desk.key("end");
    desk.key("enter");
    desk.key("alt-z");
    assert_ne!(desk.state.current_id(), Some(&chat("mallory@evil.lit")));
    assert_eq!(waiting(&desk), ["contact request tybalt@x.lit", "invitation party@x.lit"]);
}

#[test]
fn rows_of_the_list_of_chats_are_answered_too() {
    let mut desk = three();
    desk.key("f2");
    desk.key("home");
    desk.key("down");
    assert!(matches!(desk.state.sidebar.rows[desk.state.sidebar.selected], Row::Request(0)));
    let hints: Vec<&str> = desk.state.hints.iter().map(|(_, words)| words.as_str()).collect();
    assert_eq!(hints[..3], ["accept", "deny", "read"]);
    let effects = desk.key("enter");
    assert_eq!((commands(&effects), waiting(&desk).len()), (vec![], 3), "reading answers nothing");
    desk.key("esc");
    let effects = desk.key("d");
    assert_eq!(commands(&effects), [Command::Roster(roster::Command::Deny(bare("tybalt@x.lit")))]);
    // Where there is no request under the keys, the letters do nothing.
    desk.key("end");
    let effects = desk.key("a");
    assert_eq!((commands(&effects), waiting(&desk).len()), (vec![], 2));
}

/// What the store knows of an earlier run is shown as well; own words, notices and an accepted chat have no preview.
#[test]
fn a_preview_is_the_newest_of_their_words() {
    let mut desk = Desk::online();
    let message = desk.message(&chat(EVE), ChatKind::Contact, "eve@evil.lit/a", "stored");
    let summary = ChatSummary {
        is_open: false,
        is_accepted: false,
        unread: 1,
        last: Some(Box::new(message)),
        ..ChatSummary::new(chat(EVE), ChatKind::Contact)
    };
    let reply = Reply::Chats { account: me(), chats: vec![summary], contacts: vec![], unfolded: vec![] };
    desk.msg(Msg::Replied(reply));
    let preview = |desk: &Desk| desk.state.chats.get(&chat(EVE)).unwrap().preview.raw().to_owned();
    assert_eq!(preview(&desk), "stored");
    desk.says(EVE, &"x".repeat(100_000));
    assert_eq!(preview(&desk).len(), 2_048);
    desk.says(EVE, "newest");
    assert_eq!(preview(&desk), "newest");
    desk.enters(&format!("/accept {EVE}"));
    desk.says(EVE, "more");
    assert_eq!(preview(&desk), "");
}

/// Adding somebody who has asked is the answer to them.
#[test]
fn adding_who_asked_accepts_them() {
    let mut desk = three();
    let effects = desk.enters("/add tybalt@x.lit Tybalt");
    let commands = commands(&effects);
    assert!(commands.contains(&Command::Roster(roster::Command::Allow(bare("tybalt@x.lit")))), "{commands:?}");
    let sets = commands.iter().filter(|c| matches!(c, Command::Roster(roster::Command::Set { .. })));
    assert_eq!(sets.count(), 1);
    assert_eq!(waiting(&desk).len(), 2);
}
