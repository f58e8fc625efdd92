//! What is remembered of one room, and of rooms that are only known.

use super::echo::Sending;
use super::pulse::Pulse;
use crate::model::{BareJid, DiscoInfo, Jid, Occupant, RoomFailure, Time, Untrusted};
use crate::xmpp::kit::ns;
use std::collections::{HashMap, VecDeque};

/// Further occupants of one room are passed over.
const OCCUPANTS_MAX: usize = 50_000;
/// What all occupants of one room may take without their statuses, in bytes: enough for so many with usual names.
const OCCUPANTS_BYTES: usize = 16 << 20;
/// What their statuses may take together.
const STATUSES_BYTES: usize = 8 << 20;
/// What one takes beside its texts.
const OCCUPANT_BYTES: usize = 200;
/// So many rooms' disco#info is remembered after leaving.
const KNOWN_MAX: usize = 200;

/// How far the user is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// The user wants to be there; entered as soon as the session allows.
    Wanted,
    /// disco#info is asked.
    Asking,
    /// The presence is sent.
    Entering,
    /// There.
    In,
}

/// One room that the user is in or wants to be in.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) phase: Phase,
    /// The nickname that we have, or try now.
    pub(super) nick: String,
    /// The nickname that the user wants.
    pub(super) wanted_nick: String,
    /// Whether the user, or the bookmark, named that one.
    pub(super) is_nick_chosen: bool,
    pub(super) password: Option<String>,
    /// Everybody who is there, by nickname.
    pub(super) occupants: Occupants,
    /// Which attempt to enter it is; timers of earlier ones mean nothing.
    pub(super) attempt: u64,
    /// Whether the presence was sent a second time, since nothing came back.
    pub(super) is_asked_again: bool,
    /// How many nicknames were taken.
    pub(super) conflicts: u8,
    /// How often it was entered again by itself after a fault of the service.
    pub(super) retries: u32,
    /// Whether the user asked for it now, so that it becomes a bookmark.
    pub(super) is_asked_by_user: bool,
    /// Whether it may be made where it is not there.
    pub(super) may_create: bool,
    /// Whether it said in this attempt that it is there, or that it is not.
    pub(super) is_there: Option<bool>,
    /// When this attempt began.
    pub(super) since: Time,
    /// The nickname other than the wanted one that was told.
    pub(super) told_nick: Option<String>,
    /// The nickname that a running change asks for.
    pub(super) changing_to: Option<String>,
    /// Whether the subject that every join begins with has come.
    pub(super) has_subject: bool,
    /// Own messages that have not come back.
    pub(super) sending: Sending,
    /// When the presence was sent that entered it.
    pub(super) came: Time,
    /// When we last heard what was said, old or new.
    pub(super) heard: Option<Time>,
    /// Signs of life.
    pub(super) pulse: Pulse,
}

impl Room {
    pub(super) fn new(nick: String, password: Option<String>) -> Self {
        Self {
            phase: Phase::Wanted,
            wanted_nick: nick.clone(),
            is_nick_chosen: false,
            nick,
            password,
            occupants: Occupants::default(),
            attempt: 0,
            is_asked_again: false,
            conflicts: 0,
            retries: 0,
            is_asked_by_user: false,
            may_create: false,
            is_there: None,
            since: Time::default(),
            told_nick: None,
            changing_to: None,
            has_subject: false,
            sending: Sending::default(),
            came: Time::default(),
            heard: None,
            pulse: Pulse::default(),
        }
    }

    /// The user's own occupant-id there.
    pub(super) fn own_id(&self) -> Option<&str> {
        self.occupants.get(&self.nick)?.occupant_id.as_deref()
    }
}

/// Everybody in a room, by nickname. A hostile room may send any number of people with texts of any length, so both have
/// a bound: beyond the one no status is kept, beyond the other nobody who is new.
#[derive(Debug, Default)]
pub(super) struct Occupants {
    /// With the time since when they have been there under this nickname.
    by_nick: HashMap<String, (Occupant, Time)>,
    bytes: usize,
    statuses: usize,
}

