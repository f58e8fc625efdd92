//! Search results, with the matches marked.

use super::{Keys, middle};
use crate::model::Message;
use crate::state::overlays::SearchView;
use crate::text::find::{self, Term};
use crate::text::{date, line};
use crate::ui::field::{self, Look};
use crate::ui::panes::history::sender;
use crate::ui::pen::{Pen, window};
use crate::ui::{Scene, Theme, text};
use crate::words;
use ratatui::text::Span;

/// Draws the results, the newest first.
pub fn draw(scene: &mut Scene, view: &SearchView, keys: Keys, pen: &mut Pen) {
    let height = pen.height().saturating_sub(4);
    let mut frame = middle(pen, 100, height);
    let title = match &view.chat {
        Some(chat) => words::search::in_chat(text::fit(scene.state.chat_name(chat).raw(), 30, "")),
        None => words::search::everywhere(),
    };
    let count = match (view.results.len(), view.is_waiting) {
        (_, true) => words::search::searching(),
        (n, false) if view.is_more => words::search::and_more(n),
        (n, false) => words::search::found(n),
    };
    let mut inner = frame.frame(&title, &count, keys);
    let theme = inner.theme;
    let x = inner.put(1, 0, "> ", theme.accent);
    let look = Look { style: theme.text, is_secret: false, is_focused: true };
    let room = inner.width().saturating_sub(x + 1);
    scene.cursor = field::draw(&mut inner, x, 0, room, &view.input, look);
    inner.rule(1);
    let reach = reach(scene, view);
    if view.results.is_empty() {
        let words = match (view.input.text.is_empty(), view.is_waiting) {
            (true, _) => words::search::type_words(),
            (false, true) => words::search::searching_sentence(),
            (false, false) => words::search::nothing(),
        };
        inner.put(1, 2, &words, theme.dim);
        let room = inner.width().saturating_sub(2);
        if !view.input.text.trim().is_empty() && inner.height() > 3 {
            inner.fit(1, 3, room, &reach, theme.text);
        }
        return;
    }
    // The last row says how far the search reaches.
    let foot = inner.height().saturating_sub(1);
    if foot > 4 {
        let room = inner.width().saturating_sub(2);
        inner.fit(1, foot, room, &reach, theme.dim);
        if view.selected >= view.results.len() {
            inner.tint(foot, theme.selected);
        }
    }
    let asked = find::terms(&view.input.text);
    let rows = usize::from(foot.saturating_sub(2) / 2).max(1);
    let first = window(view.results.len(), rows, view.selected.min(view.results.len() - 1));
    for (i, message) in view.results.iter().enumerate().skip(first).take(rows) {
        let y = 2 + 2 * u16::try_from(i - first).unwrap_or(0);
        let width = inner.width();
        one(scene, view, message, &asked, &mut inner.part(0, y, width, 2));
        if i == view.selected {
            inner.tint(y, theme.selected);
            inner.tint(y + 1, theme.selected);
        }
    }
}

/// How far back the search looked, and what can be done about it.
fn reach(scene: &Scene, view: &SearchView) -> String {
    let Some(oldest) = view.oldest else { return String::new() };
    let day = date::day(oldest.0, scene.state.zone_minutes);
    match (view.is_asking, view.is_all) {
        (true, _) => words::search::asking_server(&day),
        (false, true) => words::search::all_searched(&day),
        (false, false) => words::search::searched(&day),
    }
}

fn one(scene: &mut Scene, view: &SearchView, message: &Message, asked: &[Term], pen: &mut Pen) {
    let (state, theme) = (scene.state, pen.theme);
    let name = sender(state, message);
    let style = scene.memo.nick(theme, name.raw());
    let x = pen.fit(1, 0, 24, &text::name(&name, message.from.as_str()), style) + 2;
    let when = date::moment(message.time.0, state.now.0, state.zone_minutes);
    let end = pen.right(pen.width().saturating_sub(1), 0, x, &when, theme.dim);
    if view.chat.is_none() {
        pen.fit(x, 0, end.saturating_sub(x + 1), state.chat_title(&message.chat).raw(), theme.dim);
    }
    let shown = line(message.body.raw());
    let spans = marked(&shown, asked, theme);
    let width = pen.width().saturating_sub(1);
    pen.spans(3, 1, width, &spans);
}

/// One line around the first word that was found, all of them marked.
fn marked<'t>(shown: &'t str, asked: &[Term], theme: &'t Theme) -> Vec<Span<'t>> {
    let (base, hit, ellipsis) = (theme.text, theme.matched, theme.glyphs.ellipsis);
    let hits = find::hits(shown, asked);
    let mut at = match hits.first() {
        // Some words before the first hit, where that is far into the text.
        Some(first) if first.start > 60 => shown.floor_char_boundary(first.start - 30),
        Some(_) | None => 0,
    };
    let mut spans = Vec::new();
    if at > 0 {
        spans.push(text::cleaned(ellipsis, base));
    }
    for hit_range in hits.iter().take(50) {
        if hit_range.start < at {
            continue;
        }
        spans.push(text::cleaned(&shown[at..hit_range.start], base));
        spans.push(text::cleaned(&shown[hit_range.clone()], hit));
        at = hit_range.end;
    }
    spans.push(text::cleaned(&shown[at..], base));
    spans
}
