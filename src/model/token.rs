//! FAST tokens (XEP-0484): a server gives one at a login, and later logins use it instead of the password.

use super::{Binding, Secret, Time};

/// How a token is used: the hash is SHA-256, and this is what a login with it is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// To nothing but TLS itself.
    None,
    /// To the server's certificate.
    EndPoint,
    /// To this very TLS session.
    Exporter,
}

impl TokenKind {
    /// All, the best first.
    pub const ALL: [Self; 3] = [Self::Exporter, Self::EndPoint, Self::None];

    /// The name of its mechanism.
    #[must_use]
    pub fn mechanism(self) -> &'static str {
        match self {
            Self::None => "HT-SHA-256-NONE",
            Self::EndPoint => "HT-SHA-256-ENDP",
            Self::Exporter => "HT-SHA-256-EXPR",
        }
    }

    /// What a login with it is bound to.
    #[must_use]
    pub fn binding(self) -> Option<Binding> {
        match self {
            Self::None => None,
            Self::EndPoint => Some(Binding::EndPoint),
            Self::Exporter => Some(Binding::Exporter),
        }
    }
}

/// A token. It is as good as the password, so `Debug` never shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FastToken {
    /// The one mechanism that it may be used with.
    pub kind: TokenKind,
    /// The token itself.
    pub secret: Secret,
    /// When the server forgets it.
    pub expiry: Option<Time>,
}

impl FastToken {
    /// As one line, for the keyring.
    #[must_use]
    pub fn line(&self) -> Secret {
        let expiry = self.expiry.map_or_else(|| "-".to_owned(), |t| t.0.to_string());
        Secret::new(&format!("{} {expiry} {}", self.kind.mechanism(), self.secret.expose()))
    }

    /// Reads such a line.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, ' ');
        let (name, expiry, secret) = (parts.next()?, parts.next()?, parts.next()?);
        let kind = TokenKind::ALL.into_iter().find(|k| k.mechanism() == name)?;
        let expiry = if expiry == "-" { None } else { Some(Time(expiry.parse().ok()?)) };
        (!secret.is_empty()).then(|| Self { kind, secret: Secret::new(secret), expiry })
    }

    /// Whether the server may still take it.
    #[must_use]
    pub fn is_fresh(&self, now: Time) -> bool {
        self.expiry.is_none_or(|expiry| now < expiry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_and_shows_nothing() {
        for (kind, expiry) in [(TokenKind::Exporter, Some(Time(1000))), (TokenKind::None, None)] {
            let token = FastToken { kind, secret: Secret::new("secret-token: with a space"), expiry };
            assert_eq!(FastToken::parse(token.line().expose()), Some(token.clone()));
            assert!(!format!("{token:?}").contains("secret-token"));
        }
        for bad in [
            "",
            "HT-SHA-256-EXPR",
            "HT-SHA-256-EXPR -",
            "HT-SHA-256-EXPR - ",
            "HT-SHA-256-UNIQ - x",
            "HT-SHA-256-EXPR x y",
        ] {
            assert_eq!(FastToken::parse(bad), None, "{bad}");
        }
        let token = FastToken { kind: TokenKind::None, secret: Secret::new("x"), expiry: Some(Time(1000)) };
        assert!(token.is_fresh(Time(999)) && !token.is_fresh(Time(1000)));
    }
}
