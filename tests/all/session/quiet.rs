//! Attempts that a person or the network hurries, links on a network that is gone, and the server's view of the
//! user's attention.

use super::fake::{How, Rig, SM};
use parlour::contract::command::presence;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Command, Event};
use parlour::model::{ConnState, DownReason};
use std::time::{Duration, Instant};

/// Fails logins until the wait is so long that nobody would take its end for a wish that was granted.
async fn into_a_long_wait(rig: &mut Rig) {
    let fake = rig.accept().await;
    drop(fake);
    rig.state("a wait", |s| matches!(s, ConnState::Waiting { .. })).await;
}

#[tokio::test]
async fn a_person_and_a_network_that_came_end_the_wait_at_once() {
    for ask in [Ask::Connect, Ask::NetworkChanged] {
        let mut rig = Rig::start(How::Tls);
        into_a_long_wait(&mut rig).await;
        let began = Instant::now();
        rig.ask(ask).await;
        let mut fake = rig.accept().await;
        // The shortest wait is a second.
        assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
        fake.login(false).await;
        rig.state("online", ConnState::is_online).await;
    }
}

/// Person and network, ten times a second, against a server that hangs up on everybody: five attempts at once, then
/// the wait says how long it lasts.
#[tokio::test]
async fn many_causes_in_a_row_are_no_storm() {
    let mut rig = Rig::start(How::Tls);
    let commands = rig.engine.commands.clone();
    let until = Instant::now() + Duration::from_secs(6);
    let pest = tokio::spawn(async move {
        while Instant::now() < until {
            for ask in [Ask::Connect, Ask::NetworkChanged, Ask::NetworkChanged] {
                let _gone = commands.send(Command::Session(ask)).await;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let mut attempts = 0;
    while let Ok(fake) = tokio::time::timeout_at(until.into(), rig.accept()).await {
        attempts += 1;
        drop(fake);
    }
    pest.await.unwrap();
    // The five of the allowance, and what the backoff itself allows in six seconds (at 1 to 2, 2 to 4, 4 to 8 s).
    assert!((5..=8).contains(&attempts), "{attempts} attempts");
}

#[tokio::test]
async fn a_link_on_a_network_that_is_gone_is_given_up_in_seconds() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.online(true).await;
    let began = Instant::now();
    rig.ask(Ask::NetworkChanged).await;
    // Asked at once, and answered: the session goes on.
    rig.during(fake.expect("<r xmlns='urn:xmpp:sm:3'></r>")).await;
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    fake.send("<a xmlns='urn:xmpp:sm:3' h='1'/><r xmlns='urn:xmpp:sm:3'/>").await;
    rig.during(fake.expect("<a xmlns='urn:xmpp:sm:3'")).await;
    rig.ask(Ask::NetworkChanged).await;
    rig.during(fake.expect("<r xmlns='urn:xmpp:sm:3'></r>")).await;
    // And silence is the end, long before the usual 15 s.
    let began = Instant::now();
    assert_eq!(rig.reason().await, DownReason::Silent);
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
}

/// What no sound server passes on: levels and children without end, ten megabytes in one body.
#[tokio::test]
async fn r15_huge_stanzas_are_skipped_and_the_stream_lives() {
    for (what, payload) in [
        ("74,000 levels", format!("{}{}", "<a>".repeat(74_000), "</a>".repeat(74_000))),
        ("300,000 children", format!("<x xmlns='urn:x'>{}</x>", "<a/>".repeat(300_000))),
        ("10 MB", format!("<body>{}</body>", "x".repeat(10_000_000))),
        ("an attribute of 1 MB", format!("<x xmlns='urn:x' v='{}'/>", "v".repeat(1_000_000))),
        (
            "60,000 attributes",
            (0..60_000).fold("<x xmlns='urn:x'".to_owned(), |all, i| all + &format!(" a{i}=''")) + "/>",
        ),
    ] {
        let mut rig = Rig::start(How::Tls);
        let mut fake = rig.online(true).await;
        let began = Instant::now();
        let mut far = fake.io;
        let text = format!("<message from='eve@b.test/x' id='huge'>{payload}</message><r xmlns='urn:xmpp:sm:3'/>");
        let pump = tokio::spawn(async move {
            tokio::io::AsyncWriteExt::write_all(&mut far, text.as_bytes()).await.unwrap();
            far
        });
        let words = rig
            .wait("a notice", |event| match event {
                Event::Session(SessionEvent::Noticed(words)) => Some(words.raw().to_owned()),
                Event::Session(SessionEvent::StateChanged(state)) => panic!("{what}: {state:?}"),
                _ => None,
            })
            .await;
        assert!(words.contains("eve@b.test/x"), "{what}: {words}");
        fake = super::fake::Fake::new(pump.await.unwrap());
        // Counted as one, and answered: the stream goes on.
        let counted = rig.during(fake.expect("<a xmlns='urn:xmpp:sm:3' h='1'>")).await;
        assert!(!counted.contains("</stream"), "{what}");
        println!("{what}: {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn attention_is_told_on_the_wire_where_the_server_offers_it() {
    let mut rig = Rig::start(How::Tls);
    let mut fake = rig.accept().await;
    fake.scram(super::fake::Lie::None).await;
    fake.features(&format!("{}{SM}<csi xmlns='urn:xmpp:csi:0'/>", super::fake::BIND)).await;
    fake.bind(true).await;
    rig.wait("an address", |e| matches!(e, Event::Session(SessionEvent::Bound(_))).then_some(())).await;
    for (is_here, word) in [(false, "<inactive xmlns='urn:xmpp:csi:0'>"), (true, "<active xmlns='urn:xmpp:csi:0'>")] {
        let command = Command::Presence(presence::Command::Attention(is_here));
        rig.engine.commands.send(command).await.unwrap();
        rig.during(fake.expect(word)).await;
    }
}
