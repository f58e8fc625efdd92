//! Conversations: opening, closing, switching, marking as read, drafts, and chat states (XEP-0085).

use super::overlays::opening;
use super::turn::Turn;
use super::{looks, requests, seek, timeline};
use crate::contract::{Command, UserWrite, command};
use crate::model::{AccountId, BareJid, CROWD, ChatId, ChatKind, ChatState, Order, Secret};
use crate::state::chats::Chat;
use crate::state::focus::Pane;
use crate::state::requests::Request;
use crate::state::rooms::Membership;
use crate::state::sidebar::Row;
use crate::state::timeline::{Scroll, Timeline};
use crate::state::work::RoomWish;
use crate::words;
use std::time::Duration;

/// Below this width the sidebar and the people are drawers that close when a chat is opened.
const NARROW: u16 = 80;
/// How long after the first key that is not on the disk a draft is stored: who types without a pause loses no more.
const DRAFT_PAUSE: Duration = Duration::from_secs(1);
/// How long after the last key the peer is told that the user paused.
pub(crate) const PAUSE: Duration = Duration::from_secs(10);
/// So many rooms that the user asked to enter are remembered.
const WISHES: usize = 16;
/// Rooms with more people than this are not told that the user types.
const TYPING_ROOM: usize = 50;

/// The conversation, which is made where there is none yet.
pub(crate) fn ensure<'t>(turn: &'t mut Turn<'_>, id: &ChatId, kind: ChatKind) -> &'t mut Chat {
    let is_accepted = is_accepted_from_the_start(turn, id);
    let made = || {
        let mut chat = Chat::new(id.clone(), kind);
        chat.is_accepted |= is_accepted;
        chat
    };
    turn.state.chats.by_id.entry(id.clone()).or_insert_with(made)
}

/// The same for one that the user is asked about.
pub(crate) fn ensure_request<'t>(turn: &'t mut Turn<'_>, id: &ChatId, kind: ChatKind) -> &'t mut Chat {
    let made = || Chat { is_accepted: false, ..Chat::new(id.clone(), kind) };
    turn.state.chats.by_id.entry(id.clone()).or_insert_with(made)
}

/// Whether so many private chats of this one's room wait to be read that a new one is a request.
pub(crate) fn is_crowded(turn: &Turn, id: &ChatId) -> bool {
    let room = id.address.bare_str();
    let waits = |c: &&Chat| {
        c.kind == ChatKind::Occupant
            && c.is_accepted
            && c.unread > 0
            && c.id.account == id.account
            && c.id.address.bare_str() == room
    };
    turn.state.chats.by_id.values().filter(waits).nth(CROWD as usize - 1).is_some()
}

/// Whether nobody need accept a conversation with this address: it is a contact, the account's server, or an account
/// of the user's own.
pub(crate) fn is_accepted_from_the_start(turn: &Turn, id: &ChatId) -> bool {
    turn.state.roster.get(&id.account, &id.address.bare()).is_some()
        || id.address.bare_str() == id.account.jid().domain()
        || turn.state.is_own(&id.account, &id.address)
}

/// What kind of conversation an address is on this account.
pub(crate) fn kind_of(turn: &Turn, id: &ChatId) -> ChatKind {
    if let Some(chat) = turn.state.chats.get(id) {
        return chat.kind;
    }
    let is_room = turn.state.rooms.get(&id.account, &id.address.bare()).is_some();
    match (is_room, id.address.is_bare()) {
        (true, true) => ChatKind::Room,
        (true, false) => ChatKind::Occupant,
        (false, _) => ChatKind::Contact,
    }
}

/// Whether an address looks like a room's: its service is known, or named as such services are.
pub(crate) fn is_room_service(turn: &Turn, account: &AccountId, jid: &BareJid) -> bool {
    let domain = jid.domain();
    let is_known = turn.state.accounts.list.iter().any(|a| a.service("rooms").is_some_and(|s| s.as_str() == domain));
    if is_known || turn.state.rooms.get(account, jid).is_some() {
        return true;
    }
    let first = domain.split('.').next().unwrap_or_default();
    turn.state.roster.get(account, jid).is_none()
        && ["conference", "rooms", "room", "muc", "groups", "chat", "channels"].contains(&first)
}

