//! Rooms (XEP-0045).

use crate::model::{BareJid, Form, Jid, Token};

/// What to do with a room.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Enter, or make, a room.
    Join {
        /// Which.
        room: BareJid,
        /// With which nickname; the account's own where `None`.
        nick: Option<String>,
        /// With which password.
        password: Option<String>,
    },
    /// Leave a room.
    Leave {
        /// Which.
        room: BareJid,
        /// Last words.
        reason: Option<String>,
    },
    /// Take another nickname there.
    SetNick {
        /// Where.
        room: BareJid,
        /// The new one.
        nick: String,
    },
    /// Change the subject.
    SetSubject {
        /// Where.
        room: BareJid,
        /// The new one; empty removes it.
        subject: String,
    },
    /// Invite somebody (XEP-0249).
    Invite {
        /// Whereto.
        room: BareJid,
        /// Whom.
        who: BareJid,
        /// Why.
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
        /// Where.
        room: BareJid,
        /// Whom, by nickname.
        nick: String,
        /// Why.
        reason: Option<String>,
    },
    /// Set somebody's affiliation to outcast.
    Ban {
        /// Where.
        room: BareJid,
        /// Whom: a real address, or the nickname of an occupant whose address is visible.
        who: String,
        /// Why.
        reason: Option<String>,
    },
    /// Take a ban back.
    Unban {
        /// Where.
        room: BareJid,
        /// Whom.
        who: BareJid,
    },
    /// Ask for the room's configuration form; the answer is
    /// [`crate::contract::event::service::Event::FormArrived`].
    Configure {
        /// Which.
        room: BareJid,
        /// Pairs the answer.
        token: Token,
    },
    /// Send the filled-in configuration.
    SubmitConfig {
        /// Which.
        room: BareJid,
        /// The form.
        form: Form,
        /// Pairs the answer.
        token: Token,
    },
}
