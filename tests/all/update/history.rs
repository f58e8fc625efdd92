//! Pages of the store and the archive: merged by key, never replacing, never with a hole.

use super::desk::*;
use parlour::contract::archive::PageFrom;
use parlour::contract::command::history::Command as History;
use parlour::contract::event::chat as event;
use parlour::contract::event::history as archive;
use parlour::contract::{Command, Event, Reply};
use parlour::model::*;
use parlour::state::timeline::{Scroll, WINDOW_ROWS};
use parlour::update::Msg;

const JULIET: &str = "juliet@capulet.lit";

fn bodies(desk: &Desk) -> Vec<&str> {
    desk.state.timeline().unwrap().messages.iter().map(|m| m.body.raw()).collect()
}

/// Messages before everything else, in order.
fn old(desk: &mut Desk, count: i64, first: i64) -> Vec<Message> {
    let made = (0..count).map(|i| {
        let mut message = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, &format!("old {}", first + i));
        message.row = RowId(100_000 + first + i);
        message.order = Order(1_000 + first + i);
        message
    });
    made.collect()
}

#[test]
fn a_live_message_before_the_page_is_kept_in_its_place() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    desk.types("Juliet");
    let effects = desk.key("enter");
    desk.says(JULIET, "live");
    let stored = old(&mut desk, 2, 0);
    desk.answers(&effects, stored);
    assert_eq!(bodies(&desk), ["old 0", "old 1", "live"]);
}

#[test]
fn a_page_never_puts_a_delivery_back() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    desk.types("Juliet");
    let effects = desk.key("enter");
    let mut own = desk.message(&chat(JULIET), ChatKind::Contact, ME, "mine");
    own.delivery = Delivery::Pending;
    own.ids.stanza = Some("i1".into());
    let stale = own.clone();
    let (row, id) = (own.row, own.ids.stanza.clone().unwrap());
    desk.event(Event::Chat(event::Event::MessageArrived(Box::new(own))));
    let acked = event::Event::DeliveryChanged { chat: chat(JULIET), row, id, delivery: Delivery::Acked };
    desk.event(Event::Chat(acked));
    desk.answers(&effects, vec![stale]);
    assert_eq!(desk.state.timeline().unwrap().messages.len(), 1);
    assert_eq!(desk.state.timeline().unwrap().messages[0].delivery, Delivery::Acked);
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    desk.types("Juliet");
    let effects = desk.key("enter");
    let (id, from, seq) = page(&effects).unwrap();
    let messages = old(&mut desk, 1, 0);
    let late = Reply::Page { chat: id, from, messages, is_oldest: true, is_newest: true, seq: seq + 100 };
    desk.msg(Msg::Replied(late));
    assert_eq!(bodies(&desk), Vec::<&str>::new());
}

#[test]
fn scrolling_up_pages_from_the_store_then_from_the_archive() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    desk.types("Juliet");
    let effects = desk.key("enter");
    let (id, from, seq) = page(&effects).unwrap();
    let messages = old(&mut desk, 100, 100);
    desk.msg(Msg::Replied(Reply::Page { chat: id, from, messages, is_oldest: false, is_newest: true, seq }));
    desk.state.viewport.is_at_top = true;
    let effects = desk.key("pageup");
    assert_eq!(page(&effects).unwrap().1, PageFrom::Before(Order(1_100)));
    let again = desk.key("pageup");
    assert_eq!(page(&again), None, "one question at a time");
    let messages = old(&mut desk, 100, 0);
    desk.answers(&effects, messages);
    assert_eq!(desk.state.timeline().unwrap().messages.len(), 200);
    let effects = desk.key("pageup");
    let asked = commands(&effects);
    assert!(matches!(&asked[..], [Command::History(History::FetchOlder { .. })]), "{asked:?}");
    let effects = desk.event(Event::History(archive::Event::OlderFetched { chat: chat(JULIET), is_start: true }));
    assert!(matches!(page(&effects).unwrap().1, PageFrom::Before(_)));
    desk.answers(&effects, vec![]);
    assert_eq!(commands(&desk.key("pageup")), [], "the beginning is the beginning");
}

