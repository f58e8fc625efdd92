//! A server by hand on an in-memory pipe: it says exactly what a test wants, right or wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::future::BoxFuture;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Batch, Bootstrap, Command, Entry, Event, Write, command};
use parlour::model::{
    AccountId, AccountSettings, BareJid, ConnState, DownReason, Intent, LoginFact, Secret, Step, StepState,
};
use parlour::xmpp::connect::Dial;
use parlour::xmpp::link::{Duplex, Link, Secured, Security, TlsFacts};
use parlour::xmpp::{EngineHandle, spawn};
use ring::{digest, hmac, pbkdf2};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

pub const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' from='a.test' id='s' version='1.0'>";
pub const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
pub const SASL2: &str = "urn:xmpp:sasl:2";
pub const BIND: &str = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>";
pub const SM: &str = "<sm xmlns='urn:xmpp:sm:3'/>";
/// Longer than any deadline of a login.
const PATIENCE: Duration = Duration::from_mins(1);

/// The server's end of one connection.
pub struct Fake<Io = DuplexStream> {
    pub io: Io,
    seen: String,
    /// The account's password.
    pub password: String,
    /// The address that it binds.
    pub bound: String,
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Fake<Io> {
    pub fn new(io: Io) -> Self {
        Self { io, seen: String::new(), password: "secret".to_owned(), bound: "me@a.test/here".to_owned() }
    }

    /// The pipe, and what was read of it and not expected yet.
    pub fn into_parts(self) -> (Io, String) {
        (self.io, self.seen)
    }

    pub async fn send(&mut self, text: &str) {
        self.io.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads up to and with a text; gives what came up to its end.
    pub async fn expect(&mut self, text: &str) -> String {
        let read = async {
            loop {
                if let Some(at) = self.seen.find(text) {
                    let rest = self.seen.split_off(at + text.len());
                    return std::mem::replace(&mut self.seen, rest);
                }
                let mut buf = [0; 4096];
                let n = self.io.read(&mut buf).await.unwrap();
                assert!(n > 0, "the client hung up before {text}: {}", self.seen);
                self.seen.push_str(std::str::from_utf8(&buf[..n]).unwrap());
            }
        };
        let said = timeout(PATIENCE, read).await;
        said.unwrap_or_else(|_| panic!("the client did not say {text}, but {}", self.seen))
    }

    /// Everything until the client hangs up.
    pub async fn rest(mut self) -> String {
        let mut bytes = Vec::new();
        timeout(PATIENCE, self.io.read_to_end(&mut bytes)).await.unwrap().unwrap();
        self.seen + std::str::from_utf8(&bytes).unwrap()
    }

    pub async fn features(&mut self, features: &str) {
        self.expect("version='1.0' xml:lang='en'>").await;
        self.send(&format!("{HEADER}<stream:features>{features}</stream:features>")).await;
    }

    /// The words of the next SASL element with this name.
    pub async fn said(&mut self, name: &str) -> String {
        self.expect(&format!("<{name}")).await;
        self.expect(">").await;
        let text = self.expect("</").await;
        String::from_utf8(BASE64.decode(text.trim_end_matches("</")).unwrap()).unwrap()
    }

    /// Signs in by XEP-0388, with what may be inlined; what comes with `<success/>` is `outcome`'s answer to the request.
    pub async fn scram2(&mut self, inline: &str, outcome: impl FnOnce(&str) -> String) {
        self.scram2_as(inline, "me@a.test/here", outcome).await;
    }

    /// The same, signed in as this address.
    pub async fn scram2_as(&mut self, inline: &str, address: &str, outcome: impl FnOnce(&str) -> String) {
        self.features(&format!(
            "<authentication xmlns='{SASL2}'><mechanism>SCRAM-SHA-256</mechanism><inline>{inline}</inline></authentication>"
        ))
        .await;
        let request = self.expect("</authenticate>").await;
        let first = request.split("<initial-response>").nth(1).unwrap().split('<').next().unwrap();
        let first = String::from_utf8(BASE64.decode(first).unwrap()).unwrap();
        let bare = first.strip_prefix("n,,").or_else(|| first.strip_prefix("y,,")).unwrap().to_owned();
        let nonce = bare.split_once("r=").unwrap().1;
        let challenge = format!("r={nonce}server,s={},i=4096", BASE64.encode("salt"));
        self.send(&format!("<challenge xmlns='{SASL2}'>{}</challenge>", BASE64.encode(&challenge))).await;
        let last = self.said("response").await;
        let message = format!("{bare},{challenge},{}", last.split_once(",p=").unwrap().0);
        let signature = BASE64.encode(proofs(&self.password, 4096, message.as_bytes()).1);
        self.send(&format!(
            "<success xmlns='{SASL2}'><additional-data>{}</additional-data>\
             <authorization-identifier>{address}</authorization-identifier>{}</success>",
            BASE64.encode(format!("v={signature}")),
            outcome(&request)
        ))
        .await;
    }

    /// SCRAM-SHA-256 with what makes it a liar.
    pub async fn scram(&mut self, lie: Lie) {
        self.features(&mechanisms(&["SCRAM-SHA-256", "PLAIN"])).await;
        let first = self.said("auth").await;
        let bare = first.strip_prefix("n,,").or_else(|| first.strip_prefix("y,,")).unwrap().to_owned();
        let nonce = bare.split_once("r=").unwrap().1;
        let nonce = if lie == Lie::Nonce { "x".to_owned() } else { format!("{nonce}server") };
        let iterations = if lie == Lie::Iterations { 1 } else { 4096 };
        let challenge = format!("r={nonce},s={},i={iterations}", BASE64.encode("salt"));
        self.send(&format!("<challenge xmlns='{SASL}'>{}</challenge>", BASE64.encode(&challenge))).await;
        if matches!(lie, Lie::Nonce | Lie::Iterations) {
            return;
        }
        let last = self.said("response").await;
        let (bare_last, proof) = last.split_once(",p=").unwrap();
        let message = format!("{bare},{challenge},{bare_last}");
        let (wanted, signature) = proofs(&self.password, 4096, message.as_bytes());
        if BASE64.decode(proof).unwrap() != wanted {
            self.send(&format!("<failure xmlns='{SASL}'><not-authorized/></failure>")).await;
            return;
        }
        let signature = match lie {
            Lie::Signature => format!("v={}", BASE64.encode([0; 32])),
            Lie::NoSignature => String::new(),
            Lie::None | Lie::Nonce | Lie::Iterations => format!("v={}", BASE64.encode(signature)),
        };
        self.send(&format!("<success xmlns='{SASL}'>{}</success>", BASE64.encode(signature))).await;
    }

    /// A whole login; with XEP-0198 where `sm`.
    pub async fn login(&mut self, sm: bool) {
        self.scram(Lie::None).await;
        self.features(&format!("{BIND}{}", if sm { SM } else { "" })).await;
        self.bind(sm).await;
    }

    pub async fn bind(&mut self, sm: bool) {
        let asked = self.expect("</iq>").await;
        let id = asked.split("id='").nth(1).unwrap().split('\'').next().unwrap();
        assert!(asked.contains("<resource>here</resource>"), "{asked}");
        let bound = format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{}</jid></bind>", self.bound);
        self.send(&format!("<iq type='result' id='{id}'>{bound}</iq>")).await;
        if sm {
            self.expect("<enable").await;
            self.expect(">").await;
            self.send("<enabled xmlns='urn:xmpp:sm:3' id='old' resume='true'/>").await;
        }
    }
}

/// What a server does wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Lie {
    None,
    Nonce,
    Iterations,
    Signature,
    NoSignature,
}

pub fn mechanisms(names: &[&str]) -> String {
    let list = names.iter().fold(String::new(), |out, n| out + "<mechanism>" + n + "</mechanism>");
    format!("<mechanisms xmlns='{SASL}'>{list}</mechanisms>")
}

/// The proof that SCRAM-SHA-256 wants, and the signature that the server owes.
pub fn proofs(password: &str, rounds: u32, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut salted = [0; 32];
    let rounds = rounds.try_into().unwrap();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, rounds, b"salt", password.as_bytes(), &mut salted);
    let sign = |key: &[u8], text: &[u8]| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text).as_ref().to_vec();
    let client = sign(&salted, b"Client Key");
    let signature = sign(digest::digest(&digest::SHA256, &client).as_ref(), message);
    let proof = client.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
    (proof, sign(&sign(&salted, b"Server Key"), message))
}

