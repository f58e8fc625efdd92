//! The contacts of each account.

use crate::model::{AccountId, BareJid, Contact};
use std::collections::HashMap;

/// All contacts of all accounts.
#[derive(Debug, Clone, Default)]
pub struct Roster {
    /// By account, then by address.
    pub by_account: HashMap<AccountId, HashMap<BareJid, Contact>>,
}

impl Roster {
    /// A contact.
    #[must_use]
    pub fn get(&self, account: &AccountId, jid: &BareJid) -> Option<&Contact> {
        self.by_account.get(account)?.get(jid)
    }
}
