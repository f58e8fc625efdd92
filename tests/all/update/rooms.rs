//! Rooms: entering, people, what is told, and what is refused with words.

use super::desk::*;
use parlour::contract::command::muc::Command as Muc;
use parlour::contract::event::{muc, service};
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::{Overlay, PromptKind};
use parlour::state::rooms::Membership;

const PLAZA: &str = "plaza@rooms.montague.lit";

fn knows_services(desk: &mut Desk) -> parlour::update::Effects {
    let services = vec![("rooms".to_owned(), Jid::parse("rooms.montague.lit").unwrap())];
    desk.event(Event::Service(service::Event::ServerKnown { info: DiscoInfo::default(), services }))
}

#[test]
fn a_server_without_rooms_wants_the_whole_address() {
    let mut desk = Desk::online();
    desk.event(Event::Service(service::Event::ServerKnown { info: DiscoInfo::default(), services: vec![] }));
    desk.enters("/join plaza");
    assert!(desk.state.composer.error.as_ref().unwrap().0.contains("give the whole address"));
    assert_eq!(desk.text(), "/join plaza");
}

fn notices(desk: &Desk) -> Vec<String> {
    let timeline = desk.state.timeline().unwrap();
    let notices = timeline.messages.iter().filter(|m| m.kind == MessageKind::Notice);
    notices.map(|m| m.body.raw().to_owned()).collect()
}

fn in_plaza() -> Desk {
    let mut desk = Desk::online();
    desk.joins(PLAZA, &["romeo", "juliet", "Tybalt"]);
    desk.opens("plaza");
    desk
}

fn changed(desk: &mut Desk, nick: &str, is_new: bool) {
    let occupant = occupant(nick);
    desk.event(Event::Muc(muc::Event::OccupantChanged { room: bare(PLAZA), occupant, is_new }));
}

fn left(desk: &mut Desk, nick: &str, reason: LeaveReason) {
    desk.event(Event::Muc(muc::Event::OccupantLeft { room: bare(PLAZA), nick: nick.into(), reason }));
}

#[test]
fn a_name_alone_is_a_room_of_the_accounts_service() {
    let mut desk = Desk::online();
    assert_eq!(commands(&desk.enters("/join plaza")), [], "the server has not told yet where its rooms are");
    assert!(desk.toasts()[0].contains("as soon as"));
    let effects = knows_services(&mut desk);
    let join = Muc::Enter { room: bare(PLAZA), nick: None, password: None };
    assert!(commands(&effects).contains(&Command::Muc(join)));
    assert_eq!(desk.state.current_id(), Some(&chat(PLAZA)));
    assert_eq!(desk.state.rooms.get(&me(), &bare(PLAZA)).unwrap().membership, Membership::Joining);
}

#[test]
fn a_room_is_entered_again_under_the_nickname_that_was_taken_there() {
    let mut desk = in_plaza();
    let renamed =
        muc::Event::NickChanged { room: bare(PLAZA), old: "romeo".into(), new: "罗密欧 🌹".into(), is_self: true };
    desk.event(Event::Muc(renamed));
    desk.event(Event::Muc(muc::Event::Left { room: bare(PLAZA), reason: LeaveReason::NotAMember }));
    let effects = desk.enters("/join");
    let join = Muc::Enter { room: bare(PLAZA), nick: Some("罗密欧 🌹".into()), password: None };
    assert!(commands(&effects).contains(&Command::Muc(join)));
}

fn failed(desk: &mut Desk, reason: RoomFailure) -> parlour::update::Effects {
    desk.event(Event::Muc(muc::Event::JoinFailed { room: bare(PLAZA), reason }))
}

