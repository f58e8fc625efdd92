//! A room of three, and what the server says of itself: on both servers.

use crate::harness::{Client, Server};
use parlour::contract::command::{chat, muc, presence, service};
use parlour::contract::event::{muc as room, service as told};
use parlour::contract::{Addition, Command, Event, Write};
use parlour::model::{
    Affiliation, BareJid, ChatId, ChatKind, Delivery, DiscoInfo, FormKind, Jid, LeaveReason, Message, MessageKind,
    OwnPresence, Role, StanzaId, Token, Untrusted,
};

const KINDS: [&str; 2] = ["prosody", "ejabberd"];

async fn send(client: &Client, command: Command) {
    client.engine.commands.send(command).await.unwrap();
}

async fn join(client: &Client, room: &BareJid, nick: &str) {
    let (room, nick) = (room.clone(), Some(nick.to_owned()));
    send(client, Command::Muc(muc::Command::Join { room, nick, password: None })).await;
}

/// The next room event that `pick` takes.
async fn muc<T>(client: &mut Client, what: &str, mut pick: impl FnMut(&room::Event) -> Option<T>) -> T {
    let pick = |event: &Event| if let Event::Muc(event) = event { pick(event) } else { None };
    client.wait(what, pick).await
}

async fn joined(client: &mut Client, what: &str) -> (Vec<String>, bool) {
    muc(client, what, |event| match event {
        room::Event::Joined { occupants, is_new, .. } => {
            Some((occupants.iter().map(|o| o.nick.raw().to_owned()).collect(), *is_new))
        }
        room::Event::JoinFailed { reason, .. } => panic!("{what}: {reason:?}"),
        _ => None,
    })
    .await
}

async fn message(client: &mut Client, body: &str) -> Message {
    client
        .write(body, |write| match write {
            Write::Message(message) if message.body.raw() == body => Some((**message).clone()),
            _ => None,
        })
        .await
}

async fn say(client: &Client, chat: ChatId, kind: ChatKind, body: &str) -> StanzaId {
    let id = StanzaId::from(format!("id-{body}"));
    let command = chat::Command::Send {
        chat,
        kind,
        body: body.to_owned(),
        id: id.clone(),
        relation: parlour::model::Relation::default(),
    };
    send(client, Command::Chat(command)).await;
    id
}

