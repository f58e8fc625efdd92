//! The stage: a whole parlour but for its terminal. The scripted server's bytes go through the real engine, the real
//! store on a disk, `update` with its effects, and the view, into cells.
//!
//! Nothing here sleeps: [`Stage::settle`] sends a ping behind what a test said and a mark through the store behind
//! what the engine made of it, and goes on until neither side has anything more to say.

use super::super::screens::{draw_with, lines};
use super::super::session::fake::{Fake, How, PipeDial};
use super::server::{Link, Server};
use parlour::action::{Key, Keymap};
use parlour::contract::archive::PageFrom;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Command, Committed, Event, Query, Reply};
use parlour::model::{
    AccountId, AccountSettings, BareJid, ChatId, ConnState, DownReason, Glyphs, Intent, Jid, Message, Secret, Time,
};
use parlour::state::State;
use parlour::state::rooms::Room;
use parlour::store::{Store, StoreOutputs};
use parlour::ui::Memo;
use parlour::update::{Effect, Msg, Stamp, update};
use parlour::xmpp::stanza::Stanza;
use parlour::xmpp::{EngineHandle, spawn};
use ratatui::buffer::Buffer;
use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// So long a test waits for anything.
const PATIENCE: Duration = Duration::from_secs(90);
/// More rounds than this mean that the two sides go round in a circle.
const ROUNDS_MAX: usize = 300;
/// The account.
pub const ME: &str = "me@a.test";
/// The contact.
pub const BOB: &str = "bob@a.test";
/// The attacker.
pub const EVE: &str = "eve@evil.test/x";

/// A parlour on a stage.
pub struct Stage {
    pub state: State,
    pub server: Server,
    /// What the world was asked to do, but for commands, questions and writes, which are carried out.
    pub effects: Vec<Effect>,
    /// Every state of the connection.
    pub conns: Vec<ConnState>,
    /// How often it was dialled.
    pub dials: usize,
    store: Store,
    outputs: StoreOutputs,
    engine: EngineHandle,
    link: Option<Link>,
    ends: mpsc::UnboundedReceiver<DuplexStream>,
    dialled: VecDeque<DuplexStream>,
    commands: VecDeque<Command>,
    queries: VecDeque<Query>,
    keymap: Keymap,
    memo: Memo,
    wake_at: Option<Time>,
    seed: u128,
    /// Pings so far.
    pub marks: u64,
    has_sm: bool,
    /// What was said on either side; nothing new means that it is quiet.
    activity: u64,
    is_marked: bool,
    page: Option<Vec<Message>>,
    is_read: bool,
    log: Log,
    /// Restores the thread's log at the end.
    _guard: tracing::subscriber::DefaultGuard,
    dir: tempfile::TempDir,
}

impl Stage {
    /// Signed in, with bob and carol as contacts, and the chat with bob open.
    pub async fn new() -> Self {
        let mut stage = Self::signed_in(false, Server::default()).await;
        stage.opens(BOB).await;
        assert_eq!(stage.unread(), 0);
        stage
    }