/// The room says in a line that it wants one, and that the one it got was wrong; the user has it asked.
#[test]
fn a_password_is_asked_for_by_the_users_will_alone() {
    for (reason, line, error) in [
        (RoomFailure::Password, "asks for a password", None),
        (RoomFailure::WrongPassword, "the password is wrong", Some("the last one was wrong".into())),
    ] {
        let mut desk = Desk::online();
        let effects = desk.enters(&format!("/join {PLAZA}"));
        desk.answers(&effects, vec![]);
        failed(&mut desk, reason);
        desk.waits(10);
        assert!(desk.top().is_none() && desk.state.boxes.waiting.is_empty());
        assert!(notices(&desk)[0].contains(line), "{:?}", notices(&desk));
        desk.enters("/join");
        match desk.top() {
            Some(Overlay::Prompt(prompt)) => {
                assert_eq!((&prompt.kind, &prompt.error), (&PromptKind::RoomPassword(me(), bare(PLAZA)), &error));
            }
            other => panic!("{other:?}"),
        }
        desk.types("sesame");
        let effects = desk.key("enter");
        let join = Muc::Enter { room: bare(PLAZA), nick: None, password: Some("sesame".into()) };
        assert!(commands(&effects).contains(&Command::Muc(join)));
    }
}

#[test]
fn every_failure_says_what_to_do() {
    for reason in [
        RoomFailure::Password,
        RoomFailure::WrongPassword,
        RoomFailure::MembersOnly,
        RoomFailure::Banned,
        RoomFailure::NickConflict,
        RoomFailure::Full,
        RoomFailure::NotFound,
        RoomFailure::MayNotCreate,
        RoomFailure::Timeout,
        RoomFailure::Other("gone fishing".into()),
    ] {
        let mut desk = Desk::online();
        desk.event(Event::Muc(muc::Event::JoinFailed { room: bare(PLAZA), reason }));
        assert!(desk.toasts()[0].starts_with("cannot enter plaza@rooms.montague.lit: "));
    }
}

#[test]
fn people_are_kept_in_order() {
    let mut desk = in_plaza();
    changed(&mut desk, "abram", true);
    let mut nurse = occupant("nurse");
    nurse.role = Role::Moderator;
    desk.event(Event::Muc(muc::Event::OccupantChanged { room: bare(PLAZA), occupant: nurse, is_new: true }));
    let order = |desk: &Desk| {
        let room = desk.state.rooms.get(&me(), &bare(PLAZA)).unwrap();
        room.sorted.iter().map(|(_, nick)| nick.clone()).collect::<Vec<_>>()
    };
    assert_eq!(order(&desk), ["nurse", "romeo", "abram", "juliet", "Tybalt"]);
    changed(&mut desk, "nurse", false);
    assert_eq!(order(&desk), ["romeo", "abram", "juliet", "nurse", "Tybalt"]);
    left(&mut desk, "abram", LeaveReason::Left(None));
    assert_eq!(order(&desk), ["romeo", "juliet", "nurse", "Tybalt"]);
}

#[test]
fn comings_and_goings_fold_into_one_line() {
    let mut desk = in_plaza();
    changed(&mut desk, "nurse", true);
    changed(&mut desk, "peter", true);
    left(&mut desk, "Tybalt", LeaveReason::Left(None));
    assert_eq!(notices(&desk), ["→ peter, nurse joined   ← Tybalt left"]);
    desk.says_in(PLAZA, "juliet", "hm", false);
    left(&mut desk, "peter", LeaveReason::Left(None));
    assert_eq!(notices(&desk), ["→ peter, nurse joined   ← Tybalt left", "← peter left"]);
    assert!(desk.state.timeline().unwrap().messages.iter().all(|m| m.kind != MessageKind::Notice || m.row.0 < 0));
}

#[test]
fn the_line_stays_short_in_a_flood() {
    let mut desk = in_plaza();
    for i in 0..2_000 {
        changed(&mut desk, &format!("bot{i}"), true);
    }
    assert_eq!(notices(&desk).len(), 1);
    assert!(notices(&desk)[0].contains("more"));
    assert!(notices(&desk)[0].len() < 120);
}

