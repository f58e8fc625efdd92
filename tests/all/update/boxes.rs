//! Boxes that nobody's key opens: none takes the keys of somebody who types.

use super::desk::*;
use parlour::contract::event::{muc, service, session};
use parlour::contract::{Command, Event, command};
use parlour::model::*;
use parlour::state::overlays::{Overlay, PromptKind};
use parlour::update::{Msg, ShellNews};

const PLAZA: &str = "plaza@rooms.montague.lit";

fn form() -> Form {
    let username = Field {
        var: "username".into(),
        kind: FieldKind::TextSingle,
        label: None,
        desc: None,
        is_required: false,
        values: vec![],
        options: vec![],
    };
    Form {
        kind: FormKind::Form,
        title: None,
        instructions: vec![],
        fields: vec![username],
        reported: vec![],
        items: vec![],
    }
}

fn stopped(reason: DownReason) -> Event {
    Event::Session(session::Event::StateChanged(ConnState::Stopped(reason)))
}

fn weaker() -> DownReason {
    let known = Strength { proof: Some(Proof::ScramSha256), binding: Some(Binding::Exporter), ..Strength::default() };
    DownReason::Weaker(known.check(&Strength { binding: None, ..known.clone() }).unwrap_err())
}

/// The token of the form that was asked for.
fn token(desk: &mut Desk, line: &str) -> Token {
    let effects = desk.enters(line);
    let found = commands(&effects).into_iter().find_map(|c| match c {
        Command::Muc(command::muc::Command::Configure { token, .. })
        | Command::Service(command::service::Command::RegisterForm { token, .. }) => Some(token),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{line}: {effects:?}"))
}

fn in_plaza() -> Desk {
    let mut desk = Desk::online();
    let services = vec![("rooms".to_owned(), Jid::parse("rooms.montague.lit").unwrap())];
    desk.event(Event::Service(service::Event::ServerKnown { info: DiscoInfo::default(), services }));
    desk.joins(PLAZA, &["romeo", "juliet"]);
    desk.opens("plaza");
    desk
}

type Happens = fn(&mut Desk) -> Msg;

fn committed(event: Event) -> Msg {
    Msg::Committed(parlour::contract::Committed { account: me(), events: vec![event] })
}

fn form_came(desk: &mut Desk, line: &str, jid: &str) -> Msg {
    let token = token(desk, line);
    let (jid, form) = (Jid::parse(jid).unwrap(), Ok(form()));
    committed(Event::Service(service::Event::FormArrived { token, jid, form }))
}

/// All that opens a box without a key: what it is, and what happens.
const BOXES: &[(&str, Happens)] = &[
    ("the account's password", |_| committed(stopped(DownReason::Password("not-authorized".into())))),
    ("a password that is known nowhere", |_| Msg::PasswordWanted(me(), "the keyring has none".into())),
    ("a weaker server", |_| committed(stopped(weaker()))),
    ("a server that wants the password itself", |_| committed(stopped(DownReason::OnlyPlain))),
    ("the form for a new account", |_| committed(Event::Session(session::Event::RegistrationAsked(form())))),
    ("a room's settings", |desk| form_came(desk, "/config", PLAZA)),
    ("a service's form", |desk| form_came(desk, "/register rooms.montague.lit", "rooms.montague.lit")),
    ("a room that is not there", |desk| {
        desk.enters("/join verona");
        let room = bare("verona@rooms.montague.lit");
        let effects = desk.event(Event::Muc(muc::Event::JoinFailed { room, reason: RoomFailure::NotThere }));
        let token = commands(&effects).into_iter().find_map(|c| match c {
            Command::Service(command::service::Command::Items { token, .. }) => Some(token),
            _ => None,
        });
        let answer = Ok(DiscoItems::default());
        committed(Event::Service(service::Event::ItemsArrived { token: token.unwrap(), answer }))
    }),
];

/// What rooms, strangers and programs cause: never a box.
const NO_BOX: &[(&str, Happens)] = &[
    ("a room's password", |_| {
        committed(Event::Muc(muc::Event::JoinFailed { room: bare(PLAZA), reason: RoomFailure::Password }))
    }),
    ("a room's password, wrong", |_| {
        committed(Event::Muc(muc::Event::JoinFailed { room: bare(PLAZA), reason: RoomFailure::WrongPassword }))
    }),
    ("a room that is not there and that nobody asked for", |_| {
        committed(Event::Muc(muc::Event::JoinFailed { room: bare("x@y.lit"), reason: RoomFailure::NotThere }))
    }),
    ("an invitation", |_| {
        let invite = RoomInvite {
            room: bare("party@x.lit"),
            from: Jid::parse("eve@x.lit").unwrap(),
            reason: None,
            password: None,
            is_by_room: false,
        };
        committed(Event::Muc(muc::Event::Invited(invite)))
    }),
    ("a refused certificate", |_| committed(stopped(DownReason::Certificate("for x, not y".into())))),
    ("a form that nobody asked for", |_| {
        let (token, jid, form) = (Token(999), Jid::parse("evil.test").unwrap(), Ok(form()));
        committed(Event::Service(service::Event::FormArrived { token, jid, form }))
    }),
    ("services", |_| {
        committed(Event::Service(service::Event::ServerKnown { info: DiscoInfo::default(), services: vec![] }))
    }),
    ("a keyring", |_| Msg::Shell(ShellNews::CanSave(me()))),
    ("a password from the keyring", |_| Msg::Shell(ShellNews::Password(me(), Secret::new("x")))),
];

#[test]
fn a_box_never_takes_the_rest_of_a_sentence() {
    for (what, happens) in BOXES {
        let mut desk = in_plaza();
        let msg = happens(&mut desk);
        desk.now += 60_000;
        desk.types("the door code");
        desk.msg(msg);
        desk.waits(2);
        desk.types(" is 4711");
        assert!(desk.top().is_none(), "{what}");
        // However long the user thinks.
        desk.waits(3_600);
        assert!(desk.top().is_none(), "{what}");
        assert_eq!(desk.text(), "the door code is 4711", "{what}");
        assert_eq!(desk.state.boxes.waiting.len(), 1, "{what}");
        assert_eq!(desk.state.boxes.key, "Alt-W");
        assert!(desk.state.hints.iter().any(|(key, _)| key == "Alt-W"), "{what}: {:?}", desk.state.hints);
        // Written and away: after three seconds without a key it opens.
        desk.key("ctrl-u");
        desk.now += 2_999;
        desk.msg(Msg::Woken);
        assert!(desk.top().is_none(), "{what}");
        desk.now += 1;
        desk.msg(Msg::Woken);
        assert!(desk.top().is_some() && desk.state.boxes.waiting.is_empty(), "{what}");
    }
}

#[test]
fn the_keys_of_its_first_moments_are_not_a_boxs() {
    for (what, happens) in BOXES {
        let mut desk = in_plaza();
        let msg = happens(&mut desk);
        desk.now += 60_000;
        desk.msg(msg);
        assert!(desk.top().is_some(), "{what}: nobody had pressed a key for a minute");
        for letter in ["p", "s", "s", "t"] {
            desk.now += 100;
            desk.key(letter);
        }
        assert!(desk.top().is_none(), "{what}: it gives way");
        assert_eq!(desk.text(), "psst", "{what}");
        desk.msg(Msg::Paste(" it is".into()));
        assert_eq!(desk.text(), "psst it is", "{what}");
        desk.key("alt-w");
        assert!(desk.top().is_some() && desk.state.boxes.waiting.is_empty(), "{what}: the user opens it");
        desk.key("esc");
        assert_eq!(desk.text(), "psst it is", "{what}");
    }
}

#[test]
fn after_its_first_moments_a_box_has_the_keys() {
    for (what, happens) in BOXES {
        let mut desk = in_plaza();
        let msg = happens(&mut desk);
        desk.now += 60_000;
        desk.msg(msg);
        desk.now += 500;
        desk.key("x");
        assert!(desk.top().is_some(), "{what}");
        assert_eq!(desk.text(), "", "{what}");
    }
}

/// Whoever asks and waits for the answer gets it at once; whoever goes on typing does not.
#[test]
fn what_was_asked_for_opens_while_the_user_waits_for_it() {
    for (what, happens) in BOXES.iter().filter(|(what, _)| what.starts_with("a room") || what.starts_with("a service"))
    {
        let mut desk = in_plaza();
        let msg = happens(&mut desk);
        desk.msg(msg);
        assert!(desk.top().is_some(), "{what}");

        let mut desk = in_plaza();
        let msg = happens(&mut desk);
        desk.types("so");
        desk.msg(msg);
        desk.waits(60);
        assert!(desk.top().is_none(), "{what}");
        assert_eq!(desk.text(), "so", "{what}");
    }
}

#[test]
fn rooms_and_strangers_open_no_box() {
    for (what, happens) in NO_BOX {
        let mut desk = in_plaza();
        let msg = happens(&mut desk);
        desk.now += 60_000;
        desk.msg(msg);
        desk.waits(60);
        assert!(desk.top().is_none() && desk.state.boxes.waiting.is_empty(), "{what}");
    }
}

/// What was asked loses its reason while somebody types the answer: the rest of a password does not go into the chat.
#[test]
fn a_box_that_is_not_needed_any_more_keeps_the_keys() {
    let mut desk = in_plaza();
    desk.now += 60_000;
    desk.event(stopped(DownReason::Password("not-authorized".into())));
    desk.now += 1_000;
    desk.types("ses");
    desk.msg(Msg::Shell(ShellNews::Password(me(), Secret::new("from the keyring"))));
    assert!(matches!(desk.top(), Some(Overlay::Prompt(p)) if p.kind == PromptKind::Obsolete && p.error.is_some()));
    desk.types("ame");
    assert_eq!(desk.key("enter").iter().filter(|e| format!("{e:?}").contains("Command")).count(), 0);
    assert!(desk.top().is_none());
    assert_eq!(desk.text(), "");
    // Nobody types: it just goes.
    desk.event(stopped(DownReason::Password("not-authorized".into())));
    desk.waits(10);
    assert!(desk.top().is_some());
    desk.msg(Msg::Shell(ShellNews::Password(me(), Secret::new("from the keyring"))));
    assert!(desk.top().is_none());
}

/// A room that the user asked for while the server was not known takes no place from what they write by then.
#[test]
fn a_room_that_is_entered_late_does_not_change_the_chat() {
    let mut desk = Desk::online();
    desk.says("juliet@capulet.lit", "hi");
    desk.opens("Juliet");
    desk.enters("/join plaza");
    desk.types("my dear");
    let services = vec![("rooms".to_owned(), Jid::parse("rooms.montague.lit").unwrap())];
    desk.event(Event::Service(service::Event::ServerKnown { info: DiscoInfo::default(), services }));
    assert_eq!(desk.state.current_id(), Some(&chat("juliet@capulet.lit")));
    assert_eq!(desk.text(), "my dear");
    desk.opens("plaza");
    assert_eq!(desk.state.current_id(), Some(&chat(PLAZA)));
}

/// A login that is tried and what it asks back are one thing.
#[test]
fn several_boxes_come_one_after_the_other() {
    let mut desk = in_plaza();
    desk.now += 60_000;
    desk.event(stopped(DownReason::Password("not-authorized".into())));
    desk.event(stopped(weaker()));
    desk.waits(10);
    assert_eq!((desk.state.overlays.len(), desk.state.boxes.waiting.len()), (1, 1));
    desk.key("esc");
    assert!(desk.top().is_none());
    desk.waits(3);
    assert_eq!((desk.state.overlays.len(), desk.state.boxes.waiting.len()), (1, 0));
}
