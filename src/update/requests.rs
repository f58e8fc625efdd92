//! Requests that wait for the user's answer. A flood of strangers makes one line of news, no sound, and at most two
//! hundred rows.

use super::looks;
use super::turn::Turn;
use crate::action::Action;
use crate::contract::UserWrite;
use crate::model::{ChatId, Message, MessageKind, Order, Untrusted};
use crate::state::chats::Chat;
use crate::state::requests::Request;
use crate::state::timeline::Timeline;
use crate::words;

/// So many bytes of what a stranger wrote are kept for the preview.
const PREVIEW: usize = 2_048;
/// Most characters of an address in the news: the hint after it must stay in sight.
const WHO: usize = 80;

/// A request came.
pub(crate) fn arrived(turn: &mut Turn, request: Request) -> bool {
    let was_overflowing = turn.state.requests.overflow;
    let mut what = what(&request);
    // Only one that stands alone is told by name.
    if turn.state.work.new_requests == 0
        && let Some(why) = looks::of_request(turn, &request)
    {
        what = words::request::with_warning(&what, &why);
    }
    let is_kept = turn.state.requests.add(request);
    if !is_kept && turn.state.requests.overflow == was_overflowing {
        return false;
    }
    turn.touch_sidebar();
    turn.state.work.new_requests += 1;
    let count = turn.state.work.new_requests;
    // The same news is replaced, not piled up.
    let hint = words::request::hint();
    let words = if count == 1 { words::request::new_one(&what, &hint) } else { words::request::new(count, &hint) };
    let was_shown = turn.state.toasts.list.iter().any(|t| t.text.raw().ends_with(&hint));
    turn.state.toasts.list.retain(|t| !t.text.raw().ends_with(&hint));
    let log_lines = turn.state.console.log.len();
    turn.info(words);
    if was_shown && turn.state.console.log.len() > log_lines {
        turn.state.console.log.pop_back();
    }
    is_kept
}

/// One request in words.
fn what(request: &Request) -> String {
    let short = |address: &str| address.chars().take(WHO).collect::<String>();
    match request {
        Request::Subscription { jid, .. } => words::request::contact_from(&short(jid.as_str())),
        Request::Invite { invite, .. } => words::request::invitation_to(&short(invite.room.as_str())),
        Request::Stranger(chat) => words::request::message_from(&short(chat.address.as_str())),
    }
}

/// The request in focus: the one that the open chat is about, else the oldest.
pub(crate) fn in_focus(turn: &Turn) -> Option<usize> {
    turn.state.request_here().or_else(|| (!turn.state.requests.list.is_empty()).then_some(0))
}

/// What a stranger wrote last is what the request shows; notices of the program are not theirs.
pub(crate) fn keep_preview(chat: &mut Chat, message: &Message) {
    if chat.is_accepted || message.is_own() || message.kind == MessageKind::Notice {
        return;
    }
    let subject = message.extra.subject.as_ref().filter(|_| message.body.raw().trim().is_empty());
    let words = subject.unwrap_or(&message.body).raw();
    chat.preview = words[..words.floor_char_boundary(PREVIEW)].into();
}

/// The keys that answer the open chat's request, for the line that names them.
pub(crate) fn freshen(turn: &mut Turn) {
    if turn.state.request_here().is_none() {
        return;
    }
    let key = |is_yes: bool, command: &str| {
        let keys = turn.keymap.keys_of(&Action::AnswerHere(is_yes));
        keys.first().cloned().unwrap_or_else(|| command.to_owned())
    };
    turn.state.requests.keys = Some((key(true, "/accept"), key(false, "/deny")));
}

/// The user accepts a peer: from now on it stands among the chats and may make noise.
pub(crate) fn accept_chat(turn: &mut Turn, id: &ChatId) {
    turn.state.requests.settle(|r| matches!(r, Request::Stranger(chat) if chat == id));
    let Some(chat) = turn.state.chats.get_mut(id) else { return };
    if chat.is_accepted {
        return;
    }
    chat.is_accepted = true;
    chat.is_open = true;
    chat.preview = Untrusted::default();
    let up_to = chat.read_up_to;
    let write = UserWrite::Listed { chat: id.clone(), kind: chat.kind, is_open: true, is_accepted: true };
    turn.write(write);
    if up_to > Order(0) {
        turn.write(UserWrite::Read { chat: id.clone(), up_to });
    }
    turn.touch_sidebar();
}

/// What a stranger wrote turns out to be no request: it was read long ago.
pub(crate) fn settled(turn: &mut Turn, id: &ChatId) {
    turn.state.requests.settle(|r| matches!(r, Request::Stranger(chat) if chat == id));
    if let Some(chat) = turn.state.chats.get_mut(id) {
        (chat.unread, chat.mentions) = (0, 0);
    }
    turn.touch_sidebar();
}

/// The user wants nothing of what a stranger wrote so far: it is read, and comes back with no start.
pub(crate) fn put_away(turn: &mut Turn, id: &ChatId) {
    let now = Order(turn.now().0.saturating_mul(1_000));
    let newest = turn.state.timelines.get(id).and_then(Timeline::last_order).unwrap_or(now).max(now);
    let Some(chat) = turn.state.chats.get_mut(id) else { return };
    chat.read_up_to = chat.read_up_to.max(newest);
    (chat.unread, chat.mentions) = (0, 0);
    let up_to = chat.read_up_to;
    turn.write(UserWrite::Read { chat: id.clone(), up_to });
}