#[test]
fn who_does_not_want_joins_does_not_see_them() {
    let mut desk = in_plaza();
    desk.state.options.show_joins = false;
    changed(&mut desk, "nurse", true);
    left(&mut desk, "nurse", LeaveReason::Left(None));
    assert_eq!(notices(&desk), Vec::<String>::new());
    left(&mut desk, "Tybalt", LeaveReason::Kicked { by: Some("prince".into()), reason: Some("duels".into()) });
    assert_eq!(notices(&desk), ["Tybalt was kicked by prince: duels"]);
}

#[test]
fn being_put_out_is_told_with_the_way_back() {
    let mut desk = in_plaza();
    let reason = LeaveReason::Kicked { by: Some("prince".into()), reason: Some("duels".into()) };
    desk.event(Event::Muc(muc::Event::Left { room: bare(PLAZA), reason }));
    assert_eq!(notices(&desk), Vec::<String>::new(), "the engine's own line is stored; no second one beside it");
    let toast = desk.state.toasts.list.last().unwrap();
    assert!(toast.text.raw().contains("you were kicked by prince: duels · /join enters again"));
    assert!(!desk.state.rooms.get(&me(), &bare(PLAZA)).unwrap().is_in());
    let effects = desk.enters("/join");
    let join = Muc::Enter { room: bare(PLAZA), nick: None, password: None };
    assert!(commands(&effects).contains(&Command::Muc(join)));
}

#[test]
fn a_nickname_change_moves_the_person() {
    let mut desk = in_plaza();
    let change =
        muc::Event::NickChanged { room: bare(PLAZA), old: "romeo".into(), new: "montague".into(), is_self: true };
    desk.event(Event::Muc(change));
    let room = desk.state.rooms.get(&me(), &bare(PLAZA)).unwrap();
    assert_eq!(room.nick.raw(), "montague");
    assert!(room.occupants.contains_key("montague") && !room.occupants.contains_key("romeo"));
    assert_eq!(notices(&desk), ["you are now known as montague"]);
}

#[test]
fn commands_name_people_without_regard_to_case() {
    let mut desk = in_plaza();
    let effects = desk.enters("/kick tybalt fighting");
    let kick = Muc::Kick { room: bare(PLAZA), nick: "Tybalt".into(), reason: Some("fighting".into()) };
    assert_eq!(commands(&effects), [Command::Muc(kick)]);
    desk.enters("/kick nobody");
    assert_eq!(desk.state.composer.error.as_ref().unwrap().0, "nobody here is called nobody");
    assert_eq!(desk.text(), "/kick nobody");
}

#[test]
fn a_private_word_goes_to_the_occupant_and_never_to_the_room() {
    let mut desk = in_plaza();
    let effects = desk.enters("/pm juliet psst");
    assert_eq!(sent(&effects), [(format!("{PLAZA}/juliet"), "psst".to_owned())]);
    assert_eq!(desk.state.current().unwrap().kind, ChatKind::Occupant);
    assert_eq!(sent(&desk.enters("again")), [(format!("{PLAZA}/juliet"), "again".to_owned())]);
}

#[test]
fn leaving_is_not_entered_again_by_itself() {
    let mut desk = Desk::online();
    desk.joins(PLAZA, &["romeo", "juliet"]);
    desk.opens("Juliet");
    desk.opens("plaza");
    let effects = desk.enters("/part bye");
    let leave = Muc::Leave { room: bare(PLAZA), reason: Some("bye".into()) };
    assert!(commands(&effects).contains(&Command::Muc(leave)));
    assert!(writes(&effects).iter().any(|w| matches!(w, parlour::contract::UserWrite::Listed { is_open: false, .. })));
    assert_eq!(desk.state.current_id(), Some(&chat("juliet@capulet.lit")), "the chat before is shown");
    let is_listed = |desk: &Desk| desk.state.sidebar.rows.contains(&parlour::state::sidebar::Row::Chat(chat(PLAZA)));
    assert!(!is_listed(&desk));
    let left = muc::Event::Left { room: bare(PLAZA), reason: LeaveReason::Left(None) };
    desk.event(Event::Muc(left));
    desk.waits(1);
    assert!(!is_listed(&desk), "nor does the server's answer bring it back");
}

