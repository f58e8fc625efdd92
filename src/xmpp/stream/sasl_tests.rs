//! The published examples of SCRAM, and servers that lie.

use super::*;

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|n| (*n).to_owned()).collect()
}

fn challenge(text: &str) -> Element {
    el("challenge", NS_SASL).with_text(&BASE64.encode(text))
}

fn success(text: &str) -> Element {
    el("success", NS_SASL).with_text(&BASE64.encode(text))
}

fn said(element: &Element) -> String {
    String::from_utf8(BASE64.decode(element.text()).unwrap()).unwrap()
}

fn scram(mechanism: Mechanism, nonce: &str) -> Exchange {
    Exchange::new(mechanism, "user", &Secret::new("pencil"), nonce.to_owned())
}

#[test]
fn the_strongest_is_chosen_and_plain_only_by_consent() {
    let all = names(&["PLAIN", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"]);
    assert_eq!(choose(&all, true), Ok(Mechanism::ScramSha256));
    assert_eq!(choose(&names(&["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-512"]), true), Ok(Mechanism::ScramSha512));
    assert_eq!(choose(&names(&["PLAIN"]), true), Ok(Mechanism::Plain));
    for (offer, allow) in [(vec!["PLAIN"], false), (vec!["DIGEST-MD5", "X-OAUTH2"], true), (vec![], true)] {
        assert!(matches!(choose(&names(&offer), allow), Err(DownReason::NoMechanism(_))));
    }
}

#[test]
fn rfc_5802_and_rfc_7677_examples() {
    let mut sha1 = scram(Mechanism::ScramSha1, "fyko+d2lbbFgONRv9qkxdawL");
    assert_eq!(said(&sha1.start()), "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
    let answer =
        sha1.on_challenge(&challenge("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"));
    assert_eq!(
        said(&answer.unwrap()),
        "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    );
    sha1.on_success(&success("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")).unwrap();

    let mut sha256 = scram(Mechanism::ScramSha256, "rOprNGfwEbeRWgbNEkqO");
    let server = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    let answer = said(&sha256.on_challenge(&challenge(server)).unwrap());
    assert!(answer.ends_with(",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), "{answer}");
    sha256.on_success(&success("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")).unwrap();
}

#[test]
fn names_are_escaped() {
    let exchange = Exchange::new(Mechanism::ScramSha1, "a=b,c", &Secret::new("x"), "N".to_owned());
    assert_eq!(said(&exchange.start()), "n,,n=a=3Db=2Cc,r=N");
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
        let result = scram(Mechanism::ScramSha256, "N").on_challenge(&challenge(lie));
        assert!(matches!(result, Err(DownReason::ServerProof(_))), "{lie}");
    }
    for lie in ["v=AAAA", "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=", "x", ""] {
        let mut exchange = scram(Mechanism::ScramSha256, "N");
        exchange.on_challenge(&challenge("r=Nx,s=QSXCR+Q6sek8bf92,i=4096")).unwrap();
        assert!(matches!(exchange.on_success(&success(lie)), Err(DownReason::ServerProof(_))), "{lie}");
    }
    let at_once = scram(Mechanism::ScramSha256, "N").on_success(&success("v=AAAA"));
    assert!(matches!(at_once, Err(DownReason::ServerProof(_))), "success without a challenge");
}

#[test]
fn a_signature_may_come_in_a_challenge() {
    let mut sha1 = scram(Mechanism::ScramSha1, "fyko+d2lbbFgONRv9qkxdawL");
    sha1.on_challenge(&challenge("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096")).unwrap();
    let empty = sha1.on_challenge(&challenge("v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")).unwrap();
    assert_eq!(empty.text(), "");
    sha1.on_success(&el("success", NS_SASL)).unwrap();
}

#[test]
fn failures_in_words() {
    let make = |condition: &str| {
        el("failure", NS_SASL).with_child(el(condition, NS_SASL)).with_child(el("text", NS_SASL).with_text("no way"))
    };
    let words = "wrong user name or password (the server says: no way)".into();
    assert_eq!(failure(&make("not-authorized")), DownReason::Password(words));
    assert!(!failure(&make("temporary-auth-failure")).is_final());
    assert!(failure(&make("account-disabled")).is_final());
    assert!(failure(&el("failure", NS_SASL)).is_final());
}
