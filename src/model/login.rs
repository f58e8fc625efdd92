//! What a login showed: the certificate, the TLS parameters, the features that the server offered and the mechanism
//! that was used. `/connection` and `/cert` show these values.

use super::{Step, StepState, Time, Untrusted};
use std::time::Duration;

/// Hex digits of a key's fingerprint that a person must at least type.
pub const TYPED_MIN: usize = 16;

/// A server's certificate, read for people. Who signed it is checked elsewhere: all of this is only claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The fingerprint of its key: `sha256:` and 64 hex digits, over the SubjectPublicKeyInfo.
    pub key: String,
    /// The names it is for (dNSName, SRVName, XmppAddr, iPAddress), as written.
    pub names: Vec<Untrusted>,
    /// Whose it is, as its subject says.
    pub subject: Untrusted,
    /// Who signed it, as it says.
    pub issuer: Untrusted,
    /// Valid from.
    pub not_before: Time,
    /// Valid until.
    pub not_after: Time,
}

impl Certificate {
    /// Whether it names itself as its signer.
    #[must_use]
    pub fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whole days until it expires; negative when it has.
    #[must_use]
    pub fn days_left(&self, now: Time) -> i64 {
        self.not_after.0.saturating_sub(now.0).div_euclid(86_400_000)
    }
}

/// Why a certificate was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// A certificate authority that this machine, or the account's `ca_file`, trusts signed it for the domain.
    Authority,
    /// Its key is pinned for the account. What else would be wrong with it, where anything is.
    Pinned(Option<Untrusted>),
}

/// A refused certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, in words.
    pub why: Untrusted,
    /// What was shown, where it could be read.
    pub certificate: Option<Certificate>,
    /// The keys that are pinned, where that is why.
    pub pins: Vec<String>,
}

impl From<Untrusted> for Box<Refusal> {
    fn from(why: Untrusted) -> Self {
        Self::new(Refusal { why, certificate: None, pins: Vec::new() })
    }
}

impl From<&str> for Box<Refusal> {
    fn from(why: &str) -> Self {
        Untrusted::from(why).into()
    }
}

/// What TLS gave, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsInfo {
    /// Such as `TLS 1.3`.
    pub version: String,
    /// The cipher suite's name.
    pub cipher: String,
    /// Whether it began with the first byte (XEP-0368), not by STARTTLS.
    pub is_direct: bool,
    /// The certificate, and why it was taken.
    pub certificate: Option<(Certificate, Trust)>,
}

/// An offer of the server in its stream features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamFeature {
    /// The element's name.
    pub name: Untrusted,
    /// Its namespace.
    pub ns: Untrusted,
    /// What stands in it, such as the names of mechanisms.
    pub detail: Untrusted,
}

/// One thing that a login found out.
#[derive(Debug, Clone, PartialEq)]
pub enum LoginFact {
    /// Encryption is on.
    Encrypted(Box<TlsInfo>),
    /// The server's offers before the login, or after it.
    Offered {
        /// Whether that is the list after the login.
        is_signed_in: bool,
        /// The features.
        features: Vec<StreamFeature>,
    },
    /// How it was signed in.
    SignedIn {
        /// The SASL mechanism.
        mechanism: Untrusted,
        /// The channel binding, where the login was tied to this very TLS connection.
        binding: Option<Untrusted>,
    },
    /// The server sent us elsewhere (RFC 6120 §4.9.3.19).
    SentElsewhere(Untrusted),
}

/// A line of a login's timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct LoginLine {
    /// The step.
    pub step: Step,
    /// How far it came.
    pub state: StepState,
    /// When it began, after the login did.
    pub from: Duration,
    /// When it came so far.
    pub until: Duration,
}

/// Lines of a timeline that are kept.
const LINES_MAX: usize = 60;

