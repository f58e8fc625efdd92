//! The user's own certificate, for servers that sign people in by one (SASL EXTERNAL, XEP-0178).

use super::x509::{self, AltName};
use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{SignatureScheme, pki_types};
use std::path::Path;
use std::sync::Arc;

/// Shows one certificate to every server that asks for one. It goes through the encrypted part of the handshake, after
/// the server's own certificate was checked (TLS 1.3).
#[derive(Debug)]
pub struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.key.choose_scheme(schemes).map(|_| self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// Reads the certificate and its key; gives the addresses in it as well.
///
/// # Errors
/// In words, with the file's name.
pub fn read(certificate: &Path, key: Option<&Path>, provider: &CryptoProvider) -> Result<(Shown, Vec<String>), String> {
    let shown = certificate.display();
    let fault = |e: pki_types::pem::Error| format!("client_certificate {shown}: {e}");
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(fault)?;
    let leaf = chain.first().ok_or_else(|| format!("client_certificate {shown} holds no certificate"))?;
    let addresses = x509::read(leaf).map_or_else(Vec::new, |read| {
        let xmpp = |name| match name {
            AltName::Xmpp(address) => Some(address),
            AltName::Dns(_) | AltName::Srv(_) | AltName::Ip(_) => None,
        };
        read.names.into_iter().filter_map(xmpp).collect()
    });
    let path = key.unwrap_or(certificate);
    let fault = |e: &dyn std::fmt::Display| format!("client_key {}: {e}", path.display());
    let key = PrivateKeyDer::from_pem_file(path).map_err(|e| fault(&e))?;
    let key = provider.key_provider.load_private_key(key).map_err(|e| fault(&e))?;
    let pair = CertifiedKey::new(chain, key);
    pair.keys_match().map_err(|_| fault(&"it is not the key of the certificate"))?;
    Ok((Shown(Arc::new(pair)), addresses))
}
