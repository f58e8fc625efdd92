//! A program that dies and starts again goes on with its session where the server still has it (XEP-0198 §5), and
//! signs in without a seam where it has not. Nothing is lost, nothing doubled, and contacts and rooms come back.

use crate::figures::figure;
use crate::harness::Server;
use crate::peer::{Peer, assert_incoming, incoming, send};
use parlour::contract::event::chat::Event as Said;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::event::{muc as room, presence, roster};
use parlour::contract::{Command, Event, command};
use parlour::model::{AccountSettings, Availability, BareJid, ConnState, Delivery, Step, StepState};
use std::path::Path;
use std::time::{Duration, Instant};

/// What comes while the program is dead.
const MISSED: usize = 20;

async fn tell(peer: &Peer, command: Command) {
    peer.engine.commands.send(command).await.unwrap();
}

/// As the program has them: the server knows the installation.
fn settings(server: &Server) -> AccountSettings {
    AccountSettings { device: "d4565fa7-4d72-4749-b3d3-740edbf87770".to_owned(), ..server.settings("alice", true) }
}

/// What a start showed until contacts and rooms were there again.
struct Start {
    bind: String,
    took: Duration,
}

/// Starts the program on a profile that it left by dying.
async fn again(dir: &Path, server: &Server, bob: &BareJid) -> (Peer, Start) {
    let began = Instant::now();
    let mut alice = Peer::start(dir, settings(server), "pw-alice");
    let (mut bind, mut took, mut sees_bob, mut is_inside) = (None, None, false, false);
    let mut seen = Vec::new();
    while bind.is_none() || took.is_none() || !sees_bob || !is_inside {
        let next = tokio::time::timeout(Duration::from_secs(30), alice.outputs.committed.recv());
        let Ok(committed) = next.await else {
            panic!("bind {bind:?}, online {took:?}, bob {sees_bob}, room {is_inside}: {seen:#?}")
        };
        for event in committed.unwrap().events {
            match &event {
                Event::Session(SessionEvent::StepChanged {
                    step: Step::Bind, state: StepState::Done(words), ..
                }) => {
                    bind = Some(words.raw().to_owned());
                }
                Event::Session(SessionEvent::StateChanged(ConnState::Online { .. })) => took = Some(began.elapsed()),
                Event::Presence(presence::Event::Changed(p)) if p.jid.bare() == *bob => {
                    sees_bob |= p.availability == Availability::Online;
                }
                Event::Muc(room::Event::Joined { .. }) => is_inside = true,
                _ => {}
            }
            seen.push(event);
        }
    }
    (alice, Start { bind: bind.unwrap(), took: took.unwrap() })
}

/// Alice and bob know each other, and alice sits in a room.
async fn acquaint(server: &Server, alice: &mut Peer, bob: &mut Peer) {
    let (alice_jid, bob_jid) = (alice.id.jid().clone(), bob.id.jid().clone());
    let set = command::roster::Command::Set { jid: bob_jid.clone(), name: None, groups: None, subscribe: true };
    tell(alice, Command::Roster(set)).await;
    bob.wait("the request", |event| {
        matches!(event, Event::Roster(roster::Event::SubscriptionAsked { .. })).then_some(())
    })
    .await;
    tell(bob, Command::Roster(command::roster::Command::Allow(alice_jid))).await;
    alice
        .wait("bob's presence", |event| match event {
            Event::Presence(presence::Event::Changed(p)) if p.jid.bare() == bob_jid => Some(()),
            _ => None,
        })
        .await;
    tell(alice, Command::Session(command::session::Command::WatchWire(true))).await;
    let room = BareJid::parse(&format!("tea@conference.{}", server.host())).unwrap();
    tell(alice, Command::Muc(command::muc::Command::Join { room, nick: None, password: None })).await;
    let (mut is_inside, mut is_kept) = (false, false);
    while !(is_inside && is_kept) {
        for event in alice.next().await {
            match event {
                Event::Muc(room::Event::Joined { .. }) => is_inside = true,
                // The server's own word that the bookmark is kept.
                Event::Session(SessionEvent::Wire(line)) => {
                    is_kept |= line.xml.raw().contains("pubsub#event") && line.xml.raw().contains("tea@conference");
                }
                _ => {}
            }
        }
    }
    tell(alice, Command::Session(command::session::Command::WatchWire(false))).await;
}

