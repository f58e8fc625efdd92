//! Channel binding values of a TLS session (RFC 5056): values that both ends of one session know, and that an attacker
//! with two sessions, one with each end, cannot make equal.

use super::x509;
use crate::xmpp::link::Channel;
use ring::digest;
use rustls::{ClientConnection, ProtocolVersion};

/// The label of RFC 9266 §4.2.
const EXPORTER: &[u8] = b"EXPORTER-Channel-Binding";

/// What a session whose handshake is over can be bound to.
#[must_use]
pub fn of(connection: &ClientConnection) -> Channel {
    let is_tls13 = connection.protocol_version() == Some(ProtocolVersion::TLSv1_3);
    let export = || connection.export_keying_material([0; 32], EXPORTER, None).ok();
    Channel {
        exporter: is_tls13.then(export).flatten().map(|bytes| bytes.to_vec()),
        end_point: connection.peer_certificates().and_then(<[_]>::first).and_then(|leaf| end_point(leaf)),
    }
}

/// The certificate's hash, by the hash of its own signature; SHA-256 where that is MD5 or SHA-1. `None` where the
/// signature has no hash of its own (Ed25519), for which the RFC defines nothing.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    let algorithm = x509::signature_algorithm(certificate)?;
    let digest = hash_of(algorithm)?;
    Some(digest::digest(digest, certificate).as_ref().to_vec())
}

/// By the DER of the AlgorithmIdentifier's contents.
fn hash_of(algorithm: &[u8]) -> Option<&'static digest::Algorithm> {
    const RSA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
    const ECDSA: &[u8] = &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];
    const ECDSA_SHA1: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1];
    const SHA2: &[u8] = &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];
    if let Some((which, parameters)) = algorithm.strip_prefix(RSA).and_then(<[u8]>::split_first) {
        return match which {
            4 | 5 | 11 => Some(&digest::SHA256),
            12 => Some(&digest::SHA384),
            13 => Some(&digest::SHA512),
            // RSASSA-PSS (RFC 4055): the hash stands first in the parameters; SHA-1 where none does.
            10 => match parameters.windows(SHA2.len() + 1).find_map(|w| w.strip_prefix(SHA2)) {
                Some([2]) => Some(&digest::SHA384),
                Some([3]) => Some(&digest::SHA512),
                Some(_) | None => Some(&digest::SHA256),
            },
            _ => None,
        };
    }
    if algorithm.starts_with(ECDSA_SHA1) {
        return Some(&digest::SHA256);
    }
    match algorithm.strip_prefix(ECDSA).and_then(<[u8]>::first) {
        Some(1 | 2) => Some(&digest::SHA256),
        Some(3) => Some(&digest::SHA384),
        Some(4) => Some(&digest::SHA512),
        Some(_) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

    #[test]
    fn t06_the_end_point_is_hashed_as_the_certificate_is_signed() {
        for (algorithm, digest) in [
            (&PKCS_ECDSA_P256_SHA256, Some(&digest::SHA256)),
            (&PKCS_ECDSA_P384_SHA384, Some(&digest::SHA384)),
            (&PKCS_ED25519, None),
        ] {
            let key = KeyPair::generate_for(algorithm).unwrap();
            let der = CertificateParams::new(["a.test".to_owned()]).unwrap().self_signed(&key).unwrap();
            let wanted = digest.map(|d| digest::digest(d, der.der()).as_ref().to_vec());
            assert_eq!(end_point(der.der()), wanted, "{algorithm:?}");
        }
        let rsa = |tail: &[u8]| hash_of(&[&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1], tail].concat());
        assert_eq!(rsa(&[5, 5, 0]), Some(&digest::SHA256));
        assert_eq!(rsa(&[12, 5, 0]), Some(&digest::SHA384));
        let pss = [&[10, 0x30, 9][..], &[6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3]].concat();
        assert_eq!(rsa(&pss), Some(&digest::SHA512));
        assert_eq!((rsa(&[10, 5, 0]), rsa(&[99])), (Some(&digest::SHA256), None));
        for bad in [&b""[..], b"\x30", b"\x30\x80", b"\x30\x03\x30\x01"] {
            assert_eq!(end_point(bad), None);
        }
    }
}
