//! What is unread, what is read, drafts, typing, and going from chat to chat.

use super::desk::*;
use parlour::contract::command::chat::Command as Chat;
use parlour::contract::event::chat as event;
use parlour::contract::{Command, Event, UserWrite};
use parlour::model::*;
use parlour::update::{Effect, Msg};

const JULIET: &str = "juliet@capulet.lit";
const NURSE: &str = "nurse@capulet.lit";
const PLAZA: &str = "plaza@rooms.montague.lit";

#[test]
fn a_message_to_another_chat_counts_and_rings() {
    let mut desk = Desk::online();
    let effects = desk.says(JULIET, "wherefore art thou?");
    assert_eq!(desk.unread(JULIET), (1, 1));
    assert!(effects.contains(&Effect::Bell));
    assert!(effects.contains(&Effect::Notify { title: "Juliet".into(), body: "wherefore art thou?".into() }));
    assert!(effects.contains(&Effect::Title("(1, @1) parlour".into())));
    assert!(desk.state.chats.get(&chat(JULIET)).unwrap().is_open);
}

#[test]
fn a_message_to_the_chat_in_sight_is_read_as_it_comes() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let effects = desk.says(JULIET, "hello");
    assert_eq!(desk.unread(JULIET), (0, 0));
    assert!(!is_noisy(&effects));
    let up_to = desk.state.timeline().unwrap().last_order().unwrap();
    assert_eq!(writes(&effects), [UserWrite::Read { chat: chat(JULIET), up_to }]);
}

#[test]
fn an_answer_takes_the_new_message_line_away() {
    let mut desk = Desk::online();
    desk.says(JULIET, "one");
    desk.opens("Juliet");
    assert!(desk.state.current().unwrap().new_line.is_some());
    assert_eq!(sent(&desk.enters("two")).len(), 1);
    assert_eq!(desk.state.current().unwrap().new_line, None);
}

#[test]
fn the_new_message_line_does_not_count_what_comes_in_sight() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "read");
    desk.msg(Msg::Focused(false));
    desk.says(JULIET, "one");
    desk.says(JULIET, "two");
    let line = desk.state.current().unwrap().new_line;
    assert_eq!(desk.state.current().unwrap().new_until, None, "all that comes unseen is counted");
    let last = desk.state.timeline().unwrap().last_order();
    desk.msg(Msg::Focused(true));
    desk.says(JULIET, "three");
    let open = desk.state.current().unwrap();
    assert_eq!((open.new_line, open.new_until), (line, last), "two are new, not three");
    desk.msg(Msg::Focused(false));
    desk.says(JULIET, "four");
    let open = desk.state.current().unwrap();
    assert!(open.new_line > last, "a line of its own for what came then");
    assert_eq!(open.new_until, None);
}

#[test]
fn a_new_line_at_the_very_end_is_not_sent() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("one");
    desk.key("alt-enter");
    desk.key("alt-enter");
    let effects = desk.key("enter");
    assert_eq!(sent(&effects), [(JULIET.to_owned(), "one".to_owned())]);
}

#[test]
fn an_unfocused_terminal_sees_nothing_until_it_is_looked_at() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "one");
    let line = desk.state.timeline().unwrap().last_order();
    desk.msg(Msg::Focused(false));
    let effects = desk.says(JULIET, "two");
    assert!(is_noisy(&effects));
    assert_eq!(desk.unread(JULIET), (1, 1));
    assert_eq!(desk.state.current().unwrap().new_line, line);
    let effects = desk.msg(Msg::Focused(true));
    assert_eq!(desk.unread(JULIET), (0, 0));
    assert_eq!(writes(&effects).len(), 1);
    assert_eq!(desk.state.current().unwrap().new_line, line, "the line stays until the user leaves");
    desk.opens("nurse");
    assert_eq!(desk.state.chats.get(&chat(JULIET)).unwrap().new_line, None);
}

#[test]
fn reading_history_is_not_reading_what_is_new() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "one");
    let row = desk.state.timeline().unwrap().messages[0].row;
    desk.state.viewport.page_up = parlour::state::timeline::Scroll::At { row, lines_below: 3 };
    desk.key("pageup");
    desk.says(JULIET, "two");
    assert_eq!(desk.unread(JULIET).0, 1);
    desk.key("alt-end");
    assert_eq!(desk.unread(JULIET).0, 0);
}

