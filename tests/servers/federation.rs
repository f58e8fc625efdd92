//! Two servers that know each other: Prosody with Prosody, and Prosody with ejabberd. Talk, presence, a room and
//! questions across; a server that is down is told in words, and all goes on when it is back. The clients find both
//! servers by SRV records of a real name server.

use crate::harness::{Client, PATIENCE, Server, sign_in};
use parlour::contract::event::{muc, presence, service};
use parlour::contract::{Addition, Command, Event, Write, command};
use parlour::model::{
    AccountId, AccountSettings, Availability, BareJid, ChatId, ChatKind, ConnState, Delivery, Jid, OwnPresence,
    StanzaId, Token,
};
use parlour::xmpp::connect::NetDial;
use parlour::xmpp::connect::resolve::NameServer;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// A client of one of the two; the server is found by DNS alone.
fn client(pair: &Server, side: &str, user: &str) -> Client {
    let info = &pair.info[side];
    let jid = BareJid::parse(&format!("{user}@{}", info["host"].as_str().unwrap())).unwrap();
    let settings = AccountSettings {
        ca_file: Some(info["ca"].as_str().unwrap().into()),
        ..AccountSettings::new(AccountId(jid), format!("parlour-{user}"))
    };
    let port = u16::try_from(pair.info["dns"].as_u64().unwrap()).unwrap();
    let dns = NameServer(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    Client::dialling(settings, sign_in(&format!("pw-{user}")), Box::new(NetDial::with(Arc::new(dns))))
}

async fn tell(client: &Client, command: Command) {
    client.engine.commands.send(command).await.unwrap();
}

fn jid(client: &Client) -> BareJid {
    client.account().jid().clone()
}

/// Sends a text, gives its id.
async fn say(from: &Client, to: &BareJid, kind: ChatKind, body: &str) -> StanzaId {
    let id = StanzaId::from(format!("id-{body}"));
    let chat = ChatId::new(from.account(), to);
    tell(
        from,
        Command::Chat(command::chat::Command::Send {
            chat,
            kind,
            body: body.to_owned(),
            id: id.clone(),
            relation: parlour::model::Relation::default(),
        }),
    )
    .await;
    id
}

async fn hears(client: &mut Client, body: &str) {
    client
        .write(body, |write| match write {
            Write::Message(m) if m.body.raw() == body && m.delivery == Delivery::Incoming => Some(()),
            // What came while the server was down comes from its archive.
            Write::Page { messages, .. } => messages.iter().any(|m| m.body.raw() == body).then_some(()),
            _ => None,
        })
        .await;
}

/// In what words the user is told that a message was not taken.
async fn failure(client: &mut Client, id: &StanzaId) -> String {
    client
        .write("the failure", |write| match write {
            Write::Addition(Addition::Delivery { id: of, delivery: Delivery::Failed(words), .. }) if of == id => {
                Some(words.raw().to_owned())
            }
            _ => None,
        })
        .await
}

async fn talk(alice: &mut Client, bob: &mut Client) {
    say(alice, &jid(bob), ChatKind::Contact, "over-the-hills").await;
    hears(bob, "over-the-hills").await;
    say(bob, &jid(alice), ChatKind::Contact, "and-far-away").await;
    hears(alice, "and-far-away").await;
}

/// A request across, its answer, and each other's presence.
async fn contacts(alice: &mut Client, bob: &mut Client) {
    let (alice_jid, bob_jid) = (jid(alice), jid(bob));
    let ask = command::roster::Command::Set { jid: bob_jid.clone(), name: None, groups: None, subscribe: true };
    tell(alice, Command::Roster(ask)).await;
    bob.wait("the request", |event| match event {
        Event::Roster(parlour::contract::event::roster::Event::SubscriptionAsked { jid, .. }) if *jid == alice_jid => {
            Some(())
        }
        _ => None,
    })
    .await;
    tell(bob, Command::Roster(command::roster::Command::Allow(alice_jid))).await;
    let gone = OwnPresence {
        availability: Availability::Away,
        status: "at sea".to_owned(),
        priority: 1,
        ..OwnPresence::default()
    };
    tell(bob, Command::Presence(command::presence::Command::Set(gone))).await;
    alice
        .wait("bob's presence", |event| match event {
            Event::Presence(presence::Event::Changed(p)) if p.jid.bare() == bob_jid => {
                (p.status.as_ref().is_some_and(|s| s.raw() == "at sea")).then_some(())
            }
            _ => None,
        })
        .await;
}

/// A room of the other server.
async fn room(alice: &mut Client, bob: &mut Client, service: &str) {
    let room = BareJid::parse(&format!("harbour@{service}")).unwrap();
    for (client, nick) in [(&mut *bob, "bob"), (&mut *alice, "alice")] {
        let (room, nick) = (room.clone(), Some(nick.to_owned()));
        tell(client, Command::Muc(command::muc::Command::Join { room, nick, password: None })).await;
        client
            .wait("the way in", |event| match event {
                Event::Muc(muc::Event::Joined { .. }) => Some(()),
                Event::Muc(muc::Event::JoinFailed { reason, .. }) => panic!("{reason:?}"),
                _ => None,
            })
            .await;
    }
    say(alice, &room, ChatKind::Room, "ahoy").await;
    hears(bob, "ahoy").await;
    say(bob, &room, ChatKind::Room, "come-aboard").await;
    hears(alice, "come-aboard").await;
}

/// The other server is down: the message says so in words. It is back: messages go again.
async fn down_and_up(pair: &mut Server, alice: &mut Client, bob: &mut Client) {
    let to = jid(bob);
    pair.command("stop b");
    let id = say(alice, &to, ChatKind::Contact, "anybody-there").await;
    let words = failure(alice, &id).await;
    println!("a server that is down: {words}");
    let is_clear = ["server", "reach"].iter().any(|w| words.to_lowercase().contains(w));
    assert!(is_clear && !words.contains("remote-server-not-found"), "{words}");
    pair.command("start b");
    bob.ask(command::session::Command::Connect).await;
    bob.online().await;
    // The server in between may still remember for a moment that the other was away.
    let deadline = tokio::time::Instant::now() + PATIENCE;
    for round in 0.. {
        let body = format!("are-you-back-{round}");
        let id = say(alice, &to, ChatKind::Contact, &body).await;
        let came = tokio::select! {
            () = hears(bob, &body) => true,
            _words = failure(alice, &id) => false,
        };
        if came {
            return;
        }
        assert!(tokio::time::Instant::now() < deadline, "it stays away");
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
}

async fn federation(kind: &str) {
    let mut pair = Server::start_with("federation", &["--kind", kind]);
    let mut alice = client(&pair, "a", "alice");
    let mut bob = client(&pair, "b", "bob");
    for peer in [&mut alice, &mut bob] {
        let state = peer.online().await;
        assert!(matches!(state, ConnState::Online { is_resumed: false, .. }), "{state:?}");
    }
    contacts(&mut alice, &mut bob).await;
    talk(&mut alice, &mut bob).await;
    let other = pair.info["b"]["host"].as_str().unwrap().to_owned();
    let token = Token(77);
    let about = Jid::parse(&other).unwrap();
    tell(&alice, Command::Service(command::service::Command::Info { jid: about, node: None, token })).await;
    alice
        .wait("what the other server is", |event| match event {
            Event::Service(service::Event::InfoArrived { token: of, answer }) if *of == token => {
                let info = answer.as_ref().expect("an answer");
                assert!(info.identities.iter().any(|i| i.category == "server"), "{info:?}");
                Some(())
            }
            _ => None,
        })
        .await;
    let service = pair.info["b"]["muc"].as_str().unwrap().to_owned();
    room(&mut alice, &mut bob, &service).await;
    down_and_up(&mut pair, &mut alice, &mut bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prosody_and_prosody() {
    federation("pp").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn prosody_and_ejabberd() {
    federation("pe").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_at_an_unknown_domain_is_told_in_words() {
    let pair = Server::start_with("federation", &["--kind", "pp"]);
    let mut alice = client(&pair, "a", "alice");
    alice.online().await;
    let id = say(&alice, &BareJid::parse("bob@nowhere.test").unwrap(), ChatKind::Contact, "hello").await;
    let words = failure(&mut alice, &id).await;
    assert!(words.contains("server"), "{words}");
}

/// XEP-0410: the room's server dies and comes back, and nobody tells those of other servers that they are no longer in.
#[tokio::test(flavor = "multi_thread")]
async fn who_is_lost_by_a_room_without_a_word_is_in_again_with_what_was_said() {
    for kind in ["pp", "pe"] {
        lost(kind).await;
    }
}

async fn lost(kind: &str) {
    let mut pair = Server::start_with("federation", &["--kind", kind, "--opt", "muc_room_default_persistent=true"]);
    let mut alice = client(&pair, "a", "alice");
    let mut bob = client(&pair, "b", "bob");
    for peer in [&mut alice, &mut bob] {
        peer.online().await;
    }
    let service = pair.info["b"]["muc"].as_str().unwrap().to_owned();
    room(&mut alice, &mut bob, &service).await;
    let harbour = BareJid::parse(&format!("harbour@{service}")).unwrap();
    pair.command("crash b");
    bob.ask(command::session::Command::Connect).await;
    let is_in = |event: &Event| matches!(event, Event::Muc(muc::Event::Joined { .. })).then_some(());
    bob.wait("bob is in again", is_in).await;
    say(&bob, &harbour, ChatKind::Room, "where-is-alice").await;
    // She believes that she is in; what she says is not taken, and that is cause for doubt.
    let deadline = tokio::time::Instant::now() + PATIENCE;
    for round in 0.. {
        let id = say(&alice, &harbour, ChatKind::Room, &format!("here-{round}")).await;
        let words = failure(&mut alice, &id).await;
        println!("a room that has forgotten us: {words}");
        // The way there may be broken for a moment.
        let back = tokio::time::timeout(std::time::Duration::from_secs(3), alice.wait("alice is in again", is_in));
        if back.await.is_ok() {
            break;
        }
        assert!(tokio::time::Instant::now() < deadline, "she stays out");
    }
    let notice = |write: &Write| match write {
        Write::Message(m) if m.body.raw().contains("lost you without a word") => Some(()),
        _ => None,
    };
    alice.write("the line that says so", notice).await;
    hears(&mut alice, "where-is-alice").await;
    say(&alice, &harbour, ChatKind::Room, "here-i-am").await;
    hears(&mut bob, "here-i-am").await;
}
