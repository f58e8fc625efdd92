//! Signing in, being refused, being cut, coming back: on both servers.

use crate::harness::{Client, Server, sign_in};
use crate::proxy::Proxy;
use parlour::contract::Event;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::model::{BareJid, ConnState, DownReason, Intent, Step, StepState};

const KINDS: [&str; 2] = ["prosody", "ejabberd"];

async fn quit(mut client: Client) {
    client.ask(Ask::Quit).await;
    client.wait("the end", |e| matches!(e, Event::Session(SessionEvent::Closed)).then_some(())).await;
    client.engine.task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn by_starttls_and_direct_tls_with_scram_never_plain() {
    for kind in KINDS {
        let server = Server::start(kind);
        for is_direct in [false, true] {
            let mut client = server.client("alice", is_direct);
            let words = client
                .wait("the mechanism", |event| match event {
                    Event::Session(SessionEvent::StepChanged {
                        step: Step::SignIn,
                        state: StepState::Done(words),
                        ..
                    }) => Some(words.raw().to_owned()),
                    _ => None,
                })
                .await;
            assert!(words.starts_with("alice, SCRAM-SHA-"), "{kind}: {words}");
            let me = client
                .wait("the address", |event| match event {
                    Event::Session(SessionEvent::Bound(me)) => Some(me.clone()),
                    _ => None,
                })
                .await;
            assert_eq!(me.resource(), Some("parlour-alice"));
            assert_eq!(client.online().await, ConnState::Online { tls: "TLS 1.3".to_owned(), is_resumed: false });
            quit(client).await;
        }
        assert!(!server.log().contains("mechanism='PLAIN'") && !server.log().contains("mechanism=\"PLAIN\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once_and_the_right_one_then_works() {
    for kind in KINDS {
        let server = Server::start(kind);
        let mut client = Client::start(server.settings("alice", false), sign_in("wrong"));
        let mut tries = 0;
        let reason = client
            .wait("a refusal", |event| match event {
                Event::Session(SessionEvent::StateChanged(ConnState::Connecting)) => {
                    tries += 1;
                    None
                }
                Event::Session(SessionEvent::StateChanged(ConnState::Stopped(reason))) => Some(reason.clone()),
                _ => None,
            })
            .await;
        assert!(matches!(reason, DownReason::Password(_)), "{kind}: {reason:?}");
        // Longer than the first wait of the backoff: an attempt would have been told by then.
        let quiet = tokio::time::Instant::now() + std::time::Duration::from_millis(2500);
        while let Ok(Some(event)) = tokio::time::timeout_at(quiet, client.events.recv()).await {
            assert!(!matches!(event, Event::Session(SessionEvent::StateChanged(_))), "{kind}: tried again: {event:?}");
        }
        assert_eq!(tries, 1);
        client.ask(Ask::SetPassword(parlour::model::Secret::new("pw-alice"))).await;
        client.online().await;
        quit(client).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_for_another_name_is_refused_with_both_names() {
    for kind in KINDS {
        let server = Server::start(kind);
        for is_direct in [false, true] {
            let mut settings = server.settings("alice", is_direct);
            settings.id.0 = BareJid::parse("alice@bank.example").unwrap();
            let mut client = Client::start(settings, sign_in("pw-alice"));
            let state =
                client.state("a stop", |s| matches!(s, ConnState::Stopped(_) | ConnState::Waiting { .. })).await;
            match state {
                ConnState::Stopped(DownReason::Certificate(words)) => {
                    let words = words.why.raw();
                    assert!(words.contains("bank.example"), "{kind}: {words}");
                    // Prosody shows no certificate at all for a name that it does not serve.
                    assert!(kind == "prosody" || words.contains(server.host()), "{kind}: {words}");
                }
                // Asked for a host that it does not serve, a server may refuse before any certificate.
                ConnState::Stopped(DownReason::Refused(_)) if !is_direct => {}
                other => panic!("{kind}: {other:?}"),
            }
            quit(client).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_session_is_resumed_and_nothing_is_lost_or_doubled() {
    for kind in KINDS {
        let server = Server::start(kind);
        let proxy = Proxy::start(server.port("c2s")).await;
        let mut bob = server.client("bob", true);
        bob.online().await;
        bob.ask(Ask::WatchWire(true)).await;
        let mut settings = server.settings("alice", false);
        settings.port = Some(proxy.port);
        let mut alice = Client::start(settings, sign_in("pw-alice"));
        alice.online().await;
        alice.ask(Ask::WatchWire(true)).await;
        for n in 0..3 {
            let to = format!("bob@{}/parlour-bob", server.host());
            let send = |body: &str| {
                Ask::SendRaw(format!("<message to='{to}' type='chat' id='{body}'><body>{body}</body></message>"))
            };
            alice.ask(send(&format!("before-{n}"))).await;
            // It is counted; whether it got through the server may say.
            alice.line(&format!("id='before-{n}'")).await;
            proxy.cut();
            let state = alice.state("resumption", ConnState::is_online).await;
            assert_eq!(state, ConnState::Online { tls: "TLS 1.3".to_owned(), is_resumed: true }, "{kind}");
            alice.ask(send(&format!("after-{n}"))).await;
            // In order, and each once: what comes before the awaited line is looked at as well.
            let mut seen = Vec::new();
            bob.wait("the second message", |event| match event {
                Event::Session(SessionEvent::Wire(line)) => {
                    let body =
                        line.xml.raw().split("<body>").nth(1).and_then(|b| b.split('<').next()).map(str::to_owned);
                    seen.extend(body);
                    seen.last().is_some_and(|b| *b == format!("after-{n}")).then_some(())
                }
                _ => None,
            })
            .await;
            assert_eq!(seen, [format!("before-{n}"), format!("after-{n}")], "{kind}");
        }
        quit(alice).await;
        quit(bob).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_restarts_or_crashes_is_met_again() {
    for kind in KINDS {
        let mut server = Server::start(kind);
        let mut client = server.client("alice", false);
        client.online().await;
        for how in ["restart", "crash"] {
            server.command(how);
            let state = client.state("online again", ConnState::is_online).await;
            assert_eq!(state, ConnState::Online { tls: "TLS 1.3".to_owned(), is_resumed: false }, "{kind} {how}");
        }
        quit(client).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_is_registered_with_the_servers_own_form() {
    for kind in KINDS {
        let server = Server::start(kind);
        let mut client = Client::start(server.settings("newcomer", false), Intent::Register);
        let mut form = client
            .wait("a form", |event| match event {
                Event::Session(SessionEvent::RegistrationAsked(form)) => Some(form.clone()),
                _ => None,
            })
            .await;
        for field in &mut form.fields {
            if field.var == "password" {
                field.values = vec!["pw-newcomer".to_owned()];
            }
        }
        client.ask(Ask::SubmitRegistration(form)).await;
        let user = client
            .wait("the account", |event| match event {
                Event::Session(SessionEvent::Registered { username }) => Some(username.clone()),
                _ => None,
            })
            .await;
        assert_eq!(user, "newcomer", "{kind}");
        client.online().await;
        quit(client).await;
        let mut again = server.client("newcomer", true);
        again.online().await;
        quit(again).await;
    }
}
