//! One login, as bytes: the first words, an answer to each challenge, and the check of the last words.

use super::gs2::proof;
use super::mechanism::{Mechanism, Plan};
use super::scram::Scram;
use crate::model::{DownReason, Secret};

/// One login. `initial`, then `respond` for each challenge, then `finish`.
pub enum Exchange {
    /// PLAIN (RFC 4616): nothing follows the first words.
    Plain {
        /// The localpart.
        user: String,
        /// The password.
        password: Secret,
    },
    /// SCRAM.
    Scram(Box<Scram>),
    /// EXTERNAL and ANONYMOUS: all that is said is who we want to be, or nothing.
    Said(String),
}

impl Exchange {
    /// A login by a plan. The nonce is random and without commas.
    #[must_use]
    pub fn new(plan: &Plan, user: &str, password: &Secret, nonce: String) -> Self {
        match plan.mechanism {
            Mechanism::Plain => Self::Plain { user: user.to_owned(), password: password.clone() },
            Mechanism::External => Self::Said(plan.authzid.clone().unwrap_or_default()),
            // The trace of RFC 4505 would tell who the guest is.
            Mechanism::Anonymous => Self::Said(String::new()),
            Mechanism::Scram(hash) | Mechanism::ScramPlus(hash) => {
                Self::Scram(Box::new(Scram::new(hash, plan, user, password, nonce)))
            }
        }
    }

    /// The first words, which go with the name of the mechanism.
    #[must_use]
    pub fn initial(&self) -> Vec<u8> {
        match self {
            Self::Plain { user, password } => format!("\0{user}\0{}", password.expose()).into_bytes(),
            Self::Scram(scram) => scram.first().into_bytes(),
            Self::Said(words) => words.clone().into_bytes(),
        }
    }

    /// The answer to a challenge. This is the slow part (up to a second): not for an async task; see [`answer`].
    ///
    /// # Errors
    /// When the server failed a check.
    pub fn respond(&mut self, challenge: &[u8]) -> Result<Vec<u8>, DownReason> {
        match self {
            // A server that overlooked the first words asks for them (RFC 4422 §5).
            Self::Said(words) if challenge.is_empty() => Ok(words.clone().into_bytes()),
            Self::Plain { .. } | Self::Said(_) => Err(proof("it asked something where nothing is to be asked")),
            Self::Scram(scram) => scram.respond(text(challenge)?).map(String::into_bytes),
        }
    }

    /// The server says that we are in: is it really the one that knows the password? `last` is what it said with
    /// that, empty where it said nothing.
    ///
    /// # Errors
    /// When it did not prove that.
    pub fn finish(&mut self, last: &[u8]) -> Result<(), DownReason> {
        match self {
            Self::Plain { .. } | Self::Said(_) => Ok(()),
            Self::Scram(scram) => scram.finish(text(last)?),
        }
    }
}

impl Exchange {
    /// Whether the server signed what it offers (XEP-0474); known after `finish`.
    #[must_use]
    pub fn is_list_signed(&self) -> bool {
        match self {
            Self::Plain { .. } | Self::Said(_) => false,
            Self::Scram(scram) => scram.is_list_signed(),
        }
    }
}

/// [`Exchange::respond`] on a thread that may take its time.
///
/// # Errors
/// When the server failed a check.
pub async fn answer(mut exchange: Exchange, challenge: Vec<u8>) -> Result<(Exchange, Vec<u8>), DownReason> {
    let work = tokio::task::spawn_blocking(move || {
        let answer = exchange.respond(&challenge);
        (exchange, answer)
    });
    let (exchange, answer) = work.await.map_err(|e| DownReason::Crashed(e.to_string().into()))?;
    Ok((exchange, answer?))
}

fn text(bytes: &[u8]) -> Result<&str, DownReason> {
    std::str::from_utf8(bytes).map_err(|_| proof("its words are not text"))
}
