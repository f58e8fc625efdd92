//! a stanza of a stranger that breaks other clients, as the last thing in the archive and in the queue of a session
//! that is resumed. It costs a line, never a connection, and what stands around it arrives.

use super::witness::Watcher;
use crate::figures::figure;
use crate::harness::{PATIENCE, Server};
use crate::peer::{Peer, incoming};
use crate::proxy::Proxy;
use crate::wire::raw_login;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep, timeout};

/// Faults D and E of other clients, and their like: what they are and the payload.
fn poisons() -> Vec<(&'static str, String)> {
    let many = |one: &dyn Fn(usize) -> String, count| (0..count).map(one).collect::<Vec<_>>().concat();
    let attributes = many(&|n| format!(" a{n}='v'"), 600);
    vec![
        ("a long attribute", format!("<x xmlns='urn:x' v='{}'/>", "v".repeat(9_000))),
        // Deeper than any bound; ejabberd itself does not survive 12,000.
        ("deep elements", format!("{}{}", "<a>".repeat(1_000), "</a>".repeat(1_000))),
        ("a reserved prefix", "<a xml:foo='1'/>".to_owned()),
        ("many attributes", format!("<x xmlns='urn:x'{attributes}/>")),
        ("many children", "<i/>".repeat(20_000)),
        ("a long name", format!("<{} xmlns='urn:x'/>", "n".repeat(5_000))),
        ("a thousand namespaces", many(&|n| format!("<a xmlns='urn:{n}'/>"), 1_000)),
        ("a subject of 200,000 characters", format!("<subject>{}</subject>", "s".repeat(200_000))),
    ]
}

async fn say(from: &mut Box<dyn parlour::xmpp::link::Duplex>, to: &str, id: &str, payload: &str) {
    let message = format!("<message to='{to}' type='chat' id='{id}'><body>{id}</body>{payload}</message>");
    from.write_all(message.as_bytes()).await.unwrap();
    from.flush().await.unwrap();
}

async fn until_said(peer: &mut Peer, chat: &parlour::model::ChatId, body: &str) {
    let deadline = Instant::now() + PATIENCE;
    while !incoming(&peer.stored(chat).await).iter().any(|b| b == body) {
        assert!(Instant::now() < deadline, "{body} does not arrive: {:?}", incoming(&peer.stored(chat).await));
        sleep(Duration::from_millis(100)).await;
    }
}

async fn poisoned(kind: &str) {
    let server = Server::start_with(kind, &["--log", "warning"]);
    let home = tempfile::tempdir().unwrap();
    let to = format!("alice@{}", server.host());
    let link = Proxy::start(server.port("c2s")).await;
    let mut settings = server.settings("alice", false);
    settings.port = Some(link.port);
    let eve = server.settings("carol", false).id;
    for (n, (what, payload)) in poisons().into_iter().enumerate() {
        println!("{kind}: {what}");
        let mut carol = timeout(PATIENCE, raw_login(&server, "carol")).await.expect("carol signs in");
        // In the resend queue: it comes while the session has no connection.
        let mut alice = Peer::start(home.path(), settings.clone(), "pw-alice");
        let mut watcher = Watcher::over(&mut alice, "alice");
        watcher.online(PATIENCE).await;
        let chat = alice.chat(eve.jid());
        let before = link.connections();
        link.refuse(true);
        link.cut();
        watcher.offline(PATIENCE).await;
        say(&mut carol, &to, &format!("queued-before-{n}"), "").await;
        say(&mut carol, &to, &format!("poison-queued-{n}"), &payload).await;
        say(&mut carol, &to, &format!("queued-after-{n}"), "").await;
        link.refuse(false);
        watcher.connect_now("pw-alice").await;
        until_said(&mut alice, &chat, &format!("queued-before-{n}")).await;
        until_said(&mut alice, &chat, &format!("queued-after-{n}")).await;
        alice.close().await;
        let reconnects = link.connections() - before;
        // In the archive, as its last: it comes while nobody is there.
        say(&mut carol, &to, &format!("archived-before-{n}"), "").await;
        say(&mut carol, &to, &format!("poison-archived-{n}"), &payload).await;
        carol.shutdown().await.unwrap();
        let before = link.connections();
        let mut alice = Peer::start(home.path(), settings.clone(), "pw-alice");
        let mut watcher = Watcher::over(&mut alice, "alice");
        watcher.online(PATIENCE).await;
        until_said(&mut alice, &chat, &format!("archived-before-{n}")).await;
        // Whatever the poison does, it has done when the server has answered what is said after it.
        let mut carol = timeout(PATIENCE, raw_login(&server, "carol")).await.expect("carol signs in");
        say(&mut carol, &to, &format!("live-{n}"), "").await;
        until_said(&mut alice, &chat, &format!("live-{n}")).await;
        assert!(watcher.state.borrow().is_online());
        assert_eq!(link.connections() - before, 1, "{what}: the archive's poison cost a connection");
        assert!(reconnects <= 3, "{what}: {reconnects} attempts to resume");
        let logins = {
            let story = watcher.story.lock().unwrap();
            story.anew + story.resumed
        };
        assert_eq!(logins, 1, "{what}");
        alice.close().await;
    }
    figure(
        "R-17",
        kind,
        "8 kinds of poison in the archive and in the resend queue: 0 reconnects, what stood around it arrived",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_poison_prosody() {
    poisoned("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_poison_ejabberd() {
    poisoned("ejabberd").await;
}
