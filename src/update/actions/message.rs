//! Actions on messages: scrolling, selecting, copying, opening links, sending again, searching, loading older ones.

use super::super::effect::Effect;
use super::super::overlays::{self, picker, search, text};
use super::super::place::has_failed;
use super::super::turn::{Done, Turn};
use super::super::{chats, peers, seek, timeline};
use crate::action::{HistoryAsk, OnMessage, ScrollStep};
use crate::contract::{Command, command};
use crate::model::{Delivery, Message, MessageKind, Order, RowId, Time, Untrusted};
use crate::state::focus::Pane;
use crate::state::overlays::{Choice, PickerKind};
use crate::state::timeline::{Scroll, SeekGoal};
use crate::text::{clean, date, encode, suspect};
use crate::words;
use std::borrow::Cow;

/// A line of a whole text is shown in pieces of so many bytes.
const PIECE: usize = 2_000;

/// Moves the view of the chat.
pub(crate) fn scroll(turn: &mut Turn, scroll: ScrollStep) {
    timeline::stay(turn);
    let view = turn.state.viewport;
    let Some(id) = turn.state.current_id().cloned() else { return };
    let Some(timeline) = turn.state.timelines.get_mut(&id) else { return };
    let is_up = match scroll {
        ScrollStep::PageUp => {
            timeline.scroll = view.page_up;
            true
        }
        ScrollStep::LineUp => {
            timeline.scroll = view.line_up;
            true
        }
        ScrollStep::PageDown => {
            timeline.scroll = view.page_down;
            false
        }
        ScrollStep::LineDown => {
            timeline.scroll = view.line_down;
            false
        }
        ScrollStep::Top => return seek::begin(turn, SeekGoal::First),
        ScrollStep::Bottom => return chats::to_bottom(turn),
        ScrollStep::Unread => return to_unread(turn),
    };
    if is_up && view.is_at_top {
        timeline::load_older(turn);
    }
    if !is_up && view.is_at_bottom {
        timeline::load_newer(turn);
    }
    chats::mark_read(turn);
}

/// To the line above the first unread message.
fn to_unread(turn: &mut Turn) {
    let Some(chat) = turn.state.current() else { return };
    let Some(line) = chat.new_line else {
        turn.info(words::message::nothing_new());
        return;
    };
    let id = chat.id.clone();
    let Some(timeline) = turn.state.timelines.get_mut(&id) else { return };
    let Some(at) = timeline.messages.iter().position(|m| m.order > line && !m.is_own()) else {
        return timeline::load_older(turn);
    };
    // Some of the new ones below the line, so that one reads on from there.
    let below = (at + 5).min(timeline.messages.len() - 1);
    timeline.scroll = if below + 1 == timeline.messages.len() && timeline.is_newest {
        Scroll::Bottom
    } else {
        Scroll::At { row: timeline.messages[below].row, lines_below: 0 }
    };
}

/// Selects the message above or below; past the newest the keys go back to the composer.
pub(crate) fn select(turn: &mut Turn, is_up: bool) {
    timeline::stay(turn);
    let view = turn.state.viewport;
    let Some(id) = turn.state.current_id().cloned() else { return };
    let Some(timeline) = turn.state.timelines.get_mut(&id) else { return };
    let rows: Vec<RowId> = timeline.messages.iter().filter(|m| m.kind != MessageKind::Notice).map(|m| m.row).collect();
    let at = timeline.selected.and_then(|row| rows.iter().position(|r| *r == row));
    let marked = timeline.highlighted.filter(|row| rows.contains(row));
    let lowest = view.visible.and_then(|(_, low)| rows.iter().position(|r| *r == low));
    let to = match (at, is_up) {
        (Some(at), true) => at.checked_sub(1),
        (Some(at), false) => Some(at + 1).filter(|to| *to < rows.len()),
        (None, true) => {
            marked.and_then(|row| rows.iter().position(|r| *r == row)).or(lowest).or(rows.len().checked_sub(1))
        }
        (None, false) => return,
    };
    match to.and_then(|to| rows.get(to)) {
        Some(row) => {
            timeline.selected = Some(*row);
            turn.state.focus.pane = Pane::Message;
            follow(turn, *row);
        }
        None if is_up => timeline::load_older(turn),
        None => {
            turn.state.focus.pane = Pane::Composer;
            chats::to_bottom(turn);
        }
    }
}