/// Opens a conversation, which becomes the one on the screen.
pub(crate) fn open(turn: &mut Turn, id: &ChatId) {
    let kind = kind_of(turn, id);
    turn.state.focus.pane = Pane::Composer;
    if turn.state.size.0 < NARROW && turn.state.size.0 > 0 {
        turn.state.sidebar.is_toggled = false;
        turn.state.rooms.is_people_toggled = false;
    }
    if turn.state.chats.current.as_ref() == Some(id) {
        return;
    }
    leave(turn);
    let state = &mut *turn.state;
    state.chats.previous = state.chats.current.take();
    state.chats.current = Some(id.clone());
    state.accounts.current = Some(id.account.clone());
    let chat = ensure(turn, id, kind);
    chat.put_new_line((chat.unread > 0).then_some(chat.read_up_to));
    let (draft, about) = (chat.draft.clone(), chat.about.clone());
    list(turn, id, true);
    super::composer::load(&mut turn.state.composer, &draft);
    turn.state.composer.about = about;
    // Enter sends, wherever one comes to.
    turn.state.composer.is_multiline = false;
    timeline::ensure(turn, id);
    turn.write(UserWrite::Current { chat: Some(id.clone()), bottom: None });
    looks::told(turn, id);
    mark_read(turn);
    turn.touch_sidebar();
}

/// Opens the conversation that was open when the program ended, at the message that was at the bottom of the screen.
/// What the user has begun meanwhile stays.
pub(crate) fn resume(turn: &mut Turn, id: &ChatId, bottom: Option<Order>) {
    if turn.state.chats.current.is_some() || !turn.state.composer.text.text.is_empty() {
        return;
    }
    open(turn, id);
    if let Some(order) = bottom {
        timeline::resume(turn, id, order);
    }
}

/// Notes the open conversation and its place for the next start.
pub(crate) fn keep_place(turn: &mut Turn) {
    let Some(chat) = turn.state.chats.current.clone() else { return };
    let bottom = turn.state.timelines.get(&chat).and_then(Timeline::bottom_order);
    turn.write(UserWrite::Current { chat: Some(chat), bottom });
}

/// Puts a conversation into the sidebar, or out of it, and has that stored where it changed.
pub(crate) fn list(turn: &mut Turn, id: &ChatId, is_open: bool) {
    let Some(chat) = turn.state.chats.get_mut(id) else { return };
    // What a stranger wrote is looked at without being accepted.
    let is_open = is_open && chat.is_accepted;
    if chat.is_open == is_open {
        return;
    }
    chat.is_open = is_open;
    let write = UserWrite::Listed { chat: id.clone(), kind: chat.kind, is_open, is_accepted: chat.is_accepted };
    turn.write(write);
    turn.touch_sidebar();
}

/// The user turns away from the open chat: the draft is stored, the new-message line goes.
fn leave(turn: &mut Turn) {
    save_draft(turn);
    let Some(id) = turn.state.chats.current.clone() else { return };
    let about = turn.state.composer.about.take();
    let Some(chat) = turn.state.chats.get_mut(&id) else { return };
    chat.about = about;
    chat.new_line = None;
    let was_told = chat.told_state.is_some_and(|(s, _)| s != ChatState::Inactive && s != ChatState::Gone);
    if was_told {
        tell(turn, &id, ChatState::Inactive);
    }
    if let Some(timeline) = turn.state.timelines.get_mut(&id) {
        timeline.selected = None;
        timeline.highlighted = None;
    }
    turn.state.work.last_typed = None;
    turn.state.timelines.seek = None;
    timeline::stay(turn);
}

/// Closes a conversation: it leaves the sidebar; a room stays joined.
pub(crate) fn close(turn: &mut Turn, id: &ChatId) {
    let is_current = turn.state.chats.current.as_ref() == Some(id);
    let next =
        turn.state.chats.previous.clone().filter(|p| p != id && turn.state.chats.get(p).is_some_and(|c| c.is_open));
    if is_current {
        leave(turn);
        if turn.state.chats.get(id).is_some_and(|c| c.told_state.is_some()) {
            tell(turn, id, ChatState::Gone);
        }
        turn.state.chats.current = None;
        turn.write(UserWrite::Current { chat: None, bottom: None });
        super::composer::load(&mut turn.state.composer, "");
        turn.state.focus.pane = Pane::Composer;
    }
    list(turn, id, false);
    turn.state.requests.settle(|r| matches!(r, Request::Stranger(chat) if chat == id));
    if turn.state.chats.previous.as_ref() == Some(id) {
        turn.state.chats.previous = None;
    }
    if is_current && let Some(next) = next {
        open(turn, &next);
        turn.state.chats.previous = None;
    }
    turn.touch_sidebar();
}

