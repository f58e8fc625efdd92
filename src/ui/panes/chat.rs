//! The messages of the open chat.

use super::history::{Block, Columns, History, Line, MARKS, has_head, is_action, sender};
use crate::model::{Delivery, Glyphs, Message, MessageKind};
use crate::state::State;
use crate::state::timeline::{Timeline, Viewport};
use crate::text::{self as plain, date};
use crate::ui::pen::{Pen, cells};
use crate::ui::{Scene, text};
use crate::words;
use ratatui::style::{Modifier, Style};

/// Draws the messages; returns what is seen and where scrolling leads.
pub fn draw(scene: &mut Scene, pen: &mut Pen) -> Viewport {
    let state = scene.state;
    let Some(chat) = state.current() else {
        welcome(scene, pen);
        return Viewport::default();
    };
    let Some(timeline) = state.timeline().filter(|t| !t.messages.is_empty()) else {
        let is_loading = state.timeline().is_some_and(|t| t.is_loading);
        let words = if is_loading { words::chat::loading() } else { words::chat::no_messages() };
        pen.centre(pen.height() / 2, &words, pen.theme.dim);
        return Viewport { is_at_top: true, is_at_bottom: true, ..Viewport::default() };
    };
    let rows = usize::from(pen.height());
    if rows == 0 {
        return Viewport::default();
    }
    let mut history = History::new(state, chat, timeline, scene.memo, pen.width());
    let place = history.place(timeline.scroll, rows);
    let width = history.columns.width().min(pen.width());
    let top = paint(&mut history, place.at, place.below, &mut pen.part(0, 0, width, pen.height()));
    let page = rows.saturating_sub(2).max(1);
    let mut to = |up: usize, down: usize| {
        let place = history.up(place, up);
        let place = history.fill(place, rows);
        let place = history.down(place, down);
        history.scroll(place)
    };
    let viewport = Viewport {
        page_up: to(page, 0),
        page_down: to(0, page),
        line_up: to(1, 0),
        line_down: to(0, 1),
        is_at_top: top.is_first,
        is_at_bottom: place.below == 0 && place.at + 1 == timeline.messages.len(),
        visible: Some((timeline.messages[top.at].row, timeline.messages[place.at].row)),
    };
    scene.below = timeline.messages.len() - 1 - place.at + timeline.beyond;
    viewport
}

/// The uppermost line that was drawn.
struct Top {
    at: usize,
    is_first: bool,
}

/// Draws upwards from the last line on the screen.
fn paint(history: &mut History, mut at: usize, mut below: usize, pen: &mut Pen) -> Top {
    let mut y = pen.height();
    loop {
        let block = history.block(at);
        for line in block.lines.iter().rev().skip(below) {
            if y == 0 {
                return Top { at, is_first: false };
            }
            y -= 1;
            row(history, at, &block, *line, &mut pen.part(0, y, pen.width(), 1));
        }
        below = 0;
        if at == 0 || y == 0 {
            return Top { at, is_first: at == 0 };
        }
        at -= 1;
    }
}

fn row(history: &mut History, at: usize, block: &Block, line: Line, pen: &mut Pen) {
    let timeline = history.timeline;
    let message = &timeline.messages[at];
    let zone = history.state.zone_minutes;
    let theme = pen.theme;
    let is_marked = [timeline.selected, timeline.highlighted].contains(&Some(message.row));
    if is_marked && !matches!(line, Line::Day | Line::New(_) | Line::Top) {
        pen.put(0, 0, theme.glyphs.bar, theme.accent);
    }
    match line {
        Line::Top => top(timeline, pen),
        Line::Day => separator(pen, &date::day(message.contradicted().unwrap_or(message.time).0, zone), theme.dim),
        Line::New(0) => separator(pen, &words::chat::new_line(), theme.warning),
        Line::New(n) => separator(pen, &words::chat::new_count(theme.glyphs.dot, n), theme.warning),
        Line::Head => head(history, message, pen),
        Line::Subject => subject(history.columns, message, pen),
        Line::Reply => answered(history, message, pen),
        Line::Under => under(history, message, pen),
        Line::Body(n) => body(history, message, block, n, pen),
        Line::Failed => failed(history.columns, message, pen),
    }
}

fn top(timeline: &Timeline, pen: &mut Pen) {
    let words = if timeline.is_loading {
        words::chat::loading_older(pen.theme.glyphs.waiting)
    } else {
        words::chat::beginning()
    };
    pen.centre(0, &words, pen.theme.dim);
}

fn separator(pen: &mut Pen, words: &str, style: Style) {
    let g = pen.theme.glyphs;
    let line = g.horizontal.repeat(usize::from(pen.width().saturating_sub(2)));
    let rule = if style == pen.theme.dim { pen.theme.border } else { style };
    pen.put(1, 0, &line, rule);
    pen.centre(0, &format!(" {words} "), style);
}

