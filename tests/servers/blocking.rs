//! Blocking (XEP-0191) on real servers: what the engine blocks does not come, and another session learns of it.

use crate::harness::Server;
use crate::peer::Peer;
use crate::third::{Third, arrived, presences, start, tell, words};
use parlour::contract::event::roster;
use parlour::contract::{Command, Event, command};
use parlour::model::{BareJid, Jid};
use tokio_xmpp::Stanza;
use tokio_xmpp::jid::Jid as TheirJid;
use tokio_xmpp::parsers::message::MessageType;

/// Until an address is blocked, or no longer.
async fn changed(peer: &mut Peer, wanted: &Jid, is: bool) {
    peer.wait("a change of the block list", |event| match event {
        Event::Roster(roster::Event::BlockListChanged { who, is_blocked }) => {
            (who.contains(wanted) && *is_blocked == is).then_some(())
        }
        Event::Roster(roster::Event::BlockRefused { reason, .. }) => panic!("{reason:?}"),
        _ => None,
    })
    .await;
}

async fn blocking(kind: &str) {
    let server = Server::start(kind);
    let home = tempfile::tempdir().unwrap();
    let mut alice = start(home.path(), &server, "parlour");
    let loaded = |event: &Event| match event {
        Event::Roster(roster::Event::BlockListLoaded(list)) => Some(list.clone()),
        _ => None,
    };
    assert_eq!(alice.wait("the block list", loaded).await, Vec::<Jid>::new());
    let mut bob = Third::start(&server, "bob").await;
    presences(&mut alice, &mut bob).await;
    let to = TheirJid::new(&alice.id.to_string()).unwrap();
    let who = BareJid::parse(bob.me.to_bare().as_str()).unwrap().to_jid();
    let block = |is_blocked| Command::Roster(command::roster::Command::Block { who: who.clone(), is_blocked });
    tell(&alice, block(true)).await;
    changed(&mut alice, &who, true).await;
    bob.say(words(to.clone(), "b1", "you cannot read this")).await;
    // The server tells him that it did not go through (§3.2).
    bob.wait("the error", |stanza| match stanza {
        Stanza::Message(m) => (m.type_ == MessageType::Error).then_some(()),
        Stanza::Presence(_) | Stanza::Iq(_) => None,
    })
    .await;
    // Another session of hers finds it in the list.
    let mut second = start(home.path(), &server, "second");
    assert_eq!(second.wait("the block list", loaded).await, vec![who.clone()]);
    tell(&alice, block(false)).await;
    changed(&mut alice, &who, false).await;
    changed(&mut second, &who, false).await;
    second.close().await;
    bob.say(words(to, "b2", "and this you can")).await;
    arrived(&mut alice, "and this you can").await;
    let rows = alice.stored(&alice.chat(&who.bare())).await;
    assert!(rows.iter().all(|m| m.body.raw() != "you cannot read this"), "{rows:?}");
    alice.close().await;
}

#[tokio::test]
async fn blocking_of_prosody() {
    blocking("prosody").await;
}

#[tokio::test]
async fn blocking_of_ejabberd() {
    blocking("ejabberd").await;
}
