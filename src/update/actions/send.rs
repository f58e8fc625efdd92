//! Writing and sending. A text leaves the composer only when the engine's channel has taken it and returns when it was
//! not taken. Only Enter sends.

use super::super::composer::{self, Outcome};
use super::super::overlays::{self, TypedLine};
use super::super::turn::{Done, Turn};
use super::super::{chats, idle, peers, requests, seek, timeline};
use super::blocking;
use crate::action::{Action, Edit};
use crate::contract::command::WhenFull;
use crate::contract::{Command, UserWrite, command};
use crate::model::{AccountId, ChatId, ChatKind, ChatState, Relation, StanzaId};
use crate::state::State;
use crate::state::composer::About;
use crate::state::focus::Pane;
use crate::state::overlays::Choice;
use crate::state::work::Sending;
use crate::words;

/// The longest text that is sent, in bytes; servers end the stream for much longer ones.
const BODY: usize = 64 * 1024;

/// What the composer says: the action, and the text that says it, which leaves the composer with this. `None` where
/// there is nothing to do, or nothing yet.
pub(crate) fn said(turn: &mut Turn) -> Option<(Action, String)> {
    let composer = &mut turn.state.composer;
    composer.completion = None;
    if composer.pending_paste.is_some() {
        composer::take_paste(composer, false);
        chats::typed(turn);
        return None;
    }
    let text = composer.text.text.clone();
    if text.trim().is_empty() {
        return None;
    }
    // A new line at the very end (that of a quote, or of a paste) would be an empty line for the reader.
    match crate::slash::parse(text.trim_end_matches('\n')) {
        Ok(action) => {
            empty(turn);
            Some((action, text))
        }
        Err(error) => {
            turn.state.composer.error = Some((error.to_string(), error.span));
            None
        }
    }
}

/// Whether one line is written, and that is a command: Enter does it in multi-line mode, too.
pub(crate) fn is_command(state: &State) -> bool {
    let text = state.composer.text.text.as_str();
    let is_text = text.starts_with("//") || text.starts_with("/me ") || text.contains('\n');
    text.starts_with('/') && !is_text
}

/// What was written could not be done: the text is the user's again, with the reason below it.
pub(crate) fn take_back(turn: &mut Turn, text: &str, why: String) {
    if turn.state.composer.text.text.is_empty() {
        composer::replace(&mut turn.state.composer, text);
    }
    let marked = 0..0;
    turn.state.composer.error = Some((why, marked));
    chats::typed(turn);
}

/// Empties the composer, and with it the draft.
fn empty(turn: &mut Turn) {
    composer::sent(&mut turn.state.composer);
    turn.state.work.last_typed = None;
    chats::draft_changed(turn);
}

/// The open chat, to send something there.
pub(crate) fn open_chat(turn: &Turn) -> Result<ChatId, String> {
    let id = turn.state.current_id().cloned();
    id.ok_or_else(words::message::no_chat)
}

/// Sends a text to a chat. It is a row on the disk before it is a stanza, connected or not.
pub(crate) fn to(turn: &mut Turn, id: &ChatId, body: &str) -> Done {
    relating(turn, id, body, Relation::default(), None)
}

/// The same of a text that says something of another message. `about`: what the composer is about again if the text
/// comes back.
pub(crate) fn relating(turn: &mut Turn, id: &ChatId, body: &str, relation: Relation, about: Option<About>) -> Done {
    let kind = chats::kind_of(turn, id);
    may_send(turn, id, kind, body)?;
    if let Some(question) = peers::question(turn, id) {
        overlays::confirm::ask(turn, question, Choice::Private(id.clone()));
        return Err(words::message::answer_first());
    }
    let stanza = turn.id();
    chats::ensure(turn, id, kind);
    requests::accept_chat(turn, id);
    let now = turn.now();
    // A text that did not come from this composer leaves there what was being written.
    let left = (turn.state.current_id() == Some(id)).then(|| turn.state.composer.text.text.clone());
    let mut draft = String::new();
    if let Some(chat) = turn.state.chats.get_mut(id) {
        draft.clone_from(&chat.draft);
        if let Some(left) = left {
            chat.draft = left;
        }
        // Who answers has read what was new.
        chat.new_line = None;
        // The message itself says that the user is here (XEP-0085 §5.1).
        chat.told_state = Some((ChatState::Active, now));
    }
    let (chat, text) = (id.clone(), body.to_owned());
    turn.state.work.sending.push(Sending { id: stanza.clone(), chat: chat.clone(), text: text.clone(), draft, about });
    let send = command::chat::Command::Send { chat, kind, body: text, id: stanza, relation };
    turn.command(&id.account, Command::Chat(send));
    if turn.state.current_id() == Some(id) {
        turn.state.composer.is_saved = true;
        turn.state.focus.pane = Pane::Composer;
        chats::to_bottom(turn);
    }
    Ok(())
}

