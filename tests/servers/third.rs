//! An independent peer: tokio-xmpp's own client and the parlour engine talk through real servers.
//!
//! Elsewhere both ends of a test are parlour, which can agree with itself where both are wrong. Here one end shares no code
//! with it: another login, another stream, and types that refuse what is not as the standards have it. The client stays in
//! one piece on one thread and under 50 stanzas, since it may stop receiving for good where it sends and receives at once
//! (`docs/upstream/tokio-xmpp-client-stalls.md`).

use crate::harness::{PATIENCE, Server};
use crate::peer::{Peer, send};
use futures_util::StreamExt as _;
use parlour::contract::event::{chat, history, muc, presence, roster};
use parlour::contract::{Command, Event, command};
use parlour::model::{
    Availability, BareJid, ChatId, ChatKind, ChatState as State, Delivery, Message as Row, OwnPresence, StanzaId,
};
use sasl::common::ChannelBinding;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use tokio::io::BufStream;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio_xmpp::connect::ServerConnector;
use tokio_xmpp::jid::Jid;
use tokio_xmpp::minidom::Element;
use tokio_xmpp::parsers::chatstates::ChatState;
use tokio_xmpp::parsers::data_forms::{DataForm, DataFormType, Field};
use tokio_xmpp::parsers::message::{Id, Lang, Message};
use tokio_xmpp::parsers::muc::{Muc, MucUser, user::Status};
use tokio_xmpp::parsers::presence::{Presence, Show, Type};
use tokio_xmpp::parsers::receipts::{Received, Request};
use tokio_xmpp::parsers::roster::Roster;
use tokio_xmpp::parsers::{carbons, mam, ns, rsm::SetQuery, stanza_id};
use tokio_xmpp::xmlstream::{PendingFeaturesRecv, StreamHeader, Timeouts, initiate_stream};
use tokio_xmpp::{Client, Event as Said, FromElementError, IqRequest, IqResponse, Stanza};

/// Direct TLS to the test's server, trusting the test's authority.
#[derive(Debug, Clone)]
struct DirectTls {
    port: u16,
    config: Arc<ClientConfig>,
}

impl DirectTls {
    fn new(server: &Server) -> Self {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(server.info["ca"].as_str().unwrap()).unwrap() {
            roots.add(certificate.unwrap()).unwrap();
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { port: server.port("c2s_tls"), config: Arc::new(config) }
    }
}

impl ServerConnector for DirectTls {
    type Stream = BufStream<TlsStream<TcpStream>>;

    async fn connect(
        &self,
        jid: &Jid,
        ns: &'static str,
        timeouts: Timeouts,
    ) -> Result<(PendingFeaturesRecv<Self::Stream>, ChannelBinding), tokio_xmpp::Error> {
        let domain = jid.domain().as_str();
        let tcp = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let name = ServerName::try_from(domain.to_owned()).unwrap();
        let tls = tokio_rustls::TlsConnector::from(self.config.clone()).connect(name, tcp).await?;
        let header = StreamHeader { to: Some(Cow::Borrowed(domain)), from: None, id: None };
        Ok((initiate_stream(BufStream::new(tls), ns, header, timeouts).await?, ChannelBinding::None))
    }
}

/// tokio-xmpp's client, and what it was sent that no step of the test has asked for yet.
pub struct Third {
    client: Client,
    pub me: Jid,
    came: VecDeque<Stanza>,
}

impl Third {
    /// Signs in, asks for its contacts and becomes available.
    pub async fn start(server: &Server, user: &str) -> Self {
        let jid = Jid::new(&format!("{user}@{}/third", server.host())).unwrap();
        let password = format!("pw-{user}");
        let mut client = Client::new_with_connector(jid, password, DirectTls::new(server), Timeouts::tight());
        let online = async {
            loop {
                match client.next().await.expect("the client lives") {
                    Said::Online { bound_jid, .. } => return bound_jid,
                    other => println!("{user}: {other:?}"),
                }
            }
        };
        let me = timeout(PATIENCE, online).await.expect("the client signs in");
        let mut third = Self { client, me, came: VecDeque::new() };
        // Who has not asked for the roster is not told of subscriptions (RFC 6121 §3).
        let roster = third.ask(None, IqRequest::Get(Roster { ver: None, items: Vec::new() }.into())).await;
        Roster::try_from(roster.expect("a roster")).expect("a roster");
        third.say(Presence::available().with_priority(3)).await;
        third
    }

