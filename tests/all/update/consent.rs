//! Logins that take a typed yes: to a server that is weaker than before, or that wants the password itself.

use super::desk::*;
use parlour::contract::Command;
use parlour::contract::Event;
use parlour::contract::command::session as command;
use parlour::contract::event::session;
use parlour::model::*;
use parlour::state::overlays::{Consent, Overlay, PromptKind};
use parlour::update::Effect;

fn stopped(desk: &mut Desk, reason: DownReason) {
    desk.event(Event::Session(session::Event::StateChanged(ConnState::Stopped(reason))));
}

fn asked(desk: &Desk) -> Option<&Consent> {
    match desk.top() {
        Some(Overlay::Prompt(prompt)) => match &prompt.kind {
            PromptKind::Consent(of, what) if *of == me() => Some(what),
            _ => None,
        },
        _ => None,
    }
}

fn weaker() -> (DownReason, Strength) {
    let known = Strength { proof: Some(Proof::ScramSha256), binding: Some(Binding::Exporter), ..Strength::default() };
    let refused = known.check(&Strength { binding: None, ..known.clone() }).unwrap_err();
    let accepted = refused.accepted.clone();
    (DownReason::Weaker(refused), accepted)
}

#[test]
fn t05_a_weaker_server_is_taken_only_after_a_whole_yes() {
    let mut desk = Desk::online();
    let (reason, accepted) = weaker();
    stopped(&mut desk, reason);
    assert_eq!(asked(&desk), Some(&Consent::Weaker(accepted.clone())));
    desk.waits(1);
    for word in ["y", "no", "yes please", "ye"] {
        desk.types(word);
        assert!(desk.key("enter").is_empty(), "{word}");
        assert!(asked(&desk).is_some(), "{word}");
        desk.key("ctrl-u");
    }
    desk.types("yes");
    let effects = desk.key("enter");
    assert!(asked(&desk).is_none());
    assert!(effects.contains(&Effect::SaveStrength(me(), Box::new(accepted.clone()))));
    assert_eq!(commands(&effects), [Command::Session(command::Command::AcceptWeaker(Box::new(accepted)))]);
}

#[test]
fn t05_esc_leaves_the_account_signed_out_and_connect_asks_again() {
    let mut desk = Desk::online();
    let (reason, _) = weaker();
    stopped(&mut desk, reason.clone());
    desk.waits(1);
    let effects = desk.key("esc");
    assert!(asked(&desk).is_none() && commands(&effects).is_empty());
    let effects = desk.enters("/connect");
    assert_eq!(commands(&effects), [Command::Session(command::Command::Connect)]);
    stopped(&mut desk, reason.clone());
    stopped(&mut desk, reason);
    assert_eq!(desk.state.overlays.len(), 1, "one question, not a pile");
}

#[test]
fn t01_the_password_itself_is_handed_over_only_after_a_yes_that_is_kept() {
    let mut desk = Desk::online();
    stopped(&mut desk, DownReason::OnlyPlain);
    assert_eq!(asked(&desk), Some(&Consent::Plain));
    desk.waits(1);
    desk.types("Yes");
    let effects = desk.key("enter");
    let saved = effects.iter().any(|e| matches!(e, Effect::SaveAccount(s) if s.allow_plain && s.id == me()));
    assert!(saved, "{effects:?}");
    assert_eq!(commands(&effects), [Command::Session(command::Command::AllowPlain)]);
}

#[test]
fn t05_the_question_does_not_come_between_the_user_and_a_password() {
    let mut desk = Desk::online();
    stopped(&mut desk, DownReason::Password("wrong".into()));
    desk.waits(1);
    desk.types("secr");
    let (reason, _) = weaker();
    stopped(&mut desk, reason);
    desk.types("et");
    let effects = desk.key("enter");
    let set = command::Command::SetPassword(Secret::new("secret"));
    assert_eq!(commands(&effects), [Command::Session(set)]);
    desk.waits(3);
    assert!(asked(&desk).is_some(), "it comes after that");
}

#[test]
fn t05_what_a_login_taught_is_kept() {
    let mut desk = Desk::online();
    let learned = Strength { is_tls13: true, ..Strength::default() };
    let effects = desk.event(Event::Session(session::Event::StrengthLearned(Box::new(learned.clone()))));
    assert!(effects.contains(&Effect::SaveStrength(me(), Box::new(learned))));
}
