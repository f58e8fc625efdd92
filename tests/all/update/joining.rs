//! Entering rooms by name, address, channel and link; and what is asked where there is none.

use super::desk::*;
use parlour::contract::command::muc::Command as Muc;
use parlour::contract::command::service::Command as Service;
use parlour::contract::event::{muc, service};
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::{Overlay, PromptKind};
use parlour::state::rooms::Membership;
use parlour::update::Effects;

const ROOMS: &str = "rooms.montague.lit";

fn desk() -> Desk {
    let mut desk = Desk::online();
    let services = vec![("rooms".to_owned(), Jid::parse(ROOMS).unwrap())];
    desk.event(Event::Service(service::Event::ServerKnown { info: DiscoInfo::default(), services }));
    desk
}

/// Whether a room may be made, which room, nickname, password: of each join among effects.
fn joins(effects: &Effects) -> Vec<(bool, String, Option<String>, Option<String>)> {
    let joins = commands(effects).into_iter().filter_map(|c| match c {
        Command::Muc(Muc::Enter { room, nick, password }) => Some((false, room.to_string(), nick, password)),
        Command::Muc(Muc::Join { room, nick, password }) => Some((true, room.to_string(), nick, password)),
        _ => None,
    });
    joins.collect()
}

/// The room is not there, and the service lists these.
fn not_there(desk: &mut Desk, room: &str, listed: &[&str]) {
    let failed = muc::Event::JoinFailed { room: bare(room), reason: RoomFailure::NotThere };
    let effects = desk.event(Event::Muc(failed));
    let token = commands(&effects).into_iter().find_map(|c| match c {
        Command::Service(Service::Items { jid, token, .. }) if jid.as_str() == ROOMS => Some(token),
        _ => None,
    });
    let items = listed.iter().map(|jid| DiscoItem { jid: Jid::parse(jid).unwrap(), node: None, name: None }).collect();
    let answer = Ok(DiscoItems { items, count: None, next: None });
    desk.event(Event::Service(service::Event::ItemsArrived { token: token.expect("the list of rooms"), answer }));
    desk.now += 1_000;
}

fn question(desk: &Desk) -> &str {
    match desk.top() {
        Some(Overlay::Confirm(confirm)) => confirm.text.raw(),
        other => panic!("{other:?}"),
    }
}

fn is_listed(desk: &Desk, room: &str) -> bool {
    desk.state.chats.get(&chat(room)).is_some_and(|chat| chat.is_open)
}

#[test]
fn a_room_that_is_not_there_is_asked_about() {
    let (verona, plaza) = ("verona@rooms.montague.lit", "verona-plaza@rooms.montague.lit");
    for (key, wanted) in [
        ("y", vec![(true, verona.to_owned(), Some("plaza".to_owned()), None)]),
        ("m", vec![(false, plaza.to_owned(), None, None)]),
        ("enter", vec![(false, plaza.to_owned(), None, None)]),
        ("esc", vec![]),
        ("n", vec![]),
    ] {
        let mut desk = desk();
        let effects = desk.enters("/join verona plaza");
        assert_eq!(joins(&effects), [(false, verona.to_owned(), Some("plaza".to_owned()), None)], "not made");
        not_there(&mut desk, verona, &["tea@rooms.montague.lit", plaza]);
        assert_eq!(question(&desk), "There is no room verona. Create it (y), or did you mean verona-plaza (m)?");
        assert_eq!(joins(&desk.key(key)), wanted, "{key}");
        assert!(desk.top().is_none());
        let lines = desk.state.timeline().map_or(0, |t| t.messages.len());
        assert_eq!(lines, 0, "{key}: the new room begins without a word of the failure");
        assert_eq!(is_listed(&desk, verona), key == "y", "{key}: what was only a slip leaves no chat");
    }
}

#[test]
fn what_was_meant_is_found_among_the_rooms_that_are_known_and_those_that_are_listed() {
    for (line, room, listed, meant) in [
        ("/join verona", "verona", vec!["verona-plaza"], Some("verona-plaza")),
        ("/join verona plaza", "verona", vec!["verona_plaza", "verona-old"], Some("verona_plaza")),
        ("/join plazza", "plazza", vec![], Some("plaza")),
        ("/join pl-aza", "pl-aza", vec!["x"], Some("plaza")),
        ("/join moon", "moon", vec!["verona-plaza", "sun"], None),
        ("/join moon", "moon", vec![], None),
    ] {
        let mut desk = desk();
        // One that the user was in.
        desk.joins("plaza@rooms.montague.lit", &["romeo"]);
        desk.joins("plazza@elsewhere.lit", &["romeo"]);
        desk.enters(line);
        let address = |name: &str| format!("{name}@{ROOMS}");
        let listed: Vec<String> = listed.into_iter().map(address).collect();
        not_there(&mut desk, &address(room), &listed.iter().map(String::as_str).collect::<Vec<_>>());
        let asked = match meant {
            Some(meant) => format!("There is no room {room}. Create it (y), or did you mean {meant} (m)?"),
            None => format!("There is no room {room} at {ROOMS}. Create it (y)?"),
        };
        assert_eq!(question(&desk), asked, "{line}");
    }
}