/// Until both sides have all that was written, each once.
async fn settle(alice: &mut Peer, bob: &mut Peer, to_alice: usize, to_bob: usize) {
    let (with_bob, with_alice) = (alice.chat(bob.id.jid()), bob.chat(alice.id.jid()));
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let (at_alice, at_bob) = (alice.stored(&with_bob).await, bob.stored(&with_alice).await);
        let settled = |m: &&parlour::model::Message| !matches!(m.delivery, Delivery::Pending | Delivery::Sent);
        let (from_bob, from_alice) = (incoming(&at_alice), incoming(&at_bob));
        let is_settled = at_alice.iter().filter(settled).count() == at_alice.len();
        if (from_bob.len() >= to_alice && from_alice.len() >= to_bob && is_settled) || Instant::now() > deadline {
            let numbers = |who: &str, n: usize| (0..n).map(|n| format!("{who}-{n:02}")).collect::<Vec<_>>();
            assert_incoming(&at_alice, &numbers("b", to_alice));
            assert_incoming(&at_bob, &numbers("a", to_bob));
            assert!(is_settled, "{at_alice:#?}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Until the server has bob's message of this number.
async fn acked(bob: &mut Peer, number: usize) {
    let id = format!("id-b-{number:02}-bob");
    bob.wait("the server's word", |event| match event {
        Event::Chat(Said::DeliveryChanged { id: of, delivery: Delivery::Acked | Delivery::Delivered, .. }) => {
            (of.as_str() == id).then_some(())
        }
        _ => None,
    })
    .await;
}

async fn restart_run(kind: &str, args: &[&str]) {
    let server = Server::start_with(kind, args);
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("alice");
    let mut alice = Peer::start(&dir, settings(&server), "pw-alice");
    let mut bob = Peer::start(&home.path().join("bob"), server.settings("bob", true), "pw-bob");
    alice.online().await;
    bob.online().await;
    acquaint(&server, &mut alice, &mut bob).await;
    let (to_bob, to_alice) = (alice.chat(bob.id.jid()), bob.chat(alice.id.jid()));
    let bob_jid = bob.id.jid().clone();
    let (mut from_alice, mut from_bob) = (0, 0);
    let mut times = Vec::new();
    for _round in 0..3 {
        for _ in 0..3 {
            tell(&alice, send(&to_bob, &format!("a-{from_alice:02}"))).await;
            from_alice += 1;
            tell(&bob, send(&to_alice, &format!("b-{from_bob:02}"))).await;
            from_bob += 1;
        }
        // Dead before all of it is settled.
        let last = format!("b-{:02}", from_bob - 1);
        alice.wait("bob's last", |e| matches!(e, Event::Chat(said) if is_body(said, &last)).then_some(())).await;
        alice.kill().await;
        for _ in 0..MISSED {
            tell(&bob, send(&to_alice, &format!("b-{from_bob:02}"))).await;
            from_bob += 1;
        }
        // ejabberd lets what it gets while it hands out the old overtake it.
        acked(&mut bob, from_bob - 1).await;
        let start;
        (alice, start) = again(&dir, &server, &bob_jid).await;
        assert!(start.bind.contains("before its start"), "{}", start.bind);
        times.push(start.took.as_millis());
        settle(&mut alice, &mut bob, from_bob, from_alice).await;
    }
    // The server forgets: the next start is one like any other.
    alice.kill().await;
    bob.close().await;
    let mut server = server;
    server.command("restart");
    let mut bob = Peer::start(&home.path().join("bob"), server.settings("bob", true), "pw-bob");
    bob.online().await;
    tell(&bob, send(&to_alice, &format!("b-{from_bob:02}"))).await;
    from_bob += 1;
    let start;
    (alice, start) = again(&dir, &server, &bob_jid).await;
    assert!(!start.bind.contains("before its start"), "{}", start.bind);
    settle(&mut alice, &mut bob, from_bob, from_alice).await;
    // After a goodbye there is nothing to go on with.
    alice.close().await;
    let (alice, start) = again(&dir, &server, &bob_jid).await;
    assert!(!start.bind.contains("before its start"), "{}", start.bind);
    alice.close().await;
    bob.close().await;
    let against = format!("{kind} {}", args.join(" "));
    figure(
        "R-02",
        &format!("{}, resumed", against.trim()),
        &format!("3 kills, session resumed each time, online in {times:?} ms, 0 lost, 0 doubled"),
    );
}

fn is_body(event: &Said, body: &str) -> bool {
    matches!(event, Said::MessageArrived(m) if m.body.raw() == body)
}

#[tokio::test(flavor = "multi_thread")]
async fn resumed_after_a_kill_prosody() {
    restart_run("prosody", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn resumed_after_a_kill_ejabberd() {
    restart_run("ejabberd", &[]).await;
}

/// No archive fills gaps: only the server's queue has what was missed.
#[tokio::test(flavor = "multi_thread")]
async fn resumed_after_a_kill_without_an_archive() {
    restart_run("prosody", &["--without", "mam"]).await;
}
