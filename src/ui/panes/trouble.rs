//! One line that says why there is no connection, when it is tried again, and the key that does it now.

use crate::model::ConnState;
use crate::ui::Scene;
use crate::ui::layout::troubled;
use crate::ui::pen::Pen;

/// Draws the line.
pub fn draw(scene: &Scene, pen: &mut Pen) {
    let Some(account) = troubled(scene.state) else { return };
    let (reason, next) = match &account.conn {
        ConnState::Waiting { reason, retry_at } => {
            let left = retry_at.since(scene.state.now).as_millis().div_ceil(1000);
            let when = if left == 0 { "trying again now".to_owned() } else { format!("trying again in {left} s") };
            (reason, format!("{when} {} /reconnect", pen.theme.glyphs.dot))
        }
        ConnState::Stopped(reason) => (reason, "/connect tries again".to_owned()),
        ConnState::Idle | ConnState::Connecting | ConnState::Online { .. } => return,
    };
    let (error, dim) = (pen.theme.error, pen.theme.dim);
    let start = pen.right(pen.width().saturating_sub(1), 0, 20, &next, dim);
    let words = format!("{} {}: {}", pen.theme.glyphs.failed, account.id(), reason.words().raw());
    let room = start.saturating_sub(2);
    pen.fit(1, 0, room, &words, error);
}