/// The time, dim; slanted where it is not the time of arrival, and marked where the message came at quite another time.
fn time(history: &History, message: &Message, pen: &mut Pen) {
    let mut style = pen.theme.dim;
    if message.is_delayed {
        style = style.add_modifier(Modifier::ITALIC);
    }
    let end = pen.put(1, 0, &date::clock(message.time.0, history.state.zone_minutes), style);
    if message.contradicted().is_some() {
        // Its place says another time.
        pen.put(end, 0, "~", pen.theme.warning);
    }
}

/// The sender's name, the user's own with a star; returns the column after it.
fn nick(history: &mut History, message: &Message, pen: &mut Pen) -> u16 {
    let columns = history.columns;
    let name = sender(history.state, message);
    let mut style = history.memo.nick(pen.theme, name.raw());
    let mut x = columns.nick;
    if message.is_own() {
        x = pen.put(x, 0, pen.theme.glyphs.own, style);
    } else if history.is_alike(message) {
        style = pen.theme.warning;
        x = pen.put(x, 0, pen.theme.glyphs.alike, style);
    }
    let room = (columns.nick + columns.nick_width).saturating_sub(x);
    pen.fit(x, 0, room, &text::name(&name, message.from.as_str()), style)
}

fn head(history: &mut History, message: &Message, pen: &mut Pen) {
    time(history, message, pen);
    nick(history, message, pen);
}

fn subject(columns: Columns, message: &Message, pen: &mut Pen) {
    let subject = message.extra.subject.as_ref().map_or("", |s| s.raw());
    let (mark, style) = match message.kind {
        MessageKind::Headline => (pen.theme.glyphs.alert, pen.theme.warning),
        MessageKind::Normal
        | MessageKind::Chat
        | MessageKind::Groupchat
        | MessageKind::Subject
        | MessageKind::Notice
        | MessageKind::Unreadable => (pen.theme.glyphs.mail, pen.theme.accent),
    };
    let x = pen.put(columns.body, 0, mark, style) + 1;
    pen.fit(x, 0, pen.width().saturating_sub(x + MARKS), subject, pen.theme.heading);
}

/// The message that is answered: who wrote it, and its first words.
fn answered(history: &History, message: &Message, pen: &mut Pen) {
    let theme = pen.theme;
    let columns = history.columns;
    let Some(reply) = &message.extra.relation.reply else { return };
    let (name, words) = match &reply.original {
        Some(original) => {
            let name = history.state.author_name(message, &original.from, original.is_own);
            let words = plain::preview(original.words.raw());
            (plain::preview(name.raw()), if words.is_empty() { crate::words::relation::retracted() } else { words })
        }
        None => {
            let name = reply.to.as_ref().map(|to| history.state.author_name(message, to, false));
            let name = name.map_or_else(String::new, |name| plain::preview(name.raw()));
            (name, crate::words::relation::not_here())
        }
    };
    let colon = if name.is_empty() { "" } else { ": " };
    let x = pen.put(columns.body, 0, theme.glyphs.reply, theme.dim) + 1;
    let end = columns.body + columns.body_width;
    pen.fit(x, 0, end.saturating_sub(x), &format!("{name}{colon}{words}"), theme.dim);
}

/// Reactions with their counts, and when the message was edited.
fn under(history: &History, message: &Message, pen: &mut Pen) {
    let theme = pen.theme;
    let columns = history.columns;
    let end = columns.body + columns.body_width;
    let mut x = columns.body;
    for reaction in &message.extra.reactions {
        let own = if reaction.is_own { crate::words::relation::by_you() } else { String::new() };
        let words = format!("{} {} {own}", shown_emoji(history.state, &reaction.emoji), reaction.who.len());
        let words = words.trim_end();
        if x + cells(words) > end {
            pen.fit(x, 0, end.saturating_sub(x), theme.glyphs.ellipsis, theme.dim);
            break;
        }
        x = pen.put(x, 0, words, if reaction.is_own { theme.accent } else { theme.dim }) + 2;
    }
    if let Some(words) = edited(history, message) {
        pen.fit(x, 0, end.saturating_sub(x), &words, theme.dim);
    }
}

/// An emoji as it is, or by its name where the terminal has signs of ASCII alone.
fn shown_emoji(state: &State, emoji: &str) -> String {
    match state.options.glyphs {
        Glyphs::Unicode => emoji.to_owned(),
        Glyphs::Ascii => plain::emoji::name(emoji),
    }
}

fn edited(history: &History, message: &Message) -> Option<String> {
    let at = message.extra.edited.filter(|_| message.extra.retracted.is_none())?;
    Some(crate::words::relation::edited(&date::clock(at.0, history.state.zone_minutes)))
}

