//! Two parlours talk through a link that is cut again and again: nothing is lost, doubled or disordered.
//!
//! `CUTS_SEED` replays a run; the seed is printed.

use crate::harness::{Proxy, Server};
use crate::peer::{Peer, assert_incoming, assert_ordered, incoming, send};
use parlour::contract::event::session::Event as Told;
use parlour::contract::{Committed, Event};
use parlour::model::{Delivery, Message};
use std::time::{Duration, Instant};

const MESSAGES: usize = 1_000;
const CUTS: usize = 20;
/// How long one side takes to write all, so that cuts fall among the messages.
const PACE: Duration = Duration::from_millis(25);
/// After the last cut everything must be there within this.
const SETTLE: Duration = Duration::from_mins(2);

/// A small generator, so that a seed replays a run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

fn bodies(who: &str) -> Vec<String> {
    (0..MESSAGES).map(|n| format!("{who}-{n:05}")).collect()
}

fn is_complete(messages: &[Message], from_other: &[String]) -> bool {
    incoming(messages).len() >= from_other.len()
        && messages.iter().all(|m| matches!(m.delivery, Delivery::Incoming | Delivery::Acked | Delivery::Delivered))
}

/// What happened to the connections: printed, so that a failure tells its story.
fn tell(began: tokio::time::Instant, who: &str, committed: Option<Committed>) {
    for event in committed.into_iter().flat_map(|c| c.events) {
        if let Event::Session(Told::StateChanged(state)) = event {
            println!("{:6.2} {who}: {state:?}", began.elapsed().as_secs_f32());
        }
    }
}

async fn cut_run(kind: &str) {
    let seed = std::env::var("CUTS_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0x5eed_2026_u64);
    println!("CUTS_SEED={seed} on {kind}");
    let mut dice = Dice(seed);
    let server = Server::start(kind);
    let proxy = Proxy::start(server.port("c2s")).await;
    let home = tempfile::tempdir().unwrap();
    let start = |user: &str| {
        let mut settings = server.settings(user, false);
        settings.port = Some(proxy.port);
        Peer::start(&home.path().join(user), settings, &format!("pw-{user}"))
    };
    let (mut alice, mut bob) = (start("alice"), start("bob"));
    alice.online().await;
    bob.online().await;
    let (to_bob, to_alice) = (alice.chat(bob.id.jid()), bob.chat(alice.id.jid()));
    let (from_alice, from_bob) = (bodies("alice"), bodies("bob"));

    let write = |commands: tokio::sync::mpsc::Sender<_>, chat, texts: Vec<String>| async move {
        let mut tick = tokio::time::interval(PACE);
        for text in &texts {
            tick.tick().await;
            commands.send(send(&chat, text)).await.unwrap();
        }
    };
    let mut writing = tokio::task::JoinSet::new();
    writing.spawn(write(alice.engine.commands.clone(), to_bob.clone(), from_alice.clone()));
    writing.spawn(write(bob.engine.commands.clone(), to_alice.clone(), from_bob.clone()));

    let span = PACE.as_millis() as u64 * MESSAGES as u64;
    let mut times: Vec<u64> = (0..CUTS).map(|_| dice.below(span)).collect();
    times.sort_unstable();
    let began = tokio::time::Instant::now();
    for at in times {
        let due = began + Duration::from_millis(at);
        // Both are read all the time: a screen that does not read would hold the socket back.
        while tokio::time::Instant::now() < due {
            tokio::select! {
                () = tokio::time::sleep_until(due) => {}
                e = alice.outputs.committed.recv() => tell(began, "alice", e),
                e = bob.outputs.committed.recv() => tell(began, "bob", e),
            }
        }
        println!("{:6.2} cut", began.elapsed().as_secs_f32());
        proxy.cut();
    }
    let last_cut = Instant::now();
    let (mut at_alice, mut at_bob) = (Vec::new(), Vec::new());
    let mut look = tokio::time::interval(Duration::from_millis(500));
    while last_cut.elapsed() < SETTLE {
        tokio::select! {
            e = alice.outputs.committed.recv() => { tell(began, "alice", e); continue }
            e = bob.outputs.committed.recv() => { tell(began, "bob", e); continue }
            _ = look.tick() => {}
        }
        if writing.is_empty() || writing.try_join_next().is_some() {
            at_alice = alice.stored(&to_bob).await;
            at_bob = bob.stored(&to_alice).await;
            if is_complete(&at_alice, &from_bob) && is_complete(&at_bob, &from_alice) {
                break;
            }
        }
    }
    println!("{kind}: all there {:.1} s after the last cut", last_cut.elapsed().as_secs_f32());
    let not_done = |messages: &[Message]| {
        messages
            .iter()
            .filter(|m| !matches!(m.delivery, Delivery::Incoming | Delivery::Acked | Delivery::Delivered))
            .map(|m| format!("{} {:?}", m.body.raw(), m.delivery))
            .collect::<Vec<_>>()
    };
    assert_eq!(not_done(&at_alice), Vec::<String>::new(), "alice's own");
    assert_eq!(not_done(&at_bob), Vec::<String>::new(), "bob's own");
    assert_incoming(&at_bob, &from_alice);
    assert_incoming(&at_alice, &from_bob);
    assert_eq!(at_alice.len(), 2 * MESSAGES);
    assert_eq!(at_bob.len(), 2 * MESSAGES);
    assert_ordered(&at_alice);
    assert_ordered(&at_bob);
    alice.close().await;
    bob.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_cuts_prosody() {
    cut_run("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_cuts_ejabberd() {
    cut_run("ejabberd").await;
}
