//! The demo from end to end, without a screen: the playground's server, the whole engine, a real store.

use futures_util::future::BoxFuture;
use parlour::contract::archive::PageFrom;
use parlour::contract::command::{chat as ask_chat, history as ask_history, muc as ask_muc, service as ask_service};
use parlour::contract::event::{chat, history, muc, presence, roster, service, session};
use parlour::contract::{Command, Event, Query, Reply};
use parlour::model::*;
use parlour::playground::scripted::{Login, Scripted};
use parlour::playground::{JID, PASSWORD, Playground};
use parlour::store::{Store, StoreOutputs};
use parlour::xmpp::connect::Dial;
use parlour::xmpp::link::{Link, Security, Steps};
use parlour::xmpp::{EngineHandle, spawn};
use std::sync::Arc;
use std::time::Duration;
use xmpp_parsers::stream_features::StreamFeatures;

/// The account of the scripted server.
const YOU: Login = Login { domain: "parlour.demo", user: "you", password: "pw" };
/// Longer than anything in the playground takes; only a failing test waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

struct InProgram(Arc<Playground>);

impl Dial for InProgram {
    fn dial<'a>(
        &'a mut self,
        _settings: &'a AccountSettings,
        _steps: Steps<'a>,
    ) -> BoxFuture<'a, Result<Link, DownReason>> {
        Box::pin(async { Ok(Link { io: Box::new(self.0.connect()), security: Security::InProcess, peer: None }) })
    }
}

struct Demo {
    world: Arc<Playground>,
    store: Store,
    outputs: StoreOutputs,
    engine: EngineHandle,
    /// Told, and not yet waited for.
    told: Vec<Event>,
    seq: u64,
    _dir: tempfile::TempDir,
}

fn account() -> AccountId {
    AccountId(BareJid::parse(JID).unwrap())
}

fn engine(store: &Store, world: &Arc<Playground>) -> EngineHandle {
    let settings = AccountSettings::new(account(), "test".to_owned());
    let (batches, committed) = store.attach(&account());
    let bootstrap = store.bootstrap(&account()).unwrap();
    let dial = Box::new(InProgram(Arc::clone(world)));
    spawn(settings, Intent::SignIn(Secret::new(PASSWORD)), bootstrap, dial, batches, committed)
}

fn person(local: &str) -> ChatId {
    ChatId::new(account(), BareJid::parse(&format!("{local}@parlour.demo")).unwrap())
}

fn plaza() -> BareJid {
    BareJid::parse("verona-plaza@rooms.parlour.demo").unwrap()
}

