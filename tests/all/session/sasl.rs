//! Logins with the mechanisms of SASL, over the wire: what is chosen, what is said in the clear, and servers that lie.

use super::fake::{BIND, Fake, HEADER, How, Lie, Rig, SASL, mechanisms, proofs};
use crate::figures::figure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use parlour::contract::Event;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::model::{Binding, ConnState, DownReason, LoginFact, Proof, Strength};
use parlour::xmpp::link::{Channel, TlsFacts};
use std::time::{Duration, Instant};

const PLUS: [&str; 3] = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN"];
const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const EXPORTER: [u8; 32] = [7; 32];

/// TLS 1.3 that a login can be bound to.
fn bindable() -> TlsFacts {
    let channel = Channel { exporter: Some(EXPORTER.to_vec()), end_point: None };
    TlsFacts { version: "TLS 1.3".to_owned(), words: "TLS 1.3".to_owned(), channel, ..TlsFacts::default() }
}

/// The mechanism that the client chose, and its first words.
async fn auth(fake: &mut Fake) -> (String, String) {
    fake.expect("<auth").await;
    let attributes = fake.expect(">").await;
    let name = attributes.split("mechanism='").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    let text = fake.expect("</auth>").await;
    let text = text.strip_suffix("</auth>").unwrap();
    (name, String::from_utf8(BASE64.decode(text).unwrap()).unwrap())
}

async fn send(fake: &mut Fake, name: &str, words: &str) {
    fake.send(&format!("<{name} xmlns='{SASL}'>{}</{name}>", BASE64.encode(words))).await;
}

async fn fail(fake: &mut Fake, condition: &str, text: &str) {
    fake.send(&format!("<failure xmlns='{SASL}'><{condition}/><text xml:lang='en'>{text}</text></failure>")).await;
}

/// A challenge to these first words, with this many rounds and this at its end.
fn challenge(first: &str, rounds: &str, end: &str) -> String {
    let nonce = first.split_once("r=").unwrap().1;
    format!("r={nonce}server,s={},i={rounds}{end}", BASE64.encode("salt"))
}

/// Takes the proof and answers; the client's last words without it.
async fn prove(fake: &mut Fake, first: &str, challenge: &str, rounds: u32) -> String {
    let last = fake.said("response").await;
    let (bare_last, proof) = last.split_once(",p=").unwrap();
    let bare = first.split_once(",,").unwrap().1;
    let (wanted, signature) = proofs("secret", rounds, format!("{bare},{challenge},{bare_last}").as_bytes());
    assert_eq!(BASE64.decode(proof).unwrap(), wanted);
    send(fake, "success", &format!("v={}", BASE64.encode(signature))).await;
    bare_last.to_owned()
}

async fn stopped(rig: &mut Rig) -> DownReason {
    match rig.state("a stop", |s| matches!(s, ConnState::Stopped(_) | ConnState::Waiting { .. })).await {
        ConnState::Stopped(reason) => reason,
        other => panic!("not final: {other:?}"),
    }
}

async fn learned(rig: &mut Rig) -> Strength {
    rig.wait("what was learned", |event| match event {
        Event::Session(SessionEvent::StrengthLearned(strength)) => Some((**strength).clone()),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn t01_plain_downgrade() {
    let mut bytes = 0;
    for offer in [
        &["PLAIN"][..],
        &["PLAIN", "DIGEST-MD5", "CRAM-MD5"],
        &["X-OAUTH2", "PLAIN"],
        &["plain", "PLAIN"],
        &["SCRAM-SHA-256-PLUS", "PLAIN"],
        &["SCRAM-SHA-256x", "PLAIN"],
        &["EXTERNAL", "ANONYMOUS", "PLAIN"],
        &["SCRAM-SHA-3-512", "PLAIN"],
    ] {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(offer)).await;
        assert_eq!(stopped(&mut rig).await, DownReason::OnlyPlain, "{offer:?}");
        let said = fake.rest().await;
        bytes += said.matches("<auth").count() + said.matches("secret").count();
    }
    assert_eq!(bytes, 0);
    // Where SCRAM is refused, PLAIN is not tried, consent or not.
    for condition in ["not-authorized", "mechanism-too-weak", "invalid-mechanism", "encryption-required"] {
        let mut rig = Rig::with(How::Tls, |settings| settings.allow_plain = true, bindable());
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(&["SCRAM-SHA-256", "PLAIN"])).await;
        assert_eq!(auth(&mut fake).await.0, "SCRAM-SHA-256");
        fail(&mut fake, condition, "use PLAIN").await;
        stopped(&mut rig).await;
        assert!(!fake.rest().await.contains("<auth"), "{condition}");
    }
    // One consent, kept for the session.
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&["PLAIN"])).await;
    stopped(&mut rig).await;
    rig.ask(Ask::AllowPlain).await;
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&["PLAIN"])).await;
    assert_eq!(auth(&mut fake).await, ("PLAIN".to_owned(), "\0me\0secret".to_owned()));
    figure("T-01", "script", "8 servers that offer only PLAIN: 0 bytes of the password on the wire");
}

