//! T-17: a server that sends us elsewhere (RFC 6120 §4.9.3.19), and one that says where the session is to be resumed
//! (XEP-0198 §5). Wherever it is, the certificate has to be for the domain of the JID.

use super::certs::{Authority, leaf};
use super::host::{Host, at, engine, settings, upgrade};
use crate::session::fake::{BIND, HEADER, Lie, SM};
use parlour::model::{ConnState, DownReason, LoginFact};

const DOMAIN: &str = "a.test";

fn go_to(place: &str) -> String {
    format!(
        "{HEADER}<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>{place}</see-other-host>\
         </stream:error></stream:stream>"
    )
}

/// In the clear, before STARTTLS, the next client is sent to a place.
async fn send_on(host: &Host, place: &str) {
    let mut fake = crate::session::fake::Fake::new(host.tcp().await);
    fake.expect("version='1.0' xml:lang='en'>").await;
    fake.send(&go_to(place)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_we_go_where_the_server_sends_us() {
    let ca = Authority::new("Test CA");
    let tls = ca.sign(&leaf("a", &[DOMAIN])).server();
    let (first, second, third) = (Host::start().await, Host::start().await, Host::start().await);
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), first.port, false), None);
    rig.during(send_on(&first, &format!("127.0.0.1:{}", second.port))).await;
    let place = format!("127.0.0.1:{}", third.port);
    // The second time it is said inside TLS.
    let (guest, _) = rig.during(second.starttls(&tls)).await;
    let mut guest = guest.unwrap();
    rig.during(async {
        guest.expect("version='1.0' xml:lang='en'>").await;
        guest.send(&go_to(&place)).await;
    })
    .await;
    let (guest, _) = rig.during(third.starttls(&tls)).await;
    let mut guest = guest.unwrap();
    rig.during(guest.login(false)).await;
    rig.state("online", ConnState::is_online).await;
    let is_told = |f: &LoginFact| matches!(f, LoginFact::SentElsewhere(to) if to.raw() == place);
    assert!(rig.learned.iter().any(is_told), "it is told: {:?}", rig.learned);
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_an_evil_host_is_refused() {
    let ca = Authority::new("Test CA");
    let evil_tls = ca.sign(&leaf("evil", &["evil.test", "127.0.0.1.test"])).server();
    let (first, evil) = (Host::start().await, Host::start().await);
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), first.port, false), None);
    rig.during(send_on(&first, &format!("127.0.0.1:{}", evil.port))).await;
    assert!(rig.during(evil.starttls(&evil_tls)).await.0.is_none(), "the evil host was believed");
    let stop = rig.ended().await;
    assert!(matches!(stop, ConnState::Stopped(DownReason::Certificate(_))), "{stop:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn t17_a_loop_stops() {
    let ca = Authority::new("Test CA");
    let host = Host::start().await;
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), host.port, false), None);
    let place = format!("127.0.0.1:{}", host.port);
    // The first one and three hops.
    for _ in 0..4 {
        rig.during(send_on(&host, &place)).await;
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
    for place in ["", "a b", "x@y", "http://evil.test/", "evil.test:99999", "[::1", "&lt;b/&gt;"] {
        let host = Host::start().await;
        let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), host.port, false), None);
        rig.during(send_on(&host, place)).await;
        match rig.reason().await {
            DownReason::Stream(why) => assert!(why.raw().contains("no host"), "{place:?}: {why:?}"),
            other => panic!("{place:?}: {other:?}"),
        }
    }
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
