//! The published examples of SCRAM, and servers that lie.

use super::*;

use crate::model::{Binding, DownReason, Proof, Secret, Strength};
use crate::xmpp::link::{Channel, TlsFacts};

fn offer(names: &[&str]) -> Offer {
    Offer { mechanisms: names.iter().map(|n| (*n).to_owned()).collect(), ..Offer::default() }
}

fn listing(names: &[&str], bindings: &[&str]) -> Offer {
    Offer { bindings: Some(bindings.iter().map(|n| (*n).to_owned()).collect()), ..offer(names) }
}

fn tls(version: &str, channel: Channel) -> TlsFacts {
    TlsFacts { version: version.to_owned(), channel, ..TlsFacts::default() }
}

/// TLS 1.3 with all that one can bind to.
fn able() -> TlsFacts {
    tls("TLS 1.3", Channel { exporter: Some(vec![1; 32]), end_point: Some(vec![2; 32]) })
}

fn plan(mechanism: Mechanism, gs2: Gs2, offer: Offer) -> Plan {
    Plan { mechanism, gs2, authzid: None, offer, unsigned: None, strength: Strength::default() }
}

fn scram(hash: Hash, nonce: &str) -> Exchange {
    let plan = plan(Mechanism::Scram(hash), Gs2::Unable, Offer::default());
    Exchange::new(&plan, "user", &Secret::new("pencil"), nonce.to_owned())
}

fn bytes(text: &str) -> &[u8] {
    text.as_bytes()
}

fn said(words: Vec<u8>) -> String {
    String::from_utf8(words).unwrap()
}

/// What is chosen, as `mechanism gs2-header`.
fn chosen(offer: &Offer, tls: &TlsFacts, strength: &Strength) -> Result<String, DownReason> {
    let terms = Terms { is_plain_allowed: true, ..Terms::new(tls, strength) };
    choose(offer, &terms).map(|plan| format!("{} {:?}", plan.mechanism.name(), plan.gs2))
}

