//! SASL 2 with Bind 2, FAST and inline resumption against Prosody with these extensions, and the way back to the old
//! login on servers that have none of it.

use crate::figures::figure;
use crate::harness::{PATIENCE, Server, sign_in};
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::contract::{Batch, Bootstrap, Command, Entry, Event};
use parlour::model::{
    AccountSettings, ConnState, DownReason, FastToken, Intent, LoginFact, Step, StepState, TokenKind,
};
use parlour::xmpp::connect::NetDial;
use parlour::xmpp::{EngineHandle, spawn};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

const DEVICE: &str = "d4565fa7-4d72-4749-b3d3-740edbf87770";
/// What makes Prosody a server without any of it.
const STOCK: [&str; 10] = [
    "--without",
    "sasl2",
    "--without",
    "sasl2_bind2",
    "--without",
    "sasl2_sm",
    "--without",
    "sasl2_fast",
    "--without",
    "tb_sasl",
];

/// What one login told.
#[derive(Debug, Default)]
struct Seen {
    signed_in: String,
    mechanism: String,
    bound: String,
    me: String,
    /// The newest token; `Some(None)` where the old one was thrown away.
    tokens: Vec<Option<FastToken>>,
    took: Duration,
    /// Lines of the console, of which no secret may be one.
    console: String,
}

struct Parlour {
    engine: EngineHandle,
    batches: mpsc::Receiver<Batch>,
    commit: watch::Sender<u64>,
    began: Instant,
}

impl Parlour {
    async fn start(settings: AccountSettings, intent: Intent, token: Option<&FastToken>) -> Self {
        let (out, batches) = mpsc::channel(64);
        let (commit, committed) = watch::channel(0);
        let began = Instant::now();
        let engine =
            spawn(settings, Intent::AwaitPassword, Bootstrap::default(), Box::new(NetDial::default()), out, committed);
        let parlour = Self { engine, batches, commit, began };
        parlour.ask(Ask::WatchWire(true)).await;
        if let Some(token) = token {
            parlour.ask(Ask::SetToken(Box::new(token.clone()))).await;
        }
        match intent {
            Intent::SignIn(password) => parlour.ask(Ask::SetPassword(password)).await,
            Intent::AwaitPassword | Intent::Register | Intent::WithoutPassword => parlour.ask(Ask::Connect).await,
        }
        parlour
    }

    async fn ask(&self, command: Ask) {
        self.engine.commands.send(Command::Session(command)).await.unwrap();
    }

    /// Until it is signed in, or has stopped for this reason.
    async fn login(&mut self) -> Result<Seen, DownReason> {
        let mut seen = Seen::default();
        loop {
            let batch =
                timeout(PATIENCE, self.batches.recv()).await.unwrap_or_else(|_| panic!("no login: {seen:?}")).unwrap();
            self.commit.send_replace(batch.seq);
            for entry in batch.entries {
                let Entry::Event(Event::Session(event)) = entry else { continue };
                match event {
                    SessionEvent::StepChanged { step: Step::SignIn, state: StepState::Done(words), .. } => {
                        words.raw().clone_into(&mut seen.signed_in);
                    }
                    SessionEvent::StepChanged { step: Step::Bind, state: StepState::Done(words), .. } => {
                        words.raw().clone_into(&mut seen.bound);
                    }
                    SessionEvent::Learned(LoginFact::SignedIn { mechanism, .. }) => {
                        mechanism.raw().clone_into(&mut seen.mechanism);
                    }
                    SessionEvent::Bound(me) => seen.me = me.to_string(),
                    SessionEvent::TokenLearned(token) => seen.tokens.push(token),
                    SessionEvent::Wire(line) => seen.console.push_str(line.xml.raw()),
                    SessionEvent::StateChanged(ConnState::Online { .. }) => {
                        seen.took = self.began.elapsed();
                        return Ok(seen);
                    }
                    SessionEvent::StateChanged(ConnState::Stopped(reason)) => return Err(reason),
                    _ => {}
                }
            }
        }
    }

    async fn quit(mut self) {
        self.ask(Ask::Quit).await;
        while let Ok(Some(batch)) = timeout(PATIENCE, self.batches.recv()).await {
            self.commit.send_replace(batch.seq);
        }
    }
}

