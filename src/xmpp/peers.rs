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
        *jid == self.own_bare() || self.subscribers.contains(jid) || self.accepted.contains(jid)
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
