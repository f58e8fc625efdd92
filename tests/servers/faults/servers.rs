//! R-04, and a cluster that loses a node: servers that are stopped or killed while people talk. Nothing is lost, and
//! everybody is back within 10 s after the port opens.

use super::witness::{Watcher, archive, assert_archived, is_settled, unsettled};
use crate::figures::{figure, scale};
use crate::harness::{PATIENCE, Server};
use crate::peer::{Peer, incoming, send};
use crate::proxy::Proxy;
use parlour::model::Delivery;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::time::{Instant, interval, sleep};

const BACK: Duration = Duration::from_secs(10);
/// 20 messages a second.
const PACE: Duration = Duration::from_millis(50);
const SETTLE: Duration = Duration::from_mins(1);

/// Two who talk, and what they have said.
struct Talk {
    peers: [Peer; 2],
    watchers: [Watcher; 2],
    is_over: Arc<AtomicBool>,
    writing: Vec<tokio::task::JoinHandle<Vec<String>>>,
}

impl Talk {
    async fn start(home: &Path, settings: [parlour::model::AccountSettings; 2]) -> Self {
        let [mut alice, mut bob] = settings.map(|settings| {
            let user = settings.id.jid().local().unwrap().to_owned();
            Peer::start(&home.join(&user), settings, &format!("pw-{user}"))
        });
        let mut watchers = [Watcher::over(&mut alice, "alice"), Watcher::over(&mut bob, "bob")];
        for watcher in &mut watchers {
            watcher.online(PATIENCE).await;
        }
        let is_over = Arc::new(AtomicBool::new(false));
        let mut writing = Vec::new();
        for (me, other) in [(&alice, &bob), (&bob, &alice)] {
            let (chat, commands, is_over) = (me.chat(other.id.jid()), me.engine.commands.clone(), is_over.clone());
            writing.push(tokio::spawn(async move {
                let mut said = Vec::new();
                let mut pace = interval(PACE);
                while !is_over.load(Ordering::SeqCst) {
                    pace.tick().await;
                    let text = format!("{}-{:04}", chat.account.jid().local().unwrap(), said.len());
                    commands.send(send(&chat, &text)).await.unwrap();
                    said.push(text);
                }
                said
            }));
        }
        Self { peers: [alice, bob], watchers, is_over, writing }
    }

    /// Ends the talk and compares the witnesses; gives how many were said, and how many of them a server that was
    /// killed lost itself: between the sender's archive, for which it confirmed them, and the receiver's.
    async fn end(mut self, server: &Server, kind: &str) -> (usize, usize) {
        self.is_over.store(true, Ordering::SeqCst);
        let mut said = Vec::new();
        for side in self.writing {
            said.push(side.await.unwrap());
        }
        let [alice, bob] = &mut self.peers;
        let (chats, users) = ([alice.chat(bob.id.jid()), bob.chat(alice.id.jid())], ["alice", "bob"]);
        let deadline = Instant::now() + SETTLE;
        let mut rows = [alice.stored(&chats[0]).await, bob.stored(&chats[1]).await];
        let mut dropped: [Vec<String>; 2] = Default::default();
        while Instant::now() < deadline
            && !(is_settled(&rows[0], said[1].len() - dropped[1].len())
                && is_settled(&rows[1], said[0].len() - dropped[0].len()))
        {
            sleep(Duration::from_secs(1)).await;
            rows = [alice.stored(&chats[0]).await, bob.stored(&chats[1]).await];
            for (from, to) in [(0, 1), (1, 0)] {
                let archived = archive(server, users[to], &chats[to].address.bare()).await;
                let there: HashSet<&String> = archived.iter().map(|a| &a.body).collect();
                dropped[from] = said[from].iter().filter(|t| !there.contains(t)).cloned().collect();
            }
        }
        for (own, said) in rows.iter().zip(&said) {
            assert_eq!(unsettled(own), Vec::<String>::new(), "{kind}: after {SETTLE:?}");
            assert_eq!(own.iter().filter(|m| m.is_own()).count(), said.len());
        }
        for (from, to) in [(0, 1), (1, 0)] {
            let is_there = |t: &&String| !dropped[from].contains(t);
            let mut wanted: Vec<String> = said[from].iter().filter(is_there).cloned().collect();
            let mut there = incoming(&rows[to]);
            wanted.sort();
            there.sort();
            assert_eq!(there, wanted, "{kind}: what the receiver's archive has, each once");
            let sender = chats[from].account.jid();
            assert_archived(&archive(server, users[from], &chats[from].address.bare()).await, sender, &said[from]);
            assert_archived(&archive(server, users[to], sender).await, sender, &wanted);
            // The sender is told no more than is true: the server had it, nobody else.
            let is_over_told = |m: &&parlour::model::Message| {
                m.is_own() && dropped[from].iter().any(|t| t == m.body.raw()) && m.delivery != Delivery::Acked
            };
            assert!(rows[from].iter().find(is_over_told).is_none(), "{kind}: told as delivered");
        }
        let [alice, bob] = self.peers;
        alice.close().await;
        bob.close().await;
        (said.iter().map(Vec::len).sum(), dropped.iter().map(Vec::len).sum())
    }
}

