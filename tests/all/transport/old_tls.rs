//! T-13: the floor is TLS 1.2, against a real OpenSSL that speaks only what it is told to.

use super::certs::{Authority, leaf};
use super::host::{Host, at, engine, settings};
use crate::pty::harness::lacks;
use parlour::contract::Event;
use parlour::contract::event::session::Event as SessionEvent;
use parlour::model::{DownReason, LoginFact};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const DOMAIN: &str = "old.test";

/// `openssl s_server` with an RSA certificate (the oldest ciphers need one). It ends with the test.
struct OpenSsl {
    child: Child,
    port: u16,
}

impl OpenSsl {
    fn start(folder: &Path, args: &[&str]) -> Self {
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-cert", "cert.pem", "-key", "cert.key"])
            .args(args)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is installed (tests/run lists it)");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("openssl listens").unwrap();
            if let Some(place) = line.strip_prefix("ACCEPT ") {
                break place.rsplit_once(':').unwrap().1.parse().unwrap();
            }
        };
        Self { child, port }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Makes an RSA certificate `name.pem` with this key.
fn make(folder: &Path, name: &str, key: &str, more: &[&str]) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", key, "-nodes", "-days", "9", "-subj", "/CN=old.test"])
        .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")])
        .args(more)
        .current_dir(folder)
        .output()
        .expect("openssl is installed (tests/run lists it)");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// A server's certificate with this key, `cert.pem`, and `ca.pem`, which vouches for it.
fn certificate(folder: &Path, key: &str) {
    make(folder, "ca", "rsa:2048", &[]);
    let leaf = ["-addext", "subjectAltName=DNS:old.test", "-addext", "basicConstraints=critical,CA:FALSE"];
    make(folder, "cert", key, &[&["-CA", "ca.pem", "-CAkey", "ca.key"], &leaf[..]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn t13_tls_below_1_2_and_broken_ciphers_are_refused() {
    if lacks(&["openssl"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path(), "rsa:2048");
    let weak = ["-cipher", "ALL:@SECLEVEL=0"];
    let cases: [(&str, &[&str], &str); 5] = [
        ("TLS 1.0", &["-tls1"], "older than 1.2"),
        ("TLS 1.1", &["-tls1_1"], "older than 1.2"),
        ("CBC alone", &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"], "no cipher that is still safe"),
        (
            "no forward secrecy",
            &["-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"],
            "no cipher that is still safe",
        ),
        ("no encryption", &["-tls1_2", "-cipher", "NULL-SHA256:@SECLEVEL=0"], "no cipher that is still safe"),
    ];
    for (what, args, words) in cases {
        let args: Vec<&str> = if args.contains(&"-cipher") { args.to_vec() } else { [args, &weak].concat() };
        let server = OpenSsl::start(folder.path(), &args);
        let account = at(&settings(DOMAIN, &folder.path().join("ca.pem")), server.port, true);
        match engine(account, None).reason().await {
            DownReason::NoTls(why) => assert!(why.raw().contains(words), "{what}: {why:?}"),
            other => panic!("{what}: {other:?}"),
        }
    }
}

/// A key that anybody with money can break proves nothing, and trying again does not mend it.
#[tokio::test(flavor = "multi_thread")]
async fn t13_a_key_that_is_too_short_ends_the_login() {
    if lacks(&["openssl"]) {
        return;
    }
    for (key, version) in [("rsa:1024", "-tls1_2"), ("rsa:1024", "-tls1_3"), ("rsa:1536", "-tls1_3")] {
        let folder = tempfile::tempdir().unwrap();
        certificate(folder.path(), key);
        let server = OpenSsl::start(folder.path(), &[version, "-cipher", "ALL:@SECLEVEL=0"]);
        let account = at(&settings(DOMAIN, &folder.path().join("ca.pem")), server.port, true);
        let reason = engine(account, None).reason().await;
        assert!(reason.is_final(), "{key} {version}: {reason:?}");
        assert!(reason.words().raw().contains("key"), "{key} {version}: {:?}", reason.words());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn t13_tls_1_2_is_taken_1_3_is_preferred_and_both_are_told() {
    if lacks(&["openssl"]) {
        return;
    }
    let ca = Authority::new("Test CA");
    let shown = ca.sign(&leaf(DOMAIN, &[DOMAIN]));
    let mut only_1_2 = (*shown.server()).clone();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(shown.key_der().into());
    only_1_2.alpn_protocols.clear();
    let old = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(shown.chain.clone(), key)
        .unwrap();
    for (tls, version) in [(std::sync::Arc::new(old), "TLS 1.2"), (std::sync::Arc::new(only_1_2), "TLS 1.3")] {
        let host = Host::start().await;
        let mut rig = engine(at(&settings(DOMAIN, ca.pem.path()), host.port, true), None);
        let mut guest = rig.during(host.direct(&tls)).await.expect("taken");
        // It may have been told while the handshake still ran on this side.
        let told = |fact: &LoginFact| match fact {
            LoginFact::Encrypted(info) => Some(info.clone()),
            _ => None,
        };
        let info = match rig.learned.iter().find_map(told) {
            Some(info) => info,
            None => {
                rig.wait("what TLS gave", |event| match event {
                    Event::Session(SessionEvent::Learned(fact)) => told(fact),
                    _ => None,
                })
                .await
            }
        };
        assert_eq!(info.version, version);
        assert!(info.cipher.contains("GCM") || info.cipher.contains("POLY1305"), "{}", info.cipher);
        assert_eq!(
            guest.io.get_ref().1.handshake_kind(),
            Some(rustls::HandshakeKind::Full),
            "no early data, no ticket"
        );
        rig.during(guest.expect("<stream:stream")).await;
    }
}
