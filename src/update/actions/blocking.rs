//! Blocking people and taking that back (XEP-0191).

use super::super::overlays::{confirm, text};
use super::super::turn::{Done, Turn};
use super::target::{online, resolve};
use crate::action::Target;
use crate::contract::Command;
use crate::contract::command::roster;
use crate::model::{AccountId, ChatKind, Jid, Untrusted};
use crate::state::overlays::Choice;
use crate::words;

/// `/block` and `/unblock`: the person named, else the one that the open chat is with. Blocking without a name asks first.
pub(crate) fn change(turn: &mut Turn, who: Option<Target>, is_blocked: bool) -> Done {
    let of = online(turn)?;
    let Some(blocked) = turn.state.accounts.get(&of).and_then(|a| a.blocked.clone()) else {
        return Err(words::blocking::not_here());
    };
    let is_named = who.is_some();
    let who = match who {
        Some(target) => resolve(turn, &target)?,
        None => peer(turn)?,
    };
    if turn.state.rooms.get(&of, &who.bare()).is_some() {
        return Err(words::blocking::not_in_rooms());
    }
    if who.bare() == *of.jid() {
        return Err(words::roster::own_address());
    }
    if blocked.contains(&who) == is_blocked {
        return Err(if is_blocked { words::blocking::already(&who) } else { words::blocking::is_not(&who) });
    }
    if is_blocked && !is_named {
        ask(turn, &who);
        return Ok(());
    }
    turn.command(&of, Command::Roster(roster::Command::Block { who, is_blocked }));
    Ok(())
}

/// Asks whether to block somebody.
pub(crate) fn ask(turn: &mut Turn, who: &Jid) {
    confirm::ask(turn, words::blocking::ask(who), Choice::Run(format!("/block {who}")));
}

/// Whom the open chat is with.
fn peer(turn: &Turn) -> Result<Jid, String> {
    let chat = turn.state.current().ok_or_else(words::chat::none_open_whom)?;
    match chat.kind {
        ChatKind::Contact => Ok(chat.id.address.bare().to_jid()),
        ChatKind::Room | ChatKind::Occupant => Err(words::chat::not_with_contact()),
    }
}

/// Shows whom the account blocks.
pub(crate) fn list(turn: &mut Turn) -> Done {
    let of = online(turn)?;
    let blocked = turn.state.accounts.get(&of).and_then(|a| a.blocked.as_ref());
    let mut all: Vec<&Jid> = blocked.ok_or_else(words::blocking::not_here)?.iter().collect();
    if all.is_empty() {
        return Err(words::blocking::nobody());
    }
    all.sort_unstable();
    let lines: Vec<Untrusted> = all.into_iter().map(|jid| Untrusted::from(jid.to_string())).collect();
    text::open(turn, words::blocking::title(), lines);
    Ok(())
}

/// Why nothing can be sent to somebody.
pub(crate) fn forbids(turn: &Turn, account: &AccountId, to: &Jid) -> Done {
    match turn.state.accounts.get(account) {
        Some(account) if account.blocks(to) => Err(words::blocking::is_blocked(to)),
        Some(_) | None => Ok(()),
    }
}
