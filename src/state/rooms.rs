//! Rooms and who is in them.

use crate::model::{AccountId, BareJid, Occupant, RoomFailure, Untrusted};
use std::collections::{BTreeSet, HashMap};

/// Whether the user is in a room.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Membership {
    /// Not there.
    #[default]
    Out,
    /// Entering.
    Joining,
    /// There.
    In,
    /// Could not enter.
    Failed(RoomFailure),
}

/// How the people pane sorts: moderators first, then by nickname.
pub type OccupantKey = (u8, String);

/// One room.
#[derive(Debug, Clone, Default)]
pub struct Room {
    /// Whether the user is there.
    pub membership: Membership,
    /// The user's nickname there.
    pub nick: Untrusted,
    /// The subject.
    pub subject: Untrusted,
    /// What the room says it is, such as `members-only`.
    pub traits: Vec<String>,
    /// Its description.
    pub description: Option<Untrusted>,
    /// Everybody, by nickname.
    pub occupants: HashMap<String, Occupant>,
    /// The same in the pane's order: (group, lower-case nickname) → nickname. Kept with each change.
    pub sorted: BTreeSet<(OccupantKey, String)>,
    /// Whether it is bookmarked with autojoin.
    pub is_autojoin: bool,
    /// The row that the keys are at in the people pane.
    pub selected: usize,
    /// The first row of the people pane on the screen.
    pub top: usize,
}

/// All rooms of all accounts.
#[derive(Debug, Clone, Default)]
pub struct Rooms {
    /// By account and address.
    pub by_jid: HashMap<(AccountId, BareJid), Room>,
    /// Whether the user hides the people (wide screens) or has opened the drawer (narrow ones).
    pub is_people_toggled: bool,
}

impl Rooms {
    /// A room.
    #[must_use]
    pub fn get(&self, account: &AccountId, room: &BareJid) -> Option<&Room> {
        self.by_jid.get(&(account.clone(), room.clone()))
    }
}