/// Enters a room and shows it. One that is not there is not made before the user has said so.
pub(crate) fn join(
    turn: &mut Turn,
    account: &AccountId,
    room: &BareJid,
    nick: Option<String>,
    password: Option<String>,
) {
    let id = ChatId::new(account.clone(), room);
    let is_in = turn.state.rooms.get(account, room).is_some_and(crate::state::rooms::Room::is_in) && nick.is_none();
    let was_known = turn.state.chats.get(&id).is_some_and(|chat| chat.is_open);
    let nick = nick.or_else(|| last_nick(turn, account, room));
    // What is not there is asked about when the answer comes: that is no reason to wait if nothing was typed since.
    opening::awaits(turn, account);
    let is_shown = shows(turn, &id);
    if !is_in {
        wish(
            turn,
            RoomWish {
                account: account.clone(),
                room: room.clone(),
                nick: nick.clone(),
                password: password.as_deref().map(Secret::new),
                was_known,
            },
        );
        turn.muc(account, command::muc::Command::Enter { room: room.clone(), nick, password });
    }
    enters(turn, &id, is_shown);
}

/// Makes a room that is not there, and enters it.
pub(crate) fn create(
    turn: &mut Turn,
    account: &AccountId,
    room: &BareJid,
    nick: Option<String>,
    password: Option<String>,
) {
    turn.muc(account, command::muc::Command::Join { room: room.clone(), nick, password });
    enters(turn, &ChatId::new(account.clone(), room), true);
}

fn enters(turn: &mut Turn, id: &ChatId, is_shown: bool) {
    let (account, room) = (&id.account, id.address.bare());
    let entry = turn.state.rooms.entry(account, &room);
    if !entry.is_in() {
        entry.membership = Membership::Joining;
    }
    ensure(turn, id, ChatKind::Room).kind = ChatKind::Room;
    let is_room =
        |r: &Request| matches!(r, Request::Invite { account: a, invite } if a == account && invite.room == room);
    turn.state.requests.settle(is_room);
    let is_offline = turn.state.accounts.get(account).is_some_and(|a| !a.conn.is_online());
    if is_offline {
        turn.info(words::muc::joins_when_online(&room, account));
    }
    if is_shown {
        open(turn, id);
    } else {
        list(turn, id, true);
        turn.info(words::muc::being_entered(&room));
    }
}

/// Whether a room may take the place of the open chat: the user asks for it now, or has waited for it since.
fn shows(turn: &Turn, id: &ChatId) -> bool {
    turn.is_by_user() || turn.state.chats.current.is_none() || opening::is_awaited(turn, &id.account)
}

/// Remembers how the user wanted to enter a room.
fn wish(turn: &mut Turn, wish: RoomWish) {
    let wishes = &mut turn.state.work.wishes;
    wishes.retain(|w| (&w.account, &w.room) != (&wish.account, &wish.room));
    if wishes.len() >= WISHES {
        wishes.remove(0);
    }
    wishes.push(wish);
}

/// How the user wanted to enter a room; it is forgotten.
pub(crate) fn take_wish(turn: &mut Turn, account: &AccountId, room: &BareJid) -> Option<RoomWish> {
    let wishes = &mut turn.state.work.wishes;
    let at = wishes.iter().position(|w| w.account == *account && w.room == *room)?;
    Some(wishes.remove(at))
}

/// The nickname that the user had in a room before, where it is another than the usual one. Underscores that were
/// put to the usual one because it was taken are not kept.
fn last_nick(turn: &Turn, account: &AccountId, room: &BareJid) -> Option<String> {
    let nick = turn.state.rooms.get(account, room)?.nick.raw();
    let usual = turn.state.accounts.get(account)?.settings.room_nick();
    (!nick.is_empty() && nick.trim_end_matches('_') != usual.trim_end_matches('_')).then(|| nick.to_owned())
}

/// The user sees the newest messages of the open chat: they are read.
pub(crate) fn mark_read(turn: &mut Turn) {
    let Some(id) = turn.state.chats.current.clone() else { return };
    if turn.state.is_watching(&id) {
        mark_chat_read(turn, &id);
    }
}

/// Puts the view of the open chat on its newest message, which is read with that.
pub(crate) fn to_bottom(turn: &mut Turn) {
    seek::stop(turn);
    timeline::to_bottom(turn);
    mark_read(turn);
}

