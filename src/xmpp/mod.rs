//! The engine: one tokio task per account owns its XMPP session.

pub mod feature;
pub mod stream;