#[test]
fn what_was_read_elsewhere_is_not_unread_here() {
    let mut desk = Desk::online();
    desk.says(JULIET, "one");
    desk.says(JULIET, "two");
    let mut own = desk.message(&chat(JULIET), ChatKind::Contact, "romeo@montague.lit/phone", "read you");
    own.delivery = Delivery::Acked;
    let effects = desk.event(Event::Chat(event::Event::MessageArrived(Box::new(own))));
    assert_eq!(desk.unread(JULIET), (0, 0));
    assert!(writes(&effects).iter().any(|w| matches!(w, UserWrite::Read { .. })));
}

#[test]
fn what_is_older_than_the_read_marker_does_not_count() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "new");
    desk.opens("nurse");
    let mut old = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, "late");
    old.order = Order(5);
    old.is_delayed = true;
    let effects = desk.event(Event::Chat(event::Event::MessageArrived(Box::new(old))));
    assert_eq!(desk.unread(JULIET), (0, 0));
    assert!(!is_noisy(&effects));
}

#[test]
fn do_not_disturb_is_silent_and_counts() {
    let mut desk = Desk::online();
    desk.enters("/dnd");
    let effects = desk.says(JULIET, "psst");
    assert!(!is_noisy(&effects));
    assert_eq!(desk.unread(JULIET), (1, 1));
}

#[test]
fn rooms_make_noise_for_mentions_alone() {
    let mut desk = Desk::online();
    desk.joins(PLAZA, &["romeo", "tybalt"]);
    assert!(!is_noisy(&desk.says_in(PLAZA, "tybalt", "boo", false)));
    assert_eq!(desk.unread(PLAZA), (1, 0));
    desk.now += 5_000;
    assert!(is_noisy(&desk.says_in(PLAZA, "tybalt", "romeo!", true)));
    assert_eq!(desk.unread(PLAZA), (2, 1));
}

#[test]
fn a_flood_of_messages_is_no_siren() {
    let mut desk = Desk::online();
    let rings = (0..100).filter(|i| is_noisy(&desk.says(JULIET, &i.to_string()))).count();
    assert_eq!(rings, 1, "a hundred messages within a second ring once");
}

#[test]
fn the_next_important_chat_is_a_mention_then_a_direct_message_then_the_rest() {
    let mut desk = Desk::online();
    desk.joins(PLAZA, &["romeo"]);
    desk.joins("quiet@rooms.montague.lit", &["romeo"]);
    desk.says_in("quiet@rooms.montague.lit", "x", "talk", false);
    desk.says(JULIET, "direct");
    desk.says_in(PLAZA, "x", "romeo!", true);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let effects = desk.key("alt-a");
        seen.push(desk.state.current_id().unwrap().address.to_string());
        let id = desk.state.current_id().unwrap().clone();
        let kind = desk.state.current().unwrap().kind;
        let message = desk.message(&id, kind, id.address.as_str(), "stored");
        desk.answers(&effects, vec![message]);
    }
    assert_eq!(seen, [PLAZA, JULIET, "quiet@rooms.montague.lit"]);
    desk.key("alt-a");
    assert_eq!(desk.toasts(), ["nothing unread"]);
}

#[test]
fn chats_are_gone_through_by_order_number_and_back() {
    let mut desk = Desk::online();
    desk.says(JULIET, "one");
    desk.says(NURSE, "two");
    desk.key("alt-1");
    assert_eq!(desk.state.current_id(), Some(&chat(NURSE)), "the latest is first");
    desk.key("alt-n");
    assert_eq!(desk.state.current_id(), Some(&chat(JULIET)));
    desk.key("alt-n");
    assert_eq!(desk.state.current_id(), Some(&chat(NURSE)), "goes round");
    desk.key("alt-`");
    assert_eq!(desk.state.current_id(), Some(&chat(JULIET)));
    desk.key("alt-7");
    assert_eq!(desk.toasts(), ["there is no chat 7: the sidebar has 2"]);
}