/// Every way to name a room asks before it makes one.
#[test]
fn no_way_into_a_room_makes_one() {
    let lines: [fn(&mut Desk) -> Effects; 5] = [
        |desk| desk.enters("/join moon"),
        |desk| desk.enters("/join moon@rooms.montague.lit"),
        |desk| desk.enters("/join xmpp:moon@rooms.montague.lit?join"),
        |desk| {
            desk.key("f5");
            desk.types("moon");
            desk.key("enter")
        },
        |desk| {
            let invite = RoomInvite {
                room: bare("moon@rooms.montague.lit"),
                from: Jid::parse("juliet@capulet.lit").unwrap(),
                reason: None,
                password: None,
                is_by_room: false,
            };
            desk.event(Event::Muc(muc::Event::Invited(invite)));
            desk.enters("/accept")
        },
    ];
    for (at, way) in lines.into_iter().enumerate() {
        let mut desk = desk();
        let effects = way(&mut desk);
        assert_eq!(joins(&effects), [(false, "moon@rooms.montague.lit".to_owned(), None, None)], "{at}");
    }
}

#[test]
fn a_mark_in_front_of_an_address_belongs_to_it() {
    for (typed, room) in [
        ("#tea", "tea@rooms.montague.lit"),
        ("##tea", "#tea@rooms.montague.lit"),
        ("#test%server@irc.gw", "#test%server@irc.gw"),
        ("##chan%irc.example.net@irc.gw", "##chan%irc.example.net@irc.gw"),
        ("#tea@rooms.montague.lit", "#tea@rooms.montague.lit"),
        ("xmpp:%23chan%25irc.example.net@irc.gw?join", "#chan%irc.example.net@irc.gw"),
    ] {
        assert_eq!(joins(&desk().enters(&format!("/join {typed}")))[0].1, room, "/join {typed}");
        let mut other = desk();
        other.key("alt-j");
        other.types(typed);
        assert_eq!(joins(&other.key("enter"))[0].1, room, "Alt-J {typed}");
        // The row is found by what was typed.
        let mut other = desk();
        other.joins(room, &["romeo"]);
        other.joins("test%server@irc.gw", &["romeo"]);
        if !typed.starts_with("xmpp:") {
            other.enters(&format!("/win {typed}"));
            assert_eq!(other.state.current_id(), Some(&chat(room)), "/win {typed}");
        }
    }
}

#[test]
fn completion_takes_the_mark_off_a_name_alone() {
    let offers = |typed: &str| {
        let mut desk = desk();
        for room in ["test%server@irc.gw", "#test%server@irc.gw", "tea@rooms.montague.lit"] {
            desk.joins(room, &["romeo"]);
        }
        let line = format!("/join {typed}");
        let offer = parlour::slash::complete(&desk.state, &line, line.len());
        offer.map(|o| o.items.into_iter().map(|(insert, _)| insert.trim().to_owned()).collect()).unwrap_or_default()
    };
    assert_eq!(offers("#tea"), ["tea@rooms.montague.lit"]);
    let found: Vec<String> = offers("#test%server@");
    assert_eq!(found, ["#test%server@irc.gw"], "in front of an address it is no decoration");
}

