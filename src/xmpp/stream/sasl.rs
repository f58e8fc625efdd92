//! Signing in (RFC 6120 §6): the choice of a mechanism, and SCRAM (RFC 5802, RFC 7677).
//!
//! SCRAM is written here, over ring's primitives, because the server must prove itself as well: its nonce has to
//! begin with ours, its iteration count has to be neither so small that the proof gives the password away nor so
//! big that the login is an attack on our CPU, and its signature is compared before anything else is believed.
//! PLAIN is used only inside TLS, and only where the user allowed it for this account. DIGEST-MD5 and the like
//! never are. Channel binding and SASL 2 have their place at [`Scram::new`] and [`choose`].

use crate::model::{DownReason, Secret, Untrusted};
use crate::xmpp::kit::element::{Build, el};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use minidom::Element;
use ring::{hmac, pbkdf2};
use std::num::NonZeroU32;

/// The namespace of SASL.
pub const NS_SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";

/// Fewest iterations that are taken (RFC 5802 §5.1).
pub const ITERATIONS_MIN: u32 = 4096;
/// Most iterations that are taken: about a second of work.
pub const ITERATIONS_MAX: u32 = 1_000_000;

/// A mechanism that we speak, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mechanism {
    /// The password itself.
    Plain,
    /// SCRAM with SHA-1.
    ScramSha1,
    /// SCRAM with SHA-256.
    ScramSha256,
    /// SCRAM with SHA-512.
    ScramSha512,
}

impl Mechanism {
    /// Its name in the protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha1 => "SCRAM-SHA-1",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }

    const ALL: [Self; 4] = [Self::ScramSha512, Self::ScramSha256, Self::ScramSha1, Self::Plain];
}

/// The strongest mechanism of those that are offered.
///
/// # Errors
/// When none may be used.
pub fn choose(offered: &[String], is_plain_allowed: bool) -> Result<Mechanism, DownReason> {
    let is_offered = |m: &Mechanism| offered.iter().any(|o| o == m.name());
    match Mechanism::ALL.into_iter().find(is_offered) {
        Some(Mechanism::Plain) if !is_plain_allowed => Err(DownReason::NoMechanism(
            "the server offers only PLAIN, which hands it your password; allow_plain = true for this account permits that"
                .into(),
        )),
        Some(mechanism) => Ok(mechanism),
        None if offered.is_empty() => Err(DownReason::NoMechanism("the server offers none at all".into())),
        None => Err(DownReason::NoMechanism(
            format!("the server offers {}, none of which we speak", offered.join(", ")).into(),
        )),
    }
}

/// The mechanisms in the stream features, at most 50.
#[must_use]
pub fn offered(features: &Element) -> Vec<String> {
    let list = features.get_child("mechanisms", NS_SASL);
    let names = list.into_iter().flat_map(|l| l.children()).filter(|c| c.is("mechanism", NS_SASL));
    names.take(50).map(|c| c.text().trim().to_owned()).collect()
}

/// One login. `start`, then `on_challenge` for each challenge, then `on_success`.
pub enum Exchange {
    /// PLAIN: nothing follows the first message.
    Plain {
        /// The localpart.
        user: String,
        /// The password.
        password: Secret,
    },
    /// SCRAM.
    Scram(Box<Scram>),
}

impl Exchange {
    /// A login with a mechanism.
    #[must_use]
    pub fn new(mechanism: Mechanism, user: &str, password: &Secret, nonce: String) -> Self {
        match mechanism {
            Mechanism::Plain => Self::Plain { user: user.to_owned(), password: password.clone() },
            Mechanism::ScramSha1 | Mechanism::ScramSha256 | Mechanism::ScramSha512 => {
                Self::Scram(Box::new(Scram::new(mechanism, user, password, nonce)))
            }
        }
    }

    /// The `<auth/>` element.
    #[must_use]
    pub fn start(&self) -> Element {
        let (name, text) = match self {
            Self::Plain { user, password } => (Mechanism::Plain.name(), format!("\0{user}\0{}", password.expose())),
            Self::Scram(scram) => (scram.mechanism.name(), scram.first()),
        };
        el("auth", NS_SASL).with_attr("mechanism", name).with_text(&BASE64.encode(text))
    }

