//! Two wires on a small pipe, and a peer that drips, hangs up or talks nonsense.

use super::*;
use crate::xmpp::kit::element::text_el;
use crate::xmpp::kit::ns;
use crate::xmpp::stanza::Kind;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

const HEADER: &str = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='7'>";

fn wire(io: impl Duplex + 'static) -> Wire {
    Wire::new(Box::new(io), watch::Sender::new(false).subscribe())
}

fn message(body: &str) -> Stanza {
    Stanza::new(Kind::Message).with(text_el("body", ns::JABBER_CLIENT, body))
}

/// Sends 500 messages and waits for 500.
async fn flood(mut wire: Wire) -> usize {
    wire.open("a.test", None, "en").unwrap();
    for _ in 0..500 {
        wire.send(&message(&"x".repeat(1000))).unwrap();
    }
    let mut count = 0;
    while count < 500 {
        if let Ok(Received::Stanza(_)) = wire.next().await {
            count += 1;
        }
    }
    // The other side may still wait for what is queued here.
    while timeout(Duration::from_millis(200), wire.next()).await.is_ok_and(|r| r.is_ok()) {}
    count
}

#[tokio::test]
async fn both_sides_write_without_a_stall() {
    let (a, b) = tokio::io::duplex(4096);
    let both = async { tokio::join!(flood(wire(a)), flood(wire(b))) };
    assert_eq!(timeout(Duration::from_secs(20), both).await.unwrap(), (500, 500));
}

#[tokio::test]
async fn dripping_bytes_and_dropped_futures_lose_nothing() {
    let (near, mut far) = tokio::io::duplex(64);
    let text = format!("<?xml version='1.0'?>{HEADER}<message id='1'><body>a&amp;b</body></message> <presence/>");
    let drip = async move {
        for byte in text.as_bytes() {
            far.write_all(&[*byte]).await.unwrap();
            tokio::task::yield_now().await;
        }
        far
    };
    let mut wire = wire(near);
    let read = async {
        let mut kinds = Vec::new();
        while kinds.len() < 3 {
            // Nearly every wait is given up and begun anew.
            let received = tokio::select! {
                biased;
                received = wire.next() => received.unwrap(),
                () = tokio::task::yield_now() => continue,
            };
            kinds.push(match received {
                Received::Header(id) => id.unwrap(),
                Received::Stanza(stanza) => stanza.id.unwrap_or_else(|| "none".to_owned()),
                Received::Replaced(_) | Received::Element(_) | Received::Closed => "odd".to_owned(),
            });
        }
        kinds
    };
    let (_far, kinds) = timeout(Duration::from_secs(10), async { tokio::join!(drip, read) }).await.unwrap();
    assert_eq!(kinds, ["7", "1", "none"]);
}

#[tokio::test]
async fn what_was_whole_comes_before_the_error() {
    for (end, is_malformed) in [("<a></b>", true), ("<!DOCTYPE x>", true), ("<mess", false)] {
        let (near, mut far) = tokio::io::duplex(1 << 12);
        far.write_all(format!("{HEADER}<presence/><iq/>{end}").as_bytes()).await.unwrap();
        drop(far);
        let mut wire = wire(near);
        assert!(matches!(wire.next().await, Ok(Received::Header(_))));
        assert!(matches!(wire.next().await, Ok(Received::Stanza(_))));
        assert!(matches!(wire.next().await, Ok(Received::Stanza(_))));
        let error = wire.next().await.err().unwrap();
        assert_eq!(matches!(error, WireError::Malformed(_)), is_malformed, "{error}");
    }
}

#[tokio::test]
async fn the_reason_is_read_though_writing_failed() {
    let (near, mut far) = tokio::io::duplex(1 << 12);
    far.write_all(format!("{HEADER}<stream:error/></stream:stream>").as_bytes()).await.unwrap();
    drop(far);
    let mut wire = wire(near);
    wire.open("a.test", None, "en").unwrap();
    assert!(matches!(wire.next().await, Ok(Received::Header(_))));
    assert!(matches!(wire.next().await, Ok(Received::Element(_))));
    assert!(matches!(wire.next().await, Ok(Received::Closed)));
    assert!(matches!(wire.next().await, Err(WireError::Io(_))));
}

#[tokio::test]
async fn a_queue_that_nobody_takes_is_bounded() {
    let (near, _far) = tokio::io::duplex(16);
    let mut wire = wire(near);
    let big = message(&"x".repeat(1 << 20));
    assert!((0..QUEUE_MAX >> 19).any(|_| matches!(wire.send(&big), Err(WireError::Stuck))));
    assert!(wire.outgoing.len() <= QUEUE_MAX);
}

#[tokio::test]
async fn a_restart_with_bytes_under_way_is_refused() {
    let (near, mut far) = tokio::io::duplex(1 << 12);
    far.write_all(format!("{HEADER}<a/><b").as_bytes()).await.unwrap();
    let mut wire = wire(near);
    assert!(matches!(wire.next().await, Ok(Received::Header(_))));
    assert!(matches!(wire.next().await, Ok(Received::Element(_))));
    assert!(matches!(wire.open("a.test", None, "en"), Err(WireError::Injected)));
    assert!(matches!(wire.into_io().err(), Some(WireError::Injected)));
}
