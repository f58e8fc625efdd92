//! Handles events of messages: a new one goes into its chat's window, is counted as unread and announced; the delivery
//! of one changes; somebody types.

use super::super::actions::program;
use super::super::turn::Turn;
use super::super::{chats, composer, notify, peers, readdress, requests, timeline};
use crate::contract::UserWrite;
use crate::contract::event::chat::Event;
use crate::model::{ChatId, ChatKind, ChatState, Deed, Delivery, Jid, Message, MessageKind, RowId, StanzaId};
use crate::state::requests::{REQUESTS, Request};
use crate::state::work::Sending;
use crate::words;

/// How many people are shown typing in one chat.
const TYPERS: usize = 8;

pub(super) fn event(turn: &mut Turn, event: Event) {
    match event {
        Event::MessageArrived(message) => arrived(turn, &message),
        Event::MessageChanged(message) => changed(turn, *message),
        Event::DeliveryChanged { chat, row, id, delivery } => delivery_changed(turn, &chat, row, &id, delivery),
        Event::MessageDropped { chat, row, id } => {
            turn.state.work.unsent.remove(&(chat.clone(), id));
            gone(turn, &chat, row);
        }
        Event::MessageHidden { chat, row } => gone(turn, &chat, row),
        Event::ActStored { chat, id, delivery } => act_stored(turn, chat, id, &delivery),
        Event::ActRefused { chat, id, deed, body, reason } => {
            turn.state.work.unsent.remove(&(chat.clone(), id));
            program::stay_for_failure(turn);
            if deed == Deed::Correct {
                composer::keep(&mut turn.state.composer, body);
            }
            let name = turn.state.chat_name(&chat);
            let (name, reason) = (name.raw(), reason.raw());
            let told = match deed {
                Deed::Correct => words::relation::edit_refused(name, reason),
                Deed::Retract | Deed::Moderate => words::relation::retraction_refused(name, reason),
                Deed::React => words::relation::reaction_refused(name, reason),
            };
            turn.error(told);
        }
        Event::AddressLearned { typed, real, summary } => readdress::learned(turn, &typed, &real, summary),
        Event::DeviceChanged { chat, device } => {
            if let Some(known) = turn.state.chats.get_mut(&chat) {
                known.device = device;
            }
        }
        Event::StateChanged { chat, from, state } => state_changed(turn, &chat, &from, state),
    }
}

/// A message is on the disk. Each step is needed by those below it.
fn arrived(turn: &mut Turn, message: &Message) {
    let writer = Writer::of(turn, message);
    if writer == Writer::Stranger && is_one_too_many(turn, &message.chat) {
        requests::arrived(turn, Request::Stranger(message.chat.clone()));
        return;
    }
    note_activity(turn, message, writer);
    if message.kind != MessageKind::Notice {
        peers::spoke(turn, &message.chat);
    }
    let is_seen = turn.state.is_watching(&message.chat);
    timeline::insert(turn, message);
    match writer {
        Writer::User => return own_arrived(turn, message),
        Writer::Stranger => {
            requests::arrived(turn, Request::Stranger(message.chat.clone()));
        }
        Writer::Peer => {}
    }
    if is_seen {
        chats::mark_read(turn);
    } else if is_counted(message.kind) {
        chats::count_unread(turn, &message.chat, message.order, message.is_mention);
        if writer == Writer::Peer {
            announce(turn, message);
        }
    }
}

/// Who wrote a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writer {
    /// The user, here or on another device.
    User,
    /// Somebody whom the user has accepted, the server, or people in a room.
    Peer,
    /// Somebody whom the user has not accepted; also one nickname too many that writes in private.
    Stranger,
}

impl Writer {
    fn of(turn: &Turn, message: &Message) -> Self {
        let id = &message.chat;
        let is_accepted = || match turn.state.chats.get(id) {
            Some(chat) => chat.is_accepted,
            None => match message.chat_kind {
                ChatKind::Contact => chats::is_accepted_from_the_start(turn, id),
                ChatKind::Occupant => !chats::is_crowded(turn, id),
                ChatKind::Room => true,
            },
        };
        if message.is_own() {
            Self::User
        } else if message.chat_kind == ChatKind::Room || is_accepted() {
            Self::Peer
        } else {
            Self::Stranger
        }
    }
}