    /// The `<response/>` to a challenge. This is the slow part (up to a second): not for an async task.
    ///
    /// # Errors
    /// When the server failed a check.
    pub fn on_challenge(&mut self, challenge: &Element) -> Result<Element, DownReason> {
        let text = decode(challenge)?;
        match self {
            Self::Plain { .. } => Err(proof("it asked something where nothing is to be asked")),
            Self::Scram(scram) => {
                let answer = if scram.signature.is_some() {
                    scram.verify(&text).map(|()| String::new())
                } else {
                    scram.respond(&text)
                };
                Ok(el("response", NS_SASL).with_text(&BASE64.encode(answer?)))
            }
        }
    }

    /// `<success/>` came: is it really the server that knows the password?
    ///
    /// # Errors
    /// When it did not prove that.
    pub fn on_success(&mut self, success: &Element) -> Result<(), DownReason> {
        match self {
            Self::Plain { .. } => Ok(()),
            Self::Scram(scram) if scram.is_verified => Ok(()),
            Self::Scram(scram) => scram.verify(&decode(success)?),
        }
    }
}

fn decode(element: &Element) -> Result<String, DownReason> {
    let text = element.text();
    let text = text.trim();
    if text.is_empty() || text == "=" {
        return Ok(String::new());
    }
    let bytes = BASE64.decode(text).map_err(|_| proof("its words are not base64"))?;
    String::from_utf8(bytes).map_err(|_| proof("its words are not text"))
}

fn proof(words: &str) -> DownReason {
    DownReason::ServerProof(words.into())
}

/// SCRAM from the client's side.
pub struct Scram {
    mechanism: Mechanism,
    user: String,
    password: Secret,
    nonce: String,
    /// What the server's signature has to be, once known.
    signature: Option<Vec<u8>>,
    is_verified: bool,
}

impl Scram {
    /// The GS2 header: we bind to no channel and claim no more. With channel binding this becomes
    /// `p=tls-exporter,,` and its data follows the header in `c=`.
    const GS2: &'static str = "n,,";

    /// A login that begins with this nonce (random, without commas).
    #[must_use]
    pub fn new(mechanism: Mechanism, user: &str, password: &Secret, nonce: String) -> Self {
        let user = prepared(user).replace('=', "=3D").replace(',', "=2C");
        Self { mechanism, user, password: password.clone(), nonce, signature: None, is_verified: false }
    }

    fn first(&self) -> String {
        format!("{}{}", Self::GS2, self.first_bare())
    }

    fn first_bare(&self) -> String {
        format!("n={},r={}", self.user, self.nonce)
    }

    fn respond(&mut self, challenge: &str) -> Result<String, DownReason> {
        if challenge.starts_with("m=") {
            return Err(proof("it asks for an extension that we do not know"));
        }
        let field = |name: &str| challenge.split(',').find_map(|f| f.strip_prefix(name));
        let nonce = field("r=").ok_or_else(|| proof("it sent no nonce"))?;
        if !nonce.starts_with(&self.nonce) || nonce.len() == self.nonce.len() {
            return Err(proof("its nonce does not continue ours"));
        }
        let salt = field("s=").and_then(|s| BASE64.decode(s).ok()).filter(|s| !s.is_empty());
        let salt = salt.ok_or_else(|| proof("it sent no salt"))?;
        let iterations = field("i=").and_then(|i| i.parse::<u32>().ok());
        let iterations = iterations.ok_or_else(|| proof("it sent no iteration count"))?;
        if !(ITERATIONS_MIN..=ITERATIONS_MAX).contains(&iterations) {
            let words = format!(
                "it asked for {iterations} rounds of hashing; between {ITERATIONS_MIN} and {ITERATIONS_MAX} are sane"
            );
            return Err(DownReason::ServerProof(words.into()));
        }
        let last_bare = format!("c={},r={nonce}", BASE64.encode(Self::GS2));
        let message = format!("{},{challenge},{last_bare}", self.first_bare());
        let keys = Keys::derive(self.mechanism, &self.password, &salt, iterations);
        self.signature = Some(keys.server_signature(message.as_bytes()));
        Ok(format!("{last_bare},p={}", BASE64.encode(keys.client_proof(message.as_bytes()))))
    }