#[test]
fn t01_the_strongest_is_chosen_and_plain_only_by_consent() {
    let unable = TlsFacts::default();
    let none = Strength::default();
    let chosen = |names: &[&str], is_plain_allowed| {
        let terms = Terms { is_plain_allowed, ..Terms::new(&unable, &none) };
        choose(&offer(names), &terms).map(|plan| plan.mechanism.name())
    };
    let all = ["PLAIN", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"];
    assert_eq!(chosen(&all, true), Ok("SCRAM-SHA-256"));
    assert_eq!(chosen(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-512"], true), Ok("SCRAM-SHA-512"));
    assert_eq!(chosen(&["PLAIN"], true), Ok("PLAIN"));
    assert_eq!(chosen(&["PLAIN"], false), Err(DownReason::OnlyPlain));
    for names in [&["DIGEST-MD5", "X-OAUTH2", "SCRAM-SHA-256-PLUS"][..], &[]] {
        assert!(matches!(chosen(names, true), Err(DownReason::NoMechanism(_))));
    }
}

#[test]
fn t06_binding_is_used_where_both_can() {
    let none = Strength::default();
    let is = |offer: Offer, tls: &TlsFacts, wanted: &str| {
        assert_eq!(chosen(&offer, tls, &none), Ok(wanted.to_owned()), "{offer:?} {tls:?}");
    };
    let both = ["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "PLAIN"];
    let only_end_point = tls("TLS 1.2", Channel { exporter: None, end_point: Some(vec![2; 32]) });
    is(offer(&both), &able(), "SCRAM-SHA-256-PLUS p=tls-exporter,,");
    is(listing(&both, &["tls-server-end-point", "tls-exporter"]), &able(), "SCRAM-SHA-256-PLUS p=tls-exporter,,");
    is(listing(&both, &["tls-unique", "tls-server-end-point"]), &able(), "SCRAM-SHA-256-PLUS p=tls-server-end-point,,");
    is(
        listing(&both, &["tls-exporter", "tls-server-end-point"]),
        &only_end_point,
        "SCRAM-SHA-256-PLUS p=tls-server-end-point,,",
    );
    // TLS 1.2 and no list: it may mean tls-unique, which is not known here.
    is(offer(&both), &only_end_point, "SCRAM-SHA-256 n,,");
    is(offer(&both), &TlsFacts::default(), "SCRAM-SHA-256 n,,");
    // We could, it does not: it shall know that we think so.
    is(offer(&["SCRAM-SHA-1", "SCRAM-SHA-256"]), &able(), "SCRAM-SHA-256 y,,");
    is(listing(&["SCRAM-SHA-1"], &["tls-exporter"]), &able(), "SCRAM-SHA-1 y,,");
    is(offer(&["SCRAM-SHA-1"]), &TlsFacts::default(), "SCRAM-SHA-1 n,,");
    // Bound by a weaker hash is better than unbound by a stronger one.
    is(offer(&["SCRAM-SHA-512", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"]), &able(), "SCRAM-SHA-1-PLUS p=tls-exporter,,");
}

#[test]
fn t06_a_list_that_was_tampered_with_is_not_believed() {
    let able = able();
    let none = Strength::default();
    let terms = Terms { is_plain_allowed: true, ..Terms::new(&able, &none) };
    let both = ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
    let foreign = choose(&listing(&both, &["tls-nonsense"]), &terms).unwrap();
    assert_eq!((foreign.mechanism, &foreign.gs2), (Mechanism::Scram(Hash::Sha256), &Gs2::Unable));
    let mut login = Exchange::new(&foreign, "user", &Secret::new("pencil"), "N".to_owned());
    let refused = login.respond(bytes("r=Nx,s=QSXCR+Q6sek8bf92,i=4096"));
    assert!(matches!(refused, Err(DownReason::ServerProof(_))), "{refused:?}");
    // What XEP-0388 demands of the list.
    let due = |offer| choose(&Offer { is_list_due: true, ..offer }, &terms);
    assert!(matches!(due(offer(&both)), Err(DownReason::ServerProof(_))));
    assert!(matches!(due(listing(&["SCRAM-SHA-256"], &["tls-exporter"])), Err(DownReason::ServerProof(_))));
    assert!(due(listing(&both, &["tls-exporter"])).is_ok() && due(offer(&["SCRAM-SHA-256"])).is_ok());
}

#[test]
fn t06_without_binding_only_on_the_first_login_and_only_without_a_list() {
    let able = able();
    let names = ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "PLAIN"];
    let none = Strength::default();
    let bound = Strength { binding: Some(Binding::Exporter), ..Strength::default() };
    let fallen = |offer: Offer, strength: &Strength| {
        let terms = Terms { is_plain_allowed: true, ..Terms::new(&able, strength) };
        choose(&offer, &terms).unwrap().unbound(&terms)
    };
    let plan = fallen(offer(&names), &none).unwrap();
    assert_eq!((plan.mechanism, &plan.gs2), (Mechanism::Scram(Hash::Sha256), &Gs2::Unable));
    assert!(plan.strength.is_plus_refused && plan.told("me").contains("not bound: the server offers to bind"));
    assert_eq!(fallen(offer(&names), &bound), None);
    assert_eq!(fallen(listing(&names, &["tls-exporter"]), &none), None);
    assert_eq!(fallen(offer(&["SCRAM-SHA-256-PLUS", "PLAIN"]), &none), None, "never to PLAIN");
    // Remembered, until the server says what it can bind to.
    let known = none.with(&plan.strength);
    assert_eq!(chosen(&offer(&names), &able, &known), Ok("SCRAM-SHA-256 n,,".to_owned()));
    let listed = listing(&names, &["tls-exporter"]);
    assert_eq!(chosen(&listed, &able, &known), Ok("SCRAM-SHA-256-PLUS p=tls-exporter,,".to_owned()));
}

#[test]
fn t05_a_server_that_is_weaker_than_before_is_refused() {
    let able = able();
    let known = Strength {
        proof: Some(Proof::ScramSha256),
        binding: Some(Binding::Exporter),
        is_tls13: true,
        ..Strength::default()
    };
    let full = listing(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN"], &["tls-exporter"]);
    assert!(chosen(&full, &able, &known).is_ok());
    let old = tls("TLS 1.2", able.channel.clone());
    for (what, offer, tls) in [
        ("no -PLUS", offer(&["SCRAM-SHA-256"]), able.clone()),
        ("no exporter", listing(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"], &["tls-server-end-point"]), able.clone()),
        ("SHA-1", listing(&["SCRAM-SHA-1-PLUS"], &["tls-exporter"]), able.clone()),
        ("only PLAIN", offer(&["PLAIN"]), able.clone()),
        ("TLS 1.2", full.clone(), old),
    ] {
        let Err(DownReason::Weaker(weaker)) = chosen(&offer, &tls, &known) else { panic!("{what} was taken") };
        // After a typed yes it is taken; and then it is what is known.
        assert!(chosen(&offer, &tls, &weaker.accepted).is_ok(), "{what}: {weaker:?}");
    }
    // PLAIN once SCRAM was taken is weaker also where it is allowed; without consent, that is asked next.
    let only = Terms::new(&able, &known);
    assert!(matches!(choose(&offer(&["PLAIN"]), &only), Err(DownReason::Weaker(_))));
}

#[test]
fn t05_a_server_that_signs_its_list_may_change_it() {
    let able = able();
    let known = Strength { proof: Some(Proof::ScramSha256), is_list_signed: true, ..Strength::default() };
    let offer = offer(&["SCRAM-SHA-1"]);
    let terms = Terms { is_plain_allowed: true, ..Terms::new(&able, &known) };
    let plan = choose(&offer, &terms).unwrap();
    let answer = |challenge: String| {
        Exchange::new(&plan, "user", &Secret::new("pencil"), "N".to_owned()).respond(challenge.as_bytes())
    };
    let hash = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, b"SCRAM-SHA-1");
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash);
    assert!(answer(format!("r=Nx,s=QSXCR+Q6sek8bf92,i=4096,h={hash}")).is_ok());
    assert!(matches!(answer("r=Nx,s=QSXCR+Q6sek8bf92,i=4096".to_owned()), Err(DownReason::Weaker(_))));
}

/// Somebody in between with a valid certificate passes a signed list on as it is: what our end of TLS lost is his doing.
#[test]
fn t05_t06_no_signed_list_explains_what_our_end_of_tls_lost() {
    let known = Strength {
        proof: Some(Proof::ScramSha256),
        binding: Some(Binding::Exporter),
        is_tls13: true,
        is_list_signed: true,
        ..Strength::default()
    };
    let older = tls("TLS 1.2", Channel { exporter: None, end_point: Some(vec![2; 32]) });
    let unbound = tls("TLS 1.3", Channel::default());
    let names = ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
    for tls in [&older, &unbound] {
        for list in [&["tls-exporter"][..], &["tls-exporter", "tls-server-end-point"]] {
            let offer = listing(&names, list);
            assert!(matches!(chosen(&offer, tls, &known), Err(DownReason::Weaker(_))), "{} {list:?}", tls.version);
        }
        assert!(matches!(chosen(&offer(&names), tls, &known), Err(DownReason::Weaker(_))), "{}", tls.version);
    }
    let shown = TlsFacts { own_addresses: Some(Vec::new()), ..older.clone() };
    let certificate = Strength { proof: Some(Proof::Certificate), ..known.clone() };
    assert!(matches!(chosen(&offer(&["EXTERNAL"]), &shown, &certificate), Err(DownReason::Weaker(_))));
    // What the server itself took from its list, it may show by its signature.
    for offer in [listing(&names, &["tls-server-end-point"]), offer(&["SCRAM-SHA-256"]), offer(&["SCRAM-SHA-1"])] {
        assert!(chosen(&offer, &able(), &known).is_ok(), "{offer:?}");
    }
}

#[test]
fn certificates_and_guests_need_no_password() {
    let none = Strength::default();
    let shown = TlsFacts { own_addresses: Some(vec!["me@a.test".to_owned()]), ..able() };
    let terms = Terms { has_password: false, address: "me@a.test", ..Terms::new(&shown, &none) };
    let both = offer(&["SCRAM-SHA-512-PLUS", "EXTERNAL", "ANONYMOUS", "PLAIN"]);
    let plan = choose(&both, &terms).unwrap();
    let first = |plan: &Plan| said(Exchange::new(plan, "x", &Secret::new(""), "N".to_owned()).initial());
    assert_eq!((plan.mechanism, first(&plan).as_str()), (Mechanism::External, ""));
    // A certificate that does not say as whom.
    let unnamed = TlsFacts { own_addresses: Some(Vec::new()), ..able() };
    let plan = choose(&both, &Terms { tls: &unnamed, ..terms }).unwrap();
    assert_eq!((plan.mechanism, first(&plan).as_str()), (Mechanism::External, "me@a.test"));
    // Once it was taken, a password is less, unless the user took the certificate away.
    let known = Strength { binding: Some(Binding::Exporter), ..none.with(&plan.strength) };
    assert_eq!(known.proof, Some(Proof::Certificate));
    assert!(choose(&both, &Terms { strength: &known, ..terms }).is_ok(), "no binding is lost by it");
    let scram = offer(&["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "PLAIN"]);
    let password = Terms { has_password: true, strength: &known, ..terms };
    assert!(matches!(choose(&scram, &password), Err(DownReason::Weaker(_))));
    let able = able();
    assert!(choose(&scram, &Terms { tls: &able, ..password }).is_ok());
    assert!(matches!(choose(&offer(&["PLAIN"]), &Terms { tls: &able, ..password }), Err(DownReason::Weaker(_))));
    assert!(matches!(choose(&scram, &terms), Err(DownReason::Password(_))), "it is asked for");
    let guest = Terms { is_guest: true, ..terms };
    let plan = choose(&both, &guest).unwrap();
    assert_eq!((plan.mechanism, first(&plan).as_str()), (Mechanism::Anonymous, ""));
    assert!(matches!(choose(&scram, &guest), Err(DownReason::NoMechanism(_))));
}

/// The examples of XEP-0474, versions 0.5 and 0.3: list, attribute, and the second with the client's proof.
#[test]
fn t05_xep_0474_examples() {
    let listed = listing(&["SCRAM-SHA-1-PLUS", "SCRAM-SHA-1"], &["tls-server-end-point", "tls-exporter"]);
    let plan = plan(
        Mechanism::ScramPlus(Hash::Sha1),
        Gs2::Bound { kind: Binding::Exporter, data: b"THIS IS FAKE CB DATA".to_vec() },
        listed.clone(),
    );
    let nonce = "12C4CD5C-E38E-4A98-8F6D-15C38F51CCC6";
    let login = |plan: &Plan| Exchange::new(plan, "user", &Secret::new("pencil"), nonce.to_owned());
    let server = format!("r={nonce}a09117a6-ac50-4f2f-93f1-93799c2bddf6,s=QSXCR+Q6sek8bf92,i=4096");
    let mut older = login(&plan);
    assert_eq!(said(older.initial()), format!("p=tls-exporter,,n=user,r={nonce}"));
    let old = format!("{server},d=dRc3RenuSY9ypgPpERowoaySQZY=");
    let last = said(older.respond(bytes(&old)).unwrap());
    assert!(last.starts_with("c=cD10bHMtZXhwb3J0ZXIsLFRISVMgSVMgRkFLRSBDQiBEQVRB,"), "{last}");
    assert!(last.ends_with(",p=YrZgr+FXrBmtcPY6weDLAFcSb9k="), "{last}");
    older.finish(bytes("v=bWt5Od0DkLlIvhb4BDO8kzkx0LM=")).unwrap();
    assert!(older.is_list_signed());
    let new = format!("{server},h=G6k/rBLDqgOhRRaCuuatSDFkJ08=");
    assert!(login(&plan).respond(bytes(&new)).is_ok());
    // What was taken away or put in on the way shows, in whichever version the server speaks.
    for changed in [
        Offer { mechanisms: vec!["SCRAM-SHA-1".to_owned()], ..listed.clone() },
        Offer { mechanisms: [&listed.mechanisms[..], &["PLAIN".to_owned()]].concat(), ..listed.clone() },
        Offer { bindings: None, ..listed.clone() },
        Offer { bindings: Some(vec!["tls-exporter".to_owned()]), ..listed.clone() },
        Offer { bindings: Some(vec!["x".to_owned(), "tls-server-end-point".to_owned()]), ..listed },
    ] {
        let plan = Plan { offer: changed, ..plan.clone() };
        for challenge in [&old, &new] {
            let refused = login(&plan).respond(bytes(challenge));
            assert!(matches!(refused, Err(DownReason::ServerProof(_))), "{:?}", plan.offer);
        }
    }
    for bad in ["h=", "h=?", "h=AAAA", "d=AAAA", "h=G6k/rBLDqgOhRRaCuuatSDFkJ08=,d=AAAA"] {
        assert!(login(&plan).respond(bytes(&format!("{server},{bad}"))).is_err(), "{bad}");
    }
}

#[test]
fn rfc_5802_and_rfc_7677_examples() {
    let mut sha1 = scram(Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL");
    assert_eq!(said(sha1.initial()), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
    let answer = sha1.respond(bytes("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"));
    assert_eq!(
        said(answer.unwrap()),
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    );
    sha1.finish(bytes("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")).unwrap();

    let mut sha256 = scram(Hash::Sha256, "rOprNGfwEbeRWgbNEkqO");
    let server = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    let answer = said(sha256.respond(bytes(server)).unwrap());
    assert!(answer.ends_with(",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), "{answer}");
    sha256.finish(bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")).unwrap();
}

#[test]
fn names_are_escaped() {
    let exchange = Exchange::new(
        &plan(Mechanism::Scram(Hash::Sha1), Gs2::Unable, Offer::default()),
        "a=b,c",
        &Secret::new("x"),
        "N".to_owned(),
    );
    assert_eq!(said(exchange.initial()), "n,,n=a=3Db=2Cc,r=N");
}

#[test]
fn a_server_that_fails_a_check_is_refused() {
    for lie in [
        "r=other,s=QSXCR+Q6sek8bf92,i=4096",
        "r=N,s=QSXCR+Q6sek8bf92,i=4096",
        "r=Nx,s=QSXCR+Q6sek8bf92,i=1",
        "r=Nx,s=QSXCR+Q6sek8bf92,i=4095",
        "r=Nx,s=QSXCR+Q6sek8bf92,i=2000000000",
        "r=Nx,s=QSXCR+Q6sek8bf92,i=-1",
        "r=Nx,s=,i=4096",
        "r=Nx,i=4096",
        "s=QSXCR+Q6sek8bf92,i=4096",
        "m=x,r=Nx,s=QSXCR+Q6sek8bf92,i=4096",
        "",
    ] {
        let result = scram(Hash::Sha256, "N").respond(bytes(lie));
        assert!(matches!(result, Err(DownReason::ServerProof(_))), "{lie}");
    }
    for lie in ["v=AAAA", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=", "x", ""] {
        let mut exchange = scram(Hash::Sha256, "N");
        exchange.respond(bytes("r=Nx,s=QSXCR+Q6sek8bf92,i=4096")).unwrap();
        assert!(matches!(exchange.finish(bytes(lie)), Err(DownReason::ServerProof(_))), "{lie}");
    }
    let at_once = scram(Hash::Sha256, "N").finish(bytes("v=AAAA"));
    assert!(matches!(at_once, Err(DownReason::ServerProof(_))), "success without a challenge");
}

#[test]
fn a_signature_may_come_in_a_challenge() {
    let mut sha1 = scram(Hash::Sha1, "fyko+d2lbbFgONRv9qkxdawL");
    sha1.respond(bytes("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096")).unwrap();
    let empty = sha1.respond(bytes("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")).unwrap();
    assert!(empty.is_empty());
    sha1.finish(b"").unwrap();
    assert!(sha1.respond(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=").is_err(), "one signature is enough");
}
