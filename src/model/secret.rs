//! Passwords: never shown, and wiped from memory.

use std::{fmt, sync::Arc};

/// A password. `Debug` never shows it, and the memory is wiped with the last copy (K-07).
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Wiped>);

/// Text whose memory is wiped when it goes.
#[derive(PartialEq, Eq)]
struct Wiped(String);

impl Drop for Wiped {
    fn drop(&mut self) {
        wipe(std::mem::take(&mut self.0));
    }
}

/// Lets go of a text that held a secret, and leaves nothing of it in memory.
pub fn wipe(text: String) {
    let mut bytes = text.into_bytes();
    bytes.fill(0);
    // Else the filling would be left out, since nobody reads it.
    std::hint::black_box(&bytes);
}

impl Secret {
    /// Wraps a password.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Arc::new(Wiped(text.to_owned())))
    }

    /// The password itself: for the login and for the keyring, nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
