//! Bookmarks on real servers: none pushes out another, whoever made their node.

use crate::harness::{Client, Server};
use parlour::contract::command::{muc, session};
use parlour::contract::event::{muc as room, service as told};
use parlour::contract::{Command, Event};
use parlour::model::{BareJid, Jid, RoomFailure};

const KINDS: [&str; 2] = ["prosody", "ejabberd"];
const NODE: &str = "urn:xmpp:bookmarks:1";

/// A client whose stanzas are seen, and the room service.
pub async fn watched(server: &Server) -> (Client, Jid) {
    let mut alice = server.client("alice", true);
    let service = alice
        .wait("the room service", |event| match event {
            Event::Service(told::Event::ServerKnown { services, .. }) => {
                services.iter().find(|(kind, _)| kind == "rooms").map(|(_, jid)| jid.clone())
            }
            _ => None,
        })
        .await;
    alice.ask(session::Command::WatchWire(true)).await;
    (alice, service)
}

/// The answer to a raw question.
async fn raw(alice: &mut Client, id: &str, type_: &str, payload: &str) -> String {
    alice.ask(session::Command::SendRaw(format!("<iq type='{type_}' id='{id}'>{payload}</iq>"))).await;
    loop {
        let line = alice.line(&format!("id='{id}'")).await;
        if line.contains("type='result'") || line.contains("type='error'") {
            return line;
        }
    }
}

/// The rooms that the server has bookmarks of, once there are so many.
pub async fn bookmarks(alice: &mut Client, count: usize) -> String {
    let mut last = String::new();
    for at in 0..100 {
        let ask = format!("<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='{NODE}'/></pubsub>");
        last = raw(alice, &format!("items{count}-{at}"), "get", &ask).await;
        if last.matches("<item ").count() >= count {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    last
}

async fn enter(alice: &mut Client, jid: &BareJid, is_new: bool) {
    let (room, nick, password) = (jid.clone(), Some("Alice".to_owned()), None);
    let command =
        if is_new { muc::Command::Join { room, nick, password } } else { muc::Command::Enter { room, nick, password } };
    alice.engine.commands.send(Command::Muc(command)).await.unwrap();
}

async fn three_joins_leave_three(server: &Server, kind: &str) {
    let (mut alice, service) = watched(server).await;
    for name in ["bm1", "bm2", "bm3"] {
        let jid = BareJid::parse(&format!("{name}@{service}")).unwrap();
        enter(&mut alice, &jid, true).await;
        alice
            .wait(name, |event| match event {
                Event::Muc(room::Event::Joined { room, .. }) if *room == jid => Some(()),
                Event::Session(parlour::contract::event::session::Event::Noticed(words)) => panic!("{kind}: {words:?}"),
                _ => None,
            })
            .await;
    }
    let kept = bookmarks(&mut alice, 3).await;
    for name in ["bm1", "bm2", "bm3"] {
        assert!(kept.contains(&format!("{name}@")), "{kind}: {name} in {kept}");
    }
    let ask = format!("<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'><configure node='{NODE}'/></pubsub>");
    let config = raw(&mut alice, "config", "get", &ask).await;
    assert!(is_private(&config), "{kind}: {config}");
    drop(alice);

    // The next start knows all three.
    let mut again = server.client("alice", true);
    let mut left = vec!["bm1", "bm2", "bm3"];
    again
        .wait("all three are entered", |event| {
            if let Event::Muc(room::Event::Joined { room, .. }) = event {
                left.retain(|name| room.local() != Some(name));
            }
            left.is_empty().then_some(())
        })
        .await;
}

/// Whether the chosen access model of a configuration form is that of the account alone.
fn is_private(form: &str) -> bool {
    let field = form.split("pubsub#access_model").nth(1).unwrap_or_default();
    let field = field.split("</field>").next().unwrap_or_default();
    // Options hold values as well, so they are taken out.
    let chosen = field.split("<option").next().unwrap_or_default().to_owned()
        + field.rsplit("</option>").next().unwrap_or_default();
    chosen.contains("<value>whitelist</value>")
}

#[tokio::test(flavor = "multi_thread")]
async fn three_joins_leave_three_bookmarks() {
    for kind in KINDS {
        three_joins_leave_three(&Server::start(kind), kind).await;
    }
}

/// A changed nickname is the bookmark's, and a room that was open is entered under it at the next start.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_nickname_is_kept() {
    for kind in KINDS {
        let server = Server::start(kind);
        let (mut alice, service) = watched(&server).await;
        let jid = BareJid::parse(&format!("nicks@{service}")).unwrap();
        enter(&mut alice, &jid, true).await;
        let is_in = |event: &Event| match event {
            Event::Muc(room::Event::Joined { room, nick, .. }) if *room == jid => Some(nick.raw().to_owned()),
            _ => None,
        };
        assert_eq!(alice.wait("the room", is_in).await, "Alice", "{kind}");
        let change = muc::Command::SetNick { room: jid.clone(), nick: "Älice 貓".into() };
        alice.engine.commands.send(Command::Muc(change)).await.unwrap();
        alice.line("Älice 貓</nick>").await;
        drop(alice);

        let mut again = server.client("alice", true);
        again.engine.commands.send(Command::Muc(muc::Command::Reenter { room: jid.clone() })).await.unwrap();
        again.ask(session::Command::WatchWire(true)).await;
        assert_eq!(again.wait("the room again", is_in).await, "Älice 貓", "{kind}");
        let kept = bookmarks(&mut again, 1).await;
        assert!(kept.contains("Älice 貓</nick>") && kept.contains("autojoin='true'"), "{kind}: {kept}");
    }
}

/// The node was made by somebody who left the limit out, or open to all.
#[tokio::test(flavor = "multi_thread")]
async fn three_joins_leave_three_bookmarks_in_a_node_that_was_made_wrong() {
    for kind in KINDS {
        for (items, access) in [("1", "whitelist"), ("1", "open"), ("2", "presence")] {
            let server = Server::start(kind);
            let (mut alice, _) = watched(&server).await;
            let field = |var: &str, value: &str| format!("<field var='pubsub#{var}'><value>{value}</value></field>");
            let create = format!(
                "<pubsub xmlns='http://jabber.org/protocol/pubsub'><create node='{NODE}'/><configure>
                 <x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'>
                 <value>http://jabber.org/protocol/pubsub#node_config</value></field>{}{}{}</x></configure></pubsub>",
                field("persist_items", "true"),
                field("max_items", items),
                field("access_model", access)
            );
            let made = raw(&mut alice, "made", "set", &create).await;
            assert!(made.contains("type='result'"), "{kind}: {made}");
            drop(alice);
            three_joins_leave_three(&server, kind).await;
        }
    }
}

/// A room that is not there is not made, on servers that make rooms for whoever comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_slip_of_the_fingers_makes_no_room() {
    for kind in KINDS {
        let server = Server::start(kind);
        let (mut alice, service) = watched(&server).await;
        let jid = BareJid::parse(&format!("verona@{service}")).unwrap();
        enter(&mut alice, &jid, false).await;
        let reason = alice
            .wait("the answer", |event| match event {
                Event::Muc(room::Event::JoinFailed { reason, .. }) => Some(reason.clone()),
                Event::Muc(room::Event::Joined { .. }) => panic!("{kind}: it was made"),
                _ => None,
            })
            .await;
        assert_eq!(reason, RoomFailure::NotThere, "{kind}");
        enter(&mut alice, &jid, true).await;
        alice.wait("made", |e| matches!(e, Event::Muc(room::Event::Joined { is_new: true, .. })).then_some(())).await;
    }
}

