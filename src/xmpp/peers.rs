//! Whom an address means: what the session knows of the user's own and of those of others.
//!
//! Apart from the feature's file, which is long; the facts are there.

use super::feature::Facts;
use crate::model::{BareJid, ChatId, ChatKind, Jid};

impl Facts {
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
