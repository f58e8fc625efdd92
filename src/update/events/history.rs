//! The archive: what it brought changes counts, and the open chat where it is on the screen.

use super::super::timeline;
use super::super::turn::Turn;
use super::replies;
use crate::contract::event::history::Event;
use crate::model::AccountId;

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
            for (chat, count) in late {
                let name = turn.state.chat_name(&chat);
                let s = if count == 1 { "" } else { "s" };
                turn.info(format!(
                    "{count} message{s} came late, further up in {}: older than what you have read",
                    name.raw()
                ));
            }
        }
        Event::CatchUpDone(_) => {
            if let Some(known) = turn.state.accounts.get_mut(account) {
                known.catching_up = known.catching_up.saturating_sub(1);
            }
        }
        Event::OlderFetched { chat, is_start } => timeline::older_fetched(turn, &chat, is_start),
        Event::Failed { archive, chat, reason } => {
            turn.log(format!("the archive of {archive} cannot be read: {}", reason.raw()));
            match chat {
                Some(chat) => {
                    timeline::older_failed(turn, &chat);
                    turn.warn(format!("no older messages from the archive: {}", reason.raw()));
                }
                None => {
                    if let Some(known) = turn.state.accounts.get_mut(account) {
                        known.catching_up = known.catching_up.saturating_sub(1);
                    }
                }
            }
        }
    }
}