fn may_send(turn: &Turn, id: &ChatId, kind: ChatKind, body: &str) -> Done {
    if body.trim().is_empty() {
        return Err(words::message::nothing_to_send());
    }
    if body.len() > BODY {
        return Err(words::message::too_long(body.len(), BODY));
    }
    may_act(turn, id, kind)
}

/// Whether anything can be sent there now.
pub(crate) fn may_act(turn: &Turn, id: &ChatId, kind: ChatKind) -> Done {
    let Some(account) = turn.state.accounts.get(&id.account) else {
        return Err(words::message::account_gone(&id.account));
    };
    if turn.state.store_trouble.is_some() {
        return Err(words::message::history_closed());
    }
    let room = id.address.bare();
    match kind {
        ChatKind::Contact => blocking::forbids(turn, &id.account, &id.address),
        ChatKind::Room | ChatKind::Occupant => {
            let is_in = turn.state.rooms.get(&id.account, &room).is_some_and(crate::state::rooms::Room::is_in);
            if is_in {
                Ok(())
            } else if account.conn.is_online() {
                Err(words::muc::not_in_room(&room))
            } else {
                Err(words::message::room_waits(&room))
            }
        }
    }
}

/// The engine could not take a command.
pub(crate) fn refused(turn: &mut Turn, account: &AccountId, command: &Command) {
    match command.when_full() {
        WhenFull::GiveBack { chat, body, id } => give_back(turn, chat, body, id),
        WhenFull::TellTyping(chat) => {
            if let Some(known) = turn.state.chats.get_mut(chat) {
                known.told_state = None;
            }
        }
        WhenFull::TellAttention(is_here) => idle::attention_refused(turn, is_here),
        WhenFull::StopLoading(chat) => {
            if !seek::failed(turn, chat) {
                timeline::older_failed(turn, chat);
            }
        }
        WhenFull::AtNextStart => {
            turn.warn(words::message::change_waits(account));
        }
        WhenFull::Busy => turn.warn(words::message::busy(account)),
        WhenFull::Drop => {}
    }
}

/// A text was not taken: it goes back into the composer, or waits as a draft where another chat is open by now.
fn give_back(turn: &mut Turn, chat: &ChatId, body: &str, id: &StanzaId) {
    let sending = &mut turn.state.work.sending;
    let Some(at) = sending.iter().position(|s| s.id == *id) else {
        // A reaction, or a retraction: there is no text to give back.
        let name = turn.state.chat_name(chat);
        return turn.warn(words::relation::nothing_done(name.raw()));
    };
    let about = sending.remove(at).about;
    // What looks like a command was sent on purpose; it must look so again.
    let text = if body.starts_with('/') && !body.starts_with("/me ") { format!("/{body}") } else { body.to_owned() };
    if turn.state.current_id() == Some(chat) {
        if turn.state.composer.text.text.is_empty() || matches!(about, Some(About::Reply { .. })) {
            turn.state.composer.about = about;
        }
        composer::give_back(&mut turn.state.composer, &text);
        chats::typed(turn);
        turn.warn(words::message::text_is_back());
        return;
    }
    if let Some(known) = turn.state.chats.get_mut(chat) {
        known.draft = if known.draft.is_empty() { text } else { format!("{text}\n{}", known.draft) };
        let (kind, text) = (known.kind, known.draft.clone());
        turn.write(UserWrite::Draft { chat: chat.clone(), kind, text });
    }
    let name = turn.state.chat_name(chat);
    turn.warn(words::message::text_is_draft(name.raw()));
    turn.touch_sidebar();
}

