//! Reads what parlour wants to know of a certificate: its key's fingerprint, names, issuer, dates (RFC 5280).
//!
//! webpki checks the chain and the DNS names over the same bytes. This reader decides the rest: `verify` accepts a server
//! by the SRVName or XmppAddr that is read here, where webpki has verified the chain and knows no such names; a pin is
//! compared with the fingerprint made here, and tls-server-end-point hashes by the algorithm found here. It also has to
//! read what webpki refuses, since people want to look at a refused certificate.
//!
//! It goes no deeper than the few fields that it wants and takes no step outside its slice. A fuzz target holds it to
//! this, and to finding the same key as webpki in every certificate that both can read.

use crate::model::{Certificate, Time, Untrusted};
use std::net::{Ipv4Addr, Ipv6Addr};

/// Names that are shown.
const NAMES_MAX: usize = 50;
/// Characters of a name that are shown.
const NAME_MAX: usize = 300;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OID: u8 = 0x06;
const INTEGER: u8 = 0x02;
const BOOLEAN: u8 = 0x01;
const OCTETS: u8 = 0x04;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const BMP_STRING: u8 = 0x1e;
const UTF8_STRING: u8 = 0x0c;
const IA5_STRING: u8 = 0x16;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;

const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
/// `id-on-dnsSRV` (RFC 4985).
const SRV_NAME: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x07];
/// `id-on-xmppAddr` (RFC 6120 §13.7.1.4).
const XMPP_ADDR: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x05];

/// A name of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AltName {
    /// dNSName.
    Dns(String),
    /// SRVName: `_service.domain`.
    Srv(String),
    /// XmppAddr.
    Xmpp(String),
    /// iPAddress.
    Ip(String),
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The names.
    pub names: Vec<AltName>,
    /// Whether it limits the names of certificates that it signs.
    pub has_name_constraints: bool,
    /// The subject's words.
    pub subject: String,
    /// The issuer's words.
    pub issuer: String,
    /// Valid from and until.
    pub dates: (Time, Time),
    /// `sha256:` and 64 hex digits, over the SubjectPublicKeyInfo.
    pub key: String,
}

impl Read {
    /// For people.
    #[must_use]
    pub fn certificate(&self) -> Certificate {
        let name = |name: &AltName| match name {
            AltName::Dns(n) | AltName::Ip(n) => Untrusted::from(n.as_str()),
            AltName::Srv(n) => format!("{n} (SRV)").into(),
            AltName::Xmpp(n) => format!("{n} (XMPP)").into(),
        };
        Certificate {
            key: self.key.clone(),
            names: self.names.iter().map(name).collect(),
            subject: self.subject.as_str().into(),
            issuer: self.issuer.as_str().into(),
            not_before: self.dates.0,
            not_after: self.dates.1,
        }
    }
}

/// A piece of DER: what is left of it.
#[derive(Clone, Copy)]
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next element: its tag, its content, and all its bytes.
    fn next(&mut self) -> Option<(u8, Der<'a>, &'a [u8])> {
        let all = self.0;
        let (&tag, rest) = all.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            if !(1..=4).contains(&count) || rest.len() < count {
                return None;
            }
            let (bytes, rest) = rest.split_at(count);
            (bytes.iter().fold(0usize, |n, b| n << 8 | usize::from(*b)), rest)
        };
        if rest.len() < len {
            return None;
        }
        let (content, rest) = rest.split_at(len);
        self.0 = rest;
        Some((tag, Der(content), &all[..all.len() - rest.len()]))
    }

    /// The next element, which must have this tag.
    fn take(&mut self, tag: u8) -> Option<Der<'a>> {
        self.next().filter(|(t, _, _)| *t == tag).map(|(_, content, _)| content)
    }

    /// The next element, where it has this tag.
    fn maybe(&mut self, tag: u8) -> Option<Der<'a>> {
        (self.0.first() == Some(&tag)).then(|| self.take(tag)).flatten()
    }
}

