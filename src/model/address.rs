//! JIDs: `[local@]domain[/resource]` (RFC 7622).
//!
//! We have our own type because the usual crate prepares resources with Unicode 3.2 stringprep, so
//! that one emoji nickname costs the whole stanza. Here the localpart and the domain are checked and
//! normalised; the resource is any text without control characters, at most 1,023 bytes. It stays as it
//! is, and only comparing maps it: a service is written to by the very nickname that it gave.

use super::Standard;
use super::prepare::{self, opaque};
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::{fmt, sync::Arc};

pub use super::prepare::BadJid;

/// The row of the reference.
pub const STANDARD: Standard = Standard::partial("RFC 7622", "XMPP: Address Format", "2015-09");

/// A bare JID: `[local@]domain`. Cheap to clone; normalised, so equality is RFC 7622 equality.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BareJid(Arc<str>);

/// A JID with or without a resource. Cheap to clone; equality is RFC 7622 equality.
#[derive(Clone)]
pub struct Jid {
    text: Arc<str>,
    bare_len: usize,
    /// What it is compared by, where that is another text.
    key: Option<Arc<str>>,
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
        Jid { bare_len: self.0.len(), text: self.0.clone(), key: None }
    }

    /// This JID with a resource.
    ///
    /// # Errors
    /// When the resource is empty, too long or has control characters.
    pub fn with_resource(&self, resource: &str) -> Result<Jid, BadJid> {
        prepare::check_resource(resource)?;
        Ok(Jid { bare_len: self.0.len(), text: format!("{}/{resource}", self.0).into(), key: key(&self.0, resource) })
    }

    /// What a server that prepares addresses by RFC 6122 would make of this one, where that is another address. Only
    /// the server's own answer says whether it does: elsewhere the two are two people.
    #[must_use]
    pub fn legacy(&self) -> Option<Self> {
        let local = prepare::legacy_local(self.local()?)?;
        Some(Self(format!("{local}@{}", self.domain()).into()))
    }

    /// Whether a server that answers under the address `answer` may mean this one.
    #[must_use]
    pub fn may_be(&self, answer: &Self) -> bool {
        self == answer || self.legacy().is_some_and(|legacy| legacy == *answer)
    }
}

/// What an address with this resource is compared by, where that is another text than its own.
fn key(bare: &str, resource: &str) -> Option<Arc<str>> {
    let opaque = opaque(resource);
    (opaque != resource).then(|| format!("{bare}/{opaque}").into())
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
            Some((l, d)) => (Some(prepare::local(l)?), d),
            None => (None, bare),
        };
        let domain = prepare::domain(domain)?;
        let mut out = match local {
            Some(l) => format!("{l}@{domain}"),
            None => domain,
        };
        let bare_len = out.len();
        let mut compared = None;
        if let Some(resource) = resource {
            prepare::check_resource(resource)?;
            compared = key(&out, resource);
            out.push('/');
            out.push_str(resource);
        }
        Ok(Self { text: out.into(), bare_len, key: compared })
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

    fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.text)
    }
}

impl PartialEq for Jid {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Jid {}

impl Hash for Jid {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialOrd for Jid {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Jid {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(other.key())
    }
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
    fn a_resource_is_compared_in_one_form_and_kept_in_its_own() {
        let typed = Jid::parse("room@muc.test/Zoe\u{301}").unwrap();
        let given = Jid::parse("room@muc.test/Zoé").unwrap();
        assert_eq!(typed, given);
        assert_eq!(typed.cmp(&given), Ordering::Equal);
        assert_eq!(std::collections::HashSet::from([typed.clone(), given.clone()]).len(), 1);
        assert_eq!(typed.resource(), Some("Zoe\u{301}"), "it is sent as it came");
        assert_eq!(typed.bare(), given.bare());
        assert_eq!(given.bare().with_resource("Zoe\u{301}").unwrap(), given);
        assert_ne!(Jid::parse("room@muc.test/zoé").unwrap(), given, "case counts");
    }

    #[test]
    fn only_an_answer_tells_that_two_addresses_are_one() {
        let bare = |text: &str| BareJid::parse(text).unwrap();
        assert_eq!(bare("zoe\u{301}@a.test"), bare("zoé@a.test"));
        assert_ne!(bare("straße@a.test"), bare("strasse@a.test"));
        assert!(bare("straße@a.test").may_be(&bare("strasse@a.test")));
        assert!(!bare("strasse@a.test").may_be(&bare("straße@a.test")), "no server maps that way");
        assert!(!bare("straße@a.test").may_be(&bare("strasse@b.test")));
        assert_eq!(bare("straße@a.test").legacy(), Some(bare("strasse@a.test")));
        assert_eq!(bare("a.test").legacy(), None);
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
