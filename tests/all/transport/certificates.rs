//! T-09 to T-13: who may be the server, over real TLS, by both ways to it, with the whole engine.

use super::certs::{Authority, SRV_NAME, Shown, XMPP_ADDR, below, leaf, other_name, self_signed};
use super::host::{Host, at, engine, settings};
use super::names::{Names, Record};
use parlour::contract::command::session::Command as Ask;
use parlour::model::{ConnState, DownReason, LoginFact, Refusal, Trust};
use rcgen::{ExtendedKeyUsagePurpose, SanType};
use std::net::Ipv4Addr;
use std::time::Duration;

const DOMAIN: &str = "chat.sec.test";

/// What the engine makes of a certificate. `None`: it was taken, and the client went on inside TLS.
async fn shown(ca: &Authority, shown: &Shown, is_direct: bool) -> Option<Box<Refusal>> {
    let host = Host::start().await;
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), host.port, is_direct), None);
    let tls = shown.server();
    let guest = rig.during(async { if is_direct { host.direct(&tls).await } else { host.starttls(&tls).await.0 } });
    if let Some(mut guest) = guest.await {
        rig.during(guest.expect("<stream:stream")).await;
        return None;
    }
    match rig.ended().await {
        ConnState::Stopped(DownReason::Certificate(refusal)) => Some(refusal),
        other => panic!("{other:?}"),
    }
}

