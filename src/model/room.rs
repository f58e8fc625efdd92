//! Rooms and who is in them (XEP-0045).

use super::{Availability, BareJid, Jid, Untrusted};

/// What somebody may do while in the room (XEP-0045 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Role {
    /// May kick and give voice.
    Moderator,
    /// May talk.
    Participant,
    /// May listen.
    Visitor,
    /// Not in the room.
    #[default]
    None,
}

/// The lasting relation to the room (XEP-0045 §5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Affiliation {
    /// Owns the room.
    Owner,
    /// May ban and change roles.
    Admin,
    /// On the member list.
    Member,
    /// No relation.
    #[default]
    None,
    /// Banned.
    Outcast,
}

impl Role {
    /// The protocol's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Moderator => "moderator",
            Self::Participant => "participant",
            Self::Visitor => "visitor",
            Self::None => "none",
        }
    }
}

impl Affiliation {
    /// The protocol's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::None => "none",
            Self::Outcast => "outcast",
        }
    }
}

/// Somebody in a room.
#[derive(Debug, Clone, PartialEq)]
pub struct Occupant {
    /// The nickname: the resource of the occupant's JID.
    pub nick: Untrusted,
    /// The role.
    pub role: Role,
    /// The affiliation.
    pub affiliation: Affiliation,
    /// How they are there.
    pub availability: Availability,
    /// The status text.
    pub status: Option<Untrusted>,
    /// The real address, where the room shows it.
    pub real_jid: Option<Jid>,
    /// XEP-0421, where the room gives it.
    pub occupant_id: Option<String>,
}

/// Why somebody is no longer in the room.
#[derive(Debug, Clone, PartialEq)]
pub enum LeaveReason {
    /// They left, with their last words.
    Left(Option<Untrusted>),
    /// Kicked, by whom and why.
    Kicked {
        /// Who did it.
        by: Option<Untrusted>,
        /// The reason that was given.
        reason: Option<Untrusted>,
    },
    /// Banned, by whom and why.
    Banned {
        /// Who did it.
        by: Option<Untrusted>,
        /// The reason that was given.
        reason: Option<Untrusted>,
    },
    /// No longer a member of a room that is now for members only.
    NotAMember,
    /// The room was destroyed.
    Destroyed {
        /// Where to go instead.
        alternative: Option<BareJid>,
        /// The reason that was given.
        reason: Option<Untrusted>,
    },
    /// The service shuts down.
    Shutdown,
    /// The connection is gone; the room is joined again with the next one.
    Disconnected,
    /// An error of the service.
    Error(Untrusted),
}

/// Why a room could not be entered (XEP-0045 §7.2).
#[derive(Debug, Clone, PartialEq)]
pub enum RoomFailure {
    /// A password is needed.
    Password,
    /// The password that was given is wrong.
    WrongPassword,
    /// Members only.
    MembersOnly,
    /// The user is banned.
    Banned,
    /// The nickname is taken or reserved.
    NickConflict,
    /// The room is full.
    Full,
    /// There is no such room, and nobody said to make it.
    NotThere,
    /// There is no such room, or it is locked.
    NotFound,
    /// Rooms may not be made there.
    MayNotCreate,
    /// No answer in time.
    Timeout,
    /// Anything else, in the service's words.
    Other(Untrusted),
}

/// An invitation to a room (XEP-0249, or XEP-0045 §7.8).
#[derive(Debug, Clone, PartialEq)]
pub struct RoomInvite {
    /// The room.
    pub room: BareJid,
    /// Who invites.
    pub from: Jid,
    /// The reason that was given.
    pub reason: Option<Untrusted>,
    /// The room's password.
    pub password: Option<String>,
    /// The invitation came from the room, and `from` is what the room says: nobody vouches for it.
    pub is_by_room: bool,
}
