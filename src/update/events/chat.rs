//! Messages: into the window, or onto the count; noise where it is meant for the user.

use super::super::turn::Turn;
use super::super::{chats, notify, requests, timeline};
use crate::contract::UserWrite;
use crate::contract::event::chat::Event;
use crate::model::{ChatId, ChatKind, ChatState, Delivery, Jid, Message, MessageKind, RowId, StanzaId};
use crate::state::requests::{REQUESTS, Request};
use crate::state::work::Sending;

/// How many people are shown typing in one chat.
const TYPERS: usize = 8;

pub(super) fn event(turn: &mut Turn, event: Event) {
    match event {
        Event::MessageArrived(message) => arrived(turn, *message),
        Event::MessageChanged(message) => changed(turn, *message),
        Event::DeliveryChanged { chat, row, id, delivery } => delivery_changed(turn, &chat, row, &id, delivery),
        Event::MessageDropped { chat, row, id } => dropped(turn, &chat, row, id),
        Event::StateChanged { chat, from, state } => state_changed(turn, &chat, &from, state),
    }
}

fn arrived(turn: &mut Turn, message: Message) {
    let id = message.chat.clone();
    if message.is_own() {
        own_arrived(turn, &message);
    }
    let is_stranger = is_stranger(turn, &message);
    if is_stranger && turn.state.chats.get(&id).is_none() && turn.state.requests.list.len() >= REQUESTS {
        // Counted, and in the store; a flood of strangers must not grow the desk.
        requests::arrived(turn, Request::Stranger(id));
        return;
    }
    let time = message.time;
    let chat = chats::ensure(turn, &id, message.chat_kind);
    let was_moved = time > chat.last_activity && message.chat_kind != ChatKind::Room;
    chat.last_activity = chat.last_activity.max(time);
    chat.typing.retain(|(who, _)| *who != message.from && who.bare_str() != message.from.as_str());
    if was_moved {
        turn.touch_sidebar();
    }
    let is_seen = turn.state.is_watching(&id);
    timeline::insert(turn, &message);
    if is_stranger {
        requests::arrived(turn, Request::Stranger(id.clone()));
    }
    if message.is_own() {
        return;
    }
    if is_seen {
        // Also marks: what the user is looking at is read as it comes.
        chats::mark_read(turn);
        return;
    }
    let is_told = match message.kind {
        MessageKind::Chat
        | MessageKind::Groupchat
        | MessageKind::Normal
        | MessageKind::Headline
        | MessageKind::Unreadable => true,
        MessageKind::Subject | MessageKind::Notice => false,
    };
    if !is_told {
        return;
    }
    chats::count_unread(turn, &id, message.order, message.is_mention);
    if !is_stranger {
        // A room that was closed stays closed for mere talk.
        if message.chat_kind != ChatKind::Room || message.is_mention {
            chats::list(turn, &id, true);
        }
        notify::message(turn, &message);
    }
}

fn is_stranger(turn: &Turn, message: &Message) -> bool {
    if message.is_own() || message.chat_kind != ChatKind::Contact {
        return false;
    }
    let id = &message.chat;
    match turn.state.chats.get(id) {
        Some(chat) => !chat.is_accepted,
        None => {
            let is_contact = turn.state.roster.get(&id.account, &id.address.bare()).is_some();
            let is_server = id.address.as_str() == id.account.jid().domain();
            !is_contact && !is_server && !turn.state.is_own(&id.account, &id.address)
        }
    }
}

/// A text of the user's own is on disk: written here, or on another device.
fn own_arrived(turn: &mut Turn, message: &Message) {
    let id = &message.chat;
    chats::ensure(turn, id, message.chat_kind);
    requests::accept_chat(turn, id);
    chats::list(turn, id, true);
    let sent = message.ids.stanza.as_ref().and_then(|stanza| handed_over(turn, message, stanza));
    let was_ours = sent.is_some();
    if let Some(sent) = sent {
        settle_draft(turn, &sent);
    }
    let Some(chat) = turn.state.chats.get_mut(id) else { return };
    // Who answers on another device has read there.
    if !was_ours && !message.is_delayed && message.order > chat.read_up_to && chat.unread > 0 {
        chat.unread = 0;
        chat.mentions = 0;
        chat.read_up_to = message.order;
        chat.put_new_line(None);
        turn.write(UserWrite::Read { chat: id.clone(), up_to: message.order });
        turn.touch_sidebar();
    }
}