/// A jump that ended where all down to the newest message is on the screen follows the newest messages again.
pub(crate) fn settle(turn: &mut Turn) {
    let view = turn.state.viewport;
    let Some(top) = view.visible.map(|(top, _)| top).filter(|_| view.is_at_bottom) else { return };
    let Some(id) = &turn.state.chats.current else { return };
    let Some(timeline) = turn.state.timelines.list.iter_mut().find(|t| t.chat == *id) else { return };
    // What the last frame showed may be from before the jump: then another message is at its top.
    if timeline.scroll == (Scroll::From { row: top }) && timeline.is_newest && timeline.asked.is_none() {
        timeline.scroll = Scroll::Bottom;
        mark_read(turn);
    }
}

/// Marks all of a chat as read.
pub(crate) fn mark_chat_read(turn: &mut Turn, id: &ChatId) {
    let timeline = turn.state.timelines.get(id);
    let Some(chat) = turn.state.chats.get_mut(id) else { return };
    // Where all that is new lies above a whole window of the user's own, that is read as well.
    let fallback = || timeline.filter(|t| chat.unread > 0 && t.asked.is_none()).and_then(Timeline::last_order);
    let newest = timeline.and_then(Timeline::last_incoming).or_else(fallback);
    let up_to = newest.unwrap_or(chat.read_up_to).max(chat.read_up_to);
    let is_unread = chat.unread > 0 || chat.mentions > 0;
    if up_to == chat.read_up_to && !is_unread {
        return;
    }
    // A window whose first page has not come does not know yet how far it is read.
    if newest.is_none() {
        return;
    }
    chat.unread = 0;
    chat.mentions = 0;
    chat.read_up_to = up_to;
    if is_unread {
        chat.new_until.get_or_insert(up_to);
    }
    // What a stranger wrote stays a request until it is answered, also after the next start.
    if chat.is_accepted {
        turn.write(UserWrite::Read { chat: id.clone(), up_to });
    }
    if is_unread {
        turn.touch_sidebar();
    }
}

/// Counts a message that was not seen as it came.
pub(crate) fn count_unread(turn: &mut Turn, id: &ChatId, order: Order, is_mention: bool) {
    let is_current = turn.state.chats.current.as_ref() == Some(id);
    let Some(chat) = turn.state.chats.get_mut(id) else { return };
    if order <= chat.read_up_to {
        return;
    }
    chat.unread = chat.unread.saturating_add(1);
    chat.mentions = chat.mentions.saturating_add(u32::from(is_mention));
    if is_current && chat.new_line.is_none() {
        chat.put_new_line(Some(chat.read_up_to));
    }
    turn.touch_sidebar();
}

/// The terminal got or lost the focus.
pub(crate) fn focused(turn: &mut Turn, is_focused: bool) {
    turn.state.is_focused = is_focused;
    if is_focused {
        mark_read(turn);
        return;
    }
    save_draft(turn);
    // Turning away from the terminal is leaving the chat: what comes now is below a line of its own.
    if let Some(id) = turn.state.chats.current.clone()
        && let Some(chat) = turn.state.chats.get_mut(&id)
        && chat.unread == 0
    {
        chat.new_line = None;
    }
}

/// The chats in the sidebar's order, requests left out.
pub(crate) fn in_order(turn: &mut Turn) -> Vec<ChatId> {
    super::sidebar::freshen(turn, true);
    let chats = turn.state.sidebar.rows.iter().filter_map(|row| match row {
        Row::Chat(id) => Some(id.clone()),
        Row::Account(_) | Row::Section { .. } | Row::Contact { .. } | Row::Request(_) => None,
    });
    chats.collect()
}

/// Opens the chat so many places further down (or up); goes round at the ends.
pub(crate) fn step(turn: &mut Turn, by: isize) {
    let list = in_order(turn);
    if list.is_empty() {
        turn.info(words::chat::none_yet());
        return;
    }
    let len = list.len().cast_signed();
    let at = turn.state.chats.current.as_ref().and_then(|c| list.iter().position(|id| id == c));
    let next = match at {
        Some(at) => (at.cast_signed() + by).rem_euclid(len),
        None if by < 0 => len - 1,
        None => 0,
    };
    if let Some(id) = list.get(next.cast_unsigned()) {
        open(turn, id);
    }
}

