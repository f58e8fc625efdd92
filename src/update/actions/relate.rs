//! What one message says of another: answering, correcting, reacting, taking back.

use super::super::overlays::{confirm, picker};
use super::super::turn::{Done, Turn};
use super::super::{chats, composer, timeline};
use super::{message, rooms, send};
use crate::action::OnMessage;
use crate::contract::archive::PageFrom;
use crate::contract::{Command, UserWrite, command};
use crate::model::{Act, ChatKind, Deed, Delivery, Message, MessageKind, Original, Relation, Reply, RowId, Untrusted};
use crate::state::State;
use crate::state::composer::About;
use crate::state::focus::Pane;
use crate::state::overlays::{Choice, PickerKind};
use crate::state::work::Find;
use crate::text::emoji;
use crate::words;

/// The reactions of the keys 1 to 6.
pub(crate) const USUAL: [&str; 6] = ["👍", "❤️", "😂", "😮", "😢", "🎉"];
/// So much of an answered message is quoted for programs that know no answers, in bytes.
const QUOTED_MAX: usize = 400;
/// How many jumps can be gone back.
const JUMPS: usize = 20;

/// Whether something can be said of a message: somebody said it, it is there, and others have it.
fn is_there(message: &Message) -> bool {
    let is_talk = match message.kind {
        MessageKind::Chat | MessageKind::Groupchat | MessageKind::Normal => true,
        MessageKind::Headline | MessageKind::Subject | MessageKind::Notice | MessageKind::Unreadable => false,
    };
    let is_sent = !matches!(message.delivery, Delivery::Failed(_) | Delivery::Unknown);
    is_talk && is_sent && message.extra.retracted.is_none()
}

/// Whether something can be done with a message.
pub(crate) fn fits(what: OnMessage, message: &Message) -> bool {
    match what {
        OnMessage::Enter => message.extra.relation.reply.is_some() || super::message::fits(OnMessage::Open, message),
        OnMessage::Reply => is_there(message),
        OnMessage::React | OnMessage::ReactNth(_) => is_there(message) && message.delivery != Delivery::Pending,
        OnMessage::Edit | OnMessage::Retract => is_there(message) && message.is_own(),
        OnMessage::Copy
        | OnMessage::CopyLink
        | OnMessage::Open
        | OnMessage::Quote
        | OnMessage::Retry
        | OnMessage::Drop
        | OnMessage::Info
        | OnMessage::Whole => super::message::fits(what, message),
    }
}

/// The id by which others know a message, for a deed.
fn named(message: &Message, deed: Option<Deed>) -> Result<String, String> {
    message.named(deed).ok_or_else(|| match message.chat_kind {
        ChatKind::Room => words::relation::no_room_id(),
        ChatKind::Contact | ChatKind::Occupant => words::relation::no_id(),
    })
}

fn reply_to(message: &Message) -> Result<Reply, String> {
    let words = message.body.raw();
    let words = words.get(..words.floor_char_boundary(QUOTED_MAX)).unwrap_or_default();
    let (from, is_own) = (message.from.clone(), message.is_own());
    let (row, order) = (message.row, message.order);
    let original = Box::new(Original { row, order, from: from.clone(), is_own, words: words.into() });
    Ok(Reply { id: named(message, None)?, to: Some(from), original: Some(original) })
}

/// Begins an answer: what is written next is one.
fn begin_reply(turn: &mut Turn, of: &Message) -> Done {
    let reply = reply_to(of)?;
    let name = if of.is_own() { Untrusted::from(words::relation::yourself()) } else { turn.state.sender_name(of) };
    leave_edit(turn);
    message::deselect(turn);
    turn.state.composer.about = Some(About::Reply { row: of.row, reply, name });
    turn.state.focus.pane = Pane::Composer;
    Ok(())
}

/// Begins a correction: the message's text is in the composer, and what stood there waits.
fn begin_edit(turn: &mut Turn, of: &Message) -> Done {
    if !fits(OnMessage::Edit, of) {
        return Err(words::relation::edit_is_for_own());
    }
    let id = named(of, Some(Deed::Correct))?;
    leave_edit(turn);
    message::deselect(turn);
    let draft = turn.state.composer.text.text.clone();
    let old = of.body.raw().to_owned();
    composer::replace(&mut turn.state.composer, &old);
    let reply = of.extra.relation.reply.clone();
    turn.state.composer.about = Some(About::Edit { row: of.row, id, old, reply, draft });
    turn.state.focus.pane = Pane::Composer;
    chats::draft_changed(turn);
    Ok(())
}

/// Another correction or answer begins: the draft below an edit that is under way comes back first.
fn leave_edit(turn: &mut Turn) {
    if let Some(About::Edit { draft, .. }) = turn.state.composer.about.take() {
        composer::replace(&mut turn.state.composer, &draft);
    }
}

