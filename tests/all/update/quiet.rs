//! What the servers are told of the user's attention (XEP-0352), and idle times on the screen (XEP-0319).

use super::desk::*;
use parlour::contract::command::presence;
use parlour::contract::event::session;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::Overlay;
use parlour::update::{Effects, Msg};

fn told(effects: &Effects) -> Vec<bool> {
    let told = commands(effects).into_iter().filter_map(|c| match c {
        Command::Presence(presence::Command::Attention(is_here)) => Some(is_here),
        _ => None,
    });
    told.collect()
}

#[test]
fn turning_away_is_told_after_a_glance_and_coming_back_at_once() {
    let mut desk = Desk::online();
    assert_eq!(told(&desk.msg(Msg::Focused(false))), [true; 0]);
    assert_eq!(told(&desk.waits(9)), [true; 0]);
    assert_eq!(told(&desk.waits(1)), [false]);
    assert_eq!(told(&desk.waits(3_600)), [true; 0], "once");
    assert_eq!(told(&desk.msg(Msg::Focused(true))), [true]);
    assert_eq!(told(&desk.msg(Msg::Focused(false))), [true; 0]);
    assert_eq!(told(&desk.msg(Msg::Focused(true))), [true; 0], "a look at another window");
    assert_eq!(told(&desk.waits(60)), [true; 0]);
}

#[test]
fn a_key_is_attention_also_where_the_terminal_tells_of_no_focus() {
    let mut desk = Desk::online();
    desk.key("ctrl-l");
    assert_eq!(told(&desk.waits(599)), [true; 0]);
    assert_eq!(told(&desk.waits(1)), [false]);
    assert_eq!(told(&desk.key("ctrl-l")), [true]);
    desk.msg(Msg::Focused(false));
    desk.key("x");
    assert_eq!(told(&desk.waits(60)), [true; 0], "whoever types is here");
}

#[test]
fn a_new_session_hears_that_nobody_looks_and_a_full_channel_is_no_loss() {
    let mut desk = Desk::online();
    desk.msg(Msg::Focused(false));
    desk.waits(10);
    let me = Jid::parse("romeo@montague.lit/parlour").unwrap();
    assert_eq!(told(&desk.event(Event::Session(session::Event::Bound(me)))), [false]);
    desk.msg(Msg::Focused(true));
    let refused = Command::Presence(presence::Command::Attention(true));
    let effects = desk.msg(Msg::Refused(super::desk::me(), Box::new(refused)));
    assert_eq!(told(&effects), [true; 0]);
    assert_eq!(told(&desk.key("ctrl-l")), [true], "the next key says it again");
}

#[test]
fn away_by_itself_says_since_when_and_the_users_own_away_does_not() {
    let mut desk = Desk::online();
    desk.key("ctrl-l");
    let left = desk.now;
    let effects = desk.waits(600);
    let set = |effects: &Effects| {
        commands(effects).into_iter().find_map(|c| match c {
            Command::Presence(presence::Command::Set(own)) => Some(own),
            _ => None,
        })
    };
    let gone = set(&effects).unwrap();
    assert_eq!((gone.availability, gone.idle_since), (Availability::Away, Some(Time(left))));
    assert_eq!(set(&desk.key("ctrl-l")).unwrap().idle_since, None);
    desk.waits(600);
    let own = set(&desk.enters("/away lunch")).expect("the user's word");
    assert_eq!(own.idle_since, None);
}

#[test]
fn idle_contacts_are_shown_so() {
    use parlour::contract::event::presence as told;
    let mut desk = Desk::online();
    desk.event(Event::Presence(told::Event::Changed(ResourcePresence {
        jid: Jid::parse("juliet@capulet.lit/balcony").unwrap(),
        availability: Availability::Away,
        status: None,
        priority: 0,
        client: None,
        since: Time(desk.now),
        idle_since: Some(Time(desk.now - 42 * 60_000)),
    })));
    desk.enters("/whois juliet@capulet.lit");
    let Some(Overlay::Text(view)) = desk.top() else { panic!() };
    let line = view.lines.iter().find(|l| l.raw().starts_with("Idle")).expect("an idle line");
    assert!(line.raw().contains("42 min, since "), "{}", line.raw());
}
