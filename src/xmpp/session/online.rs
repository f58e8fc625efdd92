//! The stream of a session that is signed in, and how well its link is.

use crate::clock::{Alarm, boot_time};
use crate::xmpp::stream::watchdog::Watchdog;
use crate::xmpp::stream::wire::{Wire, WireError};
use std::time::Duration;

/// A stream that is ready for stanzas.
pub(super) struct Online {
    pub(super) wire: Wire,
    pub(super) watchdog: Watchdog,
    pub(super) alarm: Alarm,
    /// When the session began, on the boot-time clock.
    pub(super) since: Duration,
    /// The id of a ping of our own that is under way.
    pub(super) probe: Option<String>,
    /// The wire gave out while something was sent.
    pub(super) fault: Option<WireError>,
    /// When the last notice about replaced stanzas was given.
    pub(super) noticed: Option<Duration>,
    /// How many were replaced since.
    pub(super) skipped: u32,
}

impl Online {
    /// A session that begins now.
    pub(super) fn new(wire: Wire) -> Self {
        Self {
            wire,
            watchdog: Watchdog::default(),
            alarm: Alarm::new(),
            since: boot_time(),
            probe: None,
            fault: None,
            noticed: None,
            skipped: 0,
        }
    }
}
