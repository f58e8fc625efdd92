//! Away by itself after some minutes without a key, and back with the next one.

use super::turn::Turn;
use crate::contract::{Command, command};
use crate::model::{AccountId, Availability, OwnPresence, Time};
use std::time::Duration;

/// When the accounts go away by themselves; `None` where the user does not want that, or they are.
pub(crate) fn due(turn: &Turn) -> Option<Time> {
    let minutes = turn.state.options.auto_away_minutes;
    if minutes == 0 || !turn.state.accounts.list.iter().any(can_go_away) {
        return None;
    }
    Some(turn.state.work.last_key.plus(Duration::from_secs(u64::from(minutes) * 60)))
}

fn can_go_away(account: &crate::state::accounts::Account) -> bool {
    let is_here = matches!(account.presence.availability, Availability::Online | Availability::Chat);
    account.conn.is_online() && is_here && account.before_auto_away.is_none()
}

/// Goes away where it is time.
pub(crate) fn woken(turn: &mut Turn) {
    if due(turn).is_none_or(|due| due > turn.now()) {
        return;
    }
    let mut changed = Vec::new();
    for account in turn.state.accounts.list.iter_mut().filter(|a| can_go_away(a)) {
        let before = account.presence.clone();
        account.presence = OwnPresence { availability: Availability::Away, ..before.clone() };
        account.before_auto_away = Some(before);
        changed.push((account.id().clone(), account.presence.clone()));
    }
    set_all(turn, changed);
}

/// A key was pressed: whoever was away by itself is back.
pub(crate) fn key(turn: &mut Turn) {
    turn.state.work.last_key = turn.now();
    let mut changed = Vec::new();
    for account in &mut turn.state.accounts.list {
        if let Some(before) = account.before_auto_away.take() {
            account.presence = before.clone();
            changed.push((account.id().clone(), before));
        }
    }
    set_all(turn, changed);
}

fn set_all(turn: &mut Turn, changed: Vec<(AccountId, OwnPresence)>) {
    for (account, presence) in changed {
        turn.command(&account, Command::Presence(command::presence::Command::Set(presence)));
    }
}

/// The user says how they are there.
pub(crate) fn set_presence(turn: &mut Turn, account: &AccountId, presence: OwnPresence) {
    let Some(known) = turn.state.accounts.get_mut(account) else { return };
    known.presence = presence.clone();
    known.before_auto_away = None;
    turn.command(account, Command::Presence(command::presence::Command::Set(presence)));
}
