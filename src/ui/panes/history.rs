//! The messages of the open chat as lines. Only messages near the screen are wrapped: a position is a message and the
//! number of its lines below that position, and all movement starts from there.

use crate::model::{ChatKind, Delivery, Message, MessageKind, Standard, Untrusted};
use crate::state::State;
use crate::state::chats::Chat;
use crate::state::timeline::{Scroll, Timeline};
use crate::text::date;
use crate::ui::Memo;
use crate::ui::message::Laid;
use crate::words;
use std::borrow::Cow;
use std::rc::Rc;

/// The row of the reference.
pub const STANDARD: Standard = Standard::complete("XEP-0245", "The /me Command", "1.0");

/// Messages of one sender within this time stand under one name, in milliseconds.
const GROUP_MS: i64 = 5 * 60 * 1000;
/// Narrower chats have the name on a line of its own.
const NAMES_APART: u16 = 50;
/// Longer lines than this are hard to read.
const MEASURE: u16 = 100;

/// Where the columns stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// Whether names stand on lines of their own.
    pub is_narrow: bool,
    /// Where the names begin.
    pub nick: u16,
    /// How wide they are.
    pub nick_width: u16,
    /// Where the text begins.
    pub body: u16,
    /// How wide it is.
    pub body_width: u16,
}

/// Cells that "(edited 10:42)" takes, with a space before.
pub const EDITED: u16 = 15;

/// Cells at the right edge for marks, with a space before.
pub const MARKS: u16 = 4;

impl Columns {
    /// The columns of a chat pane.
    #[must_use]
    pub fn new(width: u16) -> Self {
        let is_narrow = width < NAMES_APART;
        let nick_width = if is_narrow { width.saturating_sub(8) } else { (width / 7).clamp(8, 14) };
        let body = if is_narrow { 2 } else { 7 + nick_width + 1 };
        let body_width = width.saturating_sub(body + MARKS).clamp(2, MEASURE);
        Self { is_narrow, nick: 7, nick_width, body, body_width }
    }

    /// How wide the messages are, the marks behind the text included.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.body + self.body_width + MARKS
    }
}

/// One line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// What is above the oldest message.
    Top,
    /// A new day.
    Day,
    /// Where the user had read to, and how many came since.
    New(usize),
    /// The time and the name, where these have a line of their own.
    Head,
    /// The subject.
    Subject,
    /// The message that is answered.
    Reply,
    /// A line of the text.
    Body(u16),
    /// What others feel about it, and that it was edited.
    Under,
    /// It was not sent.
    Failed,
}

/// The lines of one message.
pub struct Block {
    /// What they are.
    pub lines: Vec<Line>,
    /// The wrapped text.
    pub laid: Rc<Laid>,
    /// Whether it stands under the name of the message before.
    pub is_grouped: bool,
    /// Whether its time is shown: of the first in a group, and at least every five minutes.
    pub has_time: bool,
}

/// A place: the message at the bottom of the screen and how many of its lines are below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which message of the window.
    pub at: usize,
    /// How many of its lines are below the screen.
    pub below: usize,
}

/// The list.
pub struct History<'a> {
    /// The desk.
    pub state: &'a State,
    /// The open chat.
    pub chat: &'a Chat,
    /// Its messages; at least one.
    pub timeline: &'a Timeline,
    /// The columns.
    pub columns: Columns,
    /// What need not be worked out again.
    pub memo: &'a mut Memo,
    nick: Option<String>,
    /// The blocks that were made for this frame, by message.
    blocks: Vec<Option<Rc<Block>>>,
}

impl<'a> History<'a> {
    /// The list of a chat that has messages.
    pub fn new(state: &'a State, chat: &'a Chat, timeline: &'a Timeline, memo: &'a mut Memo, width: u16) -> Self {
        let nick = own_nick(state, chat);
        let blocks = vec![None; timeline.messages.len()];
        Self { state, chat, timeline, columns: Columns::new(width), memo, nick, blocks }
    }

    /// Whether the sender's nickname looks like that of another.
    pub fn is_alike(&self, message: &Message) -> bool {
        let Some(nick) = message.nick() else { return false };
        let room = self.state.rooms.get(&message.chat.account, &message.chat.address.bare());
        room.is_some_and(|r| r.names.alike(nick).is_some())
    }

    fn last(&self) -> usize {
        self.timeline.messages.len().saturating_sub(1)
    }

    /// The lines of a message, made once a frame.
    pub fn block(&mut self, at: usize) -> Rc<Block> {
        if let Some(Some(block)) = self.blocks.get(at) {
            return block.clone();
        }
        let block = Rc::new(self.make_block(at));
        if let Some(place) = self.blocks.get_mut(at) {
            *place = Some(block.clone());
        }
        block
    }