/// Keeps the selected message on the screen.
fn follow(turn: &mut Turn, row: RowId) {
    let Some((top, low)) = turn.state.viewport.visible else { return };
    let Some(id) = turn.state.current_id().cloned() else { return };
    let Some(timeline) = turn.state.timelines.get_mut(&id) else { return };
    let place = |row: RowId| timeline.messages.iter().position(|m| m.row == row);
    let (Some(at), Some(top), Some(low)) = (place(row), place(top), place(low)) else { return };
    if at <= top || at > low {
        timeline.scroll = Scroll::At { row, lines_below: 0 };
    }
    if at == 0 {
        timeline::load_older(turn);
    }
}

/// Leaves the selection.
pub(crate) fn deselect(turn: &mut Turn) {
    if let Some(id) = turn.state.current_id().cloned()
        && let Some(timeline) = turn.state.timelines.get_mut(&id)
    {
        timeline.selected = None;
    }
    turn.state.focus.pane = Pane::Composer;
}

/// Something with the selected message, else with the last one that it fits.
pub(crate) fn act(turn: &mut Turn, what: OnMessage) -> Done {
    let message = fitting(turn, what)?;
    match what {
        OnMessage::Copy => {
            turn.effect(Effect::Copy(encode::clipboard(message.body.raw())));
        }
        OnMessage::Open => {
            let link = first_link(&message);
            let link = link.ok_or_else(words::message::no_link_in_it)?;
            ask_to_open(turn, link);
        }
        OnMessage::Quote => {
            let lines: Vec<&str> = message.body.raw().lines().collect();
            let quoted = format!("> {}\n", lines.join("\n> "));
            let draft = turn.state.composer.text.text.clone();
            deselect(turn);
            super::super::composer::replace(&mut turn.state.composer, &format!("{quoted}{draft}"));
            chats::typed(turn);
        }
        OnMessage::CopyLink => {
            let link = first_link(&message).ok_or_else(words::message::no_link)?;
            turn.effect(Effect::Copy(link));
        }
        OnMessage::Retry => retry(turn, &message)?,
        OnMessage::Drop => drop(turn, &message)?,
        OnMessage::Info => info(turn, &message),
        OnMessage::Whole => whole(turn, &message),
        OnMessage::Reply
        | OnMessage::Edit
        | OnMessage::React
        | OnMessage::ReactNth(_)
        | OnMessage::Retract
        | OnMessage::Enter => return Err(words::relation::not_with_this()),
    }
    Ok(())
}

fn first_link(message: &Message) -> Option<String> {
    let body = message.body.raw();
    let links = crate::text::styling::links(body);
    links.into_iter().find_map(|r| body.get(r).and_then(encode::url).map(Cow::into_owned))
}

/// Shows the whole text, in pieces that a screen can be drawn from.
fn whole(turn: &mut Turn, message: &Message) {
    let mut lines: Vec<Untrusted> = Vec::new();
    for mut line in message.body.raw().split('\n') {
        while line.len() > PIECE {
            let (piece, rest) = line.split_at(line.floor_char_boundary(PIECE));
            lines.push(piece.into());
            line = rest;
        }
        // What begins with `# ` would be a heading.
        lines.push(if line.starts_with("# ") { format!(" {line}").into() } else { line.into() });
    }
    let name = turn.state.sender_name(message);
    text::open(turn, words::message::whole_title(name.raw()), lines);
}

/// Whether something can be done with a message.
pub(crate) fn fits(what: OnMessage, message: &Message) -> bool {
    match what {
        OnMessage::Copy | OnMessage::Info | OnMessage::Quote => message.kind != MessageKind::Notice,
        OnMessage::Open | OnMessage::CopyLink => !crate::text::styling::links(message.body.raw()).is_empty(),
        OnMessage::Reply
        | OnMessage::Edit
        | OnMessage::React
        | OnMessage::ReactNth(_)
        | OnMessage::Retract
        | OnMessage::Enter => false,
        OnMessage::Retry => has_failed(message),
        OnMessage::Drop => has_failed(message) || message.delivery == Delivery::Pending,
        OnMessage::Whole => message.body.raw().len() > clean::BODY_MAX,
    }
}

