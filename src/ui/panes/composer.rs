//! The composer, and the lines around it: who is typing, notes, completion.

use crate::model::ChatKind;
use crate::state::composer::{About, Usage};
use crate::state::focus::Pane;
use crate::state::requests::Request;
use crate::text::{self as plain, date, width, wrap};
use crate::ui::layout::{COMPOSER_INDENT, composer_text_width};
use crate::ui::panes::toasts;
use crate::ui::pen::{Pen, cells, window};
use crate::ui::{Scene, text};
use crate::words;
use ratatui::layout::Position;
use ratatui::style::{Modifier, Style};
use std::ops::Range;

/// Most candidates that are seen at once.
const CANDIDATES: usize = 8;

/// Draws the text and sets the cursor.
pub fn draw(scene: &mut Scene, pen: &mut Pen) {
    let composer = &scene.state.composer;
    let theme = pen.theme;
    let has_focus = scene.state.focus.pane == Pane::Composer && scene.state.overlays.is_empty();
    let prompt = if composer.is_multiline { "=" } else { ">" };
    pen.put(1, 0, prompt, if has_focus { theme.accent } else { theme.dim });
    let raw = &composer.text.text;
    let base = if has_focus || !scene.state.overlays.is_empty() { theme.text } else { theme.dim };
    let shown = plain::body(raw);
    let cursor = plain::body(&raw[..plain::grapheme::floor(raw, composer.text.cursor)]).len().min(shown.len());
    let lines = wrap(&shown, composer_text_width(pen.width()));
    let at = lines.partition_point(|l| l.start <= cursor).saturating_sub(1);
    let first = window(lines.len(), pen.height().into(), at);
    let error = composer.error.as_ref().map(|(_, range)| range.clone());
    for (y, line) in (0..pen.height()).zip(&lines[first..]) {
        marked(pen, y, base, &shown[line.clone()], error.as_ref().map(|e| within(&shown, line, e)));
    }
    let end = elsewhere(scene, pen);
    if raw.is_empty() {
        placeholder(scene, pen, end);
    }
    if first > 0 {
        pen.put(0, 0, theme.glyphs.ellipsis, theme.dim);
    }
    if has_focus {
        let start = lines.get(at).map_or(0, |l| l.start);
        let column = width::width(&shown[start..cursor.max(start)]);
        let x = COMPOSER_INDENT
            + u16::try_from(column).unwrap_or(u16::MAX).min(pen.width().saturating_sub(COMPOSER_INDENT + 1));
        let y = u16::try_from(at - first).unwrap_or(0).min(pen.height().saturating_sub(1));
        scene.cursor = Some(Position::new(pen.area().x + x, pen.area().y + y));
    }
}

/// The part of a line that an error marks.
fn within(text: &str, line: &Range<usize>, error: &Range<usize>) -> Range<usize> {
    let from = text.floor_char_boundary(error.start.clamp(line.start, line.end));
    let to = text.floor_char_boundary(error.end.clamp(from, line.end));
    from - line.start..to - line.start
}

/// One line of the text, the wrong part of it underlined.
fn marked(pen: &mut Pen, y: u16, base: Style, line: &str, error: Option<Range<usize>>) {
    let end = pen.width();
    let Some(error) = error else {
        pen.span(COMPOSER_INDENT, y, end, &text::cleaned(line, base));
        return;
    };
    let wrong = pen.theme.error.add_modifier(Modifier::UNDERLINED);
    let spans = [
        text::cleaned(&line[..error.start], base),
        text::cleaned(&line[error.clone()], wrong),
        text::cleaned(&line[error.end..], base),
    ];
    pen.spans(COMPOSER_INDENT, y, end, &spans);
}