/// Esc: what is being written is simply a text again; an edit is given up, and what was changed of it can be had back.
pub(crate) fn stop(turn: &mut Turn) -> bool {
    let Some(about) = turn.state.composer.about.take() else { return false };
    if let About::Edit { old, draft, .. } = about {
        let text = turn.state.composer.text.text.clone();
        if text != old && !text.trim().is_empty() {
            composer::keep(&mut turn.state.composer, text);
            turn.info(words::relation::edit_given_up());
        }
        composer::replace(&mut turn.state.composer, &draft);
        chats::typed(turn);
    }
    true
}

/// What a text says of another message, by what the composer is about.
fn relation_of(about: Option<&About>) -> Relation {
    match about {
        None => Relation::default(),
        Some(About::Reply { reply, .. }) => Relation { reply: Some(reply.clone()), act: None },
        Some(About::Edit { id, reply, .. }) => {
            Relation { reply: reply.clone(), act: Some(Act { id: id.clone(), deed: Deed::Correct, since: None }) }
        }
    }
}

/// The text is on its way: what was being written before an edit comes back.
fn sent(turn: &mut Turn) {
    let Some(About::Edit { draft, .. }) = turn.state.composer.about.take() else { return };
    composer::replace(&mut turn.state.composer, &draft);
    let Some(id) = turn.state.current_id().cloned() else { return };
    // The store may have the edited text as the draft.
    if let Some(chat) = turn.state.chats.get_mut(&id) {
        chat.draft.clone_from(&draft);
        let kind = chat.kind;
        turn.write(UserWrite::Draft { chat: id, kind, text: draft });
    }
}

/// The user's last message of the open chat that can be edited.
fn last_own(state: &State) -> Option<Message> {
    let messages = state.timeline()?.messages.iter().rev();
    messages.into_iter().find(|m| fits(OnMessage::Edit, m)).cloned()
}

/// Edits the user's last message; Up, where nothing is written.
pub(crate) fn edit_last(turn: &mut Turn) -> Done {
    let last = last_own(turn.state).ok_or_else(words::relation::none_to_edit)?;
    begin_edit(turn, &last)
}

/// `/edit`: the selected message, else the user's last one.
pub(crate) fn edit(turn: &mut Turn, text: Option<String>) -> Done {
    let marked = turn.state.marked_message().filter(|m| fits(OnMessage::Edit, m)).cloned();
    let of = marked.or_else(|| last_own(turn.state));
    let of = of.ok_or_else(words::relation::none_to_edit)?;
    match text {
        None => begin_edit(turn, &of),
        Some(text) => correct(turn, &of, &text),
    }
}

/// `/s/old/new/`: the user's last message, with words replaced.
pub(crate) fn substitute(turn: &mut Turn, from: &str, to: &str, is_everywhere: bool) -> Done {
    let of = last_own(turn.state).ok_or_else(words::relation::none_to_edit)?;
    let old = of.body.raw();
    if !old.contains(from) {
        return Err(words::relation::does_not_contain(from));
    }
    let new = if is_everywhere { old.replace(from, to) } else { old.replacen(from, to, 1) };
    correct(turn, &of, &new)
}

fn correct(turn: &mut Turn, of: &Message, text: &str) -> Done {
    if text == of.body.raw() {
        return Err(words::relation::says_that_already());
    }
    let act = Act { id: named(of, Some(Deed::Correct))?, deed: Deed::Correct, since: None };
    let relation = Relation { reply: of.extra.relation.reply.clone(), act: Some(act) };
    let chat = of.chat.clone();
    send::relating(turn, &chat, text, relation, None)
}

/// `/reply`: to the selected message, else to the last one of somebody else.
pub(crate) fn reply(turn: &mut Turn, text: Option<String>) -> Done {
    let of = meant(turn, OnMessage::Reply)?;
    match text {
        None => begin_reply(turn, &of),
        Some(text) => {
            let relation = Relation { reply: Some(reply_to(&of)?), act: None };
            let chat = of.chat.clone();
            message::deselect(turn);
            send::relating(turn, &chat, &text, relation, None)
        }
    }
}

/// Does something with the selected message, else with the last one that it fits.
pub(crate) fn act(turn: &mut Turn, what: OnMessage) -> Done {
    match what {
        OnMessage::Reply => reply(turn, None),
        OnMessage::Edit => edit(turn, None),
        OnMessage::React => react(turn, None),
        OnMessage::ReactNth(nth) => {
            let of = meant(turn, what)?;
            react_nth(turn, &of, nth)
        }
        OnMessage::Retract => {
            let marked = turn.state.marked_message().cloned();
            let of = marked.or_else(|| last_own(turn.state));
            let of = of.ok_or_else(words::relation::none_to_retract)?;
            ask_to_retract(turn, &of)
        }
        OnMessage::Enter => match turn.state.marked_message().filter(|m| m.extra.relation.reply.is_some()).cloned() {
            Some(of) => to_original(turn, &of),
            None => message::act(turn, OnMessage::Open),
        },
        OnMessage::Copy
        | OnMessage::CopyLink
        | OnMessage::Open
        | OnMessage::Quote
        | OnMessage::Retry
        | OnMessage::Drop
        | OnMessage::Info
        | OnMessage::Whole => message::act(turn, what),
    }
}

