//! The top line: the user's account and presence, the connection, the clock.

use crate::model::{ConnState, DownReason};
use crate::state::State;
use crate::state::accounts::Account;
use crate::text::date;
use crate::ui::pen::{Pen, cells};
use crate::ui::{Scene, Theme};
use crate::words;
use ratatui::style::Style;

/// Draws the line.
pub fn draw(scene: &Scene, pen: &mut Pen) {
    if scene.layout.is_narrow { narrow(scene, pen) } else { wide(scene, pen) }
}

fn wide(scene: &Scene, pen: &mut Pen) {
    let (state, theme) = (scene.state, pen.theme);
    let account = state.account().and_then(|id| state.accounts.get(id));
    let mut x = pen.put(1, 0, "parlour", theme.accent) + 2;
    if let Some(account) = account {
        x = pen.fit(x, 0, pen.width() / 3, account.id().jid().as_str(), theme.text);
    }
    let mut parts: Vec<(String, Style)> = Vec::new();
    if state.accounts.list.len() > 1 {
        parts.push((words::screen::accounts(state.accounts.list.len()), theme.dim));
    }
    if let Some(account) = account {
        parts.push(presence(state, account, theme));
        if let Some(tls) = tls(account) {
            parts.push((tls, theme.dim));
        }
        if account.catching_up > 0 {
            parts.push((words::screen::catching_up(theme.glyphs.waiting), theme.dim));
        }
    }
    parts.extend(requests(scene, theme));
    parts.push((date::clock(state.now.0, state.zone_minutes), theme.text));
    right(pen, x + 1, &parts);
}

/// The open chat, and in short the rest.
fn narrow(scene: &Scene, pen: &mut Pen) {
    let (state, theme) = (scene.state, pen.theme);
    let account = state.account().and_then(|id| state.accounts.get(id));
    let mut parts: Vec<(String, Style)> = Vec::new();
    if let Some(account) = account {
        let (mark, style) = presence(state, account, theme);
        let who = account.id().jid().local().unwrap_or(account.id().jid().domain());
        let mark: String = mark.chars().take(1).collect();
        parts.push((format!("{mark} {}", crate::ui::text::fit(who, 14, theme.glyphs.ellipsis)), style));
    }
    let here = state.current().map_or(0, |c| c.unread);
    let others = state.unread_total().0.saturating_sub(here);
    if others > 0 {
        parts.push((words::screen::unread(others), theme.warning));
    }
    if scene.layout.sidebar.is_none() && state.requests.count() > 0 {
        parts.push((format!("{}{}", theme.glyphs.asks, state.requests.count()), theme.warning));
    }
    parts.push((date::clock(state.now.0, state.zone_minutes), theme.text));
    let start = right(pen, 18, &parts);
    let Some(chat) = state.current() else {
        pen.put(1, 0, "parlour", theme.accent);
        return;
    };
    let x = pen.put(0, 0, theme.glyphs.back, theme.accent) + 1;
    let (mark, style) = super::sidebar::chat_mark(state, chat, theme);
    let x = pen.put(x, 0, mark, style) + 1;
    pen.fit(x, 0, start.saturating_sub(x + 1), state.chat_title(&chat.id).raw(), theme.heading);
}

/// How many requests wait, where the list of chats is not there to tell.
fn requests(scene: &Scene, theme: &Theme) -> Option<(String, Style)> {
    let words = match scene.state.requests.count() {
        0 => return None,
        n => words::screen::requests_waiting(n),
    };
    scene.layout.sidebar.is_none().then_some((words, theme.warning))
}

/// Draws the parts at the right edge, leaving out from the left what does not fit; returns where they begin.
fn right(pen: &mut Pen, min: u16, parts: &[(String, Style)]) -> u16 {
    let dot = format!(" {} ", pen.theme.glyphs.dot);
    let mut end = pen.width().saturating_sub(1);
    for (i, (text, style)) in parts.iter().rev().enumerate() {
        let gap = if i == 0 { 0 } else { cells(&dot) };
        if min + cells(text) + gap > end {
            break;
        }
        if i > 0 {
            end = pen.right(end, 0, 0, &dot, pen.theme.dim);
        }
        end = pen.right(end, 0, 0, text, *style);
    }
    end
}

fn presence(state: &State, account: &Account, theme: &Theme) -> (String, Style) {
    let g = theme.glyphs;
    match &account.conn {
        ConnState::Online { .. } => {
            let a = account.presence.availability;
            (format!("{} {}", g.presence(a), words::presence::label(a)), theme.presence(a))
        }
        ConnState::Connecting => {
            let step = account.step().label().to_lowercase();
            let words = match account.connecting_for(state.now) {
                Some(seconds @ 1..) => format!("{} {step} {} {seconds} s", g.connecting, g.dot),
                Some(0) | None => format!("{} {step}", g.connecting),
            };
            (words, theme.warning)
        }
        ConnState::Waiting { .. } => (words::screen::no_connection(g.failed), theme.error),
        ConnState::Stopped(DownReason::Asked) => (words::screen::signed_out(g.offline), theme.dim),
        ConnState::Stopped(_) => (words::screen::stopped(g.failed), theme.error),
        ConnState::Idle => (words::screen::offline(g.offline), theme.dim),
    }
}

fn tls(account: &Account) -> Option<String> {
    match &account.conn {
        ConnState::Online { tls, .. } if !tls.is_empty() => Some(tls.clone()),
        ConnState::Online { .. }
        | ConnState::Idle
        | ConnState::Connecting
        | ConnState::Waiting { .. }
        | ConnState::Stopped(_) => None,
    }
}