    /// Signed in; with XEP-0198 where `has_sm`.
    pub async fn signed_in(has_sm: bool, mut server: Server) -> Self {
        server.roster += "<item jid='bob@a.test' name='Bob' subscription='both'/>\
            <item jid='carol@a.test' name='Carol' subscription='both'/>";
        let log = Log::default();
        let sink = log.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || sink.clone()).finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let outputs = store.take_outputs().unwrap();
        let settings = AccountSettings::new(account(), "here".to_owned());
        let (dial, ends) = PipeDial::new(How::Tls);
        let (out, committed) = store.attach(&account());
        let intent = Intent::SignIn(Secret::new("secret"));
        let bootstrap = store.bootstrap(&account()).unwrap();
        let engine = spawn(settings.clone(), intent, bootstrap, Box::new(dial), out, committed);
        let (keymap, _) = Keymap::defaults();
        let mut stage = Self {
            state: State::default(),
            server,
            effects: Vec::new(),
            conns: Vec::new(),
            dials: 0,
            store,
            outputs,
            engine,
            link: None,
            ends,
            dialled: VecDeque::new(),
            commands: VecDeque::new(),
            queries: VecDeque::new(),
            keymap,
            memo: Memo::default(),
            wake_at: None,
            seed: 1,
            marks: 0,
            has_sm,
            activity: 0,
            is_marked: false,
            page: None,
            is_read: false,
            log,
            _guard: guard,
            dir,
        };
        stage.take(Msg::Resized(120, 36));
        stage.take(Msg::Focused(true));
        stage.take(Msg::AccountStarted(settings));
        stage.sign_in().await;
        stage
    }

    /// Waits for the next connection and signs it in.
    pub async fn sign_in(&mut self) {
        self.until("a connection", |s| !s.dialled.is_empty()).await;
        let mut fake = Fake::new(self.dialled.pop_front().unwrap());
        let has_sm = self.has_sm;
        let login = async {
            fake.login(has_sm).await;
            fake
        };
        tokio::pin!(login);
        let fake = loop {
            tokio::select! {
                biased;
                fake = &mut login => break fake,
                () = self.turn() => {}
            }
        };
        self.server.count = 0;
        self.server.sent.clear();
        self.server.out.clear();
        self.link = Some(Link::new(fake, has_sm, &mut self.server));
        self.until("online", |s| s.conns.last().is_some_and(ConnState::is_online)).await;
        self.settle().await;
    }

    /// The server says this, once parlour takes it.
    pub fn send(&mut self, xml: &str) {
        self.server.say(xml.as_bytes());
    }

    /// The server says this, and all that follows from it happens. The stream must live on.
    pub async fn says(&mut self, xml: &str) {
        self.send(xml);
        self.settle().await;
    }

    /// Until all that was said has happened, to the last command and commit.
    pub async fn settle(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let before = self.activity;
            self.marks += 1;
            let mark = format!("mark-{}", self.marks);
            self.send(&format!("<iq type='get' id='{mark}' from='a.test'><ping xmlns='urn:xmpp:ping'/></iq>"));
            self.until("the pong", |s| s.server.pong == mark).await;
            self.is_marked = false;
            self.commands.push_back(Command::Session(Ask::SendRaw("<".to_owned())));
            self.until("the mark", |s| s.is_marked).await;
            self.is_read = false;
            self.queries.push_back(Query::Chats { account: AccountId(BareJid::parse("mark@a.test").unwrap()) });
            self.until("the answers", |s| s.is_read).await;
            if self.activity == before {
                assert!(self.is_online(), "no longer online: {:?}", self.conns.last());
                return;
            }
        }
        panic!("parlour and the server go round in a circle: {} stanzas were sent", self.server.sent.len());
    }

    /// How many stanzas parlour has confirmed (XEP-0198).
    pub async fn confirmed(&mut self) -> u64 {
        self.server.h = None;
        self.send("<r xmlns='urn:xmpp:sm:3'/>");
        self.until("a confirmation", |s| s.server.h.is_some()).await;
        self.server.h.unwrap().into()
    }

    /// Until this holds.
    pub async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let wait = async {
            while !is_so(self) {
                self.turn().await;
            }
        };
        let came = timeout(PATIENCE, wait).await;
        assert!(came.is_ok(), "no {what}; {:?}; {}", self.conns.last(), self.log.text());
    }

    /// One thing happens.
    async fn turn(&mut self) {
        while let Some(command) = self.commands.pop_front() {
            if let Err(full) = self.engine.commands.try_send(command) {
                self.commands.push_front(full.into_inner());
                break;
            }
        }
        while let Some(query) = self.queries.pop_front() {
            if let Err(full) = self.store.queries.try_send(query) {
                self.queries.push_front(full.into_inner());
                break;
            }
        }
        let is_retrying = !self.commands.is_empty() || !self.queries.is_empty();
        let (link, out) = (&mut self.link, &self.server.out);
        let wake = self.wake_at.map(|at| at.since(Time::now()));
        let mut buf = vec![0; 1 << 16];
        let (mut read, mut write) = match link {
            Some(link) => (Some(&mut link.read), Some(&mut link.write)),
            None => (None, None),
        };
        let mut got = None;
        let mut put = None;
        tokio::select! {
            biased;
            committed = self.outputs.committed.recv() => self.committed(committed.expect("the store lives")),
            reply = self.outputs.replies.recv() => self.replied(reply.expect("the reader lives")),
            failure = self.outputs.failures.recv() => panic!("the store: {failure:?}"),
            end = self.ends.recv() => {
                self.dials += 1;
                self.dialled.push_back(end.expect("the engine lives"));
            }
            n = async { read.as_mut().unwrap().read(&mut buf).await }, if read.is_some() => got = Some(n.unwrap_or(0)),
            n = async { write.as_mut().unwrap().write(out.as_slices().0).await }, if write.is_some() && !out.is_empty() => {
                put = Some(n.unwrap_or(0));
            }
            () = async { tokio::time::sleep(wake.unwrap()).await }, if wake.is_some() => {
                self.wake_at = None;
                self.take(Msg::Woken);
            }
            () = tokio::time::sleep(Duration::from_millis(1)), if is_retrying => {}
        }
        match got {
            Some(0) => self.link = None,
            Some(n) => {
                let before = self.server.sent.len();
                if let Some(link) = &mut self.link {
                    link.heard(&buf[..n], &mut self.server);
                }
                self.activity += (self.server.sent.len() - before) as u64;
            }
            None => {}
        }
        match put {
            Some(0) => {
                // The client hung up: what it was not told is lost.
                self.link = None;
                self.server.out.clear();
            }
            Some(n) => drop(self.server.out.drain(..n)),
            None => {}
        }
    }

    fn committed(&mut self, mut committed: Committed) {
        committed.events.retain(|event| match event {
            Event::Session(SessionEvent::RawRefused(_)) => {
                self.is_marked = true;
                false
            }
            Event::Session(SessionEvent::StateChanged(state)) => {
                if let ConnState::Waiting { reason: DownReason::Crashed(words), .. }
                | ConnState::Stopped(DownReason::Crashed(words)) = state
                {
                    panic!("the engine crashed: {}", words.raw());
                }
                self.conns.push(state.clone());
                true
            }
            _ => true,
        });
        if !committed.events.is_empty() {
            self.activity += 1;
            self.take(Msg::Committed(committed));
        }
    }

    fn replied(&mut self, reply: Reply) {
        match reply {
            Reply::Chats { account: of, .. } if of != account() => self.is_read = true,
            Reply::Page { seq: u64::MAX, messages, .. } => self.page = Some(messages),
            reply => {
                self.activity += 1;
                self.take(Msg::Replied(reply));
            }
        }
    }

    /// `update`, and its effects.
    fn take(&mut self, msg: Msg) {
        self.seed += 1;
        let stamp = Stamp { now: Time::now(), zone_minutes: 0, seed: self.seed << 64 };
        for effect in update(&mut self.state, stamp, msg, &self.keymap) {
            match effect {
                Effect::Command(_, command) => {
                    self.activity += 1;
                    self.commands.push_back(command);
                }
                Effect::Query(query) => {
                    self.activity += 1;
                    self.queries.push_back(query);
                }
                Effect::Write(write) => self.store.writes.try_send(write).expect("room for the user's writes"),
                Effect::WakeAt(at) => self.wake_at = Some(at),
                other => self.effects.push(other),
            }
        }
    }

    /// The terminal has another size.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.take(Msg::Resized(width, height));
    }

    /// Presses a key by its name in the config.
    pub fn key(&mut self, name: &str) {
        self.take(Msg::Key(Key::parse(name).unwrap()));
    }

    /// The server's machine is gone.
    pub fn cut(&mut self) {
        self.link = None;
    }

    /// Until the connection is gone, whatever is still to be sent; then signs in again, at once where `is_hasty`.
    pub async fn reconnects(&mut self, is_hasty: bool) {
        self.until("the end of the connection", |s| !s.is_online()).await;
        self.server.out.clear();
        if is_hasty {
            self.commands.push_back(Command::Session(Ask::Connect));
        }
        self.sign_in().await;
    }

    /// Types a line, presses Enter, and all that follows happens.
    pub async fn enters(&mut self, line: &str) {
        self.take(Msg::Paste(line.to_owned()));
        self.key("enter");
        self.settle().await;
    }

    /// Opens a chat as a user does.
    pub async fn opens(&mut self, name: &str) {
        self.key("ctrl-k");
        self.take(Msg::Paste(name.to_owned()));
        self.settle().await;
        self.key("enter");
        self.settle().await;
        assert_eq!(self.state.current_id().map(|c| c.address.to_string()).as_deref(), Some(name));
    }

    /// Enters a room with these people in it.
    pub async fn joins(&mut self, room: &str, people: &[&str]) {
        self.server.room(room, people);
        self.enters(&format!("/join {room}")).await;
        let is_in = self.state.rooms.get(&account(), &BareJid::parse(room).unwrap()).is_some_and(Room::is_in);
        assert!(is_in, "not in {room}: {}", self.screen());
    }

    /// Whether it is signed in.
    pub fn is_online(&self) -> bool {
        self.conns.last().is_some_and(ConnState::is_online)
    }

    /// What stands in a chat, oldest first, out of the store.
    pub async fn rows(&mut self, chat: &str) -> Vec<Message> {
        let query = Query::Page { chat: chat_id(chat), from: PageFrom::Newest, limit: 2_000, seq: u64::MAX };
        self.page = None;
        self.queries.push_back(query);
        self.until("a page", |s| s.page.is_some()).await;
        self.page.take().unwrap()
    }

    /// The bodies of what stands in a chat.
    pub async fn bodies(&mut self, chat: &str) -> Vec<String> {
        self.rows(chat).await.iter().map(|m| m.body.raw().to_owned()).collect()
    }

    /// How many messages the whole database holds.
    pub fn stored(&self) -> usize {
        self.count("SELECT count(*) FROM messages WHERE weight >= 0")
    }

    /// What a question to the database counts.
    pub fn count(&self, sql: &str) -> usize {
        let path = self.dir.path().join("history.db");
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let conn = rusqlite::Connection::open_with_flags(path, flags).unwrap();
        let count: i64 = conn.query_row(sql, [], |row| row.get(0)).unwrap();
        usize::try_from(count).unwrap()
    }

    /// The cells.
    pub fn buffer(&mut self) -> Buffer {
        let (width, height) = self.state.size;
        let (buffer, viewport) = draw_with(&self.state, width, height, Glyphs::Unicode, &mut self.memo);
        self.state.viewport = viewport;
        buffer
    }

    /// The screen as text; no cell of it may hold what a terminal obeys.
    pub fn screen(&mut self) -> String {
        let text = lines(&self.buffer()).join("\n");
        let bad = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(bad, None, "a control character on the screen:\n{text}");
        text
    }

    /// How long one frame takes that nothing is remembered for.
    pub fn frame(&mut self) -> Duration {
        self.memo.clear();
        let begin = Instant::now();
        self.buffer();
        begin.elapsed()
    }

    /// Unread messages everywhere.
    pub fn unread(&self) -> u32 {
        self.state.unread_total().0
    }

    /// The toasts' words.
    pub fn toasts(&self) -> Vec<String> {
        self.state.toasts.list.iter().map(|t| t.text.raw().to_owned()).collect()
    }

    /// Stanzas that parlour sent to an address, in whatever form.
    pub fn sent_to(&self, address: &str) -> Vec<&Stanza> {
        let is_to =
            |s: &&Stanza| s.to.as_deref().is_some_and(|to| to == address || to.starts_with(&format!("{address}/")));
        self.server.sent.iter().filter(is_to).collect()
    }

    /// Bells and notifications so far.
    pub fn noises(&self) -> usize {
        self.effects.iter().filter(|e| matches!(e, Effect::Bell | Effect::Notify { .. })).count()
    }

    /// Lines of the log that hold this.
    pub fn logged(&self, words: &str) -> usize {
        self.log.text().lines().filter(|l| l.contains(words)).count()
    }

    /// A forgery is sent: nothing may be stored, shown or counted, and the stream lives on.
    pub async fn ignores(&mut self, what: &str, xml: &str) {
        let before = (self.stored(), self.unread(), self.dials, self.noises());
        self.rests().await;
        let screen = self.panes();
        self.says(xml).await;
        self.rests().await;
        let after = (self.stored(), self.unread(), self.dials, self.noises());
        assert_eq!(after, before, "{what}: (rows, unread, dials, noises)\n{}", self.screen());
        assert_eq!(self.panes(), screen, "{what}: the screen changed");
    }

    /// Until the sidebar, which is made a few times a second at most, shows all that is known.
    pub async fn rests(&mut self) {
        self.until("a new sidebar", |s| !s.state.work.is_sidebar_stale).await;
    }

    /// The screen without what time changes: the clock's line, and toasts.
    pub fn panes(&mut self) -> String {
        let toasts = std::mem::take(&mut self.state.toasts.list);
        let text = self.screen();
        self.state.toasts.list = toasts;
        text.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned())
    }
}

/// The account.
pub fn account() -> AccountId {
    AccountId(BareJid::parse(ME).unwrap())
}

/// One of its chats.
pub fn chat_id(address: &str) -> ChatId {
    ChatId::new(account(), Jid::parse(address).unwrap())
}

/// What the program logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