/// What a room tells of itself while one is in it, a topic that is refused, an invitation that is declined.
#[tokio::test(flavor = "multi_thread")]
async fn a_room_tells_what_it_is_and_what_it_refuses() {
    use parlour::contract::Write;
    use parlour::model::{FormKind, Token};
    for kind in KINDS {
        let server = Server::start(kind);
        let (mut alice, service) = watched(&server).await;
        let mut bob = server.client("bob", true);
        bob.online().await;
        let tea = BareJid::parse(&format!("tea@{service}")).unwrap();
        enter(&mut alice, &tea, true).await;
        alice.wait("made", |e| matches!(e, Event::Muc(room::Event::Joined { .. })).then_some(())).await;

        // Mediated, as a members-only room does it: the service names the inviter in its own way.
        let who = bob.account().jid().clone();
        let invite = format!(
            "<message to='{tea}'><x xmlns='http://jabber.org/protocol/muc#user'><invite to='{who}'/></x></message>"
        );
        alice.ask(session::Command::SendRaw(invite)).await;
        let invite = bob
            .wait("the invitation", |event| match event {
                Event::Muc(room::Event::Invited(invite)) => Some(invite.clone()),
                _ => None,
            })
            .await;
        let decline = muc::Command::DeclineInvite { room: tea.clone(), from: invite.from.clone() };
        bob.engine.commands.send(Command::Muc(decline)).await.unwrap();
        alice
            .write("the refusal", |write| match write {
                Write::Message(m) if m.body.raw().contains("declined the invitation") => Some(()),
                _ => None,
            })
            .await;

        // From now on everybody sees everybody's address.
        let configure = muc::Command::Configure { room: tea.clone(), token: Token(7) };
        alice.engine.commands.send(Command::Muc(configure)).await.unwrap();
        let mut form = alice
            .wait("the form", |event| match event {
                Event::Service(told::Event::FormArrived { form, .. }) => Some(form.clone().unwrap()),
                _ => None,
            })
            .await;
        form.kind = FormKind::Submit;
        for field in &mut form.fields {
            match field.var.as_str() {
                "muc#roomconfig_whois" => field.values = vec!["anyone".to_owned()],
                "muc#roomconfig_changesubject" => field.values = vec!["0".to_owned()],
                _ => {}
            }
        }
        let submit = muc::Command::SubmitConfig { room: tea.clone(), form, token: Token(8) };
        alice.engine.commands.send(Command::Muc(submit)).await.unwrap();
        alice
            .write("the line", |write| match write {
                Write::Message(m) if m.body.raw().contains("shows your address to everybody") => Some(()),
                _ => None,
            })
            .await;

        enter(&mut bob, &tea, false).await;
        bob.wait("bob is in", |e| matches!(e, Event::Muc(room::Event::Joined { .. })).then_some(())).await;
        let topic = muc::Command::SetSubject { room: tea.clone(), subject: "coffee".to_owned() };
        bob.engine.commands.send(Command::Muc(topic)).await.unwrap();
        let refused = bob
            .wait("the topic is refused", |event| match event {
                Event::Muc(room::Event::Refused { what, .. }) => Some(what.clone()),
                _ => None,
            })
            .await;
        assert_eq!(refused, "topic", "{kind}");
    }
}
