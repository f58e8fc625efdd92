//! Which mechanisms there are, what a server offers of them, and which one is taken.

use super::gs2::Gs2;
use crate::model::{Binding, DownReason, Proof, Standard, Strength};
use crate::xmpp::kit::ns;
use crate::xmpp::link::TlsFacts;
use minidom::Element;

/// The rows of the reference.
pub const STANDARDS: &[Standard] = &[
    Standard::complete("XEP-0175", "Best Practices for Use of SASL ANONYMOUS", "1.2"),
    Standard::complete("XEP-0178", "Best Practices for Use of SASL EXTERNAL with Certificates", "1.2"),
    Standard::complete("XEP-0440", "SASL Channel-Binding Type Capability", "1.0.0"),
    Standard::complete("XEP-0474", "SASL SCRAM Downgrade Protection", "0.5.0"),
];

/// Names that are read of an offer; no sound server has more.
const NAMES_MAX: usize = 50;

/// What SCRAM hashes with, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hash {
    /// SHA-1 (RFC 5802).
    Sha1,
    /// SHA-256 (RFC 7677).
    Sha256,
    /// SHA-512.
    Sha512,
}

/// A mechanism that we speak, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mechanism {
    /// No account at all: the server lends an address (RFC 4505).
    Anonymous,
    /// The password itself (RFC 4616).
    Plain,
    /// SCRAM, not bound to the TLS session.
    Scram(Hash),
    /// SCRAM bound to the TLS session (RFC 5802 §6).
    ScramPlus(Hash),
    /// The certificate that was shown in the TLS handshake (RFC 4422 Appendix A, XEP-0178).
    External,
}

impl Mechanism {
    /// Its name in the protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Anonymous => "ANONYMOUS",
            Self::External => "EXTERNAL",
            Self::Plain => "PLAIN",
            Self::Scram(Hash::Sha1) => "SCRAM-SHA-1",
            Self::Scram(Hash::Sha256) => "SCRAM-SHA-256",
            Self::Scram(Hash::Sha512) => "SCRAM-SHA-512",
            Self::ScramPlus(Hash::Sha1) => "SCRAM-SHA-1-PLUS",
            Self::ScramPlus(Hash::Sha256) => "SCRAM-SHA-256-PLUS",
            Self::ScramPlus(Hash::Sha512) => "SCRAM-SHA-512-PLUS",
        }
    }

    /// What it proves.
    #[must_use]
    pub fn proof(self) -> Option<Proof> {
        Some(match self {
            Self::Anonymous => return None,
            Self::External => Proof::Certificate,
            Self::Plain => Proof::Plain,
            Self::Scram(Hash::Sha1) | Self::ScramPlus(Hash::Sha1) => Proof::ScramSha1,
            Self::Scram(Hash::Sha256) | Self::ScramPlus(Hash::Sha256) => Proof::ScramSha256,
            Self::Scram(Hash::Sha512) | Self::ScramPlus(Hash::Sha512) => Proof::ScramSha512,
        })
    }
}

/// What a server offers, in the features of one profile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offer {
    /// The names of the mechanisms, as they came, at most 50.
    pub mechanisms: Vec<String>,
    /// The types of channel binding (XEP-0440), where the server lists them.
    pub bindings: Option<Vec<String>>,
    /// The profile asks for that list (XEP-0388 does), so one that is missing was taken out.
    pub is_list_due: bool,
}

impl Offer {
    /// Reads it: the mechanisms of the first child `list` (such as `mechanisms` of RFC 6120, `authentication` of
    /// XEP-0388) in its namespace, the channel bindings beside it.
    #[must_use]
    pub fn read(features: &Element, list: &str, ns: &str) -> Self {
        let names = features.get_child(list, ns).into_iter().flat_map(|l| l.children());
        let names = names.filter(|c| c.is("mechanism", ns)).map(|c| c.text().trim().to_owned());
        let bindings = features.get_child("sasl-channel-binding", ns::SASL_CB).map(|list| {
            let types = list.children().filter(|c| c.is("channel-binding", ns::SASL_CB));
            types.filter_map(|c| c.attr("type").map(str::to_owned)).take(NAMES_MAX).collect()
        });
        Self { mechanisms: names.take(NAMES_MAX).collect(), bindings, is_list_due: false }
    }

