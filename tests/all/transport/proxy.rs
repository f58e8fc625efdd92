//! T-14: with a proxy everything goes through it, names and all; without it nothing goes.

use super::certs::{Authority, leaf};
use super::host::{Host, settings};
use super::socks::{Manner, Socks};
use crate::session::fake::Rig;
use futures_util::future::BoxFuture;
use parlour::contract::Bootstrap;
use parlour::model::{AccountSettings, ConnState, DownReason, Secret, Socks5};
use parlour::xmpp::connect::NetDial;
use parlour::xmpp::connect::resolve::{Dns, Record};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Answers nothing and counts the questions.
#[derive(Debug, Default)]
struct Nobody(AtomicUsize);

impl Dns for Nobody {
    fn srv<'a>(&'a self, _: &'a str, _: bool) -> BoxFuture<'a, Result<Vec<Record>, String>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Err("nobody answers".to_owned()) })
    }

    fn addresses<'a>(&'a self, _: &'a str, _: u16) -> BoxFuture<'a, Result<Vec<SocketAddr>, String>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Err("nobody answers".to_owned()) })
    }
}

fn engine(settings: AccountSettings, dns: &Arc<Nobody>) -> Rig {
    Rig::dialling(settings, Bootstrap::default(), Box::new(NetDial::with(dns.clone())))
}