/// An edit: of what lies on top, else of the composer.
pub(crate) fn edit(turn: &mut Turn, edit: Edit) {
    if turn.state.overlays.is_empty() {
        turn.state.composer.error = None;
        let outcome = composer::edit(&mut turn.state.composer, edit);
        if outcome == Outcome::Changed {
            chats::typed(turn);
        }
        return;
    }
    let is_changed = match overlays::line(turn.state) {
        Some(TypedLine::Box(text)) => composer::edit_box(text, edit) == Outcome::Changed,
        Some(TypedLine::Filter(text)) => match edit {
            Edit::Backspace => text.pop().is_some(),
            Edit::KillToStart | Edit::KillWordBack => !std::mem::take(text).is_empty(),
            Edit::Left
            | Edit::Right
            | Edit::WordLeft
            | Edit::WordRight
            | Edit::Start
            | Edit::End
            | Edit::Top
            | Edit::Bottom
            | Edit::Up
            | Edit::Down
            | Edit::Newline
            | Edit::Delete
            | Edit::KillWord
            | Edit::KillToEnd
            | Edit::Yank
            | Edit::Undo
            | Edit::Redo => false,
        },
        None => false,
    };
    if is_changed {
        overlays::edited(turn);
    }
}

/// A character was typed, where text is written.
pub(crate) fn character(turn: &mut Turn, c: char) {
    if turn.state.overlays.is_empty() {
        turn.state.composer.error = None;
        composer::insert_char(&mut turn.state.composer, c);
        chats::typed(turn);
        return;
    }
    match overlays::line(turn.state) {
        Some(TypedLine::Box(text)) => composer::insert_box(text, c.encode_utf8(&mut [0; 4])),
        Some(TypedLine::Filter(text)) => text.push(c),
        None => return,
    }
    overlays::edited(turn);
}

/// Text was pasted: it goes where text is written, and does nothing else.
pub(crate) fn paste(turn: &mut Turn, pasted: &str) {
    if turn.state.overlays.is_empty() {
        turn.state.focus.pane = Pane::Composer;
        turn.state.composer.error = None;
        composer::paste(&mut turn.state.composer, pasted);
        chats::typed(turn);
        return;
    }
    let text = composer::pasted_text(pasted);
    match overlays::line(turn.state) {
        Some(TypedLine::Box(line)) => composer::insert_box(line, text.trim_end_matches('\n')),
        Some(TypedLine::Filter(line)) => line.push_str(&text.replace(['\n', '\t'], " ")),
        None => return,
    }
    overlays::edited(turn);
}

/// Multi-line mode on or off.
pub(crate) fn multiline(turn: &mut Turn) {
    let composer = &mut turn.state.composer;
    composer.is_multiline = !composer.is_multiline;
    let words = if composer.is_multiline { words::message::multiline_on() } else { words::message::multiline_off() };
    turn.info(words);
}

/// Completes the word at the cursor. Returns whether there was any text.
pub(crate) fn complete(turn: &mut Turn, is_back: bool) -> bool {
    if composer::cycle(&mut turn.state.composer, is_back) {
        chats::typed(turn);
        return true;
    }
    let text = turn.state.composer.text.clone();
    if text.text.is_empty() {
        return false;
    }
    if let Some(found) = crate::slash::complete(turn.state, &text.text, text.cursor) {
        composer::complete(&mut turn.state.composer, found.range.start, found.range.end, found.items);
        chats::typed(turn);
    }
    true
}

/// Through what was sent before.
pub(crate) fn history(turn: &mut Turn, is_back: bool) {
    let composer = &mut turn.state.composer;
    let outcome = if is_back { composer::history_prev(composer) } else { composer::history_next(composer) };
    if outcome == Outcome::Changed {
        chats::typed(turn);
    }
}

/// Puts a text into the composer for the user to finish. What stands there is kept in the history.
pub(crate) fn compose(turn: &mut Turn, text: &str) {
    turn.state.overlays.clear();
    turn.state.focus.pane = Pane::Composer;
    let old = turn.state.composer.text.text.clone();
    if !old.trim().is_empty() && !old.starts_with('/') {
        composer::keep(&mut turn.state.composer, old);
        turn.info(words::message::earlier_text());
    }
    turn.state.composer.error = None;
    composer::replace(&mut turn.state.composer, text);
    chats::typed(turn);
}
