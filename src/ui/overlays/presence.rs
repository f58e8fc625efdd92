//! The user's own presence, and below it the presence of the open chat's contact, one line per resource.

use super::{Keys, middle};
use crate::model::{Availability, ChatKind, ResourcePresence};
use crate::state::overlays::PresenceView;
use crate::text::date;
use crate::ui::field::{self, Look};
use crate::ui::pen::Pen;
use crate::ui::{Scene, text};
use crate::words;

/// Draws the pane.
pub fn draw(scene: &mut Scene, view: &PresenceView, keys: Keys, pen: &mut Pen) {
    let mut frame = middle(pen, 72, 22);
    let mut inner = frame.frame(&words::presence::title(), "", keys);
    let theme = inner.theme;
    let x = inner.put(1, 0, &words::presence::you(), theme.heading) + 2;
    let who = match &view.account {
        Some(id) => id.to_string(),
        None => match scene.state.accounts.list.as_slice() {
            [only] => only.id().to_string(),
            all => words::presence::all_accounts(all.len()),
        },
    };
    inner.fit(x, 0, inner.width().saturating_sub(x + 1), &who, theme.dim);
    choices(view, &mut inner);
    fields(scene, view, &mut inner);
    let y = 8;
    inner.rule(y);
    let (w, h) = (inner.width(), inner.height());
    others(scene, view, &mut inner.part(0, y + 1, w, h.saturating_sub(y + 1)));
}

/// The six ways to be there, in two columns.
fn choices(view: &PresenceView, pen: &mut Pen) {
    let theme = pen.theme;
    let column = (pen.width() / 2).min(30);
    for (i, a) in (0_u16..).zip(Availability::ALL) {
        let (x, y) = (2 + (i % 2) * column, 2 + i / 2);
        let is_on = a == view.availability;
        let is_focused = is_on && view.focused == 0;
        let radio = theme.glyphs.radio[usize::from(is_on)];
        let x = pen.put(x, y, radio, if is_focused { theme.accent } else { theme.dim }) + 1;
        let x = pen.put(x, y, theme.glyphs.presence(a), theme.presence(a)) + 1;
        let style = if is_focused { theme.matched } else { theme.text };
        pen.fit(x, y, column.saturating_sub(7), &words::presence::label(a), style);
    }
}

fn fields(scene: &mut Scene, view: &PresenceView, pen: &mut Pen) {
    let theme = pen.theme;
    let rows = [
        (words::presence::text(), &view.text, 1, 5, pen.width().saturating_sub(17)),
        (words::presence::priority(), &view.priority, 2, 6, 6),
    ];
    for (label, content, index, y, room) in rows {
        let is_focused = view.focused == index;
        pen.put(2, y, &label, if is_focused { theme.accent } else { theme.dim });
        pen.put(12, y, "[", theme.dim);
        let at = field::draw(pen, 14, y, room, content, Look { style: theme.text, is_secret: false, is_focused });
        pen.put(14 + room, y, "]", theme.dim);
        scene.cursor = at.or(scene.cursor);
    }
    match &view.error {
        Some(error) => {
            let words = format!("{} {error}", theme.glyphs.failed);
            pen.fit(23, 6, pen.width().saturating_sub(24), &words, theme.error);
        }
        None => {
            pen.fit(23, 6, pen.width().saturating_sub(24), &words::presence::about_priority(), theme.dim);
        }
    }
}

/// The contact of the open chat, or the user's own place in a room.
fn others(scene: &mut Scene, view: &PresenceView, pen: &mut Pen) {
    let (state, theme) = (scene.state, pen.theme);
    let Some(id) = &view.contact else {
        pen.put(1, 0, &words::presence::open_a_chat(), theme.dim);
        return;
    };
    let name = state.chat_name(id);
    let name = text::name(&name, id.address.as_str());
    let x = pen.fit(1, 0, pen.width() / 2, &name, theme.heading) + 2;
    let kind = state.chats.get(id).map_or(ChatKind::Contact, |c| c.kind);
    let mut right = String::new();
    if kind == ChatKind::Contact {
        let contact = state.roster.get(&id.account, &id.address.bare());
        right =
            contact.map_or(words::presence::not_a_contact(), |c| words::presence::subscription(c.subscription.word()));
    }
    let end = pen.right(pen.width().saturating_sub(1), 0, x, &right, theme.dim);
    pen.fit(x, 0, end.saturating_sub(x + 1), id.address.bare_str(), theme.dim);
    if kind != ChatKind::Contact {
        room(scene, id, pen);
        return;
    }
    let list = state.presence.of(&id.account, &id.address.bare());
    if list.is_empty() {
        pen.put(2, 1, theme.glyphs.offline, theme.dim);
        pen.put(4, 1, &words::presence::offline_or_hidden(), theme.dim);
    }
    let mut y = 1;
    for r in list {
        y = resource(scene, r, y, pen);
    }
}

fn resource(scene: &Scene, r: &ResourcePresence, y: u16, pen: &mut Pen) -> u16 {
    let theme = pen.theme;
    pen.put(2, y, theme.glyphs.presence(r.availability), theme.presence(r.availability));
    let device = r.jid.resource().map_or_else(words::card::no_resource, str::to_owned);
    let x = pen.fit(4, y, 14, &device, theme.text);
    let x = pen.fit(x.max(18) + 1, y, 14, &words::presence::label(r.availability), theme.dim);
    let now = scene.state.now.0;
    let since = match r.idle_since {
        Some(idle) => words::presence::idle_for(date::span(now - idle.0)),
        None => words::presence::since(date::short(r.since.0, now, scene.state.zone_minutes)),
    };
    let right = words::presence::priority_and_since(r.priority, theme.glyphs.dot, &since);
    let end = pen.right(pen.width().saturating_sub(1), y, x + 1, &right, theme.dim);
    if let Some(client) = &r.client {
        let x = x.max(33) + 1;
        pen.fit(x, y, end.saturating_sub(x + 1), client.raw(), theme.dim);
    }
    let Some(status) = r.status.as_ref().filter(|s| !s.is_empty()) else { return y + 1 };
    let width = pen.width().saturating_sub(6);
    pen.fit(4, y + 1, width, &format!("\"{}\"", status.raw()), theme.text);
    y + 2
}

fn room(scene: &Scene, id: &crate::model::ChatId, pen: &mut Pen) {
    let theme = pen.theme;
    let Some(room) = scene.state.rooms.get(&id.account, &id.address.bare()) else { return };
    let me = room.occupants.get(room.nick.raw());
    let rows = [
        (words::card::nickname(), room.nick.raw().to_owned()),
        (words::card::role(), me.map_or_else(words::presence::not_there, |o| o.role.word().to_owned())),
        (words::card::affiliation(), me.map_or_else(words::presence::none, |o| o.affiliation.word().to_owned())),
    ];
    for (y, (label, value)) in (1..).zip(rows) {
        pen.put(2, y, &label, theme.dim);
        pen.fit(15, y, pen.width().saturating_sub(16), &value, theme.text);
    }
}
