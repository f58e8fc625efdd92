//! Far up in a chat: the first message, a day, so many messages back; what the archive has is asked for on the way.

use super::desk::*;
use parlour::contract::archive::{PageFrom, Place};
use parlour::contract::command::history::Command as History;
use parlour::contract::event::history as archive;
use parlour::contract::{Command, Event, Query, Reply};
use parlour::model::*;
use parlour::state::overlays::Overlay;
use parlour::state::timeline::Scroll;
use parlour::update::{Effect, Effects, Msg};

const JULIET: &str = "juliet@capulet.lit";
const DAY: i64 = 86_400_000;

/// What the store was asked for, and the question's number.
fn asked(effects: &Effects) -> Option<(Place, u64)> {
    effects.iter().rev().find_map(|e| match e {
        Effect::Query(Query::Place { place, seq, .. }) => Some((*place, *seq)),
        _ => None,
    })
}

fn fetches(effects: &Effects) -> usize {
    commands(effects).iter().filter(|c| matches!(c, Command::History(History::FetchOlder { .. }))).count()
}

/// A stored message, so many days old.
fn stored(desk: &mut Desk, days: i64) -> Message {
    let mut message = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, &format!("{days} days ago"));
    message.time = Time(desk.now - days * DAY);
    message.order = Order(message.time.0 * 1_000);
    message.ids.archive = Some(ArchiveId { by: bare(ME), id: format!("a{days}") });
    message
}

fn answer(desk: &mut Desk, effects: &Effects, oldest: &Message, place: Option<Order>) -> Effects {
    let (_, seq) = asked(effects).expect("the store is asked");
    desk.msg(Msg::Replied(Reply::Placed { oldest: vec![oldest.clone()], place, seq }))
}

fn older(desk: &mut Desk, is_start: bool) -> Effects {
    desk.event(Event::History(archive::Event::OlderFetched { chat: chat(JULIET), is_start }))
}

fn talked() -> Desk {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "today");
    desk
}

#[test]
fn alt_home_shows_what_is_here_at_once_and_goes_on_to_the_very_first_message() {
    let mut desk = talked();
    let (near, far, first) = (stored(&mut desk, 3), stored(&mut desk, 30), stored(&mut desk, 300));
    let effects = desk.key("alt-home");
    assert_eq!(asked(&effects).unwrap().0, Place::Oldest);
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(near.order), "at once");
    assert_eq!(fetches(&effects), 1);
    desk.answers(&effects, vec![near]);
    let effects = older(&mut desk, false);
    let effects = answer(&mut desk, &effects, &far, Some(far.order));
    assert_eq!((fetches(&effects), page(&effects)), (1, None), "further back, and the view stays");
    let effects = older(&mut desk, true);
    let effects = answer(&mut desk, &effects, &first, Some(first.order));
    assert_eq!(fetches(&effects), 0);
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(first.order));
    let row = first.row;
    desk.answers(&effects, vec![first]);
    let timeline = desk.state.timeline().unwrap();
    assert_eq!((timeline.scroll, timeline.highlighted), (Scroll::From { row }, Some(row)));
    assert!(desk.toasts()[0].starts_with("the first message here is from "), "{:?}", desk.toasts());
    assert_eq!(desk.state.timelines.seek, None);
}

#[test]
fn esc_stops_asking_and_says_how_far_it_came() {
    let mut desk = talked();
    let near = stored(&mut desk, 3);
    let effects = desk.key("alt-home");
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    assert_eq!(fetches(&effects), 1);
    desk.key("esc");
    assert!(desk.toasts()[0].starts_with("stopped; the messages here go back to "), "{:?}", desk.toasts());
    let effects = older(&mut desk, false);
    assert_eq!(asked(&effects), None);
}

#[test]
fn history_goes_to_the_day_that_it_names() {
    let mut desk = talked();
    let (near, hit, far) = (stored(&mut desk, 3), stored(&mut desk, 10), stored(&mut desk, 12));
    let effects = desk.enters("/history 2026-11-08");
    assert!(matches!(asked(&effects).unwrap().0, Place::Since(_)));
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    assert_eq!((fetches(&effects), page(&effects)), (1, None), "what is stored does not reach so far");
    let effects = older(&mut desk, false);
    let effects = answer(&mut desk, &effects, &far, Some(hit.order));
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(hit.order));
    assert_eq!(desk.toasts(), ["from Sun 8 November 2026 on"]);
}

