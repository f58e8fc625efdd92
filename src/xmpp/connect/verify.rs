//! Who may be the server: our own rules around webpki (RFC 6120 §13.7, RFC 9525).
//!
//! Without a pin: a certificate authority that is trusted must have signed the certificate for TLS servers, it must
//! be valid today, and it must be for the domain of the JID, never for the host that DNS or the settings named. A
//! dNSName counts, and so does an SRVName `_xmpp-client.domain` or an XmppAddr, which only an authority of the own
//! house gives out. With pins: the key must be one of them, and nothing else counts; who pinned a key has looked at
//! it. Each handshake has a verifier of its own, so that it can tell what it saw; and no TLS session is ever resumed,
//! so that each handshake shows a certificate.

use super::x509::{self, AltName};
use crate::model::{Certificate, Refusal, Trust};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::sync::{Arc, OnceLock};

/// What is trusted for an account.
#[derive(Debug)]
pub struct Rules {
    /// The domain of the JID, as DNS spells it.
    pub domain: String,
    /// Authorities.
    pub roots: RootCertStore,
    /// Pinned keys: `sha256:…`.
    pub pins: Vec<String>,
    /// Whose algorithms.
    pub provider: Arc<CryptoProvider>,
}

/// What one handshake saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The certificate, where it could be read.
    pub certificate: Option<Certificate>,
    /// Why it was taken, or why not.
    pub verdict: Result<Trust, String>,
}

impl Seen {
    /// The refusal, where it was one.
    #[must_use]
    pub fn refusal(&self, pins: &[String]) -> Option<Refusal> {
        let why = self.verdict.as_ref().err()?;
        let pins = if pins.is_empty() { Vec::new() } else { pins.to_vec() };
        Some(Refusal { why: why.as_str().into(), certificate: self.certificate.clone(), pins })
    }
}

/// The verifier of one handshake.
#[derive(Debug)]
pub struct Verifier {
    rules: Arc<Rules>,
    seen: Arc<OnceLock<Seen>>,
}

