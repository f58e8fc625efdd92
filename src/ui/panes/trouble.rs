//! One line that says why the history cannot be written; or why there is no connection, when it is tried again, and
//! the key that does it now.

use crate::model::{ConnState, DownReason};
use crate::ui::Scene;
use crate::ui::layout::troubled;
use crate::ui::pen::Pen;

/// Draws the line.
pub fn draw(scene: &Scene, pen: &mut Pen) {
    if let Some(words) = &scene.state.store_trouble {
        let words = format!("{} {}", pen.theme.glyphs.failed, words.raw());
        let room = pen.width().saturating_sub(2);
        pen.fit(1, 0, room, &words, pen.theme.error);
        return;
    }
    let Some(account) = troubled(scene.state) else { return };
    let (reason, next) = match &account.conn {
        ConnState::Waiting { reason, retry_at } => {
            let left = retry_at.since(scene.state.now).as_millis().div_ceil(1000);
            let when = if left == 0 { "trying again now".to_owned() } else { format!("trying again in {left} s") };
            (reason, format!("{when} {} /reconnect", pen.theme.glyphs.dot))
        }
        ConnState::Stopped(reason @ DownReason::Asked) => (reason, "/connect signs in again".to_owned()),
        ConnState::Stopped(reason) => (reason, "/connect tries again".to_owned()),
        ConnState::Idle | ConnState::Connecting | ConnState::Online { .. } => return,
    };
    let dim = pen.theme.dim;
    // What the user asked for is no fault.
    let is_asked = *reason == DownReason::Asked;
    let (mark, style) =
        if is_asked { (pen.theme.glyphs.offline, dim) } else { (pen.theme.glyphs.failed, pen.theme.error) };
    let start = pen.right(pen.width().saturating_sub(1), 0, 20, &next, dim);
    let words = format!("{mark} {}: {}", account.id(), reason.words().raw());
    let room = start.saturating_sub(2);
    pen.fit(1, 0, room, &words, style);
}