#[test]
fn open_rooms_are_entered_again_at_the_start() {
    let mut desk = Desk::online();
    let summary = ChatSummary::new(chat(PLAZA), ChatKind::Room);
    let reply =
        parlour::contract::Reply::Chats { account: me(), chats: vec![summary], contacts: vec![], unfolded: vec![] };
    let effects = desk.msg(parlour::update::Msg::Replied(reply));
    // As the bookmark says, which the engine knows.
    let join = Muc::Reenter { room: bare(PLAZA) };
    assert_eq!(commands(&effects), [Command::Muc(join)]);
}

#[test]
fn a_room_named_in_the_join_line_is_joined_and_a_person_talked_with() {
    let mut desk = Desk::online();
    knows_services(&mut desk);
    desk.key("f5");
    desk.types("plaza");
    let effects = desk.key("enter");
    assert!(commands(&effects).iter().any(|c| matches!(c, Command::Muc(Muc::Enter { .. }))));
    desk.key("f5");
    desk.types("benvolio@montague.lit");
    desk.key("enter");
    assert_eq!(desk.state.current_id(), Some(&chat("benvolio@montague.lit")));
    desk.key("f5");
    desk.types("a b@c");
    desk.key("enter");
    assert!(matches!(desk.top(), Some(Overlay::Prompt(p)) if p.error.is_some()));
}

#[test]
fn a_nickname_is_found_however_its_accents_are_typed() {
    for (typed, found) in [
        ("Zoe\u{301}", Some("Zoé")),
        ("ZOE\u{301}", Some("Zoé")),
        ("zoé", Some("Zoé")),
        ("René", Some("Rene\u{301}")),
        ("Ａｎｎａ", Some("Anna")),
        ("aNNa", None),
        ("Zoe", None),
    ] {
        let mut desk = Desk::online();
        desk.joins(PLAZA, &["romeo", "Zoé", "Rene\u{301}", "Anna", "ANNA"]);
        desk.opens("plaza");
        let effects = desk.enters(&format!("/pm {typed} hi"));
        let sent = commands(&effects).into_iter().find_map(|command| match command {
            Command::Chat(parlour::contract::command::chat::Command::Send { chat, .. }) => Some(chat.address),
            _ => None,
        });
        assert_eq!(sent.as_ref().and_then(Jid::resource), found, "{typed:?}");
    }
}

#[test]
fn a_room_that_the_server_knows_under_another_address_is_where_the_user_is() {
    let mut desk = Desk::online();
    let (typed, real) = ("straße@rooms.montague.lit", "strasse@rooms.montague.lit");
    desk.enters(&format!("/join {typed}"));
    desk.types("what I am writing");
    let learned =
        parlour::contract::event::chat::Event::AddressLearned { typed: chat(typed), real: chat(real), summary: None };
    desk.event(Event::Chat(learned));
    assert_eq!(desk.state.current_id(), Some(&chat(real)));
    assert_eq!(desk.text(), "what I am writing");
    assert!(desk.state.chats.get(&chat(typed)).is_none());
    desk.joins(real, &["romeo", "juliet"]);
    assert!(desk.state.rooms.get(&me(), &bare(real)).unwrap().is_in());
    assert!(desk.state.rooms.get(&me(), &bare(typed)).is_none());
    let effects = desk.key("enter");
    let sent = commands(&effects);
    assert!(
        sent.iter()
            .any(|c| matches!(c, Command::Chat(parlour::contract::command::chat::Command::Send { chat: id, body, .. })
            if *id == chat(real) && body == "what I am writing")),
        "{sent:?}"
    );
}