/// Where keys go that do not go here, at the right edge, and the letter that waits; returns the column before it.
fn elsewhere(scene: &Scene, pen: &mut Pen) -> u16 {
    let state = scene.state;
    let word = match state.focus.pane {
        Pane::Message => words::screen::select(),
        Pane::Sidebar => words::screen::chats(),
        Pane::People => words::screen::people(),
        Pane::Composer => return pen.width(),
    };
    if !state.overlays.is_empty() {
        return pen.width();
    }
    if let Some((letter, _)) = state.work.held {
        pen.put(COMPOSER_INDENT, 0, letter.encode_utf8(&mut [0; 4]), pen.theme.dim);
    }
    pen.right(pen.width().saturating_sub(1), 0, 2, &format!(" {word}"), pen.theme.accent)
}

fn placeholder(scene: &Scene, pen: &mut Pen, end: u16) {
    if scene.state.work.held.is_some() {
        return;
    }
    let words = match scene.state.current() {
        _ if scene.state.overlays.is_empty() && scene.state.focus.pane != Pane::Composer => {
            elsewhere_words(scene.state.focus.pane)
        }
        Some(chat) => {
            let name = scene.state.chat_title(&chat.id);
            let name = text::name(&name, chat.id.address.as_str());
            // Channels of IRC have the mark in their name.
            let mark = if chat.kind == ChatKind::Room && !name.starts_with('#') { "#" } else { "" };
            words::screen::write_to(mark, name)
        }
        None => words::screen::for_commands(),
    };
    let room = end.saturating_sub(COMPOSER_INDENT + 2);
    // One column on, so that the cursor hides nothing.
    pen.fit(COMPOSER_INDENT + 1, 0, room, &words, pen.theme.dim);
}

/// What keys do while they do not write here.
fn elsewhere_words(pane: Pane) -> String {
    match pane {
        Pane::Message => words::screen::letters_act(),
        Pane::Sidebar => words::screen::keys_in_chats(),
        Pane::People => words::screen::keys_in_people(),
        Pane::Composer => String::new(),
    }
}

/// That the open chat is a request, an error, or the question about a long paste, above the text.
pub fn notes(scene: &Scene, pen: &mut Pen) {
    let composer = &scene.state.composer;
    let mut y = 0;
    if let Some(request) = scene.state.request_here().and_then(|at| scene.state.requests.list.get(at)) {
        asks(scene, request, &mut pen.part(0, 0, pen.width(), 1));
        y += 1;
    }
    if let Some(about) = &composer.about {
        meant(about, &mut pen.part(0, y, pen.width(), 1));
        y += 1;
    }
    if let Some((words, _)) = &composer.error {
        let words = format!("{} {words}", pen.theme.glyphs.failed);
        pen.fit(1, y, pen.width().saturating_sub(2), &words, pen.theme.error);
        y += 1;
    }
    if let Some(paste) = &composer.pending_paste {
        let words = words::screen::pasted(pen.theme.glyphs.alert, paste.lines().count());
        let x = pen.fit(1, y, pen.width().saturating_sub(2), &words, pen.theme.warning) + 2;
        let keys = [("t", words::screen::as_text()), ("c", words::screen::as_code()), ("Esc", words::screen::drops())];
        let keys = keys.map(|(key, what)| (key.to_owned(), what));
        pen.part(x, y, pen.width().saturating_sub(x), 1).hints(0, 0, &keys);
    }
}

/// What the text is for: it answers a message, or takes the place of one.
fn meant(about: &About, pen: &mut Pen) {
    let theme = pen.theme;
    let (words, text) = match about {
        About::Reply { reply, name, .. } => {
            let text = reply.original.as_ref().map_or_else(String::new, |o| plain::preview(o.words.raw()));
            let words = crate::words::relation::replying_to(&plain::preview(name.raw()));
            (format!("{} {words}", theme.glyphs.reply), text)
        }
        About::Edit { old, .. } => {
            (format!("{} {}", theme.glyphs.typing, crate::words::relation::editing()), plain::preview(old))
        }
    };
    let end = pen.right(pen.width().saturating_sub(1), 0, 0, &crate::words::relation::esc_cancels(), theme.dim);
    let x = pen.fit(1, 0, end.saturating_sub(2), &words, theme.accent);
    pen.fit(x, 0, end.saturating_sub(x + 1), &text, theme.dim);
}

