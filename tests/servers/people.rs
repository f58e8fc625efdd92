//! Contacts, presence, talk with another program, and what came while one was away.

use crate::harness::Server;
use crate::peer::{Peer, incoming, send};
use crate::wire::raw_login;
use parlour::contract::event::{chat, presence, roster};
use parlour::contract::{Command, Event, command};
use parlour::model::{Availability, BareJid, Delivery, OwnPresence};
use std::path::Path;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn start(home: &Path, server: &Server, user: &str, resource: &str) -> Peer {
    let mut settings = server.settings(user, false);
    resource.clone_into(&mut settings.resource);
    Peer::start(&home.join(resource), settings, &format!("pw-{user}"))
}

async fn tell(peer: &Peer, command: Command) {
    peer.engine.commands.send(command).await.unwrap();
}

fn set(jid: &BareJid, name: &str, group: &str) -> Command {
    Command::Roster(command::roster::Command::Set {
        jid: jid.clone(),
        name: Some(name.to_owned()),
        groups: Some(vec![group.to_owned()]),
        subscribe: true,
    })
}

/// A contact that one login adds is seen by the other; the contact is asked, allows, and its presence is seen.
async fn contacts_and_presence(alice: &mut Peer, second: &mut Peer, bob: &mut Peer) {
    let (alice_jid, bob_jid) = (alice.id.jid().clone(), bob.id.jid().clone());
    tell(alice, set(&bob_jid, "Bob the builder", "Friends")).await;
    let groups = second
        .wait("the other login's edit", |event| match event {
            Event::Roster(roster::Event::Changed(list)) => list
                .iter()
                .find(|c| c.jid == bob_jid && c.name.as_ref().is_some_and(|n| n.raw() == "Bob the builder"))
                .map(|c| c.groups.clone()),
            _ => None,
        })
        .await;
    assert_eq!(groups, ["Friends".into()]);
    bob.wait("the request", |event| match event {
        Event::Roster(roster::Event::SubscriptionAsked { jid, .. }) if *jid == alice_jid => Some(()),
        _ => None,
    })
    .await;
    tell(bob, Command::Roster(command::roster::Command::Allow(alice_jid.clone()))).await;
    let sees = |wanted: Availability, status: &'static str| {
        let bob_jid = bob_jid.clone();
        move |event: &Event| match event {
            Event::Presence(presence::Event::Changed(p)) if p.jid.bare() == bob_jid && p.availability == wanted => {
                (p.status.as_ref().map_or("", |s| s.raw()) == status).then_some(p.priority)
            }
            _ => None,
        }
    };
    alice.wait("bob's presence", sees(Availability::Online, "")).await;
    let gone = OwnPresence {
        availability: Availability::DoNotDisturb,
        status: "gone fishing".to_owned(),
        priority: 7,
        idle_since: None,
    };
    tell(bob, Command::Presence(command::presence::Command::Set(gone))).await;
    assert_eq!(alice.wait("bob's new presence", sees(Availability::DoNotDisturb, "gone fishing")).await, 7);
}

/// Another program, which knows nothing of ours but XMPP.
async fn talk_with_a_raw_client(server: &Server, alice: &mut Peer) {
    let mut carol = raw_login(server, "carol").await;
    let carol_jid = BareJid::parse(&format!("carol@{}", server.host())).unwrap();
    carol.write_all(b"<presence/>").await.unwrap();
    let hello = format!("<message to='{}' type='chat' id='raw-1'><body>hello from afar</body></message>", alice.id);
    carol.write_all(hello.as_bytes()).await.unwrap();
    carol.flush().await.unwrap();
    alice
        .wait("the raw client's words", |event| match event {
            Event::Chat(chat::Event::MessageArrived(m)) if m.body.raw() == "hello from afar" => Some(()),
            _ => None,
        })
        .await;
    let chat = alice.chat(&carol_jid);
    tell(alice, send(&chat, "hello-yourself")).await;
    let mut seen = String::new();
    let mut buffer = vec![0; 4096];
    while !seen.contains("<body>hello-yourself</body>") {
        let n =
            tokio::time::timeout(crate::harness::PATIENCE, carol.read(&mut buffer)).await.expect("in time").unwrap();
        assert!(n > 0, "the server hung up: {seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..n]));
    }
    assert!(seen.contains("urn:xmpp:receipts") && seen.contains("urn:xmpp:sid:0"), "{seen}");
}

/// What was written to somebody who is away is there once, and in order, when they come back.
async fn away_and_back(home: &Path, server: &Server, alice: &mut Peer, bob: Peer) {
    let (to_bob, to_alice) = (alice.chat(bob.id.jid()), bob.chat(alice.id.jid()));
    bob.close().await;
    let texts: Vec<String> = (0..20).map(|n| format!("missed-{n:02}")).collect();
    for text in &texts {
        tell(alice, send(&to_bob, text)).await;
    }
    let mut acked = 0;
    while acked < texts.len() {
        alice
            .wait("the server's word", |event| match event {
                Event::Chat(chat::Event::DeliveryChanged { delivery: Delivery::Acked, .. }) => Some(()),
                _ => None,
            })
            .await;
        acked = alice.stored(&to_bob).await.iter().filter(|m| m.delivery == Delivery::Acked).count();
    }
    let mut bob = start(home, server, "bob", "bob");
    bob.online().await;
    let mut got = Vec::new();
    let patience = tokio::time::Instant::now() + crate::harness::PATIENCE;
    while got.len() < texts.len() && tokio::time::Instant::now() < patience {
        let _news = tokio::time::timeout_at(patience, bob.outputs.committed.recv()).await;
        got = incoming(&bob.stored(&to_alice).await);
    }
    assert_eq!(got, texts);
    bob.close().await;
}

async fn people(kind: &str) {
    let server = Server::start(kind);
    let home = tempfile::tempdir().unwrap();
    let mut alice = start(home.path(), &server, "alice", "alice");
    let mut second = start(home.path(), &server, "alice", "second");
    let mut bob = start(home.path(), &server, "bob", "bob");
    for peer in [&mut alice, &mut second, &mut bob] {
        peer.wait("the roster", |event| matches!(event, Event::Roster(roster::Event::Loaded(_))).then_some(())).await;
    }
    contacts_and_presence(&mut alice, &mut second, &mut bob).await;
    second.close().await;
    talk_with_a_raw_client(&server, &mut alice).await;
    away_and_back(home.path(), &server, &mut alice, bob).await;
    alice.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_prosody() {
    people("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_ejabberd() {
    people("ejabberd").await;
}
