//! links that go silent without an end. What is idle is noticed within 45 s, what waits for a confirmation within
//! 15 s; and when the hole ends, parlour is back within 5 s and nothing is lost. Slow and chopped links are no silence.

use super::witness::{Watcher, archive, assert_archived, is_settled};
use crate::figures::figure;
use crate::harness::{PATIENCE, Server};
use crate::peer::{Peer, assert_incoming, incoming, send};
use crate::proxy::{Proxy, Way};
use parlour::model::{ConnState, Delivery, DownReason};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// A little more than what is promised: the test itself takes its time.
const SLACK: Duration = Duration::from_millis(1500);
const IDLE: Duration = Duration::from_secs(45);
const PENDING: Duration = Duration::from_secs(15);
const BACK: Duration = Duration::from_secs(5);

struct Side {
    peer: Peer,
    watcher: Watcher,
    link: Proxy,
}

async fn side(server: &Server, home: &tempfile::TempDir, user: &'static str) -> Side {
    let link = Proxy::start(server.port("c2s")).await;
    let mut settings = server.settings(user, false);
    settings.port = Some(link.port);
    let mut peer = Peer::start(&home.path().join(user), settings, &format!("pw-{user}"));
    let mut watcher = Watcher::over(&mut peer, user);
    watcher.online(PATIENCE).await;
    Side { peer, watcher, link }
}

fn assert_silent(watcher: &Watcher) {
    let state = watcher.state.borrow().clone();
    assert!(matches!(state, ConnState::Waiting { reason: DownReason::Silent, .. }), "{state:?}");
}

/// Until more than so many connections were made.
async fn knocks(link: &Proxy, before: u64) {
    let knocked = async {
        while link.connections() <= before {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, knocked).await.expect("another attempt");
}

/// Nothing is said, and nothing comes: seen within 45 s.
async fn idle(mut side: Side) -> (Duration, Duration) {
    let before = side.link.connections();
    // What the login still says is over.
    sleep(Duration::from_secs(2)).await;
    side.link.hole(true);
    let seen = side.watcher.offline(IDLE + SLACK).await;
    assert_silent(&side.watcher);
    // The hole is still there when the first attempt to connect begins.
    knocks(&side.link, before).await;
    side.link.hole(false);
    let back = side.watcher.online(BACK + SLACK).await;
    side.peer.close().await;
    (seen, back)
}

/// A message waits: seen within 15 s. It keeps its pending mark, and arrives once when the hole ends.
async fn pending(mut side: Side, server: &Server, to: &mut Side) -> (Duration, Duration) {
    let before = side.link.connections();
    let chat = side.peer.chat(to.peer.id.jid());
    side.link.half(Way::Down, true);
    let began = Instant::now();
    side.peer.engine.commands.send(send(&chat, "into the hole")).await.unwrap();
    side.watcher.offline(PENDING + SLACK).await;
    let seen = began.elapsed();
    assert_silent(&side.watcher);
    let rows = side.peer.stored(&chat).await;
    assert_eq!(rows[0].delivery, Delivery::Sent, "no tick without a confirmation");
    knocks(&side.link, before).await;
    side.link.half(Way::Down, false);
    let back = side.watcher.online(BACK + SLACK).await;
    let sent = ["into the hole".to_owned()];
    let from_them = to.peer.chat(side.peer.id.jid());
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && !is_settled(&side.peer.stored(&chat).await, 0) {
        sleep(Duration::from_millis(100)).await;
    }
    assert!(is_settled(&side.peer.stored(&chat).await, 0), "it is confirmed in the end");
    assert_incoming(&to.peer.stored(&from_them).await, &sent);
    let archived = archive(server, "bob", to.peer.id.jid()).await;
    assert_eq!(assert_archived(&archived, side.peer.id.jid(), &sent), 0);
    side.peer.close().await;
    (seen, back)
}

/// The server has forgotten the connection and the client hears nothing: the next message finds out.
async fn forgotten(mut side: Side, to: &Side) -> Duration {
    let chat = side.peer.chat(to.peer.id.jid());
    side.link.lose();
    let began = Instant::now();
    side.peer.engine.commands.send(send(&chat, "to nobody")).await.unwrap();
    side.watcher.offline(PENDING + SLACK).await;
    let seen = began.elapsed();
    side.watcher.online(BACK + SLACK).await;
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && !is_settled(&side.peer.stored(&chat).await, 0) {
        sleep(Duration::from_millis(100)).await;
    }
    assert!(is_settled(&side.peer.stored(&chat).await, 0), "it is confirmed in the end");
    side.peer.close().await;
    seen
}

async fn blackholes(kind: &str) {
    let server = Server::start(kind);
    let home = tempfile::tempdir().unwrap();
    let alice = side(&server, &home, "alice").await;
    let bob = side(&server, &home, "bob").await;
    let carol = side(&server, &home, "carol").await;
    let mut admin = side(&server, &home, "admin").await;
    let ((idle_seen, idle_back), (pending_seen, pending_back), forgotten_seen) = {
        let waiting = async {
            let pending = pending(bob, &server, &mut admin).await;
            (pending, forgotten(carol, &admin).await)
        };
        let (idle, (pending, forgotten)) = tokio::join!(idle(alice), waiting);
        (idle, pending, forgotten)
    };
    let s = |d: Duration| format!("{:.1} s", d.as_secs_f32());
    figure(
        "R-05",
        kind,
        &format!(
            "silent link seen after {} idle, {} with a message pending, {} when only the server had lost it; \
             back {} and {} after the hole's end",
            s(idle_seen),
            s(pending_seen),
            s(forgotten_seen),
            s(idle_back),
            s(pending_back)
        ),
    );
    admin.peer.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r05_blackhole_prosody() {
    blackholes("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r05_blackhole_ejabberd() {
    blackholes("ejabberd").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r05_slow_and_chopped_links_are_no_silence() {
    let server = Server::start("prosody");
    let home = tempfile::tempdir().unwrap();
    let mut bob = side(&server, &home, "bob").await;
    let link = Proxy::start(server.port("c2s")).await;
    // Half a second each way, a few bytes at a time, as much as an old telephone carried.
    link.delay(Duration::from_millis(250));
    link.chop(7);
    link.throttle(9_600);
    let mut settings = server.settings("alice", false);
    settings.port = Some(link.port);
    let mut alice = Peer::start(&home.path().join("alice"), settings, "pw-alice");
    let mut watcher = Watcher::over(&mut alice, "alice");
    let login = watcher.online(PATIENCE).await;
    let (to_bob, to_alice) = (alice.chat(bob.peer.id.jid()), bob.peer.chat(alice.id.jid()));
    let texts: Vec<String> = (0..20).map(|n| format!("slowly {n}")).collect();
    for text in &texts {
        alice.engine.commands.send(send(&to_bob, text)).await.unwrap();
        bob.peer.engine.commands.send(send(&to_alice, text)).await.unwrap();
    }
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline && incoming(&alice.stored(&to_bob).await).len() < texts.len() {
        sleep(Duration::from_millis(200)).await;
    }
    assert_incoming(&alice.stored(&to_bob).await, &texts);
    assert_incoming(&bob.peer.stored(&to_alice).await, &texts);
    assert_eq!(link.connections(), 1, "never given up");
    println!("login over the slow link: {:.1} s, {} bytes down", login.as_secs_f32(), link.bytes(Way::Down));
    alice.close().await;
    bob.peer.close().await;
}