#[tokio::test]
async fn t02_false_success() {
    let empty = format!("<success xmlns='{SASL}'/>");
    let said = |words: &str| format!("<success xmlns='{SASL}'>{}</success>", BASE64.encode(words));
    let asked = |words: &str| format!("<challenge xmlns='{SASL}'>{}</challenge>", BASE64.encode(words));
    let zero = format!("v={}", BASE64.encode([0; 32]));
    let mut accepted = 0;
    // Before a challenge, and after the proof.
    let before = [empty.clone(), said(&zero), said("v=")];
    let after = [
        empty.clone(),
        said(&zero),
        said("v="),
        said("x"),
        said(&format!("v={}", BASE64.encode([0; 31]))),
        said("e=other-error"),
        format!("<success xmlns='{SASL}'>?</success>"),
        asked("r=again,s=c2FsdA==,i=4096"),
        asked(&zero) + &empty,
        asked("") + &empty,
    ];
    let all = before.iter().map(|a| (false, a)).chain(after.iter().map(|a| (true, a)));
    for (has_challenge, answer) in all {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(&["SCRAM-SHA-256"])).await;
        let (_, first) = auth(&mut fake).await;
        if has_challenge {
            send(&mut fake, "challenge", &challenge(&first, "4096", "")).await;
            fake.said("response").await;
        }
        fake.send(answer).await;
        let reason = stopped(&mut rig).await;
        assert!(matches!(reason, DownReason::ServerProof(_) | DownReason::Password(_)), "{answer}: {reason:?}");
        accepted += usize::from(fake.rest().await.contains("<stream:stream"));
    }
    assert_eq!(accepted, 0);
    figure("T-02", "script", "0 of 13 false successes accepted");
}

/// What a liar makes of our nonce.
type Twist = Box<dyn Fn(&str) -> String>;

#[tokio::test]
async fn t03_nonce_not_extended() {
    let swap = |n: &str| {
        n.chars()
            .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect::<String>()
    };
    let variants: [(&str, Twist); 12] = [
        ("the same", Box::new(|n| format!("r={n}"))),
        ("another", Box::new(|_| "r=fyko+d2lbbFgONRv9qkxdawL".to_owned())),
        ("none", Box::new(|_| "x=1".to_owned())),
        ("empty", Box::new(|_| "r=".to_owned())),
        ("shorter", Box::new(|n| format!("r={}", &n[..n.len() - 1]))),
        ("one character changed", Box::new(|n| format!("r={}~server", &n[..n.len() - 1]))),
        ("in front", Box::new(|n| format!("r=server{n}"))),
        ("case", Box::new(move |n| format!("r={}server", swap(n)))),
        ("reversed", Box::new(|n| format!("r={}server", n.chars().rev().collect::<String>()))),
        ("the wrong one first", Box::new(|n| format!("r=x,r={n}server"))),
        ("cut by a comma", Box::new(|n| format!("r={},{}", &n[..4], &n[4..]))),
        ("an extension first", Box::new(|n| format!("m=x,r={n}server"))),
    ];
    for (what, twist) in &variants {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(&["SCRAM-SHA-256"])).await;
        let (_, first) = auth(&mut fake).await;
        let nonce = twist(first.split_once("r=").unwrap().1);
        send(&mut fake, "challenge", &format!("{nonce},s={},i=4096", BASE64.encode("salt"))).await;
        let reason = stopped(&mut rig).await;
        assert!(matches!(reason, DownReason::ServerProof(_)), "{what}: {reason:?}");
        assert!(!fake.rest().await.contains("<response"), "{what}: a proof was given");
    }
    figure("T-03", "script", "0 of 12 wrong nonces answered with a proof");
}