/// Who asks for what in this chat, and the keys that answer, which are never cut.
fn asks(scene: &Scene, request: &Request, pen: &mut Pen) {
    let theme = pen.theme;
    let bound = scene.state.requests.keys.as_ref();
    let (yes, no) = bound.map_or(("/accept", "/deny"), |(yes, no)| (yes.as_str(), no.as_str()));
    let who = match request {
        Request::Stranger(chat) => chat.address.shown().into_owned(),
        Request::Subscription { jid, .. } => jid.shown().into_owned(),
        Request::Invite { invite, .. } => invite.from.shown().into_owned(),
    };
    let what = match request {
        Request::Stranger(_) => words::request::not_a_contact(),
        Request::Subscription { .. } => words::request::asks_to_see(),
        Request::Invite { invite, .. } => words::request::invites_to(&invite.room),
    };
    let keys = [(yes, words::request::accepts()), (no, words::request::denies())];
    let dot = format!(" {} ", theme.glyphs.dot);
    let mut x = pen.put(1, 0, theme.glyphs.asks, theme.warning) + 1;
    let rest: u16 = keys.iter().map(|(key, does)| cells(&dot) + cells(key) + 1 + cells(does)).sum();
    let room = pen.width().saturating_sub(x + rest + 1);
    let address = room.saturating_sub(cells(&what) + 1).max(room / 2);
    x = pen.fit(x, 0, address.min(room), &who, theme.text) + 1;
    if room > cells(&who).min(address) + 6 {
        let left = pen.width().saturating_sub(x + rest + 1);
        x = pen.fit(x, 0, left, &what, theme.text);
    }
    for (key, does) in keys {
        x = pen.put(x, 0, &dot, theme.dim);
        x = pen.put(x, 0, key, theme.accent) + 1;
        x = pen.put(x, 0, &does, theme.text);
    }
}

/// The line above the text: a notice, the usage of a command, who types; and how many messages are below.
pub fn typing(scene: &Scene, pen: &mut Pen) {
    let theme = pen.theme;
    let mut end = pen.width().saturating_sub(1);
    if scene.below > 0 {
        let words = words::screen::below(theme.glyphs.below, scene.below);
        end = pen.right(end, 0, 2, &words, theme.accent);
    }
    let end = end.saturating_sub(1);
    let is_clear = scene.state.overlays.is_empty();
    if is_clear && toasts::is_grave(scene.state) && toasts::line(scene.state, pen, end) {
        return;
    }
    if let Some(usage) = scene.state.composer.usage.as_ref().filter(|_| is_clear) {
        return used(usage, pen, end);
    }
    if let Some(words) = seeking(scene) {
        let words = format!("{} {words}", theme.glyphs.waiting);
        pen.fit(1, 0, end.saturating_sub(1), &words, theme.accent);
        return;
    }
    if is_clear && toasts::line(scene.state, pen, end) {
        return;
    }
    let Some(chat) = scene.state.current() else { return };
    let names: Vec<String> = chat
        .typing
        .iter()
        .take(3)
        .map(|(jid, _)| match chat.kind {
            ChatKind::Contact => scene.state.contact_name(&chat.id.account, &jid.bare(), None),
            ChatKind::Room | ChatKind::Occupant => jid.resource().unwrap_or(jid.as_str()).into(),
        })
        .map(|name| text::fit(name.raw(), 20, theme.glyphs.ellipsis).into_owned())
        .collect();
    let who = match names.as_slice() {
        [] => return,
        [one] => words::screen::is_typing(one),
        [one, two] => words::screen::are_typing(one, two),
        [..] => words::screen::many_are_typing(),
    };
    let words = format!("{} {who}{}", theme.glyphs.typing, theme.glyphs.ellipsis);
    pen.fit(1, 0, end.saturating_sub(1), &words, theme.dim);
}