    fn make_block(&mut self, at: usize) -> Block {
        let message = &self.timeline.messages[at];
        let before = at.checked_sub(1).map(|i| &self.timeline.messages[i]);
        let zone = self.state.zone_minutes;
        let mut lines = Vec::with_capacity(4);
        let is_start = self.timeline.is_start && self.timeline.is_oldest;
        if at == 0 && (self.timeline.is_loading || is_start) {
            lines.push(Line::Top);
        }
        let day = |m: &Message| date::day_number(m.contradicted().unwrap_or(m.time).0, zone);
        let is_new_day = before.is_none_or(|b| day(b) != day(message));
        if is_new_day {
            lines.push(Line::Day);
        }
        let new = self.new_line(at);
        lines.extend(new.map(Line::New));
        let is_grouped = !is_new_day && new.is_none() && before.is_some_and(|b| is_group(b, message));
        let slot = |m: &Message| m.time.0.div_euclid(GROUP_MS);
        let has_time = !is_grouped || before.is_none_or(|b| slot(b) != slot(message));
        let body = shown_body(self.state, message);
        let laid = self.memo.laid(message.row, &body, self.nick.as_deref(), self.columns.body_width);
        if self.columns.is_narrow && has_time && has_head(message) {
            lines.push(Line::Head);
        }
        if message.extra.subject.as_ref().is_some_and(|s| !s.is_empty()) {
            lines.push(Line::Subject);
        }
        if message.extra.relation.reply.is_some() && message.extra.retracted.is_none() {
            lines.push(Line::Reply);
        }
        lines.extend((0..laid.len()).map(Line::Body));
        let has_room = laid.end() + EDITED <= self.columns.body_width;
        if !message.extra.reactions.is_empty() || (message.extra.edited.is_some() && !has_room) {
            lines.push(Line::Under);
        }
        match &message.delivery {
            Delivery::Failed(_) | Delivery::Unknown => lines.push(Line::Failed),
            Delivery::Incoming
            | Delivery::Pending
            | Delivery::Sent
            | Delivery::Acked
            | Delivery::Delivered
            | Delivery::Displayed => {}
        }
        Block { lines, laid, is_grouped, has_time }
    }

    /// Whether the "new" line stands before this message, and how many are new.
    fn new_line(&self, at: usize) -> Option<usize> {
        let after = self.chat.new_line?;
        let (message, before) = (&self.timeline.messages[at], &self.timeline.messages[..at]);
        // What the user wrote before is nothing new.
        let is_first = message.order > after
            && !message.is_own()
            && before.iter().rev().take_while(|b| b.order > after).all(Message::is_own);
        is_first.then(|| {
            self.timeline
                .messages
                .iter()
                .filter(|m| m.order > after && self.chat.new_until.is_none_or(|until| m.order <= until))
                .filter(|m| !m.is_own() && m.kind != MessageKind::Notice)
                .count()
        })
    }

    fn height(&mut self, at: usize) -> usize {
        self.block(at).lines.len()
    }

    /// The place of a scroll position, so that a screen of `rows` lines is full where it can be.
    pub fn place(&mut self, scroll: Scroll, rows: usize) -> Place {
        let end = Place { at: self.last(), below: 0 };
        let place = match scroll {
            Scroll::Bottom => end,
            Scroll::From { row } => match self.timeline.messages.iter().position(|m| m.row == row) {
                Some(at) => {
                    let top = Place { at, below: self.height(at).saturating_sub(1) };
                    self.down(top, rows.saturating_sub(1))
                }
                None => end,
            },
            Scroll::At { row, lines_below } => match self.timeline.messages.iter().position(|m| m.row == row) {
                Some(at) => Place { at, below: usize::from(lines_below).min(self.height(at).saturating_sub(1)) },
                None => end,
            },
        };
        self.fill(place, rows)
    }

    /// The scroll position of a place.
    pub fn scroll(&self, place: Place) -> Scroll {
        if place.below == 0 && place.at == self.last() && self.timeline.is_newest {
            return Scroll::Bottom;
        }
        let lines_below = u16::try_from(place.below).unwrap_or(u16::MAX);
        Scroll::At { row: self.timeline.messages[place.at].row, lines_below }
    }

    /// The place `lines` higher.
    pub fn up(&mut self, mut place: Place, mut lines: usize) -> Place {
        loop {
            let left = self.height(place.at).saturating_sub(1 + place.below);
            if lines <= left {
                return Place { below: place.below + lines, ..place };
            }
            if place.at == 0 {
                return Place { below: place.below + left, ..place };
            }
            lines -= left + 1;
            place = Place { at: place.at - 1, below: 0 };
        }
    }