/// Challenges with this count; whether a proof came, and how long a refusal took.
async fn rounds(count: &str) -> Option<Duration> {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&["SCRAM-SHA-256"])).await;
    let (_, first) = auth(&mut fake).await;
    let challenge = challenge(&first, count, "");
    let begin = Instant::now();
    send(&mut fake, "challenge", &challenge).await;
    if matches!(count, "4096" | "1000000") {
        rig.during(prove(&mut fake, &first, &challenge, count.parse().unwrap())).await;
        learned(&mut rig).await;
        return None;
    }
    assert!(matches!(stopped(&mut rig).await, DownReason::ServerProof(_)), "{count}");
    let took = begin.elapsed();
    assert!(!fake.rest().await.contains("<response"), "{count}");
    Some(took)
}

#[tokio::test]
async fn t04_iterations() {
    let mut worst = Duration::ZERO;
    for count in
        ["1", "0", "-1", "4095", "1000001", "2000000000", "4294971392", "99999999999999999999", "4096.5", "0x1000", ""]
    {
        // The quickest of a few: this machine may be busy with something else.
        let mut took = Duration::MAX;
        for _ in 0..5 {
            took = took.min(rounds(count).await.unwrap());
            if took < Duration::from_millis(50) {
                break;
            }
        }
        assert!(took < Duration::from_millis(50), "{count}: {took:?}");
        worst = worst.max(took);
    }
    assert_eq!((rounds("4096").await, rounds("1000000").await), (None, None));
    figure("T-04", "script", &format!("11 odd counts refused, the slowest in {} ms", worst.as_millis()));
}

#[tokio::test]
async fn t05_weaker_than_before() {
    let mut rig = Rig::with(How::Tls, |_| {}, bindable());
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&PLUS)).await;
    let (name, first) = auth(&mut fake).await;
    assert_eq!((name.as_str(), first.starts_with("p=tls-exporter,,")), ("SCRAM-SHA-256-PLUS", true));
    let asked = challenge(&first, "4096", "");
    send(&mut fake, "challenge", &asked).await;
    let last = prove(&mut fake, &first, &asked, 4096).await;
    let bound = BASE64.decode(last.strip_prefix("c=").unwrap().split(',').next().unwrap()).unwrap();
    assert_eq!(bound, [&b"p=tls-exporter,,"[..], &EXPORTER].concat());
    let known = learned(&mut rig).await;
    assert_eq!((known.proof, known.binding), (Some(Proof::ScramSha256), Some(Binding::Exporter)));
    drop(fake);
    // The same engine, then one that read it from the file.
    rig.ask(Ask::Connect).await;
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&["SCRAM-SHA-256", "PLAIN"])).await;
    assert!(matches!(stopped(&mut rig).await, DownReason::Weaker(_)));
    assert!(!fake.rest().await.contains("<auth"));
    for offer in [
        &["SCRAM-SHA-256"][..],
        &["SCRAM-SHA-1-PLUS"],
        &["SCRAM-SHA-1-PLUS", "SCRAM-SHA-512"],
        &["SCRAM-SHA-1"],
        &["PLAIN"],
        &["DIGEST-MD5", "PLAIN"],
    ] {
        let mut rig = Rig::with(How::Tls, |s| s.strength = known.clone(), bindable());
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(offer)).await;
        let DownReason::Weaker(weaker) = stopped(&mut rig).await else { panic!("{offer:?}") };
        assert!(!fake.rest().await.contains("<auth"), "{offer:?}");
        rig.ask(Ask::AcceptWeaker(Box::new(weaker.accepted))).await;
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(offer)).await;
        if offer.contains(&"PLAIN") {
            // Two questions: that it is weaker, and that the password itself is wanted.
            assert_eq!(stopped(&mut rig).await, DownReason::OnlyPlain);
        } else {
            assert!(offer.contains(&auth(&mut fake).await.0.as_str()));
        }
    }
    figure("T-05", "script", "0 of 7 weaker servers taken silently");
}

