//! `kill -9` at random moments while sending and receiving: the database is sound, what was shown is
//! there, and nothing is sent twice.
//!
//! The victim is this very test binary, started again as a child that runs [`victim`] alone; it prints a
//! line for each thing that it would have shown. `KILLS_SEED` replays a run.

use crate::harness::Server;
use crate::peer::{Peer, assert_ordered, incoming, send};
use parlour::contract::event::chat::Event as Said;
use parlour::contract::event::session::Event as Told;
use parlour::contract::{Committed, Event};
use parlour::model::{AccountId, AccountSettings, BareJid, Delivery};
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const KILLS: usize = 10;

/// Not a test of its own: the child that is killed. Does nothing unless the parent says so.
#[tokio::test(flavor = "multi_thread")]
async fn victim() {
    let Ok(order) = std::env::var("PARLOUR_VICTIM") else { return };
    let part: Vec<&str> = order.split('|').collect();
    let [dir, jid, port, ca, round] = part[..] else { panic!("{order}") };
    let jid = BareJid::parse(jid).unwrap();
    let bob = BareJid::parse(&format!("bob@{}", jid.domain())).unwrap();
    let settings = AccountSettings {
        host: Some("127.0.0.1".to_owned()),
        port: port.parse().ok(),
        ca_file: Some(ca.into()),
        ..AccountSettings::new(AccountId(jid), "parlour-alice".to_owned())
    };
    let mut peer = Peer::start(Path::new(dir), settings, "pw-alice");
    let chat = peer.chat(&bob);
    let commands = peer.engine.commands.clone();
    let round = round.to_owned();
    tokio::spawn(async move {
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        for n in 0.. {
            pace.tick().await;
            let text = format!("a{round}-{n:04}");
            commands.send(send(&chat, &text)).await.unwrap();
        }
    });
    let mut out = std::io::stdout();
    loop {
        for event in peer.next().await {
            match event {
                Event::Chat(Said::MessageArrived(m)) => writeln!(out, "SHOWN {}", m.body.raw()).unwrap(),
                Event::Chat(Said::DeliveryChanged { row, delivery: Delivery::Acked, .. }) => {
                    writeln!(out, "TICKED {}", row.0).unwrap();
                }
                _ => {}
            }
        }
        out.flush().unwrap();
    }
}

