//! How logins are proved and bound on real servers, and a man in the middle with a certificate that the client trusts.

use crate::figures::figure;
use crate::harness::{Client, Server, sign_in};
use parlour::contract::Event;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::model::{
    AccountId, AccountSettings, BareJid, Binding, ConnState, DownReason, Intent, LoginFact, Proof, Strength,
};
use parlour::xmpp::connect::{Dial, NetDial};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// What a login came to: mechanism, binding, what was learned; and the words of the step.
struct Login {
    mechanism: String,
    binding: Option<String>,
    learned: Strength,
    me: String,
}

/// Signs in and tells how.
async fn login(settings: AccountSettings, intent: Intent) -> Result<Login, DownReason> {
    let mut client = Client::start(settings, intent);
    let (mut signed_in, mut learned, mut me) = (None, Strength::default(), String::new());
    let end = client
        .wait("an end", |event| match event {
            Event::Session(SessionEvent::Learned(LoginFact::SignedIn { mechanism, binding })) => {
                signed_in = Some((mechanism.raw().to_owned(), binding.as_ref().map(|b| b.raw().to_owned())));
                None
            }
            Event::Session(SessionEvent::StrengthLearned(strength)) => {
                learned = (**strength).clone();
                None
            }
            Event::Session(SessionEvent::Bound(jid)) => {
                me = jid.to_string();
                None
            }
            Event::Session(SessionEvent::StateChanged(ConnState::Online { .. })) => Some(Ok(())),
            Event::Session(SessionEvent::StateChanged(ConnState::Stopped(reason))) => Some(Err(reason.clone())),
            _ => None,
        })
        .await;
    client.ask(Ask::Quit).await;
    client.engine.task.await.unwrap();
    end?;
    let (mechanism, binding) = signed_in.expect("a login tells how");
    Ok(Login { mechanism, binding, learned, me })
}

#[tokio::test(flavor = "multi_thread")]
async fn t06_logins_are_bound_on_prosody_by_both_types() {
    for (bindings, wanted) in [
        (&["tls-exporter", "tls-server-end-point"][..], "tls-exporter"),
        (&["tls-server-end-point"], "tls-server-end-point"),
    ] {
        let opt = format!("tb_channel_binding={}", serde_json::json!(bindings));
        let server = prosody_without(&SASL2, &["--opt", &opt]);
        for is_direct in [false, true] {
            let done = login(server.settings("alice", is_direct), sign_in("pw-alice")).await.unwrap();
            assert!(done.mechanism.ends_with("-PLUS"), "{}", done.mechanism);
            assert_eq!(done.binding.as_deref(), Some(wanted));
            assert!(done.learned.binding.is_some() && done.learned.is_tls13);
            figure("T-06", "prosody", &format!("{} bound by {wanted}", done.mechanism));
        }
    }
}

/// The test bed's modules for SASL 2: what is asked here is the older profile.
const SASL2: [&str; 4] = ["sasl2", "sasl2_bind2", "sasl2_sm", "sasl2_fast"];

/// Prosody without some of the test bed's modules.
fn prosody_without(modules: &[&str], more: &[&str]) -> Server {
    let without = modules.iter().flat_map(|module| ["--without", module]);
    Server::start_with("prosody", &without.chain(more.iter().copied()).collect::<Vec<_>>())
}

/// Prosody 0.12 as it is: no channel binding with TLS 1.3.
fn stock_prosody() -> Server {
    prosody_without(&[&SASL2[..], &["tb_sasl"]].concat(), &[])
}