#[tokio::test]
async fn t05_downgrade_hash() {
    // What the server offered, and what is left of it on the way.
    let hash = |text: &str| BASE64.encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()));
    let honest = ["SCRAM-SHA-256", "SCRAM-SHA-1"];
    for (attribute, list, is_sound) in [
        ("h", "SCRAM-SHA-1\u{1e}SCRAM-SHA-256", true),
        ("d", "SCRAM-SHA-1,SCRAM-SHA-256", true),
        ("h", "SCRAM-SHA-1\u{1e}SCRAM-SHA-1-PLUS\u{1e}SCRAM-SHA-256\u{1e}SCRAM-SHA-256-PLUS", false),
        ("h", "SCRAM-SHA-1\u{1e}SCRAM-SHA-256\u{1e}SCRAM-SHA-512", false),
        ("h", "SCRAM-SHA-1\u{1e}SCRAM-SHA-256\u{1f}tls-exporter", false),
        ("d", "SCRAM-SHA-1,SCRAM-SHA-256,SCRAM-SHA-512", false),
        ("d", "SCRAM-SHA-1,SCRAM-SHA-256|tls-exporter", false),
        ("h", "", false),
    ] {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(&honest)).await;
        let (_, first) = auth(&mut fake).await;
        let asked = challenge(&first, "4096", &format!(",{attribute}={}", hash(list)));
        send(&mut fake, "challenge", &asked).await;
        if is_sound {
            prove(&mut fake, &first, &asked, 4096).await;
            assert!(learned(&mut rig).await.is_list_signed);
        } else {
            assert!(matches!(stopped(&mut rig).await, DownReason::ServerProof(_)), "{list:?}");
            assert!(!fake.rest().await.contains("<response"), "{list:?}: a proof was given");
        }
    }
}

#[tokio::test]
async fn t06_binding_refused() {
    // Only the server's own word that it cannot bind, and only to who never was bound.
    let never = Strength::default();
    let before = Strength { binding: Some(Binding::Exporter), ..Strength::default() };
    for (text, known, has_second) in [
        ("Invalid channel binding", &never, true),
        ("unsupported-channel-binding-type", &never, true),
        ("channel-binding-not-supported", &never, true),
        ("Invalid channel binding", &before, false),
        ("unsupported-channel-binding-type", &before, false),
        ("channel-bindings-dont-match", &never, false),
        ("server-does-support-channel-binding", &never, false),
        ("Invalid username or password", &never, false),
        ("", &never, false),
    ] {
        let mut rig = Rig::with(How::Tls, |s| s.strength = known.clone(), bindable());
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(&PLUS)).await;
        assert_eq!(auth(&mut fake).await.0, "SCRAM-SHA-256-PLUS");
        fail(&mut fake, "not-authorized", text).await;
        if !has_second {
            stopped(&mut rig).await;
            assert!(!fake.rest().await.contains("<auth"), "{text:?}: fell back");
            continue;
        }
        let (name, first) = rig.during(auth(&mut fake)).await;
        assert_eq!((name.as_str(), first.starts_with("n,,")), ("SCRAM-SHA-256", true), "{text:?}");
        let asked = challenge(&first, "4096", "");
        send(&mut fake, "challenge", &asked).await;
        prove(&mut fake, &first, &asked, 4096).await;
        let (mechanism, binding) = rig
            .wait("how", |event| match event {
                Event::Session(SessionEvent::Learned(LoginFact::SignedIn { mechanism, binding })) => {
                    Some((mechanism.raw().to_owned(), binding.clone()))
                }
                _ => None,
            })
            .await;
        assert_eq!((mechanism.as_str(), binding), ("SCRAM-SHA-256", None));
        assert!(learned(&mut rig).await.is_plus_refused);
    }
    // A server that lists its types can bind: its refusal is that of a server that sees another TLS session.
    let listed = "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding>";
    let mut rig = Rig::with(How::Tls, |_| {}, bindable());
    let mut fake = rig.accept().await;
    fake.features(&(mechanisms(&PLUS) + listed)).await;
    auth(&mut fake).await;
    fail(&mut fake, "not-authorized", "Invalid channel binding").await;
    stopped(&mut rig).await;
    assert!(!fake.rest().await.contains("<auth"));
}

