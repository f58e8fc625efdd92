//! Addresses as people type them, on servers that prepare them by RFC 6122: an account, a room and a contact in another form
//! than the server's.

use crate::harness::{Client, Server, sign_in};
use parlour::contract::command::{chat, muc, roster};
use parlour::contract::event::muc as room;
use parlour::contract::event::presence;
use parlour::contract::{Command, Event, Write};
use parlour::model::{AccountId, BareJid, ChatId, ChatKind, Message};

const KINDS: [&str; 2] = ["prosody", "ejabberd"];

fn client(server: &Server, typed: &str, password: &str, resource: &str) -> Client {
    let mut settings = server.settings("alice", true);
    settings.id = AccountId(BareJid::parse(&format!("{typed}@{}", server.host())).unwrap());
    resource.clone_into(&mut settings.resource);
    Client::start(settings, sign_in(password))
}

async fn say(client: &Client, to: &str, body: &str) {
    let chat = ChatId::new(client.account(), BareJid::parse(to).unwrap());
    let id = format!("an-id-of-{body}").as_str().into();
    let command = chat::Command::Send {
        chat,
        kind: ChatKind::Contact,
        body: body.to_owned(),
        id,
        relation: parlour::model::Relation::default(),
    };
    client.engine.commands.send(Command::Chat(command)).await.unwrap();
}

/// The next message of this text: live, a copy, or out of the archive.
async fn message(client: &mut Client, body: &str) -> Message {
    let is_it = |m: &Message| m.body.raw() == body;
    client
        .write(body, |write| match write {
            Write::Message(message) if is_it(message) => Some((**message).clone()),
            Write::Page { messages, .. } => messages.iter().find(|m| is_it(m)).cloned(),
            _ => None,
        })
        .await
}

async fn present(client: &mut Client) {
    client.online().await;
    client
        .wait("our own presence", |event| match event {
            Event::Presence(presence::Event::OwnChanged(_)) => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_gets_its_messages_however_it_is_typed() {
    for kind in KINDS {
        let mut server = Server::start(kind);
        for (made, typed) in [("zoé", "zoe\u{301}"), ("strasse", "straße"), ("wide", "ｗｉｄｅ")] {
            server.command(&format!("user {made} pw-there"));
            let true_jid = format!("{made}@{}", server.host());
            let mut bob = server.client("bob", true);
            present(&mut bob).await;
            say(&bob, &true_jid, "while-away").await;
            message(&mut bob, "while-away").await;
            // One device with the address as it was made, one as somebody types it.
            let mut here = client(&server, typed, "pw-there", "here");
            present(&mut here).await;
            let away = message(&mut here, "while-away").await;
            assert_eq!(away.chat.address.bare(), *bob.account().jid(), "{kind}: {typed}");
            let mut there = client(&server, made, "pw-there", "there");
            present(&mut there).await;
            say(&bob, &true_jid, "live").await;
            assert_eq!(message(&mut here, "live").await.chat.address.bare(), *bob.account().jid());
            // What the other device says comes as a copy, and is the user's own.
            let bob_jid = bob.account().to_string();
            say(&there, &bob_jid, "from-there").await;
            let copy = message(&mut here, "from-there").await;
            assert!(copy.is_own() && copy.chat.address.bare() == *bob.account().jid(), "{kind}: {copy:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_entered_however_it_is_typed() {
    for kind in KINDS {
        let server = Server::start(kind);
        let mut alice = server.client("alice", true);
        present(&mut alice).await;
        let service = server.info["muc"].as_str().map_or_else(|| format!("rooms.{}", server.host()), str::to_owned);
        for (typed, made) in [
            ("straße", "strasse"),
            ("cafe\u{301}", "café"),
            ("so\u{ad}ft", "soft"),
            ("ｗｉｄｅ", "wide"),
            ("groß", "gross"),
        ] {
            let typed = BareJid::parse(&format!("{typed}@{service}")).unwrap();
            let made = BareJid::parse(&format!("{made}@{service}")).unwrap();
            let join = muc::Command::Join { room: typed.clone(), nick: Some("me".to_owned()), password: None };
            alice.engine.commands.send(Command::Muc(join)).await.unwrap();
            let joined = alice
                .wait("the room", |event| match event {
                    Event::Muc(room::Event::Joined { room, .. }) => Some(room.clone()),
                    Event::Muc(room::Event::JoinFailed { room, reason }) => panic!("{kind}: {room}: {reason:?}"),
                    _ => None,
                })
                .await;
            assert_eq!(joined, made, "{kind}: {typed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_that_answers_is_the_one_that_was_written_to() {
    for kind in KINDS {
        let mut server = Server::start(kind);
        for (made, typed) in [("françois", "franc\u{327}ois"), ("weiss", "weiß")] {
            server.command(&format!("user {made} pw-there"));
            let mut alice = server.client("alice", true);
            present(&mut alice).await;
            let mut there = client(&server, made, "pw-there", "there");
            present(&mut there).await;
            let made = BareJid::parse(&format!("{made}@{}", server.host())).unwrap();
            let typed = BareJid::parse(&format!("{typed}@{}", server.host())).unwrap();
            say(&alice, typed.as_str(), "question").await;
            message(&mut there, "question").await;
            if typed != made {
                // ejabberd answers questions under the address that was asked; its roster has the true one.
                let set = roster::Command::Set { jid: typed, name: None, groups: None, subscribe: false };
                alice.engine.commands.send(Command::Roster(set)).await.unwrap();
                let real = alice
                    .write("the true address", |write| match write {
                        Write::AddressLearned { real, .. } => Some(real.address.clone()),
                        _ => None,
                    })
                    .await;
                assert_eq!(real, made);
            }
            let alice_jid = alice.account().to_string();
            say(&there, &alice_jid, "answer").await;
            assert_eq!(message(&mut alice, "answer").await.chat.address, made, "{kind}");
        }
    }
}
