//! A kill between a stanza's coming and its commit: the store is held up from outside, by a lock on the database
//! that another process (this test) has, so that the commit waits; then comes the kill. What was not on disk must not
//! have been confirmed to the server, and so comes again: from the archive, or, where there is none, by the session's
//! own counts (XEP-0198).

use crate::figures::{figure, scale};
use crate::harness::Server;
use crate::kills::{QUIET, order, start_victim};
use crate::peer::{Peer, incoming, send};
use parlour::contract::Event;
use parlour::contract::event::chat::Event as Said;
use parlour::model::{BareJid, Delivery};
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// When the kill comes.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// Messages came, none could be committed.
    Held,
    /// More came than the channels between engine and store take, so that the socket is not read any more.
    HeldInFlood,
    /// The lock was there before the start: the archive's page waits.
    HeldAtStart,
    /// Right after the lock went.
    Released,
    /// Some milliseconds after it went: commits and confirmations are under way.
    ReleasedSome(u64),
    /// Held and let go in turn while messages come.
    OnAndOff,
    /// At the first message that was shown.
    FirstShown,
    /// At the last one that was shown: the confirmation is about to go.
    LastShown,
}

const MOMENTS: [Moment; 9] = [
    Moment::Held,
    Moment::HeldInFlood,
    Moment::HeldAtStart,
    Moment::Released,
    Moment::ReleasedSome(2),
    Moment::ReleasedSome(10),
    Moment::OnAndOff,
    Moment::FirstShown,
    Moment::LastShown,
];

/// The write lock of the victim's database.
struct Hold(rusqlite::Connection);

impl Hold {
    fn take(dir: &Path) -> Self {
        let db = rusqlite::Connection::open(dir.join("history.db")).unwrap();
        db.busy_timeout(Duration::from_secs(20)).unwrap();
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        Self(db)
    }

    fn release(self) {
        self.0.execute_batch("ROLLBACK").unwrap();
    }
}

/// Bob writes, and the server has it.
async fn write(bob: &mut Peer, alice: &BareJid, texts: &[String]) {
    let chat = bob.chat(alice);
    let (commands, sends) = (bob.engine.commands.clone(), texts.iter().map(|t| send(&chat, t)).collect::<Vec<_>>());
    // Beside the reading: an engine whose events nobody takes does not take commands either.
    tokio::spawn(async move {
        for send in sends {
            commands.send(send).await.unwrap();
        }
    });
    let mut left = texts.len();
    let all = async {
        while left > 0 {
            let events = bob.next().await;
            let is_acked =
                |e: &&Event| matches!(e, Event::Chat(Said::DeliveryChanged { delivery: Delivery::Acked, .. }));
            left = left.saturating_sub(events.iter().filter(is_acked).count());
        }
    };
    timeout(crate::harness::PATIENCE, all).await.expect("the server has bob's messages");
}

async fn shown(told: &mut tokio::sync::mpsc::UnboundedReceiver<String>, wanted: &str) {
    let all = async {
        while let Some(line) = told.recv().await {
            if line.starts_with("SHOWN ") && line.ends_with(wanted) {
                return;
            }
        }
        panic!("the victim ended before {wanted:?}");
    };
    timeout(crate::harness::PATIENCE, all).await.unwrap_or_else(|_| panic!("{wanted:?} was not shown"));
}