    pub async fn say(&mut self, stanza: impl Into<Stanza>) {
        let sent = timeout(PATIENCE, self.client.send_stanza(stanza.into())).await;
        sent.expect("the stanza leaves in time").expect("the stanza leaves");
    }

    /// The answer to a question.
    async fn ask(&mut self, to: Option<Jid>, request: IqRequest) -> Option<Element> {
        let mut token = self.client.send_iq(to, request).await;
        let answer = async {
            loop {
                // What came before the answer is taken first: the pages of an archive do.
                tokio::select! {
                    biased;
                    said = self.client.next() => self.came.extend(said.and_then(Said::into_stanza)),
                    answer = &mut token => return answer.expect("an answer"),
                }
            }
        };
        match timeout(PATIENCE, answer).await.expect("an answer in time") {
            IqResponse::Result(payload) => payload,
            IqResponse::Error(error) => panic!("{}: {error:?}", self.me),
        }
    }

    /// The first stanza that `pick` takes, of those that came and those that come.
    pub async fn wait<T>(&mut self, what: &str, mut pick: impl FnMut(&Stanza) -> Option<T>) -> T {
        if let Some((at, found)) = self.came.iter().enumerate().find_map(|(at, s)| pick(s).map(|found| (at, found))) {
            self.came.remove(at);
            return found;
        }
        let came = &mut self.came;
        let wait = async {
            loop {
                let Some(stanza) = self.client.next().await.expect("the client lives").into_stanza() else { continue };
                match pick(&stanza) {
                    Some(found) => return found,
                    None => came.push_back(stanza),
                }
            }
        };
        let found = timeout(PATIENCE, wait).await;
        found.unwrap_or_else(|_| panic!("{}: no {what} among {:#?}", self.me, self.came))
    }

    /// The next message with this text.
    pub async fn heard(&mut self, body: &str) -> Message {
        self.wait(body, |stanza| match stanza {
            Stanza::Message(message) => (text(message) == body).then(|| message.clone()),
            Stanza::Presence(_) | Stanza::Iq(_) => None,
        })
        .await
    }

    /// The next presence of somebody that `pick` takes.
    async fn seen<T>(&mut self, what: &str, pick: impl Fn(&Presence) -> Option<T>) -> T {
        self.wait(what, |stanza| match stanza {
            Stanza::Presence(presence) => pick(presence),
            Stanza::Message(_) | Stanza::Iq(_) => None,
        })
        .await
    }

    /// The next payload of this type in a message, beside the message that carried it.
    pub async fn got<T: TryFrom<Element, Error = FromElementError>>(&mut self, what: &str) -> (Message, T) {
        self.wait(what, |stanza| match stanza {
            Stanza::Message(message) => payload(message).map(|found| (message.clone(), found)),
            Stanza::Presence(_) | Stanza::Iq(_) => None,
        })
        .await
    }

