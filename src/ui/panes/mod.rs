//! The panes of the main screen, one file each.
//!
//! # Add a pane
//!
//! 1. A file here with `draw(&mut Scene, &mut Pen)`; the pen is clipped to the pane's rectangle.
//! 2. The rectangle in `ui/layout.rs`, for every width.
//! 3. If keys can go there, a variant of `state::focus::Pane`; if it remembers something, a file in `state/`.
//! 4. An action that opens it, and three screens in `tests/all/screens`.

pub mod chat;
pub mod composer;
pub mod header;
pub mod history;
pub mod people;
pub mod sidebar;
pub mod status;
pub mod toasts;
pub mod trouble;

use super::Scene;
use super::pen::Pen;
use crate::state::timeline::Viewport;
use crate::words;

/// Draws the main screen.
pub fn draw(scene: &mut Scene, pen: &mut Pen) -> Viewport {
    let l = scene.layout;
    status::draw(scene, &mut pen.on(l.status));
    if let Some(area) = l.trouble {
        trouble::draw(scene, &mut pen.on(area));
    }
    for y in l.rules.into_iter().flatten() {
        pen.part(0, y.saturating_sub(l.screen.y), l.screen.width, 1).rule(0);
    }
    header::draw(scene, &mut pen.on(l.header));
    let viewport = chat::draw(scene, &mut pen.on(l.chat));
    if let Some(area) = l.sidebar {
        wall(scene, pen, area.right(), area.y, area.height);
        join(scene, pen, area.right(), 2);
        let mut inner = pen.on(area);
        inner.clear();
        sidebar::draw(scene, &mut inner);
    }
    if let Some(area) = l.people {
        wall(scene, pen, area.x.saturating_sub(1), area.y, area.height);
        join(scene, pen, area.x.saturating_sub(1), 3);
        let mut inner = pen.on(area);
        inner.clear();
        people::draw(scene, &mut inner);
    }
    composer::typing(scene, &mut pen.on(l.typing));
    composer::draw(scene, &mut pen.on(l.composer));
    composer::notes(scene, &mut pen.on(l.notes));
    if scene.state.overlays.is_empty() {
        pen.on(l.hints).hints(1, 0, &scene.state.hints);
        composer::saved(scene, &mut pen.on(l.hints));
    }
    composer::completion(scene, pen);
    viewport
}

/// A line between panes, joined with the lines across the screen.
fn wall(scene: &Scene, pen: &mut Pen, x: u16, y: u16, height: u16) {
    let screen = scene.layout.screen;
    let x = x.saturating_sub(screen.x);
    if x >= screen.width {
        return;
    }
    pen.part(x, y.saturating_sub(screen.y), 1, height).wall(0);
    let tees = pen.theme.glyphs.tees;
    for (rule, tee) in scene.layout.rules.iter().zip(tees) {
        if let Some(rule) = rule {
            pen.put(x, rule.saturating_sub(screen.y), tee, pen.theme.border);
        }
    }
}

/// Joins a wall with the line under the header, where they meet.
fn join(scene: &Scene, pen: &mut Pen, x: u16, tee: usize) {
    let (l, header) = (scene.layout, scene.layout.header);
    let meets = x + 1 == header.x || x == header.right();
    if meets && header.height > 1 {
        let at = (x.saturating_sub(l.screen.x), header.bottom().saturating_sub(1 + l.screen.y));
        pen.put(at.0, at.1, pen.theme.glyphs.tees[tee], pen.theme.border);
    }
}

/// What a terminal shows that is too small for more.
pub fn too_small(pen: &mut Pen) {
    let (w, h) = super::layout::SMALLEST;
    let words = &words::screen::too_small(w, h);
    let style = pen.theme.text;
    let lines = super::text::wrapped(words, usize::from(pen.width().max(1)), pen.height().into());
    for (y, line) in (0..).zip(&lines) {
        pen.put(0, y, line, style);
    }
}
