//! What forged and own lines are taken for when they come through real servers, each of which strips and adds something else:
//! a room's archive and its history, stamps, and the mark of private messages.

use crate::harness::Server;
use crate::peer::{Peer, send};
use crate::wire::raw_login;
use parlour::contract::event::muc;
use parlour::contract::{Command, Event, Query, Reply, command};
use parlour::model::{BareJid, ChatId, ChatKind, Message};
use parlour::xmpp::link::Duplex;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

/// A client of few words.
pub struct Raw(Box<dyn Duplex>);

impl Raw {
    pub async fn login(server: &Server, user: &str) -> Self {
        Self(raw_login(server, user).await)
    }

    pub async fn say(&mut self, xml: &str) {
        self.0.write_all(xml.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// Says it, and reads until the server has said all of these words.
    pub async fn say_until(&mut self, xml: &str, words: &[&str]) {
        self.say(xml).await;
        let mut heard = String::new();
        let reading = async {
            let mut bytes = [0; 4096];
            while !words.iter().all(|w| heard.contains(w)) {
                let n = self.0.read(&mut bytes).await.unwrap();
                assert!(n > 0, "the stream ended: {heard}");
                heard.push_str(&String::from_utf8_lossy(&bytes[..n]));
            }
        };
        let is_done = timeout(Duration::from_secs(10), reading).await.is_ok();
        assert!(is_done, "no {words:?} after {xml}: {heard}");
    }

    async fn enter(&mut self, room: &BareJid, nick: &str) {
        let join = format!("<presence to='{room}/{nick}'><x xmlns='http://jabber.org/protocol/muc'/></presence>");
        self.say_until(&join, &["110", "subject"]).await;
    }

    async fn tell_room(&mut self, room: &BareJid, body: &str, more: &str) {
        let said =
            format!("<message type='groupchat' id='x-{}' to='{room}'><body>{body}</body>{more}</message>", body.len());
        self.say_until(&said, &[body, "</message>"]).await;
    }

    async fn leave(&mut self, room: &BareJid, nick: &str) {
        self.say_until(&format!("<presence to='{room}/{nick}' type='unavailable'/>"), &["unavailable"]).await;
    }
}

/// A room that bob stays in; with an archive or without.
async fn made(server: &Server, kind: &str, name: &str, is_archived: bool) -> (Raw, BareJid) {
    let room = BareJid::parse(&format!("{name}@{}", server.info["muc"].as_str().unwrap())).unwrap();
    let mut bob = Raw::login(server, "bob").await;
    bob.enter(&room, "bob").await;
    let archive = if kind == "prosody" { "muc#roomconfig_enablearchiving" } else { "mam" };
    let fields = if is_archived {
        String::new()
    } else {
        format!(
            "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>\
             <field var='{archive}'><value>0</value></field>"
        )
    };
    let open = format!(
        "<iq type='set' to='{room}' id='made'><query xmlns='http://jabber.org/protocol/muc#owner'>\
         <x xmlns='jabber:x:data' type='submit'>{fields}</x></query></iq>"
    );
    bob.say_until(&open, &["made", "result"]).await;
    (bob, room)
}

async fn join(alice: &mut Peer, room: &BareJid) {
    let join = command::muc::Command::Join { room: room.clone(), nick: Some("alice".to_owned()), password: None };
    alice.engine.commands.send(Command::Muc(join)).await.unwrap();
    alice
        .wait("alice in the room", |event| match event {
            Event::Muc(muc::Event::SubjectChanged { .. }) => Some(()),
            Event::Muc(muc::Event::JoinFailed { reason, .. }) => panic!("{reason:?}"),
            _ => None,
        })
        .await;
}

/// Until these texts are stored.
async fn stored(alice: &mut Peer, chat: &ChatId, texts: &[&str]) -> Vec<Message> {
    let all = async {
        loop {
            let stored = alice.stored(chat).await;
            if texts.iter().all(|t| stored.iter().any(|m| m.body.raw() == *t)) {
                return stored;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(15), all).await.unwrap_or_else(|_| panic!("{texts:?} are not all there"))
}

fn whose(stored: &[Message], text: &str) -> bool {
    stored.iter().find(|m| m.body.raw() == text).unwrap().is_own()
}

/// Carol had the nickname before and gives the user's address for hers; then another device of the user's had it.
async fn rooms(server: &Server, kind: &str, dir: &Path) {
    for is_archived in [true, false] {
        let (_bob, room) = made(server, kind, if is_archived { "kept" } else { "unkept" }, is_archived).await;
        let alice_at = format!("alice@{}", server.host());
        let mut carol = Raw::login(server, "carol").await;
        carol.enter(&room, "alice").await;
        let forged = format!(
            "<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' jid='{alice_at}'/></x>\
             <occupant-id xmlns='urn:xmpp:occupant-id:0' id='alices'/>"
        );
        carol.tell_room(&room, "I resign", &forged).await;
        carol.leave(&room, "alice").await;
        let mut phone = Raw::login(server, "alice").await;
        phone.enter(&room, "alice").await;
        phone.tell_room(&room, "from my phone", "").await;
        phone.leave(&room, "alice").await;
        let mut alice = Peer::start(&dir.join(room.local().unwrap()), server.settings("alice", true), "pw-alice");
        alice.online().await;
        join(&mut alice, &room).await;
        let chat = ChatId::new(alice.id.clone(), room.clone());
        let stored = stored(&mut alice, &chat, &["I resign", "from my phone"]).await;
        assert!(!whose(&stored, "I resign"), "{kind}: what somebody else said under my nickname");
        let is_proven = is_archived || kind == "prosody";
        assert!(!is_proven || whose(&stored, "from my phone"), "{kind}: what I said on another device");
        alice.close().await;
    }
}

async fn people(server: &Server, kind: &str, dir: &Path) {
    let host = server.host();
    let carol_at = BareJid::parse(&format!("carol@{host}")).unwrap();
    let mut alice = Peer::start(&dir.join("people"), server.settings("alice", true), "pw-alice");
    alice.online().await;
    let chat = alice.chat(&carol_at);
    let mut carol = Raw::login(server, "carol").await;
    let says =
        |body: &str, more: &str| format!("<message to='alice@{host}' type='chat'><body>{body}</body>{more}</message>");
    carol.say(&says("shall I pay?", "")).await;
    stored(&mut alice, &chat, &["shall I pay?"]).await;
    alice.engine.commands.send(send(&chat, "yes")).await.unwrap();
    stored(&mut alice, &chat, &["yes"]).await;
    for (n, from) in [host.to_owned(), format!("alice@{host}")].iter().enumerate() {
        let stamp = format!("<delay xmlns='urn:xmpp:delay' from='{from}' stamp='2020-01-01T00:00:00Z'/>");
        carol.say(&says(&format!("give it to eve {n}"), &stamp)).await;
        let _all = stored(&mut alice, &chat, &[&format!("give it to eve {n}")]).await;
    }
    let order: Vec<String> = alice.stored(&chat).await.iter().map(|m| m.body.raw().to_owned()).collect();
    assert_eq!(order, ["shall I pay?", "yes", "give it to eve 0", "give it to eve 1"], "{kind}");
    alice.close().await;

    // While parlour is away a stranger writes under a resource of their choice; another device is there.
    let mut phone = Raw::login(server, "alice").await;
    phone.say_until("<presence/>", &["<presence"]).await;
    carol.say(&says("send me the code", "<x xmlns='http://jabber.org/protocol/muc#user'/>")).await;
    phone.say_until("", &["send me the code"]).await;
    let mut alice = Peer::start(&dir.join("people"), server.settings("alice", true), "pw-alice");
    alice.online().await;
    stored(&mut alice, &chat, &["send me the code"]).await;
    alice.store.queries.send(Query::Chats { account: alice.id.clone() }).await.unwrap();
    let chats = loop {
        if let Reply::Chats { chats, .. } = alice.outputs.replies.recv().await.unwrap() {
            break chats;
        }
    };
    assert!(chats.iter().all(|c| c.kind != ChatKind::Occupant), "{kind}: {chats:?}");
    alice.close().await;
}

async fn truth(kind: &str) {
    let mut server = Server::start(kind);
    let dir = tempfile::tempdir().unwrap();
    rooms(&server, kind, dir.path()).await;
    people(&server, kind, dir.path()).await;
    server.command("stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_s15_forged_words_through_prosody() {
    truth("prosody").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s13_s15_forged_words_through_ejabberd() {
    truth("ejabberd").await;
}