/// Says a text in the open chat, as the answer or the correction that the composer is about.
pub(crate) fn say(turn: &mut Turn, body: &str) -> Done {
    let id = send::open_chat(turn)?;
    let about = turn.state.composer.about.clone();
    if let Some(About::Edit { old, .. }) = &about
        && old == body
    {
        stop(turn);
        return Ok(());
    }
    send::relating(turn, &id, body, relation_of(about.as_ref()), about)?;
    sent(turn);
    Ok(())
}

/// Up: edits the last message, where nothing is being written.
pub(crate) fn up(turn: &mut Turn) -> bool {
    let is_composer = turn.state.overlays.is_empty() && turn.state.focus.pane == Pane::Composer;
    let is_empty = turn.state.composer.text.text.is_empty() && turn.state.composer.about.is_none();
    is_composer && is_empty && edit_last(turn).is_ok()
}

/// The selected message, else the last one of somebody else.
fn meant(turn: &Turn, what: OnMessage) -> Result<Message, String> {
    if let Some(marked) = turn.state.marked_message() {
        return if fits(what, marked) { Ok(marked.clone()) } else { Err(why_not(what)) };
    }
    let messages = turn.state.timeline().ok_or_else(words::chat::none_open)?.messages.iter().rev();
    let found = messages.into_iter().find(|m| !m.is_own() && fits(what, m)).cloned();
    found.ok_or_else(words::relation::none_of_others)
}

/// Why something cannot be done with a message.
fn why_not(what: OnMessage) -> String {
    match what {
        OnMessage::Edit => words::relation::edit_is_for_own(),
        OnMessage::Retract => words::relation::retract_is_for_own(),
        OnMessage::Reply
        | OnMessage::React
        | OnMessage::ReactNth(_)
        | OnMessage::CopyLink
        | OnMessage::Enter
        | OnMessage::Copy
        | OnMessage::Open
        | OnMessage::Quote
        | OnMessage::Retry
        | OnMessage::Drop
        | OnMessage::Info
        | OnMessage::Whole => words::relation::not_with_this(),
    }
}

/// `/react`: a reaction to the selected message, else to the last one of somebody else; a list without an emoji.
pub(crate) fn react(turn: &mut Turn, with: Option<String>) -> Done {
    let of = meant(turn, OnMessage::React)?;
    match with {
        None => {
            choose(turn, &of);
            Ok(())
        }
        Some(typed) => {
            let emoji = read_emoji(&typed).ok_or_else(|| words::relation::no_emoji(&typed))?;
            toggle(turn, &of, &emoji)
        }
    }
}

/// An emoji as typed: itself, or its short code.
fn read_emoji(typed: &str) -> Option<String> {
    let code = typed.trim().trim_matches(':');
    let by_code = || emojis_by_code(code);
    if emoji::is_one(typed.trim()) { Some(typed.trim().to_owned()) } else { by_code() }
}

fn emojis_by_code(code: &str) -> Option<String> {
    emoji::search(code).find(|e| e.shortcodes().any(|c| c == code)).map(|e| e.as_str().to_owned())
}

/// Opens the list of emoji for a message.
fn choose(turn: &mut Turn, of: &Message) {
    turn.state.work.reacting = Some((of.chat.clone(), of.row));
    picker::open(turn, PickerKind::Emoji);
}

/// An emoji was chosen from the list.
pub(crate) fn chosen(turn: &mut Turn, emoji: &str) {
    let Some((chat, row)) = turn.state.work.reacting.take() else { return };
    let of = turn.state.timelines.get_mut(&chat).and_then(|t| t.messages.iter().find(|m| m.row == row).cloned());
    let done = match of {
        Some(of) => toggle(turn, &of, emoji),
        None => Err(words::relation::out_of_sight()),
    };
    if let Err(why) = done {
        turn.warn(why);
    }
}

/// One of the user's usual reactions.
fn react_nth(turn: &mut Turn, of: &Message, nth: u8) -> Done {
    let emoji = usize::from(nth).checked_sub(1).and_then(|at| USUAL.get(at));
    toggle(turn, of, emoji.ok_or_else(words::relation::six_usual)?)
}