    /// Whether a mechanism is among them.
    #[must_use]
    pub fn has(&self, mechanism: Mechanism) -> bool {
        self.mechanisms.iter().any(|m| m == mechanism.name())
    }

    /// Whether any of them binds to the channel.
    #[must_use]
    pub fn has_plus(&self) -> bool {
        self.mechanisms.iter().any(|m| m.ends_with("-PLUS"))
    }

    fn strongest(&self, make: impl Fn(Hash) -> Mechanism) -> Option<Mechanism> {
        [Hash::Sha512, Hash::Sha256, Hash::Sha1].into_iter().map(make).find(|m| self.has(*m))
    }

    /// The text whose hash the server signs (XEP-0474 §5.1), with its delimiters: since version 0.4 these are U+001E
    /// and U+001F, before that they were a comma and a bar.
    #[must_use]
    pub(super) fn signed_list(&self, between: char, before_bindings: char) -> String {
        let sorted = |list: &[String]| {
            let mut list: Vec<&str> = list.iter().map(String::as_str).collect();
            list.sort_unstable();
            list.join(between.encode_utf8(&mut [0; 4]))
        };
        let mut text = sorted(&self.mechanisms);
        if let Some(bindings) = &self.bindings {
            text.push(before_bindings);
            text.push_str(&sorted(bindings));
        }
        text
    }
}

/// What the choice depends on beside the offer.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Whether the user allows PLAIN for this account.
    pub is_plain_allowed: bool,
    /// Whether there is a password to sign in with.
    pub has_password: bool,
    /// The user has no account there, and wants none.
    pub is_guest: bool,
    /// The account's bare JID.
    pub address: &'a str,
    /// The channel.
    pub tls: &'a TlsFacts,
    /// What is known of the server.
    pub strength: &'a Strength,
}

impl<'a> Terms<'a> {
    /// A password, and no consent to PLAIN.
    #[must_use]
    pub fn new(tls: &'a TlsFacts, strength: &'a Strength) -> Self {
        Self { is_plain_allowed: false, has_password: true, is_guest: false, address: "", tls, strength }
    }
}

/// What was decided: how to sign in.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The mechanism.
    pub mechanism: Mechanism,
    /// What SCRAM says of channel binding.
    pub gs2: Gs2,
    /// As whom, where the certificate of EXTERNAL does not say it by itself.
    pub authzid: Option<String>,
    /// What the server offered; it may sign this (XEP-0474).
    pub offer: Offer,
    /// If it does not sign it, this is the end of the login, before any proof is given.
    pub unsigned: Option<DownReason>,
    /// What the login comes to, if it goes well.
    pub strength: Strength,
}

impl Plan {
    /// Who signs in and how, in words, for the step.
    #[must_use]
    pub fn told(&self, user: &str) -> String {
        format!("{user}, {}", self.words())
    }

    fn words(&self) -> String {
        let name = self.mechanism.name();
        match &self.gs2 {
            Gs2::Bound { kind: Binding::Exporter, .. } => format!("{name}, bound to this TLS session"),
            Gs2::Bound { kind: Binding::EndPoint, .. } => format!("{name}, bound to the server's certificate"),
            Gs2::Unable | Gs2::NotOffered if self.strength.is_plus_refused => {
                format!("{name}, not bound: the server offers to bind, but refuses it")
            }
            Gs2::Unable | Gs2::NotOffered => match self.mechanism {
                Mechanism::External => format!("{name}, by your certificate"),
                Mechanism::Anonymous => name.to_owned(),
                Mechanism::Plain | Mechanism::Scram(_) | Mechanism::ScramPlus(_) => format!("{name}, not bound"),
            },
        }
    }

