//! The engine: one tokio task per account owns its XMPP session.

pub mod feature;
pub mod features;
pub mod iq;
pub mod kit;
pub mod registry;
pub mod router;
pub mod stream;
