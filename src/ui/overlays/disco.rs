//! The service browser: a tree on the left; on the right, what the selected entity is and can do.

use super::{Keys, disco_details, middle};
use crate::state::composer::TextBox;
use crate::state::overlays::{DiscoNode, DiscoView, Load};
use crate::ui::field::{self, Look};
use crate::ui::pen::{Pen, window};
use crate::ui::{Scene, text};
use crate::words;

/// Narrower frames have the details below the tree.
const SIDE_BY_SIDE: u16 = 70;

/// Draws the browser.
pub fn draw(scene: &mut Scene, view: &DiscoView, keys: Keys, pen: &mut Pen) {
    let (w, h) = (pen.width().saturating_sub(4).max(40), pen.height().saturating_sub(2));
    let mut frame = middle(pen, w.min(120), h);
    let account = words::service::as_account(&view.account);
    let mut inner = frame.frame(&words::service::title(), &account, keys);
    top_line(scene, view, &mut inner);
    inner.rule(1);
    let (width, height) = (inner.width(), inner.height());
    let body = height.saturating_sub(2);
    if width >= SIDE_BY_SIDE {
        let left = width * 11 / 20;
        tree(view, &mut inner.part(0, 2, left, body));
        inner.part(left, 2, 1, body).wall(0);
        inner.put(left, 1, inner.theme.glyphs.tees[0], inner.theme.border);
        disco_details::draw(view, &mut inner.part(left + 1, 2, width - left - 1, body));
    } else {
        let upper = if body >= 12 { body / 2 } else { body };
        tree(view, &mut inner.part(0, 2, width, upper));
        inner.part(0, 2 + upper, width, 1).rule(0);
        disco_details::draw(view, &mut inner.part(0, 3 + upper, width, body.saturating_sub(upper + 1)));
    }
}

/// The address, and the filter.
fn top_line(scene: &mut Scene, view: &DiscoView, pen: &mut Pen) {
    let theme = pen.theme;
    let half = pen.width() * 11 / 20;
    let style = |is_on| if is_on { theme.accent } else { theme.dim };
    let x = pen.put(1, 0, &words::service::address(), style(view.is_editing_address)) + 1;
    let look = Look { style: theme.text, is_secret: false, is_focused: view.is_editing_address };
    scene.cursor = field::draw(pen, x, 0, half.saturating_sub(x + 1), &view.address, look);
    if view.is_filtering || !view.filter.is_empty() {
        let x = pen.put(half + 1, 0, &words::service::filter(), style(view.is_filtering)) + 1;
        let filter = TextBox { text: view.filter.clone(), cursor: view.filter.len() };
        let look = Look { is_focused: view.is_filtering, ..look };
        let at = field::draw(pen, x, 0, pen.width().saturating_sub(x + 1), &filter, look);
        scene.cursor = at.or(scene.cursor);
    }
}

fn tree(view: &DiscoView, pen: &mut Pen) {
    let shown = view.shown();
    if shown.is_empty() {
        let words =
            if view.nodes.is_empty() { words::service::type_address() } else { words::screen::nothing_matches() };
        pen.put(1, 0, &words, pen.theme.dim);
        return;
    }
    let at = shown.iter().position(|i| *i == view.selected).unwrap_or(0);
    let first = window(shown.len(), pen.height().into(), at);
    for (y, index) in (0..pen.height()).zip(&shown[first..]) {
        let Some(node) = view.nodes.get(*index) else { continue };
        let width = pen.width();
        row(node, &mut pen.part(0, y, width, 1));
        if *index == view.selected {
            pen.tint(y, pen.theme.selected);
        }
    }
}

fn row(node: &DiscoNode, pen: &mut Pen) {
    let theme = pen.theme;
    let g = theme.glyphs;
    let x = 1 + (node.depth * 2).min(pen.width() / 3);
    let is_leaf = node.items_load == Load::Done && node.loaded == 0;
    let (mark, style) = match (&node.items_load, node.is_open) {
        (Load::Failed(_), _) => (g.failed, theme.error),
        (Load::Loading, _) => (g.waiting, theme.warning),
        _ if is_leaf => (g.dot, theme.dim),
        (_, true) => (g.unfolded, theme.dim),
        (_, false) => (g.folded, theme.dim),
    };
    let x = pen.put(x, 0, mark, style) + 1;
    let (right, style) = match &node.items_load {
        Load::Failed(why) => (words::service::retry_after(text::fit(why.raw(), 24, g.ellipsis), g.dot), theme.error),
        Load::Unasked | Load::Loading | Load::Done => (facts(node), theme.dim),
    };
    let end = pen.right(pen.width().saturating_sub(1), 0, x + 8, &right, style);
    let room = end.saturating_sub(x + 1);
    pen.fit(x, 0, room, &label(node), theme.text);
}

/// A name for people where there is one: a room's name, a command's; else the address.
fn label(node: &DiscoNode) -> String {
    let name = node.name.as_ref().filter(|n| crate::text::is_visible(n.raw()));
    match (name, &node.node) {
        (Some(name), _) => name.raw().to_owned(),
        (None, Some(n)) => n.clone(),
        (None, None) => node.jid.to_string(),
    }
}

/// What it is, and how many children are loaded of how many.
fn facts(node: &DiscoNode) -> String {
    if let (true, Some(count)) = (node.is_open && node.next.is_some(), node.count) {
        return words::service::of_count(node.loaded, count);
    }
    if node.is_open && node.next.is_some() {
        return words::service::and_more(node.loaded);
    }
    let identity = node.info.as_ref().and_then(|i| i.identities.first());
    identity.map(|i| format!("{}/{}", i.category, i.kind)).unwrap_or_default()
}
