//! `/cert` and `/connection`: what is shown, what a typed fingerprint does, and what a wrong one does not.

use super::desk::*;
use parlour::contract::command::session as command;
use parlour::contract::event::session;
use parlour::contract::{Command, Event};
use parlour::model::*;
use parlour::state::overlays::Overlay;
use parlour::update::Effect;
use std::time::Duration;

/// A certificate with a key of this digit.
pub fn certificate(digit: char) -> Certificate {
    Certificate {
        key: format!("sha256:{}", digit.to_string().repeat(64)),
        names: vec!["montague.lit".into(), "*.montague.lit".into()],
        subject: "montague.lit".into(),
        issuer: "Verona CA (Prince Escalus)".into(),
        not_before: Time(1_790_000_000_000),
        not_after: Time(1_797_800_000_000),
    }
}

/// A whole login, as the engine tells it.
pub fn log_in(desk: &mut Desk) {
    let mut told = vec![session::Event::StateChanged(ConnState::Connecting)];
    let step = |step, state, ms| session::Event::StepChanged { step, state, after: Duration::from_millis(ms) };
    let feature =
        |name: &str, ns: &str, detail: &str| StreamFeature { name: name.into(), ns: ns.into(), detail: detail.into() };
    told.push(step(Step::Resolve, StepState::Running("SRV records of montague.lit".into()), 0));
    told.push(step(Step::Resolve, StepState::Done("xmpp.montague.lit:5223 (TLS)".into()), 12));
    told.push(step(Step::Connect, StepState::Running("xmpp.montague.lit:5223 (TLS)".into()), 12));
    told.push(step(Step::Connect, StepState::Done("192.0.2.7:5223".into()), 47));
    let tls = TlsInfo {
        version: "TLS 1.3".to_owned(),
        cipher: "TLS13_AES_256_GCM_SHA384".to_owned(),
        is_direct: true,
        certificate: Some((certificate('a'), Trust::Authority)),
    };
    told.push(session::Event::Learned(LoginFact::Encrypted(Box::new(tls))));
    told.push(step(Step::Secure, StepState::Done("TLS 1.3, certificate is valid".into()), 81));
    let features = vec![
        feature("mechanisms", "urn:ietf:params:xml:ns:xmpp-sasl", "SCRAM-SHA-256-PLUS, SCRAM-SHA-1"),
        feature("odd", "urn:odd:0", ""),
    ];
    told.push(session::Event::Learned(LoginFact::Offered { is_signed_in: false, features }));
    told.push(step(Step::SignIn, StepState::Running("romeo, SCRAM-SHA-256-PLUS".into()), 90));
    let binding = Some("tls-exporter".into());
    let mechanism = "SCRAM-SHA-256-PLUS".into();
    told.push(session::Event::Learned(LoginFact::SignedIn { mechanism, binding }));
    told.push(step(Step::SignIn, StepState::Done("romeo, SCRAM-SHA-256-PLUS".into()), 160));
    let features = vec![feature("sm", "urn:xmpp:sm:3", ""), feature("csi", "urn:xmpp:csi:0", "")];
    told.push(session::Event::Learned(LoginFact::Offered { is_signed_in: true, features }));
    told.push(step(Step::Bind, StepState::Done("romeo@montague.lit/orchard".into()), 201));
    told.push(session::Event::Bound(Jid::parse("romeo@montague.lit/orchard").unwrap()));
    told.push(session::Event::StateChanged(ConnState::Online { tls: "TLS 1.3".to_owned(), is_resumed: false }));
    desk.events(told.into_iter().map(Event::Session).collect());
}

/// The lines of the text on top.
fn lines(desk: &Desk) -> String {
    match desk.top() {
        Some(Overlay::Text(view)) => {
            view.lines.iter().map(parlour::model::Untrusted::raw).collect::<Vec<_>>().join("\n")
        }
        other => panic!("{other:?}"),
    }
}

/// The login stopped at a certificate.
fn refused(desk: &mut Desk, digit: char, pins: &[String]) {
    let refusal = Refusal {
        why: "the one for montague.lit is self-signed: nobody but itself vouches for it".into(),
        certificate: Some(certificate(digit)),
        pins: pins.to_vec(),
    };
    let stopped = ConnState::Stopped(DownReason::Certificate(Box::new(refusal)));
    desk.event(Event::Session(session::Event::StateChanged(stopped)));
}

