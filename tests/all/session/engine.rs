//! Logins with servers that lie, stanzas that hurt, sessions that are cut.

use super::fake::{BIND, Fake, How, Lie, Rig, SASL, SM, mechanisms};
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Command, Event, command};
use parlour::model::{ChatId, ChatKind, ConnState, DownReason, Secret, StanzaId};

const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// The `h` of the next `<a/>`.
async fn count(fake: &mut Fake) -> u32 {
    fake.send("<r xmlns='urn:xmpp:sm:3'/>").await;
    loop {
        fake.expect("<a ").await;
        let attributes = fake.expect(">").await;
        if attributes.contains("urn:xmpp:sm:3") {
            return attributes.split("h='").nth(1).unwrap().split('\'').next().unwrap().parse().unwrap();
        }
    }
}

#[tokio::test]
async fn a_sound_login_gives_a_session() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.login(true).await;
    let me = rig
        .wait("an address", |event| match event {
            Event::Session(SessionEvent::Bound(me)) => Some(me.to_string()),
            _ => None,
        })
        .await;
    assert_eq!(me, "me@a.test/here");
    let state = rig.state("online", ConnState::is_online).await;
    assert_eq!(state, ConnState::Online { tls: "TLS 1.3".to_owned(), is_resumed: false });
}

#[tokio::test]
async fn a_server_that_lies_is_refused_for_good() {
    for lie in [Lie::Nonce, Lie::Iterations, Lie::Signature, Lie::NoSignature] {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.accept().await;
        fake.scram(lie).await;
        assert!(matches!(rig.reason().await, DownReason::ServerProof(_)), "{lie:?}");
        let said = rig.during(fake.rest()).await;
        assert!(!said.contains("<stream:stream"), "{lie:?}: went on with {said}");
    }
}

#[tokio::test]
async fn plain_is_refused_without_consent_and_the_password_stays_here() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&["PLAIN", "DIGEST-MD5"])).await;
    assert_eq!(rig.reason().await, DownReason::OnlyPlain);
    assert!(!fake.rest().await.contains("<auth"));
}

#[tokio::test]
async fn nothing_of_the_login_is_said_in_the_clear() {
    let mut rig = Rig::start(How::StartTls);
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&["SCRAM-SHA-256", "PLAIN"])).await;
    assert!(matches!(rig.reason().await, DownReason::NoTls(_)));
    assert_eq!(fake.rest().await, "");
}

#[tokio::test]
async fn bytes_injected_before_encryption_end_the_login() {
    for injected in [" <message/>", "<a", &format!("{}x", super::fake::HEADER)] {
        let mut rig = Rig::start(How::StartTls);
        let mut fake = rig.accept().await;
        fake.features(STARTTLS).await;
        fake.expect("xmpp-tls'").await;
        fake.send(&format!("{PROCEED}{injected}")).await;
        let reason = rig.reason().await;
        assert!(matches!(reason, DownReason::NoTls(_) | DownReason::Stream(_)), "{injected}: {reason:?}");
    }
}

#[tokio::test]
async fn starttls_leads_to_a_session() {
    let mut rig = Rig::start(How::StartTls);
    let mut fake = rig.accept().await;
    fake.features(&format!("{STARTTLS}{STARTTLS}<odd xmlns='urn:odd'/>")).await;
    fake.expect("<starttls").await;
    fake.expect(">").await;
    fake.send(PROCEED).await;
    fake.login(false).await;
    rig.state("online", ConnState::is_online).await;
}

#[tokio::test]
async fn a_wrong_password_stops_until_there_is_another() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&["SCRAM-SHA-1"])).await;
    fake.expect("</auth>").await;
    fake.send(&format!("<failure xmlns='{SASL}'><not-authorized/><text xml:lang='en'>no</text></failure>")).await;
    assert!(matches!(rig.reason().await, DownReason::Password(_)));
    rig.ask(Ask::SetPassword(Secret::new("secret"))).await;
    rig.online(false).await;
}

