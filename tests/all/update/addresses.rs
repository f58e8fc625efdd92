//! Addresses as people type and see them: a device of a contact, and characters that may not stand before the `@`.

use super::desk::*;
use parlour::contract::command::chat::Command as Chat;
use parlour::contract::event::chat as told;
use parlour::contract::{Command, Event};
use parlour::model::Jid;
use parlour::state::overlays::Overlay;

fn page_lines(desk: &Desk) -> Vec<String> {
    match desk.top() {
        Some(Overlay::Text(view)) => view.lines.iter().map(|l| l.raw().to_owned()).collect(),
        other => panic!("no page: {other:?}"),
    }
}

#[test]
fn a_full_address_leads_to_that_device_and_whois_says_so() {
    let mut desk = Desk::online();
    let device = Jid::parse("juliet@capulet.lit/balcony").unwrap();
    let sent = commands(&desk.enters("/msg juliet@capulet.lit/balcony hi"));
    let named = sent.iter().position(|c| *c == Command::Chat(Chat::Device(device.clone())));
    let said = sent.iter().position(|c| {
        matches!(c, Command::Chat(Chat::Send { chat: id, body, .. }) if *id == chat("juliet@capulet.lit") && body == "hi")
    });
    assert!(named.is_some() && named < said, "{sent:?}");
    assert_eq!(desk.state.current_id(), Some(&chat("juliet@capulet.lit")), "it is one conversation");
    desk.enters("/whois juliet@capulet.lit");
    assert!(page_lines(&desk).contains(&"Messages to   balcony".to_owned()), "{:?}", page_lines(&desk));
    desk.key("esc");
    let freed = told::Event::DeviceChanged { chat: chat("juliet@capulet.lit"), device: None };
    desk.event(Event::Chat(freed));
    desk.enters("/whois juliet@capulet.lit");
    assert!(page_lines(&desk).iter().all(|l| !l.starts_with("Messages to")));
}

#[test]
fn characters_that_may_not_stand_there_are_typed_and_shown_as_they_are() {
    for (typed, sent) in [
        ("\"tom jones@gw.test\"", "tom\\20jones@gw.test"),
        ("o'brien@gw.test", "o\\27brien@gw.test"),
        ("q&a@gw.test", "q\\26a@gw.test"),
        ("user@example.org@gw.test", "user\\40example.org@gw.test"),
        ("tom\\20jones@gw.test", "tom\\20jones@gw.test"),
    ] {
        let mut desk = Desk::online();
        desk.enters(&format!("/msg {typed} hi"));
        assert_eq!(desk.state.current_id(), Some(&chat(sent)), "{typed}");
        let shown = Jid::parse(sent).unwrap().shown().into_owned();
        assert!(!shown.contains('\\'));
        assert_eq!(desk.state.chat_name(&chat(sent)).raw(), shown);
        desk.enters("/whois");
        let lines = page_lines(&desk);
        assert!(lines.contains(&format!("Address       {shown}")) && lines.contains(&format!("As sent       {sent}")));
    }
}