#[test]
fn links_are_read_whole() {
    let links = [
        ("xmpp:plaza@rooms.montague.lit?join", "plaza@rooms.montague.lit", None, None),
        ("XMPP:plaza@rooms.montague.lit?join", "plaza@rooms.montague.lit", None, None),
        ("xmpp:plaza@rooms.montague.lit", "plaza@rooms.montague.lit", None, None),
        ("xmpp:plaza@rooms.montague.lit?join;password=x%20y", "plaza@rooms.montague.lit", None, Some("x y")),
        ("xmpp:plaza@rooms.montague.lit/Ro%20meo?join", "plaza@rooms.montague.lit", Some("Ro meo"), None),
        ("xmpp:caf%C3%A9@rooms.montague.lit?join", "café@rooms.montague.lit", None, None),
        ("xmpp://romeo@montague.lit/plaza@rooms.montague.lit?join", "plaza@rooms.montague.lit", None, None),
        ("xmpp:plaza@rooms.montague.lit?join#top", "plaza@rooms.montague.lit", None, None),
    ];
    for (link, room, nick, password) in links {
        let wanted = [(false, room.to_owned(), nick.map(str::to_owned), password.map(str::to_owned))];
        assert_eq!(joins(&desk().enters(&format!("/join {link}"))), wanted, "{link}");
        let mut other = desk();
        other.key("alt-j");
        other.types(link);
        assert_eq!(joins(&other.key("enter")), wanted, "Alt-J {link}");
    }
    // What is typed counts more than what the link says.
    let typed = desk().enters("/join xmpp:plaza@rooms.montague.lit/a?join;password=b c d");
    assert_eq!(
        joins(&typed)[0],
        (false, "plaza@rooms.montague.lit".to_owned(), Some("c".to_owned()), Some("d".to_owned()))
    );
    for (link, words) in [
        ("xmpp:juliet@capulet.lit?message", "does not lead to a room: it says ?message"),
        ("xmpp:a%2", "two hexadecimal digits must follow each %"),
        ("xmpp:a%zz@b.lit", "two hexadecimal digits must follow each %"),
        ("xmpp:%ff@b.lit", "not text"),
        ("xmpp://romeo@montague.lit", "does not lead to a room"),
    ] {
        let mut desk = desk();
        assert_eq!(joins(&desk.enters(&format!("/join {link}"))), [], "{link}");
        let error = &desk.state.composer.error.as_ref().unwrap().0;
        assert!(error.contains(words), "{link}: {error}");
    }
}

#[test]
fn an_address_with_a_space_is_no_room_with_a_nickname() {
    let mut desk = desk();
    assert_eq!(joins(&desk.enters("/join foo bar@svc")), []);
    let (words, span) = desk.state.composer.error.clone().unwrap();
    assert!(words.contains("bar@svc is an address, not a nickname"), "{words}");
    assert_eq!(&desk.text()[span], "bar@svc");
    // With a whole address in front it may be one.
    desk.key("ctrl-u");
    let effects = desk.enters("/join foo@svc.lit bar@svc");
    assert_eq!(joins(&effects)[0].2.as_deref(), Some("bar@svc"));
}

#[test]
fn join_alone_asks_which_and_takes_no_invitation() {
    let mut desk = desk();
    let invite = RoomInvite {
        room: bare("party@x.lit"),
        from: Jid::parse("juliet@capulet.lit").unwrap(),
        reason: None,
        password: None,
        is_by_room: false,
    };
    desk.event(Event::Muc(muc::Event::Invited(invite)));
    for open in ["", "Juliet", "plaza"] {
        if open == "plaza" {
            desk.joins("plaza@rooms.montague.lit", &["romeo"]);
        }
        if !open.is_empty() {
            desk.opens(open);
        }
        assert_eq!(joins(&desk.enters("/join")), [], "{open}");
        assert!(matches!(desk.top(), Some(Overlay::Prompt(p)) if p.kind == PromptKind::Join), "{open}");
        desk.key("esc");
        assert_eq!(desk.state.requests.list.len(), 1);
    }
    // In a room that one is not in any more it is that one.
    let reason = LeaveReason::Kicked { by: None, reason: None };
    desk.event(Event::Muc(muc::Event::Left { room: bare("plaza@rooms.montague.lit"), reason }));
    assert_eq!(joins(&desk.enters("/join"))[0].1, "plaza@rooms.montague.lit");
}

#[test]
fn a_join_that_is_not_answered_can_be_tried_again() {
    let mut desk = desk();
    let plaza = bare("plaza@rooms.montague.lit");
    desk.enters("/join plaza");
    desk.event(Event::Muc(muc::Event::JoinFailed { room: plaza.clone(), reason: RoomFailure::Timeout }));
    let membership = |desk: &Desk| desk.state.rooms.get(&me(), &plaza).unwrap().membership.clone();
    assert_eq!(membership(&desk), Membership::Failed(RoomFailure::Timeout));
    assert!(desk.toasts().iter().any(|t| t.contains("no answer in time")), "{:?}", desk.toasts());
    assert_eq!(joins(&desk.enters("/join")).len(), 1);
    assert_eq!(membership(&desk), Membership::Joining);
}

/// An address that stands in the roster as well.
#[test]
fn a_room_among_the_contacts_is_a_room_still() {
    let mut desk = desk();
    let contact = Contact {
        jid: bare("plaza@rooms.montague.lit"),
        name: None,
        groups: vec![],
        subscription: Subscription::None,
        is_asked: false,
    };
    desk.event(Event::Roster(parlour::contract::event::roster::Event::Loaded(vec![contact])));
    desk.key("alt-j");
    desk.types("plaza@rooms.montague.lit");
    assert_eq!(joins(&desk.key("enter"))[0].1, "plaza@rooms.montague.lit");
}