/// How the pipe presents itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum How {
    Tls,
    StartTls,
    /// STARTTLS whose handshake fails.
    NoHandshake,
    InProcess,
    Panic,
}

/// Gives a pipe for each dial and hands the other end to the test.
pub struct PipeDial {
    how: How,
    /// What TLS is said to have given.
    pub tls: TlsFacts,
    ends: mpsc::UnboundedSender<DuplexStream>,
}

impl PipeDial {
    /// A dial, and where the server's ends of its connections come out.
    pub fn new(how: How) -> (Self, mpsc::UnboundedReceiver<DuplexStream>) {
        let (ends, far) = mpsc::unbounded_channel();
        let words = "TLS 1.3".to_owned();
        let tls = TlsFacts { version: words.clone(), words, ..TlsFacts::default() };
        (Self { how, tls, ends }, far)
    }
}

impl Dial for PipeDial {
    fn dial<'a>(
        &'a mut self,
        _: &'a AccountSettings,
        _: &'a mut (dyn FnMut(Step, StepState) + Send),
    ) -> BoxFuture<'a, Result<Link, DownReason>> {
        let facts = self.tls.clone();
        let security = match self.how {
            How::Tls => Security::Tls(Box::new(facts)),
            How::InProcess => Security::InProcess,
            How::StartTls => Security::StartTls(Box::new(move |io: Box<dyn Duplex>| {
                Box::pin(async move { Ok(Secured { io, tls: facts }) })
            })),
            How::NoHandshake => Security::StartTls(Box::new(|io| {
                Box::pin(async move {
                    drop(io);
                    Err(DownReason::NoTls("a handshake that fails".into()))
                })
            })),
            How::Panic => panic!("a dial that panics"),
        };
        let (near, far) = tokio::io::duplex(1 << 16);
        self.ends.send(far).unwrap();
        Box::pin(async move { Ok(Link { io: Box::new(near), security, peer: None }) })
    }
}

