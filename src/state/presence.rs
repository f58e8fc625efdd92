//! Who is there, by account and bare address.

use crate::model::{AccountId, BareJid, ResourcePresence};
use std::collections::HashMap;

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
}
