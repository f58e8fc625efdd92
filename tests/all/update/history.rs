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
fn a_message_that_changed_takes_its_place() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    desk.types("Juliet");
    let effects = desk.key("enter");
    let old = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, "theirs");
    let mut new = old.clone();
    new.ids.origin = Some("learnt".into());
    desk.answers(&effects, vec![old]);
    desk.event(Event::Chat(event::Event::MessageChanged(Box::new(new.clone()))));
    assert_eq!(desk.state.timeline().unwrap().messages, [new]);
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    desk.types("Juliet");
    let effects = desk.key("enter");
    let (id, from, seq) = page(&effects).unwrap();
    let messages = old(&mut desk, 1, 0);
    let late = Reply::Page { chat: id, from, messages, is_oldest: true, is_newest: true, newer: 0, seq: seq + 100 };
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
    desk.msg(Msg::Replied(Reply::Page { chat: id, from, messages, is_oldest: false, is_newest: true, newer: 0, seq }));
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
        unread: 600,
        mentions: 600,
        last_activity: Time(desk.now),
        ..ChatSummary::new(chat(JULIET), ChatKind::Contact)
    };
    let stored = archive::Event::PageStored { archive: bare(ME), added: 600, late: Vec::new(), chats: vec![summary] };
    let effects = desk.event(Event::History(stored));
    let (id, from, seq) = page(&effects).expect("the open chat asks the store");
    assert_eq!(from, PageFrom::Newest);
    assert_eq!(desk.unread(JULIET), (600, 600), "nobody has seen it yet");
    let mut messages = Vec::new();
    for i in 0..500 {
        let message = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, &format!("night {i}"));
        messages.push(message);
    }
    let reply = Reply::Page { chat: id, from, messages, is_oldest: false, is_newest: true, newer: 0, seq };
    desk.msg(Msg::Replied(reply));
    let timeline = desk.state.timeline().unwrap();
    assert_eq!(timeline.messages.len(), 500, "what lies on the other side of a hole is not shown beside it");
    assert_eq!(timeline.messages[0].body.raw(), "night 0");
    assert!(!timeline.is_oldest);
    assert_eq!(desk.unread(JULIET), (0, 0), "it is in sight");
}

#[test]
fn what_came_late_below_what_was_read_is_told() {
    let mut desk = Desk::online();
    let page = |late: &[(&str, usize)]| {
        let late = late.iter().map(|(who, count)| (chat(who), *count)).collect();
        Event::History(archive::Event::PageStored { archive: bare(ME), added: 9, late, chats: Vec::new() })
    };
    let done = || Event::History(archive::Event::CatchUpDone(bare(ME)));
    desk.event(page(&[(JULIET, 1)]));
    assert!(desk.toasts().is_empty(), "there may be more");
    desk.event(done());
    assert_eq!(desk.toasts(), ["1 message came late, further up in Juliet: older than what you have read"]);
    desk.event(page(&[(JULIET, 250)]));
    desk.event(page(&[(JULIET, 250), ("a@b.lit", 1), ("c@b.lit", 1), ("d@b.lit", 1)]));
    desk.event(done());
    desk.event(done());
    assert_eq!(
        desk.toasts()[1..],
        ["503 messages came late, further up in Juliet, a@b.lit, c@b.lit and others: older than what you have read"]
    );
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
    desk.msg(Msg::Replied(Reply::Found {
        messages: vec![found[2].clone()],
        is_more: false,
        oldest: None,
        seq: seq - 1,
    }));
    assert!(matches!(desk.top(), Some(parlour::state::overlays::Overlay::Search(s)) if s.results.is_empty()));
    desk.msg(Msg::Replied(Reply::Found { messages: vec![found[1].clone()], is_more: false, oldest: None, seq }));
    let effects = desk.key("enter");
    assert_eq!(desk.state.current_id(), Some(&chat(JULIET)));
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(found[1].order));
    let row = found[1].row;
    desk.answers(&effects, found);
    assert_eq!(desk.state.timeline().unwrap().highlighted, Some(row));
}

/// The open chat's window, trimmed while the user read far above its end.
fn trimmed() -> Desk {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let effects = desk.event(Event::History(archive::Event::OlderFetched { chat: chat(JULIET), is_start: true }));
    desk.answers(&effects, vec![]);
    for i in 0..WINDOW_ROWS {
        desk.says(JULIET, &i.to_string());
    }
    let row = desk.state.timeline().unwrap().messages[20].row;
    desk.state.viewport.page_up = Scroll::At { row, lines_below: 0 };
    desk.key("pageup");
    desk.says(JULIET, "trims");
    assert!(!desk.state.timeline().unwrap().is_newest);
    desk
}

