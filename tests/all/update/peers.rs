//! Private chats in rooms when the nickname changes hands; and who invites.

use super::desk::*;
use parlour::contract::command::chat::Command as Chat;
use parlour::contract::event::{chat as said, muc};
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::Overlay;
use parlour::update::Effects;

const PLAZA: &str = "plaza@rooms.montague.lit";

fn juliet() -> ChatId {
    chat(&format!("{PLAZA}/juliet"))
}

/// The lines of parlour's own that are to be kept in the private chat.
fn notes(effects: &Effects) -> Vec<String> {
    let notes = commands(effects).into_iter().filter_map(|c| match c {
        Command::Chat(Chat::Note { chat, text, .. }) if chat == juliet() => Some(text),
        _ => None,
    });
    notes.collect()
}

fn named(nick: &str, id: Option<&str>, address: Option<&str>) -> Occupant {
    Occupant { occupant_id: id.map(str::to_owned), real_jid: address.map(|a| Jid::parse(a).unwrap()), ..occupant(nick) }
}

fn enters_as(desk: &mut Desk, who: Occupant) -> Effects {
    desk.event(Event::Muc(muc::Event::OccupantChanged { room: bare(PLAZA), occupant: who, is_new: true }))
}

fn leaves(desk: &mut Desk, nick: &str) -> Effects {
    let (room, reason) = (bare(PLAZA), LeaveReason::Left(None));
    desk.event(Event::Muc(muc::Event::OccupantLeft { room, nick: nick.into(), reason }))
}

fn joined(desk: &mut Desk, others: Vec<Occupant>) -> Effects {
    let mut occupants = vec![occupant("romeo")];
    occupants.extend(others);
    let (room, nick) = (bare(PLAZA), "romeo".into());
    let (is_new, is_public_jids, is_logged) = (false, false, false);
    desk.event(Event::Muc(muc::Event::Joined { room, nick, occupants, is_new, is_public_jids, is_logged }))
}

/// In the room, and a word was said in private with whoever this is.
fn talking(who: Occupant) -> Desk {
    let mut desk = Desk::online();
    joined(&mut desk, vec![who]);
    desk.opens("plaza");
    let effects = desk.enters("/pm juliet psst");
    assert_eq!(sent(&effects), [(juliet().address.to_string(), "psst".to_owned())]);
    let answer = desk.message(&juliet(), ChatKind::Occupant, &format!("{PLAZA}/juliet"), "yes?");
    desk.event(Event::Chat(said::Event::MessageArrived(Box::new(answer))));
    desk
}

fn is_asked(desk: &Desk) -> Option<String> {
    match desk.top() {
        Some(Overlay::Confirm(confirm)) => Some(confirm.text.raw().to_owned()),
        _ => None,
    }
}

#[test]
fn s14_whoever_takes_the_nickname_is_told_and_asked_about() {
    for (before, after, told, asked) in [
        (
            named("juliet", Some("B1"), None),
            named("juliet", Some("E2"), None),
            "somebody else's now",
            "is not the person",
        ),
        (
            named("juliet", None, Some("j@c.lit/x")),
            named("juliet", None, Some("eve@evil.test/x")),
            "somebody else's now",
            "is not the person",
        ),
        (named("juliet", None, None), named("juliet", None, None), "may be somebody else", "Nobody can tell"),
        (named("juliet", Some("B1"), None), named("juliet", None, None), "may be somebody else", "Nobody can tell"),
    ] {
        let mut desk = talking(before);
        assert_eq!(notes(&leaves(&mut desk, "juliet")), ["juliet left the room"]);
        let effects = enters_as(&mut desk, after);
        assert!(notes(&effects)[0].contains(told), "{effects:?}");
        // Not a word goes before the yes.
        assert_eq!(sent(&desk.enters("the code is 4711")), []);
        assert!(is_asked(&desk).unwrap().contains(asked));
        assert_eq!(sent(&desk.key("n")), []);
        assert_eq!(desk.text(), "the code is 4711", "the text stays");
        assert_eq!(sent(&desk.key("enter")), []);
        assert_eq!(sent(&desk.key("y")), [(juliet().address.to_string(), "the code is 4711".to_owned())]);
        assert_eq!(desk.text(), "");
        // Once is enough.
        assert_eq!(sent(&desk.enters("more")).len(), 1);
    }
}

