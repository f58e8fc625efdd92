//! The list of accounts, chats, rooms, requests and contacts.

use crate::model::{AccountId, Availability, ChatKind, ConnState, Untrusted};
use crate::state::State;
use crate::state::chats::Chat;
use crate::state::focus::Pane;
use crate::state::requests::Request;
use crate::state::rooms::Membership;
use crate::state::sidebar::{Row, Section, Sidebar};
use crate::text::{self as plain, date};
use crate::ui::pen::{Pen, window};
use crate::ui::{Scene, Theme, text};
use crate::words;
use ratatui::style::{Modifier, Style};

/// So many chats have a number that a key opens.
const NUMBERED: usize = 10;

/// Draws the rows around the chosen one.
pub fn draw(scene: &Scene, pen: &mut Pen) {
    let (state, theme) = (scene.state, pen.theme);
    let sidebar = &state.sidebar;
    let has_focus = state.focus.pane == Pane::Sidebar && state.overlays.is_empty();
    let mut top = 0;
    if let Some(filter) = &sidebar.filter {
        let x = pen.put(1, 0, "/ ", theme.accent);
        pen.fit(x, 0, pen.width().saturating_sub(x), filter, theme.text);
        top = 1;
    }
    if sidebar.rows.is_empty() {
        empty(sidebar.filter.is_some(), pen, top);
        return;
    }
    let mut rows = usize::from(pen.height().saturating_sub(top));
    let open = || {
        let current = state.current_id()?;
        sidebar.rows.iter().position(|r| matches!(r, Row::Chat(id) if id == current))
    };
    let at = if has_focus { sidebar.selected } else { open().unwrap_or(0) };
    let mut first = window(sidebar.rows.len(), rows, at);
    // A request that waits is never out of sight: where its heading is not in the window, that stands on top of it.
    let is_of_requests = |row: &Row| matches!(row, Row::Section { section: Section::Requests, .. });
    let is_seen = sidebar.rows.iter().skip(first).take(rows).any(is_of_requests);
    if !is_seen && rows > 2 && sidebar.rows.iter().any(is_of_requests) {
        pinned(state, &mut pen.part(0, top, pen.width(), 1));
        top += 1;
        rows -= 1;
        first = window(sidebar.rows.len(), rows, at);
    }
    // Where all fits, accounts and sections stand apart; where not all of that does, accounts.
    let is_account = |row: &Row| matches!(row, Row::Account(_));
    let is_heading = |row: &Row| matches!(row, Row::Account(_) | Row::Section { .. });
    let fits =
        |is: &dyn Fn(&Row) -> bool| sidebar.rows.len() + sidebar.rows.iter().skip(1).filter(|r| is(r)).count() <= rows;
    let is_airy = fits(&is_heading);
    let is_apart = is_airy || fits(&is_account);
    // What is said is shown where all else has its place.
    let words: Vec<(usize, String)> = if is_airy { said(state, sidebar) } else { Vec::new() };
    let headings = sidebar.rows.iter().skip(1).filter(|r| is_heading(r)).count();
    let has_words = is_airy && sidebar.rows.len() + headings + words.len() <= rows;
    let chats = sidebar.rows.iter().enumerate().filter(|(_, row)| matches!(row, Row::Chat(_)));
    let numbered = chats.zip(1..=if state.options.numbers { NUMBERED } else { 0 });
    let mut numbers = numbered.map(|((at, _), n)| (at, n)).skip_while(|(at, _)| *at < first).peekable();
    let mut y = top;
    for (i, row) in sidebar.rows.iter().enumerate().skip(first).take(rows) {
        y += u16::from(i > 0 && (is_airy && is_heading(row) || is_apart && is_account(row)));
        let mut line = pen.part(0, y, pen.width(), 1);
        // The same count as the keys': chats from the top, whatever lies between.
        let number = numbers.next_if(|(at, _)| *at == i).map(|(_, n)| n);
        one(state, row, number, &mut line);
        if has_focus && i == sidebar.selected {
            line.tint(0, line.theme.selected);
        }
        y += 1;
        if let Some((_, words)) = words.iter().find(|(at, _)| has_words && *at == i) {
            let x = 4;
            pen.fit(x, y, pen.width().saturating_sub(x + 1), words, pen.theme.dim);
            y += 1;
        }
    }
}