#[test]
fn a_day_that_nobody_wrote_on_is_told() {
    let mut desk = talked();
    let near = stored(&mut desk, 3);
    let effects = desk.enters("/history 2027-01-01");
    answer(&mut desk, &effects, &near, None);
    assert_eq!(desk.toasts(), ["no messages on that day or later"]);
    // Before the first message of all.
    let effects = desk.enters("/history 2001-01-01");
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    assert_eq!(fetches(&effects), 1);
    let effects = older(&mut desk, true);
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(near.order));
    let told = desk.toasts().last().copied().unwrap_or_default().to_owned();
    assert!(told.starts_with("Mon 1 January 2001 is further back; the first message here is from "), "{told}");
}

#[test]
fn history_with_a_number_goes_so_many_messages_back_and_says_so() {
    let mut desk = talked();
    let (near, far) = (stored(&mut desk, 3), stored(&mut desk, 12));
    let effects = desk.enters("/history 1000");
    assert!(matches!(asked(&effects).unwrap().0, Place::Above(_, 1000)));
    let effects = answer(&mut desk, &effects, &near, None);
    assert_eq!(fetches(&effects), 1);
    let effects = older(&mut desk, false);
    let effects = answer(&mut desk, &effects, &far, Some(far.order));
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(far.order));
    assert_eq!(desk.toasts(), ["1000 messages back"]);
}

#[test]
fn an_archive_that_gives_the_same_again_or_nothing_is_not_asked_on_and_on() {
    let mut desk = talked();
    let near = stored(&mut desk, 3);
    let effects = desk.enters("/history 1000");
    let effects = answer(&mut desk, &effects, &near, None);
    assert_eq!(fetches(&effects), 1);
    let effects = older(&mut desk, false);
    let effects = answer(&mut desk, &effects, &near, None);
    assert_eq!(fetches(&effects), 0);
    assert!(desk.toasts()[0].starts_with("there are fewer than 1000 older messages"), "{:?}", desk.toasts());

    let mut desk = talked();
    let near = stored(&mut desk, 3);
    let effects = desk.enters("/history 1000");
    answer(&mut desk, &effects, &near, None);
    let failed = archive::Event::Failed { archive: bare(ME), chat: Some(chat(JULIET)), reason: "gone".into() };
    let effects = desk.event(Event::History(failed));
    assert!(desk.toasts()[0].contains("gone"));
    assert_eq!(fetches(&answer(&mut desk, &effects, &near, None)), 0);
}