#[test]
fn s14_the_same_person_is_not_asked_about() {
    for (before, after) in [
        (named("juliet", Some("B1"), None), named("juliet", Some("B1"), None)),
        (named("juliet", None, Some("j@c.lit/x")), named("juliet", None, Some("j@c.lit/other"))),
    ] {
        let mut desk = talking(before);
        leaves(&mut desk, "juliet");
        assert_eq!(notes(&enters_as(&mut desk, after)), ["juliet is back"]);
        assert_eq!(sent(&desk.enters("hi")).len(), 1);
    }
}

#[test]
fn s14_a_nickname_that_is_handed_over_while_the_user_is_out() {
    let away = |desk: &mut Desk| {
        desk.event(Event::Muc(muc::Event::Left { room: bare(PLAZA), reason: LeaveReason::Disconnected }))
    };
    let mut desk = talking(named("juliet", Some("B1"), None));
    away(&mut desk);
    assert_eq!(notes(&joined(&mut desk, vec![named("juliet", Some("B1"), None)])), [""; 0]);
    assert_eq!(sent(&desk.enters("hi")).len(), 1);
    away(&mut desk);
    let effects = joined(&mut desk, vec![named("juliet", Some("E2"), None)]);
    assert!(notes(&effects)[0].contains("somebody else's now"));
    assert_eq!(sent(&desk.enters("hi")), []);
    assert!(is_asked(&desk).is_some());
    // Without ids nobody can tell; nothing is said before the user answers.
    let mut desk = talking(named("juliet", None, None));
    away(&mut desk);
    assert_eq!(notes(&joined(&mut desk, vec![named("juliet", None, None)])), [""; 0]);
    assert_eq!(sent(&desk.enters("hi")), []);
    assert!(is_asked(&desk).unwrap().contains("Nobody can tell"));
    // Who is not there when the user comes back, and then somebody is.
    let mut desk = talking(named("juliet", Some("B1"), None));
    away(&mut desk);
    joined(&mut desk, vec![]);
    assert!(notes(&enters_as(&mut desk, named("juliet", Some("E2"), None)))[0].contains("somebody else's now"));
}

#[test]
fn s14_another_nickname_is_told_and_leaves_the_chat_to_whoever_takes_the_old_one() {
    let mut desk = talking(named("juliet", Some("B1"), None));
    let renamed = |old: &str, new: &str| {
        Event::Muc(muc::Event::NickChanged { room: bare(PLAZA), old: old.into(), new: new.into(), is_self: false })
    };
    let effects = desk.event(renamed("juliet", "capulet"));
    assert_eq!(notes(&effects), ["juliet is now known as capulet in the room: /pm capulet goes on with them"]);
    enters_as(&mut desk, named("eve", Some("E2"), None));
    assert!(notes(&desk.event(renamed("eve", "juliet")))[0].contains("somebody else's now"));
    assert_eq!(sent(&desk.enters("hi")), []);
    assert!(is_asked(&desk).is_some());
}

#[test]
fn a_chat_that_is_none_is_told_nothing() {
    let mut desk = Desk::online();
    joined(&mut desk, vec![occupant("juliet")]);
    desk.opens("plaza");
    assert_eq!(notes(&leaves(&mut desk, "juliet")), [""; 0]);
    assert_eq!(notes(&enters_as(&mut desk, occupant("juliet"))), [""; 0]);
    assert_eq!(sent(&desk.enters("/pm juliet hi")).len(), 1, "the user means whoever is there");
}

