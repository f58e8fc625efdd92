//! Boxes that something other than a key wants to open: until they may, and just after they did.

use super::overlays::Overlay;
use crate::model::{AccountId, Time, Untrusted};

/// A box that waits until it may open.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The box.
    pub overlay: Overlay,
    /// The account that it is about.
    pub account: Option<AccountId>,
    /// What it wants, for the line that tells of it.
    pub words: Untrusted,
}

/// A box that opened by itself.
#[derive(Debug, Clone)]
pub struct Opened {
    /// When.
    pub at: Time,
    /// How many overlays lay on the screen then, itself included.
    pub depth: usize,
    /// The account that it is about.
    pub account: Option<AccountId>,
    /// What it wants, should it have to wait again.
    pub words: Untrusted,
}

/// All of them, and what says whether one may open.
#[derive(Debug, Clone, Default)]
pub struct Boxes {
    /// Those that wait, the oldest first.
    pub waiting: Vec<Waiting>,
    /// The key that opens the oldest, as the line about it names it.
    pub key: String,
    /// The box on top opened by itself.
    pub opened: Option<Opened>,
    /// When the user last pressed a key; `None` before the first.
    pub last_key: Option<Time>,
    /// With that key the user asked for something of this account and may be looking at the screen for the answer.
    pub awaited: Option<(AccountId, Time)>,
}