/// An engine whose store commits only what the test lets it.
pub struct Rig {
    pub engine: EngineHandle,
    pub batches: mpsc::Receiver<Batch>,
    pub commit: watch::Sender<u64>,
    ends: mpsc::UnboundedReceiver<DuplexStream>,
    /// Whether batches are committed as the test takes them.
    pub is_committing: bool,
    /// The messages that the store was told to write, by their text.
    pub bodies: Vec<String>,
    /// The last stop or wait, until the next attempt begins.
    end: Option<ConnState>,
    /// What logins found out.
    pub learned: Vec<LoginFact>,
}

impl Rig {
    pub fn start(how: How) -> Self {
        Self::start_with(how, Bootstrap::default())
    }

    /// With what an earlier run of the program left in the store.
    pub fn start_with(how: How, bootstrap: Bootstrap) -> Self {
        Self::build(PipeDial::new(how), |_| {}, bootstrap)
    }

    /// With settings, and with what TLS is said to have given.
    pub fn with(how: How, set: impl FnOnce(&mut AccountSettings), tls: TlsFacts) -> Self {
        let (dial, ends) = PipeDial::new(how);
        Self::build((PipeDial { tls, ..dial }, ends), set, Bootstrap::default())
    }

    fn build(
        (dial, ends): (PipeDial, mpsc::UnboundedReceiver<DuplexStream>),
        set: impl FnOnce(&mut AccountSettings),
        bootstrap: Bootstrap,
    ) -> Self {
        let id = AccountId(BareJid::parse("me@a.test").unwrap());
        let mut settings = AccountSettings::new(id, "here".to_owned());
        set(&mut settings);
        let (out, batches) = mpsc::channel(64);
        let (commit, committed) = watch::channel(0);
        let dial = Box::new(dial);
        let intent = Intent::SignIn(Secret::new("secret"));
        let engine = spawn(settings, intent, bootstrap, dial, out, committed);
        Self { engine, batches, commit, ends, is_committing: true, end: None, learned: Vec::new(), bodies: Vec::new() }
    }

    /// One that dials as it is told; its connections are not the test's to accept here.
    pub fn dialling(settings: AccountSettings, bootstrap: Bootstrap, dial: Box<dyn Dial>) -> Self {
        let (out, batches) = mpsc::channel(64);
        let (commit, committed) = watch::channel(0);
        let (_none, ends) = mpsc::unbounded_channel();
        let engine = spawn(settings, Intent::SignIn(Secret::new("secret")), bootstrap, dial, out, committed);
        Self { engine, batches, commit, ends, is_committing: true, end: None, learned: Vec::new(), bodies: Vec::new() }
    }