/// Reads a certificate. `None` where it is none.
#[must_use]
pub fn read(der: &[u8]) -> Option<Read> {
    let mut tbs = Der(der).take(SEQUENCE)?.take(SEQUENCE)?;
    tbs.maybe(VERSION);
    tbs.take(INTEGER)?;
    tbs.take(SEQUENCE)?;
    let issuer = words(tbs.take(SEQUENCE)?);
    let mut validity = tbs.take(SEQUENCE)?;
    let dates = (time(&mut validity)?, time(&mut validity)?);
    let subject = words(tbs.take(SEQUENCE)?);
    let (_, _, key) = tbs.next().filter(|(tag, _, _)| *tag == SEQUENCE)?;
    let mut read =
        Read { names: Vec::new(), has_name_constraints: false, subject, issuer, dates, key: fingerprint(key) };
    while let Some((tag, mut content, _)) = tbs.next() {
        if tag == EXTENSIONS
            && let Some(list) = content.take(SEQUENCE)
        {
            extensions(list, &mut read);
        }
    }
    Some(read)
}

/// The contents of the AlgorithmIdentifier that a certificate is signed by.
#[must_use]
pub fn signature_algorithm(der: &[u8]) -> Option<&[u8]> {
    let mut certificate = Der(der).take(SEQUENCE)?;
    certificate.take(SEQUENCE)?;
    certificate.take(SEQUENCE).map(|algorithm| algorithm.0)
}

/// `sha256:` and 64 hex digits.
#[must_use]
pub fn fingerprint(spki: &[u8]) -> String {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(spki);
    hash.iter().fold("sha256:".to_owned(), |out, byte| out + &format!("{byte:02x}"))
}

fn extensions(mut list: Der, read: &mut Read) {
    while let Some(mut extension) = list.take(SEQUENCE) {
        let Some(id) = extension.take(OID) else { continue };
        extension.maybe(BOOLEAN);
        let Some(mut value) = extension.take(OCTETS) else { continue };
        read.has_name_constraints |= id.0 == NAME_CONSTRAINTS;
        if id.0 == SUBJECT_ALT_NAME
            && let Some(names) = value.take(SEQUENCE)
        {
            read.names.extend(alt_names(names));
        }
    }
}

fn alt_names(mut list: Der) -> Vec<AltName> {
    let mut names = Vec::new();
    while let Some((tag, mut content, _)) = list.next() {
        let name = match tag {
            0x82 => Some(AltName::Dns(text(content.0))),
            0x87 => ip(content.0).map(AltName::Ip),
            0xa0 => other_name(&mut content),
            _ => None,
        };
        names.extend(name);
        if names.len() >= NAMES_MAX {
            break;
        }
    }
    names
}

fn other_name(content: &mut Der) -> Option<AltName> {
    let id = content.take(OID)?;
    // RFC 4985 asks for an IA5String, RFC 6120 for a UTF8String; authorities mix them up.
    let (_, value, _) = content.take(0xa0)?.next().filter(|(tag, _, _)| matches!(*tag, UTF8_STRING | IA5_STRING))?;
    match id.0 {
        SRV_NAME => Some(AltName::Srv(text(value.0))),
        XMPP_ADDR => Some(AltName::Xmpp(text(value.0))),
        _ => None,
    }
}

fn ip(bytes: &[u8]) -> Option<String> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(|b| Ipv4Addr::from(b).to_string()),
        16 => <[u8; 16]>::try_from(bytes).ok().map(|b| Ipv6Addr::from(b).to_string()),
        _ => None,
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(NAME_MAX).collect()
}

