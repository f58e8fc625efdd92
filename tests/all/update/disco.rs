//! The service browser.

use super::desk::*;
use parlour::contract::command::{muc, service as command};
use parlour::contract::event::service;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::{DiscoView, Load, Overlay};
use parlour::update::Effects;

fn view(desk: &Desk) -> &DiscoView {
    match desk.top() {
        Some(Overlay::Disco(disco)) => disco,
        other => panic!("{other:?}"),
    }
}

/// The questions among effects: (address, for items, token).
fn asked(effects: &Effects) -> Vec<(String, bool, Token)> {
    let asked = commands(effects).into_iter().filter_map(|c| match c {
        Command::Service(command::Command::Info { jid, token, .. }) => Some((jid.to_string(), false, token)),
        Command::Service(command::Command::Items { jid, token, .. }) => Some((jid.to_string(), true, token)),
        _ => None,
    });
    asked.collect()
}

fn items(desk: &mut Desk, token: Token, names: &[String], next: Option<&str>) -> Effects {
    let items = names.iter().map(|n| DiscoItem { jid: Jid::parse(n).unwrap(), node: None, name: None }).collect();
    let answer = Ok(DiscoItems { items, count: Some(40), next: next.map(str::to_owned) });
    desk.event(Event::Service(service::Event::ItemsArrived { token, answer }))
}

fn info(desk: &mut Desk, token: Token, category: &str) -> Effects {
    let identity = DiscoIdentity { category: category.into(), kind: "text".into(), lang: String::new(), name: None };
    let answer = Ok(DiscoInfo { identities: vec![identity], ..DiscoInfo::default() });
    desk.event(Event::Service(service::Event::InfoArrived { token, answer }))
}

#[test]
fn the_tree_loads_as_it_is_opened_four_questions_at_a_time() {
    let mut desk = Desk::online();
    let first = asked(&desk.key("f4"));
    assert_eq!(first.len(), 2, "{first:?}");
    let names: Vec<String> = (0..20).map(|i| format!("s{i}.montague.lit")).collect();
    let items_token = first.iter().find(|(_, is_items, _)| *is_items).unwrap().2;
    let more = asked(&items(&mut desk, items_token, &names, None));
    assert_eq!(view(&desk).nodes.len(), 21);
    assert_eq!(more.len(), 3, "one question of the first two is still open");
    assert_eq!(view(&desk).waiting.len(), 4);
    let more = asked(&info(&mut desk, more[0].2, "gateway"));
    assert_eq!(more.len(), 1);
}

#[test]
fn enter_joins_a_room_of_a_room_service() {
    let mut desk = Desk::online();
    let first = asked(&desk.enters("/disco rooms.montague.lit"));
    for (_, is_items, token) in first {
        if is_items {
            items(&mut desk, token, &["plaza@rooms.montague.lit".to_owned()], None);
        } else {
            info(&mut desk, token, "conference");
        }
    }
    desk.key("down");
    let effects = desk.key("enter");
    let join = muc::Command::Enter { room: bare("plaza@rooms.montague.lit"), nick: None, password: None };
    assert!(commands(&effects).contains(&Command::Muc(join)));
    assert!(desk.state.overlays.is_empty());
}

#[test]
fn the_next_page_is_asked_for_at_the_end_of_one() {
    let mut desk = Desk::online();
    let first = asked(&desk.enters("/disco rooms.montague.lit"));
    let token = first.iter().find(|(_, is_items, _)| *is_items).unwrap().2;
    let names: Vec<String> = (0..2).map(|i| format!("r{i}@rooms.montague.lit")).collect();
    items(&mut desk, token, &names, Some("r1"));
    desk.key("down");
    let effects = desk.key("down");
    let next = commands(&effects).into_iter().find_map(|c| match c {
        Command::Service(command::Command::Items { after, .. }) => after,
        _ => None,
    });
    assert_eq!(next.as_deref(), Some("r1"));
}

