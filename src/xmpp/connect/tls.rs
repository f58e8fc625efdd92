//! TLS: rustls with the ring provider, the system's roots and the account's own CA file.
//!
//! The certificate is checked for the JID's domain, never for the host that DNS named (RFC 6120 §13.7.2); `verify`
//! has the rules. TLS 1.2 is the floor, 1.3 is preferred.

use super::resolve::ascii_domain;
use super::verify::{Rules, Seen, Verifier};
use super::{channel, own};
use crate::model::{DownReason, Standard, Trust, Untrusted};
use crate::xmpp::link::{Duplex, Secured, TlsFacts, Upgrade};
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// The row of the reference.
pub const STANDARD: Standard =
    Standard::complete("RFC 7590", "Use of Transport Layer Security (TLS) in the XMPP", "2015-06");

/// Makes TLS connections for one account.
#[derive(Debug, Clone)]
pub struct Connector {
    config: Arc<ClientConfig>,
    rules: Arc<Rules>,
    domain: String,
    name: ServerName<'static>,
    /// The addresses in the certificate that is shown to servers.
    own_addresses: Option<Vec<String>>,
}

impl Connector {
    /// Reads the roots. This touches the disk, on a thread of its own.
    ///
    /// # Errors
    /// When the CA file cannot be read or the domain cannot be a server's name.
    pub async fn new(domain: &str, ca_file: Option<PathBuf>, pins: Vec<String>) -> Result<Self, DownReason> {
        let no_tls = |words: String| DownReason::NoTls(words.into());
        let ascii = ascii_domain(domain);
        let name = ServerName::try_from(ascii.clone())
            .map_err(|_| no_tls(format!("{domain} cannot be the name of a server")))?;
        let read = tokio::task::spawn_blocking(move || roots(ca_file.as_deref())).await;
        let roots = read.map_err(|e| no_tls(e.to_string()))?.map_err(|words| DownReason::CaFile(words.into()))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let rules = Arc::new(Rules { domain: ascii, roots, pins, provider: provider.clone() });
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| no_tls(e.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier::new(rules.clone()).0))
            .with_no_client_auth();
        // A resumed TLS session shows no certificate, and early data can be played again by others: neither is used.
        config.resumption = Resumption::disabled();
        config.enable_early_data = false;
        Ok(Self { config: Arc::new(config), rules, domain: domain.to_owned(), name, own_addresses: None })
    }

    /// The same, with a certificate to show to a server that asks for one.
    ///
    /// # Errors
    /// When its files cannot be used.
    pub async fn showing(self, certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Self, DownReason> {
        let Some(certificate) = certificate else { return Ok(self) };
        let no_tls = |words: String| DownReason::NoTls(words.into());
        let provider = self.rules.provider.clone();
        let work = tokio::task::spawn_blocking(move || own::read(&certificate, key.as_deref(), &provider)).await;
        let (shown, addresses) = work.map_err(|e| no_tls(e.to_string()))?.map_err(no_tls)?;
        let mut config = (*self.config).clone();
        config.client_auth_cert_resolver = Arc::new(shown);
        Ok(Self { config: Arc::new(config), own_addresses: Some(addresses), ..self })
    }

    /// TLS from the first byte (XEP-0368), which asks for `xmpp-client` by ALPN.
    ///
    /// # Errors
    /// [`DownReason::Certificate`], or why the handshake failed.
    pub async fn direct(&self, io: Box<dyn Duplex>) -> Result<Secured, DownReason> {
        self.handshake(vec![b"xmpp-client".to_vec()], io).await
    }

    /// TLS after `<proceed/>`.
    #[must_use]
    pub fn upgrade(&self) -> Upgrade {
        let connector = self.clone();
        Box::new(move |io| Box::pin(async move { connector.handshake(Vec::new(), io).await }))
    }

    async fn handshake(&self, alpn: Vec<Vec<u8>>, io: Box<dyn Duplex>) -> Result<Secured, DownReason> {
        let (verifier, seen) = Verifier::new(self.rules.clone());
        let mut config = (*self.config).clone();
        config.alpn_protocols = alpn;
        config.dangerous().set_certificate_verifier(Arc::new(verifier));
        let connected = TlsConnector::from(Arc::new(config)).connect(self.name.clone(), io).await;
        let seen = seen.get().cloned();
        match connected {
            Ok(stream) => {
                let own_addresses = self.own_addresses.clone();
                let tls = TlsFacts { own_addresses, ..facts(stream.get_ref().1, seen) };
                Ok(Secured { io: Box::new(stream), tls })
            }
            Err(error) => {
                let refusal = seen.and_then(|seen| seen.refusal(&self.rules.pins));
                Err(refusal.map_or_else(|| reason(&error, &self.domain), |r| DownReason::Certificate(Box::new(r))))
            }
        }
    }
}