fn fitting(turn: &Turn, what: OnMessage) -> Result<Message, String> {
    if let Some(message) = turn.state.marked_message() {
        return Ok(message.clone());
    }
    let Some(timeline) = turn.state.timeline() else { return Err(words::chat::none_open()) };
    // Without a selection: what others wrote is quoted, and what still waits is not dropped.
    let is_meant = |m: &&Message| match what {
        OnMessage::Quote => fits(what, m) && !m.is_own(),
        OnMessage::Copy
        | OnMessage::CopyLink
        | OnMessage::Info
        | OnMessage::Open
        | OnMessage::Whole
        | OnMessage::Retry
        | OnMessage::Reply
        | OnMessage::Edit
        | OnMessage::React
        | OnMessage::ReactNth(_)
        | OnMessage::Retract
        | OnMessage::Enter => fits(what, m),
        OnMessage::Drop => has_failed(m),
    };
    let found = timeline.messages.iter().rev().find(is_meant).cloned();
    found.ok_or_else(|| match what {
        OnMessage::Open | OnMessage::CopyLink => words::message::no_link(),
        OnMessage::Reply
        | OnMessage::Edit
        | OnMessage::React
        | OnMessage::ReactNth(_)
        | OnMessage::Retract
        | OnMessage::Enter => words::relation::not_with_this(),
        OnMessage::Retry | OnMessage::Drop => words::message::none_failed(),
        OnMessage::Quote => words::message::none_of_others(),
        OnMessage::Whole => words::message::none_cut(),
        OnMessage::Copy | OnMessage::Info => words::message::none_yet(),
    })
}

fn retry(turn: &mut Turn, message: &Message) -> Done {
    if !has_failed(message) {
        return Err(words::message::retry_needs_failure());
    }
    if let Some(why) = peers::question(turn, &message.chat) {
        return Err(words::message::ask_first(&why));
    }
    let id = message.ids.stanza.clone().ok_or_else(words::message::no_id_to_retry)?;
    let retry = command::chat::Command::Retry {
        chat: message.chat.clone(),
        kind: message.chat_kind,
        body: message.body.raw().to_owned(),
        id,
        relation: message.extra.relation.clone(),
    };
    turn.command(&message.chat.account, Command::Chat(retry));
    deselect(turn);
    Ok(())
}

fn drop(turn: &mut Turn, message: &Message) -> Done {
    if !has_failed(message) && message.delivery != Delivery::Pending {
        return Err(words::message::drop_needs_failure());
    }
    let id = message.ids.stanza.clone().ok_or_else(words::message::no_id_to_drop)?;
    let drop = command::chat::Command::Drop { chat: message.chat.clone(), id };
    turn.command(&message.chat.account, Command::Chat(drop));
    // What the user wrote is not lost by a slip of the finger.
    super::super::composer::keep(&mut turn.state.composer, message.body.raw().to_owned());
    turn.info(words::message::dropped());
    deselect(turn);
    Ok(())
}

fn info(turn: &mut Turn, message: &Message) {
    let delivery = match &message.delivery {
        Delivery::Incoming => words::message::received(),
        Delivery::Pending => words::message::pending(),
        Delivery::Sent => words::message::sent(),
        Delivery::Acked => words::message::acked(),
        Delivery::Delivered => words::message::delivered(),
        Delivery::Displayed => words::message::seen(),
        Delivery::Failed(reason) => words::message::refused(reason.raw()),
        Delivery::Unknown => words::message::unknown(),
    };
    let zone = turn.state.zone_minutes;
    let written = match message.contradicted() {
        Some(came) => words::message::stamped(&date::stamp(message.time.0, zone), &date::stamp(came.0, zone)),
        None if message.is_delayed => words::message::stamped_by_server(&date::stamp(message.time.0, zone)),
        None => date::stamp(message.time.0, zone),
    };
    let mut lines: Vec<Untrusted> = vec![
        text::row(words::card::from(), &message.from),
        text::row(words::message::written(), written),
        text::row(words::message::delivery(), delivery),
    ];
    for version in message.extra.versions.iter().rev() {
        let said = crate::text::preview(version.body.raw());
        lines.push(text::row(words::relation::before(), format!("{} · {said}", date::stamp(version.time.0, zone))));
    }
    if let Some(edited) = message.extra.edited {
        lines.push(text::row(words::relation::edited_at(), date::stamp(edited.0, zone)));
    }
    for reaction in &message.extra.reactions {
        let who = reaction.who.iter().map(|who| {
            let is_me = reaction.is_own && turn.state.is_own_address(message, who);
            turn.state.author_name(message, who, is_me).raw().to_owned()
        });
        let who = who.collect::<Vec<_>>().join(", ");
        lines.push(text::row(words::relation::reaction(), format!("{} {who}", reaction.emoji)));
    }
    let ids = &message.ids;
    let mut add = |name: String, id: Option<&str>| {
        if let Some(id) = id {
            lines.push(text::row(name, id));
        }
    };
    add(words::message::id(), ids.stanza.as_ref().map(crate::model::StanzaId::as_str));
    add(words::message::archive_id(), ids.archive.as_ref().map(|a| a.id.as_str()));
    add(words::message::occupant_id(), ids.occupant.as_deref());
    text::open(turn, words::message::title(), lines);
}