/// Opens the chat that most wants to be looked at: mentions, then direct messages, then unread ones.
pub(crate) fn next_important(turn: &mut Turn) {
    let order = in_order(turn);
    let current = turn.state.chats.current.clone();
    let candidates = turn.state.chats.by_id.values().filter(|c| Some(&c.id) != current.as_ref());
    let place = |id: &ChatId| order.iter().position(|o| o == id).unwrap_or(usize::MAX);
    let best = candidates
        .filter_map(|c| Some((c.urgency()?, c)))
        .max_by(|(a, x), (b, y)| a.cmp(b).then_with(|| place(&y.id).cmp(&place(&x.id))))
        .map(|(_, c)| c.id.clone());
    match best {
        Some(id) => open(turn, &id),
        None => turn.info(words::chat::nothing_unread()),
    }
}

/// The composer's text changed: the draft is stored after a pause, the peer is told after the first key.
pub(crate) fn typed(turn: &mut Turn) {
    let now = turn.now();
    draft_changed(turn);
    let Some(id) = turn.state.chats.current.clone() else { return };
    let text = &turn.state.composer.text.text;
    let is_command = text.starts_with('/') && !text.starts_with("/me ") && !text.starts_with("//");
    if text.is_empty() {
        let was_typing =
            turn.state.chats.get(&id).is_some_and(|c| {
                c.told_state.is_some_and(|(s, _)| s == ChatState::Composing || s == ChatState::Paused)
            });
        turn.state.work.last_typed = None;
        if was_typing {
            tell(turn, &id, ChatState::Active);
        }
    } else if !is_command {
        turn.state.work.last_typed = Some(now);
        tell(turn, &id, ChatState::Composing);
    }
}

/// What is being written is not what is stored: it will be, after a pause.
pub(crate) fn draft_changed(turn: &mut Turn) {
    let due = turn.now().plus(DRAFT_PAUSE);
    turn.state.composer.is_saved = false;
    turn.state.work.draft_due.get_or_insert(due);
}

/// Stores the draft of the open chat, where it changed.
pub(crate) fn save_draft(turn: &mut Turn) {
    turn.state.work.draft_due = None;
    let text = turn.state.composer.text.text.clone();
    let Some(id) = turn.state.chats.current.clone() else { return };
    let Some(chat) = turn.state.chats.get_mut(&id) else { return };
    if chat.draft != text {
        chat.draft.clone_from(&text);
        let kind = chat.kind;
        turn.write(UserWrite::Draft { chat: id, kind, text });
        turn.touch_sidebar();
    }
    turn.state.composer.is_saved = true;
}

/// Tells the peer what the user does (XEP-0085), once per change, where the user wants that told.
pub(crate) fn tell(turn: &mut Turn, id: &ChatId, what: ChatState) {
    if !turn.state.options.send_typing {
        return;
    }
    let now = turn.now();
    let is_online = turn.state.accounts.get(&id.account).is_some_and(|a| a.conn.is_online());
    let people = turn.state.rooms.get(&id.account, &id.address.bare()).map_or(0, |r| r.occupants.len());
    let Some(chat) = turn.state.chats.get_mut(id) else { return };
    let is_wanted = match chat.kind {
        ChatKind::Contact | ChatKind::Occupant => chat.is_accepted,
        // XEP-0085 §5.5: rooms are not told of leaving.
        ChatKind::Room => (1..=TYPING_ROOM).contains(&people) && what != ChatState::Gone && what != ChatState::Inactive,
    };
    if !is_online || !is_wanted || chat.told_state.is_some_and(|(told, _)| told == what) {
        return;
    }
    chat.told_state = Some((what, now));
    let kind = chat.kind;
    turn.command(&id.account, Command::Chat(command::chat::Command::State { chat: id.clone(), kind, state: what }));
}

/// Clocks of typing: the user paused; the draft is due.
pub(crate) fn woken(turn: &mut Turn) {
    let now = turn.now();
    if turn.state.work.draft_due.is_some_and(|due| due <= now) {
        save_draft(turn);
    }
    if turn.state.work.last_typed.is_some_and(|t| now.since(t) >= PAUSE) {
        turn.state.work.last_typed = None;
        if let Some(id) = turn.state.chats.current.clone() {
            let is_composing =
                turn.state.chats.get(&id).is_some_and(|c| c.told_state.is_some_and(|(s, _)| s == ChatState::Composing));
            if is_composing {
                tell(turn, &id, ChatState::Paused);
            }
        }
    }
}

/// Opens the conversation with an address on an account; the user's own act, so it is accepted.
pub(crate) fn start(turn: &mut Turn, id: &ChatId) {
    let kind = kind_of(turn, id);
    let is_new = !ensure(turn, id, kind).is_accepted;
    if is_new {
        requests::accept_chat(turn, id);
    }
    super::peers::spoke(turn, id);
    open(turn, id);
}
