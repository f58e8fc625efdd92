//! Warns of addresses that imitate another one (S-43), where the user meets somebody new and before they answer.

use super::turn::Turn;
use super::{names, timeline};
use crate::model::{AccountId, BareJid, ChatId, MessageKind, Untrusted};
use crate::state::requests::Request;
use crate::text::lookalike::{difference, is_alike, skeletons};
use crate::text::suspect;
use crate::words;

/// Why an address may be taken for another one; `None` for an ordinary one, and for a contact: the user was told before.
pub(crate) fn of_address(turn: &mut Turn, account: &AccountId, jid: &BareJid) -> Option<String> {
    if turn.state.roster.get(account, jid).is_some() || account.jid() == jid {
        return None;
    }
    let host = suspect::host(jid.domain());
    let Some(other) = like(turn, account, jid) else { return host };
    let difference = difference(jid.as_str(), other.as_str());
    let alike = words::address::looks_like(jid, &other, &difference);
    Some(host.map_or_else(|| alike.clone(), |why| words::address::and_host(&alike, &why)))
}

/// The contact, or the user, whom an address resembles.
fn like(turn: &mut Turn, account: &AccountId, jid: &BareJid) -> Option<BareJid> {
    let local = jid.local()?;
    let is_like = |other: &BareJid| {
        other != jid && other.local().is_some_and(|l| is_alike(l, local)) && is_alike(other.domain(), jid.domain())
    };
    if is_like(account.jid()) {
        return Some(account.jid().clone());
    }
    let looks = skeletons(local);
    let known = names::known_looks(turn, account);
    let mut alike = looks.iter().filter_map(|look| known.get(look)).flatten();
    alike.find(|(other, _)| is_like(other)).map(|(other, _)| other.clone())
}

/// The same of who is behind a request.
pub(crate) fn of_request(turn: &mut Turn, request: &Request) -> Option<String> {
    match request {
        Request::Subscription { account, jid, .. } => of_address(turn, account, jid),
        Request::Invite { account, invite } => {
            of_address(turn, account, &invite.from.bare()).or_else(|| of_address(turn, account, &invite.room))
        }
        Request::Stranger(chat) => of_address(turn, &chat.account, &chat.address.bare()),
    }
}

/// Tells it once in the conversation itself.
pub(crate) fn told(turn: &mut Turn, id: &ChatId) {
    let Some(why) = of_address(turn, &id.account, &id.address.bare()) else { return };
    let words = Untrusted::from(why);
    let timeline = turn.state.timelines.get(id);
    let is_told = timeline.is_some_and(|t| t.messages.iter().any(|m| m.kind == MessageKind::Notice && m.body == words));
    if !is_told {
        timeline::notice(turn, id, words);
    }
}
