//! The people in the room, by role. Only the visible rows are computed.

use crate::model::{Availability, Occupant};
use crate::state::focus::Pane;
use crate::state::rooms::Room;
use crate::ui::pen::{Pen, window};
use crate::ui::{Scene, text};
use crate::words;
use ratatui::style::Modifier;

/// How many headings there are.
const GROUPS: usize = 3;

/// Draws the pane.
pub fn draw(scene: &mut Scene, pen: &mut Pen) {
    let state = scene.state;
    let Some(room) = state.current_room().and_then(|(account, jid)| state.rooms.get(account, &jid)) else { return };
    let theme = pen.theme;
    pen.put(1, 0, &words::room::here(room.occupants.len()), theme.dim);
    pen.right(pen.width().saturating_sub(1), 0, 12, "F3", theme.dim);
    if room.occupants.is_empty() {
        let words = if room.is_in() { words::room::nobody_else() } else { words::room::not_in_room() };
        for (y, line) in (2..).zip(&text::wrapped(&words, pen.width().saturating_sub(2).into(), 3)) {
            pen.put(1, y, line, theme.dim);
        }
        return;
    }
    let has_focus = state.focus.pane == Pane::People && state.overlays.is_empty();
    let selected = has_focus.then_some(room.selected);
    list(scene, room, selected, pen);
}

/// The heading, by the first part of the pane's order.
fn heading(group: u8) -> String {
    match group {
        0 => words::room::moderators(),
        1 => words::room::participants(),
        2 => words::room::visitors(),
        _ => words::room::others(),
    }
}

fn list(scene: &mut Scene, room: &Room, selected: Option<usize>, pen: &mut Pen) {
    let theme = pen.theme;
    let rows = usize::from(pen.height().saturating_sub(1));
    // Headings take rows too; keep clear of the lower edge by as many as there can be.
    let first = window(room.sorted.len(), rows.saturating_sub(2 * GROUPS).max(1), selected.unwrap_or(0));
    let first = if selected.is_none() { 0 } else { first };
    let mut group = None;
    let mut y = 1;
    for (i, ((of, _), nick)) in room.sorted.iter().enumerate().skip(first) {
        if group != Some(*of) {
            y += u16::from(group.is_some() && pen.height() > 16);
            let title = heading(*of);
            pen.put(1, y, &title, theme.dim.add_modifier(Modifier::BOLD));
            group = Some(*of);
            y += 1;
        }
        if y >= pen.height() {
            break;
        }
        let is_last = y + 1 == pen.height() && i + 1 < room.sorted.len();
        if is_last && selected != Some(i) {
            pen.put(1, y, &words::room::more(theme.glyphs.ellipsis, room.sorted.len() - i), theme.dim);
            break;
        }
        if let Some(occupant) = room.occupants.get(nick) {
            one(scene, room, occupant, &mut pen.part(0, y, pen.width(), 1));
        }
        if selected == Some(i) {
            pen.tint(y, theme.selected);
        }
        y += 1;
    }
}

fn one(scene: &mut Scene, room: &Room, occupant: &Occupant, pen: &mut Pen) {
    let theme = pen.theme;
    let mark = theme.glyphs.presence(occupant.availability);
    let mut x = pen.put(1, 0, mark, theme.presence(occupant.availability)) + 1;
    if occupant.nick == room.nick {
        x = pen.put(x, 0, theme.glyphs.own, theme.accent);
    }
    let is_alike = room.names.alike(occupant.nick.raw()).is_some();
    if is_alike {
        x = pen.put(x, 0, theme.glyphs.alike, theme.warning);
    }
    let fallback = occupant.real_jid.as_ref().map_or_else(words::room::no_name, ToString::to_string);
    let style = match occupant.availability {
        Availability::Offline => theme.dim,
        Availability::Chat
        | Availability::Online
        | Availability::Away
        | Availability::ExtendedAway
        | Availability::DoNotDisturb => scene.memo.nick(theme, occupant.nick.raw()),
    };
    let style = if is_alike { theme.warning } else { style };
    x = pen.fit(x, 0, pen.width().saturating_sub(x + 1), &text::name(&occupant.nick, &fallback), style);
    if let Some(status) = occupant.status.as_ref().filter(|s| !s.is_empty()) {
        let words = format!("{} {}", theme.glyphs.dot, text::fit(status.raw(), 60, theme.glyphs.ellipsis));
        let room = pen.width().saturating_sub(x + 2);
        if room > 4 {
            pen.fit(x + 1, 0, room, &words, theme.dim);
        }
    }
}
