//! T-17: a server that sends us elsewhere (RFC 6120 §4.9.3.19), and one that says where the session is to be resumed
//! (XEP-0198 §5). Wherever it is, the certificate has to be for the domain of the JID.

use super::certs::{Authority, leaf};
use super::host::{Host, at, engine, settings, upgrade};
use crate::session::fake::{BIND, HEADER, Lie, Rig, SM};
use parlour::model::{AccountSettings, ConnState, DownReason, LoginFact, Reach};
use std::sync::Arc;

const DOMAIN: &str = "a.test";

fn go_to(place: &str) -> String {
    format!(
        "{HEADER}<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{place}</see-other-host>\
         </stream:error></stream:stream>"
    )
}

/// In the clear, before STARTTLS, the next client is sent to a place.
async fn send_on_in_the_clear(host: &Host, place: &str) {
    let mut fake = crate::session::fake::Fake::new(host.tcp().await);
    fake.expect("version='1.0' xml:lang='en'>").await;
    fake.send(&go_to(place)).await;
}

/// Inside TLS, the next client is sent to a place.
async fn send_on(rig: &mut Rig, host: &Host, tls: &Arc<rustls::ServerConfig>, place: &str) {
    let mut guest = rig.during(host.starttls(tls)).await.0.expect("a guest");
    rig.during(async {
        guest.expect("version='1.0' xml:lang='en'>").await;
        guest.send(&go_to(place)).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_we_go_where_the_server_sends_us() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("a", &[DOMAIN])).server();
    let (first, second, third) = (Host::start().await, Host::start().await, Host::start().await);
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), first.port, false), None);
    send_on(&mut rig, &first, &tls, &format!("127.0.0.1:{}", second.port)).await;
    let place = format!("127.0.0.1:{}", third.port);
    send_on(&mut rig, &second, &tls, &place).await;
    let (guest, _) = rig.during(third.starttls(&tls)).await;
    let mut guest = guest.unwrap();
    rig.during(guest.login(false)).await;
    rig.state("online", ConnState::is_online).await;
    let is_told = |f: &LoginFact| matches!(f, LoginFact::SentElsewhere(to) if to.raw() == place);
    assert!(rig.learned.iter().any(is_told), "it is told: {:?}", rig.learned);
}

/// In the clear anybody on the way can send us anywhere: nobody goes, and nothing is said there.
#[tokio::test(flavor = "multi_thread")]
async fn t17_before_tls_nobody_is_followed() {
    let ca = Authority::new("Test CA");
    let (first, second) = (Host::start().await, Host::start().await);
    let there = format!("127.0.0.1:{}", second.port);
    for place in [there.as_str(), "localhost", "169.254.169.254:80", "[::1]:5222", "elsewhere.test"] {
        let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), first.port, false), None);
        rig.during(send_on_in_the_clear(&first, place)).await;
        match rig.ended().await {
            ConnState::Waiting { reason: DownReason::Stream(why), .. } => {
                assert!(why.raw().contains("before the connection is encrypted"), "{place}: {why:?}");
            }
            other => panic!("{place}: {other:?}"),
        }
        assert!(rig.learned.iter().all(|f| !matches!(f, LoginFact::SentElsewhere(_))), "{place}");
        // The next attempt goes to the usual place.
        rig.ask(parlour::contract::command::session::Command::Connect).await;
        rig.during(first.tcp()).await;
    }
    let came = tokio::time::timeout(std::time::Duration::from_millis(100), second.tcp()).await;
    assert!(came.is_err(), "somebody was followed");
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_an_evil_host_is_refused() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("a", &[DOMAIN])).server();
    let evil_tls = ca.sign(&leaf("evil", &["evil.test", "127.0.0.1.test"])).server();
    let (first, evil) = (Host::start().await, Host::start().await);
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), first.port, false), None);
    send_on(&mut rig, &first, &tls, &format!("127.0.0.1:{}", evil.port)).await;
    assert!(rig.during(evil.starttls(&evil_tls)).await.0.is_none(), "the evil host was believed");
    let stop = rig.ended().await;
    assert!(matches!(stop, ConnState::Stopped(DownReason::Certificate(_))), "{stop:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_a_loop_stops() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("a", &[DOMAIN])).server();
    let host = Host::start().await;
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), host.port, false), None);
    let place = format!("127.0.0.1:{}", host.port);
    // The first one and three hops.
    for _ in 0..4 {
        send_on(&mut rig, &host, &tls, &place).await;
    }
    match rig.ended().await {
        // With the pause of the backoff before the next attempt.
        ConnState::Waiting { reason: DownReason::Stream(why), .. } => {
            assert!(why.raw().contains("again and again"), "{why:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_nonsense_is_no_host() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("a", &[DOMAIN])).server();
    for place in ["", "a b", "x@y", "http://evil.test/", "evil.test:99999", "[::1", "&lt;b/&gt;"] {
        let host = Host::start().await;
        let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), host.port, false), None);
        send_on(&mut rig, &host, &tls, place).await;
        match rig.reason().await {
            DownReason::Stream(why) => assert!(why.raw().contains("no host"), "{place:?}: {why:?}"),
            other => panic!("{place:?}: {other:?}"),
        }
    }
}

