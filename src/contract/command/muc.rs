//! Rooms (XEP-0045).

use crate::model::{BareJid, Form, Jid, Token};

/// What to do with a room.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Enter a room that is there. One that is not is not made: it fails as `NotThere`.
    Enter {
        /// The room's address.
        room: BareJid,
        /// With which nickname; the account's own where `None`.
        nick: Option<String>,
        /// With which password.
        password: Option<String>,
    },
    /// Enter, or make, a room.
    Join {
        /// The room's address.
        room: BareJid,
        /// With which nickname; the account's own where `None`.
        nick: Option<String>,
        /// With which password.
        password: Option<String>,
    },
    /// Enter a room that was open when the program ended: as its bookmark says, once the bookmarks are known, and where
    /// there is none with the account's own nickname. Without a bookmark it is not made where it is not there any more.
    Reenter {
        /// The room's address.
        room: BareJid,
    },
    /// Leave a room.
    Leave {
        /// The room's address.
        room: BareJid,
        /// Last words.
        reason: Option<String>,
    },
    /// Take another nickname there.
    SetNick {
        /// The room's address.
        room: BareJid,
        /// The new one.
        nick: String,
    },
    /// Change the subject.
    SetSubject {
        /// The room's address.
        room: BareJid,
        /// The new one; empty removes it.
        subject: String,
    },
    /// Invite somebody (XEP-0249).
    Invite {
        /// The room's address.
        room: BareJid,
        /// The address of the person.
        who: BareJid,
        /// The reason that the room and those concerned are told.
        reason: Option<String>,
    },
    /// Tell that an invitation is declined (XEP-0045 §7.8.2).
    DeclineInvite {
        /// Whereto it was.
        room: BareJid,
        /// Who invited.
        from: Jid,
    },
    /// Put an occupant out.
    Kick {
        /// The room's address.
        room: BareJid,
        /// The nickname of the occupant who is put out.
        nick: String,
        /// The reason that the room and those concerned are told.
        reason: Option<String>,
    },
    /// Set somebody's affiliation to outcast.
    Ban {
        /// The room's address.
        room: BareJid,
        /// Whom: a real address, or the nickname of an occupant whose address is visible.
        who: String,
        /// The reason that the room and those concerned are told.
        reason: Option<String>,
    },
    /// Take a ban back.
    Unban {
        /// The room's address.
        room: BareJid,
        /// The address of the person.
        who: BareJid,
    },
    /// Remove somebody's message for everybody (XEP-0425).
    Moderate {
        /// The room's address.
        room: BareJid,
        /// The message, by the id that the room gave it.
        id: String,
        /// The reason that everybody is told.
        reason: Option<String>,
    },
    /// Ask for the room's configuration form; the answer is
    /// [`crate::contract::event::service::Event::FormArrived`].
    Configure {
        /// The room's address.
        room: BareJid,
        /// Pairs the answer.
        token: Token,
    },
    /// Send the filled-in configuration.
    SubmitConfig {
        /// The room's address.
        room: BareJid,
        /// The form.
        form: Form,
        /// Pairs the answer.
        token: Token,
    },
}
