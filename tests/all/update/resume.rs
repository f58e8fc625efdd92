//! The next start begins where the last run ended.

use super::desk::*;
use parlour::contract::archive::PageFrom;
use parlour::contract::{Reply, UserWrite};
use parlour::model::*;
use parlour::state::timeline::Scroll;
use parlour::update::{Effects, Msg};

const JULIET: &str = "juliet@capulet.lit";

fn summary(jid: &str, bottom: Option<Order>) -> ChatSummary {
    ChatSummary { is_current: true, bottom, ..ChatSummary::new(chat(jid), ChatKind::Contact) }
}

fn starts(desk: &mut Desk, chats: Vec<ChatSummary>) -> Effects {
    desk.msg(Msg::Replied(Reply::Chats { account: me(), chats, contacts: vec![], unfolded: vec![] }))
}

#[test]
fn the_chat_that_was_open_is_open_at_the_newest_message() {
    let mut desk = Desk::online();
    let effects = starts(&mut desk, vec![summary(JULIET, None)]);
    assert_eq!(desk.state.current_id(), Some(&chat(JULIET)));
    assert_eq!(page(&effects).unwrap().1, PageFrom::Newest);
}

#[test]
fn it_stands_where_it_stood() {
    let mut desk = Desk::online();
    let messages: Vec<Message> =
        (0..50).map(|n| desk.message(&chat(JULIET), ChatKind::Contact, JULIET, &format!("line {n}"))).collect();
    let bottom = messages[20].order;
    let effects = starts(&mut desk, vec![summary(JULIET, Some(bottom))]);
    let (id, from, seq) = page(&effects).unwrap();
    assert_eq!(from, PageFrom::Around(bottom));
    let row = messages[20].row;
    let effects = desk.msg(Msg::Replied(Reply::Page {
        chat: id,
        from,
        messages,
        is_oldest: true,
        is_newest: true,
        newer: 0,
        seq,
    }));
    assert_eq!(desk.state.timeline().unwrap().scroll, Scroll::At { row, lines_below: 0 });
    assert!(!writes(&effects).iter().any(|w| matches!(w, UserWrite::Read { .. })), "what lies below is not read");
}

#[test]
fn a_message_that_is_gone_is_no_loss() {
    for (kept, expected) in [(0..20, None), (0..0, None), (0..30, Some(24)), (30..50, None)] {
        let mut desk = Desk::online();
        let all: Vec<Message> =
            (0..50).map(|n| desk.message(&chat(JULIET), ChatKind::Contact, JULIET, &format!("line {n}"))).collect();
        let bottom = all[25].order;
        let effects = starts(&mut desk, vec![summary(JULIET, Some(bottom))]);
        let (id, from, seq) = page(&effects).unwrap();
        let messages: Vec<Message> = all[kept.clone()].iter().filter(|m| m.order != bottom).cloned().collect();
        desk.msg(Msg::Replied(Reply::Page {
            chat: id,
            from,
            messages,
            is_oldest: true,
            is_newest: true,
            newer: 0,
            seq,
        }));
        let wanted = expected.map_or(Scroll::Bottom, |n: usize| Scroll::At { row: all[n].row, lines_below: 0 });
        assert_eq!(desk.state.timeline().unwrap().scroll, wanted, "{kept:?}");
    }
}

#[test]
fn what_the_user_has_begun_meanwhile_stays() {
    let mut desk = Desk::online();
    desk.opens("nurse");
    starts(&mut desk, vec![summary(JULIET, None)]);
    assert_ne!(desk.state.current_id(), Some(&chat(JULIET)));
    let mut desk = Desk::online();
    desk.types("/join");
    starts(&mut desk, vec![summary(JULIET, None)]);
    assert_eq!((desk.state.current_id(), desk.text()), (None, "/join"));
}

#[test]
fn the_place_is_kept_when_a_chat_is_opened_closed_and_at_the_end() {
    let current = |effects: &Effects| {
        let all = writes(effects).into_iter().filter_map(|w| match w {
            UserWrite::Current { chat, bottom } => Some((chat, bottom)),
            _ => None,
        });
        all.collect::<Vec<_>>()
    };
    let mut desk = Desk::online();
    let effects = desk.opens("Juliet");
    assert_eq!(current(&effects), [(Some(chat(JULIET)), None)]);
    for n in 0..60 {
        desk.says(JULIET, &format!("line {n}"));
    }
    let (row, order) = desk.state.timeline().map(|t| (t.messages[10].row, t.messages[10].order)).unwrap();
    desk.state.timelines.get_mut(&chat(JULIET)).unwrap().scroll = Scroll::At { row, lines_below: 2 };
    assert_eq!(current(&desk.msg(Msg::Ending)), [(Some(chat(JULIET)), Some(order))]);
    let mut desk = Desk::online();
    desk.opens("Juliet");
    assert_eq!(current(&desk.enters("/close")), [(None, None)]);
}

#[test]
fn the_first_chat_opens_where_none_was_open() {
    let mut desk = Desk::online();
    desk.state.work.first_chat = Some(chat(JULIET));
    starts(&mut desk, vec![]);
    assert_eq!(desk.state.current_id(), Some(&chat(JULIET)));
    let mut desk = Desk::online();
    desk.state.work.first_chat = Some(chat(JULIET));
    starts(&mut desk, vec![summary("nurse@capulet.lit", None)]);
    assert_eq!(desk.state.current_id(), Some(&chat("nurse@capulet.lit")));
}