    /// The same login without channel binding, after the server refused that in so many words. Only for a server
    /// that has never bound a login of this account, and that does not list what it can bind to: in all other cases
    /// the refusal is what somebody in between would say (or cause).
    #[must_use]
    pub fn unbound(&self, terms: &Terms<'_>) -> Option<Self> {
        let is_bound = matches!(self.gs2, Gs2::Bound { .. });
        if !is_bound || terms.strength.binding.is_some() || self.offer.bindings.is_some() {
            return None;
        }
        let strength = Strength { is_plus_refused: true, ..terms.strength.clone() };
        choose(&self.offer, &Terms { strength: &strength, ..*terms }).ok().filter(|p| p.mechanism != Mechanism::Plain)
    }
}

/// The strongest mechanism of those that are offered, if it is no weaker than what this server took before.
///
/// # Errors
/// When none may be used.
pub fn choose(offer: &Offer, terms: &Terms<'_>) -> Result<Plan, DownReason> {
    // Without the certificate, which is the user's to take away, a password proves as well as it can.
    let is_without = terms.strength.proof == Some(Proof::Certificate) && terms.tls.own_addresses.is_none();
    let known = Strength {
        proof: if is_without { Some(Proof::ScramSha1) } else { terms.strength.proof },
        ..terms.strength.clone()
    };
    let mut plan = pick(offer, terms).map_err(|reason| match (reason, known.proof) {
        // That it was more is the graver news.
        (DownReason::OnlyPlain, Some(was)) if was > Proof::Plain => {
            let now = Strength { proof: Some(Proof::Plain), ..terms.strength.clone() };
            known.check(&now).err().map_or(DownReason::OnlyPlain, DownReason::Weaker)
        }
        (reason, _) => reason,
    })?;
    if let Err(weaker) = known.check(&plan.strength) {
        let reason = DownReason::Weaker(weaker);
        // A server that signs its list can show that it is really its own.
        if !terms.strength.is_list_signed || !may_explain(offer, &known, &plan) {
            return Err(reason);
        }
        plan.unsigned = Some(reason);
    }
    Ok(plan)
}

/// Whether the server's list may be why a login is weaker than what is known. It is not why our end of TLS has lost
/// something: that may be somebody in between, who passes the list on as it is. And only SCRAM signs it: the password
/// itself is never risked.
fn may_explain(offer: &Offer, known: &Strength, plan: &Plan) -> bool {
    let is_scram = matches!(plan.mechanism, Mechanism::Scram(_) | Mechanism::ScramPlus(_));
    let is_tls_older = known.is_tls13 && !plan.strength.is_tls13;
    let is_offered =
        |b: &Binding| offer.has_plus() && offer.bindings.as_ref().is_none_or(|all| all.iter().any(|o| o == b.name()));
    let is_unused = known.binding.filter(|was| plan.strength.binding < Some(*was)).as_ref().is_some_and(is_offered);
    is_scram && !is_tls_older && !is_unused
}

