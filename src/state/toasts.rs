//! Toasts, the short news: an info stays for 4 s, a warning for 8 s, an error until a key is pressed.

use crate::model::{Time, Untrusted};

/// How grave it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Look at it.
    Warning,
    /// Something failed.
    Error,
}

/// One piece of news.
#[derive(Debug, Clone, PartialEq)]
pub struct Toast {
    /// How grave.
    pub severity: Severity,
    /// What, why, and the key to press.
    pub text: Untrusted,
    /// Gone after this; `None` stays until a key.
    pub until: Option<Time>,
}

/// All that are shown, at most five; the newest last.
#[derive(Debug, Clone, Default)]
pub struct Toasts {
    /// The toasts.
    pub list: Vec<Toast>,
}