fn by(settings: &AccountSettings, port: u16) -> AccountSettings {
    let proxy = Socks5 { host: "127.0.0.1".to_owned(), port, login: None };
    AccountSettings { socks5: Some(Box::new(proxy)), ..settings.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn t14_names_go_to_the_proxy_and_each_account_has_its_own_way() {
    let ca = Authority::new("Test CA");
    let onion = "expyuzz4wqqyqhjn.onion";
    let dns = Arc::new(Nobody::default());
    let mut logins = Vec::new();
    for (domain, is_direct) in [("a.test", false), (onion, false), ("b.test", true)] {
        let tls = ca.sign(&leaf("x", &[domain])).server();
        let host = Host::start().await;
        let proxy = Socks::start(Manner::Login, host.port).await;
        let account = AccountSettings { direct_tls: is_direct, ..by(&settings(domain, ca.pem.path()), proxy.port) };
        let mut rig = engine(account, &dns);
        let guest = rig.during(async { if is_direct { host.direct(&tls).await } else { host.starttls(&tls).await.0 } });
        let mut guest = guest.await.expect("TLS by the proxy");
        guest.bound = format!("me@{domain}/here");
        rig.during(guest.login(false)).await;
        rig.state("online", ConnState::is_online).await;
        let asked = proxy.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        let port = if is_direct { 5223 } else { 5222 };
        assert_eq!((asked[0].host.as_str(), asked[0].is_name, asked[0].port), (domain, true, port));
        logins.push(asked[0].login.clone().expect("a login of its own"));
    }
    logins.sort();
    logins.dedup();
    assert_eq!(logins.len(), 3, "each account has a user name and password of its own");
    assert!(logins.iter().all(|(user, password)| !user.contains("me") && !password.contains("a.test")), "{logins:?}");
    assert_eq!(dns.0.load(Ordering::SeqCst), 0, "questions to DNS");
    crate::figures::figure("T-14", "scripted", "0 questions to DNS past the proxy in 3 logins");
}

#[tokio::test(flavor = "multi_thread")]
async fn t14_settings_and_redirects_go_by_the_proxy_too() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("x", &["a.test"])).server();
    let dns = Arc::new(Nobody::default());
    let host = Host::start().await;
    let proxy = Socks::start(Manner::Open, host.port).await;
    let mut account = by(&settings("a.test", ca.pem.path()), proxy.port);
    account.host = Some("inner.example".to_owned());
    account.port = Some(15222);
    let mut rig = engine(account, &dns);
    let error = "<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>other.example:5299\
                 </see-other-host></stream:error></stream:stream>";
    let mut guest = rig.during(host.starttls(&tls)).await.0.expect("TLS by the proxy");
    rig.during(async {
        guest.expect("xml:lang='en'>").await;
        guest.send(&format!("{}{error}", crate::session::fake::HEADER)).await;
    })
    .await;
    let mut guest = rig.during(host.starttls(&tls)).await.0.expect("TLS by the proxy");
    rig.during(guest.login(false)).await;
    let asked: Vec<_> = proxy.asked().into_iter().map(|r| (r.host, r.port, r.login)).collect();
    assert_eq!(asked, [("inner.example".to_owned(), 15222, None), ("other.example".to_owned(), 5299, None)]);
    assert_eq!(dns.0.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn t14_without_the_proxy_nothing_goes_and_it_is_said_why() {
    let ca = Authority::new("Test CA");
    let dns = Arc::new(Nobody::default());
    // The server is there and could be reached directly.
    let host = Host::start().await;
    let cases = [
        (Some(Manner::Locked), "refused the user name or password"),
        (Some(Manner::Http), "no SOCKS5 proxy"),
        (Some(Manner::Refuses(5)), "connection refused there"),
        (Some(Manner::Refuses(4)), "cannot find or reach that host"),
        (Some(Manner::Refuses(0xF2)), "the onion service does not answer"),
        (Some(Manner::Refuses(99)), "the proxy failed"),
        (None, "cannot connect to it"),
    ];
    for (manner, words) in cases {
        let port = match manner {
            Some(manner) => Socks::start(manner, host.port).await.port,
            None => Host::start().await.port,
        };
        let mut account = by(&settings("a.test", ca.pem.path()), port);
        (account.host, account.port) = (Some("127.0.0.1".to_owned()), Some(host.port));
        let mut rig = engine(account, &dns);
        match rig.reason().await {
            DownReason::Unreachable(why) => assert!(why.raw().contains(words), "{manner:?}: {why:?}"),
            other => panic!("{manner:?}: {other:?}"),
        }
    }
    let direct = tokio::time::timeout(std::time::Duration::from_millis(300), host.tcp()).await;
    assert!(direct.is_err(), "somebody came past the proxy");
    assert_eq!(dns.0.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn t14_an_onion_without_a_proxy_is_asked_of_nobody() {
    let ca = Authority::new("Test CA");
    let dns = Arc::new(Nobody::default());
    for (domain, host) in [("expyuzz4wqqyqhjn.onion", None), ("a.test", Some("EXPYUZZ4WQQYQHJN.ONION."))] {
        let account = AccountSettings { host: host.map(str::to_owned), ..settings(domain, ca.pem.path()) };
        match engine(account, &dns).reason().await {
            DownReason::Unreachable(why) => assert!(why.raw().contains("set socks5"), "{why:?}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(dns.0.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn t14_a_login_of_the_users_own_is_used_and_never_told() {
    let ca = Authority::new("Test CA");
    let dns = Arc::new(Nobody::default());
    let host = Host::start().await;
    let proxy = Socks::start(Manner::Login, host.port).await;
    let mut account = by(&settings("a.test", ca.pem.path()), proxy.port);
    let login = Some(("juliet".to_owned(), Secret::new("balc0ny")));
    account.socks5 = Some(Box::new(Socks5 { host: "localhost".to_owned(), port: proxy.port, login }));
    account.port = Some(5222);
    assert!(!format!("{account:?}").contains("balc0ny"));
    let mut rig = engine(account, &dns);
    // The server hangs up at once: the reason is told, the password is not.
    drop(rig.during(host.tcp()).await);
    let why = rig.reason().await.words();
    assert!(!why.raw().contains("balc0ny"), "{why:?}");
    assert_eq!(proxy.asked()[0].login, Some(("juliet".to_owned(), "balc0ny".to_owned())));
    assert_eq!(dns.0.load(Ordering::SeqCst), 0, "localhost needs no DNS");
}
