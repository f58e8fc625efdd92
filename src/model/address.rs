//! JIDs: `[local@]domain[/resource]` (RFC 7622).
//!
//! We have our own type because the usual crate prepares resources with Unicode 3.2 stringprep, so
//! that one emoji nickname costs the whole stanza. Here the localpart and the domain are checked and
//! normalised; the resource is opaque: any text without control characters, at most 1,023 bytes.

use super::Standard;
use std::{fmt, sync::Arc};

/// The row of the reference.
pub const STANDARD: Standard = Standard::partial("RFC 7622", "XMPP: Address Format", "2015-09");

/// Longest part of a JID in bytes (RFC 7622 §3.1).
const PART_MAX: usize = 1023;

/// Why a text is not a JID. Its `Display` is the sentence after "not a valid address: ".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadJid {
    /// Nothing was given, or the part before `/` is empty.
    Empty,
    /// The part before `@` is empty or longer than 1,023 bytes.
    LocalLength,
    /// A character that may not stand before the `@`.
    LocalChar(char),
    /// The domain is empty, too long, or not a host name.
    Domain,
    /// The part after `/` is empty or longer than 1,023 bytes.
    ResourceLength,
    /// A control character after the `/`.
    ResourceChar,
    /// A resource where a bare address is asked for.
    NotBare,
}

impl fmt::Display for BadJid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty"),
            Self::LocalLength => f.write_str("the part before @ is empty or too long"),
            Self::LocalChar(c) => write!(f, "{c:?} may not stand before the @"),
            Self::Domain => f.write_str("the domain is not a host name"),
            Self::ResourceLength => f.write_str("the part after / is empty or too long"),
            Self::ResourceChar => f.write_str("there is a control character after the /"),
            Self::NotBare => f.write_str("leave out the / and what follows it"),
        }
    }
}

impl std::error::Error for BadJid {}

/// A bare JID: `[local@]domain`. Cheap to clone; normalised, so equality is RFC 7622 equality.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BareJid(Arc<str>);

/// A JID with or without a resource. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Jid {
    text: Arc<str>,
    bare_len: usize,
}

impl BareJid {
    /// Reads and normalises a bare JID.
    ///
    /// # Errors
    /// Says which part is wrong; a resource is refused.
    pub fn parse(text: &str) -> Result<Self, BadJid> {
        let jid = Jid::parse(text)?;
        if jid.is_bare() { Ok(jid.bare()) } else { Err(BadJid::NotBare) }
    }

    /// The part before `@`.
    #[must_use]
    pub fn local(&self) -> Option<&str> {
        self.0.split_once('@').map(|(l, _)| l)
    }

    /// The domain, as a U-label.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or(&self.0, |(_, d)| d)
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain as a JID of its own: the server of this account or room.
    #[must_use]
    pub fn domain_jid(&self) -> BareJid {
        BareJid(self.domain().into())
    }

    /// The same JID as a [`Jid`].
    #[must_use]
    pub fn to_jid(&self) -> Jid {
        Jid { bare_len: self.0.len(), text: self.0.clone() }
    }

    /// This JID with a resource.
    ///
    /// # Errors
    /// When the resource is empty, too long or has control characters.
    pub fn with_resource(&self, resource: &str) -> Result<Jid, BadJid> {
        check_resource(resource)?;
        Ok(Jid { bare_len: self.0.len(), text: format!("{}/{resource}", self.0).into() })
    }
}

impl Jid {
    /// Reads and normalises a JID.
    ///
    /// # Errors
    /// Says which part is wrong.
    pub fn parse(text: &str) -> Result<Self, BadJid> {
        let (bare, resource) = match text.split_once('/') {
            Some((b, r)) => (b, Some(r)),
            None => (text, None),
        };
        if bare.is_empty() {
            return Err(BadJid::Empty);
        }
        let (local, domain) = match bare.split_once('@') {
            Some((l, d)) => (Some(prepare_local(l)?), d),
            None => (None, bare),
        };
        let domain = prepare_domain(domain)?;
        let mut out = match local {
            Some(l) => format!("{l}@{domain}"),
            None => domain,
        };
        let bare_len = out.len();
        if let Some(resource) = resource {
            check_resource(resource)?;
            out.push('/');
            out.push_str(resource);
        }
        Ok(Self { text: out.into(), bare_len })
    }

    /// The part before `@`.
    #[must_use]
    pub fn local(&self) -> Option<&str> {
        self.text[..self.bare_len].split_once('@').map(|(l, _)| l)
    }

    /// The domain, as a U-label.
    #[must_use]
    pub fn domain(&self) -> &str {
        let bare = &self.text[..self.bare_len];
        bare.split_once('@').map_or(bare, |(_, d)| d)
    }

    /// The part after `/`; in a room, the nickname.
    #[must_use]
    pub fn resource(&self) -> Option<&str> {
        (self.bare_len < self.text.len()).then(|| &self.text[self.bare_len + 1..])
    }