/// The store has a text, and with it dropped a draft that was this text: what was kept otherwise is told again.
fn settle_draft(turn: &mut Turn, sent: &Sending) {
    let Some(chat) = turn.state.chats.get(&sent.chat) else { return };
    let is_other = !sent.draft.is_empty() && sent.draft != sent.text && chat.draft != sent.draft;
    if is_other || chat.draft.trim_end_matches('\n') == sent.text {
        turn.write(UserWrite::Draft { chat: sent.chat.clone(), kind: chat.kind, text: chat.draft.clone() });
    }
}

/// The store has a text that was handed to an engine. Gives it back, where it was written here.
fn handed_over(turn: &mut Turn, message: &Message, stanza: &StanzaId) -> Option<Sending> {
    let sending = &mut turn.state.work.sending;
    let was_ours = sending.iter().position(|s| s.id == *stanza).map(|at| sending.remove(at));
    let key = (message.chat.clone(), stanza.clone());
    if message.delivery == Delivery::Pending {
        turn.state.work.unsent.insert(key);
    } else {
        turn.state.work.unsent.remove(&key);
    }
    was_ours
}

fn changed(turn: &mut Turn, message: Message) {
    let Some(timeline) = turn.state.timelines.get_mut(&message.chat) else { return };
    match timeline.messages.iter_mut().find(|m| m.row == message.row) {
        Some(shown) => *shown = message,
        // The page that is under way may bring it as it was before.
        None => timeline.is_stale |= timeline.asked.is_some(),
    }
}

fn delivery_changed(turn: &mut Turn, chat: &ChatId, row: RowId, id: &StanzaId, delivery: Delivery) {
    let key = (chat.clone(), id.clone());
    match &delivery {
        Delivery::Pending => {
            turn.state.work.unsent.insert(key);
        }
        Delivery::Failed(reason) => {
            turn.state.work.unsent.remove(&key);
            let words = failed_words(turn, chat, reason.raw());
            turn.error(words);
        }
        Delivery::Incoming
        | Delivery::Sent
        | Delivery::Acked
        | Delivery::Delivered
        | Delivery::Displayed
        | Delivery::Unknown => {
            turn.state.work.unsent.remove(&key);
        }
    }
    let Some(timeline) = turn.state.timelines.get_mut(chat) else { return };
    match timeline.find_mut(row, id) {
        Some(message) => message.delivery = delivery,
        // The page that is under way may bring it as it was before.
        None => timeline.is_stale |= timeline.asked.is_some(),
    }
}

fn failed_words(turn: &Turn, chat: &ChatId, reason: &str) -> String {
    let name = turn.state.chat_name(chat);
    let what_to_do = if turn.state.current_id() == Some(chat) {
        "Alt-Up selects it, then r sends it again, d drops it"
    } else {
        "open the chat and select it with Alt-Up; r sends it again, d drops it"
    };
    format!("not sent to {}: {reason} · {what_to_do}", name.raw())
}

fn dropped(turn: &mut Turn, chat: &ChatId, row: RowId, id: StanzaId) {
    turn.state.work.unsent.remove(&(chat.clone(), id));
    let Some(timeline) = turn.state.timelines.get_mut(chat) else { return };
    timeline.messages.retain(|m| m.row != row);
    if timeline.selected == Some(row) {
        timeline.selected = None;
    }
    if timeline.asked.is_some() {
        timeline.dropped.push(row);
    }
}

fn state_changed(turn: &mut Turn, id: &ChatId, from: &Jid, state: ChatState) {
    let now = turn.now();
    // Only in chats that are known: a stranger's typing is nobody's business.
    let Some(chat) = turn.state.chats.get_mut(id).filter(|c| c.is_accepted) else { return };
    let was_typing = !chat.typing.is_empty();
    chat.typing.retain(|(who, _)| who != from);
    match state {
        ChatState::Composing if chat.typing.len() < TYPERS => chat.typing.push((from.clone(), now)),
        ChatState::Composing | ChatState::Active | ChatState::Paused | ChatState::Inactive | ChatState::Gone => {}
    }
    let is_typing = !chat.typing.is_empty();
    let open = &mut turn.state.work.typing;
    open.retain(|c| c != id);
    if is_typing {
        open.push(id.clone());
    }
    if was_typing != is_typing {
        turn.touch_sidebar();
    }
}