#[test]
fn the_way_up_waits_for_the_catch_up_which_fills_the_middle() {
    for command in ["/history 200", "/history 2026-11-08"] {
        for is_failure in [false, true] {
            let mut desk = talked();
            let first = stored(&mut desk, 12);
            desk.event(Event::History(archive::Event::CatchUpStarted(bare(ME))));
            let effects = desk.enters(command);
            // The first messages and the newest are stored, and what is between them is not yet.
            let effects = answer(&mut desk, &effects, &first, Some(first.order));
            assert_eq!((fetches(&effects), page(&effects)), (0, None), "{command}");
            assert!(desk.state.timelines.seek.as_ref().unwrap().is_waiting);
            let ended = if is_failure {
                archive::Event::Failed { archive: bare(ME), chat: None, reason: "gone".into() }
            } else {
                archive::Event::CatchUpDone(bare(ME))
            };
            let effects = desk.event(Event::History(ended));
            let effects = answer(&mut desk, &effects, &first, Some(first.order));
            assert_eq!(fetches(&effects), 0, "{command}");
            assert_eq!(page(&effects).unwrap().1, PageFrom::Around(first.order), "{command}");
        }
    }
    // Alt-Home shows what is here, and asks for the rest when nobody else does.
    let mut desk = talked();
    let near = stored(&mut desk, 3);
    desk.event(Event::History(archive::Event::CatchUpStarted(bare(ME))));
    let effects = desk.key("alt-home");
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    assert_eq!((fetches(&effects), page(&effects).unwrap().1), (0, PageFrom::Around(near.order)));
    let effects = desk.event(Event::History(archive::Event::CatchUpDone(bare(ME))));
    assert_eq!(fetches(&answer(&mut desk, &effects, &near, Some(near.order))), 1);
    // A lost connection ends the catch-up as well.
    let mut desk = talked();
    let near = stored(&mut desk, 3);
    desk.event(Event::History(archive::Event::CatchUpStarted(bare(ME))));
    let effects = desk.enters("/history 200");
    answer(&mut desk, &effects, &near, None);
    let down = ConnState::Waiting { reason: DownReason::Silent, retry_at: Time(desk.now + 5_000) };
    let effects = desk.event(Event::Session(parlour::contract::event::session::Event::StateChanged(down)));
    let effects = answer(&mut desk, &effects, &near, None);
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(near.order));
    assert!(desk.toasts().last().unwrap().starts_with("fewer than 200 older messages are stored; the oldest"));
    // Esc ends the wait, and what comes later moves nothing.
    let mut desk = talked();
    desk.event(Event::History(archive::Event::CatchUpStarted(bare(ME))));
    let effects = desk.enters("/history 200");
    answer(&mut desk, &effects, &near, None);
    desk.key("esc");
    assert_eq!(asked(&desk.event(Event::History(archive::Event::CatchUpDone(bare(ME))))), None);
}

#[test]
fn offline_it_goes_as_far_as_what_is_stored() {
    let mut desk = talked();
    let near = stored(&mut desk, 3);
    let down = ConnState::Waiting { reason: DownReason::Silent, retry_at: Time(desk.now + 5_000) };
    desk.event(Event::Session(parlour::contract::event::session::Event::StateChanged(down)));
    let effects = desk.key("alt-home");
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    assert_eq!(fetches(&effects), 0);
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(near.order));
    assert!(desk.toasts().last().unwrap().contains("the oldest stored message is from"), "{:?}", desk.toasts());
}

#[test]
fn a_jump_that_shows_all_down_to_the_newest_goes_on_following_it() {
    let mut desk = talked();
    let near = stored(&mut desk, 3);
    let effects = desk.enters("/history 2026-11-15");
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    older(&mut desk, true);
    drop(effects);
    let effects = desk.enters("/history 1");
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    let row = near.row;
    desk.answers(&effects, vec![near]);
    assert_eq!(desk.state.timeline().unwrap().scroll, Scroll::From { row });
    let low = desk.state.timeline().unwrap().messages.last().unwrap().row;
    // The next frame shows all of it.
    desk.state.viewport.visible = Some((row, low));
    desk.state.viewport.is_at_bottom = true;
    desk.says(JULIET, "new");
    assert_eq!(desk.unread(JULIET).0, 0, "it is in sight");
    assert_eq!(desk.state.timeline().unwrap().scroll, Scroll::Bottom);
}

/// A jump is under way to a message that a later page has as well.
#[test]
fn a_move_of_the_user_is_not_undone_by_a_page_that_comes_late() {
    let moves: [fn(&mut Desk); 6] = [
        |desk| drop(desk.key("alt-end")),
        |desk| drop(desk.key("esc")),
        |desk| drop(desk.key("pageup")),
        |desk| drop(desk.key("alt-up")),
        |desk| drop(desk.enters("an answer")),
        |desk| {
            desk.opens("nurse");
            desk.key("alt-`");
        },
    ];
    for (n, moves) in moves.into_iter().enumerate() {
        let mut desk = talked();
        let first = stored(&mut desk, 3);
        let effects = desk.enters("/history 1");
        let jump = answer(&mut desk, &effects, &first, Some(first.order));
        assert_eq!(page(&jump).unwrap().1, PageFrom::Around(first.order), "{n}");
        moves(&mut desk);
        let before = desk.state.timeline().unwrap().scroll;
        desk.answers(&jump, vec![first.clone()]);
        let chats = vec![ChatSummary::new(chat(JULIET), ChatKind::Contact)];
        let event = archive::Event::PageStored { archive: bare(ME), added: 1, late: vec![], chats };
        let effects = desk.event(Event::History(event));
        if page(&effects).is_some() {
            desk.answers(&effects, vec![first]);
        }
        let timeline = desk.state.timeline().unwrap();
        assert_eq!((timeline.scroll, timeline.highlighted), (before, None), "{n}");
    }
}