/// A distinguished name: its common name and organisation, else what there is.
fn words(mut name: Der) -> String {
    let mut parts: Vec<(u8, String)> = Vec::new();
    while let Some(mut set) = name.take(SET) {
        let Some(mut pair) = set.take(SEQUENCE) else { continue };
        let Some(id) = pair.take(OID) else { continue };
        let Some((tag, value, _)) = pair.next() else { continue };
        let value = if tag == BMP_STRING { utf16(value.0) } else { text(value.0) };
        if let [0x55, 0x04, kind] = id.0
            && parts.len() < NAMES_MAX
        {
            parts.push((*kind, value));
        }
    }
    let of = |kind: u8| parts.iter().find(|(k, _)| *k == kind).map(|(_, v)| v.as_str());
    match (of(3), of(10)) {
        (Some(name), Some(org)) if name != org => format!("{name} ({org})"),
        (Some(name), _) => name.to_owned(),
        (None, Some(org)) => org.to_owned(),
        (None, None) => parts.into_iter().map(|(_, v)| v).collect::<Vec<_>>().join(", "),
    }
}

fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|c| u16::from(c[0]) << 8 | u16::from(c[1]));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).take(NAME_MAX).collect()
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
fn time(der: &mut Der) -> Option<Time> {
    let (tag, content, _) = der.next()?;
    let digits = std::str::from_utf8(content.0).ok()?.strip_suffix('Z')?;
    let number = |from: usize, len: usize| digits.get(from..from + len)?.parse::<i64>().ok();
    let (year, at) = match tag {
        UTC_TIME => {
            let short = number(0, 2)?;
            (if short < 50 { 2000 + short } else { 1900 + short }, 2)
        }
        GENERALIZED_TIME => (number(0, 4)?, 4),
        _ => return None,
    };
    let part = |n: usize| number(at + 2 * n, 2);
    let (month, day) = (u32::try_from(part(0)?).ok()?, u32::try_from(part(1)?).ok()?);
    let date = chrono::NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let hms =
        date.and_hms_opt(u32::try_from(part(2)?).ok()?, u32::try_from(part(3)?).ok()?, u32::try_from(part(4)?).ok()?)?;
    Some(Time(hms.and_utc().timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair, SanType};

    #[test]
    fn reads_what_people_want_to_see() {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["a.test".to_owned(), "192.0.2.7".to_owned()]).unwrap();
        let srv = rcgen::OtherNameValue::Utf8String("_xmpp-client.a.test".to_owned());
        params.subject_alt_names.push(SanType::OtherName((vec![1, 3, 6, 1, 5, 5, 7, 8, 7], srv)));
        params.distinguished_name.push(DnType::CommonName, "The A");
        params.distinguished_name.push(DnType::OrganizationName, "Org");
        params.not_before = rcgen::date_time_ymd(2026, 1, 2);
        params.not_after = rcgen::date_time_ymd(2051, 3, 4);
        let der = params.self_signed(&key).unwrap();
        let read = read(der.der()).unwrap();
        let names = [
            AltName::Dns("a.test".to_owned()),
            AltName::Ip("192.0.2.7".to_owned()),
            AltName::Srv("_xmpp-client.a.test".to_owned()),
        ];
        assert_eq!(read.names, names);
        assert_eq!((read.subject.as_str(), read.issuer.as_str()), ("The A (Org)", "The A (Org)"));
        assert_eq!(read.dates, (Time(1_767_312_000_000), Time(2_561_500_800_000)));
        let spki = rcgen::PublicKeyData::subject_public_key_info(&key);
        assert_eq!(read.key, fingerprint(&spki));
        assert!(read.certificate().is_self_signed());
    }

    /// An element of DER.
    fn der(tag: u8, content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let len = u16::try_from(content.len()).unwrap().to_be_bytes();
        let head = if content.len() < 0x80 { vec![tag, len[1]] } else { vec![tag, 0x82, len[0], len[1]] };
        [head, content].concat()
    }

    fn other(id: &[u8], inner: Vec<u8>) -> Vec<u8> {
        der(0xa0, &[&der(OID, &[id]), &der(0xa0, &[&inner])])
    }

    /// The names of a certificate that has these bytes as its SubjectAltName.
    fn names_of(names: &[Vec<u8>]) -> Vec<AltName> {
        let list: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        let extension = rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 17], der(SEQUENCE, &list));
        params.custom_extensions.push(extension);
        read(params.self_signed(&key).unwrap().der()).unwrap().names
    }

    #[test]
    fn other_names_are_strings_of_a_known_kind() {
        let (client, server) = (b"_xmpp-client.a.test".as_slice(), b"_xmpp-server.a.test".as_slice());
        let srv = |name: &[u8]| AltName::Srv(String::from_utf8(name.to_vec()).unwrap());
        let names = [
            other(SRV_NAME, der(IA5_STRING, &[client])),
            other(SRV_NAME, der(UTF8_STRING, &[server])),
            other(XMPP_ADDR, der(UTF8_STRING, &["bäcker.test".as_bytes()])),
            der(0x82, &[b"*.a.test"]),
            // Octets and a sequence are no strings; an unknown kind of name; a value that is not tagged; no value.
            other(SRV_NAME, der(OCTETS, &[client])),
            other(XMPP_ADDR, der(SEQUENCE, &[&der(UTF8_STRING, &[b"evil.test"])])),
            other(&[0x2a, 3], der(UTF8_STRING, &[b"evil.test"])),
            der(0xa0, &[&der(OID, &[SRV_NAME]), &der(IA5_STRING, &[client])]),
            der(0xa0, &[&der(OID, &[SRV_NAME])]),
        ];
        let wanted =
            [srv(client), srv(server), AltName::Xmpp("bäcker.test".to_owned()), AltName::Dns("*.a.test".to_owned())];
        assert_eq!(names_of(&names), wanted);
    }

    #[test]
    fn the_list_of_names_and_a_name_have_limits() {
        let long = vec![b'a'; 1_000];
        let names = names_of(&vec![der(0x82, &[&long]); 60]);
        assert_eq!(names, vec![AltName::Dns("a".repeat(NAME_MAX)); NAMES_MAX]);
    }

    #[test]
    fn a_cut_certificate_is_none() {
        let key = KeyPair::generate().unwrap();
        let whole =
            CertificateParams::new(vec!["a.test".to_owned()]).unwrap().self_signed(&key).unwrap().der().to_vec();
        assert!(read(&whole).is_some() && signature_algorithm(&whole).is_some());
        for len in 0..whole.len() {
            assert_eq!((read(&whole[..len]), signature_algorithm(&whole[..len])), (None, None), "{len} bytes");
        }
        // Lengths of all bits, of no bytes, of too many, and without end.
        for length in [&[0x84, 0xff, 0xff, 0xff, 0xff][..], &[0xff], &[0x80], &[0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1]] {
            assert_eq!(read(&[&[SEQUENCE], length, &whole[2..]].concat()), None);
        }
    }

    #[test]
    fn ten_megabytes_are_read_in_a_moment() {
        let start = std::time::Instant::now();
        for part in [[SEQUENCE, 0], [SEQUENCE, 0x80], [0xff, 0xff]] {
            let content = part.repeat(5 << 20);
            let len = u32::try_from(content.len()).unwrap().to_be_bytes();
            let wrapped = [&[SEQUENCE, 0x84], &len[..], &content].concat();
            assert_eq!(read(&wrapped), None);
            assert_eq!(read(&content), None);
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(5));
    }

    proptest::proptest! {
        /// Whatever bytes come, and whatever is done to a good certificate: an answer, no panic.
        #[test]
        fn never_panics(bytes: Vec<u8>, at in 0usize..300, value: u8, len in 0usize..400) {
            let _any = read(&bytes);
            let key = KeyPair::generate().unwrap();
            let mut der = CertificateParams::new(vec!["a.test".to_owned()]).unwrap().self_signed(&key).unwrap().der().to_vec();
            if let Some(byte) = der.get_mut(at) {
                *byte = value;
            }
            der.truncate(len);
            let _any = read(&der);
        }
    }
}
