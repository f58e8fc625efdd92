//! R-07, R-32: the real program, stopped and woken, and left with much unsent.

use super::witness::{archive, assert_archived, database, is_settled};
use crate::figures::{figure, scale};
use crate::harness::{PATIENCE, Server};
use crate::peer::{Peer, assert_incoming};
use crate::proxy::{Proxy, Way};
use crate::terminal::pty::{Home, Plan, Term};
use rustix::process::Signal;
use std::time::{Duration, Instant};

const WIDE: Plan<'static> = Plan { program: env!("CARGO_BIN_EXE_parlour"), args: &[], env: &[], size: (100, 30) };
/// Longer than the silence after which a link is probed; the full run sleeps for longer.
const ASLEEP: Duration = Duration::from_secs(35);
const ASLEEP_FULL: Duration = Duration::from_mins(10);
const BACK: Duration = Duration::from_secs(10);
const UNSENT: usize = 50;

/// A home whose program signs in as alice through a proxy.
fn home(server: &Server, link: &Proxy) -> Home {
    Home::new().with_config(&format!(
        "[accounts.\"alice@{}\"]\npassword_command = [\"printf\", \"pw-alice\"]\nhost = \"127.0.0.1\"\nport = {}\nca_file = {:?}\n",
        server.host(),
        link.port,
        server.info["ca"].as_str().unwrap()
    ))
}

/// Sleeps with the link sound, and with the link gone while asleep; gives how long the way back took.
async fn sleeper(server: &Server, is_lost: bool) -> Duration {
    let link = Proxy::start(server.port("c2s")).await;
    let home = home(server, &link);
    let mut term = Term::start(&home, &WIDE);
    tokio::task::block_in_place(|| term.wait_for("online"));
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(link.connections(), 1);
    term.signal(Signal::STOP);
    tokio::time::sleep(scale(ASLEEP, ASLEEP_FULL)).await;
    if is_lost {
        link.lose();
    }
    term.signal(Signal::CONT);
    let woken = Instant::now();
    if is_lost {
        let came = async {
            while link.connections() < 2 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(BACK, came).await.expect("a new connection within 10 s");
        tokio::task::block_in_place(|| term.wait_for("online"));
        assert!(woken.elapsed() <= BACK, "online after {:?}", woken.elapsed());
    }
    let took = woken.elapsed();
    // No storm: whatever was overdue comes once.
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(link.connections(), if is_lost { 2 } else { 1 }, "one reconnect, and only where the link is gone");
    tokio::task::block_in_place(|| {
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    });
    took
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r07_a_program_that_was_asleep() {
    let server = Server::start("prosody");
    // One after the other would take twice as long; two programs of one account would take each other's resource.
    let lost = sleeper(&server, true).await;
    sleeper(&server, false).await;
    figure(
        "R-07",
        "prosody",
        &format!(
            "stopped for {} s: online {:.1} s after waking, 1 reconnect; 0 where the link held",
            scale(ASLEEP, ASLEEP_FULL).as_secs(),
            lost.as_secs_f32()
        ),
    );
}

/// How many of the user's own messages wait to be sent or confirmed.
fn open_rows(kept: &rusqlite::Connection) -> i64 {
    kept.query_row("SELECT count(*) FROM messages WHERE delivery IN (1, 2)", [], |row| row.get(0)).unwrap()
}

/// Writes fifty messages over a link that is then `broken`, quits, starts again over one that is `mended`: each is in
/// the other's history once, in order.
async fn quit_and_come_back(broken: impl Fn(&Proxy), mended: impl Fn(&Proxy), told: &str) {
    let server = Server::start("prosody");
    let link = Proxy::start(server.port("c2s")).await;
    let folder = tempfile::tempdir().unwrap();
    let mut bob = Peer::start(folder.path(), server.settings("bob", false), "pw-bob");
    bob.online().await;
    let home = home(&server, &link);
    let texts: Vec<String> = (0..UNSENT).map(|n| format!("unsent-{n:02}")).collect();
    tokio::task::block_in_place(|| {
        let mut term = Term::start(&home, &WIDE);
        term.wait_for("online");
        term.send(&format!("/msg bob@{}\r", server.host()));
        term.wait_for(&format!("bob@{}", server.host()));
        broken(&link);
        if !told.is_empty() {
            term.wait_for(told);
        }
        for text in &texts {
            term.send(&format!("{text}\r"));
            term.wait_for(text);
        }
        term.send("\x11");
        if !told.is_empty() {
            term.wait_for("50 messages are not sent yet");
        }
        // Those that are on their way need no answer; but the link may be known to be dead by now, so that some are not.
        term.send("y");
        assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    });
    mended(&link);
    tokio::task::block_in_place(|| {
        let mut term = Term::start(&home, &WIDE);
        term.wait_for("online");
        let from_alice = bob.chat(server.settings("alice", false).id.jid());
        let deadline = Instant::now() + PATIENCE;
        let runtime = tokio::runtime::Handle::current();
        while !is_settled(&runtime.block_on(bob.stored(&from_alice)), UNSENT) {
            assert!(Instant::now() < deadline, "not all arrive");
            std::thread::sleep(Duration::from_millis(100));
        }
        // What this start had to look up or to send is over: then nothing is left to be told of.
        let kept = database(&home.path().join("data/parlour"));
        let deadline = Instant::now() + PATIENCE;
        while open_rows(&kept) > 0 {
            assert!(Instant::now() < deadline, "{} are not settled", open_rows(&kept));
            std::thread::sleep(Duration::from_millis(100));
        }
        drop(kept);
        term.send("\x11");
        assert_eq!(term.wait_exit(), 0, "{}", term.screen().contents());
    });
    let from_alice = bob.chat(server.settings("alice", false).id.jid());
    assert_incoming(&bob.stored(&from_alice).await, &texts);
    let alice = server.settings("alice", false).id;
    assert_eq!(assert_archived(&archive(&server, "bob", alice.jid()).await, alice.jid(), &texts), 0);
    bob.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r32_quit_with_fifty_unsent() {
    quit_and_come_back(Proxy::down, Proxy::up, "cannot reach").await;
    figure("R-32", "prosody, unsent", "quit with 50 unsent: told, kept, sent once and in order after the next start");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn r32_quit_with_fifty_that_nobody_confirmed() {
    // They arrive, and the word of it does not come back: the archive must tell the next start.
    quit_and_come_back(|link| link.half(Way::Down, true), |link| link.half(Way::Down, false), "").await;
    figure(
        "R-32",
        "prosody, unconfirmed",
        "quit with 50 unconfirmed: found in the archive at the next start, none sent twice",
    );
}
