//! Signing in: the first run, passwords, several accounts, going away by itself.

use super::desk::*;
use parlour::contract::command::{presence, session as command};
use parlour::contract::event::session;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::{FirstRunField, FirstRunMode, Overlay, PromptKind};
use parlour::update::{Effect, Effects, Msg, ShellNews};

fn first_run(desk: &Desk) -> &parlour::state::overlays::FirstRun {
    match desk.top() {
        Some(Overlay::FirstRun(view)) => view,
        other => panic!("{other:?}"),
    }
}

fn started(effects: &Effects) -> Option<(AccountSettings, Intent)> {
    effects.iter().find_map(|e| match e {
        Effect::StartAccount(settings, intent) => Some(((**settings).clone(), intent.clone())),
        _ => None,
    })
}

/// Fills in the first-run screen and presses Enter.
fn sign_in(desk: &mut Desk) -> AccountSettings {
    desk.msg(Msg::NoAccounts);
    desk.msg(Msg::Shell(ShellNews::Keyring(Ok("Secret Service".into()))));
    desk.types(ME);
    desk.key("enter");
    desk.types("o holy night");
    let (settings, intent) = started(&desk.key("enter")).expect("the login begins");
    assert_eq!(settings.id, me());
    assert_eq!(intent, Intent::SignIn(Secret::new("o holy night")));
    desk.msg(Msg::AccountStarted(settings.clone()));
    settings
}

#[test]
fn the_first_run_ends_on_the_main_screen_with_all_saved() {
    let mut desk = Desk::empty();
    let settings = sign_in(&mut desk);
    desk.event(Event::Session(session::Event::StepChanged {
        step: Step::Resolve,
        state: StepState::Running("montague.lit".into()),
        after: std::time::Duration::ZERO,
    }));
    assert_eq!(first_run(&desk).steps.len(), 1);
    let effects = desk.event(Event::Session(session::Event::PasswordAccepted));
    assert!(effects.contains(&Effect::SaveAccount(Box::new(settings))));
    assert!(effects.contains(&Effect::SavePassword(me(), Secret::new("o holy night"))));
    assert!(desk.state.overlays.is_empty());
}

