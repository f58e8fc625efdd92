//! A real server as a child of the test, an engine with a stand-in for the store.

use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Batch, Bootstrap, Command, Entry, Event, Write as StoreWrite, command};
use parlour::model::{AccountId, AccountSettings, BareJid, ConnState, Intent, Secret};
use parlour::xmpp::connect::{Dial, NetDial};
use parlour::xmpp::{EngineHandle, spawn};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// How long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// A running server. Dropping it stops it.
pub struct Server {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    pub info: serde_json::Value,
    /// All that the test bed started.
    all: serde_json::Value,
}

impl Server {
    /// Starts `prosody` or `ejabberd` with the users alice, bob, carol, admin.
    pub fn start(kind: &str) -> Self {
        Self::start_with(kind, &[])
    }

    pub fn start_with(kind: &str, args: &[&str]) -> Self {
        // A server that syncs each message to a busy disk measures the disk.
        let memory = std::path::Path::new("/dev/shm");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/testbed/tb.py");
        let mut child = std::process::Command::new("python3")
            .arg(script)
            .arg(kind)
            .args(["--base", "auto"])
            .args(args)
            .envs(memory.is_dir().then_some(("TMPDIR", memory)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts the test bed");
        let stdin = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let ready = loop {
            let mut line = String::new();
            assert!(stdout.read_line(&mut line).unwrap() > 0, "{kind} did not start");
            if let Some(json) = line.strip_prefix("READY ") {
                break json.to_owned();
            }
        };
        let all: serde_json::Value = serde_json::from_str(&ready).unwrap();
        let info = all.get(kind).or_else(|| all.get("n1")).unwrap_or(&all).clone();
        Self { child, stdin, stdout, info, all }
    }

    /// One of several servers, such as a cluster's `n2`.
    pub fn node(&self, name: &str) -> &serde_json::Value {
        &self.all[name]
    }

    /// From now on this is about another of them.
    pub fn use_node(&mut self, name: &str) {
        self.info = self.all[name].clone();
    }

    /// Has the test bed do something, such as `restart` or `user NAME PASSWORD`.
    pub fn command(&mut self, line: &str) -> String {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
        let mut answer = String::new();
        self.stdout.read_line(&mut answer).unwrap();
        assert!(answer.starts_with("OK"), "{line}: {answer}");
        answer
    }

    pub fn host(&self) -> &str {
        self.info["host"].as_str().unwrap()
    }

    pub fn port(&self, name: &str) -> u16 {
        u16::try_from(self.info["ports"][name].as_u64().unwrap()).unwrap()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.info["log"].as_str().unwrap()).unwrap_or_default()
    }

    /// Settings for a user, by STARTTLS or direct TLS.
    pub fn settings(&self, user: &str, is_direct: bool) -> AccountSettings {
        let jid = BareJid::parse(&format!("{user}@{}", self.host())).unwrap();
        AccountSettings {
            host: Some("127.0.0.1".to_owned()),
            port: Some(self.port(if is_direct { "c2s_tls" } else { "c2s" })),
            direct_tls: is_direct,
            ca_file: Some(self.info["ca"].as_str().unwrap().into()),
            ..AccountSettings::new(AccountId(jid), format!("parlour-{user}"))
        }
    }

    pub fn client(&self, user: &str, is_direct: bool) -> Client {
        Client::start(self.settings(user, is_direct), sign_in(&format!("pw-{user}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input stops the test bed, which stops the servers and removes their folder.
        drop(self.stdin.take());
        let _stopped = self.child.wait();
    }
}

pub fn sign_in(password: &str) -> Intent {
    Intent::SignIn(Secret::new(password))
}

/// An engine, and a store that commits everything at once.
pub struct Client {
    pub engine: EngineHandle,
    pub events: mpsc::UnboundedReceiver<Event>,
    /// What the store would have written.
    pub writes: mpsc::UnboundedReceiver<StoreWrite>,
    account: AccountId,
}

impl Client {
    pub fn start(settings: AccountSettings, intent: Intent) -> Self {
        Self::dialling(settings, intent, Box::new(NetDial::default()))
    }

    pub fn dialling(settings: AccountSettings, intent: Intent, dial: Box<dyn Dial>) -> Self {
        let (out, mut batches) = mpsc::channel::<Batch>(64);
        let (commit, committed) = watch::channel(0);
        let (tell, events) = mpsc::unbounded_channel();
        let (note, writes) = mpsc::unbounded_channel();
        let account = settings.id.clone();
        let engine = spawn(settings, intent, Bootstrap::default(), dial, out, committed);
        tokio::spawn(async move {
            while let Some(batch) = batches.recv().await {
                commit.send_replace(batch.seq);
                for entry in batch.entries {
                    match entry {
                        Entry::Event(event) => drop(tell.send(event)),
                        Entry::Write(write) => drop(note.send(write)),
                    }
                }
            }
        });
        Self { engine, events, writes, account }
    }

    pub fn account(&self) -> AccountId {
        self.account.clone()
    }

    /// The first write that `pick` takes.
    pub async fn write<T>(&mut self, what: &str, mut pick: impl FnMut(&StoreWrite) -> Option<T>) -> T {
        let mut seen = Vec::new();
        let found = timeout(PATIENCE, async {
            loop {
                let Some(write) = self.writes.recv().await else { panic!("the engine ended before {what}: {seen:#?}") };
                if let Some(found) = pick(&write) {
                    return found;
                }
                seen.push(write);
            }
        });
        let found = found.await;
        found.unwrap_or_else(|_| panic!("no {what}; instead: {seen:#?}"))
    }

    pub async fn ask(&self, command: command::session::Command) {
        self.engine.commands.send(Command::Session(command)).await.unwrap();
    }

    /// The first thing that `pick` takes.
    pub async fn wait<T>(&mut self, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let mut seen = Vec::new();
        let found = timeout(PATIENCE, async {
            loop {
                let Some(event) = self.events.recv().await else { panic!("the engine ended before {what}: {seen:#?}") };
                if let Some(found) = pick(&event) {
                    return found;
                }
                seen.push(event);
            }
        });
        let found = found.await;
        found.unwrap_or_else(|_| panic!("no {what}; instead: {seen:#?}"))
    }

    pub async fn state(&mut self, what: &str, pick: impl Fn(&ConnState) -> bool) -> ConnState {
        self.wait(what, |event| match event {
            Event::Session(SessionEvent::StateChanged(state)) if pick(state) => Some(state.clone()),
            _ => None,
        })
        .await
    }

    pub async fn online(&mut self) -> ConnState {
        self.state("online", ConnState::is_online).await
    }

    /// The next console line that came in and holds a text.
    pub async fn line(&mut self, text: &str) -> String {
        self.wait(text, |event| match event {
            Event::Session(SessionEvent::Wire(line)) if line.xml.raw().contains(text) => {
                Some(line.xml.raw().to_owned())
            }
            _ => None,
        })
        .await
    }
}