/// Everything that the client said in the clear holds no word of a login.
fn assert_no_login(said: &str, what: &str) {
    for word in ["<auth", "mechanism", "<response", "secret", "<iq", "<message", "<presence", "urn:xmpp:sasl"] {
        assert!(!said.contains(word), "{what}: {said}");
    }
}

#[tokio::test]
async fn t07_starttls_stripped() {
    let failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>";
    let offers = mechanisms(&["SCRAM-SHA-256", "PLAIN"]);
    let bound = format!("<success xmlns='{SASL}'/>");
    // The features; what is said to `<starttls/>`, where it comes to that.
    let variants = [
        (offers.clone(), None),
        (String::new(), None),
        (format!("{offers}{BIND}"), None),
        ("<starttls xmlns='urn:other'/>".to_owned() + &offers, None),
        (format!("<wrap xmlns='urn:x'>{STARTTLS}</wrap>{offers}"), None),
        (STARTTLS.to_owned(), Some(failure.to_owned())),
        (STARTTLS.to_owned(), Some("<proceed xmlns='urn:other'/>".to_owned())),
        (format!("{STARTTLS}{offers}"), Some(bound.clone())),
        (format!("{STARTTLS}{offers}"), Some(format!("<stream:features>{offers}</stream:features>"))),
        (STARTTLS.to_owned(), Some("</stream:stream>".to_owned())),
        (
            STARTTLS.to_owned(),
            Some("<stream:error><reset xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>".to_owned()),
        ),
    ];
    let count = variants.len();
    for (features, answer) in variants {
        let what = format!("{features} {answer:?}");
        let mut rig = Rig::start(How::StartTls);
        let mut fake = rig.accept().await;
        fake.features(&features).await;
        if let Some(answer) = answer {
            fake.expect("xmpp-tls'").await;
            fake.send(&answer).await;
        }
        let reason = rig.reason().await;
        assert!(
            matches!(reason, DownReason::NoTls(_) | DownReason::Stream(_) | DownReason::LinkLost(_)),
            "{what}: {reason:?}"
        );
        assert_no_login(&fake.rest().await, &what);
    }
    // The handshake itself fails.
    let mut rig = Rig::start(How::NoHandshake);
    let mut fake = rig.accept().await;
    fake.features(&format!("{STARTTLS}{offers}")).await;
    fake.expect("xmpp-tls'").await;
    fake.send(PROCEED).await;
    assert!(matches!(rig.reason().await, DownReason::NoTls(_)));
    assert_no_login(&fake.rest().await, "no handshake");
    figure("T-07", "script", &format!("{} ways to strip STARTTLS: 0 bytes of a login in the clear", count + 1));
}