    /// The place `lines` lower.
    pub fn down(&mut self, mut place: Place, mut lines: usize) -> Place {
        loop {
            if lines <= place.below {
                return Place { below: place.below - lines, ..place };
            }
            if place.at == self.last() {
                return Place { below: 0, ..place };
            }
            lines -= place.below + 1;
            let at = place.at + 1;
            place = Place { at, below: self.height(at).saturating_sub(1) };
        }
    }

    /// The place, lowered until `rows` lines are above it or the end is reached.
    pub fn fill(&mut self, place: Place, rows: usize) -> Place {
        let mut have = self.height(place.at).saturating_sub(place.below);
        let mut at = place.at;
        while have < rows && at > 0 {
            at -= 1;
            have += self.height(at);
        }
        if have < rows { self.down(place, rows - have) } else { place }
    }
}

/// The user's own name in a chat, to be marked in what others write.
fn own_nick(state: &State, chat: &Chat) -> Option<String> {
    match chat.kind {
        ChatKind::Room => {
            let room = state.rooms.get(&chat.id.account, &chat.id.address.bare())?;
            (!room.nick.is_empty()).then(|| crate::text::line(room.nick.raw()).into_owned())
        }
        ChatKind::Contact | ChatKind::Occupant => None,
    }
}

/// Whether a message stands under the name of the one before.
fn is_group(before: &Message, message: &Message) -> bool {
    before.from == message.from
        && is_same_occupant(before, message)
        && has_head(before)
        && has_head(message)
        && !is_action(before)
        && !is_action(message)
        && message.contradicted().is_none()
        && before.contradicted().is_none()
        && (0..GROUP_MS).contains(&(message.time.0.saturating_sub(before.time.0)))
}

/// A nickname may have another owner from one message to the next (XEP-0421).
fn is_same_occupant(before: &Message, message: &Message) -> bool {
    before.ids.occupant.as_ref().zip(message.ids.occupant.as_ref()).is_none_or(|(a, b)| a == b)
}

/// Whether a name belongs to the line; lines of parlour's own and changes of the topic have none.
pub fn has_head(message: &Message) -> bool {
    match message.kind {
        MessageKind::Chat
        | MessageKind::Groupchat
        | MessageKind::Normal
        | MessageKind::Headline
        | MessageKind::Unreadable => true,
        MessageKind::Subject | MessageKind::Notice => false,
    }
}

/// Whether it is a `/me` line (XEP-0245).
pub fn is_action(message: &Message) -> bool {
    has_head(message) && message.kind != MessageKind::Unreadable && message.body.raw().starts_with("/me ")
}

/// Who wrote it, as shown.
pub fn sender(state: &State, message: &Message) -> Untrusted {
    // An own private message in a room comes from the device's address; its resource is no nickname.
    if message.is_own() && message.chat_kind == ChatKind::Occupant {
        let room = state.rooms.get(&message.chat.account, &message.chat.address.bare());
        if let Some(room) = room.filter(|r| !r.nick.is_empty()) {
            return room.nick.clone();
        }
    }
    if message.is_own() && message.chat_kind != ChatKind::Room {
        let account = state.accounts.get(&message.chat.account);
        return account.map_or_else(|| message.from.bare_str().into(), |a| a.settings.room_nick().into());
    }
    state.sender_name(message)
}

/// The text that is wrapped: for most messages their own.
fn shown_body<'m>(state: &State, message: &'m Message) -> Cow<'m, Untrusted> {
    let body = message.body.raw();
    if let Some(gone) = &message.extra.retracted {
        let text = match (gone.is_moderated, gone.reason.as_ref()) {
            (true, Some(reason)) => words::relation::moderated_because(&crate::text::preview(reason.raw())),
            (true, None) => words::relation::moderated(),
            (false, _) => words::relation::retracted(),
        };
        return Cow::Owned(text.into());
    }
    match message.kind {
        MessageKind::Subject => {
            let who = sender(state, message);
            if body.is_empty() {
                Cow::Owned(words::room::removed_topic(who.raw()).into())
            } else {
                Cow::Owned(words::room::set_topic(who.raw(), body).into())
            }
        }
        MessageKind::Unreadable => Cow::Owned(words::room::encrypted(body).into()),
        MessageKind::Chat | MessageKind::Groupchat | MessageKind::Normal | MessageKind::Headline => {
            match body.strip_prefix("/me ") {
                Some(rest) => Cow::Owned(format!("{} {rest}", sender(state, message).raw()).into()),
                None => Cow::Borrowed(&message.body),
            }
        }
        MessageKind::Notice => Cow::Borrowed(&message.body),
    }
}
