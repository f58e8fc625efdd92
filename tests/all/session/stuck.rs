//! servers that stop in the middle of a login, or say what nobody asked. Each ends in a clear reason within
//! its deadline, and the next attempt is made by itself. The clock is tokio's own, which jumps while all wait.

use super::fake::{BIND, Fake, HEADER, How, Lie, PipeDial, Rig, SM, mechanisms};
use crate::figures::figure;
use futures_util::future::BoxFuture;
use parlour::contract::{Batch, Bootstrap, Entry, Event, event::session::Event as SessionEvent};
use parlour::model::{AccountId, AccountSettings, BareJid, ConnState, DownReason, Intent, Secret, Step};
use parlour::xmpp::connect::{Dial, NetDial};
use parlour::xmpp::link::Link;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

/// From the connection to the session, and a second for the test.
const LOGIN: Duration = Duration::from_secs(46);

/// Where a server stops.
#[derive(Debug, Clone, Copy)]
enum Stop {
    Header,
    HalfHeader,
    StartTls,
    Features,
    HalfFeatures,
    Auth,
    Challenge,
    SecondHeader,
    Bind,
    Enable,
    HalfEnabled,
}

/// Speaks up to there, then holds the connection and says nothing more.
async fn speak(fake: &mut Fake, stop: Stop) {
    match stop {
        Stop::Header | Stop::StartTls => {}
        Stop::HalfHeader => fake.send(&HEADER[..40]).await,
        Stop::Features => fake.send(HEADER).await,
        Stop::HalfFeatures => fake.send(&format!("{HEADER}<stream:features><mechanisms xmlns='")).await,
        Stop::Auth => fake.features(&mechanisms(&["SCRAM-SHA-256"])).await,
        Stop::Challenge => {
            fake.features(&mechanisms(&["SCRAM-SHA-256"])).await;
            fake.expect("</auth>").await;
        }
        Stop::SecondHeader => fake.scram(Lie::None).await,
        Stop::Bind => {
            fake.scram(Lie::None).await;
            fake.features(&format!("{BIND}{SM}")).await;
        }
        Stop::Enable | Stop::HalfEnabled => {
            fake.scram(Lie::None).await;
            fake.features(&format!("{BIND}{SM}")).await;
            fake.bind(false).await;
            fake.expect("<enable").await;
            if matches!(stop, Stop::HalfEnabled) {
                fake.send("<enabled xmlns='urn:xmpp:sm:3' id='o").await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r06_a_server_that_stops_anywhere_is_left_and_tried_again() {
    use Stop::*;
    let cases = [
        (Header, Step::SignIn),
        (HalfHeader, Step::SignIn),
        (StartTls, Step::Secure),
        (Features, Step::SignIn),
        (HalfFeatures, Step::SignIn),
        (Auth, Step::SignIn),
        (Challenge, Step::SignIn),
        (SecondHeader, Step::SignIn),
        (Bind, Step::Bind),
        (Enable, Step::Bind),
        (HalfEnabled, Step::Bind),
    ];
    let mut longest = Duration::ZERO;
    for (stop, step) in cases {
        let how = if matches!(stop, StartTls) { How::StartTls } else { How::Tls };
        let mut rig = Rig::start(how);
        let mut fake = rig.accept().await;
        let began = Instant::now();
        rig.during(speak(&mut fake, stop)).await;
        let reason = rig.reason().await;
        longest = longest.max(began.elapsed());
        assert!(began.elapsed() < LOGIN, "{stop:?}: after {:?}", began.elapsed());
        assert_eq!(reason, DownReason::StepTimeout(step), "{stop:?}");
        let words = reason.words().raw().to_owned();
        assert_eq!(words, format!("no answer while {}", step.label().to_lowercase()), "{stop:?}");
        // By itself, and well this time.
        let mut fake = rig.accept().await;
        if how == How::Tls {
            rig.during(fake.login(true)).await;
            rig.state("online", ConnState::is_online).await;
        }
    }
    figure("R-06", "scripted", &format!("11 places to stop at: each left after at most {} s", longest.as_secs()));
}

#[tokio::test(start_paused = true)]
async fn r06_a_server_that_hangs_over_a_resumption_is_asked_for_a_new_session() {
    let mut rig = Rig::start(How::Tls);
    drop(rig.online(true).await);
    assert!(matches!(rig.reason().await, DownReason::LinkLost(_)));
    let mut fake = rig.accept().await;
    let began = Instant::now();
    rig.during(async {
        fake.scram(Lie::None).await;
        fake.features(&format!("{BIND}{SM}")).await;
        fake.expect("<resume").await;
    })
    .await;
    assert_eq!(rig.reason().await, DownReason::StepTimeout(Step::Bind));
    assert!(began.elapsed() < LOGIN);
    let mut fake = rig.accept().await;
    rig.during(fake.login(true)).await;
    rig.state("online", ConnState::is_online).await;
}

#[tokio::test]
async fn r06_a_server_that_says_nothing_after_the_login_is_left() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    // What was asked is never answered: not the contacts, and not the question for a sign of life.
    let began = std::time::Instant::now();
    assert_eq!(rig.reason().await, DownReason::Silent);
    let took = began.elapsed();
    assert!(took < LOGIN, "{took:?}");
    assert!(fake.expect("jabber:iq:roster").await.contains("<iq"));
    let mut fake = rig.accept().await;
    rig.during(async {
        fake.scram(Lie::None).await;
        fake.features(&format!("{BIND}{SM}")).await;
        fake.expect("</resume>").await;
    })
    .await;
}

/// An engine that dials over the network, to a port of this machine. Gives its states.
fn dialling(port: u16, is_direct: bool) -> (parlour::xmpp::EngineHandle, mpsc::UnboundedReceiver<ConnState>) {
    let settings = AccountSettings {
        host: Some("127.0.0.1".to_owned()),
        port: Some(port),
        direct_tls: is_direct,
        ..AccountSettings::new(AccountId(BareJid::parse("me@a.test").unwrap()), "here".to_owned())
    };
    let (out, mut batches) = mpsc::channel::<Batch>(64);
    let (commit, committed) = watch::channel(0);
    let intent = Intent::SignIn(Secret::new("secret"));
    let engine =
        parlour::xmpp::spawn(settings, intent, Bootstrap::default(), Box::new(NetDial::default()), out, committed);
    let (tell, states) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(batch) = batches.recv().await {
            commit.send_replace(batch.seq);
            for entry in batch.entries {
                if let Entry::Event(Event::Session(SessionEvent::StateChanged(state))) = entry {
                    let _gone = tell.send(state);
                }
            }
        }
    });
    (engine, states)
}

/// The reason of the first wait, and how long it took.
async fn first_reason(states: &mut mpsc::UnboundedReceiver<ConnState>) -> (DownReason, Duration) {
    let began = Instant::now();
    loop {
        match states.recv().await.expect("the engine lives") {
            ConnState::Waiting { reason, .. } => return (reason, began.elapsed()),
            ConnState::Connecting => {}
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn r06_an_address_that_takes_the_connection_and_is_silent() {
    for is_direct in [true, false] {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (_engine, mut states) = dialling(listener.local_addr().unwrap().port(), is_direct);
        let held = tokio::spawn(async move {
            let mut held = Vec::new();
            loop {
                held.push(listener.accept().await.unwrap());
            }
        });
        let (reason, took) = first_reason(&mut states).await;
        assert!(took < LOGIN, "direct {is_direct}: {took:?}");
        match (is_direct, &reason) {
            (true, DownReason::Unreachable(words)) => {
                assert!(words.raw().contains("no answer within 20 s"), "{words:?}");
            }
            (false, DownReason::StepTimeout(Step::Secure)) => {}
            (_, other) => panic!("direct {is_direct}: {other:?}"),
        }
        assert_eq!(states.recv().await, Some(ConnState::Connecting), "tried again by itself");
        held.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn r06_a_server_that_is_silent_in_the_tls_handshake() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_engine, mut states) = dialling(listener.local_addr().unwrap().port(), false);
    let server = tokio::spawn(async move {
        let (mut io, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 4096];
        let starttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
        io.write_all(format!("{HEADER}<stream:features>{starttls}</stream:features>").as_bytes()).await.unwrap();
        let mut said = String::new();
        while !said.contains("<starttls") {
            let n = io.read(&mut bytes).await.unwrap();
            said.push_str(std::str::from_utf8(&bytes[..n]).unwrap());
        }
        io.write_all(b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").await.unwrap();
        // Its hello never comes.
        while io.read(&mut bytes).await.is_ok_and(|n| n > 0) {}
    });
    let (reason, took) = first_reason(&mut states).await;
    assert_eq!(reason, DownReason::StepTimeout(Step::Secure));
    assert!(took < LOGIN, "{took:?}");
    assert_eq!(states.recv().await, Some(ConnState::Connecting), "tried again by itself");
    server.abort();
}

/// One host of several.
struct OneOfMany(PipeDial, Arc<AtomicUsize>);

impl Dial for OneOfMany {
    fn dial<'a>(
        &'a mut self,
        settings: &'a AccountSettings,
        steps: parlour::xmpp::link::Steps<'a>,
    ) -> BoxFuture<'a, Result<Link, DownReason>> {
        self.0.dial(settings, steps)
    }

    fn has_others(&self) -> bool {
        true
    }

    fn pass_over(&mut self) -> bool {
        self.1.fetch_add(1, Ordering::SeqCst);
        true
    }
}

/// By Tor, or at the end of a bad link, each round takes a second or two: such a host is slow, not dead.
#[tokio::test(start_paused = true)]
async fn t15_a_host_that_is_slow_is_not_passed_over() {
    let (pipe, mut ends) = PipeDial::new(How::StartTls);
    let passed = Arc::<AtomicUsize>::default();
    let settings = AccountSettings::new(AccountId(BareJid::parse("me@a.test").unwrap()), "here".to_owned());
    let mut rig = Rig::dialling(settings, Bootstrap::default(), Box::new(OneOfMany(pipe, passed.clone())));
    // Not a word for four seconds: it is.
    let _silent = rig.during(ends.recv()).await.unwrap();
    let mut slow = Fake::new(rig.during(ends.recv()).await.unwrap());
    assert_eq!(passed.load(Ordering::SeqCst), 1);
    let speak = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        slow.send(HEADER).await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        slow.send("<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>").await;
        slow.expect("<starttls").await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        slow.send("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").await;
        slow.login(false).await;
    };
    rig.during(speak).await;
    rig.state("online", ConnState::is_online).await;
    assert_eq!(passed.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn r18_a_server_without_binding_is_told_and_tried_again() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    rig.during(async {
        fake.scram(Lie::None).await;
        fake.features("").await;
        let asked = fake.expect("</iq>").await;
        let id = asked.split("id='").nth(1).unwrap().split('\'').next().unwrap();
        let error = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
        fake.send(&format!("<iq type='error' id='{id}'>{error}</iq>")).await;
    })
    .await;
    let reason = rig.reason().await;
    assert!(matches!(&reason, DownReason::Stream(words) if words.raw().starts_with("no session")), "{reason:?}");
    rig.online(true).await;
}

#[tokio::test]
async fn r18_enabled_in_answer_to_resume_leads_to_a_new_session() {
    let mut rig = Rig::start(How::Tls);
    drop(rig.online(true).await);
    assert!(matches!(rig.reason().await, DownReason::LinkLost(_)));
    let mut fake = rig.accept().await;
    rig.during(async {
        fake.scram(Lie::None).await;
        fake.features(&format!("{BIND}{SM}")).await;
        fake.expect("<resume").await;
        fake.send("<enabled xmlns='urn:xmpp:sm:3' id='new' resume='true'/>").await;
    })
    .await;
    let reason = rig.reason().await;
    assert!(matches!(&reason, DownReason::Stream(words) if words.raw().contains("new session")), "{reason:?}");
    rig.online(true).await;
}