/// Opens a link of the chat by number, the newest is 1.
pub(crate) fn open_link(turn: &mut Turn, number: Option<usize>) -> Done {
    let links = picker::links(turn.state);
    let number = number.unwrap_or(1);
    let Some((link, _)) = number.checked_sub(1).and_then(|n| links.get(n)) else {
        return Err(match links.len() {
            0 => words::message::no_link(),
            n => words::message::link_numbers(n),
        });
    };
    let link = link.clone();
    ask_to_open(turn, link);
    Ok(())
}

/// Shows a link whole, with what is odd about it, before anything opens it (S-43, S-64).
pub(crate) fn ask_to_open(turn: &mut Turn, link: String) {
    let mut lines = suspect::link(&link);
    lines.insert(0, if lines.is_empty() { words::message::ask_open() } else { words::message::ask_open_odd() });
    lines.push(link.clone());
    overlays::confirm::ask(turn, lines.join("\n"), Choice::OpenLink(link));
}

/// Lists the links of the chat.
pub(crate) fn links(turn: &mut Turn) -> Done {
    if picker::links(turn.state).is_empty() {
        return Err(words::message::no_link());
    }
    picker::open(turn, PickerKind::Links);
    Ok(())
}

/// The search in the open chat; everywhere where none is open.
pub(crate) fn search_here(turn: &mut Turn) {
    let chat = turn.state.current_id().cloned();
    search::open(turn, chat, "");
}

/// Searches for words.
pub(crate) fn search(turn: &mut Turn, words: &str, is_everywhere: bool) {
    let chat = turn.state.current_id().cloned().filter(|_| !is_everywhere);
    search::open(turn, chat, words);
}

/// Goes back in the history: so many messages, or to a day.
pub(crate) fn history(turn: &mut Turn, ask: HistoryAsk) -> Done {
    let timeline = turn.state.timeline().ok_or_else(words::chat::none_open)?;
    let top = turn.state.viewport.visible.map(|(top, _)| top);
    let seen = top.and_then(|row| timeline.messages.iter().find(|m| m.row == row));
    let from = seen.or(timeline.messages.first()).map_or(Order(i64::MAX), |m| m.order);
    let goal = match ask {
        HistoryAsk::Page => SeekGoal::Back { from, count: timeline::PAGE },
        HistoryAsk::Count(count) => SeekGoal::Back { from, count },
        HistoryAsk::Since { year, month, day } => {
            let began = date::start_of_day(year, month.into(), day.into(), turn.state.zone_minutes);
            SeekGoal::Day(Time(began.ok_or_else(words::message::no_such_day)?))
        }
    };
    seek::begin(turn, goal);
    Ok(())
}

/// Marks the open chat as read.
pub(crate) fn mark_read(turn: &mut Turn) -> Done {
    let id = turn.state.current_id().cloned().ok_or_else(words::chat::none_open)?;
    chats::mark_chat_read(turn, &id);
    if let Some(chat) = turn.state.chats.get_mut(&id) {
        chat.new_line = None;
    }
    Ok(())
}

/// Mentions somebody in the composer.
pub(crate) fn mention(turn: &mut Turn, nick: &str) {
    let is_start = turn.state.composer.text.text.is_empty();
    let text = if is_start { format!("{nick}: ") } else { format!("{nick} ") };
    turn.state.focus.pane = Pane::Composer;
    super::super::composer::insert(&mut turn.state.composer, &text);
    chats::typed(turn);
}