    fn verify(&mut self, last: &str) -> Result<(), DownReason> {
        if let Some(error) = last.split(',').find_map(|f| f.strip_prefix("e=")) {
            return Err(DownReason::Password(format!("the server says {error}").into()));
        }
        let theirs = last.split(',').find_map(|f| f.strip_prefix("v=")).and_then(|v| BASE64.decode(v).ok());
        match (&self.signature, theirs) {
            (Some(ours), Some(theirs)) if is_same(ours, &theirs) => {
                self.is_verified = true;
                Ok(())
            }
            (Some(_), Some(_)) => Err(proof("its signature is wrong: it does not know your password")),
            (_, None) => Err(proof("it did not sign its answer")),
            (None, _) => Err(proof("it skipped the challenge")),
        }
    }
}

/// Without a time that tells where they differ.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

/// The keys that a password makes (RFC 5802 §3).
struct Keys {
    hmac: hmac::Algorithm,
    digest: &'static ring::digest::Algorithm,
    salted: Vec<u8>,
}

impl Keys {
    fn derive(mechanism: Mechanism, password: &Secret, salt: &[u8], iterations: u32) -> Self {
        let (hmac, digest, algorithm) = match mechanism {
            Mechanism::ScramSha512 => (hmac::HMAC_SHA512, &ring::digest::SHA512, pbkdf2::PBKDF2_HMAC_SHA512),
            Mechanism::ScramSha256 => (hmac::HMAC_SHA256, &ring::digest::SHA256, pbkdf2::PBKDF2_HMAC_SHA256),
            Mechanism::ScramSha1 | Mechanism::Plain => {
                (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &ring::digest::SHA1_FOR_LEGACY_USE_ONLY, pbkdf2::PBKDF2_HMAC_SHA1)
            }
        };
        let mut salted = vec![0; digest.output_len()];
        let iterations = NonZeroU32::new(iterations).unwrap_or(NonZeroU32::MIN);
        pbkdf2::derive(algorithm, iterations, salt, prepared(password.expose()).as_bytes(), &mut salted);
        Self { hmac, digest, salted }
    }

    fn sign(&self, key: &[u8], message: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(self.hmac, key), message).as_ref().to_vec()
    }

    fn client_proof(&self, message: &[u8]) -> Vec<u8> {
        let client = self.sign(&self.salted, b"Client Key");
        let stored = ring::digest::digest(self.digest, &client);
        let signature = self.sign(stored.as_ref(), message);
        client.iter().zip(signature).map(|(a, b)| a ^ b).collect()
    }

    fn server_signature(&self, message: &[u8]) -> Vec<u8> {
        let server = self.sign(&self.salted, b"Server Key");
        self.sign(&server, message)
    }
}

/// SASLprep (RFC 4013). What it cannot prepare (characters newer than Unicode 3.2) goes as it is.
fn prepared(text: &str) -> String {
    stringprep::saslprep(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
}

/// What a `<failure/>` means for the account (RFC 6120 §6.5), in words.
#[must_use]
pub fn failure(failure: &Element) -> DownReason {
    let text = failure.get_child("text", NS_SASL).map(|t| t.text().chars().take(500).collect::<String>());
    let condition = failure.children().find(|c| c.name() != "text").map_or("", Element::name);
    let sentence = match condition {
        "account-disabled" => "the account is disabled",
        "credentials-expired" => "the password has expired",
        "not-authorized" => "wrong user name or password",
        "temporary-auth-failure" => "it cannot check passwords now",
        "mechanism-too-weak" | "encryption-required" => "it wants a stronger way to sign in",
        "invalid-mechanism" => "it does not take the mechanism that it offered",
        "aborted" => "the login was aborted",
        "invalid-authzid" | "incorrect-encoding" | "malformed-request" => "it did not understand the login",
        _ => "it gave no reason that is known here",
    };
    let words: Untrusted = match text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
        Some(text) => format!("{sentence} (the server says: {text})").into(),
        None => sentence.into(),
    };
    match condition {
        "account-disabled" | "credentials-expired" | "not-authorized" => DownReason::Password(words),
        "temporary-auth-failure" | "aborted" => DownReason::Stream(words),
        "mechanism-too-weak" | "encryption-required" | "invalid-mechanism" => DownReason::NoMechanism(words),
        _ => DownReason::Refused(words),
    }
}

#[cfg(test)]
#[path = "sasl_tests.rs"]
mod tests;
