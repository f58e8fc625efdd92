//! The stream: bytes to stanzas and back, login, XEP-0198, watchdog.

pub mod element;