#[test]
fn the_timeline_tells_steps_times_and_what_they_mean() {
    let mut desk = Desk::online();
    log_in(&mut desk);
    desk.enters("/connection");
    let text = lines(&desk);
    for words in [
        "     0  Finding the server: 12 ms",
        "    12  Connecting: 35 ms",
        "192.0.2.7:5223",
        "SRV records, RFC 6120",
        "TLS 1.3, from the first byte (direct TLS), TLS13_AES_256_GCM_SHA384",
        "signed by an authority that this machine trusts",
        "montague.lit, *.montague.lit",
        "Verona CA (Prince Escalus)",
        "days left",
        "aaaa aaaa",
        "Pinned        no key",
        "SCRAM-SHA-256-PLUS: the password is proved in both directions",
        "by tls-exporter",
        "romeo@montague.lit/orchard",
        "new: contacts, rooms",
        "(SCRAM-SHA-256-PLUS, SCRAM-SHA-1)",
        "urn:odd:0: parlour does not know it",
        "XEP-0198",
        "XEP-0352",
    ] {
        assert!(text.contains(words), "{words:?} is missing in\n{text}");
    }
}

#[test]
fn it_follows_a_login_while_it_is_open() {
    let mut desk = Desk::online();
    desk.enters("/connection");
    assert!(!lines(&desk).contains("Finding"));
    let state = StepState::Failed("DNS does not answer".into());
    let after = Duration::from_millis(9);
    desk.event(Event::Session(session::Event::StepChanged { step: Step::Resolve, state, after }));
    assert!(lines(&desk).contains("Finding the server: failed after 9 ms\n        DNS does not answer"));
}

#[test]
fn t11_a_typed_fingerprint_pins_what_was_shown_and_nothing_else() {
    let mut desk = Desk::online();
    refused(&mut desk, 'b', &[]);
    desk.enters("/cert");
    let text = lines(&desk);
    assert!(text.contains("refused: the one for montague.lit is self-signed"), "{text}");
    assert!(text.contains(&"bbbb ".repeat(15)) && text.contains("/cert pin bbbb bbbb bbbb bbbb"), "{text}");
    desk.key("esc");
    // Nothing, too little, no digits, too much, another key.
    for typed in ["", "bbbb", "bbbb bbbb bbbb bbb", "yes please pin it", &"b".repeat(65), "bbbb bbbb bbbb bbbc"] {
        let effects = desk.enters(&format!("/cert pin {typed}"));
        assert!(effects.iter().all(|e| !matches!(e, Effect::SaveAccount(_))), "{typed:?}: {effects:?}");
        assert_eq!(commands(&effects), [], "{typed:?}");
        assert!(desk.state.accounts.list[0].settings.pins.is_empty());
        desk.key("ctrl-u");
    }
    let effects = desk.enters("/cert pin SHA256:BBBB:BBBB bbbb bbbb");
    let pins = vec![certificate('b').key];
    let expected = [command::Command::SetPins(pins.clone()), command::Command::Connect].map(Command::Session);
    assert_eq!(commands(&effects), expected);
    let saved = effects.iter().find_map(|e| match e {
        Effect::SaveAccount(settings) => Some(settings.pins.clone()),
        _ => None,
    });
    assert_eq!(saved, Some(pins));
}

#[test]
fn t11_a_changed_key_shows_old_and_new() {
    let mut desk = Desk::online();
    desk.state.accounts.list[0].settings.pins = vec![certificate('c').key];
    refused(&mut desk, 'd', &[certificate('c').key]);
    desk.enters("/cert");
    let text = lines(&desk);
    assert!(text.contains("cccc cccc") && text.contains("dddd dddd") && text.contains("why the key changed"), "{text}");
    desk.key("esc");
    let effects = desk.enters("/cert forget");
    let expected = [command::Command::SetPins(Vec::new()), command::Command::Connect].map(Command::Session);
    assert_eq!(commands(&effects), expected);
}

#[test]
fn without_a_certificate_there_is_nothing_to_pin() {
    let mut desk = Desk::online();
    desk.enters("/cert");
    assert!(lines(&desk).contains("has shown no certificate"));
    desk.key("esc");
    assert_eq!(commands(&desk.enters(&format!("/cert pin {}", "e".repeat(64)))), []);
    assert!(desk.state.accounts.list[0].settings.pins.is_empty());
}
