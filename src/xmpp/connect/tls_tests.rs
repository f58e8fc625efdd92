//! Handshakes over a pipe, with certificates made on the spot.

use super::*;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io::Write;
use tokio_rustls::TlsAcceptor;

/// A server certificate for these names and the PEM of what signs it (itself).
fn server(names: &[&str]) -> (Arc<rustls::ServerConfig>, tempfile::NamedTempFile) {
    let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    config.alpn_protocols = vec![b"xmpp-client".to_vec()];
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(made.cert.pem().as_bytes()).unwrap();
    (Arc::new(config), file)
}

async fn try_it(
    server_names: &[&str],
    domain: &str,
    is_trusted: bool,
) -> Result<(TlsFacts, Option<Vec<u8>>), DownReason> {
    let (config, ca) = server(server_names);
    let (ours, theirs) = tokio::io::duplex(1 << 14);
    let accept = tokio::spawn(async move {
        let stream = TlsAcceptor::from(config).accept(theirs).await.ok()?;
        stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec)
    });
    let connector = Connector::new(domain, is_trusted.then(|| ca.path().to_owned()), Vec::new()).await?;
    let secured = connector.direct(Box::new(ours)).await?;
    Ok((secured.tls, accept.await.unwrap()))
}

#[tokio::test]
async fn the_right_name_is_accepted_and_alpn_is_sent() {
    let (facts, alpn) = try_it(&["right.test"], "right.test", true).await.unwrap();
    assert_eq!(facts.version, "TLS 1.3");
    assert_eq!(alpn.as_deref(), Some(&b"xmpp-client"[..]));
}

#[tokio::test]
async fn idn_domains_are_compared_as_a_labels() {
    assert!(try_it(&["xn--mller-kva.test"], "müller.test", true).await.is_ok());
}

#[tokio::test]
async fn a_wrong_name_is_refused_with_both_names() {
    match try_it(&["wrong.test", "other.test"], "right.test", true).await {
        Err(DownReason::Certificate(words)) => {
            assert_eq!(words.why.raw(), "it is for wrong.test, other.test, but it should be for right.test");
        }
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[tokio::test]
async fn an_unknown_signer_is_refused() {
    match try_it(&["right.test"], "right.test", false).await {
        Err(DownReason::Certificate(words)) => assert!(words.why.raw().contains("self-signed"), "{words:?}"),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[tokio::test]
async fn a_ca_file_that_is_not_there_is_told() {
    let result = Connector::new("a.test", Some("/nonexistent/ca.pem".into()), Vec::new()).await;
    assert!(matches!(result, Err(DownReason::CaFile(words)) if words.raw().contains("/nonexistent/ca.pem")));
}