/// One kill at this moment. What bob wrote goes into `all`.
async fn round(server: &Server, dir: &Path, bob: &mut Peer, (n, moment): (usize, Moment), all: &mut Vec<String>) {
    let alice = BareJid::parse(&format!("alice@{}", server.host())).unwrap();
    let count = if matches!(moment, Moment::HeldInFlood) { 200 } else { 8 };
    let texts: Vec<String> = (0..count).map(|i| format!("{n}-{i:03}")).collect();
    all.extend(texts.iter().cloned());
    if matches!(moment, Moment::HeldAtStart) {
        write(bob, &alice, &texts).await;
        let hold = Hold::take(dir);
        let (mut child, mut told) = start_victim(order(server, dir, QUIET));
        let usable = timeout(crate::harness::PATIENCE, told.recv()).await;
        assert!(usable.is_ok_and(|line| line.is_some()), "the victim starts");
        sleep(Duration::from_millis(700)).await;
        child.kill().unwrap();
        child.wait().unwrap();
        return hold.release();
    }
    let (mut child, mut told) = start_victim(order(server, dir, QUIET));
    // It is there when it shows what comes; what the archive's page brings it does not show one by one.
    for attempt in 0.. {
        assert!(attempt < 20, "{n}: the victim shows nothing");
        let hello = format!("{n}-hello-{attempt}");
        write(bob, &alice, std::slice::from_ref(&hello)).await;
        all.push(hello.clone());
        if timeout(Duration::from_secs(2), shown(&mut told, &hello)).await.is_ok() {
            break;
        }
    }
    match moment {
        Moment::FirstShown | Moment::LastShown => {
            write(bob, &alice, &texts).await;
            let wanted = if matches!(moment, Moment::FirstShown) { &texts[0] } else { &texts[count - 1] };
            shown(&mut told, wanted).await;
        }
        Moment::OnAndOff => {
            for text in &texts {
                let hold = Hold::take(dir);
                write(bob, &alice, std::slice::from_ref(text)).await;
                sleep(Duration::from_millis(5)).await;
                hold.release();
            }
        }
        Moment::HeldAtStart => {}
        Moment::Held | Moment::HeldInFlood | Moment::Released | Moment::ReleasedSome(_) => {
            let hold = Hold::take(dir);
            write(bob, &alice, &texts).await;
            // The server has handed them over by now, and asked for a confirmation.
            sleep(Duration::from_millis(150)).await;
            let mut seen = Vec::new();
            while let Ok(line) = told.try_recv() {
                seen.push(line);
            }
            assert!(!seen.iter().any(|l| l.starts_with("SHOWN ")), "shown, and not on the disk: {seen:?}");
            match moment {
                Moment::Released => hold.release(),
                Moment::ReleasedSome(ms) => {
                    hold.release();
                    sleep(Duration::from_millis(ms)).await;
                }
                _ => {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    return hold.release();
                }
            }
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A start that is left alone: everything is there, once.
async fn all_there(server: &Server, dir: &Path, bob: &BareJid, all: &[String], what: &str) {
    let mut alice = Peer::start(dir, server.settings("alice", false), "pw-alice");
    alice.online().await;
    let chat = alice.chat(bob);
    let deadline = Instant::now() + Duration::from_mins(1);
    let mut wanted = all.to_vec();
    wanted.sort();
    let mut found = Vec::new();
    while Instant::now() < deadline {
        found = incoming(&alice.stored(&chat).await);
        if found.len() >= wanted.len() {
            break;
        }
        let _something = timeout(Duration::from_millis(200), alice.outputs.committed.recv()).await;
    }
    found.sort();
    assert_eq!(found, wanted, "{what}");
    alice.close().await;
}

async fn held_run(kind: &str, args: &[&str], what: &str) {
    let server = Server::start_with(kind, args);
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("alice");
    let mut bob = Peer::start(&home.path().join("bob"), server.settings("bob", false), "pw-bob");
    bob.online().await;
    let bob_jid = bob.id.jid().clone();
    let mut all = Vec::new();
    // The profile is made once, in peace.
    all_there(&server, &dir, &bob_jid, &all, "the first start").await;
    let rounds = scale(1, 12);
    for n in 0..rounds * MOMENTS.len() {
        let moment = MOMENTS[n % MOMENTS.len()];
        let label = format!("{kind} {what}, round {n}: {moment:?}");
        println!("{label}");
        round(&server, &dir, &mut bob, (n, moment), &mut all).await;
        all_there(&server, &dir, &bob_jid, &all, &label).await;
    }
    bob.close().await;
    let kills = rounds * MOMENTS.len();
    figure(
        "R-03",
        kind,
        &format!("{kills} kills before the commit, at 9 moments, {what}: {} messages, 0 lost, 0 doubled", all.len()),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn r03_prosody_with_its_archive() {
    held_run("prosody", &[], "with an archive").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r03_prosody_without_an_archive() {
    held_run("prosody", &["--without", "mam", "--resume-window", "3"], "without an archive").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r03_ejabberd_with_its_archive() {
    held_run("ejabberd", &[], "with an archive").await;
}
