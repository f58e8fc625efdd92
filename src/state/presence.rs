//! The presences of contacts, by account and bare address.

use crate::model::{AccountId, Availability, BareJid, Jid, ResourcePresence};
use std::collections::HashMap;

/// How many resources of one address are kept.
const RESOURCES: usize = 64;

/// All resources of all contacts that are there.
#[derive(Debug, Clone, Default)]
pub struct Presences {
    /// By account and bare address; the resource that counts (highest priority, then newest) first.
    pub by_jid: HashMap<(AccountId, BareJid), Vec<ResourcePresence>>,
}

impl Presences {
    /// The resources of a contact, the one that counts first. Empty when offline.
    #[must_use]
    pub fn of(&self, account: &AccountId, jid: &BareJid) -> &[ResourcePresence] {
        self.by_jid.get(&(account.clone(), jid.clone())).map_or(&[], Vec::as_slice)
    }

    /// A resource came or changed. The one that counts stands first: highest priority, then newest.
    pub fn put(&mut self, account: &AccountId, presence: ResourcePresence) {
        let list = self.by_jid.entry((account.clone(), presence.jid.bare())).or_default();
        list.retain(|r| r.jid != presence.jid);
        if list.len() >= RESOURCES {
            list.pop();
        }
        let at = list.partition_point(|r| (r.priority, r.since) > (presence.priority, presence.since));
        list.insert(at, presence);
    }

    /// A resource went; all of them where the address is bare.
    pub fn remove(&mut self, account: &AccountId, jid: &Jid) {
        let key = (account.clone(), jid.bare());
        if let Some(list) = self.by_jid.get_mut(&key) {
            list.retain(|r| !jid.is_bare() && r.jid != *jid);
            if list.is_empty() {
                self.by_jid.remove(&key);
            }
        }
    }

    /// How a contact is there: the resource that counts.
    #[must_use]
    pub fn availability(&self, account: &AccountId, jid: &BareJid) -> Availability {
        self.of(account, jid).first().map_or(Availability::Offline, |r| r.availability)
    }
}