impl Occupants {
    /// Puts in, or replaces, somebody. Gives what is kept, and whether it is somebody new; `None`: there are too many.
    pub(super) fn put(&mut self, mut occupant: Occupant, is_self: bool, now: Time) -> Option<(Occupant, bool)> {
        let nick = occupant.nick.raw().to_owned();
        let known = self.by_nick.get(&nick);
        let since = known.map_or(now, |(_, since)| *since);
        let old = known.map(|(old, _)| old);
        let (rest, statuses) = (self.bytes - old.map_or(0, bytes), self.statuses - old.map_or(0, status_len));
        let is_full = rest + bytes(&occupant) > OCCUPANTS_BYTES || self.by_nick.len() >= OCCUPANTS_MAX;
        if is_full && old.is_none() && !is_self {
            return None;
        }
        if statuses + status_len(&occupant) > STATUSES_BYTES {
            occupant.status = None;
        }
        self.bytes = rest + bytes(&occupant);
        self.statuses = statuses + status_len(&occupant);
        let is_new = self.by_nick.insert(nick, (occupant.clone(), since)).is_none();
        Some((occupant, is_new))
    }

    pub(super) fn remove(&mut self, nick: &str) -> Option<Occupant> {
        let (gone, _) = self.by_nick.remove(nick)?;
        self.bytes -= bytes(&gone);
        self.statuses -= status_len(&gone);
        Some(gone)
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) fn get(&self, nick: &str) -> Option<&Occupant> {
        self.by_nick.get(nick).map(|(occupant, _)| occupant)
    }

    /// Since when somebody has been there under this nickname, without a break.
    pub(super) fn since(&self, nick: &str) -> Option<Time> {
        self.by_nick.get(nick).map(|(_, since)| *since)
    }

    pub(super) fn contains_key(&self, nick: &str) -> bool {
        self.by_nick.contains_key(nick)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Occupant> {
        self.by_nick.values().map(|(occupant, _)| occupant)
    }
}

fn status_len(occupant: &Occupant) -> usize {
    occupant.status.as_ref().map_or(0, |s| s.raw().len())
}

/// What somebody takes without a status: the nickname twice, since it is the key too.
fn bytes(occupant: &Occupant) -> usize {
    let real = occupant.real_jid.as_ref().map_or(0, |jid| jid.as_str().len());
    let id = occupant.occupant_id.as_ref().map_or(0, String::len);
    OCCUPANT_BYTES + occupant.nick.raw().len() * 2 + real + id
}

/// disco#info of rooms, the most recent ones.
#[derive(Debug, Default)]
pub(super) struct Known(VecDeque<(BareJid, DiscoInfo)>);

impl Known {
    pub(super) fn get(&self, room: &BareJid) -> Option<&DiscoInfo> {
        self.0.iter().find(|(r, _)| r == room).map(|(_, info)| info)
    }