/// TLS with a web server: the usual rules for a certificate, for this host's name alone (RFC 9110 §4.3.4). The
/// account's further authorities count, pinned keys and the names that only XMPP servers have do not. An error is in
/// words.
pub async fn https(host: &str, ca_file: Option<PathBuf>, io: Box<dyn Duplex>) -> Result<Box<dyn Duplex>, String> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| format!("{host} cannot be the name of a server"))?;
    let read = tokio::task::spawn_blocking(move || roots(ca_file.as_deref())).await;
    let roots = read.map_err(|e| e.to_string())??;
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::disabled();
    let connected = TlsConnector::from(Arc::new(config)).connect(name, io).await;
    connected.map(|stream| Box::new(stream) as Box<dyn Duplex>).map_err(|e| format!("TLS: {e}"))
}

fn facts(connection: &rustls::ClientConnection, seen: Option<Seen>) -> TlsFacts {
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
        other => other.map_or_else(|| "TLS".to_owned(), |v| format!("{v:?}")),
    };
    let cipher = connection.negotiated_cipher_suite().and_then(|s| s.suite().as_str().map(str::to_owned));
    let cipher = cipher.unwrap_or_default();
    let certificate = seen.and_then(|seen| Some((seen.certificate?, seen.verdict.ok()?)));
    let trust = match &certificate {
        Some((_, Trust::Pinned(_))) => "the server has the pinned key",
        Some((_, Trust::Authority)) | None => "certificate is valid",
    };
    let words = format!("{version}, {trust} ({cipher})");
    TlsFacts { version, words, cipher, certificate, channel: channel::of(connection), own_addresses: None }
}

/// Why a handshake failed, where it was not the certificate.
fn reason(error: &std::io::Error, domain: &str) -> DownReason {
    use rustls::{AlertDescription as Alert, Error, PeerIncompatible};
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        Some(Error::AlertReceived(Alert::UnrecognisedName)) => {
            DownReason::Certificate(Untrusted::from(format!("the server has none for {domain}")).into())
        }
        Some(
            Error::AlertReceived(Alert::ProtocolVersion)
            | Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ),
        ) => DownReason::NoTls(
            "the server speaks only TLS older than 1.2, which others can break; its operator must update it".into(),
        ),
        Some(Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity)) => DownReason::NoTls(
            "the server refused the handshake: it has no cipher that is still safe, or it wants something else of us"
                .into(),
        ),
        // The certificate itself was taken: what failed is the proof that the server holds its key.
        Some(Error::InvalidCertificate(_)) => DownReason::Certificate(
            Untrusted::from(
                "the server did not prove that it holds the certificate's key; a key that is too short (RSA below 2048 \
                 bits) proves nothing",
            )
            .into(),
        ),
        Some(Error::InvalidMessage(_)) => {
            DownReason::Unreachable("what answers there does not speak TLS (another service, or a wrong port?)".into())
        }
        Some(other) => DownReason::Unreachable(format!("TLS: {other}").into()),
        None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            DownReason::Unreachable("it hung up in the middle of the TLS handshake".into())
        }
        None => DownReason::Unreachable(format!("TLS: {error}").into()),
    }
}

/// The machine's authorities and those of the file. An error is about the file, in words.
fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!("system certificates: {error}");
    }
    store.add_parsable_certificates(native.certs);
    if let Some(path) = ca_file {
        let shown = path.display();
        let certs =
            CertificateDer::pem_file_iter(path).map_err(|e| format!("the CA file {shown} cannot be used: {e}"))?;
        let mut count = 0;
        for cert in certs {
            let cert = cert.map_err(|e| format!("the CA file {shown} cannot be used: {e}"))?;
            store.add(cert).map_err(|e| format!("the CA file {shown} cannot be used: {e}"))?;
            count += 1;
        }
        if count == 0 {
            return Err(format!("the CA file {shown} holds no certificate"));
        }
    }
    if store.is_empty() {
        tracing::warn!("this machine has no certificate authorities: every certificate will be refused");
    }
    Ok(store)
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;
