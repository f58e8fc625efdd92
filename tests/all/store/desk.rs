//! What the tests of the store stand on: one profile in a temporary folder, driven from a plain thread.

use parlour::contract::archive::PageFrom;
use parlour::contract::event::{Event, chat, history};
use parlour::contract::{Batch, Entry, Query, Reply, UserWrite, Write};
use parlour::model::*;
use parlour::store::{Store, StoreOutputs};
use std::path::{Path, PathBuf};
use tokio::sync::{mpsc, watch};

pub fn account() -> AccountId {
    AccountId(BareJid::parse("me@home.test").unwrap())
}

pub fn chat(jid: &str) -> ChatId {
    ChatId::new(account(), Jid::parse(jid).unwrap())
}

pub fn room() -> ChatId {
    chat("plaza@rooms.test")
}

/// A live message of somebody else.
pub fn said(from: &str, id: &str, body: &str, time: i64) -> Message {
    let from = Jid::parse(from).unwrap();
    let chat = ChatId::new(account(), from.bare());
    let mut m = Message::new(chat, ChatKind::Contact, from, body, Time(time));
    m.ids.stanza = Some(id.into());
    m
}

/// Somebody in the room.
pub fn said_in_room(nick: &str, id: &str, body: &str, time: i64) -> Message {
    let from = BareJid::parse("plaza@rooms.test").unwrap().with_resource(nick).unwrap();
    let mut m = Message::new(room(), ChatKind::Room, from, body, Time(time));
    m.ids.stanza = Some(id.into());
    m
}

/// A message of the user's own, in this state.
pub fn wrote(to: &str, id: &str, body: &str, time: i64, delivery: Delivery) -> Message {
    let mut m = said(to, id, body, time);
    m.from = account().jid().with_resource("tui").unwrap();
    m.ids.origin = Some(id.to_owned());
    m.sent(delivery)
}

pub fn archived(mut m: Message, by: &str, id: &str) -> Message {
    m.ids.archive = Some(ArchiveId { by: BareJid::parse(by).unwrap(), id: id.to_owned() });
    m
}

pub fn delayed(mut m: Message) -> Message {
    m.is_delayed = true;
    m
}

pub struct Desk {
    pub store: Option<Store>,
    pub outputs: StoreOutputs,
    pub batches: mpsc::Sender<Batch>,
    pub committed: watch::Receiver<u64>,
    pub seq: u64,
    question: u64,
    dir: PathBuf,
    kept: Option<tempfile::TempDir>,
}

impl Desk {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut desk = Self::at(dir.path());
        desk.kept = Some(dir);
        desk
    }

    pub fn at(dir: &Path) -> Self {
        let mut store = Store::open(dir).unwrap();
        let outputs = store.take_outputs().unwrap();
        let (batches, committed) = store.attach(&account());
        Self { store: Some(store), outputs, batches, committed, seq: 0, question: 0, dir: dir.to_owned(), kept: None }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// Commits, and gives the events.
    pub fn write_all(&mut self, writes: Vec<Write>) -> Vec<Event> {
        self.seq += 1;
        let mut entries: Vec<Entry> = writes.into_iter().map(Entry::Write).collect();
        // An event of our own at the end tells that all of the batch is here.
        entries.push(Entry::Event(Event::History(history::Event::CatchUpDone(account().0))));
        let batch = Batch { account: account(), seq: self.seq, is_durable: false, counted: None, entries };
        self.batches.blocking_send(batch).unwrap();
        let mut events = Vec::new();
        loop {
            events.extend(self.outputs.committed.blocking_recv().unwrap().events);
            if matches!(events.last(), Some(Event::History(history::Event::CatchUpDone(_)))) {
                events.pop();
                return events;
            }
        }
    }

    pub fn write(&mut self, write: Write) -> Vec<Event> {
        self.write_all(vec![write])
    }

    /// Stores a message; `None` where it was a copy that changed nothing.
    pub fn message(&mut self, m: Message) -> Option<Event> {
        let mut events = self.write(Write::Message(Box::new(m)));
        assert!(events.len() <= 1, "{events:?}");
        events.pop()
    }

    /// Stores a message that must be new.
    pub fn fresh(&mut self, m: Message) -> Message {
        match self.message(m) {
            Some(Event::Chat(chat::Event::MessageArrived(m))) => *m,
            other => panic!("not a new message: {other:?}"),
        }
    }

    /// Stores a page of the account's archive: how many were new.
    pub fn page(&mut self, messages: Vec<Message>, after: Option<&str>, before: Option<&str>) -> usize {
        let archive = account().0;
        let (after, before) = (after.map(str::to_owned), before.map(str::to_owned));
        let events = self.write(Write::Page { archive, messages, after, before, is_late: false });
        match events.last() {
            Some(Event::History(history::Event::PageStored { added, .. })) => *added,
            other => panic!("{other:?}"),
        }
    }

    pub fn user(&mut self, write: UserWrite) {
        self.store().writes.blocking_send(write).unwrap();
        // The writer takes what the user did before the next batch.
        self.write_all(vec![]);
    }

    pub fn ask(&mut self, query: Query) -> Reply {
        self.store().queries.blocking_send(query).unwrap();
        self.outputs.replies.blocking_recv().unwrap()
    }

    pub fn read_page(&mut self, chat: &ChatId, from: PageFrom, limit: usize) -> (Vec<Message>, bool, bool) {
        self.question += 1;
        let seq = self.question;
        match self.ask(Query::Page { chat: chat.clone(), from, limit, seq }) {
            Reply::Page { messages, is_oldest, is_newest, seq: s, .. } if s == seq => (messages, is_oldest, is_newest),
            other => panic!("{other:?}"),
        }
    }

    /// All bodies of a chat, oldest first.
    pub fn bodies(&mut self, chat: &ChatId) -> Vec<String> {
        let (messages, _, _) = self.read_page(chat, PageFrom::Newest, 2000);
        messages.iter().map(|m| m.body.raw().to_owned()).collect()
    }

    pub fn chats(&mut self) -> Vec<ChatSummary> {
        match self.ask(Query::Chats { account: account() }) {
            Reply::Chats { chats, .. } => chats,
            other => panic!("{other:?}"),
        }
    }

    pub fn summary(&mut self, chat: &ChatId) -> ChatSummary {
        self.chats().into_iter().find(|c| c.id == *chat).unwrap()
    }

    pub fn search(&mut self, words: &str, chat: Option<ChatId>, before: Option<Order>, limit: usize) -> Vec<Message> {
        self.question += 1;
        let seq = self.question;
        let query = Query::Search { account: None, chat, words: words.to_owned(), limit, before, seq };
        match self.ask(query) {
            Reply::Found { messages, seq: s, .. } if s == seq => messages,
            other => panic!("{other:?}"),
        }
    }

    pub fn close(&mut self) {
        self.store.take().unwrap().close();
    }
}
