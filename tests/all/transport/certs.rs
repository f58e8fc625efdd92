//! Certificates made on the spot: an authority, and leaves of every kind, good and bad.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer, KeyPair,
    NameConstraints, OtherNameValue, SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::io::Write;
use std::sync::Arc;
use tempfile::NamedTempFile;

/// `_xmpp-client.domain` in a certificate (RFC 4985).
pub const SRV_NAME: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 8, 7];
/// `id-on-xmppAddr`.
pub const XMPP_ADDR: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 8, 5];

/// A certificate authority.
pub struct Authority {
    params: CertificateParams,
    key: KeyPair,
    der: CertificateDer<'static>,
    pub pem: NamedTempFile,
}

/// A certificate with its key, and what it is sent with.
pub struct Shown {
    pub chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

impl Shown {
    /// A TLS server that shows it.
    pub fn server(&self) -> Arc<rustls::ServerConfig> {
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain.clone(), key)
            .unwrap();
        config.alpn_protocols = vec![b"xmpp-client".to_vec()];
        Arc::new(config)
    }

    /// Its key, in PKCS 8.
    pub fn key_der(&self) -> Vec<u8> {
        self.key.serialize_der()
    }

    /// Its key's fingerprint, made by the test.
    pub fn fingerprint(&self) -> String {
        let spki = rcgen::PublicKeyData::subject_public_key_info(&self.key);
        let hash = ring::digest::digest(&ring::digest::SHA256, &spki);
        hash.as_ref().iter().fold("sha256:".to_owned(), |out, b| out + &format!("{b:02x}"))
    }
}

fn pem(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// A leaf's parameters: common name, dNSNames.
pub fn leaf(common: &str, names: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common);
    params.subject_alt_names = names.iter().map(|n| SanType::DnsName((*n).try_into().unwrap())).collect();
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

/// With another name, of this kind.
pub fn other_name(mut params: CertificateParams, kind: &[u64], name: &str) -> CertificateParams {
    params.subject_alt_names.push(SanType::OtherName((kind.to_vec(), OtherNameValue::Utf8String(name.to_owned()))));
    params
}

impl Authority {
    pub fn new(name: &str) -> Self {
        Self::made(leaf(name, &[]))
    }

    /// One that may sign only for this domain.
    pub fn limited(domain: &str) -> Self {
        Self::made(below(Some(domain)))
    }

    fn made(mut params: CertificateParams) -> Self {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.extended_key_usages = Vec::new();
        let key = KeyPair::generate().unwrap();
        let cert = params.self_signed(&key).unwrap();
        Self { pem: pem(&cert.pem()), der: cert.der().clone(), params, key }
    }

    /// A certificate signed by it.
    pub fn sign(&self, params: &CertificateParams) -> Shown {
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let cert = params.signed_by(&key, &issuer).unwrap();
        Shown { chain: vec![cert.der().clone()], key }
    }

    /// One that was signed by an authority below this one, which these parameters describe.
    pub fn sign_below(&self, middle: CertificateParams, params: &CertificateParams) -> Shown {
        let key = KeyPair::generate().unwrap();
        let issuer = Issuer::from_params(&self.params, &self.key);
        let der = middle.signed_by(&key, &issuer).unwrap().der().clone();
        let pem = pem("");
        let mut shown = Self { params: middle, key, der: der.clone(), pem }.sign(params);
        shown.chain.push(der);
        shown
    }

    /// Its own certificate as a server's.
    pub fn as_server(&self) -> Shown {
        let key = KeyPair::try_from(self.key.serialize_der()).unwrap();
        Shown { chain: vec![self.der.clone()], key }
    }
}

/// An authority below another, which may sign only for this domain where one is given.
pub fn below(only_for: Option<&str>) -> CertificateParams {
    let mut params = leaf("Below", &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.extended_key_usages = Vec::new();
    params.name_constraints = only_for.map(|domain| NameConstraints {
        permitted_subtrees: vec![GeneralSubtree::DnsName(domain.to_owned())],
        excluded_subtrees: Vec::new(),
    });
    params
}

/// A certificate that nobody but itself vouches for.
pub fn self_signed(params: &CertificateParams) -> Shown {
    let key = KeyPair::generate().unwrap();
    Shown { chain: vec![params.self_signed(&key).unwrap().der().clone()], key }
}
