//! Warns of nicknames that imitate another one (S-14). The screen marks a nickname that looks like that of somebody in
//! the room or of a contact, and a line says when a nickname has another owner than before.
//!
//! Whoever was in the room first keeps a plain name. That does not show who is honest, only that there are two.

use super::timeline;
use super::turn::Turn;
use crate::model::{AccountId, Affiliation, BareJid, ChatId, Occupant, Untrusted};
use crate::text::lookalike::{difference, is_alike, skeletons};
use crate::words;
use std::collections::HashMap;

/// Names of contacts by what they look like.
pub(crate) type ContactLooks = HashMap<String, Vec<(BareJid, String)>>;

/// Somebody came, or has a new nickname; not yet put among the others.
pub(crate) fn came(turn: &mut Turn, account: &AccountId, room: &BareJid, occupant: &Occupant) {
    let is_own = turn.state.rooms.get(account, room).is_some_and(|r| r.nick == occupant.nick);
    let other = add(turn, account, room, occupant);
    let Some(entry) = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone())) else { return };
    let nick = occupant.nick.raw();
    if !is_own && entry.names.is_taken_over(occupant) {
        let words = words::muc::other_person(nick);
        told(turn, account, room, &occupant.nick, words);
    }
    if let Some(other) = other {
        let words = words::muc::nick_looks_like(nick, &other, &difference(nick, &other));
        told(turn, account, room, &occupant.nick, words);
    }
}

/// Everybody who is in a room that the user has just entered.
pub(crate) fn all_came(turn: &mut Turn, account: &AccountId, room: &BareJid, occupants: &[Occupant]) {
    // Nobody knows who was first: whom the room knows, then the plainest name.
    let mut order: Vec<&Occupant> = occupants.iter().collect();
    let rank = |o: &Occupant| match o.affiliation {
        Affiliation::Owner | Affiliation::Admin | Affiliation::Member => 0,
        Affiliation::None | Affiliation::Outcast => 1,
    };
    order.sort_by_key(|o| (rank(o), !o.nick.raw().is_ascii(), o.nick.raw().len(), o.nick.raw().to_owned()));
    if let Some(entry) = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone()))
        && let Some(own) = occupants.iter().find(|o| o.nick == entry.nick)
    {
        entry.names.entered(own);
    }
    let mut alike = Vec::new();
    let mut taken = Vec::new();
    for occupant in order {
        if add(turn, account, room, occupant).is_some() {
            alike.push(occupant.nick.raw().to_owned());
        }
        let Some(entry) = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone())) else { return };
        if entry.nick != occupant.nick && entry.names.is_taken_over(occupant) {
            taken.push(occupant.nick.raw().to_owned());
        }
    }
    let id = ChatId::new(account.clone(), room);
    let list = |names: &[String]| names.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
    if !taken.is_empty() {
        let words = words::muc::other_people(&list(&taken));
        timeline::notice(turn, &id, words);
    }
    if !alike.is_empty() {
        timeline::notice(turn, &id, words::muc::nicks_look_alike(&list(&alike)));
    }
}

/// Somebody went, or had this nickname until now.
pub(crate) fn went(turn: &mut Turn, account: &AccountId, room: &BareJid, occupant: &Occupant) {
    if let Some(entry) = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone())) {
        entry.names.remove(occupant, skeletons(occupant.nick.raw()));
    }
}

/// The contacts changed.
pub(crate) fn contacts_changed(turn: &mut Turn, account: &AccountId) {
    turn.state.work.contact_looks.remove(account);
}

/// Notes the look of a nickname and marks it; gives the other name where that is news.
fn add(turn: &mut Turn, account: &AccountId, room: &BareJid, occupant: &Occupant) -> Option<String> {
    let nick = occupant.nick.raw();
    let looks = skeletons(nick);
    let contact = like_contact(turn, account, occupant, &looks);
    let entry = turn.state.rooms.by_jid.get_mut(&(account.clone(), room.clone()))?;
    let here = entry.names.add(nick, looks);
    if entry.nick == occupant.nick {
        return None;
    }
    let other = here.or(contact)?;
    entry.names.mark(nick, other.clone()).then_some(other)
}

/// A contact whose name a nickname resembles without being it, or has while being somebody else.
fn like_contact(turn: &mut Turn, account: &AccountId, occupant: &Occupant, looks: &[String; 2]) -> Option<String> {
    let known = known_looks(turn, account);
    let nick = occupant.nick.raw();
    let real = occupant.real_jid.as_ref().map(crate::model::Jid::bare);
    let alike = looks.iter().filter_map(|look| known.get(look)).flatten();
    let mut others = alike.filter(|(jid, name)| match &real {
        Some(real) => real != jid,
        // Who stands behind a plain nickname the room does not say: it may well be the contact.
        None => name.to_lowercase() != nick.to_lowercase(),
    });
    others.next().map(|(jid, name)| format!("{name} ({jid})"))
}

/// What the contacts look like, worked out where it is not known yet: a flood of strangers must cost little.
pub(crate) fn known_looks<'t>(turn: &'t mut Turn<'_>, account: &AccountId) -> &'t ContactLooks {
    if !turn.state.work.contact_looks.contains_key(account) {
        let made = contact_looks(turn, account);
        turn.state.work.contact_looks.insert(account.clone(), made);
    }
    turn.state.work.contact_looks.entry(account.clone()).or_default()
}

fn contact_looks(turn: &Turn, account: &AccountId) -> ContactLooks {
    let mut looks = ContactLooks::new();
    let Some(contacts) = turn.state.roster.by_account.get(account) else { return looks };
    for contact in contacts.values() {
        let local = contact.jid.local().map(str::to_owned);
        let name = contact.name.as_ref().map(|n| n.raw().to_owned()).filter(|n| !n.trim().is_empty());
        let name = name.filter(|n| local.as_ref().is_none_or(|l| !is_alike(n, l)));
        for name in local.into_iter().chain(name) {
            for look in skeletons(&name) {
                looks.entry(look).or_default().push((contact.jid.clone(), name.clone()));
            }
        }
    }
    looks
}

/// A line in the room, and in the private conversation with that nickname where there is one.
fn told(turn: &mut Turn, account: &AccountId, room: &BareJid, nick: &Untrusted, words: String) {
    if let Ok(occupant) = room.with_resource(nick.raw()) {
        timeline::notice(turn, &ChatId::new(account.clone(), occupant), words.as_str());
    }
    timeline::notice(turn, &ChatId::new(account.clone(), room), words);
}