/// What those who ask say, with the places of their rows.
fn said(state: &State, sidebar: &Sidebar) -> Vec<(usize, String)> {
    let rows = sidebar.rows.iter().enumerate();
    let requests = rows.filter_map(|(i, row)| match row {
        Row::Request(at) => Some((i, state.requests.list.get(*at)?)),
        Row::Account(_) | Row::Section { .. } | Row::Chat(_) | Row::Contact { .. } => None,
    });
    let said = requests.map(|(i, request)| {
        let words = match request {
            Request::Subscription { text, .. } => text.as_ref(),
            Request::Invite { invite, .. } => invite.reason.as_ref(),
            Request::Stranger(id) => state.chats.get(id).map(|chat| &chat.preview),
        };
        (i, plain::preview(words.map_or("", Untrusted::raw)))
    });
    said.filter(|(_, words)| !words.is_empty()).collect()
}

/// The heading of the requests, where the list has scrolled past it.
fn pinned(state: &State, pen: &mut Pen) {
    let theme = pen.theme;
    let count = state.requests.count().to_string();
    let x = pen.put(0, 0, theme.glyphs.asks, theme.warning) + 1;
    let end = pen.right(pen.width().saturating_sub(1), 0, 8, &count, theme.warning);
    pen.fit(x, 0, end.saturating_sub(x + 1), &words::screen::requests(), theme.warning.add_modifier(Modifier::BOLD));
}

fn empty(is_filtered: bool, pen: &mut Pen, top: u16) {
    let words = if is_filtered { words::screen::filter_hides_all() } else { words::screen::no_chats() };
    let lines = text::wrapped(&words, pen.width().saturating_sub(2).into(), 4);
    for (y, line) in (top + 1..).zip(&lines) {
        pen.put(1, y, line, pen.theme.dim);
    }
}

fn one(state: &State, row: &Row, number: Option<usize>, pen: &mut Pen) {
    match row {
        Row::Account(id) => account(state, id, pen),
        Row::Section { section, group, count, is_folded } => {
            let title = match (section, group) {
                (Section::Chats, _) => words::screen::chats_heading(),
                (Section::Rooms, _) => words::screen::rooms_heading(),
                (Section::Requests, _) => words::screen::requests(),
                (Section::Contacts, None) => words::screen::contacts_heading(),
                (Section::Contacts, Some(group)) => text::name(group, &words::screen::contacts_heading()).into_owned(),
            };
            let mark = if *is_folded { pen.theme.glyphs.folded } else { " " };
            let x = pen.put(0, 0, mark, pen.theme.dim);
            let is_counted = *is_folded || *section == Section::Requests;
            let end = if is_counted {
                pen.right(pen.width().saturating_sub(1), 0, 8, &count.to_string(), pen.theme.dim)
            } else {
                pen.width()
            };
            pen.fit(x, 0, end.saturating_sub(x + 1), &title, pen.theme.dim.add_modifier(Modifier::BOLD));
        }
        Row::Chat(id) => {
            if let Some(c) = state.chats.get(id) {
                chat(state, c, number, pen);
            }
        }
        Row::Contact { account, jid, availability } => {
            let theme = pen.theme;
            let (mark, style) = (theme.glyphs.presence(*availability), theme.presence(*availability));
            let name = state.contact_name(account, jid, None);
            let base = if *availability == Availability::Offline { theme.dim } else { theme.text };
            let x = pen.put(2, 0, mark, style) + 1;
            pen.fit(x, 0, pen.width().saturating_sub(x + 1), &text::name(&name, jid.as_str()), base);
        }
        Row::Request(at) => {
            if let Some(request) = state.requests.list.get(*at) {
                self::request(state, request, pen);
            }
        }
    }
}

fn account(state: &State, id: &AccountId, pen: &mut Pen) {
    let theme = pen.theme;
    let g = theme.glyphs;
    let (mark, style) = match state.accounts.get(id) {
        Some(a) => match &a.conn {
            ConnState::Online { .. } => (g.presence(a.presence.availability), theme.presence(a.presence.availability)),
            ConnState::Connecting => (g.connecting, theme.warning),
            ConnState::Waiting { .. } | ConnState::Stopped(_) => (g.failed, theme.error),
            ConnState::Idle => (g.offline, theme.dim),
        },
        None => (g.offline, theme.dim),
    };
    let x = pen.put(0, 0, g.unfolded, theme.dim) + 1;
    let x = pen.put(x, 0, mark, style) + 1;
    pen.fit(x, 0, pen.width().saturating_sub(x + 1), id.jid().as_str(), theme.heading);
}