/// Gives a reaction, or takes it back where the user has given it: all of the user's to that message go out together.
fn toggle(turn: &mut Turn, of: &Message, emoji: &str) -> Done {
    if !fits(OnMessage::React, of) {
        return Err(why_not(OnMessage::React));
    }
    let act = Act { id: named(of, Some(Deed::React))?, deed: Deed::React, since: None };
    let mut own: Vec<&str> = of.extra.reactions.iter().filter(|r| r.is_own).map(|r| r.emoji.as_str()).collect();
    match own.iter().position(|given| *given == emoji) {
        Some(at) => {
            own.remove(at);
        }
        None => own.push(emoji),
    }
    message::deselect(turn);
    silently(turn, of, own.join(" "), act)
}

/// Asks whether to take a message back.
fn ask_to_retract(turn: &mut Turn, of: &Message) -> Done {
    if !fits(OnMessage::Retract, of) {
        return Err(why_not(OnMessage::Retract));
    }
    named(of, Some(Deed::Retract))?;
    let question = words::relation::ask_to_retract(&crate::text::preview(of.body.raw()));
    confirm::ask(turn, question, Choice::Retract(of.chat.clone(), of.row));
    Ok(())
}

/// `/moderate`: asks whether to remove the selected message, else the last one of somebody else.
pub(crate) fn moderate(turn: &mut Turn, reason: Option<String>) -> Done {
    rooms::may(turn, "moderate")?;
    let of = meant(turn, OnMessage::Reply)?;
    if of.chat_kind != ChatKind::Room {
        return Err(words::relation::moderate_is_for_rooms());
    }
    named(&of, Some(Deed::Moderate))?;
    let question = words::relation::ask_to_moderate(&crate::text::preview(of.body.raw()));
    confirm::ask(turn, question, Choice::Moderate(of.chat, of.row, reason));
    Ok(())
}

/// The user said yes.
pub(crate) fn moderated(turn: &mut Turn, chat: &crate::model::ChatId, row: RowId, reason: Option<String>) {
    let of = turn.state.timelines.get_mut(chat).and_then(|t| t.messages.iter().find(|m| m.row == row));
    let Some(id) = of.and_then(|of| of.named(Some(Deed::Moderate))) else {
        return turn.warn(words::relation::out_of_sight());
    };
    message::deselect(turn);
    let room = chat.address.bare();
    turn.muc(&chat.account, command::muc::Command::Moderate { room, id, reason });
}

/// The user said yes.
pub(crate) fn retract(turn: &mut Turn, chat: &crate::model::ChatId, row: RowId) {
    let of = turn.state.timelines.get_mut(chat).and_then(|t| t.messages.iter().find(|m| m.row == row).cloned());
    let done = match of {
        Some(of) => named(&of, Some(Deed::Retract)).and_then(|id| {
            message::deselect(turn);
            silently(turn, &of, words::relation::retraction_for_others(), Act { id, deed: Deed::Retract, since: None })
        }),
        None => Err(words::relation::out_of_sight()),
    };
    if let Err(why) = done {
        turn.warn(why);
    }
}

/// Does something to a message that has no text of its own.
fn silently(turn: &mut Turn, of: &Message, body: String, act: Act) -> Done {
    send::may_act(turn, &of.chat, of.chat_kind)?;
    let relation = Relation { reply: None, act: Some(act) };
    let (chat, kind, id) = (of.chat.clone(), of.chat_kind, turn.id());
    turn.command(&of.chat.account, Command::Chat(command::chat::Command::Send { chat, kind, body, id, relation }));
    Ok(())
}

/// Goes to the message that this one answers.
fn to_original(turn: &mut Turn, of: &Message) -> Done {
    let original = of.extra.relation.reply.as_ref().and_then(|reply| reply.original.clone());
    let original = original.ok_or_else(words::relation::original_is_not_here)?;
    let jumps = &mut turn.state.work.jumps;
    jumps.retain(|(chat, order)| (chat, *order) != (&of.chat, of.order));
    jumps.push((of.chat.clone(), of.order));
    if jumps.len() > JUMPS {
        jumps.remove(0);
    }
    message::deselect(turn);
    go(turn, &of.chat, original.order);
    Ok(())
}

/// Goes back to where the last jump began.
pub(crate) fn jump_back(turn: &mut Turn) -> Done {
    let (chat, order) = turn.state.work.jumps.pop().ok_or_else(words::relation::no_jump)?;
    chats::open(turn, &chat);
    go(turn, &chat, order);
    Ok(())
}

fn go(turn: &mut Turn, chat: &crate::model::ChatId, order: crate::model::Order) {
    timeline::ensure(turn, chat);
    turn.state.work.find = Some(Find { chat: chat.clone(), order, is_top: false });
    timeline::ask(turn, chat, PageFrom::Around(order), timeline::PAGE);
}
