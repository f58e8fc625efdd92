//! Passwords of rooms: kept once they were right, used where a room asks, forgotten where they are wrong.

use super::desk::*;
use parlour::contract::command::muc::Command as Muc;
use parlour::contract::event::muc;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::rooms::Membership;
use parlour::update::{Effect, Effects, Msg, ShellNews};

const PLAZA: &str = "plaza@rooms.montague.lit";
const SECRET: &str = "open sesame";

fn desk() -> Desk {
    let mut desk = Desk::online();
    desk.state.work.has_keyring = true;
    desk
}

/// What the keyring is to do.
fn keyring(effects: &Effects) -> Vec<String> {
    let asked = effects.iter().filter_map(|e| match e {
        Effect::ReadRoomPassword(_, room) if *room == bare(PLAZA) => Some("look".to_owned()),
        Effect::SaveRoomPassword(_, room, secret) if *room == bare(PLAZA) => {
            Some(secret.as_ref().map_or("forget".to_owned(), |s| format!("keep {}", s.expose())))
        }
        _ => None,
    });
    asked.collect()
}

fn passwords(effects: &Effects) -> Vec<Option<String>> {
    let joins = commands(effects).into_iter().filter_map(|c| match c {
        Command::Muc(Muc::Enter { password, .. }) => Some(password),
        _ => None,
    });
    joins.collect()
}

fn fails(desk: &mut Desk, reason: RoomFailure) -> Effects {
    desk.event(Event::Muc(muc::Event::JoinFailed { room: bare(PLAZA), reason }))
}

fn found(desk: &mut Desk, secret: Option<&str>) -> Effects {
    desk.msg(Msg::Shell(ShellNews::RoomPassword(me(), bare(PLAZA), secret.map(Secret::new))))
}

fn is_told(desk: &Desk, words: &str) -> bool {
    desk.toasts().iter().any(|t| t.contains(words))
}

#[test]
fn what_was_typed_is_kept_once_the_room_has_taken_it() {
    let mut desk = desk();
    let effects = desk.enters(&format!("/join {PLAZA} romeo \"{SECRET}\""));
    assert_eq!(keyring(&effects), Vec::<String>::new());
    let effects = desk.joins(PLAZA, &["romeo"]);
    assert_eq!(keyring(&effects), [format!("keep {SECRET}")]);
    // Entered again after a broken connection: nothing new is known.
    assert_eq!(keyring(&desk.joins(PLAZA, &["romeo"])), Vec::<String>::new());
}

#[test]
fn nothing_is_kept_that_was_wrong_or_where_there_is_no_keyring() {
    let mut wrong = desk();
    wrong.enters(&format!("/join {PLAZA} romeo wrong"));
    assert_eq!(keyring(&fails(&mut wrong, RoomFailure::WrongPassword)), Vec::<String>::new());
    let mut without = Desk::online();
    without.enters(&format!("/join {PLAZA} romeo \"{SECRET}\""));
    assert_eq!(keyring(&without.joins(PLAZA, &["romeo"])), Vec::<String>::new());
    let effects = fails(&mut without, RoomFailure::Password);
    assert_eq!(keyring(&effects), Vec::<String>::new());
    assert!(is_told(&without, "asks for a password"));
    // A room without a password keeps none.
    let mut open = desk();
    open.enters(&format!("/join {PLAZA}"));
    assert_eq!(keyring(&open.joins(PLAZA, &["romeo"])), Vec::<String>::new());
}

#[test]
fn a_room_that_is_entered_by_itself_is_entered_with_the_kept_one() {
    let mut desk = desk();
    let effects = fails(&mut desk, RoomFailure::Password);
    assert_eq!(keyring(&effects), ["look"]);
    assert!(!is_told(&desk, "password"), "nothing is told before the keyring has answered");
    let effects = found(&mut desk, Some(SECRET));
    assert_eq!(passwords(&effects), [Some(SECRET.to_owned())]);
    let effects = desk.joins(PLAZA, &["romeo"]);
    assert_eq!(keyring(&effects), Vec::<String>::new(), "it is there already");
    assert!(!desk.toasts().iter().any(|t| t.contains(SECRET)));
}

#[test]
fn a_wrong_one_is_forgotten_and_told() {
    let mut desk = desk();
    fails(&mut desk, RoomFailure::Password);
    found(&mut desk, Some("old"));
    let effects = fails(&mut desk, RoomFailure::WrongPassword);
    assert_eq!(keyring(&effects), ["forget"]);
    assert!(is_told(&desk, "the saved password was wrong and is removed"));
    let room = desk.state.rooms.get(&me(), &bare(PLAZA)).unwrap();
    assert_eq!(room.membership, Membership::Failed(RoomFailure::WrongPassword));
    // Another that the user types, and that is wrong as well, forgets nothing once more.
    desk.enters(&format!("/join {PLAZA} romeo again"));
    assert_eq!(keyring(&fails(&mut desk, RoomFailure::WrongPassword)), Vec::<String>::new());
}

#[test]
fn without_a_kept_one_the_user_is_told_and_no_box_opens() {
    let mut desk = desk();
    fails(&mut desk, RoomFailure::Password);
    let effects = found(&mut desk, None);
    assert_eq!((keyring(&effects), passwords(&effects)), (Vec::new(), Vec::new()));
    assert!(is_told(&desk, "asks for a password") && desk.top().is_none());
    // An answer that nobody waits for any more does nothing.
    let toasts = desk.toasts().len();
    found(&mut desk, None);
    assert_eq!(passwords(&found(&mut desk, Some("late"))), []);
    assert_eq!(desk.toasts().len(), toasts);
    // The next time it is looked for again.
    assert_eq!(keyring(&fails(&mut desk, RoomFailure::Password)), ["look"]);
}

#[test]
fn other_failures_ask_no_keyring() {
    for reason in [RoomFailure::MembersOnly, RoomFailure::Banned, RoomFailure::Timeout, RoomFailure::WrongPassword] {
        let mut desk = desk();
        assert_eq!(keyring(&fails(&mut desk, reason)), Vec::<String>::new());
    }
}

#[test]
fn an_account_that_is_forgotten_leaves_no_password_of_a_room() {
    let mut desk = desk();
    desk.joins(PLAZA, &["romeo"]);
    desk.enters(&format!("/account remove {ME}"));
    let effects = desk.key("y");
    assert_eq!(keyring(&effects), ["forget"]);
}