#[test]
fn a_failed_row_stays_and_is_tried_again() {
    let mut desk = Desk::online();
    let first = asked(&desk.key("f4"));
    let token = first.iter().find(|(_, is_items, _)| *is_items).unwrap().2;
    desk.event(Event::Service(service::Event::ItemsArrived { token, answer: Err("timed out".into()) }));
    assert_eq!(view(&desk).nodes[0].items_load, Load::Failed("timed out".into()));
    let again = asked(&desk.key("r"));
    assert_eq!(again.len(), 1);
    assert!(again[0].1);
}

#[test]
fn a_service_that_is_its_own_child_makes_no_endless_tree() {
    let mut desk = Desk::online();
    let first = asked(&desk.enters("/disco a.lit"));
    let token = first.iter().find(|(_, is_items, _)| *is_items).unwrap().2;
    items(&mut desk, token, &["a.lit".to_owned(), "b.lit".to_owned(), "b.lit".to_owned()], None);
    let names: Vec<_> = view(&desk).nodes.iter().map(|n| n.jid.to_string()).collect();
    assert_eq!(names, ["a.lit", "b.lit"]);
}

#[test]
fn the_filter_narrows_and_esc_gives_all_back() {
    let mut desk = Desk::online();
    let first = asked(&desk.key("f4"));
    let token = first.iter().find(|(_, is_items, _)| *is_items).unwrap().2;
    items(&mut desk, token, &["irc.montague.lit".to_owned(), "rooms.montague.lit".to_owned()], None);
    desk.key("/");
    desk.types("irc");
    assert_eq!(view(&desk).shown().len(), 1);
    desk.key("esc");
    assert_eq!(view(&desk).shown().len(), 3);
    desk.key("esc");
    assert!(desk.state.overlays.is_empty());
}

#[test]
fn back_and_forward_go_where_one_was() {
    let mut desk = Desk::online();
    desk.key("f4");
    desk.key("a");
    desk.key("ctrl-u");
    desk.types("example.org");
    desk.key("enter");
    assert_eq!(view(&desk).nodes[0].jid.as_str(), "example.org");
    desk.key("alt-left");
    assert_eq!(view(&desk).nodes[0].jid.as_str(), "montague.lit");
    desk.key("alt-right");
    assert_eq!(view(&desk).nodes[0].jid.as_str(), "example.org");
}

#[test]
fn answers_nobody_waits_for_mean_nothing() {
    let mut desk = Desk::online();
    items(&mut desk, Token(77), &["x.lit".to_owned()], None);
    info(&mut desk, Token(78), "server");
    let jid = Jid::parse("x.lit").unwrap();
    let answer = EntityAnswer::Ping(std::time::Duration::from_millis(3));
    desk.event(Event::Service(service::Event::EntityAnswered { token: Token(79), jid, answer }));
    assert_eq!(desk.toasts(), Vec::<&str>::new());
}

#[test]
fn what_was_unfolded_is_unfolded_again_and_folding_ends_that() {
    let mut desk = Desk::online();
    let rooms = Jid::parse("rooms.montague.lit").unwrap();
    let unfolded = |effects: &Effects| {
        writes(effects).into_iter().find_map(|w| match w {
            parlour::contract::UserWrite::Unfolded { nodes, .. } => Some(nodes),
            _ => None,
        })
    };
    let open = |desk: &mut Desk| {
        let first = asked(&desk.key("f4"));
        let token = first.iter().find(|(_, is_items, _)| *is_items).unwrap().2;
        let effects = items(desk, token, &["chat.montague.lit".to_owned(), rooms.to_string()], None);
        let is_asked = asked(&effects).iter().any(|(jid, is_items, _)| *is_items && *jid == *rooms.as_str());
        (is_asked, view(desk).nodes.iter().map(|n| n.is_open).collect::<Vec<_>>())
    };
    assert_eq!(open(&mut desk), (false, vec![true, false, false]));
    desk.key("down");
    desk.key("down");
    assert_eq!(unfolded(&desk.key("right")), Some(vec![(rooms.clone(), None)]));
    desk.key("esc");
    assert_eq!(open(&mut desk), (true, vec![true, false, true]), "the same tree as before");
    desk.key("down");
    desk.key("down");
    assert_eq!(unfolded(&desk.key("left")), Some(vec![]));
    desk.key("esc");
    assert_eq!(open(&mut desk), (false, vec![true, false, false]));
}
