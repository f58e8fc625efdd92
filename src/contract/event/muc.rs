//! Events of rooms (XEP-0045).

use crate::model::{BareJid, LeaveReason, Occupant, RoomFailure, RoomInvite, Time, Untrusted};

/// What happened in, or to, a room.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A join is under way.
    Joining {
        /// Which room.
        room: BareJid,
        /// With which nickname.
        nick: Untrusted,
    },
    /// The user is in: everybody who is there, in one event (status 110 came).
    Joined {
        /// Which room.
        room: BareJid,
        /// The nickname that the room gave the user.
        nick: Untrusted,
        /// Everybody, the user included.
        occupants: Vec<Occupant>,
        /// The room was made by this join, with the default configuration.
        is_new: bool,
        /// The room shows real addresses to all (status 100).
        is_public_jids: bool,
        /// The room keeps a public log (status 170).
        is_logged: bool,
    },
    /// The join failed.
    JoinFailed {
        /// Which room.
        room: BareJid,
        /// The reason, as the room gave it.
        reason: RoomFailure,
    },
    /// Somebody came in, or changed role, affiliation or presence.
    OccupantChanged {
        /// Which room.
        room: BareJid,
        /// Who, as they are now.
        occupant: Occupant,
        /// Whether they were not there before.
        is_new: bool,
    },
    /// Somebody took another nickname.
    NickChanged {
        /// Which room.
        room: BareJid,
        /// The old one.
        old: Untrusted,
        /// The new one.
        new: Untrusted,
        /// Whether it is the user.
        is_self: bool,
    },
    /// Somebody else is no longer there.
    OccupantLeft {
        /// Which room.
        room: BareJid,
        /// The nickname in the room.
        nick: Untrusted,
        /// How it came about, with the reason that was given.
        reason: LeaveReason,
    },
    /// The user is no longer there.
    Left {
        /// Which room.
        room: BareJid,
        /// How it came about, with the reason that was given.
        reason: LeaveReason,
    },
    /// The subject is now this.
    SubjectChanged {
        /// Which room.
        room: BareJid,
        /// Who changed it, where known.
        by: Option<Untrusted>,
        /// The subject; empty for none.
        subject: Untrusted,
        /// The time of the change.
        time: Time,
    },
    /// What the room says of itself (disco): name, description, traits such as `members-only`.
    InfoArrived {
        /// Which room.
        room: BareJid,
        /// Its name.
        name: Option<Untrusted>,
        /// Its description.
        description: Option<Untrusted>,
        /// Well-known traits in words.
        traits: Vec<String>,
    },
    /// Somebody invites the user.
    Invited(RoomInvite),
    /// The bookmarks (XEP-0402, else 0048): (room, name, autojoin).
    BookmarksLoaded(Vec<(BareJid, Option<Untrusted>, bool)>),
    /// A room refused what the user asked of it.
    Refused {
        /// Which room.
        room: BareJid,
        /// What was asked, such as `kick`.
        what: String,
        /// Why, in words.
        reason: Untrusted,
    },
    /// What the user asked of the room was done, such as a ban or an invitation.
    Done {
        /// Which room.
        room: BareJid,
        /// What was done, in words.
        what: String,
    },
}