#[tokio::test(flavor = "multi_thread")]
async fn t01_t05_a_stock_prosody_gives_scram_and_less_than_before_is_refused() {
    let server = stock_prosody();
    let settings = server.settings("alice", false);
    let done = login(settings.clone(), sign_in("pw-alice")).await.unwrap();
    assert!(done.mechanism.starts_with("SCRAM-SHA-") && done.binding.is_none(), "{}", done.mechanism);
    assert!(!server.log().contains("mechanism='PLAIN'"));
    // It was bound once, by whatever stood there: not any more.
    for known in [
        Strength { binding: Some(Binding::Exporter), ..done.learned.clone() },
        Strength { proof: Some(Proof::ScramSha512), ..done.learned.clone() },
    ] {
        let weaker = AccountSettings { strength: known, ..settings.clone() };
        let Err(DownReason::Weaker(why)) = login(weaker, sign_in("pw-alice")).await else { panic!("taken") };
        let accepted = AccountSettings { strength: why.accepted, ..settings.clone() };
        login(accepted, sign_in("pw-alice")).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t06_ejabberd_offers_to_bind_and_refuses_so_the_first_login_goes_without_and_says_so() {
    let server = Server::start("ejabberd");
    let settings = server.settings("alice", false);
    let done = login(settings.clone(), sign_in("pw-alice")).await.unwrap();
    assert_eq!((done.mechanism.as_str(), done.binding), ("SCRAM-SHA-512", None));
    assert!(done.learned.is_plus_refused);
    // Known from now on: no second refusal.
    let before = server.log().matches("Invalid channel binding").count();
    let again = AccountSettings { strength: done.learned, ..settings.clone() };
    assert!(login(again, sign_in("pw-alice")).await.is_ok());
    assert_eq!(server.log().matches("Invalid channel binding").count(), before);
    // An account that was bound before does not fall back.
    let bound = Strength { binding: Some(Binding::Exporter), ..Strength::default() };
    let end = login(AccountSettings { strength: bound, ..settings }, sign_in("pw-alice")).await;
    assert!(end.is_err_and(|reason| reason.is_final()));
}

/// The account `address` on a server, with the files of its own.
fn of(server: &Server, address: &str) -> AccountSettings {
    let id = AccountId(BareJid::parse(address).unwrap());
    AccountSettings { id, ..server.settings("alice", false) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_gets_an_address_from_the_server() {
    let server = Server::start_with("prosody", &["--identities"]);
    let guest = AccountSettings { is_guest: true, ..of(&server, &format!("guest.{}", server.host())) };
    let done = login(guest, Intent::WithoutPassword).await.unwrap();
    assert_eq!((done.mechanism.as_str(), done.binding), ("ANONYMOUS", None));
    assert!(done.me.contains('@') && done.me.contains(&format!("@guest.{}", server.host())), "{}", done.me);
    // A host that has accounts takes none.
    let end = login(AccountSettings { is_guest: true, ..of(&server, server.host()) }, Intent::WithoutPassword).await;
    assert!(matches!(end, Err(DownReason::NoMechanism(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_signs_in_on_both_servers() {
    for kind in ["prosody", "ejabberd"] {
        let server = Server::start_with(kind, &["--identities"]);
        let host = if kind == "prosody" { format!("cert.{}", server.host()) } else { server.host().to_owned() };
        let pem = server.info["client_pem"].as_str().unwrap().to_owned();
        let mine = AccountSettings { client_certificate: Some(pem.into()), ..of(&server, &format!("alice@{host}")) };
        let done = login(mine.clone(), Intent::WithoutPassword).await.unwrap();
        assert_eq!(done.mechanism, "EXTERNAL", "{kind}");
        assert!(done.me.starts_with(&format!("alice@{host}/")), "{}", done.me);
        assert_eq!(done.learned.proof, Some(Proof::Certificate));
        // It is alice's.
        let bob = AccountSettings { id: of(&server, &format!("bob@{host}")).id, ..mine };
        let end = login(bob, Intent::WithoutPassword).await;
        assert!(matches!(end, Err(DownReason::Refused(_))), "{kind}");
    }
}

/// What the man in the middle does to what the server says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Meddling {
    /// Nothing: he only reads.
    None,
    /// He takes out all that binds, and the list of what binds.
    TakeBinding,
    /// He leaves PLAIN alone.
    OnlyPlain,
    /// He says himself that binding cannot be.
    RefuseBinding,
}

impl Meddling {
    fn meddle(self, from_server: &str) -> String {
        let between = |text: &str, from: &str, to: &str| {
            let start = text.find(from)?;
            let end = start + text[start..].find(to)? + to.len();
            Some((start, end))
        };
        let mut text = from_server.to_owned();
        if matches!(self, Self::TakeBinding | Self::OnlyPlain) {
            if let Some((start, end)) = between(&text, "<sasl-channel-binding", "</sasl-channel-binding>") {
                text.replace_range(start..end, "");
            }
            let offered: Vec<String> =
                text.split("<mechanism>").skip(1).map(|m| m.split('<').next().unwrap().to_owned()).collect();
            let is_kept = |name: &str| if self == Self::OnlyPlain { name == "PLAIN" } else { !name.ends_with("-PLUS") };
            for name in offered.iter().filter(|name| !is_kept(name)) {
                text = text.replace(&format!("<mechanism>{name}</mechanism>"), "");
            }
            // The shim's own have a namespace.
            for name in ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS"] {
                text = text
                    .replace(&format!("<mechanism xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{name}</mechanism>"), "");
            }
        }
        if let Some((start, end)) = between(&text, "<authentication", "</authentication>") {
            text.replace_range(start..end, "");
        }
        text
    }
}

/// A man in the middle with a certificate that the client trusts: he ends its TLS and makes his own to the server.
/// What he saw of the client's words is given back.
struct Middle {
    port: u16,
    ca: std::path::PathBuf,
    seen: tokio::sync::watch::Receiver<String>,
    _folder: tempfile::TempDir,
}

impl Middle {
    async fn start(server: &Server, meddling: Meddling) -> Self {
        use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let ca = folder.path().join("ca.pem");
        std::fs::write(&ca, issuer.pem()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec![server.host().to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                rustls::pki_types::PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (tell, seen) = tokio::sync::watch::channel(String::new());
        let settings = server.settings("alice", true);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(near) = acceptor.accept(near).await else { continue };
                let far = NetDial::default().dial(&settings, &mut |_, _| {}).await.unwrap().io;
                tokio::spawn(relay(near, far, meddling, tell.clone()));
            }
        });
        Self { port, ca, seen, _folder: folder }
    }

    /// The account's settings, led astray.
    fn settings(&self, server: &Server) -> AccountSettings {
        AccountSettings { port: Some(self.port), ca_file: Some(self.ca.clone()), ..server.settings("alice", true) }
    }
}

async fn relay(
    near: impl tokio::io::AsyncRead + tokio::io::AsyncWrite,
    far: Box<dyn parlour::xmpp::link::Duplex>,
    meddling: Meddling,
    tell: tokio::sync::watch::Sender<String>,
) {
    let (mut near_in, mut near_out) = tokio::io::split(near);
    let (mut far_in, mut far_out) = tokio::io::split(far);
    let (mut up, mut down) = (vec![0; 65536], vec![0; 65536]);
    loop {
        tokio::select! {
            n = near_in.read(&mut up) => {
                let Ok(n @ 1..) = n else { return };
                let said = String::from_utf8_lossy(&up[..n]).into_owned();
                tell.send_modify(|seen| *seen += &said);
                if meddling == Meddling::RefuseBinding && said.contains("-PLUS'") {
                    let refusal = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized/><text>Invalid channel binding</text></failure>";
                    near_out.write_all(refusal.as_bytes()).await.unwrap();
                    continue;
                }
                if far_out.write_all(&up[..n]).await.is_err() || far_out.flush().await.is_err() {
                    return;
                }
            }
            n = far_in.read(&mut down) => {
                let Ok(n @ 1..) = n else { return };
                let said = meddling.meddle(&String::from_utf8_lossy(&down[..n]));
                if near_out.write_all(said.as_bytes()).await.is_err() || near_out.flush().await.is_err() {
                    return;
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t06_a_man_in_the_middle_with_a_trusted_certificate_lets_nobody_in() {
    let server = prosody_without(&SASL2, &[]);
    let known = login(server.settings("alice", true), sign_in("pw-alice")).await.unwrap().learned;
    assert_eq!(known.binding, Some(Binding::Exporter));
    let mut logins = 0;
    for meddling in [Meddling::None, Meddling::TakeBinding, Meddling::OnlyPlain, Meddling::RefuseBinding] {
        for strength in [Strength::default(), known.clone()] {
            let middle = Middle::start(&server, meddling).await;
            let is_known = strength != Strength::default();
            let settings = AccountSettings { strength, ..middle.settings(&server) };
            let end = login(settings, sign_in("pw-alice")).await;
            let seen = middle.seen.borrow().clone();
            assert!(seen.contains("<stream:stream"), "{meddling:?}: nobody came by");
            assert!(!seen.contains("mechanism='PLAIN'"), "{meddling:?}");
            let auths = seen.matches("<auth ").count();
            // Who was bound before says nothing to a server that no longer binds, and nobody says anything to one
            // that wants the password itself. A refusal is no reason to try another way: a server that lists what
            // it can bind to is not believed when it says that it cannot.
            let is_silent = meddling == Meddling::OnlyPlain || (meddling == Meddling::TakeBinding && is_known);
            assert_eq!(auths, usize::from(!is_silent), "{meddling:?}, known: {is_known}");
            let reason = end.err();
            logins += usize::from(reason.is_none());
            assert!(reason.as_ref().is_none_or(DownReason::is_final), "{meddling:?}: {reason:?}");
        }
    }
    assert_eq!(logins, 0);
    // He is no straw man: where nothing can be bound, he is not noticed.
    let stock = stock_prosody();
    let middle = Middle::start(&stock, Meddling::None).await;
    login(middle.settings(&stock), sign_in("pw-alice")).await.unwrap();
    figure(
        "T-06",
        "prosody, a man in the middle",
        "0 of 8 logins through a man in the middle with a trusted certificate",
    );
}
