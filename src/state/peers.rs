//! With whom a private chat in a room is.
//!
//! Such a chat is found by a nickname, and a nickname goes from hand to hand. A room may tell its occupants apart by an id
//! (XEP-0421) or show their addresses; what it told is kept as long as the program runs.

use crate::model::{BareJid, Jid, Occupant};

/// Somebody in a room, as far as the room tells who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    occupant_id: Option<String>,
    address: Option<BareJid>,
}

impl Identity {
    /// That of an occupant.
    #[must_use]
    pub fn of(occupant: &Occupant) -> Self {
        Self { occupant_id: occupant.occupant_id.clone(), address: occupant.real_jid.as_ref().map(Jid::bare) }
    }

    /// Whether it is the same person; `None` where nobody can tell.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> Option<bool> {
        fn same<T: Eq>(a: Option<&T>, b: Option<&T>) -> Option<bool> {
            a.zip(b).map(|(a, b)| a == b)
        }
        same(self.occupant_id.as_ref(), other.occupant_id.as_ref())
            .or_else(|| same(self.address.as_ref(), other.address.as_ref()))
    }
}

/// Whether the nickname is still theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Doubt {
    /// It is, as far as is known.
    #[default]
    None,
    /// They are not in the room, or not under this nickname.
    Gone,
    /// Somebody has it, and nobody can tell whether it is the same person.
    Unsure,
    /// Somebody else has it.
    Other,
}

/// The other side of a private chat in a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peer {
    /// Who it was when the user last talked with them.
    pub known: Option<Identity>,
    /// Whether it is still them.
    pub doubt: Doubt,
}