async fn kill_run(kind: &str) {
    let mut seed = std::env::var("KILLS_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(0xdead_u64);
    println!("KILLS_SEED={seed} on {kind}");
    let server = Server::start(kind);
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("alice");
    let alice = BareJid::parse(&format!("alice@{}", server.host())).unwrap();
    let mut bob = Peer::start(&home.path().join("bob"), server.settings("bob", false), "pw-bob");
    bob.online().await;
    let to_alice = bob.chat(&alice);
    let mut shown: HashSet<String> = HashSet::new();
    let mut ticked: HashSet<i64> = HashSet::new();
    let mut sent_by_bob = Vec::new();
    for round in 0..KILLS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wanted = 20 + usize::try_from(seed >> 33).unwrap() % 120;
        let ca = server.info["ca"].as_str().unwrap();
        let order = format!("{}|{alice}|{}|{ca}|{round}", dir.display(), server.port("c2s"));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kills::victim", "--nocapture"])
            .env("PARLOUR_VICTIM", order)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (show, mut told) = tokio::sync::mpsc::unbounded_channel();
        let reading = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _gone = show.send(line);
            }
        });
        let mut lines = 0;
        let mut n = 0;
        // Bob writes as long as the victim lives; the moment of the kill is a number of things shown.
        let mut pace = tokio::time::interval(Duration::from_millis(10));
        let deadline = tokio::time::Instant::now() + Duration::from_mins(2);
        while lines < wanted {
            assert!(tokio::time::Instant::now() < deadline, "the victim shows nothing more: {lines} of {wanted}");
            tokio::select! {
                line = told.recv() => {
                    keep(&line.expect("the victim lives"), &mut shown, &mut ticked);
                    lines += 1;
                }
                e = bob.outputs.committed.recv() => tell("bob", e),
                _ = pace.tick() => {
                    let text = format!("b{round}-{n:04}");
                    n += 1;
                    bob.engine.commands.send(send(&to_alice, &text)).await.unwrap();
                    sent_by_bob.push(text);
                }
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        reading.join().unwrap();
        while let Ok(line) = told.try_recv() {
            keep(&line, &mut shown, &mut ticked);
        }
        check(&dir, &alice, &shown);
    }

    // The last start is left alone until the two agree.
    let mut settings = server.settings("alice", false);
    "parlour-alice".clone_into(&mut settings.resource);
    let mut survivor = Peer::start(&dir, settings, "pw-alice");
    survivor.online().await;
    let to_bob = survivor.chat(bob.id.jid());
    let deadline = tokio::time::Instant::now() + Duration::from_mins(2);
    let (mut at_alice, mut at_bob) = (Vec::new(), Vec::new());
    let mut look = tokio::time::interval(Duration::from_millis(500));
    while tokio::time::Instant::now() < deadline {
        tokio::select! {
            e = survivor.outputs.committed.recv() => { tell("alice", e); continue }
            e = bob.outputs.committed.recv() => { tell("bob", e); continue }
            _ = look.tick() => {}
        }
        at_alice = survivor.stored(&to_bob).await;
        at_bob = bob.stored(&to_alice).await;
        let is_settled = at_alice
            .iter()
            .chain(&at_bob)
            .all(|m| matches!(m.delivery, Delivery::Incoming | Delivery::Acked | Delivery::Delivered));
        let own = at_alice.iter().filter(|m| m.is_own()).count();
        if is_settled && incoming(&at_alice).len() >= sent_by_bob.len() && incoming(&at_bob).len() >= own {
            break;
        }
    }
    let unsettled: Vec<String> = at_alice
        .iter()
        .chain(&at_bob)
        .filter(|m| !matches!(m.delivery, Delivery::Incoming | Delivery::Acked | Delivery::Delivered))
        .map(|m| format!("{} {:?}", m.body.raw(), m.delivery))
        .collect();
    assert_eq!(unsettled, Vec::<String>::new(), "after two minutes");
    // After a kill ejabberd delivers again what the dead session had not confirmed, among what is new and without
    // a stamp that tells; so nothing is asked of the order here. Order over cuts is in `cuts`.
    let mut from_bob = incoming(&at_alice);
    from_bob.sort();
    sent_by_bob.sort();
    assert_eq!(from_bob, sent_by_bob, "what alice has of bob's: nothing lost, nothing twice");
    let own: Vec<String> = at_alice.iter().filter(|m| m.is_own()).map(|m| m.body.raw().to_owned()).collect();
    let (mut from_alice, mut own) = (incoming(&at_bob), own);
    from_alice.sort();
    own.sort();
    assert_eq!(from_alice, own, "what bob has of alice's: nothing lost, nothing twice");
    let rows: HashSet<i64> = at_alice.iter().map(|m| m.row.0).collect();
    assert!(ticked.is_subset(&rows), "a ticked message is gone");
    assert_ordered(&at_alice);
    survivor.close().await;
    bob.close().await;
}

/// What happened to the connections: printed, so that a failure tells its story.
fn tell(who: &str, committed: Option<Committed>) {
    for event in committed.into_iter().flat_map(|c| c.events) {
        if let Event::Session(Told::StateChanged(state)) = event {
            println!("{who}: {state:?}");
        }
    }
}

fn keep(line: &str, shown: &mut HashSet<String>, ticked: &mut HashSet<i64>) {
    if let Some(body) = line.strip_prefix("SHOWN ") {
        shown.insert(body.to_owned());
    } else if let Some(row) = line.strip_prefix("TICKED ") {
        ticked.insert(row.parse().unwrap());
    }
}

/// The database after a kill: sound, and all that was shown is in it.
fn check(dir: &Path, alice: &BareJid, shown: &HashSet<String>) {
    let path = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "sqlite" || e == "db"))
        .expect("a database");
    let db = rusqlite::Connection::open(&path).unwrap();
    let sound: String = db.query_row("PRAGMA quick_check", [], |r| r.get(0)).unwrap();
    assert_eq!(sound, "ok", "after a kill of {alice}");
    let mut rows = db.prepare("SELECT body FROM messages").unwrap();
    let stored: HashSet<String> = rows.query_map([], |r| r.get::<_, String>(0)).unwrap().map(Result::unwrap).collect();
    let missing: Vec<_> = shown.difference(&stored).collect();
    assert!(missing.is_empty(), "shown, and not stored: {missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_prosody() {
    kill_run("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_kills_ejabberd() {
    kill_run("ejabberd").await;
}
