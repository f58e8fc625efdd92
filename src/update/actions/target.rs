//! Finds the address that the user means: an address, a nickname in the open room, a contact's name, a server.

use super::super::turn::Turn;
use crate::action::Target;
use crate::model::prepare::{is_same_resource, legacy_resource, opaque};
use crate::model::{AccountId, BareJid, ChatKind, Jid};
use crate::state::accounts::Account;
use crate::words;

/// The account that commands are for.
pub(crate) fn account(turn: &Turn) -> Result<AccountId, String> {
    turn.state.account().cloned().ok_or_else(words::session::no_account)
}

/// The account that commands are for, where it is connected.
pub(crate) fn online(turn: &Turn) -> Result<AccountId, String> {
    let id = account(turn)?;
    if turn.state.accounts.get(&id).is_some_and(|a| a.conn.is_online()) {
        Ok(id)
    } else {
        Err(words::session::not_connected(&id))
    }
}

/// The settings and state of an account named by its address; the current one without a name.
pub(crate) fn named_account<'t>(turn: &'t Turn<'_>, jid: Option<&BareJid>) -> Result<&'t Account, String> {
    let id = match jid {
        Some(jid) => AccountId(jid.clone()),
        None => account(turn)?,
    };
    turn.state.accounts.get(&id).ok_or_else(|| words::session::not_yours(&id))
}

/// The address that is meant. A nickname gives the occupant's address in the room.
pub(crate) fn resolve(turn: &Turn, target: &Target) -> Result<Jid, String> {
    let name = match target {
        Target::Address(jid) => return Ok(jid.clone()),
        Target::Name(name) => name.as_str(),
    };
    if let Some((account, room)) = turn.state.current_room() {
        let entry = turn.state.rooms.get(account, &room);
        if let Some(nick) = entry.and_then(|r| nick_of(r, name)) {
            return room.with_resource(&nick).map_err(|why| words::address::bad_nick_named(&nick, why));
        }
    }
    let id = account(turn)?;
    let contacts = turn.state.roster.by_account.get(&id);
    let lower = name.to_lowercase();
    let mut hits = contacts.into_iter().flat_map(|c| c.values()).filter(|c| {
        let named = c.name.as_ref().is_some_and(|n| n.raw().to_lowercase() == lower);
        named || c.jid.local() == Some(lower.as_str())
    });
    match (hits.next(), hits.next()) {
        (Some(only), None) => return Ok(only.jid.to_jid()),
        (Some(one), Some(other)) => {
            return Err(words::roster::ambiguous(name, &one.jid, &other.jid));
        }
        (None, _) => {}
    }
    if name.contains('.') {
        return Jid::parse(name).map_err(|why| words::address::not_valid_named(name, why));
    }
    Err(words::roster::nobody_called(name))
}

/// The nickname as it stands in the room: exactly, else in another form of the same characters, else without regard to
/// case, else as a service of today would spell it.
pub(crate) fn nick_of(room: &crate::state::rooms::Room, name: &str) -> Option<String> {
    if room.occupants.contains_key(name) {
        return Some(name.to_owned());
    }
    let only = |is_it: &dyn Fn(&str) -> bool| {
        let mut hits = room.occupants.keys().filter(|nick| is_it(nick));
        let only = hits.next()?;
        hits.next().is_none().then(|| only.clone())
    };
    let folded = |text: &str| opaque(&text.to_lowercase()).into_owned();
    let lower = folded(name);
    only(&|nick| is_same_resource(nick, name))
        .or_else(|| only(&|nick| folded(nick) == lower))
        .or_else(|| legacy_resource(name).filter(|nick| room.occupants.contains_key(nick)))
}

/// Whom a question without a name is about: the open chat's peer.
pub(crate) fn or_peer(turn: &Turn, target: Option<Target>) -> Result<Jid, String> {
    match target {
        Some(target) => resolve(turn, &target),
        None => match turn.state.current() {
            Some(chat) => Ok(chat.id.address.clone()),
            None => Err(words::chat::none_open_whom()),
        },
    }
}

/// The contact that is meant: by name, else the open chat's.
pub(crate) fn contact(turn: &Turn, target: Option<Target>) -> Result<BareJid, String> {
    if target.is_none() && turn.state.current().is_some_and(|c| c.kind != ChatKind::Contact) {
        return Err(words::chat::not_with_contact());
    }
    Ok(or_peer(turn, target)?.bare())
}

/// The full address to ask about software or time: the resource that counts, where one is there.
pub(crate) fn with_resource(turn: &Turn, account: &AccountId, jid: Jid) -> Jid {
    if !jid.is_bare() || jid.local().is_none() {
        return jid;
    }
    let resources = turn.state.presence.of(account, &jid.bare());
    resources.first().map_or(jid, |r| r.jid.clone())
}
