//! Random ids, for stanzas and nonces. Nobody can guess one, so an answer that carries it is from who got the question.

use base64::Engine;

/// Twelve random bytes as an id.
#[must_use]
pub fn random_id() -> String {
    let mut bytes = [0u8; 12];
    if getrandom::fill(&mut bytes).is_err() {
        tracing::error!("the system gives no random numbers");
    }
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}