/// Down to the end of the window, which asks for what is newer.
fn down(desk: &mut Desk) -> parlour::update::Effects {
    let row = desk.state.timeline().unwrap().messages.last().unwrap().row;
    desk.state.viewport.page_down = Scroll::At { row, lines_below: 0 };
    desk.state.viewport.is_at_bottom = true;
    desk.key("pagedown")
}

#[test]
fn what_comes_while_the_last_page_is_read_is_shown_before_it_counts_as_read() {
    let mut desk = trimmed();
    let effects = down(&mut desk);
    assert!(matches!(page(&effects).unwrap().1, PageFrom::After(_)));
    let snapshot = vec![desk.message(&chat(JULIET), ChatKind::Contact, JULIET, "trims")];
    let late = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, "late");
    desk.event(Event::Chat(event::Event::MessageArrived(Box::new(late.clone()))));
    desk.state.timelines.list[0].scroll = Scroll::Bottom;
    let effects = desk.answers(&effects, snapshot.clone());
    assert!(!bodies(&desk).contains(&"late"));
    assert_eq!(writes(&effects), [], "nothing is read that is not here");
    assert_eq!(desk.unread(JULIET).0, 2);
    assert!(page(&effects).is_some(), "the window asks once more");
    let effects = desk.answers(&effects, vec![snapshot[0].clone(), late.clone()]);
    assert_eq!(bodies(&desk).last(), Some(&"late"));
    let read = parlour::contract::UserWrite::Read { chat: chat(JULIET), up_to: late.order };
    assert_eq!(writes(&effects), [read]);
    assert_eq!(desk.unread(JULIET).0, 0);
    assert_eq!(page(&effects), None, "and no further");
}

#[test]
fn a_jump_into_a_trimmed_window_misses_nothing_that_came_meanwhile() {
    let mut desk = trimmed();
    let last = desk.state.timeline().unwrap().messages.last().unwrap().clone();
    desk.key("alt-g");
    let effects = desk.types("trims");
    let asked = |e: &parlour::update::Effect| match e {
        parlour::update::Effect::Query(parlour::contract::Query::Search { seq, .. }) => Some(*seq),
        _ => None,
    };
    let seq = effects.iter().rev().find_map(asked).unwrap();
    desk.msg(Msg::Replied(Reply::Found { messages: vec![last.clone()], is_more: false, oldest: None, seq }));
    let effects = desk.key("enter");
    desk.says(JULIET, "late");
    let effects = desk.answers(&effects, vec![last]);
    let (_, from, _) = page(&effects).expect("asked once more");
    assert!(matches!(from, PageFrom::Around(_) | PageFrom::Newest));
}

#[test]
fn a_tick_that_comes_before_its_message_is_not_lost() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    desk.types("Juliet");
    let effects = desk.key("enter");
    let mut own = desk.message(&chat(JULIET), ChatKind::Contact, ME, "mine");
    own.delivery = Delivery::Sent;
    own.ids.stanza = Some("i1".into());
    let stale = own.clone();
    own.delivery = Delivery::Acked;
    let change =
        event::Event::DeliveryChanged { chat: chat(JULIET), row: own.row, id: "i1".into(), delivery: Delivery::Acked };
    desk.event(Event::Chat(change));
    let effects = desk.answers(&effects, vec![stale]);
    desk.answers(&effects, vec![own]);
    assert_eq!(desk.state.timeline().unwrap().messages[0].delivery, Delivery::Acked);
}

#[test]
fn what_was_dropped_does_not_come_back_with_a_page() {
    let mut desk = Desk::online();
    desk.key("ctrl-k");
    desk.types("Juliet");
    let effects = desk.key("enter");
    let mut own = desk.message(&chat(JULIET), ChatKind::Contact, ME, "mine");
    own.delivery = Delivery::Failed("forbidden".into());
    own.ids.stanza = Some("i1".into());
    desk.event(Event::Chat(event::Event::MessageDropped { chat: chat(JULIET), row: own.row, id: "i1".into() }));
    desk.answers(&effects, vec![own]);
    assert_eq!(bodies(&desk), Vec::<&str>::new());
}

#[test]
fn what_waited_and_was_dropped_does_not_hold_the_user_at_the_end() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let mut own = desk.message(&chat(JULIET), ChatKind::Contact, ME, "mine");
    own.delivery = Delivery::Pending;
    own.ids.stanza = Some("i1".into());
    let row = own.row;
    desk.event(Event::Chat(event::Event::MessageArrived(Box::new(own))));
    // The window moved on before the store had dropped it.
    desk.state.timelines.list[0].messages.clear();
    desk.event(Event::Chat(event::Event::MessageDropped { chat: chat(JULIET), row, id: "i1".into() }));
    assert!(desk.key("ctrl-q").contains(&parlour::update::Effect::Quit), "nothing is unsent: {:?}", desk.top());
}
