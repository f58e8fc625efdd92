//! TLS: rustls with the ring provider, the system's roots and the account's own CA file.
//!
//! The certificate is checked for the JID's domain, never for the host that DNS named (RFC 6120 §13.7.2). A
//! refusal is told with both names: for whom the certificate is, and for whom it should be.

use super::resolve::ascii_domain;
use super::{Duplex, Secured, TlsFacts, Upgrade};
use crate::model::DownReason;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// Makes TLS connections for one account.
#[derive(Debug, Clone)]
pub struct Connector {
    config: Arc<ClientConfig>,
    domain: String,
    name: ServerName<'static>,
}

impl Connector {
    /// Reads the roots. This touches the disk, on a thread of its own.
    ///
    /// # Errors
    /// When the CA file cannot be read or the domain cannot be a server's name.
    pub async fn new(domain: &str, ca_file: Option<PathBuf>) -> Result<Self, DownReason> {
        let no_tls = |words: String| DownReason::NoTls(words.into());
        let name = ServerName::try_from(ascii_domain(domain))
            .map_err(|_| no_tls(format!("{domain} cannot be the name of a server")))?;
        let read = tokio::task::spawn_blocking(move || roots(ca_file.as_deref())).await;
        let roots = read.map_err(|e| no_tls(e.to_string()))?.map_err(no_tls)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| no_tls(e.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { config: Arc::new(config), domain: domain.to_owned(), name })
    }

    /// TLS from the first byte (XEP-0368), which asks for `xmpp-client` by ALPN.
    ///
    /// # Errors
    /// [`DownReason::Certificate`], or why the handshake failed.
    pub async fn direct(&self, io: Box<dyn Duplex>) -> Result<Secured, DownReason> {
        let mut config = (*self.config).clone();
        config.alpn_protocols = vec![b"xmpp-client".to_vec()];
        handshake(Arc::new(config), self.name.clone(), &self.domain, io).await
    }

    /// TLS after `<proceed/>`.
    #[must_use]
    pub fn upgrade(&self) -> Upgrade {
        let Self { config, domain, name } = self.clone();
        Box::new(move |io| Box::pin(async move { handshake(config, name, &domain, io).await }))
    }
}

async fn handshake(
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    domain: &str,
    io: Box<dyn Duplex>,
) -> Result<Secured, DownReason> {
    match TlsConnector::from(config).connect(name, io).await {
        Ok(stream) => {
            let tls = facts(stream.get_ref().1);
            Ok(Secured { io: Box::new(stream), tls })
        }
        Err(error) => Err(reason(&error, domain)),
    }
}

fn facts(connection: &rustls::ClientConnection) -> TlsFacts {
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
        other => other.map_or_else(|| "TLS".to_owned(), |v| format!("{v:?}")),
    };
    let cipher = connection.negotiated_cipher_suite().and_then(|s| s.suite().as_str().map(str::to_owned));
    let words = cipher.map_or_else(|| version.clone(), |cipher| format!("{version}, certificate is valid ({cipher})"));
    TlsFacts { version, words }
}

fn reason(error: &std::io::Error, domain: &str) -> DownReason {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(why)) => DownReason::Certificate(certificate(why, domain).into()),
        Some(rustls::Error::AlertReceived(rustls::AlertDescription::UnrecognisedName)) => {
            DownReason::Certificate(format!("the server has none for {domain}").into())
        }
        Some(other) => DownReason::Unreachable(format!("TLS: {other}").into()),
        None => DownReason::Unreachable(format!("TLS: {error}").into()),
    }
}

/// Why a certificate was refused, in words.
fn certificate(why: &CertificateError, domain: &str) -> String {
    use CertificateError as E;
    if let E::NotValidForNameContext { presented, .. } = why {
        return format!("it is for {}, but it should be for {domain}", names(presented));
    }
    if matches!(why, E::Expired | E::ExpiredContext { .. }) {
        return format!("the one for {domain} has expired");
    }
    if matches!(why, E::NotValidYet | E::NotValidYetContext { .. }) {
        return format!("the one for {domain} is not valid yet; is the clock of this machine right?");
    }
    if matches!(why, E::UnknownIssuer) {
        return format!("the one for {domain} is signed by nobody whom this machine trusts");
    }
    format!("the one for {domain} is not valid ({why})")
}

/// The names of a certificate, as rustls tells them, at most five.
fn names(presented: &[String]) -> String {
    let plain = presented.iter().map(|name| {
        let inner = name.split_once('(').map_or(name.as_str(), |(_, rest)| rest.trim_end_matches(')'));
        inner.trim_matches('"').to_owned()
    });
    let mut list: Vec<String> = plain.take(5).collect();
    if presented.len() > list.len() {
        list.push(format!("{} more", presented.len() - list.len()));
    }
    if list.is_empty() { "nobody by name".to_owned() } else { list.join(", ") }
}

fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!("system certificates: {error}");
    }
    store.add_parsable_certificates(native.certs);
    if let Some(path) = ca_file {
        let shown = path.display();
        let certs = CertificateDer::pem_file_iter(path).map_err(|e| format!("ca_file {shown}: {e}"))?;
        let mut count = 0;
        for cert in certs {
            let cert = cert.map_err(|e| format!("ca_file {shown}: {e}"))?;
            store.add(cert).map_err(|e| format!("ca_file {shown}: {e}"))?;
            count += 1;
        }
        if count == 0 {
            return Err(format!("ca_file {shown} holds no certificate"));
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
