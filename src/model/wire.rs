//! Lines for the raw-XML console.

use super::{Time, Untrusted};

/// Which way a stanza went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the server.
    In,
    /// To the server.
    Out,
}

/// One stanza or stream element, secrets already redacted.
#[derive(Debug, Clone, PartialEq)]
pub struct WireLine {
    /// The time at which the line passed.
    pub time: Time,
    /// Which way.
    pub direction: Direction,
    /// The XML.
    pub xml: Untrusted,
}