fn chat(state: &State, chat: &Chat, number: Option<usize>, pen: &mut Pen) {
    let theme = pen.theme;
    let is_current = state.current_id() == Some(&chat.id);
    if is_current {
        pen.put(0, 0, theme.glyphs.bar, theme.accent);
    }
    if let Some(number) = number {
        pen.put(1, 0, &(number % 10).to_string(), theme.dim);
    }
    let (mark, style) = chat_mark(state, chat, theme);
    // Those without a number stand under those with one.
    let x = pen.put(if state.options.numbers { 3 } else { 2 }, 0, mark, style) + 1;
    let end = facts(state, chat, pen);
    let name = state.chat_title(&chat.id);
    let base = match (is_current, chat.unread) {
        (true, _) => theme.accent.add_modifier(Modifier::BOLD),
        (false, 1..) => theme.heading,
        (false, 0) => theme.text,
    };
    pen.fit(x, 0, end.saturating_sub(x + 1), &text::name(&name, chat.id.address.as_str()), base);
}

/// Typing, mentions, unread, at the right edge; the time where there is nothing else. Returns where they begin.
fn facts(state: &State, chat: &Chat, pen: &mut Pen) -> u16 {
    let theme = pen.theme;
    let mut end = pen.width().saturating_sub(1);
    if chat.unread > 0 {
        let style = if chat.kind == ChatKind::Room { theme.dim } else { theme.warning };
        end = pen.right(end, 0, 8, &count(chat.unread), style);
    }
    if chat.mentions > 0 && chat.kind == ChatKind::Room {
        end = pen.right(end.saturating_sub(1), 0, 8, &format!("@{}", count(chat.mentions)), theme.warning);
    }
    let gap = u16::from(end < pen.width().saturating_sub(1));
    if !chat.typing.is_empty() {
        end = pen.right(end.saturating_sub(gap), 0, 8, theme.glyphs.typing, theme.accent);
    } else if !chat.draft.is_empty() {
        end = pen.right(end.saturating_sub(gap), 0, 8, theme.glyphs.draft, theme.dim);
    } else if chat.unread == 0 && chat.last_activity.0 > 0 && pen.width() >= 24 {
        let when = date::short(chat.last_activity.0, state.now.0, state.zone_minutes);
        end = pen.right(end, 0, 12, &when, theme.dim);
    }
    end
}

fn count(n: u32) -> String {
    if n > 999 { "999+".to_owned() } else { n.to_string() }
}

fn request(state: &State, request: &Request, pen: &mut Pen) {
    let theme = pen.theme;
    let (mark, who, what) = match request {
        Request::Subscription { jid, .. } => (theme.glyphs.asks, jid.to_string(), words::screen::contact()),
        Request::Invite { invite, .. } => {
            let room = format!("#{}", invite.room.local().unwrap_or(invite.room.domain()));
            (theme.glyphs.alert, room, words::screen::invitation())
        }
        Request::Stranger(id) => (theme.glyphs.asks, state.chat_name(id).raw().to_owned(), words::screen::message()),
    };
    let x = pen.put(2, 0, mark, theme.warning) + 1;
    let end = pen.right(pen.width().saturating_sub(1), 0, 12, &what, theme.dim);
    pen.fit(x, 0, end.saturating_sub(x + 1), &who, theme.text);
}

/// The sign in front of a chat.
pub(super) fn chat_mark(state: &State, chat: &Chat, theme: &Theme) -> (&'static str, Style) {
    let g = theme.glyphs;
    match chat.kind {
        ChatKind::Contact if state.accounts.get(&chat.id.account).is_some_and(|a| a.blocks(&chat.id.address)) => {
            (g.failed, theme.error)
        }
        ChatKind::Contact => {
            let a = state.presence.availability(&chat.id.account, &chat.id.address.bare());
            (g.presence(a), theme.presence(a))
        }
        ChatKind::Room => match state.rooms.get(&chat.id.account, &chat.id.address.bare()).map(|r| &r.membership) {
            Some(Membership::In) => (g.room, theme.ok),
            Some(Membership::Joining) => (g.waiting, theme.warning),
            Some(Membership::Failed(_)) => (g.failed, theme.error),
            Some(Membership::Out) | None => (g.room, theme.dim),
        },
        ChatKind::Occupant => {
            let nick = chat.id.address.resource().unwrap_or_default();
            let room = state.rooms.get(&chat.id.account, &chat.id.address.bare());
            let a = room.and_then(|r| r.occupants.get(nick)).map_or(Availability::Offline, |o| o.availability);
            (g.presence(a), theme.presence(a))
        }
    }
}