/// A server out on the internet has nothing to look for in the user's own network; one that is there may name others.
#[tokio::test(flavor = "multi_thread")]
async fn t17_a_server_outside_does_not_lead_into_the_house() {
    let ca = Authority::new("Test CA");
    let inside = Host::start().await;
    let port = inside.port;
    for host in
        ["127.0.0.1", "localhost", "::1", "::ffff:127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "fe80::1"]
    {
        let named = AccountSettings {
            host: Some(host.to_owned()),
            port: Some(port),
            sent_by: Some(Reach::Public),
            ..settings(DOMAIN, ca.pem.path())
        };
        match engine(named, None).reason().await {
            DownReason::Unreachable(why) => {
                assert!(
                    why.raw().contains("nothing to look for") || why.raw().contains("of nobody"),
                    "{host}: {why:?}"
                );
            }
            other => panic!("{host}: {other:?}"),
        }
    }
    let came = tokio::time::timeout(std::time::Duration::from_millis(100), inside.tcp()).await;
    assert!(came.is_err(), "somebody came");
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_a_live_session_is_moved() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("a", &[DOMAIN])).server();
    let (first, second) = (Host::start().await, Host::start().await);
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), first.port, false), None);
    let mut guest = rig.during(first.starttls(&tls)).await.0.unwrap();
    rig.during(guest.login(false)).await;
    rig.state("online", ConnState::is_online).await;
    let place = format!("127.0.0.1:{}", second.port);
    let error = go_to(&place);
    rig.during(guest.send(error.strip_prefix(HEADER).unwrap())).await;
    let (moved, _) = rig.during(second.starttls(&tls)).await;
    let mut moved = moved.unwrap();
    rig.during(moved.login(false)).await;
    rig.state("online", ConnState::is_online).await;
}

/// A login whose session can be resumed at a place; then the link breaks.
async fn with_location(
    rig: &mut crate::session::fake::Rig,
    host: &Host,
    tls: &std::sync::Arc<rustls::ServerConfig>,
    place: &str,
) {
    let mut guest = rig.during(host.starttls(tls)).await.0.unwrap();
    rig.during(async {
        guest.scram(Lie::None).await;
        guest.features(&format!("{BIND}{SM}")).await;
        guest.bind(false).await;
        guest.expect("<enable").await;
        guest.expect(">").await;
        guest.send(&format!("<enabled xmlns='urn:xmpp:sm:3' id='old' resume='true' location='{place}'/>")).await;
    })
    .await;
    rig.state("online", ConnState::is_online).await;
}

async fn resumes(rig: &mut crate::session::fake::Rig, mut guest: super::host::Guest) {
    rig.during(async {
        guest.scram(Lie::None).await;
        guest.features(&format!("{BIND}{SM}")).await;
        guest.expect("previd='old'").await;
        guest.send("<resumed xmlns='urn:xmpp:sm:3' previd='old' h='0'/>").await;
    })
    .await;
    rig.state("resumed", |s| matches!(s, ConnState::Online { is_resumed: true, .. })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_the_session_is_resumed_at_its_location() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("a", &[DOMAIN])).server();
    let (first, second) = (Host::start().await, Host::start().await);
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), first.port, false), None);
    with_location(&mut rig, &first, &tls, &format!("127.0.0.1:{}", second.port)).await;
    let (guest, _) = rig.during(second.starttls(&tls)).await;
    resumes(&mut rig, guest.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_a_location_with_the_wrong_name_or_nobody_is_passed_over() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("a", &[DOMAIN])).server();
    let evil_tls = ca.sign(&leaf("evil", &["evil.test"])).server();
    let (first, evil) = (Host::start().await, Host::start().await);
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), first.port, false), None);
    with_location(&mut rig, &first, &tls, &format!("127.0.0.1:{}", evil.port)).await;
    assert!(rig.during(evil.starttls(&evil_tls)).await.0.is_none(), "the evil host was believed");
    let tcp = rig.during(first.tcp()).await;
    let (guest, _) = rig.during(upgrade(&tls, tcp)).await;
    resumes(&mut rig, guest.unwrap()).await;
    drop(evil);
    let (guest, _) = rig.during(first.starttls(&tls)).await;
    resumes(&mut rig, guest.unwrap()).await;
}