/// What is known once services of all these kinds have answered; it is told piece by piece.
async fn server_known(client: &mut Client, kinds: &[&str]) -> (DiscoInfo, Vec<(String, Jid)>) {
    client
        .wait("the server's features", |event| match event {
            Event::Service(told::Event::ServerKnown { info, services }) => {
                let is_known = |kind: &&str| services.iter().any(|(k, _)| k == kind);
                kinds.iter().all(is_known).then(|| (info.clone(), services.clone()))
            }
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_of_three() {
    for kind in KINDS {
        let server = Server::start(kind);
        let (mut alice, mut bob, mut carol) =
            (server.client("alice", true), server.client("bob", true), server.client("carol", true));
        let (_, services) = server_known(&mut alice, &["rooms"]).await;
        let service = services.iter().find(|(kind, _)| kind == "rooms").unwrap().1.clone();
        let tea = BareJid::parse(&format!("tea@{service}")).unwrap();

        join(&alice, &tea, "愛麗絲 ♥").await;
        let (occupants, is_new) = joined(&mut alice, "alice enters").await;
        assert_eq!((occupants, is_new), (vec!["愛麗絲 ♥".to_owned()], true), "{kind}");
        muc(&mut alice, "the room says what it is", |e| matches!(e, room::Event::InfoArrived { .. }).then_some(()))
            .await;
        join(&bob, &tea, "鮑勃").await;
        assert_eq!(joined(&mut bob, "bob enters").await.0.len(), 2, "{kind}");
        join(&carol, &tea, "鮑勃").await;
        let (occupants, _) = joined(&mut carol, "carol enters under another name").await;
        assert!(occupants.contains(&"鮑勃_".to_owned()), "{kind}: {occupants:?}");

        talk(&mut alice, &mut bob, &mut carol, &tea, kind).await;
        names_and_subject(&mut alice, &mut bob, &mut carol, &tea, kind).await;
        put_out(&mut alice, &mut bob, &mut carol, &tea, kind).await;
        configure(&mut alice, &tea, kind).await;
    }
}

async fn talk(alice: &mut Client, bob: &mut Client, carol: &mut Client, tea: &BareJid, kind: &str) {
    let chat = ChatId::new(alice.account(), tea);
    let id = say(alice, chat, ChatKind::Room, "hello 鮑勃 there").await;
    alice
        .write("the echo", |write| match write {
            Write::Addition(Addition::Delivery { id: echoed, delivery: Delivery::Acked, .. }) if *echoed == id => {
                Some(())
            }
            _ => None,
        })
        .await;
    let heard = message(bob, "hello 鮑勃 there").await;
    assert_eq!(
        (heard.kind, heard.nick(), heard.is_mention),
        (MessageKind::Groupchat, Some("愛麗絲 ♥"), true),
        "{kind}"
    );
    assert!(!message(carol, "hello 鮑勃 there").await.is_own());

    let to = ChatId::new(alice.account(), tea.with_resource("鮑勃").unwrap());
    say(alice, to, ChatKind::Occupant, "between us").await;
    let private = message(bob, "between us").await;
    assert_eq!((private.chat_kind, private.chat.address.resource()), (ChatKind::Occupant, Some("愛麗絲 ♥")), "{kind}");
    let back = ChatId::new(bob.account(), private.chat.address.clone());
    say(bob, back, ChatKind::Occupant, "and back").await;
    assert_eq!(message(alice, "and back").await.chat.address.resource(), Some("鮑勃"), "{kind}");
}

async fn names_and_subject(alice: &mut Client, bob: &mut Client, carol: &mut Client, tea: &BareJid, kind: &str) {
    let room = || tea.clone();
    send(bob, Command::Muc(muc::Command::SetNick { room: room(), nick: "Bob".to_owned() })).await;
    for client in [&mut *bob, &mut *carol] {
        muc(client, "the new name", |e| match e {
            room::Event::NickChanged { old, new, .. } => {
                assert_eq!((old.raw(), new.raw()), ("鮑勃", "Bob"));
                Some(())
            }
            _ => None,
        })
        .await;
    }
    send(bob, Command::Muc(muc::Command::SetNick { room: room(), nick: "愛麗絲 ♥".to_owned() })).await;
    muc(bob, "a taken name is refused", |e| matches!(e, room::Event::Refused { .. }).then_some(())).await;

    send(alice, Command::Muc(muc::Command::SetSubject { room: room(), subject: "Tea, no coffee".to_owned() })).await;
    muc(carol, "the subject", |e| match e {
        room::Event::SubjectChanged { subject, by, .. } if !subject.is_empty() => {
            assert_eq!(by.as_ref().map(Untrusted::raw), Some("愛麗絲 ♥"), "{kind}");
            assert_eq!(subject.raw(), "Tea, no coffee");
            Some(())
        }
        _ => None,
    })
    .await;
    assert_eq!(message(carol, "Tea, no coffee").await.kind, MessageKind::Subject, "{kind}");

    let presence = OwnPresence { status: "brewing".to_owned(), ..OwnPresence::default() };
    send(carol, Command::Presence(presence::Command::Set(presence))).await;
    muc(bob, "a presence in the room", |e| match e {
        room::Event::OccupantChanged { occupant, is_new: false, .. } if occupant.nick.raw() == "鮑勃_" => {
            assert_eq!(occupant.status.as_ref().map(Untrusted::raw), Some("brewing"), "{kind}");
            Some(())
        }
        _ => None,
    })
    .await;
}

async fn put_out(alice: &mut Client, bob: &mut Client, carol: &mut Client, tea: &BareJid, kind: &str) {
    let room = || tea.clone();
    let reason = || Some("enough".to_owned());
    send(bob, Command::Muc(muc::Command::Kick { room: room(), nick: "愛麗絲 ♥".to_owned(), reason: None })).await;
    muc(bob, "a kick by a guest is refused", |e| matches!(e, room::Event::Refused { .. }).then_some(())).await;

    send(alice, Command::Muc(muc::Command::Kick { room: room(), nick: "鮑勃_".to_owned(), reason: reason() })).await;
    let why = left(carol).await;
    assert!(matches!(&why, LeaveReason::Kicked { reason: Some(r), .. } if r.raw() == "enough"), "{kind}: {why:?}");
    carol
        .write("a line about the kick", |w| match w {
            Write::Message(m) if m.kind == MessageKind::Notice => {
                assert!(m.body.raw().contains("enough"));
                Some(())
            }
            _ => None,
        })
        .await;

    let carol_jid = carol.account().jid().clone();
    send(alice, Command::Muc(muc::Command::Ban { room: room(), who: "Bob".to_owned(), reason: reason() })).await;
    let why = left(bob).await;
    assert!(matches!(why, LeaveReason::Banned { .. }), "{kind}: {why:?}");
    join(bob, tea, "Bob").await;
    let refused = muc(bob, "a banned one is refused", |e| match e {
        room::Event::JoinFailed { reason, .. } => Some(reason.clone()),
        _ => None,
    });
    assert_eq!(refused.await, parlour::model::RoomFailure::Banned, "{kind}");

    send(alice, Command::Muc(muc::Command::Invite { room: room(), who: carol_jid, reason: reason() })).await;
    let invite = muc(carol, "an invitation", |e| match e {
        room::Event::Invited(invite) => Some(invite.clone()),
        _ => None,
    });
    let invite = invite.await;
    assert_eq!((&invite.room, invite.reason.map(|r| r.raw().to_owned())), (tea, reason()), "{kind}");
}

async fn left(client: &mut Client) -> LeaveReason {
    muc(client, "to be put out", |e| match e {
        room::Event::Left { reason, .. } => Some(reason.clone()),
        _ => None,
    })
    .await
}

async fn configure(alice: &mut Client, tea: &BareJid, kind: &str) {
    let token = Token(7);
    send(alice, Command::Muc(muc::Command::Configure { room: tea.clone(), token })).await;
    let mut form = alice
        .wait("the configuration", |event| match event {
            Event::Service(told::Event::FormArrived { token: Token(7), form, .. }) => Some(form.clone().unwrap()),
            _ => None,
        })
        .await;
    assert_eq!(form.kind, FormKind::Form);
    for field in &mut form.fields {
        match field.var.as_str() {
            "muc#roomconfig_roomname" => field.values = vec!["Tea room".to_owned()],
            "muc#roomconfig_membersonly" => field.values = vec!["1".to_owned()],
            _ => {}
        }
    }
    let token = Token(8);
    send(alice, Command::Muc(muc::Command::SubmitConfig { room: tea.clone(), form, token })).await;
    // Both servers say that the configuration changed (status 104), so the room is asked what it is now.
    let (mut is_taken, mut is_known) = (false, false);
    alice
        .wait("the configuration is taken, and known", |event| {
            match event {
                Event::Service(told::Event::FormAnswered { token: Token(8), answer }) => {
                    assert_eq!(*answer, Ok(()), "{kind}");
                    is_taken = true;
                }
                Event::Muc(room::Event::InfoArrived { name: Some(name), traits, .. }) if name.raw() == "Tea room" => {
                    assert!(traits.contains(&"members-only".to_owned()), "{kind}: {traits:?}");
                    is_known = true;
                }
                _ => {}
            }
            (is_taken && is_known).then_some(())
        })
        .await;
    send(alice, Command::Muc(muc::Command::Leave { room: tea.clone(), reason: None })).await;
    join(alice, tea, "愛麗絲 ♥").await;
    let me = muc(alice, "in again", |e| match e {
        room::Event::Joined { occupants, .. } => Some(occupants[0].clone()),
        _ => None,
    })
    .await;
    assert_eq!((me.role, me.affiliation), (Role::Moderator, Affiliation::Owner), "{kind}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_that_was_entered_is_entered_again_at_the_next_login() {
    for kind in KINDS {
        let server = Server::start(kind);
        let mut alice = server.client("alice", true);
        let (_, services) = server_known(&mut alice, &["rooms"]).await;
        let service = services.iter().find(|(kind, _)| kind == "rooms").unwrap().1.clone();
        let tea = BareJid::parse(&format!("tea@{service}")).unwrap();
        join(&alice, &tea, "Alice").await;
        joined(&mut alice, "alice enters").await;
        muc(&mut alice, "the bookmark", |e| match e {
            room::Event::BookmarksLoaded(all) if all.iter().any(|(jid, _, is_on)| *jid == tea && *is_on) => Some(()),
            _ => None,
        })
        .await;
        alice.ask(parlour::contract::command::session::Command::WatchWire(true)).await;
        crate::bookmarks::bookmarks(&mut alice, 1).await;
        drop(alice);
        let mut again = server.client("alice", true);
        joined(&mut again, "alice enters by her bookmark").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_offers() {
    for kind in KINDS {
        let server = Server::start(kind);
        let mut alice = server.client("alice", true);
        let (info, services) = server_known(&mut alice, &["rooms", "upload"]).await;
        assert!(info.identities.iter().any(|i| i.category == "server"), "{kind}");
        for service in ["rooms", "upload"] {
            assert!(services.iter().any(|(kind, _)| kind == service), "{kind}: {services:?}");
        }
        let host = Jid::parse(server.host()).unwrap();
        let ask = |token| service::Command::Version { jid: host.clone(), token };
        send(&alice, Command::Service(ask(Token(1)))).await;
        send(&alice, Command::Service(service::Command::Time { jid: host.clone(), token: Token(2) })).await;
        let items = service::Command::Items { jid: host.clone(), node: None, after: None, token: Token(3) };
        send(&alice, Command::Service(items)).await;
        let mut left = vec![Token(1), Token(2), Token(3)];
        alice
            .wait("version, time and items", |event| {
                match event {
                    Event::Service(told::Event::EntityAnswered { token, answer, .. }) => {
                        use parlour::model::EntityAnswer::{Time, Version};
                        assert!(matches!(answer, Version { .. } | Time { .. }), "{kind}: {answer:?}");
                        left.retain(|t| t != token);
                    }
                    Event::Service(told::Event::ItemsArrived { token, answer }) => {
                        assert!(!answer.as_ref().unwrap().items.is_empty(), "{kind}");
                        left.retain(|t| t != token);
                    }
                    _ => {}
                }
                left.is_empty().then_some(())
            })
            .await;
    }
}