impl Verifier {
    /// A verifier, and where it puts what it saw.
    #[must_use]
    pub fn new(rules: Arc<Rules>) -> (Self, Arc<OnceLock<Seen>>) {
        let seen = Arc::new(OnceLock::new());
        (Self { rules, seen: seen.clone() }, seen)
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let seen = judge(&self.rules, end_entity, intermediates, now);
        let answer = match &seen.verdict {
            Ok(_) => Ok(ServerCertVerified::assertion()),
            Err(_) => Err(CertificateError::ApplicationVerificationFailure.into()),
        };
        // A handshake shows one certificate; a second one would not change the first verdict.
        let _first = self.seen.set(seen);
        answer
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signed, &self.rules.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signed, &self.rules.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.rules.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Judges a certificate.
#[must_use]
pub fn judge(rules: &Rules, leaf: &CertificateDer<'_>, others: &[CertificateDer<'_>], now: UnixTime) -> Seen {
    let read = x509::read(leaf);
    let certificate = read.as_ref().map(x509::Read::certificate);
    let by_rules = authority(rules, leaf, read.as_ref(), others, now);
    if rules.pins.is_empty() {
        return Seen { certificate, verdict: by_rules.map(|()| Trust::Authority) };
    }
    let verdict = match &certificate {
        Some(shown) if rules.pins.contains(&shown.key) => Ok(Trust::Pinned(by_rules.err().map(Into::into))),
        Some(shown) => Err(changed(&rules.pins, &shown.key, by_rules.is_ok())),
        None => Err("a key is pinned, and the server shows something that is no certificate".to_owned()),
    };
    Seen { certificate, verdict }
}

/// In a line that fits a message on the screen: `/cert` has the whole fingerprints.
fn changed(pins: &[String], shown: &str, is_good_otherwise: bool) -> String {
    let short = |key: &str| format!("{}…", key.chars().skip("sha256:".len()).take(16).collect::<String>());
    let old = pins.iter().map(|p| short(p)).collect::<Vec<_>>().join(" or ");
    let shown = short(shown);
    let otherwise = if is_good_otherwise {
        "An authority vouches for the new one, but a pin asks for more"
    } else {
        "No authority vouches for the new one either"
    };
    format!("the server's key has changed: pinned {old}, shown now {shown}. {otherwise}")
}

/// The rules without pins.
fn authority(
    rules: &Rules,
    leaf: &CertificateDer<'_>,
    read: Option<&x509::Read>,
    others: &[CertificateDer<'_>],
    now: UnixTime,
) -> Result<(), String> {
    let domain = &rules.domain;
    let parsed = ParsedCertificate::try_from(leaf).map_err(|e| broken(&e, domain))?;
    // First for whom it is: that is the clearest word of all, and a self-signed one for somebody else is a mix-up.
    named(rules, &parsed, read, others)?;
    let algorithms = rules.provider.signature_verification_algorithms.all;
    match verify_server_cert_signed_by_trust_anchor(&parsed, &rules.roots, others, now, algorithms) {
        Ok(()) => Ok(()),
        Err(error) => Err(untrusted(&error, read, domain)),
    }
}

/// Whether the certificate is for the domain.
fn named(
    rules: &Rules,
    parsed: &ParsedCertificate<'_>,
    read: Option<&x509::Read>,
    others: &[CertificateDer<'_>],
) -> Result<(), String> {
    let domain = &rules.domain;
    let name = ServerName::try_from(domain.as_str()).map_err(|_| format!("{domain} cannot be the name of a server"))?;
    if verify_server_name(parsed, &name).is_ok() {
        return Ok(());
    }
    let names = read.map(|r| r.names.as_slice()).unwrap_or_default();
    let is_same = |n: &str| n.eq_ignore_ascii_case(domain);
    let is_named = names.iter().any(|n| match n {
        AltName::Srv(n) => n.strip_prefix("_xmpp-client.").is_some_and(is_same),
        AltName::Xmpp(n) => is_same(&super::resolve::ascii_domain(n)),
        AltName::Dns(_) | AltName::Ip(_) => false,
    });
    // webpki does not apply name constraints to these names, so where an authority is under any, they do not count. Which
    // root it will be is not known yet; one with constraints is rare.
    let is_limited = others.iter().any(|c| x509::read(c).is_none_or(|r| r.has_name_constraints))
        || rules.roots.roots.iter().any(|root| root.name_constraints.is_some());
    if is_named && !is_limited {
        return Ok(());
    }
    let shown = read.map(x509::Read::certificate).map(|c| c.names).unwrap_or_default();
    if shown.is_empty() {
        let subject = read.map(|r| r.subject.as_str()).filter(|s| !s.is_empty());
        let subject = subject.map_or_else(String::new, |s| format!(" (only the old common name field says {s})"));
        return Err(format!("it is for nobody by name{subject}, but it should be for {domain}"));
    }
    let mut list: Vec<&str> = shown.iter().take(5).map(crate::model::Untrusted::raw).collect();
    let more = format!("{} more", shown.len() - list.len());
    if shown.len() > list.len() {
        list.push(&more);
    }
    Err(format!("it is for {}, but it should be for {domain}", list.join(", ")))
}

/// Why a certificate cannot be read at all.
fn broken(error: &Error, domain: &str) -> String {
    format!("the one for {domain} is not a sound certificate ({error})")
}

/// Why nobody vouches for a certificate, in words.
fn untrusted(error: &Error, read: Option<&x509::Read>, domain: &str) -> String {
    use CertificateError as E;
    let Error::InvalidCertificate(why) = error else { return broken(error, domain) };
    let issuer = read.map(|r| r.issuer.as_str()).filter(|i| !i.is_empty()).unwrap_or("somebody without a name");
    let is_own = read.is_some_and(|r| r.issuer == r.subject);
    if matches!(why, E::Expired | E::ExpiredContext { .. }) {
        return format!("the one for {domain} has expired");
    }
    if matches!(why, E::NotValidYet | E::NotValidYetContext { .. }) {
        return format!("the one for {domain} is not valid yet; is the clock of this machine right?");
    }
    if matches!(why, E::InvalidPurpose | E::InvalidPurposeContext { .. }) {
        return format!("the one for {domain} was not made for servers (its key usage says otherwise)");
    }
    if matches!(why, E::UnknownIssuer | E::BadSignature) && is_own {
        return format!("the one for {domain} is self-signed: nobody but itself vouches for it");
    }
    if matches!(why, E::UnknownIssuer) {
        return format!("the one for {domain} is signed by {issuer}, whom this machine does not trust");
    }
    if matches!(why, E::BadSignature) {
        return format!("the signature of the one for {domain} is forged or broken");
    }
    let text = why.to_string();
    if text.contains("CaUsedAsEndEntity") {
        return format!("the one for {domain} is that of a certificate authority, which no server may show as its own");
    }
    format!("the one for {domain} is not valid ({text})")
}