/// After a start nothing is remembered but what the messages bear.
#[test]
fn s14_the_ids_of_stored_messages_tell_after_a_start() {
    for (stored, here, is_sent) in [("B1", "B1", true), ("B1", "E2", false)] {
        let mut desk = Desk::online();
        let summary = ChatSummary::new(juliet(), ChatKind::Occupant);
        let reply =
            parlour::contract::Reply::Chats { account: me(), chats: vec![summary], contacts: vec![], unfolded: vec![] };
        desk.msg(parlour::update::Msg::Replied(reply));
        joined(&mut desk, vec![named("juliet", Some(here), None)]);
        let effects = desk.enters(&format!("/win {PLAZA}/juliet"));
        let mut old = desk.message(&juliet(), ChatKind::Occupant, &format!("{PLAZA}/juliet"), "psst");
        old.ids.occupant = Some(stored.to_owned());
        desk.answers(&effects, vec![old]);
        assert_eq!(desk.state.current_id(), Some(&juliet()));
        assert_eq!(sent(&desk.enters("hi")).len(), usize::from(is_sent));
        assert_eq!(is_asked(&desk).is_some_and(|q| q.contains("is not the person")), !is_sent);
    }
}

#[test]
fn s14_a_private_word_by_command_asks_too() {
    let mut desk = talking(named("juliet", Some("B1"), None));
    leaves(&mut desk, "juliet");
    enters_as(&mut desk, named("juliet", Some("E2"), None));
    desk.enters("/win plaza");
    assert_eq!(desk.state.current_id(), Some(&chat(PLAZA)));
    assert_eq!(sent(&desk.enters("/pm juliet the code is 4711")), []);
    assert!(is_asked(&desk).is_some());
    let effects = desk.key("y");
    assert_eq!(sent(&effects), [(juliet().address.to_string(), "the code is 4711".to_owned())]);
}

#[test]
fn a_claimed_stamp_rings_and_one_of_what_was_held_does_not() {
    for (placing, is_heard) in [(Placing::Unread, false), (Placing::Arrival(Time(1_795_000_000_000)), true)] {
        let mut desk = Desk::online();
        let mut message = desk.message(&chat("juliet@capulet.lit"), ChatKind::Contact, "juliet@capulet.lit/x", "hi");
        message.time = Time(message.time.0 - 3_600_000);
        (message.is_delayed, message.placing) = (true, placing);
        let effects = desk.event(Event::Chat(said::Event::MessageArrived(Box::new(message))));
        assert_eq!(is_noisy(&effects), is_heard);
        assert_eq!(desk.unread("juliet@capulet.lit").0, 1);
    }
}

#[test]
fn an_invitation_is_told_as_the_word_of_whoever_gave_it() {
    let mut desk = Desk::online();
    joined(&mut desk, vec![]);
    let mut invited = |room: &str, from: &str, is_by_room: bool| {
        let (room, from) = (bare(room), Jid::parse(from).unwrap());
        let invite = RoomInvite { room, from, reason: None, password: None, is_by_room };
        desk.event(Event::Muc(muc::Event::Invited(invite)));
    };
    invited("a@rooms.lit", "juliet@capulet.lit/x", false);
    invited("b@rooms.lit", "juliet@capulet.lit", true);
    invited("c@rooms.lit", "c@rooms.lit/nurse", true);
    invited("d@rooms.lit", "d@rooms.lit", true);
    invited("e@rooms.lit", &format!("{PLAZA}/eve"), false);
    desk.key("alt-r");
    let Some(Overlay::Picker(picker)) = desk.top() else { panic!("no list of requests: {:?}", desk.toasts()) };
    let mut labels: Vec<&str> = picker.rows.iter().map(|r| r.label.raw()).collect();
    labels.sort_unstable();
    assert_eq!(
        labels,
        [
            "b@rooms.lit invites you, and says that juliet@capulet.lit asked it to",
            "d@rooms.lit invites you",
            "eve in plaza@rooms.montague.lit invites you to e@rooms.lit",
            "juliet@capulet.lit invites you to a@rooms.lit",
            "nurse in c@rooms.lit invites you there, says the room",
        ]
    );
}