#[test]
fn a_jump_to_a_message_that_is_gone_is_over_with_its_page() {
    let mut desk = talked();
    let first = stored(&mut desk, 3);
    let effects = desk.enters("/history 1");
    let effects = answer(&mut desk, &effects, &first, Some(first.order));
    desk.answers(&effects, vec![]);
    assert_eq!(desk.state.work.find, None);
}

#[test]
fn alt_end_and_sending_end_the_way() {
    for is_sent in [false, true] {
        let mut desk = talked();
        let near = stored(&mut desk, 3);
        let effects = desk.key("alt-home");
        answer(&mut desk, &effects, &near, Some(near.order));
        if is_sent {
            drop(desk.enters("an answer"));
        } else {
            drop(desk.key("alt-end"));
        }
        assert_eq!(desk.state.timelines.seek, None);
        assert_eq!(asked(&older(&mut desk, true)), None);
        assert_eq!(desk.state.timeline().unwrap().scroll, Scroll::Bottom);
    }
}

#[test]
fn another_chat_ends_the_way() {
    let mut desk = talked();
    desk.key("alt-home");
    desk.opens("nurse");
    assert_eq!(desk.state.timelines.seek, None);
}

#[test]
fn what_is_below_is_counted_beyond_the_window() {
    let mut desk = talked();
    let hit = stored(&mut desk, 10);
    let effects = desk.enters("/history 2026-11-08");
    let effects = answer(&mut desk, &effects, &hit, Some(hit.order));
    older(&mut desk, true);
    drop(effects);
    let effects = desk.enters("/history 1");
    let effects = answer(&mut desk, &effects, &hit, Some(hit.order));
    let (id, from, seq) = page(&effects).unwrap();
    let messages = vec![hit];
    desk.msg(Msg::Replied(Reply::Page {
        chat: id,
        from,
        messages,
        is_oldest: true,
        is_newest: false,
        newer: 399,
        seq,
    }));
    assert_eq!(desk.state.timeline().unwrap().beyond, 399);
    desk.says(JULIET, "one more");
    assert_eq!(desk.state.timeline().unwrap().beyond, 400);
    desk.key("alt-end");
    assert_eq!(desk.state.timeline().unwrap().beyond, 0);
}

#[test]
fn a_search_says_how_far_it_looked_and_asks_the_server_on_enter() {
    let mut desk = talked();
    let (near, far) = (stored(&mut desk, 3), stored(&mut desk, 30));
    desk.key("ctrl-f");
    let effects = desk.types("poem");
    let search = |effects: &Effects| {
        effects.iter().rev().find_map(|e| match e {
            Effect::Query(Query::Search { seq, .. }) => Some(*seq),
            _ => None,
        })
    };
    let found =
        |messages, oldest: &Message, seq| Reply::Found { messages, is_more: false, oldest: Some(oldest.time), seq };
    desk.msg(Msg::Replied(found(vec![], &near, search(&effects).unwrap())));
    let view = |desk: &Desk| match desk.top() {
        Some(Overlay::Search(view)) => (**view).clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((view(&desk).oldest, view(&desk).is_all), (Some(near.time), false));
    let effects = desk.key("enter");
    let effects = answer(&mut desk, &effects, &near, Some(near.order));
    assert_eq!(fetches(&effects), 1);
    let effects = older(&mut desk, true);
    let effects = answer(&mut desk, &effects, &far, Some(far.order));
    assert_eq!(page(&effects), None, "the chat below stays where it is");
    desk.msg(Msg::Replied(found(vec![far.clone()], &far, search(&effects).expect("it looks again"))));
    let view = view(&desk);
    assert_eq!((view.results.len(), view.is_asking, view.is_all), (1, false, true));
    let effects = desk.key("enter");
    assert_eq!(page(&effects).unwrap().1, PageFrom::Around(far.order));
}
