//! How logins are proved and bound on real servers, and a man in the middle with a certificate that the client trusts.

use crate::figures::figure;
use crate::harness::{Client, Server, sign_in};
use parlour::contract::Event;
use parlour::contract::command::session::Command as Ask;
use parlour::contract::event::session::Event as Told;
use parlour::model::{
    AccountId, AccountSettings, BareJid, Binding, ConnState, DownReason, Intent, LoginFact, Proof, Strength,
};

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
            Event::Session(Told::Learned(LoginFact::SignedIn { mechanism, binding })) => {
                signed_in = Some((mechanism.raw().to_owned(), binding.as_ref().map(|b| b.raw().to_owned())));
                None
            }
            Event::Session(Told::StrengthLearned(strength)) => {
                learned = (**strength).clone();
                None
            }
            Event::Session(Told::Bound(jid)) => {
                me = jid.to_string();
                None
            }
            Event::Session(Told::StateChanged(ConnState::Online { .. })) => Some(Ok(())),
            Event::Session(Told::StateChanged(ConnState::Stopped(reason))) => Some(Err(reason.clone())),
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
        let server = Server::start_with("prosody", &["--opt", &opt]);
        for is_direct in [false, true] {
            let done = login(server.settings("alice", is_direct), sign_in("pw-alice")).await.unwrap();
            assert!(done.mechanism.ends_with("-PLUS"), "{}", done.mechanism);
            assert_eq!(done.binding.as_deref(), Some(wanted));
            assert!(done.learned.binding.is_some() && done.learned.is_tls13);
            figure("T-06", "prosody", &format!("{} bound by {wanted}", done.mechanism));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t01_t05_a_stock_prosody_gives_scram_and_less_than_before_is_refused() {
    let server = Server::start_with(
        "prosody",
        &[
            "--without",
            "tb_sasl",
            "--without",
            "sasl2",
            "--without",
            "sasl2_bind2",
            "--without",
            "sasl2_sm",
            "--without",
            "sasl2_fast",
        ],
    );
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
