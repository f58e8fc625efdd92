//! the network changes under a session: the address is gone, or a name is not known. Each is told in words, tried
//! again by itself with growing pauses, and at once when the user asks. That IPv6 may be dead while IPv4 lives is tested
//! where the addresses are raced (`connect/race.rs`), since few machines have a name with both.

use super::witness::Watcher;
use crate::figures::figure;
use crate::harness::{PATIENCE, Server};
use crate::peer::Peer;
use crate::proxy::Proxy;
use parlour::model::{AccountSettings, ConnState, DownReason, Time};
use std::time::Duration;
use tokio::time::Instant;

const BACK: Duration = Duration::from_secs(10);

fn start(home: &tempfile::TempDir, settings: AccountSettings) -> (Peer, Watcher) {
    let mut peer = Peer::start(home.path(), settings, "pw-alice");
    let watcher = Watcher::over(&mut peer, "alice");
    (peer, watcher)
}

/// The next wait: why, and for how long.
async fn wait(watcher: &mut Watcher) -> (DownReason, Duration) {
    watcher.until("waiting", PATIENCE, |s| matches!(s, ConnState::Waiting { .. })).await;
    match watcher.state.borrow_and_update().clone() {
        ConnState::Waiting { reason, retry_at } => (reason, retry_at.since(Time::now())),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r28_an_address_that_is_gone_and_comes_back() {
    let server = Server::start("prosody");
    let home = tempfile::tempdir().unwrap();
    let link = Proxy::start(server.port("c2s")).await;
    let mut settings = server.settings("alice", false);
    settings.port = Some(link.port);
    let (alice, mut watcher) = start(&home, settings);
    watcher.online(PATIENCE).await;
    link.down();
    let mut pauses = Vec::new();
    for _ in 0..3 {
        let (reason, pause) = wait(&mut watcher).await;
        let words = reason.words().raw().to_owned();
        assert!(words.starts_with("cannot reach the server") || words.starts_with("the connection broke"), "{words}");
        pauses.push(pause.as_secs_f32());
        watcher.until("another attempt", PATIENCE, |s| matches!(s, ConnState::Connecting)).await;
    }
    // With jitter: 1 to 2 s, 2 to 4 s, 4 to 8 s.
    assert!(pauses.windows(2).all(|w| w[0] <= w[1]) && pauses[0] <= 2.0 && pauses[2] <= 8.0, "{pauses:?}");
    let (reason, _) = wait(&mut watcher).await;
    assert!(matches!(&reason, DownReason::Unreachable(words) if words.raw().contains("refused")), "{reason:?}");
    link.up();
    let began = Instant::now();
    watcher.ask(parlour::contract::command::session::Command::Connect).await;
    watcher.online(BACK).await;
    let back = began.elapsed();
    assert!(back < Duration::from_secs(2), "the user's key did not end the wait: {back:?}");
    figure(
        "R-28",
        "prosody",
        &format!("address gone: pauses {pauses:.1?} s; online {:.1} s after the user's key", back.as_secs_f32()),
    );
    alice.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r28_a_name_that_nobody_knows_is_told_and_tried_again() {
    let server = Server::start("prosody");
    let home = tempfile::tempdir().unwrap();
    let mut settings = server.settings("alice", false);
    settings.host = Some("no-such-host.invalid".to_owned());
    let (alice, mut watcher) = start(&home, settings);
    for _ in 0..2 {
        let (reason, pause) = wait(&mut watcher).await;
        let words = reason.words().raw().to_owned();
        assert!(words.starts_with("cannot reach the server: no-such-host.invalid: "), "{words}");
        assert!(pause <= Duration::from_secs(4), "{pause:?}");
        watcher.until("another attempt", PATIENCE, |s| matches!(s, ConnState::Connecting)).await;
    }
    alice.close().await;
}
