//! From bytes to a batch: scanner, parser and router, per stanza.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot begin has nothing to measure")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use parlour::contract::Bootstrap;
use parlour::model::{AccountId, AccountSettings, BareJid, Jid, Time};
use parlour::xmpp::registry;
use parlour::xmpp::router::Router;
use parlour::xmpp::stream::codec::{Decoder, Top};
use parlour::xmpp::stream::scan::{Bounds, Frame, Scanner};
use std::collections::{HashSet, VecDeque};
use std::hint::black_box;

const HEADER: &[u8] = b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
    from='montague.lit' id='s1' version='1.0'>";
const STANZAS: usize = 1000;

fn message(n: usize) -> String {
    format!(
        "<message type='chat' from='juliet@capulet.lit/balcony' to='romeo@montague.lit' id='m{n}'>\
         <body>It was the nightingale, and not the lark, that pierced the hollow of thine ear {n}</body>\
         <active xmlns='http://jabber.org/protocol/chatstates'/><origin-id xmlns='urn:xmpp:sid:0' id='m{n}'/>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='romeo@montague.lit' id='archive-{n}'/></message>"
    )
}

fn presence(n: usize) -> String {
    format!(
        "<presence from='friend{n}@capulet.lit/phone' to='romeo@montague.lit'><show>away</show>\
         <status>asleep</status><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://x.example' \
         ver='q07IKJEyjvHSyhy//CH0CxmKi8w='/></presence>"
    )
}

/// A signed-in router.
fn router() -> Router {
    let id = AccountId(BareJid::parse("romeo@montague.lit").unwrap());
    let settings = AccountSettings::new(id, "parlour".into());
    let mut n = 0;
    let ids = move || {
        n += 1;
        format!("own-id-{n:016}")
    };
    let mut router = Router::new(settings, Bootstrap::default(), registry::all(), Box::new(ids));
    let me = Jid::parse("romeo@montague.lit/parlour").unwrap();
    router.on_bound(Time(0), me, false, HashSet::new());
    router
}

fn decode(bytes: &[u8], mut each: impl FnMut(Top)) {
    let mut scanner = Scanner::new(Bounds::default());
    let mut frames = VecDeque::new();
    let mut decoder = Decoder::new(HEADER.to_vec()).unwrap();
    // As much as the wire asks of the socket at once.
    for piece in bytes.chunks(16 << 10) {
        scanner.feed(piece, &mut frames).unwrap();
        while let Some(frame) = frames.pop_front() {
            if let Frame::Stanza(bytes) = frame {
                each(decoder.decode(&bytes).unwrap());
            }
        }
    }
}

fn stanzas(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("1,000 stanzas");
    group.throughput(Throughput::Elements(STANZAS as u64));
    for (name, make) in [("messages", message as fn(usize) -> String), ("presences", presence)] {
        let mut bytes = HEADER.to_vec();
        bytes.extend((0..STANZAS).flat_map(|n| make(n).into_bytes()));
        group.bench_function(format!("{name}: cut and parsed"), |b| {
            b.iter(|| decode(&bytes, |top| drop(black_box(top))));
        });
        group.bench_function(format!("{name}: cut, parsed and routed"), |b| {
            let mut router = router();
            b.iter(|| {
                decode(&bytes, |top| {
                    if let Top::Stanza(stanza) = top {
                        black_box(router.on_stanza(Time(0), stanza));
                    }
                });
            });
        });
    }
    group.finish();
}

criterion_group!(benches, stanzas);
criterion_main!(benches);
