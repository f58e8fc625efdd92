//! Certificates: what is read of one agrees with webpki, which checks the signatures over the same bytes.

use super::{magnitude, shape};
use parlour::xmpp::connect::x509;
use rustls::{pki_types::CertificateDer, server::ParsedCertificate};

/// Pieces of DER: tags with lengths, the object identifiers of names and extensions, dates.
pub const WORDS: &[&str] = &[
    "0\u{3}",
    "0\u{0}",
    "0\u{7f}",
    "1\u{b}0\u{9}",
    "\u{2}\u{1}\u{1}",
    "\u{1}\u{1}",
    "\u{4}\u{5}0\u{3}",
    "\u{6}\u{3}U\u{1d}\u{11}",
    "\u{6}\u{3}U\u{1d}\u{1e}",
    "\u{6}\u{3}U\u{4}\u{3}",
    "\u{6}\u{8}+\u{6}\u{1}\u{5}\u{5}\u{7}\u{8}\u{7}",
    "\u{6}\u{8}+\u{6}\u{1}\u{5}\u{5}\u{7}\u{8}\u{5}",
    "\u{16}\u{6}a.test",
    "\u{c}\u{6}a.test",
    "\u{17}\u{d}261130000000Z",
    "\u{18}\u{f}20511130000000Z",
    "\u{1e}\u{4}\u{0}a\u{0}b",
    "_xmpp-client.",
    "*.",
];

pub fn run(data: &[u8]) -> u64 {
    let read = x509::read(data);
    let algorithm = x509::signature_algorithm(data);
    let der = CertificateDer::from(data);
    let webpki = ParsedCertificate::try_from(&der).ok();
    if let Some(read) = &read {
        assert!(read.names.len() <= 50 && read.key.len() == "sha256:".len() + 64, "{read:?}");
        let shown = read.certificate();
        assert!(shown.names.iter().all(|n| n.raw().chars().count() <= 310), "{shown:?}");
    }
    assert!(algorithm.is_some() || webpki.is_none(), "a signed certificate has an algorithm");
    if let (Some(read), Some(webpki)) = (&read, &webpki) {
        // A pin is compared with the first, the server's signature is checked with the second.
        assert_eq!(read.key, x509::fingerprint(&webpki.subject_public_key_info()), "one certificate has two keys");
    }
    let of = read.as_ref().map(|r| (r.names.len().min(9), r.has_name_constraints, magnitude(r.subject.len())));
    shape((of, algorithm.map(|a| magnitude(a.len())), webpki.is_some()))
}
