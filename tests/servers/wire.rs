//! What a stranger can send through a real server, and what it costs: one line.

use crate::harness::{Client, Server, sign_in};
use parlour::contract::Event;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::xmpp::connect::{Dial, NetDial};
use parlour::xmpp::link::Security;
use parlour::xmpp::stream::negotiate::Talk;
use parlour::xmpp::stream::sasl::Terms;
use parlour::xmpp::stream::wire::Wire;
use tokio::io::AsyncWriteExt;
use tokio::sync::{mpsc, watch};

/// A login whose byte stream is then ours: what parlour itself would never send can be sent by it.
pub async fn raw_login(server: &Server, user: &str) -> Box<dyn parlour::xmpp::link::Duplex> {
    raw_wire(server, user).await.into_io().unwrap()
}

/// A login of a client of few words: no presence, no carbons, only what the test says over its wire.
pub async fn raw_wire(server: &Server, user: &str) -> Wire {
    let settings = server.settings(user, true);
    let link = NetDial::default().dial(&settings, &mut |_, _| {}).await.unwrap();
    let Security::Tls(tls) = link.security else { panic!("no TLS") };
    let (tell, mut told) = mpsc::channel(64);
    tokio::spawn(async move { while told.recv().await.is_some() {} });
    let (_watch, watched) = watch::channel(false);
    let mut talk = Talk::new(Wire::new(link.io, watched), server.host(), &tell);
    let features = talk.open().await.unwrap();
    let password = parlour::model::Secret::new(&format!("pw-{user}"));
    let terms = Terms::new(&tls, &settings.strength);
    let features = talk.authenticate(&features, user, &password, terms).await.unwrap();
    let mut management = parlour::xmpp::stream::management::Management::default();
    let mut features = features;
    features.remove_child("sm", "urn:xmpp:sm:3");
    talk.bind(&features, "raw", &mut management, &mut Vec::new()).await.unwrap();
    talk.wire
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_stanzas_cost_one_notice_and_not_the_stream() {
    let server = Server::start("prosody");
    let to = format!("alice@{}/parlour-alice", server.host());
    let nested = format!("{}{}", "<a>".repeat(12_000), "</a>".repeat(12_000));
    let long = format!("<x xmlns='urn:x' v='{}'/>", "v".repeat(9000));
    for payload in [nested, long, "<a xml:foo='1'/>".to_owned()] {
        // Notices of one session are spaced, so each payload meets a session of its own.
        let mut alice = Client::start(server.settings("alice", false), sign_in("pw-alice"));
        alice.online().await;
        alice.ask(Ask::WatchWire(true)).await;
        let mut eve = raw_login(&server, "carol").await;
        let stanza = format!("<message to='{to}' type='headline' id='evil'>{payload}</message>");
        eve.write_all(stanza.as_bytes()).await.unwrap();
        eve.flush().await.unwrap();
        let words = alice
            .wait("a notice", |event| match event {
                Event::Session(SessionEvent::Noticed(words)) => Some(words.raw().to_owned()),
                Event::Session(SessionEvent::StateChanged(state)) => panic!("the stream was lost: {state:?}"),
                _ => None,
            })
            .await;
        assert!(words.contains(&format!("carol@{}", server.host())), "{words}");
        let fine = format!("<message to='{to}' type='headline' id='fine'><body>fine</body></message>");
        eve.write_all(fine.as_bytes()).await.unwrap();
        eve.flush().await.unwrap();
        alice.line("id='fine'").await;
        alice.ask(Ask::Quit).await;
        alice.wait("the end", |e| matches!(e, Event::Session(SessionEvent::Closed)).then_some(())).await;
    }
}
