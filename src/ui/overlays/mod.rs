//! Windows over the panes, one file per kind. Each has a frame, with its name in the upper edge and its keys in the
//! lower one.

pub mod console;
pub mod dialogs;
pub mod disco;
pub mod disco_details;
mod edges;
pub mod first_run;
pub mod form;
pub mod form_field;
pub mod picker;
pub mod presence;
pub mod search;
pub mod text_view;

pub(super) use edges::Keys;
use edges::{middle, middle_width};

use super::Scene;
use super::pen::Pen;
use crate::state::overlays::Overlay;

/// Draws all of them, the topmost last.
pub fn draw(scene: &mut Scene, pen: &mut Pen) {
    let overlays = &scene.state.overlays;
    for (i, overlay) in overlays.iter().enumerate() {
        // Only the topmost has the cursor and the keys.
        scene.cursor = None;
        let keys = if i + 1 == overlays.len() { scene.state.hints.as_slice() } else { &[] };
        match overlay {
            Overlay::Picker(v) => picker::draw(scene, v, keys, pen),
            Overlay::Disco(v) => disco::draw(scene, v, keys, pen),
            Overlay::Form(v) => form::draw(scene, v, keys, pen),
            Overlay::Presence(v) => presence::draw(scene, v, keys, pen),
            Overlay::FirstRun(v) => first_run::draw(scene, v, keys, pen),
            Overlay::Text(v) => text_view::draw(scene, v, keys, pen),
            Overlay::Search(v) => search::draw(scene, v, keys, pen),
            Overlay::Confirm(v) => dialogs::confirm(v, keys, pen),
            Overlay::Prompt(v) => dialogs::prompt(scene, v, keys, pen),
            Overlay::Console => console::draw(scene, keys, pen),
        }
    }
}