fn pick(offer: &Offer, terms: &Terms<'_>) -> Result<Plan, DownReason> {
    let make = |mechanism: Mechanism, gs2: Gs2| {
        let binding = match &gs2 {
            Gs2::Bound { kind, .. } => Some(*kind),
            Gs2::Unable | Gs2::NotOffered => None,
        };
        let strength = Strength {
            proof: mechanism.proof(),
            binding,
            is_tls13: terms.tls.version == "TLS 1.3",
            is_plus_refused: binding.is_none() && terms.strength.is_plus_refused && offer.has_plus(),
            ..Strength::default()
        };
        Plan { mechanism, gs2, authzid: None, offer: offer.clone(), unsigned: None, strength }
    };
    if let Some(mechanism) = without_password(offer, terms)? {
        let mut plan = make(mechanism, Gs2::Unable);
        // A certificate is shown within this very TLS session, and nobody can show it in another one.
        plan.strength.binding = terms.strength.binding;
        let own = terms.tls.own_addresses.as_deref().unwrap_or_default();
        plan.authzid = (mechanism == Mechanism::External && own != [terms.address]).then(|| terms.address.to_owned());
        return Ok(plan);
    }
    let plain = offer.strongest(Mechanism::Scram);
    if let Some(plus) = offer.strongest(Mechanism::ScramPlus)
        && let Some(gs2) = binding(offer, terms)?
    {
        return Ok(make(plus, gs2));
    }
    let Some(scram) = plain else { return without_scram(offer, terms).map(|m| make(m, Gs2::Unable)) };
    if !offer.has_plus() {
        if offer.is_list_due && offer.bindings.as_ref().is_some_and(|b| !b.is_empty()) {
            return Err(tampered("it lists channel bindings, but no way to sign in that uses one"));
        }
        let channel = &terms.tls.channel;
        let is_able = channel.exporter.is_some() || channel.end_point.is_some();
        return Ok(make(scram, if is_able { Gs2::NotOffered } else { Gs2::Unable }));
    }
    let mut plan = make(scram, Gs2::Unable);
    let is_foreign = offer.bindings.as_ref().is_some_and(|b| !b.iter().any(|b| b == Binding::EndPoint.name()));
    if is_foreign {
        // XEP-0440 §4 and XEP-0474 §6: such a list is believed only if the server signs it.
        plan.unsigned =
            Some(tampered("it lists only channel bindings that are unknown here, and does not sign that list"));
    }
    Ok(plan)
}

/// A mechanism that needs no password, where one is wanted and offered.
fn without_password(offer: &Offer, terms: &Terms<'_>) -> Result<Option<Mechanism>, DownReason> {
    if terms.is_guest {
        if offer.has(Mechanism::Anonymous) {
            return Ok(Some(Mechanism::Anonymous));
        }
        return Err(DownReason::NoMechanism("the server takes no guests (it does not offer ANONYMOUS)".into()));
    }
    let has_certificate = terms.tls.own_addresses.is_some();
    if has_certificate && offer.has(Mechanism::External) {
        return Ok(Some(Mechanism::External));
    }
    if !terms.has_password {
        return Err(DownReason::Password("the server does not take your certificate; it wants a password".into()));
    }
    Ok(None)
}

/// How to bind, where -PLUS is offered; `None` where that cannot be.
fn binding(offer: &Offer, terms: &Terms<'_>) -> Result<Option<Gs2>, DownReason> {
    let channel = &terms.tls.channel;
    let ways = [(Binding::Exporter, &channel.exporter), (Binding::EndPoint, &channel.end_point)];
    let mut ways = ways.into_iter().filter_map(|(kind, data)| data.clone().map(|data| (kind, data)));
    let found = match &offer.bindings {
        Some(list) => ways.find(|(kind, _)| list.iter().any(|b| b == kind.name())),
        None if offer.is_list_due => {
            return Err(tampered("it offers to bind the login to the channel, but does not say how"));
        }
        // Without a list, `tls-exporter` is what RFC 9266 asks of TLS 1.3.
        None if terms.strength.is_plus_refused => None,
        None => ways.find(|(kind, _)| *kind == Binding::Exporter),
    };
    Ok(found.map(|(kind, data)| Gs2::Bound { kind, data }))
}

fn without_scram(offer: &Offer, terms: &Terms<'_>) -> Result<Mechanism, DownReason> {
    if offer.has(Mechanism::Plain) {
        return if terms.is_plain_allowed { Ok(Mechanism::Plain) } else { Err(DownReason::OnlyPlain) };
    }
    if offer.mechanisms.is_empty() {
        return Err(DownReason::NoMechanism("the server offers none at all".into()));
    }
    let list = offer.mechanisms.join(", ");
    Err(DownReason::NoMechanism(format!("the server offers {list}, none of which can be used here").into()))
}

/// Somebody changed what the server offers, or the server is at odds with itself.
fn tampered(words: &str) -> DownReason {
    DownReason::ServerProof(words.into())
}