impl Demo {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let outputs = store.take_outputs().unwrap();
        let world = Arc::new(Playground::new(7));
        let engine = engine(&store, &world);
        Self { world, store, outputs, engine, told: Vec::new(), seq: 0, _dir: dir }
    }

    /// Ends the engine politely and starts another, as after a quit.
    async fn again(&mut self) {
        self.ask(Command::Session(parlour::contract::command::session::Command::Quit)).await;
        self.wait("the end", |e| matches!(e, Event::Session(session::Event::Closed)).then_some(())).await;
        self.engine = engine(&self.store, &self.world);
        self.told.clear();
    }

    async fn ask(&self, command: Command) {
        self.engine.commands.send(command).await.unwrap();
    }

    /// The first event that was not waited for yet and that `find` knows; those that it does not know stay.
    async fn wait<T>(&mut self, what: &str, mut find: impl FnMut(&Event) -> Option<T>) -> T {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some((at, found)) = self.told.iter().enumerate().find_map(|(at, e)| find(e).map(|f| (at, f))) {
                self.told.remove(at);
                return found;
            }
            let next = tokio::time::timeout_at(deadline, self.outputs.committed.recv()).await;
            let next = next.unwrap_or_else(|_| panic!("no {what} among {:?}", self.told));
            self.told.extend(next.unwrap_or_else(|| panic!("the store ended while waiting for {what}")).events);
        }
    }

    /// Signed in, contacts and history there.
    async fn ready(&mut self) {
        self.wait("a catch-up", |e| match e {
            Event::History(history::Event::CatchUpDone(archive)) => (*archive == account().0).then_some(()),
            Event::History(history::Event::Failed { reason, .. }) => panic!("{reason:?}"),
            _ => None,
        })
        .await;
    }

    async fn page(&mut self, chat: &ChatId) -> Vec<Message> {
        self.seq += 1;
        let (chat, seq) = (chat.clone(), self.seq);
        self.store.queries.send(Query::Page { chat, from: PageFrom::Newest, limit: 500, seq }).await.unwrap();
        match self.outputs.replies.recv().await {
            Some(Reply::Page { messages, .. }) => messages,
            other => panic!("{other:?}"),
        }
    }

    async fn send(&self, chat: &ChatId, kind: ChatKind, body: &str, id: &str) {
        let (chat, body, id) = (chat.clone(), body.to_owned(), StanzaId::from(id));
        self.ask(Command::Chat(ask_chat::Command::Send {
            chat,
            kind,
            body,
            id,
            relation: parlour::model::Relation::default(),
        }))
        .await;
    }

    /// The next thing said in a chat by somebody else.
    async fn said(&mut self, chat: &ChatId) -> Message {
        self.wait("a message", |e| match e {
            Event::Chat(chat::Event::MessageArrived(m)) => {
                (m.chat == *chat && m.delivery == Delivery::Incoming).then(|| (**m).clone())
            }
            _ => None,
        })
        .await
    }

    /// How far a message came.
    async fn delivered(&mut self, id: &str, wanted: Delivery) {
        self.wait("a delivery", |e| match e {
            Event::Chat(chat::Event::DeliveryChanged { id: i, delivery, .. }) => {
                (i.as_str() == id && *delivery == wanted).then_some(())
            }
            _ => None,
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn contacts_and_history_are_there_and_a_second_start_doubles_nothing() {
    let mut demo = Demo::start();
    let contacts = demo
        .wait("a roster", |e| match e {
            Event::Roster(roster::Event::Loaded(contacts)) => Some(contacts.clone()),
            _ => None,
        })
        .await;
    assert_eq!(contacts.len(), 7);
    assert!(contacts.iter().any(|c| c.name.as_ref().is_some_and(|n| n.raw() == "罗瑟琳")));
    let added = demo
        .wait("a page", |e| match e {
            Event::History(history::Event::PageStored { added, .. }) => Some(*added),
            _ => None,
        })
        .await;
    assert_eq!(added, 80, "twenty days of four messages");
    demo.ready().await;
    demo.wait("Juliet", |e| match e {
        Event::Presence(presence::Event::Changed(p)) => (p.jid.local() == Some("juliet")).then_some(()),
        _ => None,
    })
    .await;
    let before = demo.page(&person("juliet")).await;
    assert!(before.is_sorted_by_key(|m| m.order) && before.len() > 3);
    assert!(before.iter().any(Message::is_own) && before.iter().any(|m| !m.is_own()));
    // Greetings may come between the two looks, but not to Juliet's chat.
    demo.again().await;
    demo.ready().await;
    assert_eq!(demo.page(&person("juliet")).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_gets_it_types_and_answers() {
    let mut demo = Demo::start();
    demo.ready().await;
    let juliet = person("juliet");
    demo.send(&juliet, ChatKind::Contact, "good evening", "to-juliet-0123456789").await;
    demo.delivered("to-juliet-0123456789", Delivery::Delivered).await;
    demo.wait("typing", |e| match e {
        Event::Chat(chat::Event::StateChanged { chat, state, .. }) => {
            (*chat == juliet && *state == ChatState::Composing).then_some(())
        }
        _ => None,
    })
    .await;
    let answer = demo.said(&juliet).await;
    let page = demo.page(&juliet).await;
    let last: Vec<_> = page.iter().rev().take(2).map(|m| (m.row, m.body.raw())).collect();
    assert_eq!(last[0], (answer.row, answer.body.raw()));
    assert_eq!(last[1].1, "good evening");
    // Nobody of that name: the server's words, and the message can be sent again.
    demo.send(&person("nobody"), ChatKind::Contact, "hello?", "to-nobody-0123456789").await;
    let why = demo
        .wait("a failure", |e| match e {
            Event::Chat(chat::Event::DeliveryChanged { delivery: Delivery::Failed(why), .. }) => {
                Some(why.raw().to_owned())
            }
            _ => None,
        })
        .await;
    assert!(why.contains("Nobody of that name lives here."), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_says_which_keys_to_try() {
    let mut demo = Demo::start();
    let guide = person("guide");
    let mut words = String::new();
    for _ in 0..4 {
        words.push_str(demo.said(&guide).await.body.raw());
    }
    for key in ["Enter", "Ctrl-K", "Ctrl-P", "F1", "/join verona-plaza"] {
        assert!(words.contains(key), "{key} in {words}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_reacts_to_what_it_is_told() {
    let mut demo = Demo::start();
    demo.ready().await;
    let guide = person("guide");
    demo.send(&guide, ChatKind::Contact, "hello", "to-guide-0123456789").await;
    let liked = demo.wait("a reaction", |e| match e {
        Event::Chat(chat::Event::MessageChanged(m)) => {
            m.extra.reactions.first().map(|r| (m.body.raw().to_owned(), r.emoji.clone(), r.is_own))
        }
        _ => None,
    });
    assert_eq!(liked.await, ("hello".to_owned(), "👍".to_owned(), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plaza_is_busy_and_echoes() {
    let mut demo = Demo::start();
    demo.ready().await;
    let (room, chat) = (plaza(), ChatId::new(account(), plaza()));
    let join = ask_muc::Command::Join { room: plaza(), nick: Some("juliet".to_owned()), password: None };
    demo.ask(Command::Muc(join)).await;
    let (nick, occupants) = demo
        .wait("the room", |e| match e {
            Event::Muc(muc::Event::Joined { nick, occupants, .. }) => Some((nick.clone(), occupants.clone())),
            _ => None,
        })
        .await;
    assert_ne!(nick.raw(), "juliet", "that one is taken");
    assert_eq!(occupants.len(), 14);
    assert!(["罗瑟琳", "🦊", "小罗 🎭"].iter().all(|n| occupants.iter().any(|o| o.nick.raw() == *n)));
    let rename = ask_muc::Command::SetNick { room: plaza(), nick: "游客 🎩".to_owned() };
    demo.ask(Command::Muc(rename)).await;
    demo.wait("another nickname", |e| match e {
        Event::Muc(muc::Event::NickChanged { new, is_self, .. }) => (*is_self && new.raw() == "游客 🎩").then_some(()),
        _ => None,
    })
    .await;
    demo.wait("the room's history", |e| match e {
        Event::History(history::Event::CatchUpDone(archive)) => (*archive == room).then_some(()),
        _ => None,
    })
    .await;
    demo.send(&chat, ChatKind::Room, "hello all", "to-the-plaza-0123456789").await;
    demo.delivered("to-the-plaza-0123456789", Delivery::Acked).await;
    let page = demo.page(&chat).await;
    assert!(page.len() >= 100, "{}", page.len());
    let mut ids: Vec<_> = page.iter().filter_map(|m| m.ids.stanza.clone()).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "what came by the room's history and by its archive is there once");
    assert!(page.is_sorted_by_key(|m| m.order));
    let fox = ChatId::new(account(), room.with_resource("🦊").unwrap());
    demo.send(&fox, ChatKind::Occupant, "psst", "to-the-fox-0123456789").await;
    assert_eq!(demo.said(&fox).await.from, fox.address);
}

#[tokio::test(flavor = "multi_thread")]
async fn older_history_of_the_plaza_comes_when_it_is_asked_for() {
    let mut demo = Demo::start();
    demo.ready().await;
    let (room, chat) = (plaza(), ChatId::new(account(), plaza()));
    demo.ask(Command::Muc(ask_muc::Command::Join { room: room.clone(), nick: None, password: None })).await;
    demo.wait("the room's history", |e| match e {
        Event::History(history::Event::CatchUpDone(archive)) => (*archive == room).then_some(()),
        _ => None,
    })
    .await;
    let before = demo.page(&chat).await;
    let oldest = before.first().and_then(|m| m.ids.archive.clone());
    let at = before.first().map(|m| m.time);
    let fetch = ask_history::Command::FetchOlder { chat: chat.clone(), kind: ChatKind::Room, oldest, before: at };
    demo.ask(Command::History(fetch)).await;
    demo.wait("older history", |e| matches!(e, Event::History(history::Event::OlderFetched { .. })).then_some(()))
        .await;
    let after = demo.page(&chat).await;
    assert!(after.len() > before.len(), "{} then {}", before.len(), after.len());
    assert!(after.is_sorted_by_key(|m| m.order) && after.is_sorted_by_key(|m| m.time));
    let seen: Vec<_> = after.iter().map(|m| m.row).collect();
    assert!(before.iter().all(|m| seen.contains(&m.row)), "rows stay where they are");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tree_has_pages_and_a_service_that_refuses() {
    let mut demo = Demo::start();
    demo.ready().await;
    let jid = |text: &str| Jid::parse(text).unwrap();
    let (mut after, mut found, mut token) = (None, 0, 0);
    loop {
        token += 1;
        let ask =
            ask_service::Command::Items { jid: jid("rooms.parlour.demo"), node: None, after, token: Token(token) };
        demo.ask(Command::Service(ask)).await;
        let page = demo
            .wait("items", |e| match e {
                Event::Service(service::Event::ItemsArrived { token: t, answer }) => {
                    (t.0 == token).then(|| answer.clone().unwrap())
                }
                _ => None,
            })
            .await;
        assert_eq!(page.count, Some(62));
        found += page.items.len();
        after = page.next;
        if after.is_none() {
            break;
        }
        assert!(token < 20, "the pages end");
    }
    assert_eq!(found, 62);
    let info = ask_service::Command::Info { jid: jid("vault.parlour.demo"), node: None, token: Token(100) };
    demo.ask(Command::Service(info)).await;
    let refused = demo
        .wait("a refusal", |e| match e {
            Event::Service(service::Event::InfoArrived { token: Token(100), answer }) => Some(answer.clone()),
            _ => None,
        })
        .await;
    assert!(refused.is_err());
    demo.ask(Command::Muc(ask_muc::Command::Configure { room: plaza(), token: Token(101) })).await;
    let form = demo
        .wait("a form", |e| match e {
            Event::Service(service::Event::FormArrived { token: Token(101), form, .. }) => Some(form.clone().unwrap()),
            _ => None,
        })
        .await;
    let kinds = [FieldKind::Boolean, FieldKind::TextSingle, FieldKind::TextMulti, FieldKind::ListSingle];
    assert!(kinds.iter().all(|kind| form.fields.iter().any(|f| f.kind == *kind)));
    demo.ask(Command::Muc(ask_muc::Command::SubmitConfig { room: plaza(), form, token: Token(102) })).await;
    let answer = demo
        .wait("an answer", |e| match e {
            Event::Service(service::Event::FormAnswered { token: Token(102), answer }) => Some(answer.clone()),
            _ => None,
        })
        .await;
    assert_eq!(answer, Ok(()));
}

/// A server that says what the test wants, after an ordinary login.
struct OneLink(Option<tokio::io::DuplexStream>);

impl Dial for OneLink {
    fn dial<'a>(
        &'a mut self,
        _settings: &'a AccountSettings,
        _steps: Steps<'a>,
    ) -> BoxFuture<'a, Result<Link, DownReason>> {
        let link = self.0.take().map(|io| Link { io: Box::new(io), security: Security::InProcess, peer: None });
        Box::pin(async { link.ok_or(DownReason::Silent) })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_stanzas_cost_a_notice_and_neither_the_stream_nor_what_comes_after() {
    let (ours, theirs) = tokio::io::duplex(1 << 16);
    let mut demo = Demo::start();
    let (batches, committed) = demo.store.attach(&account());
    let settings = AccountSettings::new(account(), "hostile".to_owned());
    let dial = Box::new(OneLink(Some(ours)));
    let _engine = spawn(
        settings,
        Intent::SignIn(Secret::new("pw")),
        parlour::contract::Bootstrap::default(),
        dial,
        batches,
        committed,
    );
    let mut server = Scripted::login(theirs, YOU, StreamFeatures::default()).await.unwrap();
    let hostile = [
        format!("{}{}", "<a>".repeat(12_000), "</a>".repeat(12_000)),
        format!("<x xmlns='urn:x' v='{}'/>", "v".repeat(9000)),
        "<a xml:foo='1'/>".to_owned(),
        format!("<body>{}</body>", "x".repeat(2_000_000)),
    ];
    for (n, payload) in hostile.iter().enumerate() {
        let (from, to) = ("eve@evil.test/x", server.client.clone());
        let ping =
            format!("<iq type='get' id='ping{n}' from='parlour.demo' to='{to}'><ping xmlns='urn:xmpp:ping'/></iq>");
        let xml = format!("<message from='{from}' to='{to}' type='chat' id='h{n}'>{payload}</message>{ping}");
        server.send(&xml).await.unwrap();
        // Whatever else it asks meanwhile, it answers: the stream lives, and knows where the next stanza begins.
        loop {
            let said = server.next().await.unwrap().expect("the engine left");
            if said.attr("id") == Some(format!("ping{n}").as_str()) {
                break;
            }
        }
    }
    let fine =
        format!("<message from='bob@sec.test/x' to='{}' type='chat' id='f'><body>fine</body></message>", server.client);
    server.send(&fine).await.unwrap();
    let bob = ChatId::new(account(), BareJid::parse("bob@sec.test").unwrap());
    assert_eq!(demo.said(&bob).await.body.raw(), "fine");
    let notices = demo.told.iter().filter(|e| matches!(e, Event::Session(session::Event::Noticed(_)))).count();
    assert!((1..=4).contains(&notices), "{notices}");
}