/// Bad certificates: what is wrong, the certificate, words that the user must be told.
fn bad(ca: &Authority) -> Vec<(&'static str, Shown, &'static str)> {
    let good = || leaf(DOMAIN, &[DOMAIN]);
    let names = |list: &[&str]| leaf("x", list);
    let mut expired = good();
    (expired.not_before, expired.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2021, 1, 1));
    let mut early = good();
    (early.not_before, early.not_after) = (rcgen::date_time_ymd(2090, 1, 1), rcgen::date_time_ymd(2091, 1, 1));
    let mut by_address = names(&[]);
    by_address.subject_alt_names.push(SanType::IpAddress(Ipv4Addr::LOCALHOST.into()));
    let mut by_link = names(&[]);
    by_link.subject_alt_names.push(SanType::URI(format!("xmpp:{DOMAIN}").as_str().try_into().unwrap()));
    let mut by_mail = names(&[]);
    by_mail.subject_alt_names.push(SanType::Rfc822Name(format!("root@{DOMAIN}").as_str().try_into().unwrap()));
    let mut for_clients = good();
    for_clients.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let stranger = Authority::new("Stranger");
    let mut ca_leaf = good();
    ca_leaf.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let no_ca = leaf("Middle", &["middle.test"]);
    let srv = |name: &str| other_name(names(&[]), SRV_NAME, name);
    vec![
        ("another name", ca.sign(&names(&["bank.test"])), "it is for bank.test, but it should be for chat.sec.test"),
        ("expired", ca.sign(&expired), "has expired"),
        ("not valid yet", ca.sign(&early), "is not valid yet"),
        ("an authority that nobody knows", stranger.sign(&good()), "signed by Stranger"),
        ("self-signed", self_signed(&good()), "self-signed"),
        ("the common name alone", ca.sign(&leaf(DOMAIN, &[])), "only the old common name field says chat.sec.test"),
        ("a wildcard over two labels", ca.sign(&names(&["*.test"])), "*.test"),
        ("a wildcard of everything", ca.sign(&names(&["*"])), "chat.sec.test"),
        ("a wildcard in a label", ca.sign(&names(&["ch*.sec.test"])), "ch*.sec.test"),
        ("a wildcard below", ca.sign(&names(&["*.chat.sec.test"])), "*.chat.sec.test"),
        ("a NUL in the name", ca.sign(&names(&["chat.sec.test\0.evil.test"])), "evil.test"),
        ("an address alone", ca.sign(&by_address), "127.0.0.1"),
        ("a link alone", ca.sign(&by_link), "nobody by name"),
        ("a mail address alone", ca.sign(&by_mail), "nobody by name"),
        ("that of the authority itself", ca.as_server(), "nobody by name"),
        ("an authority's as a server's", ca.sign(&ca_leaf), "certificate authority"),
        ("for clients", ca.sign(&for_clients), "not made for servers"),
        ("the host of the SRV record", ca.sign(&names(&["xmpp.sec.test", "127-0-0-1.test"])), "xmpp.sec.test"),
        ("another domain in A-labels", ca.sign(&names(&["xn--cht-5cd.sec.test"])), "xn--cht-5cd.sec.test"),
        ("another service of the domain", ca.sign(&srv("_xmpp-server.chat.sec.test")), "_xmpp-server"),
        ("the service of another domain", ca.sign(&srv("_xmpp-client.evil.test")), "evil.test"),
        ("signed by what is no authority", ca.sign_below(no_ca, &good()), "chat.sec.test"),
        ("an authority limited to others", ca.sign_below(below(Some("evil.test")), &good()), "chat.sec.test"),
        (
            "a name that limits do not reach",
            ca.sign_below(below(Some("evil.test")), &other_name(names(&["evil.test"]), XMPP_ADDR, DOMAIN)),
            "evil.test",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn t09_certificates() {
    let ca = Authority::new("Test CA");
    let list = bad(&ca);
    let all = list.len();
    for (what, certificate, words) in list {
        for is_direct in [true, false] {
            let refusal = shown(&ca, &certificate, is_direct).await;
            let refusal = refusal.unwrap_or_else(|| panic!("{what} (direct: {is_direct}) was accepted"));
            let why = refusal.why.raw();
            assert!(why.contains(words), "{what}: {why}");
            assert_eq!(refusal.certificate.as_ref().map(|c| c.key.clone()), Some(certificate.fingerprint()), "{what}");
        }
    }
    crate::figures::figure("T-09", "scripted", &format!("0 of {all} bad certificates accepted, by 2 ways each"));
}

#[tokio::test(flavor = "multi_thread")]
async fn t09_good_certificates_are_taken() {
    let ca = Authority::new("Test CA");
    let good = [
        ("the name", ca.sign(&leaf("x", &["other.test", DOMAIN]))),
        ("a wildcard", ca.sign(&leaf("x", &["*.sec.test"]))),
        ("its service", ca.sign(&other_name(leaf("x", &["xmpp.sec.test"]), SRV_NAME, "_xmpp-client.chat.sec.test"))),
        ("its XMPP address", ca.sign(&other_name(leaf("x", &[]), XMPP_ADDR, DOMAIN))),
        ("an authority below", ca.sign_below(below(None), &leaf("x", &[DOMAIN]))),
        ("an authority limited to it", ca.sign_below(below(Some("sec.test")), &leaf("x", &[DOMAIN]))),
    ];
    for (what, certificate) in good {
        for is_direct in [true, false] {
            let refused = shown(&ca, &certificate, is_direct).await;
            assert!(refused.is_none(), "{what} was refused: {refused:?}");
        }
    }
}

/// The limits of a root reach the names that only XMPP knows as well.
#[tokio::test(flavor = "multi_thread")]
async fn t09_a_root_with_limits_vouches_for_no_other_domain() {
    let ca = Authority::limited("evil.test");
    for (kind, name) in [(SRV_NAME, "_xmpp-client.chat.sec.test"), (XMPP_ADDR, DOMAIN)] {
        for names in [&[][..], &["evil.test"]] {
            let certificate = ca.sign(&other_name(leaf("x", names), kind, name));
            assert!(shown(&ca, &certificate, true).await.is_some(), "{name} {names:?}");
        }
    }
    assert!(shown(&ca, &ca.sign(&leaf("x", &[DOMAIN])), true).await.is_some());
    let ca = Authority::limited("sec.test");
    assert!(shown(&ca, &ca.sign(&leaf("x", &[DOMAIN])), true).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn t10_a_lying_name_server_leads_nowhere() {
    let ca = Authority::new("Test CA");
    // Everything about the evil host is in order, for itself.
    let evil = ca.sign(&leaf("evil.test", &["evil.test", "xmpp.evil.test"])).server();
    for service in ["_xmpps-client._tcp.chat.sec.test", "_xmpp-client._tcp.chat.sec.test"] {
        let host = Host::start().await;
        let names = Names::start(vec![
            Record::Srv(service, 0, 0, host.port, "xmpp.evil.test"),
            Record::A("xmpp.evil.test", Ipv4Addr::LOCALHOST),
            Record::Txt("_xmppconnect.chat.sec.test", "_xmpp-client-websocket=wss://evil.test/"),
        ])
        .await;
        let mut rig = engine(settings(DOMAIN, ca.pem.path()), Some(names.at));
        let guest = rig.during(async {
            if service.starts_with("_xmpps") { host.direct(&evil).await } else { host.starttls(&evil).await.0 }
        });
        assert!(guest.await.is_none(), "{service}: the evil host was believed");
        match rig.reason().await {
            DownReason::Certificate(refusal) => {
                let why = refusal.why.raw();
                assert!(why.contains("evil.test") && why.ends_with("it should be for chat.sec.test"), "{why}");
            }
            other => panic!("{other:?}"),
        }
        assert!(!names.was_asked_for_text(), "TXT is never used: {:?}", names.asked());
    }
}

/// The next login by direct TLS goes well.
async fn signs_in(rig: &mut crate::session::fake::Rig, host: &Host, shown: &Shown) -> Trust {
    let tls = shown.server();
    let mut guest = rig.during(host.direct(&tls)).await.expect("the certificate is taken");
    guest.bound = format!("me@{DOMAIN}/here");
    rig.during(guest.login(false)).await;
    rig.state("online", ConnState::is_online).await;
    let trust = rig.learned.iter().rev().find_map(|fact| match fact {
        LoginFact::Encrypted(tls) => tls.certificate.as_ref().map(|(_, trust)| trust.clone()),
        _ => None,
    });
    trust.expect("the certificate was told")
}

#[tokio::test(flavor = "multi_thread")]
async fn t11_a_pin_is_the_only_way_to_a_self_signed_server_and_its_change_stops() {
    let ca = Authority::new("Test CA");
    let host = Host::start().await;
    let own = self_signed(&leaf("home", &[DOMAIN]));
    let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), host.port, true), None);
    assert!(rig.during(host.direct(&own.server())).await.is_none(), "without a pin it is refused");
    let DownReason::Certificate(refusal) = rig.reason().await else { panic!() };
    assert_eq!(refusal.certificate.unwrap().key, own.fingerprint());
    assert!(refusal.pins.is_empty());
    // The user typed it.
    rig.ask(Ask::SetPins(vec![own.fingerprint()])).await;
    rig.ask(Ask::Connect).await;
    let trust = signs_in(&mut rig, &host, &own).await;
    assert!(matches!(&trust, Trust::Pinned(Some(why)) if why.raw().contains("self-signed")), "{trust:?}");
    // The link broke; the next server has another key, once from nowhere, once from an authority that is trusted.
    for other in [self_signed(&leaf("home", &[DOMAIN])), ca.sign(&leaf("home", &[DOMAIN]))] {
        rig.ask(Ask::Connect).await;
        assert!(rig.during(host.direct(&other.server())).await.is_none(), "a changed key is refused");
        let stop = rig.ended().await;
        let ConnState::Stopped(DownReason::Certificate(refusal)) = stop else { panic!("{stop:?}") };
        let why = refusal.why.raw();
        let short = |key: &Shown| key.fingerprint()["sha256:".len()..][..16].to_owned();
        assert!(why.contains(&short(&own)) && why.contains(&short(&other)), "old and new: {why}");
        assert_eq!(refusal.certificate.map(|c| c.key), Some(other.fingerprint()));
        assert_eq!(refusal.pins, [own.fingerprint()]);
    }
    // The pinned key is good whoever else vouches for it or not; a second pin does not harm.
    rig.ask(Ask::SetPins(vec![ca.as_server().fingerprint(), own.fingerprint()])).await;
    rig.ask(Ask::Connect).await;
    signs_in(&mut rig, &host, &own).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn t12_a_refused_certificate_is_tried_once() {
    let ca = Authority::new("Test CA");
    let mut expired = leaf(DOMAIN, &[DOMAIN]);
    (expired.not_before, expired.not_after) = (rcgen::date_time_ymd(2020, 1, 1), rcgen::date_time_ymd(2021, 1, 1));
    let expired = ca.sign(&expired).server();
    for is_direct in [true, false] {
        let host = Host::start().await;
        let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), host.port, is_direct), None);
        let guest =
            rig.during(async { if is_direct { host.direct(&expired).await } else { host.starttls(&expired).await.0 } });
        assert!(guest.await.is_none());
        let state = rig.ended().await;
        assert!(matches!(state, ConnState::Stopped(DownReason::Certificate(_))), "{state:?}");
        // Longer than the first pause of the backoff: a second attempt would have come by then.
        let second = tokio::time::timeout(Duration::from_millis(2500), rig.during(host.tcp())).await;
        assert!(second.is_err(), "a second attempt");
    }
}