#[test]
fn an_archive_that_refuses_is_not_asked_again_and_again() {
    let mut desk = Desk::online();
    let effects = desk.opens("Juliet");
    assert_eq!(desk.state.timeline().unwrap().messages.len(), 0);
    drop(effects);
    let failed =
        archive::Event::Failed { archive: bare(ME), chat: Some(chat(JULIET)), reason: "service-unavailable".into() };
    desk.event(Event::History(failed));
    desk.state.viewport.is_at_top = true;
    assert_eq!(commands(&desk.key("pageup")), []);
}

#[test]
fn a_window_stays_a_window() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    for i in 0..WINDOW_ROWS + 200 {
        desk.says(JULIET, &i.to_string());
    }
    let timeline = desk.state.timeline().unwrap();
    assert_eq!(timeline.messages.len(), WINDOW_ROWS);
    assert!(timeline.is_newest && !timeline.is_oldest);
    assert_eq!(timeline.messages.last().unwrap().body.raw(), "699");
}

#[test]
fn whoever_reads_old_messages_keeps_them() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    for i in 0..WINDOW_ROWS {
        desk.says(JULIET, &i.to_string());
    }
    let row = desk.state.timeline().unwrap().messages[20].row;
    desk.state.viewport.page_up = Scroll::At { row, lines_below: 0 };
    desk.key("pageup");
    for i in 0..50 {
        desk.says(JULIET, &format!("new {i}"));
    }
    let timeline = desk.state.timeline().unwrap();
    assert_eq!(timeline.messages[0].body.raw(), "0");
    assert!(!timeline.is_newest);
    assert_eq!(desk.unread(JULIET).0, 50);
    let effects = desk.key("alt-end");
    assert_eq!(page(&effects).unwrap().1, PageFrom::Newest);
}

#[test]
fn what_the_archive_brought_for_the_open_chat_is_loaded_without_a_hole() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "before the night");
    let summary = ChatSummary {
        id: chat(JULIET),
        kind: ChatKind::Contact,
        is_open: true,
        is_accepted: true,
        unread: 600,
        mentions: 600,
        read_up_to: Order(0),
        last_activity: Time(desk.now),
        last: None,
        draft: String::new(),
        name: None,
    };
    let stored = archive::Event::PageStored { archive: bare(ME), added: 600, chats: vec![summary] };
    let effects = desk.event(Event::History(stored));
    let (id, from, seq) = page(&effects).expect("the open chat asks the store");
    assert_eq!(from, PageFrom::Newest);
    let mut messages = Vec::new();
    for i in 0..500 {
        let message = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, &format!("night {i}"));
        messages.push(message);
    }
    let reply = Reply::Page { chat: id, from, messages, is_oldest: false, is_newest: true, seq };
    desk.msg(Msg::Replied(reply));
    let timeline = desk.state.timeline().unwrap();
    assert_eq!(timeline.messages.len(), 500, "what lies on the other side of a hole is not shown beside it");
    assert_eq!(timeline.messages[0].body.raw(), "night 0");
    assert!(!timeline.is_oldest);
    assert_eq!(desk.unread(JULIET), (0, 0), "it is in sight");
}

#[test]
fn a_search_result_opens_its_chat_around_it() {
    let mut desk = Desk::online();
    desk.key("alt-g");
    let effects = desk.types("poem");
    let seq = effects
        .iter()
        .rev()
        .find_map(|e| match e {
            parlour::update::Effect::Query(parlour::contract::Query::Search { seq, words, .. }) => {
                assert_eq!(words, "poem");
                Some(*seq)
            }
            _ => None,
        })
        .unwrap();
    let found = old(&mut desk, 3, 0);
    desk.msg(Msg::Replied(Reply::Found { messages: vec![found[2].clone()], is_more: false, seq: seq - 1 }));
    assert!(matches!(desk.top(), Some(parlour::state::overlays::Overlay::Search(s)) if s.results.is_empty()));
    desk.msg(Msg::Replied(Reply::Found { messages: vec![found[1].clone()], is_more: false, seq }));
    let effects = desk.key("enter");
    assert_eq!(desk.state.current_id(), Some(&chat(JULIET)));
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(found[1].order));
    let row = found[1].row;
    desk.answers(&effects, found);
    assert_eq!(desk.state.timeline().unwrap().selected, Some(row));
}
