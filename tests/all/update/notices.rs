//! Short news: how long it stays, what is kept, what the answers to questions say.

use super::desk::*;
use parlour::contract::command::service::Command as Service;
use parlour::contract::event::{service, session};
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::update::{Effects, Msg, ShellNews};
use std::time::Duration;

#[test]
fn info_goes_after_four_seconds_warnings_after_eight_errors_with_a_key() {
    let mut desk = Desk::online();
    desk.msg(Msg::Shell(ShellNews::Info("info".into())));
    desk.event(Event::Session(session::Event::Noticed("warning".into())));
    desk.msg(Msg::Shell(ShellNews::Error("error".into())));
    assert_eq!(desk.toasts(), ["info", "warning", "error"]);
    desk.waits(4);
    assert_eq!(desk.toasts(), ["warning", "error"]);
    desk.waits(4);
    assert_eq!(desk.toasts(), ["error"]);
    desk.waits(400);
    assert_eq!(desk.toasts(), ["error"]);
    desk.key("left");
    assert_eq!(desk.toasts(), Vec::<&str>::new());
    let log: Vec<_> = desk.state.console.log.iter().map(|(_, l)| l.raw().to_owned()).collect();
    assert!(["info", "warning", "error"].iter().all(|w| log.iter().any(|l| l == w)), "all of it is in the log");
}

#[test]
fn five_are_shown_and_errors_are_the_last_to_make_room() {
    let mut desk = Desk::online();
    desk.msg(Msg::Shell(ShellNews::Error("error".into())));
    for i in 0..10 {
        desk.msg(Msg::Shell(ShellNews::Info(format!("info {i}"))));
    }
    assert_eq!(desk.toasts().len(), 5);
    assert_eq!(desk.toasts()[0], "error");
}

#[test]
fn the_console_is_a_ring() {
    let mut desk = Desk::online();
    for i in 0..3_000 {
        desk.msg(Msg::Shell(ShellNews::Log(i.to_string())));
    }
    assert_eq!(desk.state.console.log.len(), 2_000);
}

fn token(effects: &Effects) -> Token {
    match &commands(effects)[..] {
        [
            Command::Service(
                Service::Ping { token, .. } | Service::Version { token, .. } | Service::Time { token, .. },
            ),
        ] => *token,
        other => panic!("{other:?}"),
    }
}

fn answer(desk: &mut Desk, token: Token, answer: EntityAnswer) -> Vec<String> {
    let jid = Jid::parse("juliet@capulet.lit/home").unwrap();
    desk.event(Event::Service(service::Event::EntityAnswered { token, jid, answer }));
    desk.toasts().into_iter().map(str::to_owned).collect()
}

#[test]
fn answers_say_what_was_asked() {
    let mut desk = Desk::online();
    let asked = token(&desk.enters("/ping"));
    let said = answer(&mut desk, asked, EntityAnswer::Ping(Duration::from_millis(84)));
    assert_eq!(said, ["juliet@capulet.lit/home answered in 84 ms"]);
    let asked = token(&desk.enters("/version juliet"));
    let version = EntityAnswer::Version { name: "Conversations".into(), version: "2.18".into(), os: None };
    assert!(answer(&mut desk, asked, version).iter().any(|t| t.ends_with("uses Conversations 2.18")));
    let asked = token(&desk.enters("/time juliet"));
    let time = EntityAnswer::Time { utc: Time(0), zone: "+02:00".into() };
    assert!(answer(&mut desk, asked, time).iter().any(|t| t.contains("1 Jan 1970 02:00")));
    let asked = token(&desk.enters("/time juliet"));
    assert!(answer(&mut desk, asked, EntityAnswer::Timeout).iter().any(|t| t.contains("no answer in time")));
}

#[test]
fn a_question_needs_a_connection() {
    let mut desk = Desk::online();
    let down = ConnState::Stopped(DownReason::Asked);
    desk.event(Event::Session(session::Event::StateChanged(down)));
    let effects = desk.enters("/ping");
    assert_eq!(commands(&effects), []);
    assert!(desk.state.composer.error.as_ref().unwrap().0.contains("not connected"));
}