/// Puts the keys at a field of the first-run screen, its fold open.
fn at(desk: &mut Desk, field: FirstRunField) {
    match desk.state.overlays.last_mut() {
        Some(Overlay::FirstRun(view)) => {
            view.is_advanced = true;
            view.focused = view.fields().iter().position(|f| *f == field).unwrap();
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_guest_needs_a_server_only() {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.types("montague.lit");
    at(&mut desk, FirstRunField::Guest);
    desk.key("space");
    assert!(!first_run(&desk).fields().contains(&FirstRunField::Password));
    let (settings, intent) = started(&desk.key("ctrl-enter"))
        .or_else(|| {
            at(&mut desk, FirstRunField::Go);
            started(&desk.key("enter"))
        })
        .expect("the login begins");
    assert!(settings.is_guest && settings.id.jid().as_str() == "montague.lit");
    assert_eq!(intent, Intent::WithoutPassword);
    desk.msg(Msg::AccountStarted(settings.clone()));
    let events = vec![Event::Session(session::Event::PasswordAccepted)];
    let account = settings.id.clone();
    let effects = desk.msg(Msg::Committed(parlour::contract::Committed { account, events }));
    assert!(effects.contains(&Effect::SaveAccount(Box::new(settings))));
    assert!(!effects.iter().any(|e| matches!(e, Effect::SavePassword(..))));
}

#[test]
fn a_certificate_stands_in_for_the_password() {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.types(ME);
    at(&mut desk, FirstRunField::Certificate);
    desk.types("/me.pem");
    let (settings, intent) = started(&desk.key("enter")).expect("the login begins");
    assert_eq!((settings.client_certificate, intent), (Some("/me.pem".into()), Intent::WithoutPassword));
}

#[test]
fn t01_a_server_that_knows_only_plain_is_told_on_the_first_screen_with_the_box_to_tick() {
    let mut desk = Desk::empty();
    let settings = sign_in(&mut desk);
    desk.of(&settings.id, session::Event::StateChanged(ConnState::Stopped(DownReason::OnlyPlain)));
    assert_eq!(first_run(&desk).field(), FirstRunField::AllowPlain);
    desk.key("space");
    at(&mut desk, FirstRunField::Go);
    let (settings, _) = started(&desk.key("enter")).expect("the login begins");
    assert!(settings.allow_plain);
}

#[test]
fn a_password_that_is_not_to_be_saved_is_not() {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.msg(Msg::Shell(ShellNews::Keyring(Err("no Secret Service".into()))));
    desk.types(ME);
    desk.key("enter");
    desk.types("secret");
    let (settings, _) = started(&desk.key("enter")).unwrap();
    desk.msg(Msg::AccountStarted(settings));
    let effects = desk.event(Event::Session(session::Event::PasswordAccepted));
    assert!(!effects.iter().any(|e| matches!(e, Effect::SavePassword(..))));
    assert!(effects.iter().any(|e| matches!(e, Effect::SaveAccount(_))));
}

#[test]
fn every_screen_that_asks_for_an_account_looks_for_a_keyring() {
    let mut desk = Desk::empty();
    assert!(desk.msg(Msg::NoAccounts).contains(&Effect::LookForKeyring));
    let mut desk = Desk::online();
    assert!(desk.enters("/account add").contains(&Effect::LookForKeyring));
    // Who says no before the answer comes meant it.
    for key in ["down", "down", "space"] {
        desk.key(key);
    }
    assert!(!first_run(&desk).is_saving);
    desk.msg(Msg::Shell(ShellNews::Keyring(Ok("Secret Service".into()))));
    assert!(!first_run(&desk).is_saving);
}

#[test]
fn a_failed_first_run_says_why_and_keeps_what_was_typed() {
    let mut desk = Desk::empty();
    sign_in(&mut desk);
    let failed = ConnState::Stopped(DownReason::Password("not-authorized".into()));
    let effects = desk.event(Event::Session(session::Event::StateChanged(failed)));
    assert!(effects.contains(&Effect::StopAccount(me())));
    assert!(desk.state.accounts.list.is_empty());
    let view = first_run(&desk);
    assert_eq!(view.field(), FirstRunField::Password);
    assert!(view.error.as_ref().unwrap().1.raw().contains("type it again"));
    assert_eq!(view.password.text, "o holy night");
    desk.types("!");
    assert!(started(&desk.key("enter")).is_some(), "and it can be tried again");
}

#[test]
fn an_unreachable_server_is_a_failure_of_the_first_run_too() {
    let mut desk = Desk::empty();
    sign_in(&mut desk);
    let waiting = ConnState::Waiting { reason: DownReason::Unreachable("no such host".into()), retry_at: Time(0) };
    desk.event(Event::Session(session::Event::StateChanged(waiting)));
    assert_eq!(first_run(&desk).field(), FirstRunField::Address);
    assert!(first_run(&desk).trying.is_none());
    for key in ["down", "down", "down", "space", "down"] {
        desk.key(key);
    }
    desk.types("127.0.0.1");
    let (settings, _) = started(&desk.key("enter")).unwrap();
    desk.msg(Msg::AccountStarted(settings));
    let waiting = ConnState::Waiting { reason: DownReason::Unreachable("refused".into()), retry_at: Time(0) };
    desk.event(Event::Session(session::Event::StateChanged(waiting)));
    assert_eq!(first_run(&desk).field(), FirstRunField::Host, "the host that was typed is what to look at");
}

#[test]
fn bad_fields_are_named_before_anything_is_sent() {
    for (address, password, words) in [
        ("romeo", "x", "the server after the name is missing, as in romeo@example.org"),
        ("romeo@", "x", "the server after the @ is missing, as in romeo@example.org"),
        ("montague.lit", "x", "the name before the @ is missing, as in you@montague.lit"),
        ("@montague.lit", "x", "the name before the @ is missing, as in you@montague.lit"),
        ("ro meo@x", "x", "not a valid address"),
        ("", "x", "type your address, such as you@example.org"),
    ] {
        let mut desk = Desk::empty();
        desk.msg(Msg::NoAccounts);
        desk.types(address);
        desk.key("tab");
        desk.types(password);
        assert_eq!(started(&desk.key("enter")), None);
        let error = first_run(&desk).error.clone().unwrap();
        assert!(error.1.raw().contains(words), "{error:?}");
        assert_eq!(first_run(&desk).field(), FirstRunField::Address);
    }
}

#[test]
fn the_demo_is_begun_from_the_first_screen() {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.key("shift-tab");
    desk.key("right");
    desk.key("right");
    assert_eq!(first_run(&desk).mode, FirstRunMode::Demo);
    assert_eq!(first_run(&desk).fields(), [FirstRunField::Mode, FirstRunField::Go]);
    desk.key("tab");
    assert!(desk.key("enter").contains(&parlour::update::Effect::Demo));
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.key("shift-tab");
    for _ in 0..3 {
        desk.key("right");
    }
    assert_eq!(first_run(&desk).mode, FirstRunMode::SignIn, "round and round");
}

#[test]
fn a_missing_ca_file_is_told_at_its_field() {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.types(ME);
    desk.key("tab");
    desk.types("secret");
    assert!(started(&desk.key("enter")).is_some());
    let words = "the CA file /nowhere/ca.pem cannot be used: No such file or directory";
    let stopped = ConnState::Stopped(DownReason::CaFile(words.into()));
    desk.msg(Msg::AccountStarted(AccountSettings::new(me(), "desk".into())));
    desk.event(Event::Session(session::Event::StateChanged(stopped)));
    assert_eq!(first_run(&desk).field(), FirstRunField::CaFile);
    assert!(first_run(&desk).error.as_ref().unwrap().1.raw().contains(words));
}

#[test]
fn a_new_password_is_typed_twice_and_sent_once() {
    let secret = |var: &str| Field {
        var: var.into(),
        kind: FieldKind::TextPrivate,
        label: None,
        desc: None,
        is_required: true,
        values: vec![],
        options: vec![],
    };
    let mut desk = Desk::empty();
    desk.enters_register("montague.lit");
    desk.key("ctrl-s");
    let server = AccountId(bare("montague.lit"));
    desk.msg(Msg::AccountStarted(AccountSettings::new(server.clone(), "desk".into())));
    let form = Form {
        kind: FormKind::Form,
        title: None,
        instructions: vec![],
        fields: vec![Field { kind: FieldKind::TextSingle, ..secret("username") }, secret("password")],
        reported: vec![],
        items: vec![],
    };
    desk.of(&server, session::Event::RegistrationAsked(form));
    desk.waits(1);
    let sent = |effects: &Effects| {
        commands(effects).into_iter().find_map(|c| match c {
            Command::Session(command::Command::SubmitRegistration(form)) => Some(form),
            _ => None,
        })
    };
    for typed in ["romeo", "secret", "secrit"] {
        desk.types(typed);
        desk.key("tab");
    }
    assert_eq!(sent(&desk.key("ctrl-s")), None);
    let Some(Overlay::Form(view)) = desk.top() else { panic!() };
    assert_eq!((view.focused, view.errors.len()), (2, 1));
    desk.key("ctrl-u");
    desk.types("secret");
    let form = sent(&desk.key("ctrl-s")).expect("the passwords are the same");
    let fields: Vec<_> = form.fields.iter().map(|f| (f.var.as_str(), f.values.join("+"))).collect();
    assert_eq!(fields, [("username", "romeo".to_owned()), ("password", "secret".to_owned())]);
}

#[test]
fn registering_shows_the_servers_form_and_signs_in_as_what_was_made() {
    let mut desk = Desk::empty();
    desk.enters_register("montague.lit");
    let (settings, intent) = started(&desk.key("ctrl-s")).unwrap();
    assert_eq!(intent, Intent::Register);
    let server = settings.id.clone();
    desk.msg(Msg::AccountStarted(settings));
    let field = |var: &str, kind| Field {
        var: var.into(),
        kind,
        label: None,
        desc: None,
        is_required: true,
        values: vec![],
        options: vec![],
    };
    let form = Form {
        kind: FormKind::Form,
        title: None,
        instructions: vec![],
        fields: vec![field("username", FieldKind::TextSingle), field("password", FieldKind::TextPrivate)],
        reported: vec![],
        items: vec![],
    };
    desk.of(&server, session::Event::RegistrationAsked(form));
    desk.waits(1);
    desk.types("romeo");
    desk.key("tab");
    desk.types("sweet");
    desk.key("tab");
    desk.types("sweet");
    let effects = desk.key("ctrl-s");
    assert!(matches!(&commands(&effects)[..], [Command::Session(command::Command::SubmitRegistration(form))]
        if form.fields[1].values == ["sweet"] && form.kind == FormKind::Submit));
    let effects = desk.of(&server, session::Event::Registered { username: "romeo".into() });
    let (settings, intent) = started(&effects).unwrap();
    assert_eq!((settings.id.clone(), intent), (me(), Intent::SignIn(Secret::new("sweet"))));
    desk.msg(Msg::AccountStarted(settings));
    let effects = desk.event(Event::Session(session::Event::PasswordAccepted));
    assert!(effects.contains(&Effect::SavePassword(me(), Secret::new("sweet"))));
    assert!(desk.state.overlays.is_empty());
}

impl Desk {
    fn enters_register(&mut self, server: &str) {
        self.msg(Msg::NoAccounts);
        self.types(server);
        self.key("shift-tab");
        self.key("right");
        assert_eq!(first_run(self).mode, FirstRunMode::Register);
    }

    fn of(&mut self, account: &AccountId, event: session::Event) -> Effects {
        let events = vec![Event::Session(event)];
        self.msg(Msg::Committed(parlour::contract::Committed { account: account.clone(), events }))
    }
}

#[test]
fn a_refused_password_is_asked_for() {
    let mut desk = Desk::online();
    let stopped = ConnState::Stopped(DownReason::Password("not-authorized".into()));
    desk.event(Event::Session(session::Event::StateChanged(stopped)));
    assert!(matches!(desk.top(), Some(Overlay::Prompt(p)) if p.kind == PromptKind::Password(me()) && p.is_secret));
    desk.waits(1);
    desk.types("new one");
    let effects = desk.key("enter");
    let set = command::Command::SetPassword(Secret::new("new one"));
    assert_eq!(commands(&effects), [Command::Session(set)]);
    assert!(desk.state.overlays.is_empty());
}

#[test]
fn final_reasons_say_what_to_do() {
    let mut desk = Desk::online();
    for (reason, words) in [
        (DownReason::Certificate("for x, not y".into()), "ca_file"),
        (DownReason::NoMechanism("X-OAUTH2".into()), "administrator"),
        (DownReason::Conflict, "/reconnect"),
    ] {
        desk.event(Event::Session(session::Event::StateChanged(ConnState::Stopped(reason))));
        let toast = desk.state.toasts.list.last().unwrap();
        assert!(toast.text.raw().contains(words), "{toast:?}");
        assert_eq!(toast.until, None, "it stays until a key");
    }
}

fn presences(effects: &Effects) -> Vec<OwnPresence> {
    let list = commands(effects).into_iter().filter_map(|c| match c {
        Command::Presence(presence::Command::Set(p)) => Some(p),
        _ => None,
    });
    list.collect()
}

#[test]
fn away_by_itself_and_back_with_a_key() {
    let mut desk = Desk::online();
    desk.key("ctrl-l");
    assert_eq!(presences(&desk.waits(599)), []);
    let gone = presences(&desk.waits(1));
    assert_eq!(gone[0].availability, Availability::Away);
    assert_eq!(presences(&desk.waits(600)), [], "once");
    let back = presences(&desk.key("ctrl-l"));
    assert_eq!(back[0].availability, Availability::Online);
}

#[test]
fn who_is_busy_does_not_go_away_by_itself() {
    let mut desk = Desk::online();
    desk.enters("/dnd writing");
    assert_eq!(presences(&desk.waits(3_600)), []);
    assert_eq!(desk.state.accounts.list[0].presence.status, "writing");
}

#[test]
fn the_presence_pane_sets_all_accounts() {
    let mut desk = Desk::online();
    let other = AccountId(bare("work@example.org"));
    desk.msg(Msg::AccountStarted(AccountSettings::new(other.clone(), "parlour".into())));
    desk.key("alt-s");
    desk.key("right");
    desk.key("tab");
    desk.types("lunch");
    let effects = desk.key("enter");
    let wanted =
        OwnPresence { availability: Availability::Away, status: "lunch".into(), priority: 0, idle_since: None };
    assert_eq!(presences(&effects), [wanted.clone(), wanted]);
}

#[test]
fn forgetting_an_account_asks_and_leaves_nothing() {
    let mut desk = Desk::online();
    desk.says("juliet@capulet.lit", "hi");
    desk.opens("Juliet");
    desk.enters(&format!("/account remove {ME}"));
    let effects = desk.key("y");
    assert!(effects.contains(&Effect::ForgetAccount(me())));
    assert!(desk.state.accounts.list.is_empty());
    assert!(desk.state.chats.by_id.is_empty());
    assert_eq!(desk.state.current_id(), None);
    assert!(desk.state.timelines.list.is_empty());
}

#[test]
fn k10_a_typed_password_is_saved_with_the_users_yes_once_the_server_took_it() {
    let prompt_says = |desk: &Desk| match desk.top() {
        Some(Overlay::Prompt(prompt)) => prompt.saving,
        other => panic!("{other:?}"),
    };
    let accepted = |desk: &mut Desk| desk.event(Event::Session(session::Event::PasswordAccepted));
    let is_saved = |effects: &Effects| effects.iter().any(|e| matches!(e, Effect::SavePassword(..)));
    for is_wished in [false, true] {
        let mut desk = Desk::online();
        let effects = desk.msg(Msg::PasswordWanted(me(), "the keyring has none".into()));
        assert!(effects.contains(&Effect::AskKeyring(me())));
        assert_eq!(prompt_says(&desk), None, "nothing is offered before it is known to work");
        desk.msg(Msg::Shell(ShellNews::CanSave(me())));
        assert_eq!(prompt_says(&desk), Some(false));
        desk.waits(1);
        if is_wished {
            desk.key("down");
            assert_eq!(prompt_says(&desk), Some(true));
        }
        desk.types("wrong one");
        assert!(!is_saved(&desk.key("enter")), "not before the server took it");
        // It was wrong: the wish stays, the secret does not.
        let down = ConnState::Stopped(DownReason::Password("not-authorized".into()));
        assert!(!is_saved(&desk.event(Event::Session(session::Event::StateChanged(down)))));
        desk.msg(Msg::Shell(ShellNews::CanSave(me())));
        assert_eq!(prompt_says(&desk), Some(is_wished));
        desk.waits(1);
        desk.types("right one");
        desk.key("enter");
        let effects = accepted(&mut desk);
        assert_eq!(effects.contains(&Effect::SavePassword(me(), Secret::new("right one"))), is_wished);
        assert!(!is_saved(&accepted(&mut desk)), "once");
    }
}

#[test]
fn t11_a_first_contact_shows_the_key_and_takes_it_only_when_it_is_typed() {
    let mut desk = Desk::empty();
    let mut settings = sign_in(&mut desk);
    let shown = super::certificates::certificate('c');
    let refuse = |pins: Vec<String>| {
        let why = "the one for montague.lit is self-signed: nobody but itself vouches for it".into();
        let refusal = Refusal { why, certificate: Some(shown.clone()), pins };
        session::Event::StateChanged(ConnState::Stopped(DownReason::Certificate(Box::new(refusal))))
    };
    // Before the server has shown a key only a whole fingerprint says which one is meant.
    desk.of(&settings.id, refuse(Vec::new()));
    let view = first_run(&desk);
    assert_eq!(view.field(), FirstRunField::Pin);
    let words = view.error.as_ref().unwrap().1.raw().to_owned();
    assert!(words.contains("self-signed") && words.contains(&["cccc"; 16].join(" ")), "{words}");
    for (typed, fault) in [("cccc", "too short"), ("dddddddddddddddd", "not the key"), ("cccc xyz", "no hex digit")] {
        at(&mut desk, FirstRunField::Pin);
        desk.types(typed);
        assert!(started(&desk.key("enter")).is_none(), "{typed}");
        let why = first_run(&desk).error.as_ref().unwrap().1.raw().to_owned();
        assert!(why.contains(fault), "{typed}: {why}");
        for _ in 0..typed.len() {
            desk.key("backspace");
        }
    }
    desk.types("CCCC cccc cccc cccc");
    settings = started(&desk.key("enter")).expect("the login begins").0;
    assert_eq!(settings.pins, std::slice::from_ref(&shown.key));
    desk.msg(Msg::AccountStarted(settings.clone()));
    let effects = desk.event(Event::Session(session::Event::PasswordAccepted));
    assert!(effects.contains(&Effect::SaveAccount(Box::new(settings))), "the pin is kept");
}

#[test]
fn t11_a_whole_fingerprint_is_pinned_before_anything_is_sent() {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.types(ME);
    at(&mut desk, FirstRunField::Password);
    desk.types("pw");
    at(&mut desk, FirstRunField::Pin);
    desk.types("abababababababab");
    assert!(started(&desk.key("enter")).is_none());
    assert!(first_run(&desk).error.as_ref().unwrap().1.raw().contains("all 64 digits"));
    desk.types(&"AB".repeat(24));
    let (settings, _) = started(&desk.key("enter")).expect("the login begins");
    assert_eq!(settings.pins, [format!("sha256:{}", "ab".repeat(32))]);
}

#[test]
fn t14_a_proxy_is_set_before_the_first_login() {
    let mut desk = Desk::empty();
    desk.msg(Msg::NoAccounts);
    desk.types("romeo@expyuzz4wqqyqhjn.onion");
    at(&mut desk, FirstRunField::Password);
    desk.types("pw");
    at(&mut desk, FirstRunField::Port);
    desk.types("15222");
    at(&mut desk, FirstRunField::Socks5);
    desk.types("127.0.0.1");
    assert!(started(&desk.key("enter")).is_none());
    assert!(first_run(&desk).error.as_ref().unwrap().1.raw().contains("needs its port"));
    desk.types(":9050");
    let (settings, _) = started(&desk.key("enter")).expect("the login begins");
    assert_eq!(settings.socks5.as_ref().map(|s| s.place()), Some("127.0.0.1:9050".to_owned()));
    assert_eq!((settings.port, settings.host.clone()), (Some(15222), None), "a port needs no host behind a proxy");
    desk.msg(Msg::AccountStarted(settings.clone()));
    let why = DownReason::Unreachable("the proxy 127.0.0.1:9050: cannot connect to it".into());
    desk.of(&settings.id, session::Event::StateChanged(ConnState::Stopped(why)));
    assert_eq!(first_run(&desk).field(), FirstRunField::Socks5);
}
