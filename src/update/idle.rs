//! Sets "away" after some minutes without a key, and takes it back with the next key. Also tells the servers, and only
//! them, whether the user looks at the program (XEP-0352).

use super::turn::Turn;
use crate::contract::{Command, command};
use crate::model::{AccountId, Availability, OwnPresence, Time};
use std::time::Duration;

/// How long the terminal may be without the focus before the servers are told; a look at another window is none.
const GLANCE: Duration = Duration::from_secs(10);
/// How long without a key is not looking, where the user has set no time for "away".
const STARING: Duration = Duration::from_mins(10);

/// When the servers are to be told that nobody looks; `None` where they are.
pub(crate) fn attention_due(turn: &Turn) -> Option<Time> {
    let work = &turn.state.work;
    if work.is_inattentive || work.last_key == Time::default() {
        return None;
    }
    let staring = match turn.state.options.auto_away_minutes {
        0 => STARING,
        minutes => Duration::from_secs(u64::from(minutes) * 60),
    };
    let left = work.focus_lost.map(|lost| lost.plus(GLANCE));
    Some(left.into_iter().fold(work.last_key.max(work.focus_won).plus(staring), Time::min))
}

/// The terminal got or lost the focus.
pub(crate) fn focused(turn: &mut Turn, is_focused: bool) {
    turn.state.work.focus_lost = (!is_focused).then_some(turn.now());
    if is_focused {
        turn.state.work.focus_won = turn.now();
        attend(turn, true);
    }
}

/// Tells all servers whether the user looks, where that is news.
fn attend(turn: &mut Turn, is_here: bool) {
    if turn.state.work.is_inattentive != is_here {
        return;
    }
    turn.state.work.is_inattentive = !is_here;
    let accounts: Vec<AccountId> = turn.state.accounts.list.iter().map(|a| a.id().clone()).collect();
    for account in accounts {
        turn.command(&account, attention(is_here));
    }
}

/// What an engine is told.
pub(crate) fn attention(is_here: bool) -> Command {
    Command::Presence(command::presence::Command::Attention(is_here))
}

/// An engine could not be told. That nobody looks may be told another time; that somebody does, with the next key.
pub(crate) fn attention_refused(turn: &mut Turn, is_here: bool) {
    turn.state.work.is_inattentive |= is_here;
}

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
    if attention_due(turn).is_some_and(|due| due <= turn.now()) {
        attend(turn, false);
    }
    if due(turn).is_none_or(|due| due > turn.now()) {
        return;
    }
    let last_key = turn.state.work.last_key;
    let mut changed = Vec::new();
    for account in turn.state.accounts.list.iter_mut().filter(|a| can_go_away(a)) {
        let before = account.presence.clone();
        account.presence =
            OwnPresence { availability: Availability::Away, idle_since: Some(last_key), ..before.clone() };
        account.before_auto_away = Some(before);
        changed.push((account.id().clone(), account.presence.clone()));
    }
    set_all(turn, changed);
}

/// A key was pressed: whoever was away by itself is back.
pub(crate) fn key(turn: &mut Turn) {
    turn.state.work.last_key = turn.now();
    turn.state.work.focus_lost = None;
    attend(turn, true);
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
    let presence = OwnPresence { idle_since: None, ..presence };
    let Some(known) = turn.state.accounts.get_mut(account) else { return };
    known.presence = presence.clone();
    known.before_auto_away = None;
    turn.command(account, Command::Presence(command::presence::Command::Set(presence)));
}