    /// The server's end of the next connection. Events that come meanwhile are dropped.
    pub async fn accept(&mut self) -> Fake {
        loop {
            tokio::select! {
                end = self.ends.recv() => return Fake::new(end.unwrap()),
                batch = self.batches.recv() => self.took(batch.as_ref().unwrap()),
            }
        }
    }

    /// Whether a connection was made that the test has not accepted.
    pub fn has_dialled(&self) -> bool {
        !self.ends.is_empty()
    }

    fn took(&mut self, batch: &Batch) {
        self.bodies.extend(batch.entries.iter().filter_map(|entry| match entry {
            Entry::Write(Write::Message(message)) => Some(message.body.raw().to_owned()),
            Entry::Write(_) | Entry::Event(_) => None,
        }));
        for entry in &batch.entries {
            if let Entry::Event(Event::Session(SessionEvent::StateChanged(state))) = entry {
                let is_end = matches!(state, ConnState::Stopped(_) | ConnState::Waiting { .. });
                self.end = is_end.then(|| state.clone());
            }
            if let Entry::Event(Event::Session(SessionEvent::Learned(fact))) = entry {
                self.learned.push(fact.clone());
            }
        }
        if self.is_committing {
            self.commit.send_replace(batch.seq);
        }
    }

    pub async fn ask(&self, command: command::session::Command) {
        self.engine.commands.send(Command::Session(command)).await.unwrap();
    }

    /// The first event that `pick` takes.
    pub async fn wait<T>(&mut self, what: &str, mut pick: impl FnMut(&Event) -> Option<T>) -> T {
        let mut seen = Vec::new();
        let found = timeout(PATIENCE, async {
            loop {
                let Some(batch) = self.batches.recv().await else {
                    panic!("the engine ended before {what}: {seen:#?}")
                };
                self.took(&batch);
                for entry in batch.entries {
                    let Entry::Event(event) = entry else { continue };
                    if let Some(found) = pick(&event) {
                        return found;
                    }
                    seen.push(event);
                }
            }
        });
        let found = found.await;
        found.unwrap_or_else(|_| panic!("no {what}"))
    }

    pub async fn state(&mut self, what: &str, pick: impl Fn(&ConnState) -> bool) -> ConnState {
        self.wait(what, |event| match event {
            Event::Session(SessionEvent::StateChanged(state)) if pick(state) => Some(state.clone()),
            _ => None,
        })
        .await
    }

    /// How the last attempt ended, also where that was while a server spoke.
    pub async fn ended(&mut self) -> ConnState {
        match self.end.take() {
            Some(state) => state,
            None => self.state("an end", |s| matches!(s, ConnState::Stopped(_) | ConnState::Waiting { .. })).await,
        }
    }

    /// How it ended: the reason of the first stop or wait.
    pub async fn reason(&mut self) -> DownReason {
        let state = self.ended().await;
        match state {
            ConnState::Stopped(reason) | ConnState::Waiting { reason, .. } => reason,
            ConnState::Idle | ConnState::Connecting | ConnState::Online { .. } => panic!(),
        }
    }

    /// Takes events while a server speaks.
    pub async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        tokio::pin!(work);
        loop {
            tokio::select! {
                biased;
                done = &mut work => return done,
                batch = self.batches.recv() => self.took(batch.as_ref().unwrap()),
            }
        }
    }

    /// Takes batches until the store was told to write so many messages.
    pub async fn written(&mut self, count: usize) {
        let taken = async {
            while self.bodies.len() < count {
                let batch = self.batches.recv().await.expect("the engine lives");
                self.took(&batch);
            }
        };
        let taken = timeout(PATIENCE, taken).await;
        assert!(taken.is_ok(), "{} messages of {count}", self.bodies.len());
    }

    /// Whether the session that it is signed in to now is one of before that goes on, once that is told.
    pub async fn is_resumed(&mut self) -> bool {
        match self.state("online", ConnState::is_online).await {
            ConnState::Online { is_resumed, .. } => is_resumed,
            other => panic!("{other:?}"),
        }
    }

    /// A login that went well.
    pub async fn online(&mut self, sm: bool) -> Fake {
        let mut fake = self.accept().await;
        fake.login(sm).await;
        self.state("online", ConnState::is_online).await;
        fake
    }
}