/// Whether a new stranger is only counted: the message is in the store, and a flood of strangers must not grow the
/// state.
fn is_one_too_many(turn: &Turn, id: &ChatId) -> bool {
    turn.state.chats.get(id).is_none() && turn.state.requests.list.len() >= REQUESTS
}

/// The chat is active, and the writer no longer typing.
fn note_activity(turn: &mut Turn, message: &Message, writer: Writer) {
    let chat = match writer {
        Writer::Stranger => chats::ensure_request(turn, &message.chat, message.chat_kind),
        Writer::User | Writer::Peer => chats::ensure(turn, &message.chat, message.chat_kind),
    };
    let time = message.activity();
    let is_moved = time > chat.last_activity && message.chat_kind != ChatKind::Room;
    requests::keep_preview(chat, message);
    chat.last_activity = chat.last_activity.max(time);
    chat.typing.retain(|(who, _)| *who != message.from && who.bare_str() != message.from.as_str());
    if is_moved {
        turn.touch_sidebar();
    }
}

/// Whether a message of this kind counts as unread.
fn is_counted(kind: MessageKind) -> bool {
    match kind {
        MessageKind::Chat
        | MessageKind::Groupchat
        | MessageKind::Normal
        | MessageKind::Headline
        | MessageKind::Unreadable => true,
        MessageKind::Subject | MessageKind::Notice => false,
    }
}

/// Shows in the sidebar and by a notification that there is an unread message.
fn announce(turn: &mut Turn, message: &Message) {
    // A room that was closed stays closed for mere talk.
    if message.chat_kind != ChatKind::Room || message.is_mention {
        chats::list(turn, &message.chat, true);
    }
    notify::message(turn, message);
}

/// A text of the user's own is on disk: written here, or on another device.
fn own_arrived(turn: &mut Turn, message: &Message) {
    let id = &message.chat;
    requests::accept_chat(turn, id);
    chats::list(turn, id, true);
    let sent = message.ids.stanza.as_ref().and_then(|stanza| handed_over(turn, message, stanza));
    match sent {
        Some(sent) => settle_draft(turn, &sent),
        None => read_elsewhere(turn, message),
    }
}

/// The user wrote on another device: what came before it has been read there.
fn read_elsewhere(turn: &mut Turn, message: &Message) {
    let Some(chat) = turn.state.chats.get_mut(&message.chat) else { return };
    if !message.is_delayed && message.order > chat.read_up_to && chat.unread > 0 {
        chat.unread = 0;
        chat.mentions = 0;
        chat.read_up_to = message.order;
        chat.put_new_line(None);
        turn.write(UserWrite::Read { chat: message.chat.clone(), up_to: message.order });
        turn.touch_sidebar();
    }
}

/// The store has a text, and has dropped with it a draft that was this text. Where the draft is another by now, it is
/// stored again.
fn settle_draft(turn: &mut Turn, sent: &Sending) {
    let Some(chat) = turn.state.chats.get(&sent.chat) else { return };
    let is_other = !sent.draft.is_empty() && sent.draft != sent.text && chat.draft != sent.draft;
    if is_other || chat.draft.trim_end_matches('\n') == sent.text {
        turn.write(UserWrite::Draft { chat: sent.chat.clone(), kind: chat.kind, text: chat.draft.clone() });
    }
}

/// The store has a text of the user's. Returns what was sent, where it was written here.
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
            program::stay_for_failure(turn);
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
        words::message::select_here()
    } else {
        words::message::select_there()
    };
    words::message::not_sent(name.raw(), reason, &what_to_do)
}

/// What the user does to a message is on the disk, and so on its way.
fn act_stored(turn: &mut Turn, chat: ChatId, id: Option<StanzaId>, delivery: &Delivery) {
    let Some(id) = id else { return };
    turn.state.work.sending.retain(|s| s.id != id);
    if *delivery == Delivery::Pending {
        turn.state.work.unsent.insert((chat, id));
    } else {
        turn.state.work.unsent.remove(&(chat, id));
    }
}

/// A message is not shown any more.
fn gone(turn: &mut Turn, chat: &ChatId, row: RowId) {
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
