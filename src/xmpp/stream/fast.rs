//! XEP-0484: Fast Authentication Streamlining Tokens. A login gives a token, and the next logins use that instead of
//! the password: one round trip, nothing to hash a thousand times, and the server proves itself as well.
//!
//! A token goes with one mechanism, so the choice is made when it is asked for: the best binding that both sides can,
//! and never a weaker one than the account's logins had. Left out: HT-SHA-256-UNIQ (rustls has no tls-unique), a token in
//! TLS 1.3 early data, and asking the server to revoke a token.

use super::sasl::Terms;
use crate::model::{DownReason, FastToken, Secret, Standard, Strength, Time, TokenKind};
use crate::xmpp::kit::{ns, time};
use crate::xmpp::link::Channel;
use minidom::Element;
use ring::hmac;

/// The row of the reference.
pub const STANDARD: Standard = Standard::partial("XEP-0484", "Fast Authentication Streamlining Tokens", "0.2.0");

/// The longest token that is kept.
const TOKEN_MAX: usize = 4096;

/// The mechanisms for tokens that a server offers, out of its inline features.
#[must_use]
pub fn offered(inline: &Element) -> Vec<TokenKind> {
    let names: Vec<String> = inline
        .get_child("fast", ns::FAST)
        .into_iter()
        .flat_map(Element::children)
        .filter(|c| c.name() == "mechanism")
        .map(|c| c.text().trim().to_owned())
        .take(50)
        .collect();
    TokenKind::ALL.into_iter().filter(|kind| names.iter().any(|n| n == kind.mechanism())).collect()
}

/// What a login binds to with such a token; `None` where this channel has no such thing.
fn data(kind: TokenKind, channel: &Channel) -> Option<Vec<u8>> {
    match kind {
        TokenKind::None => Some(Vec::new()),
        TokenKind::EndPoint => channel.end_point.clone(),
        TokenKind::Exporter => channel.exporter.clone(),
    }
}

/// What a login with such a token comes to.
fn strength(kind: TokenKind, terms: &Terms<'_>) -> Strength {
    let is_tls13 = terms.tls.version == "TLS 1.3";
    Strength { proof: terms.strength.proof, binding: kind.binding(), is_tls13, ..Strength::default() }
}

/// Whether logins with such a token are possible here, and no weaker than those before.
fn may(kind: TokenKind, terms: &Terms<'_>) -> bool {
    data(kind, &terms.tls.channel).is_some() && terms.strength.check(&strength(kind, terms)).is_ok()
}

/// Which token to ask for with a login that is bound like this one.
#[must_use]
pub fn wanted(offered: &[TokenKind], terms: &Terms<'_>, login: &Strength) -> Option<TokenKind> {
    offered.iter().copied().find(|kind| may(*kind, terms) && kind.binding() >= login.binding)
}

/// A token in the server's `<success/>`, for the mechanism that was asked for or used.
#[must_use]
pub fn given(success: &Element, kind: Option<TokenKind>) -> Option<FastToken> {
    let token = success.get_child("token", ns::FAST)?;
    let secret = token.attr("token").filter(|t| !t.is_empty() && t.len() <= TOKEN_MAX)?;
    let expiry = token.attr("expiry").and_then(time::parse);
    Some(FastToken { kind: kind?, secret: Secret::new(secret), expiry })
}

/// A login with a token (draft-schmaus-kitten-sasl-ht).
pub struct Fast {
    key: hmac::Key,
    data: Vec<u8>,
    user: String,
}