#[tokio::test]
async fn a_stanza_of_two_megabytes_costs_a_notice_and_is_counted() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    let before = rig.during(count(&mut fake)).await;
    let body = format!("<message from='eve@b.test/x' id='big'><body>{}</body></message>", "x".repeat(2_000_000));
    let send = async {
        fake.send(&body).await;
        fake
    };
    let told = rig.during(send);
    let mut fake = told.await;
    let words = rig
        .wait("a notice", |event| match event {
            Event::Session(SessionEvent::Noticed(words)) => Some(words.raw().to_owned()),
            _ => None,
        })
        .await;
    assert_eq!(words, "left out a stanza from eve@b.test/x: it was too big");
    fake.send("<message from='eve@b.test/x'><x:a xmlns:x='http://www.w3.org/XML/1998/namespace'/></message>").await;
    // A stanza that causes nothing is counted with the next commit.
    while rig.during(count(&mut fake)).await < before + 2 {}
    assert_eq!(rig.during(count(&mut fake)).await, before + 2);
}

#[tokio::test]
async fn stanzas_are_counted_when_they_are_on_disk() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    let before = rig.during(count(&mut fake)).await;
    rig.is_committing = false;
    fake.send("<message type='chat' from='bob@b.test/x' id='1'><body>hi</body></message>").await;
    assert_eq!(rig.during(count(&mut fake)).await, before);
    rig.commit.send_replace(u64::MAX);
    // The server asked while the disk was slow: the count follows by itself.
    fake.expect("<a ").await;
    assert!(rig.during(fake.expect(">")).await.contains(&format!("h='{}'", before + 1)));
}

#[tokio::test]
async fn a_message_leaves_when_it_is_on_disk() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(false).await;
    rig.is_committing = false;
    let send = command::chat::Command::Send {
        chat: ChatId {
            account: parlour::model::AccountId(parlour::model::BareJid::parse("me@a.test").unwrap()),
            address: parlour::model::Jid::parse("bob@b.test").unwrap(),
        },
        kind: ChatKind::Contact,
        body: "held".to_owned(),
        id: StanzaId::from("held-1"),
        relation: parlour::model::Relation::default(),
    };
    rig.engine.commands.send(Command::Chat(send)).await.unwrap();
    fake.send("<iq type='get' id='q' from='a.test'><ping xmlns='urn:xmpp:ping'/></iq>").await;
    let before = rig.during(async { fake.expect("id='q'").await }).await;
    assert!(!before.contains("held-1"), "sent before the disk: {before}");
    rig.commit.send_replace(u64::MAX);
    assert!(rig.during(fake.expect("held-1")).await.contains("<message"));
}

#[tokio::test]
async fn a_cut_session_goes_on_and_sends_the_rest_again() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    rig.ask(Ask::SendRaw("<message id='lost' to='b@b.test'><body>x</body></message>".to_owned())).await;
    rig.during(fake.expect("id='lost'")).await;
    drop(fake);
    assert!(matches!(rig.reason().await, DownReason::LinkLost(_)));
    let mut fake = rig.accept().await;
    fake.scram(Lie::None).await;
    fake.features(&format!("{BIND}{SM}")).await;
    let resume = rig.during(async { fake.expect("<resume").await + &fake.expect(">").await }).await;
    assert!(resume.contains("previd='old'"), "{resume}");
    fake.send("<resumed xmlns='urn:xmpp:sm:3' previd='old' h='0'/>").await;
    rig.during(fake.expect("id='lost'")).await;
    let state = rig.state("online", ConnState::is_online).await;
    assert_eq!(state, ConnState::Online { tls: "TLS 1.3".to_owned(), is_resumed: true });
}

#[tokio::test]
async fn a_resume_that_fails_binds_anew_on_the_same_stream() {
    let mut rig = Rig::start(How::Tls);
    let fake = rig.online(true).await;
    drop(fake);
    let mut fake = rig.accept().await;
    fake.scram(Lie::None).await;
    fake.features(&format!("{BIND}{SM}")).await;
    rig.during(async { fake.expect("<resume").await + &fake.expect(">").await }).await;
    fake.send("<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>")
        .await;
    fake.bind(true).await;
    let state = rig.state("online", ConnState::is_online).await;
    assert_eq!(state, ConnState::Online { tls: "TLS 1.3".to_owned(), is_resumed: false });
}

/// Ends a session that has begun well, with a stream error.
async fn end(rig: &mut Rig, condition: &str) -> DownReason {
    let mut fake = rig.accept().await;
    rig.during(fake.login(true)).await;
    rig.state("online", ConnState::is_online).await;
    let error = format!("<{condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>");
    fake.send(&format!("<stream:error>{error}</stream:error></stream:stream>")).await;
    rig.reason().await
}