    /// Every message of the archive with this contact, as `who: what`.
    async fn archive(&mut self, with: &str) -> Vec<String> {
        let form = DataForm::new(DataFormType::Submit, ns::MAM, vec![Field::text_single("with", with)]);
        let set = SetQuery { max: Some(50), after: None, before: None, index: None };
        let query = mam::Query { queryid: None, node: None, form: Some(form), set: Some(set), flip_page: false };
        let fin = self.ask(None, IqRequest::Set(query.into())).await.expect("the end of the page");
        assert!(mam::Fin::try_from(fin).expect("a page's end").complete, "one page is enough");
        let found = self.came.iter().filter_map(|stanza| match stanza {
            Stanza::Message(message) => payload::<mam::Result_>(message),
            Stanza::Presence(_) | Stanza::Iq(_) => None,
        });
        found.map(|found| line(&found.forwarded.message)).filter(|line| !line.ends_with(": ")).collect()
    }
}

pub fn payload<T: TryFrom<Element, Error = FromElementError>>(message: &Message) -> Option<T> {
    message.payloads.iter().find_map(|p| T::try_from(p.clone()).ok())
}

pub fn text(message: &Message) -> &str {
    message.bodies.values().next().map_or("", String::as_str)
}

/// A message as `who: what`, by the localpart of its sender.
fn line(message: &Message) -> String {
    let from = message.from.as_ref().and_then(|f| f.node()).map(ToString::to_string);
    format!("{}: {}", from.unwrap_or_default(), text(message))
}

pub fn words(to: Jid, id: &str, body: &str) -> Message {
    Message { id: Some(Id(id.to_owned())), ..Message::chat(to) }.with_body(Lang::new(), body.to_owned())
}

pub async fn tell(peer: &Peer, command: Command) {
    peer.engine.commands.send(command).await.unwrap();
}

pub fn start(home: &Path, server: &Server, resource: &str) -> Peer {
    let mut settings = server.settings("alice", false);
    resource.clone_into(&mut settings.resource);
    Peer::start(&home.join(resource), settings, "pw-alice")
}

/// Until a message with this text is there.
pub async fn arrived(peer: &mut Peer, body: &str) -> Row {
    peer.wait(body, |event| match event {
        Event::Chat(chat::Event::MessageArrived(m)) if m.body.raw() == body => Some((**m).clone()),
        _ => None,
    })
    .await
}

pub async fn delivered(peer: &mut Peer, wanted: &StanzaId, how_far: &Delivery) {
    peer.wait("a delivery", |event| match event {
        Event::Chat(chat::Event::DeliveryChanged { id, delivery, .. }) => {
            (id == wanted && delivery == how_far).then_some(())
        }
        _ => None,
    })
    .await;
}

/// Each asks for the other's presence and gets it, and a change of it.
pub async fn presences(alice: &mut Peer, bob: &mut Third) {
    let alice_jid = Jid::new(&alice.id.to_string()).unwrap();
    let bob_jid = BareJid::parse(bob.me.to_bare().as_str()).unwrap();
    let ask = command::roster::Command::Set { jid: bob_jid.clone(), name: None, groups: None, subscribe: true };
    tell(alice, Command::Roster(ask)).await;
    let asked = |p: &Presence| (p.type_ == Type::Subscribe).then(|| p.from.clone());
    assert_eq!(bob.seen("the engine's request", asked).await, Some(alice_jid.clone()));
    bob.say(Presence::subscribed().with_to(alice_jid.clone())).await;
    let seen = alice.wait("bob's presence", |event| match event {
        Event::Presence(presence::Event::Changed(p)) if p.jid.bare() == bob_jid => Some((p.availability, p.priority)),
        _ => None,
    });
    assert_eq!(seen.await, (Availability::Online, 3));
    bob.say(Presence::subscribe().with_to(alice_jid.clone())).await;
    alice
        .wait("bob's request, which alice's own has answered", |event| match event {
            Event::Roster(roster::Event::AllowedInReturn(jid)) if *jid == bob_jid => Some(()),
            _ => None,
        })
        .await;
    let from_alice = |p: &Presence| p.from.as_ref().is_some_and(|f| f.to_bare() == alice_jid.to_bare());
    bob.seen("alice's consent", |p| (from_alice(p) && p.type_ == Type::Subscribed).then_some(())).await;
    let busy = OwnPresence {
        availability: Availability::DoNotDisturb,
        status: "gone fishing 🎣".to_owned(),
        priority: 7,
        idle_since: None,
    };
    tell(alice, Command::Presence(command::presence::Command::Set(busy))).await;
    let seen = |p: &Presence| {
        let is_new = from_alice(p) && p.show == Some(Show::Dnd);
        is_new.then(|| (p.priority.0, p.statuses.values().cloned().collect::<Vec<_>>()))
    };
    assert_eq!(bob.seen("alice's new presence", seen).await, (7, vec!["gone fishing 🎣".to_owned()]));
}

/// A chat: what the engine sends, what it makes of what the client sends, and the copies of a second login of alice.
async fn talk(alice: &mut Peer, second: &mut Third, bob: &mut Third) {
    let bob_jid = BareJid::parse(bob.me.to_bare().as_str()).unwrap();
    let chat = alice.chat(&bob_jid);
    tell(alice, send(&chat, "from-parlour")).await;
    let id = StanzaId::from("id-from-parlour-alice");
    let heard = bob.heard("from-parlour").await;
    let facts = [
        ("the id is ours", heard.id == Some(Id(id.as_str().to_owned()))),
        ("an origin id", payload(&heard) == Some(stanza_id::OriginId { id: id.as_str().to_owned() })),
        ("asks for a receipt", payload(&heard) == Some(Request)),
        ("is active", payload(&heard) == Some(ChatState::Active)),
    ];
    let missing: Vec<&str> = facts.iter().filter(|(_, is)| !is).map(|(fact, _)| *fact).collect();
    assert!(missing.is_empty(), "{missing:?} is not so in {heard:#?}");
    let (_, copy) = second.got::<carbons::Sent>("copy of what alice sent").await;
    assert_eq!(line(&copy.forwarded.message), "alice: from-parlour");
    let back = heard.from.clone().unwrap();
    bob.say(Message::new(back.clone()).with_payload(Received { id: id.as_str().to_owned() })).await;
    delivered(alice, &id, &Delivery::Delivered).await;

    bob.say(Message::new(back).with_payload(ChatState::Composing)).await;
    alice
        .wait("bob's typing", |event| match event {
            Event::Chat(chat::Event::StateChanged { chat: at, state: State::Composing, .. }) if *at == chat => Some(()),
            _ => None,
        })
        .await;
    let alice_jid = Jid::from(second.me.to_bare());
    bob.say(words(alice_jid, "third-1", "from-third").with_payload(Request).with_payload(ChatState::Active)).await;
    let row = arrived(alice, "from-third").await;
    assert_eq!((row.chat, row.delivery, row.from.to_string()), (chat.clone(), Delivery::Incoming, bob.me.to_string()));
    let (_, receipt) = bob.got::<Received>("receipt of the engine").await;
    assert_eq!(receipt.id, "third-1");

    // A peer is told of typing once it has sent a state itself (XEP-0085 §5.1).
    let typing = command::chat::Command::State { chat: chat.clone(), kind: ChatKind::Contact, state: State::Composing };
    tell(alice, Command::Chat(typing)).await;
    let typing = |stanza: &Stanza| match stanza {
        Stanza::Message(message) => (payload(message) == Some(ChatState::Composing)).then_some(()),
        Stanza::Presence(_) | Stanza::Iq(_) => None,
    };
    bob.wait("the engine's typing", typing).await;

    second.say(words(Jid::from(bob.me.to_bare()), "second-1", "from-second")).await;
    let row = arrived(alice, "from-second").await;
    assert_eq!((row.chat.clone(), row.is_own()), (chat, true), "a copy of the second login's words: {row:?}");
    bob.heard("from-second").await;
}

/// A room that the client opens: the engine comes, both talk, the client goes.
async fn room(server: &Server, alice: &mut Peer, bob: &mut Third) {
    let room = BareJid::parse(&format!("third@{}", server.info["muc"].as_str().unwrap())).unwrap();
    let at = |nick: &str| Jid::new(&format!("{room}/{nick}")).unwrap();
    bob.say(Presence::available().with_to(at("Bob")).with_payload(Muc::new())).await;
    let occupant = |nick: &str, kind: Type| {
        let who = at(nick);
        move |p: &Presence| {
            let is = p.from.as_ref() == Some(&who) && p.type_ == kind;
            is.then(|| p.payloads.iter().find_map(|x| MucUser::try_from(x.clone()).ok()).unwrap_or_default())
        }
    };
    let own = bob.seen("the client in the room", occupant("Bob", Type::None)).await;
    assert!(own.status.contains(&Status::SelfPresence), "{own:?}");
    let form = DataForm { type_: DataFormType::Submit, title: None, instructions: None, fields: Vec::new() };
    let open = Element::builder("query", "http://jabber.org/protocol/muc#owner").append(Element::from(form)).build();
    bob.ask(Some(Jid::new(&room.to_string()).unwrap()), IqRequest::Set(open)).await;
    let join = command::muc::Command::Join { room: room.clone(), nick: Some("Alice".to_owned()), password: None };
    tell(alice, Command::Muc(join)).await;
    let nicks = alice.wait("the engine in the room", |event| match event {
        Event::Muc(muc::Event::Joined { occupants, .. }) => {
            let mut nicks: Vec<String> = occupants.iter().map(|o| o.nick.raw().to_owned()).collect();
            nicks.sort();
            Some(nicks)
        }
        Event::Muc(muc::Event::JoinFailed { reason, .. }) => panic!("{reason:?}"),
        _ => None,
    });
    assert_eq!(nicks.await, ["Alice", "Bob"]);
    bob.seen("the engine, seen by the client", occupant("Alice", Type::None)).await;

    let chat = ChatId::new(alice.id.clone(), room.clone());
    let id = StanzaId::from("to-the-room");
    let body = "Bob: room-parlour".to_owned();
    let say = command::chat::Command::Send {
        chat: chat.clone(),
        kind: ChatKind::Room,
        body,
        id: id.clone(),
        relation: parlour::model::Relation::default(),
    };
    tell(alice, Command::Chat(say)).await;
    assert_eq!(bob.heard("Bob: room-parlour").await.from, Some(at("Alice")));
    delivered(alice, &id, &Delivery::Acked).await;
    let words = Message::groupchat(Jid::new(&room.to_string()).unwrap());
    bob.say(words.with_body(Lang::new(), "Alice: room-third".to_owned())).await;
    let row = arrived(alice, "Alice: room-third").await;
    assert_eq!((row.chat.clone(), row.nick(), row.is_mention), (chat, Some("Bob"), true), "{row:?}");

    bob.say(Presence::unavailable().with_to(at("Bob"))).await;
    let gone = alice.wait("the client leaving", |event| match event {
        Event::Muc(muc::Event::OccupantLeft { nick, .. }) => Some(nick.raw().to_owned()),
        _ => None,
    });
    assert_eq!(gone.await, "Bob");
}

/// Both find in the archive what both said, also a parlour that was not there.
async fn archives(home: &Path, server: &Server, alice: &Peer, bob: &mut Third) {
    let said = ["alice: from-parlour", "bob: from-third", "alice: from-second"];
    assert_eq!(bob.archive(&alice.id.to_string()).await, said, "the client's archive");
    let mut late = start(home, server, "late");
    late.wait("the archive's end", |event| match event {
        Event::History(history::Event::CatchUpDone(archive)) if archive == alice.id.jid() => Some(()),
        Event::History(history::Event::Failed { reason, .. }) => panic!("{reason:?}"),
        _ => None,
    })
    .await;
    let chat = late.chat(&BareJid::parse(bob.me.to_bare().as_str()).unwrap());
    let rows = late.stored(&chat).await;
    let found: Vec<String> =
        rows.iter().map(|row| format!("{}: {}", if row.is_own() { "alice" } else { "bob" }, row.body.raw())).collect();
    assert_eq!(found, said, "the engine's archive");
    late.close().await;
}

async fn third(kind: &str) {
    let server = Server::start(kind);
    let home = tempfile::tempdir().unwrap();
    let mut alice = start(home.path(), &server, "parlour");
    alice.wait("the roster", |event| matches!(event, Event::Roster(roster::Event::Loaded(_))).then_some(())).await;
    let mut second = Third::start(&server, "alice").await;
    let enabled = second.ask(None, IqRequest::Set(carbons::Enable.into())).await;
    assert!(enabled.is_none(), "{enabled:?}");
    let mut bob = Third::start(&server, "bob").await;
    presences(&mut alice, &mut bob).await;
    talk(&mut alice, &mut second, &mut bob).await;
    room(&server, &mut alice, &mut bob).await;
    archives(home.path(), &server, &alice, &mut bob).await;
    alice.close().await;
}

#[tokio::test]
async fn third_of_prosody() {
    third("prosody").await;
}

#[tokio::test]
async fn third_of_ejabberd() {
    third("ejabberd").await;
}