#[tokio::test]
async fn t08_starttls_injected() {
    let message = "<message type='chat' from='bob@b.test/x' id='i'><body>injected</body></message>";
    let offers = mechanisms(&["PLAIN"]);
    // With `<proceed/>` in one packet: whatever it is, it was not said under TLS.
    for injected in [
        message.to_owned(),
        format!("{HEADER}<stream:features>{offers}</stream:features>"),
        format!("<stream:features>{offers}</stream:features>"),
        format!("<success xmlns='{SASL}'/>"),
        "<presence from='bob@b.test/x'/>".to_owned(),
        "<".to_owned(),
        " ".to_owned() + message,
        "</stream:stream>".to_owned(),
        PROCEED.to_owned(),
    ] {
        let mut rig = Rig::start(How::StartTls);
        let mut fake = rig.accept().await;
        fake.features(STARTTLS).await;
        fake.expect("xmpp-tls'").await;
        fake.send(&format!("{PROCEED}{injected}")).await;
        let mut is_shown = false;
        let reason = rig
            .wait("an end", |event| match event {
                other if format!("{other:?}").contains("bob@b.test") => {
                    is_shown = true;
                    None
                }
                Event::Session(SessionEvent::StateChanged(
                    ConnState::Stopped(r) | ConnState::Waiting { reason: r, .. },
                )) => Some(r.clone()),
                _ => None,
            })
            .await;
        assert!(matches!(reason, DownReason::NoTls(_) | DownReason::Stream(_)), "{injected}: {reason:?}");
        assert!(!is_shown && rig.bodies.is_empty(), "{injected}");
        assert_no_login(&fake.rest().await, &injected);
    }
    // In the clear, before: the login goes on, and what was said is forgotten.
    let mut rig = Rig::start(How::StartTls);
    let mut fake = rig.accept().await;
    fake.expect("version='1.0' xml:lang='en'>").await;
    fake.send(&format!("{HEADER}{message}<stream:features>{STARTTLS}</stream:features>{message}")).await;
    fake.expect("xmpp-tls'").await;
    fake.expect(">").await;
    fake.send(message).await;
    fake.send(PROCEED).await;
    fake.login(false).await;
    fake.send("<message type='chat' from='bob@b.test/x' id='true'><body>true</body></message>").await;
    fake.send("<iq type='get' id='after' from='a.test'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    rig.during(fake.expect("id='after'")).await;
    rig.ask(Ask::SendRaw("no stanza".to_owned())).await;
    rig.wait("all that came before", |e| matches!(e, Event::Session(SessionEvent::RawRefused(_))).then_some(())).await;
    assert_eq!(rig.bodies, ["true"], "what is shown came under TLS");
    figure("T-08", "script", "12 injections before TLS: 0 shown");
}

#[tokio::test]
async fn t12_a_refused_password_is_tried_once() {
    for condition in
        ["not-authorized", "account-disabled", "credentials-expired", "invalid-authzid", "malformed-request"]
    {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        fake.features(&mechanisms(&["SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"])).await;
        auth(&mut fake).await;
        fail(&mut fake, condition, "no").await;
        assert!(stopped(&mut rig).await.is_final(), "{condition}");
        assert!(!fake.rest().await.contains("<auth"), "{condition}: tried again");
        // Commands are served, and none of them is a new attempt by itself.
        rig.ask(Ask::SendRaw("<presence/>".to_owned())).await;
        rig.wait("a refusal", |e| matches!(e, Event::Session(SessionEvent::RawRefused(_))).then_some(())).await;
        assert!(!rig.has_dialled(), "{condition}");
    }
    figure("T-12", "script", "1 attempt for each of 5 refusals");
}

#[tokio::test]
async fn a_sound_server_after_a_liar_is_taken() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.scram(Lie::Signature).await;
    assert!(matches!(stopped(&mut rig).await, DownReason::ServerProof(_)));
    rig.ask(Ask::Connect).await;
    rig.online(false).await;
}

/// RFC 6120 §4.7.4: the server is told in which language it should speak to people; ours is the first of the user's.
#[tokio::test]
async fn a_stream_is_opened_in_the_language_of_the_user() {
    for (languages, lang) in [(&["de-AT", "en"][..], "de-AT"), (&["zh-Hant"], "zh-Hant"), (&[], "en")] {
        let languages: Vec<String> = languages.iter().map(|l| (*l).to_owned()).collect();
        // Nothing of the user is said before the connection is encrypted.
        for how in [How::Tls, How::StartTls] {
            let languages = languages.clone();
            let mut rig = Rig::with(how, |settings| settings.languages = languages, TlsFacts::default());
            let mut fake = rig.accept().await;
            if how == How::StartTls {
                fake.expect("version='1.0' xml:lang='en'>").await;
                fake.send(&format!("{HEADER}<stream:features>{STARTTLS}</stream:features>")).await;
                fake.expect("xmpp-tls'").await;
                fake.expect(">").await;
                fake.send(PROCEED).await;
            }
            fake.expect(&format!("version='1.0' xml:lang='{lang}'>")).await;
        }
    }
}