fn settings(server: &Server) -> AccountSettings {
    AccountSettings { device: DEVICE.to_owned(), ..server.settings("alice", true) }
}

fn given(seen: &Seen) -> FastToken {
    seen.tokens.last().cloned().flatten().unwrap_or_else(|| panic!("no token: {seen:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn password_then_token_then_neither() {
    let server = Server::start("prosody");
    let mut parlour = Parlour::start(settings(&server), sign_in("pw-alice"), None).await;
    let first = parlour.login().await.unwrap();
    assert_eq!(first.signed_in, "alice, SCRAM-SHA-256-PLUS, bound to this TLS session, over SASL 2");
    assert!(first.me.contains("/parlour-alice~") && first.bound.ends_with("in the same step"), "{first:?}");
    let token = given(&first);
    assert_eq!(token.kind, TokenKind::Exporter);
    assert!(token.expiry.is_some());
    parlour.quit().await;

    // The token alone is enough; the resource stays, so a half-open old session ends.
    let mut parlour = Parlour::start(settings(&server), Intent::AwaitPassword, Some(&token)).await;
    let second = parlour.login().await.unwrap();
    assert_eq!(second.mechanism, "HT-SHA-256-EXPR");
    assert!(second.signed_in.contains("with a token, bound to this TLS session"), "{second:?}");
    assert_eq!(second.me, first.me);
    for seen in [&first, &second] {
        assert!(!seen.console.contains(token.secret.expose()), "a token on the console");
        assert!(seen.console.contains("[redacted]") && seen.console.contains("<bound"), "{}", seen.console);
    }
    parlour.quit().await;

    // One that the server does not know: the password does, in the same attempt, and there is a new token.
    let lost = FastToken { secret: parlour::model::Secret::new("secret-token:fast-lost"), ..token };
    let mut parlour = Parlour::start(settings(&server), sign_in("pw-alice"), Some(&lost)).await;
    let third = parlour.login().await.unwrap();
    assert!(third.mechanism.starts_with("SCRAM-"), "{third:?}");
    assert_eq!(third.tokens.first(), Some(&None), "the old one is thrown away");
    assert_ne!(given(&third).secret, lost.secret);
    parlour.quit().await;

    // And without a password somebody is asked.
    let mut parlour = Parlour::start(settings(&server), Intent::AwaitPassword, Some(&lost)).await;
    assert!(matches!(parlour.login().await, Err(DownReason::Password(_))));
    figure(
        "login",
        "prosody, SASL 2",
        &format!(
            "password (SCRAM-SHA-256-PLUS) {} ms, token (HT-SHA-256-EXPR) {} ms, refused token and password {} ms",
            first.took.as_millis(),
            second.took.as_millis(),
            third.took.as_millis()
        ),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_rotate() {
    let server = Server::start_with("prosody", &["--opt", "sasl2_fast_token_min_ttl=0"]);
    let mut parlour = Parlour::start(settings(&server), sign_in("pw-alice"), None).await;
    let mut token = given(&parlour.login().await.unwrap());
    parlour.quit().await;
    for _ in 0..3 {
        let mut parlour = Parlour::start(settings(&server), Intent::AwaitPassword, Some(&token)).await;
        let next = given(&parlour.login().await.unwrap());
        assert!(next.secret != token.secret && next.kind == token.kind);
        token = next;
        parlour.quit().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_without_it_see_a_login_as_ever() {
    for (kind, args) in [("prosody", &STOCK[..]), ("ejabberd", &[])] {
        let server = Server::start_with(kind, args);
        let token = FastToken { kind: TokenKind::None, secret: parlour::model::Secret::new("t"), expiry: None };
        let mut parlour = Parlour::start(settings(&server), sign_in("pw-alice"), Some(&token)).await;
        let seen = parlour.login().await.unwrap();
        assert!(seen.me.ends_with("/parlour-alice") && seen.mechanism.starts_with("SCRAM-"), "{seen:?}");
        assert!(!seen.signed_in.contains("SASL 2") && seen.tokens.is_empty(), "{seen:?}");
        assert!(!seen.console.contains("urn:xmpp:sasl:2") && !seen.console.contains("urn:xmpp:fast:0"), "{kind}");
        parlour.quit().await;
        figure("login", &format!("{kind}, SASL 1"), &format!("{} in {} ms", seen.mechanism, seen.took.as_millis()));
    }
}
