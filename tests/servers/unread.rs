//! A device that is new to an account, on real servers: it finds in the archive what was read before it was there, and what
//! another device reads from then on is read here, too.

use crate::harness::Server;
use crate::peer::Peer;
use crate::truth::Raw;
use parlour::contract::event::history;
use parlour::contract::{Event, Query, Reply};
use std::collections::BTreeMap;

/// How much is unread, by who wrote it.
async fn unread(alice: &mut Peer) -> BTreeMap<String, u32> {
    alice.store.queries.send(Query::Chats { account: alice.id.clone() }).await.unwrap();
    loop {
        if let Some(Reply::Chats { chats, .. }) = alice.outputs.replies.recv().await {
            let of = |c: &parlour::model::ChatSummary| c.id.address.local().unwrap_or_default().to_owned();
            return chats.iter().map(|c| (of(c), c.unread)).collect();
        }
    }
}

/// Says it to alice, and waits until her phone has it, so that the archive has it in this order.
async fn say(raw: &mut Raw, phone: &mut Raw, host: &str, id: &str) {
    raw.say(&format!("<message type='chat' to='alice@{host}' id='{id}'><body>said {id}</body></message>")).await;
    phone.say_until(" ", &[&format!("said {id}")]).await;
}

/// The phone has shown everything up to this message.
async fn shows(phone: &mut Raw, host: &str, who: &str, id: &str) {
    let marker = format!(
        "<message type='chat' to='{who}@{host}' id='shown-{id}'><displayed xmlns='urn:xmpp:chat-markers:0' id='{id}'/>\
         <store xmlns='urn:xmpp:hints'/></message><iq type='get' id='p-{id}'><ping xmlns='urn:xmpp:ping'/></iq>"
    );
    phone.say_until(&marker, &[&format!("p-{id}")]).await;
}

async fn new_device(kind: &str) {
    let server = Server::start(kind);
    let host = server.host().to_owned();
    let mut phone = Raw::login(&server, "alice").await;
    phone.say("<presence/>").await;
    for who in ["bob", "carol", "admin"] {
        let add = format!(
            "<iq type='set' id='add-{who}'><query xmlns='jabber:iq:roster'><item jid='{who}@{host}'/></query></iq>"
        );
        phone.say_until(&add, &[&format!("add-{who}")]).await;
    }
    let mut bob = Raw::login(&server, "bob").await;
    let mut carol = Raw::login(&server, "carol").await;
    let mut admin = Raw::login(&server, "admin").await;
    for who in [&mut bob, &mut carol, &mut admin] {
        who.say("<presence/>").await;
    }
    for id in ["c1", "c2"] {
        say(&mut carol, &mut phone, &host, id).await;
    }
    for id in ["b1", "b2"] {
        say(&mut bob, &mut phone, &host, id).await;
    }
    let answer =
        format!("<message type='chat' to='bob@{host}' id='an-answer-of-the-phone'><body>answer</body></message>");
    phone.say(&answer).await;
    bob.say_until(" ", &["answer"]).await;
    say(&mut bob, &mut phone, &host, "b3").await;
    for id in ["a1", "a2", "a3"] {
        say(&mut admin, &mut phone, &host, id).await;
    }
    shows(&mut phone, &host, "admin", "a2").await;
    say(&mut carol, &mut phone, &host, "c3").await;

    let dir = tempfile::tempdir().unwrap();
    let mut alice = Peer::start(dir.path(), server.settings("alice", false), "pw-alice");
    alice
        .wait("the catch-up", |event| match event {
            Event::History(history::Event::CatchUpDone(_)) => Some(()),
            _ => None,
        })
        .await;
    let found = unread(&mut alice).await;
    let wanted = [("admin", 1), ("bob", 1), ("carol", 1)].map(|(who, n)| (who.to_owned(), n));
    assert_eq!(found, BTreeMap::from(wanted), "{kind}");

    shows(&mut phone, &host, "carol", "c3").await;
    alice
        .wait("what the phone has shown", |event| match event {
            Event::History(history::Event::PageStored { chats, .. }) => {
                chats.iter().find(|c| c.id.address.local() == Some("carol") && c.unread == 0).map(drop)
            }
            _ => None,
        })
        .await;
    assert_eq!(unread(&mut alice).await["carol"], 0, "{kind}");
    alice.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_on_prosody() {
    new_device("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_device_on_ejabberd() {
    new_device("ejabberd").await;
}