fn lost_by_itself(dropped: usize) -> String {
    if dropped == 0 { String::new() } else { format!(" ({dropped} confirmed by the killed server and lost in it)") }
}

async fn restarts(kind: &str) {
    let count = scale(2, 20);
    let mut server = Server::start_with(kind, &["--log", "warning"]);
    let home = tempfile::tempdir().unwrap();
    let mut talk = Talk::start(home.path(), [server.settings("alice", false), server.settings("bob", false)]).await;
    let mut longest = Duration::ZERO;
    for how in ["restart", "crash"] {
        for n in 0..count {
            sleep(Duration::from_millis(1_500)).await;
            // Returns when the port is open again.
            let away = Instant::now();
            tokio::task::block_in_place(|| server.command(how));
            // The pauses double, so after a long absence nobody can be expected sooner than that.
            let limit = BACK.max(away.elapsed() * 2);
            let began = Instant::now();
            for watcher in &mut talk.watchers {
                watcher.online(limit.saturating_sub(began.elapsed())).await;
            }
            longest = longest.max(began.elapsed());
            println!("{kind}: {how} {n}: back {:.1} s after the port was open", began.elapsed().as_secs_f32());
        }
    }
    let (said, dropped) = talk.end(&server, kind).await;
    // What a killed server had between its two archives (docs/upstream): the more the busier it was.
    assert!(dropped * 50 <= said, "{dropped} of {said} messages are gone");
    let words = format!(
        "{count} stops and {count} kills of the server, {said} messages meanwhile: 0 lost{}, 0 doubled; back after at most {:.1} s",
        lost_by_itself(dropped),
        longest.as_secs_f32()
    );
    figure("R-04", kind, &words);
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_restarts_prosody() {
    restarts("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_restarts_ejabberd() {
    restarts("ejabberd").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r04_a_cluster_that_loses_a_node() {
    let mut server = Server::start_with("cluster", &["--log", "warning"]);
    let home = tempfile::tempdir().unwrap();
    let other = u16::try_from(server.node("n2")["ports"]["c2s"].as_u64().unwrap()).unwrap();
    // One address, as a load balancer gives it.
    let balancer = Proxy::start(server.port("c2s")).await;
    let mut alice = server.settings("alice", false);
    alice.port = Some(balancer.port);
    let mut bob = server.settings("bob", false);
    bob.port = Some(other);
    let mut talk = Talk::start(home.path(), [alice, bob]).await;
    sleep(Duration::from_secs(2)).await;
    balancer.target(other);
    tokio::task::block_in_place(|| server.command("kill n1"));
    let began = Instant::now();
    talk.watchers[0].offline(BACK).await;
    talk.watchers[0].online(BACK).await;
    let back = began.elapsed();
    assert!(talk.watchers[1].state.borrow().is_online(), "the other node's client noticed nothing");
    sleep(Duration::from_secs(2)).await;
    server.use_node("n2");
    let (said, dropped) = talk.end(&server, "cluster").await;
    assert!(dropped <= 4, "{dropped} messages are gone");
    let words = format!(
        "a node of two killed: on the other after {:.1} s; {said} messages meanwhile: 0 lost{}, 0 doubled",
        back.as_secs_f32(),
        lost_by_itself(dropped)
    );
    figure("R-04", "ejabberd cluster", &words);
}
