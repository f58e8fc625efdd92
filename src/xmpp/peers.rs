//! Whom an address means: what the session knows of the user's own and of those of others.
//!
//! Apart from the feature's file, which is long; the facts are there.

use super::feature::Facts;
use crate::model::{BareJid, ChatId, ChatKind, Jid};

impl Facts {
    /// The user's full JID: the one that the server gave, else the one that will be asked for.
    #[must_use]
    pub fn own_jid(&self) -> Jid {
        self.me.clone().unwrap_or_else(|| self.settings.wanted_jid())
    }

    /// The user's bare JID, as the server has it.
    #[must_use]
    pub fn own_bare(&self) -> BareJid {
        self.own.clone()
    }

    /// Whether an address is the user's own, in whichever form the server has it.
    #[must_use]
    pub fn is_own(&self, jid: &BareJid) -> bool {
        *jid == self.own || self.own_elsewhere.as_ref() == Some(jid)
    }

    /// The server says that the account sent what is from this address: that is the account, if it may be. For who speaks for
    /// the account alone: its copies, its archive.
    pub(super) fn sent_as(&mut self, from: &BareJid) {
        if !self.is_own(from) && self.account.jid().may_be(from) {
            self.own_elsewhere = Some(from.clone());
        }
    }

    /// Whether somebody who asks may learn that this client is there: whoever [`Self::is_trusted`], our own server, and
    /// those who see the user there: people in the rooms that the user is in, and who got directed presence.
    #[must_use]
    pub fn may_ask(&self, from: &Jid) -> bool {
        let bare = from.bare();
        self.is_trusted(&bare)
            || from.as_str() == self.account.jid().domain()
            || self.rooms.contains_key(&bare)
            || self.shown_to.contains(from)
            || self.shown_to.contains(&bare.to_jid())
    }

    /// Whether somebody may learn that and when the user is there: the account itself, a subscriber, or somebody
    /// whom the user wrote to.
    #[must_use]
    pub fn is_trusted(&self, jid: &BareJid) -> bool {
        self.is_own(jid) || self.subscribers.contains(jid) || self.accepted.contains(jid)
    }

    /// The server gave this address. It is the user's where the user is a guest, or where it may be the account's in
    /// another form; elsewhere the account's own stays.
    pub(super) fn bound_as(&mut self, me: Jid) {
        let bare = me.bare();
        if self.settings.is_guest || self.account.jid().may_be(&bare) {
            self.own = bare;
        }
        self.me = Some(me);
    }

    /// The conversation under the address that the server has for its peer.
    #[must_use]
    pub fn true_chat(&self, chat: ChatId) -> ChatId {
        match self.learned.get(&chat.address.bare()) {
            Some(real) if chat.address.is_bare() => ChatId::new(chat.account, real),
            Some(_) | None => chat,
        }
    }

    /// The address that the service has for a room.
    #[must_use]
    pub(super) fn true_room(&self, room: BareJid) -> BareJid {
        self.learned.get(&room).cloned().unwrap_or(room)
    }

    /// Where a message of this conversation goes: to the contact's device that it is held with, else to its address.
    #[must_use]
    pub fn addressee(&self, chat: &ChatId, kind: ChatKind) -> Jid {
        let device = self.devices.get(&chat.address.bare()).filter(|_| kind == ChatKind::Contact);
        device.unwrap_or(&chat.address).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, AccountSettings};

    fn bare(text: &str) -> BareJid {
        BareJid::parse(text).unwrap()
    }

    #[test]
    fn an_account_is_known_in_the_forms_that_its_server_gives_it() {
        let facts = || Facts::new(AccountSettings::new(AccountId(bare("straße@a.test")), "r".into()));
        let mut bound = facts();
        assert!(bound.is_own(&bare("straße@a.test")) && !bound.is_own(&bare("strasse@a.test")));
        bound.bound_as(Jid::parse("strasse@a.test/r").unwrap());
        assert_eq!(bound.own_bare(), bare("strasse@a.test"));
        // ejabberd binds the typed form.
        let mut copied = facts();
        copied.bound_as(Jid::parse("straße@a.test/r").unwrap());
        copied.sent_as(&bare("strasse@a.test"));
        assert!(copied.is_own(&bare("strasse@a.test")) && copied.is_own(&bare("straße@a.test")));
        // Nobody else ever becomes the account.
        let mut other = facts();
        other.bound_as(Jid::parse("eve@a.test/r").unwrap());
        other.sent_as(&bare("eve@a.test"));
        other.sent_as(&bare("strasse@evil.test"));
        assert_eq!(other.own_bare(), bare("straße@a.test"));
        assert!(!other.is_own(&bare("eve@a.test")) && !other.is_own(&bare("strasse@evil.test")));
    }
}