    /// Whether there is no resource.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.bare_len == self.text.len()
    }

    /// This JID without its resource.
    #[must_use]
    pub fn bare(&self) -> BareJid {
        if self.is_bare() { BareJid(self.text.clone()) } else { BareJid(self.text[..self.bare_len].into()) }
    }

    /// The text before the `/`, without a copy.
    #[must_use]
    pub fn bare_str(&self) -> &str {
        &self.text[..self.bare_len]
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn prepare_local(local: &str) -> Result<String, BadJid> {
    if local.is_empty() || local.len() > PART_MAX {
        return Err(BadJid::LocalLength);
    }
    let bad = |c: char| c.is_control() || c.is_whitespace() || "\"&'/:<>@".contains(c);
    if let Some(c) = local.chars().find(|c| bad(*c)) {
        return Err(BadJid::LocalChar(c));
    }
    let lower = if local.is_ascii() { local.to_ascii_lowercase() } else { local.to_lowercase() };
    // Some letters are longer in lower case.
    if lower.len() > PART_MAX { Err(BadJid::LocalLength) } else { Ok(lower) }
}

fn prepare_domain(domain: &str) -> Result<String, BadJid> {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    if domain.is_empty() || domain.len() > PART_MAX {
        return Err(BadJid::Domain);
    }
    if domain.starts_with('[') {
        let inner = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']'));
        return match inner.map(str::parse::<std::net::Ipv6Addr>) {
            Some(Ok(_)) => Ok(domain.to_ascii_lowercase()),
            _ => Err(BadJid::Domain),
        };
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let is_name = |d: &str| d.chars().all(plain) && d.split('.').all(|l| !l.is_empty() && l.len() <= 63);
    if domain.is_ascii() && !domain.to_ascii_lowercase().contains("xn--") {
        return if is_name(domain) { Ok(domain.to_ascii_lowercase()) } else { Err(BadJid::Domain) };
    }
    let (unicode, result) = idna::domain_to_unicode(domain);
    // IDNA leaves ASCII as it is, so that a domain in another script would let a space or a quote through.
    let is_fine = |c: char| plain(c) || !(c.is_ascii() || c.is_control() || c.is_whitespace());
    let is_sound = unicode.len() <= PART_MAX
        && unicode.chars().all(is_fine)
        && unicode.split('.').all(|l| !l.is_empty())
        && (!unicode.is_ascii() || is_name(&unicode))
        // A label that decodes into another "xn--" one would be refused when it is read again.
        && matches!(idna::domain_to_unicode(&unicode), (again, Ok(())) if again == unicode);
    if result.is_err() || !is_sound { Err(BadJid::Domain) } else { Ok(unicode) }
}

fn check_resource(resource: &str) -> Result<(), BadJid> {
    if resource.is_empty() || resource.len() > PART_MAX {
        return Err(BadJid::ResourceLength);
    }
    if resource.chars().any(char::is_control) {
        return Err(BadJid::ResourceChar);
    }
    Ok(())
}

impl fmt::Display for BareJid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for BareJid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl fmt::Debug for Jid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.text)
    }
}

impl From<BareJid> for Jid {
    fn from(bare: BareJid) -> Self {
        bare.to_jid()
    }
}

impl From<&BareJid> for Jid {
    fn from(bare: &BareJid) -> Self {
        bare.to_jid()
    }
}

impl PartialEq<BareJid> for Jid {
    fn eq(&self, other: &BareJid) -> bool {
        *self.text == *other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let jid = Jid::parse("Romeo@Montague.LIT/Balcony 🌙").unwrap();
        assert_eq!(jid.as_str(), "romeo@montague.lit/Balcony 🌙");
        assert_eq!(jid.local(), Some("romeo"));
        assert_eq!(jid.domain(), "montague.lit");
        assert_eq!(jid.resource(), Some("Balcony 🌙"));
        assert_eq!(jid.bare().as_str(), "romeo@montague.lit");
        assert_eq!(Jid::parse("montague.lit").unwrap().local(), None);
        assert_eq!(Jid::parse("a@b/c/d@e").unwrap().resource(), Some("c/d@e"));
    }

    #[test]
    fn idn_is_kept_as_u_label() {
        assert_eq!(BareJid::parse("a@xn--mller-kva.test").unwrap(), BareJid::parse("a@MÜLLER.test").unwrap());
    }

    #[test]
    fn refused() {
        for (text, why) in [
            ("", BadJid::Empty),
            ("/x", BadJid::Empty),
            ("@b", BadJid::LocalLength),
            ("a b@c", BadJid::LocalChar(' ')),
            ("a@", BadJid::Domain),
            ("a@b c", BadJid::Domain),
            ("ß@sá] e0 .1c.test", BadJid::Domain),
            ("a@\"ä\".test", BadJid::Domain),
            ("a@ä..test", BadJid::Domain),
            ("a@xn--xn--mnchen-3ychen-3ya.example", BadJid::Domain),
            ("a@ä。", BadJid::Domain),
            ("a@b@c", BadJid::Domain),
            ("a@b/", BadJid::ResourceLength),
            ("a@b/\u{7}", BadJid::ResourceChar),
        ] {
            assert_eq!(Jid::parse(text), Err(why), "{text:?}");
        }
        assert_eq!(BareJid::parse("a@b/c"), Err(BadJid::NotBare));
    }
}