#[tokio::test]
async fn stream_errors_stop_or_wait() {
    for (condition, is_final) in [("conflict", true), ("policy-violation", false), ("system-shutdown", false)] {
        let mut rig = Rig::start(How::Tls);
        assert_eq!(end(&mut rig, condition).await.is_final(), is_final, "{condition}");
    }
}

#[tokio::test(start_paused = true)]
async fn r01_a_session_that_is_refused_is_bound_anew_and_stops_only_if_that_comes_back() {
    let mut rig = Rig::start(How::Tls);
    for _ in 0..3 {
        // A whole login: nothing is resumed.
        let reason = end(&mut rig, "policy-violation").await;
        assert_eq!(reason, DownReason::Stream("policy violation".into()));
    }
    let mut fake = rig.accept().await;
    rig.during(fake.login(true)).await;
    rig.state("online", ConnState::is_online).await;
    drop(fake);
    assert!(matches!(rig.reason().await, DownReason::LinkLost(_)), "another end between them");
    let mut fake = rig.accept().await;
    rig.during(async {
        fake.scram(Lie::None).await;
        fake.features(&format!("{BIND}{SM}")).await;
        fake.expect("</resume>").await;
        fake.send("<failed xmlns='urn:xmpp:sm:3'/>").await;
        fake.bind(true).await;
    })
    .await;
    rig.state("online", ConnState::is_online).await;
    let error = "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
    fake.send(&format!("<stream:error>{error}</stream:error></stream:stream>")).await;
    assert!(!rig.reason().await.is_final());
    for _ in 0..2 {
        assert!(!end(&mut rig, "policy-violation").await.is_final());
    }
    assert_eq!(end(&mut rig, "policy-violation").await, DownReason::Refused("policy violation".into()));
}

#[tokio::test]
async fn commands_are_served_while_the_login_hangs() {
    let mut rig = Rig::start(How::Tls);
    let _silent = rig.accept().await;
    rig.ask(Ask::SendRaw("<presence/>".to_owned())).await;
    rig.wait("a refusal", |e| matches!(e, Event::Session(SessionEvent::RawRefused(_))).then_some(())).await;
    rig.ask(Ask::Disconnect).await;
    assert_eq!(rig.reason().await, DownReason::Asked);
    rig.ask(Ask::Connect).await;
    rig.online(false).await;
}

#[tokio::test]
async fn quitting_is_polite_and_does_not_wait_for_a_silent_server() {
    let mut rig = Rig::start(How::Tls);
    let fake = rig.online(true).await;
    let begin = std::time::Instant::now();
    rig.ask(Ask::Quit).await;
    rig.wait("the end", |e| matches!(e, Event::Session(SessionEvent::Closed)).then_some(())).await;
    assert!(begin.elapsed() < std::time::Duration::from_secs(3));
    let said = fake.rest().await;
    let unavailable = said.find("type='unavailable'").unwrap();
    assert!(said.find("</stream:stream>").unwrap() > unavailable);
    rig.engine.task.await.unwrap();
}

#[tokio::test]
async fn a_fault_of_our_own_is_told_and_tried_again() {
    let mut rig = Rig::start(How::Panic);
    for _ in 0..2 {
        assert!(matches!(rig.reason().await, DownReason::Crashed(words) if words.raw() == "a dial that panics"));
        rig.ask(Ask::Connect).await;
    }
}

#[tokio::test]
async fn the_engine_ends_when_the_store_or_the_app_is_gone() {
    let mut rig = Rig::start(How::Tls);
    let _fake = rig.online(false).await;
    drop(rig.engine.commands);
    rig.batches.close();
    tokio::time::timeout(std::time::Duration::from_secs(5), rig.engine.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn secrets_do_not_reach_the_console() {
    let mut rig = Rig::start(How::InProcess);
    rig.ask(Ask::WatchWire(true)).await;
    let mut fake = rig.accept().await;
    fake.features(&mechanisms(&["PLAIN"])).await;
    fake.expect("</auth>").await;
    let line = rig
        .wait("the login's line", |event| match event {
            Event::Session(SessionEvent::Wire(line)) if line.xml.raw().contains("<auth") => {
                Some(line.xml.raw().to_owned())
            }
            _ => None,
        })
        .await;
    assert!(line.contains("[redacted]") && line.contains("PLAIN"), "{line}");
}