/// How a command is used, with the part that is being typed, and what may stand there.
fn used(usage: &Usage, pen: &mut Pen, end: u16) {
    let theme = pen.theme;
    let mut x = 1;
    for (i, part) in usage.parts.iter().enumerate() {
        let style = if usage.at == Some(i) { theme.accent.add_modifier(Modifier::BOLD) } else { theme.dim };
        x = pen.fit(x, 0, end.saturating_sub(x), part, style) + 1;
    }
    if usage.candidates.is_empty() || x + 4 > end {
        return;
    }
    if x > 1 {
        x = pen.put(x, 0, theme.glyphs.dot, theme.dim) + 1;
    }
    pen.fit(x, 0, end.saturating_sub(x), &usage.candidates.join("  "), theme.text);
}

/// How far the archive was asked, on the way to a place that is far up.
fn seeking(scene: &Scene) -> Option<String> {
    let seek = scene.state.timelines.seek.as_ref().filter(|s| s.pages > 0 || s.is_waiting)?;
    if seek.is_waiting {
        return Some(words::history::waiting_for_archive());
    }
    Some(match seek.oldest {
        Some((_, time)) => words::history::asking_back_to(&date::day(time.0, scene.state.zone_minutes)),
        None => words::history::asking(),
    })
}

/// That the draft is stored, at the end of the line of keys.
pub fn saved(scene: &Scene, pen: &mut Pen) {
    let composer = &scene.state.composer;
    if composer.is_saved && !composer.text.text.is_empty() {
        let used: u16 = scene.state.hints.iter().map(|(k, w)| cells(k) + cells(w) + 3).sum();
        pen.right(pen.width().saturating_sub(1), 0, used + 2, &words::screen::draft_saved(), pen.theme.dim);
    }
    let chord = &scene.state.work.chord;
    if !chord.is_empty() {
        let words = format!("{} {}", chord.join(" "), pen.theme.glyphs.waiting);
        pen.right(pen.width().saturating_sub(1), 0, 0, &words, pen.theme.accent);
    }
}

/// The candidates of a completion, above the composer.
pub fn completion(scene: &Scene, pen: &mut Pen) {
    let Some(completion) = scene.state.composer.completion.as_ref().filter(|c| c.items.len() > 1) else { return };
    let screen = scene.layout.screen;
    let first = window(completion.items.len(), CANDIDATES, completion.selected);
    let items = &completion.items[first..completion.items.len().min(first + CANDIDATES)];
    let widest = |f: &dyn Fn(&(String, String)) -> u16| items.iter().map(f).max().unwrap_or(0);
    let (left, right) = (widest(&|i| cells(&i.0)).min(30), widest(&|i| cells(&i.1)).min(40));
    let width = (left + right + 5).clamp(12, screen.width);
    let height = u16::try_from(items.len()).unwrap_or(0) + 2;
    let bottom = scene.layout.typing.y - screen.y;
    if height > bottom {
        return;
    }
    let mut frame = pen.part(COMPOSER_INDENT - 2, bottom - height, width, height);
    let count = words::switcher::of_total(completion.selected + 1, completion.items.len());
    let mut inner = frame.frame("", if width > 20 { &count } else { "" }, &[]);
    for (y, (word, what)) in (0..).zip(items) {
        candidate(&mut inner.part(0, y, width - 2, 1), word, what, left);
        if usize::from(y) + first == completion.selected {
            inner.tint(y, inner.theme.selected);
        }
    }
}

fn candidate(pen: &mut Pen, word: &str, what: &str, left: u16) {
    let (text, dim): (Style, Style) = (pen.theme.text, pen.theme.dim);
    pen.fit(1, 0, left, word, text);
    pen.fit(left + 2, 0, pen.width().saturating_sub(left + 3), what, dim);
}