/// The last login of an account.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Login {
    /// What happened, in order.
    pub lines: Vec<LoginLine>,
    /// What TLS gave.
    pub tls: Option<TlsInfo>,
    /// The stream features before the login and after it.
    pub offered: [Vec<StreamFeature>; 2],
    /// Mechanism and channel binding.
    pub signed_in: Option<(Untrusted, Option<Untrusted>)>,
    /// Where the server sent us, in order.
    pub sent_to: Vec<Untrusted>,
}

impl Login {
    /// A step went on, `after` the login began.
    pub fn step(&mut self, step: Step, state: StepState, after: Duration) {
        let open = self.lines.last_mut().filter(|l| l.step == step && matches!(l.state, StepState::Running(_)));
        if let Some(line) = open {
            line.state = state;
            line.until = after;
            return;
        }
        if self.lines.len() < LINES_MAX {
            let is_running = matches!(state, StepState::Running(_));
            let from = if is_running { after } else { self.lines.last().map_or(Duration::ZERO, |l| l.until) };
            self.lines.push(LoginLine { step, state, from, until: after });
        }
    }

    /// Something was found out.
    pub fn fact(&mut self, fact: LoginFact) {
        match fact {
            LoginFact::Encrypted(tls) => self.tls = Some(*tls),
            LoginFact::Offered { is_signed_in, features } => self.offered[usize::from(is_signed_in)] = features,
            LoginFact::SignedIn { mechanism, binding } => self.signed_in = Some((mechanism, binding)),
            LoginFact::SentElsewhere(host) => self.sent_to.push(host),
        }
    }
}

/// A fingerprint as a person may type it (with or without `sha256:`, in groups, in capitals): its hex digits.
///
/// # Errors
/// What is wrong with it.
pub fn typed_fingerprint(text: &str) -> Result<String, String> {
    let text = text.trim().to_ascii_lowercase();
    let digits = text.strip_prefix("sha256:").or_else(|| text.strip_prefix("sha-256:")).unwrap_or(&text);
    let digits: String = digits.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    if let Some(odd) = digits.chars().find(|c| !c.is_ascii_hexdigit()) {
        return Err(format!("{odd:?} is no hex digit: a fingerprint has only 0 to 9 and a to f"));
    }
    match digits.len() {
        0..TYPED_MIN => Err(format!("too short: at least the first {TYPED_MIN} digits of the fingerprint")),
        TYPED_MIN..=64 => Ok(digits),
        _ => Err("too long: a SHA-256 fingerprint has 64 hex digits".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_ends_is_one_line_with_both_times() {
        let mut login = Login::default();
        let ms = Duration::from_millis;
        login.step(Step::Resolve, StepState::Running("a".into()), ms(1));
        login.step(Step::Resolve, StepState::Done("b".into()), ms(5));
        login.step(Step::Resolve, StepState::Done("c".into()), ms(7));
        login.step(Step::Secure, StepState::Done("d".into()), ms(9));
        let times: Vec<_> = login.lines.iter().map(|l| (l.from.as_millis(), l.until.as_millis())).collect();
        assert_eq!(times, [(1, 5), (5, 7), (7, 9)]);
        for n in 0..200 {
            login.step(Step::Secure, StepState::Done("d".into()), ms(n));
        }
        assert_eq!(login.lines.len(), LINES_MAX);
    }

    #[test]
    fn fingerprints_as_typed() {
        let digits = "0123456789abcdef";
        for typed in ["0123456789abcdef", "sha256:0123456789ABCDEF", " 01:23:45:67:89:ab:cd:ef ", "0123 4567 89ab cdef"]
        {
            assert_eq!(typed_fingerprint(typed), Ok(digits.to_owned()));
        }
        for wrong in ["", "sha256:", "0123456789abcde", "0123456789abcdeg", "sha1:0123456789abcdef"] {
            assert!(typed_fingerprint(wrong).is_err(), "{wrong}");
        }
        assert!(typed_fingerprint(&"a".repeat(65)).is_err());
    }
}
