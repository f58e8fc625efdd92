//! A whole parlour without its screen: the real store and the real engine.

use crate::harness::{PATIENCE, sign_in};
use parlour::contract::archive::PageFrom;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Command, Event, Query, Reply, command};
use parlour::model::{
    AccountId, AccountSettings, BareJid, ChatId, ChatKind, ConnState, Delivery, Message, Order, StanzaId,
};
use parlour::store::{Store, StoreOutputs};
use parlour::xmpp::connect::{Dial, NetDial};
use parlour::xmpp::{EngineHandle, spawn};
use std::path::Path;
use tokio::time::timeout;

/// A parlour that a test drives.
pub struct Peer {
    pub id: AccountId,
    pub store: Store,
    pub engine: EngineHandle,
    pub outputs: StoreOutputs,
    asked: u64,
}

impl Peer {
    /// Opens the profile in `dir` and signs in.
    pub fn start(dir: &Path, settings: AccountSettings, password: &str) -> Self {
        Self::start_over(dir, settings, password, Box::new(NetDial::default()))
    }

    /// The same over byte streams of the test's own making.
    pub fn start_over(dir: &Path, settings: AccountSettings, password: &str, dial: Box<dyn Dial>) -> Self {
        let mut store = Store::open(dir).expect("the profile opens");
        let id = settings.id.clone();
        let bootstrap = store.bootstrap(&id).unwrap();
        let (batches, committed) = store.attach(&id);
        let outputs = store.take_outputs().unwrap();
        let engine = spawn(settings, sign_in(password), bootstrap, dial, batches, committed);
        Self { id, store, engine, outputs, asked: 0 }
    }

    /// The next events that were committed.
    pub async fn next(&mut self) -> Vec<Event> {
        let committed = timeout(PATIENCE, self.outputs.committed.recv()).await.expect("something happens");
        committed.expect("the store lives").events
    }

    /// Until something that `pick` takes has happened.
    pub async fn wait<T>(&mut self, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let wait = async {
            loop {
                let committed = self.outputs.committed.recv().await.expect("the store lives");
                if let Some(found) = committed.events.iter().find_map(&mut pick) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("no {what}"))
    }

    /// Until it is signed in.
    pub async fn online(&mut self) {
        self.wait("login", |event| match event {
            Event::Session(SessionEvent::StateChanged(ConnState::Online { .. })) => Some(()),
            _ => None,
        })
        .await;
    }

    /// The one-to-one chat with somebody.
    pub fn chat(&self, with: &BareJid) -> ChatId {
        ChatId::new(self.id.clone(), with)
    }

    /// Everything that is stored of a chat, oldest first.
    pub async fn stored(&mut self, chat: &ChatId) -> Vec<Message> {
        let mut all: Vec<Message> = Vec::new();
        loop {
            self.asked += 1;
            let from = all.first().map_or(PageFrom::Newest, |m| PageFrom::Before(m.order));
            let query = Query::Page { chat: chat.clone(), from, limit: 400, seq: self.asked };
            self.store.queries.send(query).await.unwrap();
            // The writer must not wait for us meanwhile.
            let reply = loop {
                tokio::select! {
                    reply = self.outputs.replies.recv() => break reply.expect("the reader lives"),
                    committed = self.outputs.committed.recv() => {
                        for event in committed.into_iter().flat_map(|c| c.events) {
                            if let Event::Session(SessionEvent::StateChanged(state)) = event {
                                println!("{}: {state:?}", self.id);
                            }
                        }
                    }
                }
            };
            let Reply::Page { messages, is_oldest, .. } = reply else { panic!("no page: {reply:?}") };
            let is_last = is_oldest || messages.is_empty();
            all.splice(0..0, messages);
            if is_last {
                return all;
            }
        }
    }

    /// Dies without a goodbye: what was committed is there, and the next start may open the profile.
    pub async fn kill(self) {
        self.engine.task.abort();
        let _dead = self.engine.task.await;
        // Closing only waits for the writer, which has nothing left to write from a dead engine.
        drop(self.outputs);
        tokio::task::spawn_blocking(|| self.store.close()).await.unwrap();
    }

    /// Ends as a program does that is not killed.
    pub async fn close(self) {
        let quit = Command::Session(command::session::Command::Quit);
        let _gone = self.engine.commands.send(quit).await;
        let mut committed = self.outputs.committed;
        tokio::spawn(async move { while committed.recv().await.is_some() {} });
        let _ended = timeout(PATIENCE, self.engine.task).await;
        tokio::task::spawn_blocking(|| self.store.close()).await.unwrap();
    }
}

/// A command that sends a text to a contact.
pub fn send(chat: &ChatId, body: &str) -> Command {
    Command::Chat(command::chat::Command::Send {
        chat: chat.clone(),
        kind: ChatKind::Contact,
        body: body.to_owned(),
        id: StanzaId::from(format!("id-{body}-{}", chat.account.jid().local().unwrap_or_default())),
        relation: parlour::model::Relation::default(),
    })
}

/// The bodies of what others wrote, in order.
pub fn incoming(messages: &[Message]) -> Vec<String> {
    messages.iter().filter(|m| m.delivery == Delivery::Incoming).map(|m| m.body.raw().to_owned()).collect()
}

/// Asserts that the bodies of what others wrote are these, in this order; else shows the rows where they differ.
pub fn assert_incoming(messages: &[Message], wanted: &[String]) {
    let rows: Vec<&Message> = messages.iter().filter(|m| m.delivery == Delivery::Incoming).collect();
    let Some(at) = (0..rows.len().max(wanted.len()))
        .find(|i| rows.get(*i).map(|m| m.body.raw()) != wanted.get(*i).map(String::as_str))
    else {
        return;
    };
    // Where it goes wrong, and where the wanted one stands.
    let stands = rows.iter().position(|m| Some(m.body.raw()) == wanted.get(at).map(String::as_str));
    for from in std::iter::once(at).chain(stands) {
        for m in rows.iter().skip(from.saturating_sub(5)).take(40) {
            println!(
                "{} order {} time {} delayed {} archive {:?}",
                m.body.raw(),
                m.order.0,
                m.time.0,
                m.is_delayed,
                m.ids.archive.as_ref().map(|a| &a.id)
            );
        }
        println!("...");
    }
    panic!("{} rows, {} wanted; they differ at {at}, where {:?} is wanted", rows.len(), wanted.len(), wanted.get(at));
}

/// Asserts that rows stand in strict order.
pub fn assert_ordered(messages: &[Message]) {
    let orders: Vec<Order> = messages.iter().map(|m| m.order).collect();
    assert!(orders.windows(2).all(|w| w[0] <= w[1]), "rows out of order");
}