    pub(super) fn put(&mut self, room: &BareJid, info: DiscoInfo) {
        self.0.retain(|(r, _)| r != room);
        if self.0.len() == KNOWN_MAX {
            self.0.pop_front();
        }
        self.0.push_back((room.clone(), info));
    }
}

/// The address of somebody in a room.
pub(super) fn occupant_jid(room: &BareJid, nick: &str) -> Option<Jid> {
    room.with_resource(nick).ok()
}

/// Whether what answers at an address is a room or a gateway to one.
pub(super) fn is_room(info: &DiscoInfo) -> bool {
    info.has(ns::MUC) || info.identities.iter().any(|i| i.category == "conference")
}

/// Whether a room keeps an archive.
pub(super) fn has_archive(info: &DiscoInfo) -> bool {
    info.has(ns::MAM)
}

/// Whether a room promises to keep the ids of messages (XEP-0045 §7.4).
pub(super) fn keeps_ids(info: &DiscoInfo) -> bool {
    info.has("http://jabber.org/protocol/muc#stable_id")
}

/// The traits that matter to people, in words (XEP-0045 §15.5.1).
pub(super) fn traits(info: &DiscoInfo) -> Vec<String> {
    const WORDS: &[(&str, &str)] = &[
        ("muc_membersonly", "members-only"),
        ("muc_passwordprotected", "password"),
        ("muc_moderated", "moderated"),
        ("muc_hidden", "hidden"),
        ("muc_persistent", "persistent"),
        ("muc_temporary", "temporary"),
        ("muc_nonanonymous", "addresses shown"),
        ("muc_semianonymous", "addresses hidden"),
        (ns::MAM, "archived"),
    ];
    WORDS.iter().filter(|(ns, _)| info.has(ns)).map(|(_, word)| (*word).to_owned()).collect()
}

/// The room's own name.
pub(super) fn name(info: &DiscoInfo) -> Option<Untrusted> {
    let identity = info.identities.iter().find(|i| i.category == "conference")?;
    identity.name.clone().filter(|n| !n.is_empty())
}

/// The room's description (XEP-0045 §6.4).
pub(super) fn description(info: &DiscoInfo) -> Option<Untrusted> {
    let form = info.forms.iter().find_map(|f| crate::xmpp::kit::forms::value(f, "muc#roominfo_description"));
    form.filter(|d| !d.is_empty()).map(Into::into)
}

/// What an error on entering means (XEP-0045 §7.2).
pub(super) fn failure(condition: &str, words: &str) -> RoomFailure {
    match condition {
        "not-authorized" => RoomFailure::Password,
        "registration-required" => RoomFailure::MembersOnly,
        "forbidden" => RoomFailure::Banned,
        "conflict" | "not-acceptable" => RoomFailure::NickConflict,
        "service-unavailable" => RoomFailure::Full,
        "item-not-found" => RoomFailure::NotFound,
        "not-allowed" => RoomFailure::MayNotCreate,
        // The room's address was good enough for its disco#info; strict services know no emoji after Unicode 3.2.
        "jid-malformed" | "bad-request" => {
            RoomFailure::Other(format!("the service does not take this nickname, /join with another ({words})").into())
        }
        _ => RoomFailure::Other(words.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn occupants_are_bounded_by_count_and_by_bytes() {
        let somebody = |n: usize, status: usize| Occupant {
            nick: format!("nick {n}").into(),
            role: crate::model::Role::Participant,
            affiliation: crate::model::Affiliation::None,
            availability: crate::model::Availability::Online,
            status: Some("s".repeat(status).into()),
            real_jid: None,
            occupant_id: None,
        };
        let mut usual = Occupants::default();
        for n in 0..OCCUPANTS_MAX + 10 {
            assert_eq!(usual.put(somebody(n, 20), false, Time(0)).is_some(), n < OCCUPANTS_MAX);
        }
        assert!(usual.values().all(|o| o.status.is_some()), "a usual room is whole");
        assert!(usual.put(somebody(OCCUPANTS_MAX, 20), true, Time(0)).is_some(), "the user is always there");
        assert_eq!(usual.put(somebody(0, 30), false, Time(0)).map(|(_, is_new)| is_new), Some(false));
        let mut hostile = Occupants::default();
        for n in 0..OCCUPANTS_MAX {
            let one = somebody(n, 2_000);
            hostile.put(Occupant { occupant_id: Some("i".repeat(n % 250 + 1)), ..one }, false, Time(0));
        }
        assert!(hostile.bytes <= OCCUPANTS_BYTES && hostile.statuses <= STATUSES_BYTES);
        assert!(hostile.by_nick.len() > 40_000 && hostile.by_nick.len() < OCCUPANTS_MAX);
        assert!(hostile.values().filter(|o| o.status.is_some()).count() > 4_000);
        let all: Vec<String> = hostile.by_nick.keys().cloned().collect();
        for nick in &all {
            hostile.remove(nick);
        }
        assert_eq!((hostile.bytes, hostile.statuses), (0, 0));
    }

    #[test]
    fn known_rooms_are_bounded() {
        let mut known = Known::default();
        for i in 0..500 {
            known.put(&BareJid::parse(&format!("r{i}@c")).unwrap(), DiscoInfo::default());
        }
        assert_eq!(known.0.len(), KNOWN_MAX);
        assert!(known.get(&BareJid::parse("r499@c").unwrap()).is_some());
    }
}