#[test]
fn a_draft_is_kept_per_chat_and_stored_after_a_pause() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("half a");
    assert!(!desk.state.composer.is_saved);
    let effects = desk.waits(1);
    let draft = UserWrite::Draft { chat: chat(JULIET), kind: ChatKind::Contact, text: "half a".into() };
    assert_eq!(writes(&effects), [draft]);
    assert!(desk.state.composer.is_saved);
    desk.types(" word");
    let effects = desk.opens("nurse");
    assert!(writes(&effects).iter().any(|w| matches!(w, UserWrite::Draft { text, .. } if text == "half a word")));
    assert_eq!(desk.text(), "");
    desk.key("alt-`");
    assert_eq!(desk.text(), "half a word");
}

#[test]
fn a_text_written_before_the_backlog_came_does_not_read_it() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.says(JULIET, "seen");
    let seen = desk.state.timeline().unwrap().last_order().unwrap();
    let missed = desk.message(&chat(JULIET), ChatKind::Contact, JULIET, "missed");
    let mut own = desk.message(&chat(JULIET), ChatKind::Contact, ME, "are you there?");
    own.delivery = Delivery::Pending;
    let effects = desk.event(Event::Chat(event::Event::MessageArrived(Box::new(own))));
    assert_eq!(writes(&effects), [], "nothing was read by it");
    desk.opens("nurse");
    let summary = ChatSummary { unread: 1, mentions: 1, read_up_to: seen, draft: String::new(), ..stored("") };
    let stored = parlour::contract::event::history::Event::PageStored {
        archive: bare(ME),
        added: 1,
        late: Vec::new(),
        chats: vec![summary],
    };
    desk.event(Event::History(stored));
    assert_eq!(desk.unread(JULIET), (1, 1));
    let effects = desk.key("alt-`");
    assert_eq!(desk.state.current().unwrap().new_line, Some(seen), "the line stands above what was missed");
    drop(effects);
    let up_to = missed.order;
    let effects = desk.event(Event::Chat(event::Event::MessageArrived(Box::new(missed))));
    assert_eq!(writes(&effects), [UserWrite::Read { chat: chat(JULIET), up_to }]);
}

/// What the store knows of Juliet, with a draft.
fn stored(draft: &str) -> ChatSummary {
    ChatSummary {
        unread: 3,
        mentions: 3,
        read_up_to: Order(7),
        draft: draft.into(),
        ..ChatSummary::new(chat(JULIET), ChatKind::Contact)
    }
}

fn summaries(desk: &mut Desk, draft: &str) {
    let chats = vec![stored(draft)];
    desk.msg(Msg::Replied(parlour::contract::Reply::Chats {
        account: me(),
        chats,
        contacts: vec![],
        unfolded: vec![],
    }));
}

#[test]
fn a_draft_of_the_last_run_is_there_whatever_made_the_chat_before() {
    let mut desk = Desk::online();
    desk.says(JULIET, "a live message came first");
    summaries(&mut desk, "dear");
    desk.opens("Juliet");
    assert_eq!(desk.text(), "dear");

    let mut desk = Desk::online();
    desk.opens("Juliet");
    summaries(&mut desk, "dear");
    assert_eq!(desk.text(), "dear", "the user opened it first");
    desk.types(" me");
    let kept = UserWrite::Draft { chat: chat(JULIET), kind: ChatKind::Contact, text: "dear me".into() };
    assert_eq!(writes(&desk.waits(1)), [kept]);
}

#[test]
fn a_draft_of_the_last_run_replaces_nothing_and_is_not_lost() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("/quit");
    summaries(&mut desk, "dear");
    assert_eq!(desk.text(), "/quit", "what Enter does is what is seen");
    assert!(desk.toasts()[0].contains("Ctrl-Up"));
    desk.key("ctrl-up");
    assert_eq!(desk.text(), "dear");
    desk.key("ctrl-down");
    assert_eq!(desk.text(), "/quit");
    // Later news of the chat bring back nothing that was sent or deleted since.
    desk.key("ctrl-u");
    desk.waits(1);
    let page = parlour::contract::event::history::Event::PageStored {
        archive: bare(ME),
        added: 1,
        late: Vec::new(),
        chats: vec![stored("dear")],
    };
    desk.event(Event::History(page));
    assert_eq!(desk.text(), "");
}