impl Fast {
    /// Where the token can be used here and now.
    #[must_use]
    pub fn new(token: &FastToken, user: &str, offered: &[TokenKind], terms: &Terms<'_>) -> Option<Self> {
        let is_usable = offered.contains(&token.kind) && token.is_fresh(Time::now()) && may(token.kind, terms);
        let data = data(token.kind, &terms.tls.channel).filter(|_| is_usable)?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, token.secret.expose().as_bytes());
        Some(Self { key, data, user: user.to_owned() })
    }

    fn text(&self, who: &str) -> Vec<u8> {
        [who.as_bytes(), &self.data].concat()
    }

    /// The only words.
    #[must_use]
    pub fn initial(&self) -> Vec<u8> {
        let hashed = hmac::sign(&self.key, &self.text("Initiator"));
        [self.user.as_bytes(), b"\0", hashed.as_ref()].concat()
    }

    /// Does the server know the token as well?
    ///
    /// # Errors
    /// When it did not prove that.
    pub fn finish(&self, last: &[u8]) -> Result<(), DownReason> {
        hmac::verify(&self.key, &self.text("Responder"), last)
            .map_err(|_| DownReason::ServerProof("its answer is wrong: it does not know the token".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Binding;
    use crate::xmpp::link::TlsFacts;

    fn tls(exporter: bool) -> TlsFacts {
        let exporter = exporter.then(|| vec![7; 32]);
        let version = if exporter.is_some() { "TLS 1.3" } else { "TLS 1.2" };
        let channel = Channel { exporter, end_point: Some(vec![8; 32]) };
        TlsFacts { version: version.to_owned(), channel, ..TlsFacts::default() }
    }

    fn terms<'a>(tls: &'a TlsFacts, strength: &'a Strength) -> Terms<'a> {
        let (is_plain_allowed, is_guest) = (false, false);
        Terms { is_plain_allowed, has_password: true, is_guest, address: "me@a.test", tls, strength }
    }

    fn token(kind: TokenKind, expiry: Option<Time>) -> FastToken {
        FastToken { kind, secret: Secret::new("secret-token:fast-x"), expiry }
    }

    #[test]
    fn the_best_binding_that_both_can_and_never_a_weaker_one() {
        let all = TokenKind::ALL;
        let want = |offered: &[TokenKind], tls: &TlsFacts, known: Option<Binding>, login: Option<Binding>| {
            let strength = Strength { binding: known, ..Strength::default() };
            let terms = self::terms(tls, &strength);
            wanted(offered, &terms, &Strength { binding: login, ..Strength::default() })
        };
        let (new, old) = (tls(true), tls(false));
        let (exporter, end_point) = (Some(Binding::Exporter), Some(Binding::EndPoint));
        assert_eq!(want(&all, &new, None, None), Some(TokenKind::Exporter));
        assert_eq!(want(&all, &old, None, None), Some(TokenKind::EndPoint));
        assert_eq!(want(&[TokenKind::None], &new, None, None), Some(TokenKind::None));
        assert_eq!(want(&[TokenKind::None], &new, exporter, exporter), None, "logins were bound");
        assert_eq!(want(&[TokenKind::None], &new, None, end_point), None, "this login is bound");
        assert_eq!(want(&[TokenKind::EndPoint, TokenKind::None], &new, None, exporter), None);
        assert_eq!(want(&[], &new, None, None), None);
    }

    #[test]
    fn a_token_is_used_only_as_it_was_made() {
        let strength = Strength::default();
        let (new, old) = (tls(true), tls(false));
        let usable = |token: &FastToken, offered: &[TokenKind], tls: &TlsFacts, strength: &Strength| {
            Fast::new(token, "me", offered, &terms(tls, strength)).is_some()
        };
        let bound = token(TokenKind::Exporter, None);
        assert!(usable(&bound, &TokenKind::ALL, &new, &strength));
        assert!(!usable(&bound, &TokenKind::ALL, &old, &strength), "no exporter here");
        assert!(!usable(&bound, &[TokenKind::None], &new, &strength), "not offered");
        assert!(!usable(&token(TokenKind::Exporter, Some(Time(1))), &TokenKind::ALL, &new, &strength), "expired");
        let loose = token(TokenKind::None, None);
        assert!(usable(&loose, &TokenKind::ALL, &old, &strength));
        let tls13 = Strength { is_tls13: true, ..Strength::default() };
        assert!(!usable(&loose, &TokenKind::ALL, &old, &tls13), "it spoke TLS 1.3 before");
        let binds = Strength { binding: Some(Binding::Exporter), ..Strength::default() };
        assert!(!usable(&loose, &TokenKind::ALL, &new, &binds), "it was bound before");
    }

    #[test]
    fn both_prove_that_they_know_it() {
        let strength = Strength::default();
        let tls = tls(true);
        let terms = self::terms(&tls, &strength);
        let token = token(TokenKind::Exporter, None);
        let login = Fast::new(&token, "me", &TokenKind::ALL, &terms).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret-token:fast-x");
        let sign = |who: &str| hmac::sign(&key, &[who.as_bytes(), &[7; 32]].concat());
        assert_eq!(login.initial(), [b"me\0", sign("Initiator").as_ref()].concat());
        assert_eq!(login.finish(sign("Responder").as_ref()), Ok(()));
        for lie in [sign("Initiator").as_ref(), b"", hmac::sign(&key, b"Responder").as_ref()] {
            assert!(matches!(login.finish(lie), Err(DownReason::ServerProof(_))));
        }
    }
}
