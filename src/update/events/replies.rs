//! Handles the store's replies: the chats of an account, pages of messages, search results.

use super::super::turn::Turn;
use super::super::{chats, composer, overlays, requests, seek, timeline};
use super::roster;
use crate::contract::Reply;
use crate::model::{AccountId, ChatId, ChatKind, ChatSummary, Contact};
use crate::state::requests::{REQUESTS, Request};
use crate::state::rooms::Membership;
use crate::words;

/// The store answered.
pub(crate) fn reply(turn: &mut Turn, reply: Reply) {
    match reply {
        Reply::Chats { account, chats, contacts, unfolded } => {
            if let Some(known) = turn.state.accounts.get_mut(&account) {
                known.unfolded = unfolded;
            }
            all_chats(turn, &account, chats, contacts);
        }
        Reply::Page { chat, from, messages, is_oldest, is_newest, newer, seq } => {
            let page = timeline::StoredPage { chat, from, messages, is_oldest, is_newest, newer, seq };
            if timeline::page(turn, page) {
                chats::mark_read(turn);
            }
        }
        Reply::Placed { oldest, place, seq } => {
            seek::placed(turn, &oldest, place, seq);
            overlays::search::reached(turn);
        }
        Reply::Found { messages, is_more, oldest, seq } => {
            overlays::search::found(turn, messages, is_more, oldest, seq);
        }
        Reply::Failed { reason, seq } => failed(turn, &reason, seq),
    }
}

fn all_chats(turn: &mut Turn, account: &AccountId, chats: Vec<ChatSummary>, contacts: Vec<Contact>) {
    // A roster that came from the server meanwhile is newer than the stored one.
    if !turn.state.roster.by_account.contains_key(account) {
        roster::put(turn, account, contacts);
    }
    let current = chats.iter().find(|c| c.is_current).map(|c| (c.id.clone(), c.bottom));
    for chat in chats {
        summary(turn, chat, false);
    }
    rejoin(turn, account);
    let first = turn.state.work.first_chat.take_if(|chat| chat.account == *account);
    if let Some((chat, bottom)) = current.or_else(|| Some((first?, None))) {
        chats::resume(turn, &chat, bottom);
    }
    turn.touch_sidebar();
}

/// What the store knows of a chat. `is_live` after the archive has filled it: then the counts are
/// newer than ours; else what was told meanwhile is.
pub(super) fn summary(turn: &mut Turn, summary: ChatSummary, is_live: bool) {
    let id = summary.id.clone();
    let is_contact =
        summary.kind == ChatKind::Contact && turn.state.roster.get(&id.account, &id.address.bare()).is_some();
    let is_request = !summary.is_accepted && summary.kind != ChatKind::Room && !is_contact;
    if is_request && turn.state.chats.get(&id).is_none_or(|c| !c.is_accepted) {
        // All of it was put away, or is older than this device, or there is nothing.
        if summary.unread == 0 {
            if is_live {
                requests::settled(turn, &id);
            }
            return;
        }
        if turn.state.requests.list.len() >= REQUESTS && turn.state.chats.get(&id).is_none() {
            turn.state.requests.overflow += 1;
            return;
        }
        turn.state.requests.add(Request::Stranger(id.clone()));
    }
    let is_current = turn.state.chats.current.as_ref() == Some(&id);
    let chat = if is_request {
        chats::ensure_request(turn, &id, summary.kind)
    } else {
        chats::ensure(turn, &id, summary.kind)
    };
    if let Some(last) = &summary.last {
        requests::keep_preview(chat, last);
    }
    chat.kind = summary.kind;
    chat.name = summary.name.or(chat.name.take());
    chat.is_open |= summary.is_open;
    chat.is_accepted |= summary.is_accepted;
    chat.last_activity = chat.last_activity.max(summary.last_activity);
    if is_live {
        chat.unread = summary.unread;
        chat.mentions = summary.mentions;
    } else {
        chat.unread = chat.unread.max(summary.unread);
        chat.mentions = chat.mentions.max(summary.mentions);
    }
    if is_current && chat.unread > 0 && chat.new_line.is_none() {
        chat.put_new_line(Some(chat.read_up_to.max(summary.read_up_to)));
    }
    chat.read_up_to = chat.read_up_to.max(summary.read_up_to);
    if !is_live {
        stored_draft(turn, &id, summary.draft);
    }
    turn.touch_sidebar();
}

/// A draft of an earlier run. The chat may be here already, made by a message or opened by the user, and nothing
/// that the user has typed meanwhile is replaced.
fn stored_draft(turn: &mut Turn, id: &ChatId, draft: String) {
    let is_current = turn.state.chats.current.as_ref() == Some(id);
    let composer = &mut turn.state.composer;
    let Some(chat) = turn.state.chats.by_id.get_mut(id) else { return };
    if draft.is_empty() || draft == chat.draft {
        return;
    }
    if is_current && !composer.text.text.is_empty() {
        composer::keep(composer, draft);
        turn.info(words::chat::earlier_text());
    } else if chat.draft.is_empty() {
        if is_current {
            composer::load(composer, &draft);
        }
        chat.draft = draft;
    } else {
        // Another was written, and left, before the store had answered.
        composer::keep(composer, draft);
    }
}

/// Rooms that stood in the sidebar when the program ended are entered again.
fn rejoin(turn: &mut Turn, account: &AccountId) {
    let is_room = |c: &&crate::state::chats::Chat| c.kind == ChatKind::Room && c.is_open && c.id.account == *account;
    let rooms: Vec<_> = turn.state.chats.by_id.values().filter(is_room).map(|c| c.id.address.bare()).collect();
    for room in rooms {
        let entry = turn.state.rooms.entry(account, &room);
        if entry.membership == Membership::Out {
            entry.membership = Membership::Joining;
            turn.muc(account, crate::contract::command::muc::Command::Reenter { room });
        }
    }
}

fn failed(turn: &mut Turn, reason: &str, seq: u64) {
    overlays::search::failed(turn, reason, seq);
    seek::unanswered(turn, seq);
    let timeline = turn.state.timelines.list.iter_mut().find(|t| t.asked == Some(seq));
    if let Some(timeline) = timeline {
        timeline.asked = None;
        timeline.is_loading = false;
    }
    turn.error(words::history::unreadable_here(reason));
}
