//! A peer is known to the server under another address than the one that was typed: what stands under the two becomes
//! one conversation, and whoever is writing there goes on writing.

use super::turn::Turn;
use super::{chats, timeline};
use crate::contract::UserWrite;
use crate::model::{ChatId, ChatSummary};
use crate::state::requests::Request;
use crate::words;

/// The store has merged what it has of the two.
pub(crate) fn learned(turn: &mut Turn, typed: &ChatId, real: &ChatId, summary: Option<Box<ChatSummary>>) {
    let is_open = turn.state.chats.current.as_ref() == Some(typed);
    let mut draft = String::new();
    if let Some(old) = turn.state.chats.by_id.remove(typed) {
        draft = if is_open { turn.state.composer.text.text.clone() } else { old.draft };
        let chat = chats::ensure(turn, real, old.kind);
        chat.kind = old.kind;
        chat.is_open |= old.is_open;
        chat.is_accepted |= old.is_accepted;
        chat.name = chat.name.take().or(old.name);
        chat.last_activity = chat.last_activity.max(old.last_activity);
    }
    let (account, bare) = (&typed.account, typed.address.bare());
    if let Some(room) = turn.state.rooms.by_jid.remove(&(account.clone(), bare)) {
        turn.state.rooms.by_jid.entry((account.clone(), real.address.bare())).or_insert(room);
    }
    if let Some(summary) = summary
        && let Some(chat) = turn.state.chats.get_mut(real)
    {
        (chat.unread, chat.mentions) = (summary.unread, summary.mentions);
        chat.read_up_to = chat.read_up_to.max(summary.read_up_to);
    }
    rename(turn, typed, real);
    keep_draft(turn, real, draft);
    turn.state.timelines.list.retain(|t| t.chat != *typed);
    timeline::refresh(turn, real);
    if is_open {
        turn.state.chats.current = None;
        chats::open(turn, real);
    }
    turn.log(words::session::is_to_server(&typed.address, &real.address));
    turn.touch_sidebar();
}

/// What is under way for the typed address is for the true one.
fn rename(turn: &mut Turn, typed: &ChatId, real: &ChatId) {
    let is_accepted = turn.state.chats.get(real).is_some_and(|chat| chat.is_accepted);
    turn.state.requests.settle(|r| matches!(r, Request::Stranger(id) if id == typed || (id == real && is_accepted)));
    let chats = &mut turn.state.chats;
    if chats.previous.as_ref() == Some(typed) {
        chats.previous = Some(real.clone());
    }
    let work = &mut turn.state.work;
    work.sending.iter_mut().filter(|s| s.chat == *typed).for_each(|s| s.chat = real.clone());
    work.typing.retain(|id| id != typed);
    let unsent = std::mem::take(&mut work.unsent);
    work.unsent = unsent.into_iter().map(|(id, s)| (if id == *typed { real.clone() } else { id }, s)).collect();
}

/// What was being written stands there, unless the other conversation has a text of its own.
fn keep_draft(turn: &mut Turn, real: &ChatId, draft: String) {
    let Some(chat) = turn.state.chats.get_mut(real).filter(|_| !draft.is_empty()) else { return };
    if chat.draft.is_empty() {
        chat.draft.clone_from(&draft);
    } else if chat.draft != draft {
        chat.draft = format!("{}\n{draft}", chat.draft);
    }
    let (kind, text) = (chat.kind, chat.draft.clone());
    turn.write(UserWrite::Draft { chat: real.clone(), kind, text });
}