fn body(history: &mut History, message: &Message, block: &Block, n: u16, pen: &mut Pen) {
    let theme = pen.theme;
    let columns = history.columns;
    let is_first = n == 0;
    let has_name = has_head(message);
    if is_first && !columns.is_narrow && block.has_time {
        time(history, message, pen);
    }
    if is_first && !columns.is_narrow && !block.is_grouped {
        match (has_name, is_action(message)) {
            (true, false) if !block.lines.contains(&Line::Head) => {
                nick(history, message, pen);
            }
            (true, _) => {
                pen.put(columns.nick, 0, "*", theme.accent);
            }
            (false, _) => {
                pen.put(columns.nick, 0, theme.glyphs.dot, theme.dim);
            }
        }
    }
    let base = match message.kind {
        MessageKind::Notice | MessageKind::Subject => theme.dim,
        MessageKind::Unreadable => theme.dim.add_modifier(Modifier::ITALIC),
        MessageKind::Chat | MessageKind::Groupchat | MessageKind::Normal | MessageKind::Headline => {
            if message.extra.retracted.is_some() {
                theme.dim.add_modifier(Modifier::ITALIC)
            } else if is_action(message) {
                theme.text.add_modifier(Modifier::ITALIC)
            } else {
                theme.text
            }
        }
    };
    let end = columns.body + columns.body_width;
    let spans = block.laid.line(n.into(), theme, base);
    let mut x = pen.spans(columns.body, 0, end, &spans);
    if n + 1 == block.laid.len() {
        if let Some(words) = edited(history, message).filter(|_| !block.lines.contains(&Line::Under)) {
            x = pen.fit(x + 1, 0, end.saturating_sub(x + 1), &words, theme.dim);
        }
        marks(history.state, message, x, pen);
    }
}

/// At the right edge: that the user is named, or how far the message came.
fn marks(state: &State, message: &Message, text_end: u16, pen: &mut Pen) {
    let theme = pen.theme;
    let g = theme.glyphs;
    let (mark, style) = match &message.delivery {
        Delivery::Incoming if message.is_mention && message.kind == MessageKind::Groupchat => {
            (g.mention, theme.warning)
        }
        // A line below says of these that they were not sent.
        Delivery::Incoming | Delivery::Failed(_) | Delivery::Unknown => return,
        Delivery::Pending => {
            let is_online = state.accounts.get(&message.chat.account).is_some_and(|a| a.conn.is_online());
            let words =
                format!("{} {}", g.waiting, if is_online { words::chat::sending() } else { words::chat::waiting() });
            let is_room = text_end + cells(&words) + 2 < pen.width();
            let words = if is_room { words.as_str() } else { g.waiting };
            pen.right(pen.width().saturating_sub(1), 0, text_end, words, theme.dim);
            return;
        }
        Delivery::Sent => (g.waiting, theme.dim),
        Delivery::Acked => (g.done, theme.dim),
        Delivery::Delivered => (g.seen, theme.dim),
        Delivery::Displayed => (g.seen, theme.ok),
    };
    pen.right(pen.width().saturating_sub(1), 0, text_end, mark, style);
}

fn failed(columns: Columns, message: &Message, pen: &mut Pen) {
    let theme = pen.theme;
    let g = theme.glyphs;
    let (words, style, keys) = match &message.delivery {
        Delivery::Failed(why) => {
            (words::chat::not_sent(g.alert, why.raw()), theme.error, words::chat::retry_or_drop(g.dot))
        }
        Delivery::Unknown
        | Delivery::Incoming
        | Delivery::Pending
        | Delivery::Sent
        | Delivery::Acked
        | Delivery::Delivered
        | Delivery::Displayed => {
            (words::chat::may_not_have_arrived(g.asks), theme.warning, words::chat::retry_or_drop(g.dot))
        }
    };
    let room = pen.width().saturating_sub(columns.body + cells(&keys) + 4);
    let x = pen.fit(columns.body, 0, room, &words, style);
    let x = pen.put(x, 0, &format!(" {} ", g.dot), theme.dim);
    pen.put(x, 0, &keys, theme.accent);
}

/// What stands there when no chat is open.
fn welcome(scene: &Scene, pen: &mut Pen) {
    let theme = pen.theme;
    let has_account = !scene.state.accounts.list.is_empty();
    let lines: Vec<(&str, String)> = if has_account {
        vec![
            ("Ctrl-K", words::chat::go_to_chat()),
            ("F5", words::chat::join_or_start()),
            ("F4", words::chat::services()),
            ("F1", words::hint::help()),
        ]
    } else {
        vec![("/account", words::chat::add_account()), ("F1", words::hint::help()), ("Ctrl-Q", words::hint::quit())]
    };
    let title = if has_account { words::chat::none_open_sentence() } else { words::chat::no_account() };
    let height = u16::try_from(lines.len()).unwrap_or(0) + 2;
    let y = pen.height().saturating_sub(height) / 2;
    let x = (pen.width() / 2).saturating_sub(18);
    pen.put(x, y, &title, theme.heading);
    for (i, (key, what)) in (y + 2..).zip(lines) {
        pen.put(x, i, key, theme.accent);
        pen.put(x + 10, i, &what, theme.dim);
    }
}
