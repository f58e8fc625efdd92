//! Rooms and their occupants.

use crate::model::{AccountId, Affiliation, BareJid, Occupant, Role, RoomFailure, Untrusted};
use crate::state::names::Names;
use crate::words;
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

/// How the people pane sorts: by role, as the headings say; then by nickname.
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
    /// Which nicknames look like others, and who had them.
    pub names: Names,
    /// Whether it is bookmarked with autojoin.
    pub is_autojoin: bool,
    /// The row that the keys are at in the people pane.
    pub selected: usize,
    /// The first row of the people pane on the screen.
    pub top: usize,
}

/// Where somebody stands in the people pane. What they are to the room (owner, member) their card tells: most people are
/// nothing to it, and a heading for these would be a riddle.
fn occupant_key(occupant: &Occupant) -> OccupantKey {
    let group = match occupant.role {
        Role::Moderator => 0,
        Role::Participant => 1,
        Role::Visitor | Role::None => 2,
    };
    (group, occupant.nick.raw().to_lowercase())
}

impl Room {
    /// Puts in, or replaces, somebody.
    pub fn put(&mut self, occupant: Occupant) {
        let nick = occupant.nick.raw().to_owned();
        self.sorted.insert((occupant_key(&occupant), nick.clone()));
        if let Some(old) = self.occupants.insert(nick.clone(), occupant.clone()) {
            let old = occupant_key(&old);
            if old != occupant_key(&occupant) {
                self.sorted.remove(&(old, nick));
            }
        }
    }

    /// Takes somebody out.
    pub fn remove(&mut self, nick: &str) -> Option<Occupant> {
        let old = self.occupants.remove(nick)?;
        self.sorted.remove(&(occupant_key(&old), nick.to_owned()));
        Some(old)
    }

    /// Nobody is known any more.
    pub fn clear(&mut self) {
        self.names.clear(self.occupants.values());
        self.occupants.clear();
        self.sorted.clear();
        self.selected = 0;
    }

    /// Whether the user is in.
    #[must_use]
    pub fn is_in(&self) -> bool {
        self.membership == Membership::In
    }

    /// The user, as the room shows them.
    #[must_use]
    pub fn me(&self) -> Option<&Occupant> {
        self.occupants.get(self.nick.raw())
    }

    /// Whether the user may kick: moderators may. Where it is not known, the room is asked.
    #[must_use]
    pub fn may_kick(&self) -> bool {
        self.me().is_none_or(|me| me.role == Role::Moderator)
    }

    /// Whether the user may ban: admins and owners may.
    #[must_use]
    pub fn may_ban(&self) -> bool {
        self.me().is_none_or(|me| matches!(me.affiliation, Affiliation::Owner | Affiliation::Admin))
    }

    /// Whether the user may change the settings: owners may.
    #[must_use]
    pub fn may_configure(&self) -> bool {
        self.me().is_none_or(|me| me.affiliation == Affiliation::Owner)
    }

    /// Who alone may use a command here, where the user may not.
    #[must_use]
    pub fn forbids(&self, command: &str) -> Option<String> {
        if !self.is_in() {
            return None;
        }
        match command {
            "kick" | "moderate" if !self.may_kick() => Some(words::muc::only_moderators()),
            "ban" | "unban" if !self.may_ban() => Some(words::muc::only_admins()),
            "config" if !self.may_configure() => Some(words::muc::only_owners()),
            _ => None,
        }
    }

    /// The occupant that the keys are at in the people pane.
    #[must_use]
    pub fn selected_occupant(&self) -> Option<&Occupant> {
        let (_, nick) = self.sorted.iter().nth(self.selected)?;
        self.occupants.get(nick)
    }
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

    /// A room, to change; made where it is not known yet.
    pub fn entry(&mut self, account: &AccountId, room: &BareJid) -> &mut Room {
        self.by_jid.entry((account.clone(), room.clone())).or_default()
    }
}
