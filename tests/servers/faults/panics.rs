//! a fault of our own in the middle of a session. The task is built anew within 5 s, what was written is sent,
//! the draft is there; and a fault that comes back at once stops the account with a clear word.

use super::witness::{Watcher, archive, assert_archived, database, is_settled};
use crate::figures::{figure, scale};
use crate::harness::{PATIENCE, Server};
use crate::peer::{Peer, assert_incoming, send};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parlour::contract::UserWrite;
use parlour::model::{AccountSettings, ChatKind, ConnState, DownReason};
use parlour::xmpp::connect::{Dial, NetDial};
use parlour::xmpp::link::{Duplex, Link, Steps};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, sleep};

const BACK: Duration = Duration::from_secs(5);
/// Faults in a row that one account is allowed.
const IN_A_ROW: usize = 3;

/// A byte stream that panics in the engine's own task when it is next read.
struct Fuse {
    io: Box<dyn Duplex>,
    is_lit: Arc<AtomicBool>,
}

impl AsyncRead for Fuse {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        let read = Pin::new(&mut self.io).poll_read(cx, buf);
        assert!(!(read.is_ready() && self.is_lit.swap(false, Ordering::SeqCst)), "the fuse burnt down");
        read
    }
}

impl AsyncWrite for Fuse {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

struct FuseDial(NetDial, Arc<AtomicBool>);

impl Dial for FuseDial {
    fn dial<'a>(
        &'a mut self,
        settings: &'a AccountSettings,
        steps: Steps<'a>,
    ) -> BoxFuture<'a, Result<Link, DownReason>> {
        let is_lit = self.1.clone();
        async move {
            let link = self.0.dial(settings, steps).await?;
            Ok(Link { io: Box::new(Fuse { io: link.io, is_lit }), ..link })
        }
        .boxed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_a_panic_costs_a_login_and_nothing_that_was_written() {
    let faults: usize = scale(3, 100);
    let server = Server::start_with("prosody", &["--log", "warning"]);
    let home = tempfile::tempdir().unwrap();
    let mut bob = Peer::start(&home.path().join("bob"), server.settings("bob", false), "pw-bob");
    let mut at_bob = Watcher::over(&mut bob, "bob");
    at_bob.online(PATIENCE).await;
    let mut sent: Vec<String> = Vec::new();
    let mut longest = Duration::ZERO;
    let mut played = 0;
    while played < faults {
        let is_lit = Arc::new(AtomicBool::new(false));
        let dial = Box::new(FuseDial(NetDial::default(), is_lit.clone()));
        let mut alice = Peer::start_over(&home.path().join("alice"), server.settings("alice", false), "pw-alice", dial);
        let mut watcher = Watcher::over(&mut alice, "alice");
        watcher.online(PATIENCE).await;
        let to_bob = alice.chat(bob.id.jid());
        let draft = format!("half a thought {played}");
        let carol = alice.chat(server.settings("carol", false).id.jid());
        let write = UserWrite::Draft { chat: carol, kind: ChatKind::Contact, text: draft.clone() };
        let mut is_drafted = false;
        for _ in 0..IN_A_ROW.min(faults - played) {
            // Some are confirmed, some on the wire, some not even there when it happens.
            for n in 0..6 {
                if n == 3 {
                    is_lit.store(true, Ordering::SeqCst);
                }
                let text = format!("fault {played:03} message {n}");
                alice.engine.commands.send(send(&to_bob, &text)).await.unwrap();
                sent.push(text);
            }
            let began = Instant::now();
            watcher.offline(PATIENCE).await;
            if !is_drafted {
                is_drafted = true;
                alice.store.writes.send(write.clone()).await.unwrap();
            }
            let state = watcher.state.borrow().clone();
            assert!(
                matches!(&state, ConnState::Waiting { reason: DownReason::Crashed(w), .. } if w.raw().contains("the fuse")),
                "{state:?}"
            );
            watcher.online(BACK).await;
            longest = longest.max(began.elapsed());
            let deadline = Instant::now() + PATIENCE;
            while Instant::now() < deadline && !is_settled(&alice.stored(&to_bob).await, 0) {
                sleep(Duration::from_millis(50)).await;
            }
            assert!(is_settled(&alice.stored(&to_bob).await, 0), "fault {played}: everything is confirmed in the end");
            played += 1;
        }
        alice.close().await;
        let db = database(&home.path().join("alice"));
        let kept: String = db.query_row("SELECT draft FROM chats WHERE draft <> ''", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, draft);
    }
    let to_alice = bob.chat(server.settings("alice", false).id.jid());
    assert_incoming(&bob.stored(&to_alice).await, &sent);
    let archived = archive(&server, "bob", server.settings("alice", false).id.jid()).await;
    assert_eq!(assert_archived(&archived, server.settings("alice", false).id.jid(), &sent), 0);
    let words = format!(
        "{faults} panics in a live session, {} messages around them: 0 lost, 0 doubled, drafts kept; back after at most {:.1} s",
        sent.len(),
        longest.as_secs_f32()
    );
    figure("R-18", "prosody", &words);
    bob.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_a_fault_that_comes_back_at_once_stops_the_account() {
    let server = Server::start("prosody");
    let home = tempfile::tempdir().unwrap();
    let is_lit = Arc::new(AtomicBool::new(true));
    let dial = Box::new(FuseDial(NetDial::default(), is_lit.clone()));
    let mut alice = Peer::start_over(home.path(), server.settings("alice", false), "pw-alice", dial);
    let mut watcher = Watcher::over(&mut alice, "alice");
    for _ in 0..IN_A_ROW {
        let is_crashed = |s: &ConnState| matches!(s, ConnState::Waiting { reason: DownReason::Crashed(_), .. });
        watcher.until("a crash", PATIENCE, is_crashed).await;
        is_lit.store(true, Ordering::SeqCst);
        watcher.until("another attempt", PATIENCE, |s| !is_crashed(s)).await;
    }
    let is_over = |s: &ConnState| matches!(s, ConnState::Stopped(DownReason::Crashed(_)));
    watcher.until("the end", PATIENCE, is_over).await;
    alice.close().await;
}
