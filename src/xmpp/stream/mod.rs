//! The stream: bytes to stanzas and back, login, XEP-0198, watchdog.
//!
//! `scan` cuts bytes into whole, bounded frames; `codec` reads and writes one of them; `wire` moves them over a
//! byte stream; `negotiate`, `authenticate`, `sasl2`, `fast`, `sasl` and `registration` sign in; `management` and `watchdog` are pure state machines
//! that the session asks what to do.

pub mod authenticate;
pub mod bounds;
pub mod codec;
mod encoding;
pub mod fast;
pub mod management;
pub mod negotiate;
pub mod redact;
pub mod registration;
pub mod sasl;
pub mod sasl2;
pub mod scan;
pub mod watchdog;
pub mod wire;

use crate::model::Standard;

/// The row of the reference.
pub const STANDARD: Standard = Standard::complete("RFC 6120", "XMPP: Core", "2011-03");