#[test]
fn a_draft_comes_back_from_the_store() {
    let mut desk = Desk::online();
    summaries(&mut desk, "dear");
    assert_eq!(desk.unread(JULIET), (3, 3));
    desk.opens("Juliet");
    assert_eq!(desk.text(), "dear");
    assert_eq!(desk.state.current().unwrap().new_line, Some(Order(7)));
}

fn told(effects: &parlour::update::Effects) -> Vec<ChatState> {
    let states = commands(effects).into_iter().filter_map(|c| match c {
        Command::Chat(Chat::State { state, .. }) => Some(state),
        _ => None,
    });
    states.collect()
}

#[test]
fn typing_is_told_once_then_the_pause_then_leaving() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    assert_eq!(told(&desk.types("hi")), [ChatState::Composing]);
    assert_eq!(told(&desk.waits(9)), []);
    assert_eq!(told(&desk.waits(1)), [ChatState::Paused]);
    assert_eq!(told(&desk.types("!")), [ChatState::Composing]);
    assert_eq!(told(&desk.opens("nurse")), [ChatState::Inactive]);
}

#[test]
fn a_command_being_typed_is_nobodys_business() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    assert_eq!(told(&desk.types("/help")), []);
}

#[test]
fn typing_is_not_told_where_the_user_does_not_want_it() {
    let mut desk = Desk::online();
    desk.state.options.send_typing = false;
    desk.opens("Juliet");
    assert_eq!(told(&desk.types("hello")), []);
}

#[test]
fn somebody_elses_typing_is_shown_for_half_a_minute() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    let from = Jid::parse("juliet@capulet.lit/home").unwrap();
    let typing = event::Event::StateChanged { chat: chat(JULIET), from, state: ChatState::Composing };
    desk.event(Event::Chat(typing));
    assert_eq!(desk.state.current().unwrap().typing.len(), 1);
    desk.waits(29);
    assert_eq!(desk.state.current().unwrap().typing.len(), 1);
    desk.waits(1);
    assert_eq!(desk.state.current().unwrap().typing.len(), 0);
}

#[test]
fn closing_a_chat_takes_it_out_of_the_sidebar() {
    let mut desk = Desk::online();
    desk.opens("Juliet");
    desk.types("draft");
    let effects = desk.enters_nothing("/close");
    assert!(writes(&effects).iter().any(|w| matches!(w, UserWrite::Listed { is_open: false, .. })));
    assert_eq!(desk.state.current_id(), None);
}

impl Desk {
    /// Clears the composer, then runs a command.
    fn enters_nothing(&mut self, line: &str) -> parlour::update::Effects {
        self.key("ctrl-u");
        self.enters(line)
    }
}

/// The switcher names the key that opens a chat from anywhere, and the key does.
#[test]
fn the_switcher_shows_the_numbers_of_the_sidebar() {
    let mut desk = Desk::online();
    for n in 0..12 {
        desk.now += 60_000;
        desk.joins(&format!("r{n:02}@x.lit"), &["romeo"]);
        desk.enters(&format!("/win r{n:02}@x.lit"));
    }
    desk.says("juliet@capulet.lit", "hi");
    desk.key("ctrl-k");
    let Some(parlour::state::overlays::Overlay::Picker(picker)) = desk.top() else { panic!("{:?}", desk.top()) };
    let rows: Vec<(String, String)> =
        picker.rows.iter().map(|r| (r.detail.raw().to_owned(), r.right.clone())).collect();
    let right = |of: &str| rows.iter().find(|(who, _)| who == of).unwrap().1.clone();
    assert_eq!(right("juliet@capulet.lit"), "@1 1  Alt-1");
    assert_eq!(
        (right("r00@x.lit"), right("r08@x.lit"), right("r09@x.lit")),
        ("Alt-2".into(), "Alt-0".into(), "open".into())
    );
    desk.key("esc");
    desk.key("alt-2");
    assert_eq!(desk.state.current_id(), Some(&chat("r00@x.lit")));
    desk.key("alt-0");
    assert_eq!(desk.state.current_id(), Some(&chat("r08@x.lit")));
}
