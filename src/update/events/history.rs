//! Handles events of the archive: new counts, new pages of the open chat, and messages that came late.

use super::super::turn::Turn;
use super::super::{seek, timeline};
use super::replies;
use crate::contract::event::history::Event;
use crate::model::AccountId;
use crate::words;

/// So many chats are named in a notice.
const NAMED: usize = 3;

pub(super) fn event(turn: &mut Turn, account: &AccountId, event: Event) {
    match event {
        Event::CatchUpStarted(_) => {
            if let Some(known) = turn.state.accounts.get_mut(account) {
                known.catching_up += 1;
            }
        }
        Event::PageStored { archive: _, added: _, late, chats } => {
            for summary in chats {
                let id = summary.id.clone();
                replies::summary(turn, summary, true);
                // What is in sight counts as read when it is in the window, not before.
                timeline::refresh(turn, &id);
            }
            let Some(known) = turn.state.accounts.get_mut(account) else { return };
            for (chat, count) in late {
                match known.late.iter_mut().find(|(same, _)| *same == chat) {
                    Some((_, sum)) => *sum += count,
                    None => known.late.push((chat, count)),
                }
            }
        }
        Event::CatchUpDone(_) => {
            if let Some(known) = turn.state.accounts.get_mut(account) {
                known.catching_up = known.catching_up.saturating_sub(1);
            }
            tell_late(turn, account);
            seek::caught_up(turn, account);
        }
        Event::OlderFetched { chat, is_start } => {
            if !seek::fetched(turn, &chat, is_start) {
                timeline::older_fetched(turn, &chat, is_start);
            }
        }
        Event::Failed { archive, chat, reason } => {
            turn.log(words::history::unreadable(&archive, reason.raw()));
            match chat {
                Some(chat) => {
                    if seek::failed(turn, &chat) {
                        turn.warn(words::history::no_older(reason.raw()));
                    } else {
                        // Nobody asked for them: the chat was opened, or scrolled to its top.
                        timeline::older_failed(turn, &chat);
                    }
                }
                None => {
                    if let Some(known) = turn.state.accounts.get_mut(account) {
                        known.catching_up = known.catching_up.saturating_sub(1);
                    }
                    tell_late(turn, account);
                    seek::caught_up(turn, account);
                }
            }
        }
    }
}

/// A reader who has seen what is newer would pass over what came late.
fn tell_late(turn: &mut Turn, account: &AccountId) {
    let Some(known) = turn.state.accounts.get_mut(account) else { return };
    let late = std::mem::take(&mut known.late);
    let count: usize = late.iter().map(|(_, count)| count).sum();
    let names: Vec<String> =
        late.iter().take(NAMED).map(|(chat, _)| turn.state.chat_name(chat).raw().to_owned()).collect();
    let names = names.join(", ");
    let names = if late.len() > NAMED { words::history::and_others(&names) } else { names };
    if count > 0 {
        turn.info(words::history::came_late(count, &names));
    }
}
