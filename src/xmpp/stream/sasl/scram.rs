//! SCRAM (RFC 5802, RFC 7677) from the client's side, over ring's primitives.
//!
//! It is written here because the server must prove itself as well: its nonce has to begin with ours, its iteration
//! count has to be neither so small that the proof gives the password away nor so big that the login is an attack on
//! our CPU, and its signature is compared before anything else is believed.

use super::gs2::{Gs2, proof};
use super::mechanism::{Hash, Offer, Plan};
use crate::model::{DownReason, Secret};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::{hmac, pbkdf2};
use std::num::NonZeroU32;

/// Fewest iterations that are taken (RFC 5802 §5.1).
pub const ITERATIONS_MIN: u32 = 4096;
/// Most iterations that are taken: about a second of work.
pub const ITERATIONS_MAX: u32 = 1_000_000;

/// SCRAM from the client's side.
pub struct Scram {
    hash: Hash,
    gs2: Gs2,
    offer: Offer,
    /// The end of the login, if the server does not sign what it offers.
    unsigned: Option<DownReason>,
    is_list_signed: bool,
    user: String,
    password: Secret,
    nonce: String,
    /// What the server's signature has to be, once known.
    signature: Option<Vec<u8>>,
    is_verified: bool,
}

impl Scram {
    pub(super) fn new(hash: Hash, plan: &Plan, user: &str, password: &Secret, nonce: String) -> Self {
        let user = prepared(user).replace('=', "=3D").replace(',', "=2C");
        Self {
            hash,
            gs2: plan.gs2.clone(),
            offer: plan.offer.clone(),
            unsigned: plan.unsigned.clone(),
            is_list_signed: false,
            user,
            password: password.clone(),
            nonce,
            signature: None,
            is_verified: false,
        }
    }

    pub(super) fn first(&self) -> String {
        format!("{}{}", self.gs2.header(), self.first_bare())
    }

    fn first_bare(&self) -> String {
        format!("n={},r={}", self.user, self.nonce)
    }

    pub(super) fn respond(&mut self, challenge: &str) -> Result<String, DownReason> {
        if self.is_verified {
            return Err(proof("it goes on asking after all was said"));
        }
        if self.signature.is_some() {
            return self.verify(challenge).map(|()| String::new());
        }
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
        self.check_list(challenge)?;
        let last_bare = format!("c={},r={nonce}", BASE64.encode(self.gs2.input()));
        let message = format!("{},{challenge},{last_bare}", self.first_bare());
        let keys = Keys::derive(self.hash, &self.password, &salt, iterations);
        self.signature = Some(keys.server_signature(message.as_bytes()));
        Ok(format!("{last_bare},p={}", BASE64.encode(keys.client_proof(message.as_bytes()))))
    }

    /// What the server says it offered, against what reached us (XEP-0474). Our proof and its signature both cover
    /// its words, so whoever changed the offer on its way cannot make them fit without the password.
    fn check_list(&mut self, challenge: &str) -> Result<(), DownReason> {
        let field = |name: &str| challenge.split(',').skip(1).find_map(|f| f.strip_prefix(name));
        for (name, between, before) in [("h=", '\u{1e}', '\u{1f}'), ("d=", ',', '|')] {
            let Some(theirs) = field(name) else { continue };
            let ours = ring::digest::digest(self.hash.digest(), self.offer.signed_list(between, before).as_bytes());
            if BASE64.decode(theirs).ok().as_deref() != Some(ours.as_ref()) {
                return Err(proof("what it offers was changed on the way here: somebody stands in between"));
            }
            self.is_list_signed = true;
        }
        match self.unsigned.take() {
            Some(reason) if !self.is_list_signed => Err(reason),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the server signed what it offers. Known for sure once it is verified.
    pub(super) fn is_list_signed(&self) -> bool {
        self.is_verified && self.is_list_signed
    }

    pub(super) fn finish(&mut self, last: &str) -> Result<(), DownReason> {
        if self.is_verified { Ok(()) } else { self.verify(last) }
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

impl Hash {
    fn digest(self) -> &'static ring::digest::Algorithm {
        match self {
            Self::Sha512 => &ring::digest::SHA512,
            Self::Sha256 => &ring::digest::SHA256,
            Self::Sha1 => &ring::digest::SHA1_FOR_LEGACY_USE_ONLY,
        }
    }
}

/// The keys that a password makes (RFC 5802 §3).
struct Keys {
    hmac: hmac::Algorithm,
    digest: &'static ring::digest::Algorithm,
    salted: Vec<u8>,
}

impl Keys {
    fn derive(hash: Hash, password: &Secret, salt: &[u8], iterations: u32) -> Self {
        let digest = hash.digest();
        let (hmac, algorithm) = match hash {
            Hash::Sha512 => (hmac::HMAC_SHA512, pbkdf2::PBKDF2_HMAC_SHA512),
            Hash::Sha256 => (hmac::HMAC_SHA256, pbkdf2::PBKDF2_HMAC_SHA256),
            Hash::Sha1 => (hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, pbkdf2::PBKDF2_HMAC_SHA1),
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
