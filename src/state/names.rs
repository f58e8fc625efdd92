//! Nicknames in a room: which look like others, and who had one last (S-14).
//!
//! This is only data; `update` knows which names look alike and fills it in.

use crate::model::{BareJid, Occupant};
use std::collections::HashMap;

/// So many nicknames of people who left are remembered, and so many that look like others.
const KEPT: usize = 1_000;

/// What tells that somebody is the same person: the room's id for them (XEP-0421), the real address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    id: Option<String>,
    real: Option<BareJid>,
}

impl Owner {
    /// Of somebody in the room.
    #[must_use]
    pub fn of(occupant: &Occupant) -> Self {
        Self { id: occupant.occupant_id.clone(), real: occupant.real_jid.as_ref().map(crate::model::Jid::bare) }
    }

    /// Whether it is surely another person.
    #[must_use]
    pub fn is_other(&self, than: &Self) -> bool {
        let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).map(|(a, b)| a != b);
        let by_id = differ(self.id.as_deref(), than.id.as_deref());
        let real = |o: &Self| o.real.as_ref().map(|r| r.as_str().to_owned());
        by_id.or_else(|| differ(real(self).as_deref(), real(than).as_deref())).unwrap_or_default()
    }
}

/// The names of one room.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Nicknames of people who are here, by what they look like.
    looks: HashMap<String, Vec<String>>,
    /// Nicknames that look like another name: that name. They keep the mark when they leave, as what they said stays.
    alike: HashMap<String, String>,
    /// Who had a nickname that is free now.
    owners: HashMap<String, Owner>,
    /// The room's id for the user. Where it is another one than before, the room is a new one of its name, and all its
    /// ids mean other things.
    own_id: Option<String>,
}

impl Names {
    /// The other name that a nickname looks like.
    #[must_use]
    pub fn alike(&self, nick: &str) -> Option<&str> {
        self.alike.get(nick).map(String::as_str)
    }

    /// Marks a nickname as one that looks like another. Returns whether that is news.
    pub fn mark(&mut self, nick: &str, other: String) -> bool {
        self.alike.len() < KEPT && self.alike.insert(nick.to_owned(), other).is_none()
    }

    /// Somebody came, with what their nickname looks like. Gives another nickname here that looks the same.
    pub fn add(&mut self, nick: &str, looks: [String; 2]) -> Option<String> {
        let mut other = None;
        for look in looks {
            let names = self.looks.entry(look).or_default();
            other = other.or_else(|| names.iter().find(|n| *n != nick).cloned());
            if !names.iter().any(|n| n == nick) {
                names.push(nick.to_owned());
            }
        }
        other
    }

    /// Somebody went, or has another nickname now.
    pub fn remove(&mut self, occupant: &Occupant, looks: [String; 2]) {
        let nick = occupant.nick.raw();
        for look in looks {
            if let Some(names) = self.looks.get_mut(&look) {
                names.retain(|n| n != nick);
                if names.is_empty() {
                    self.looks.remove(&look);
                }
            }
        }
        self.remember(occupant);
    }

    /// Nobody is here any more; who had which nickname is remembered.
    pub fn clear<'a>(&mut self, occupants: impl Iterator<Item = &'a Occupant>) {
        self.looks.clear();
        for occupant in occupants.take(KEPT) {
            self.remember(occupant);
        }
    }

    /// The user is in the room, and this is who that is there.
    pub fn entered(&mut self, own: &Occupant) {
        let id = own.occupant_id.clone();
        if id.is_some() && self.own_id.is_some() && id != self.own_id {
            self.owners.clear();
        }
        self.own_id = id.or(self.own_id.take());
    }

    fn remember(&mut self, occupant: &Occupant) {
        let nick = occupant.nick.raw();
        if self.owners.len() < KEPT || self.owners.contains_key(nick) {
            self.owners.insert(nick.to_owned(), Owner::of(occupant));
        }
    }

    /// Whether the one who has this nickname now is another than the one who had it last.
    pub fn is_taken_over(&mut self, occupant: &Occupant) -> bool {
        let last = self.owners.remove(occupant.nick.raw());
        last.is_some_and(|last| last.is_other(&Owner::of(occupant)))
    }
}
