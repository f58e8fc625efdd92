//! One line of trouble: why the history cannot be written; or what question waits for the user, and the key that opens it; or
//! why there is no connection, when the next try is, and the key to try now; or what the operators of the server say
//! about an outage (XEP-0455).

use crate::model::{ConnState, DownReason, Outage, Phase};
use crate::state::State;
use crate::state::accounts::Account;
use crate::ui::Scene;
use crate::ui::layout::{is_outage_told, troubled};
use crate::ui::pen::Pen;
use crate::words;
use ratatui::style::Style;

/// Draws the line.
pub fn draw(scene: &Scene, pen: &mut Pen) {
    if let Some(words) = &scene.state.store_trouble {
        let words = format!("{} {}", pen.theme.glyphs.failed, words.raw());
        let room = pen.width().saturating_sub(2);
        pen.fit(1, 0, room, &words, pen.theme.error);
        return;
    }
    if let Some(first) = scene.state.boxes.waiting.first() {
        let key = words::screen::opens_it(&scene.state.boxes.key);
        let start = pen.right(pen.width().saturating_sub(1), 0, 20, &key, pen.theme.accent);
        let words = format!("{} {}", pen.theme.glyphs.alert, first.words.raw());
        pen.fit(1, 0, start.saturating_sub(2), &words, pen.theme.warning);
        return;
    }
    let Some(account) = troubled(scene.state) else { return };
    let Some((words, style)) = words(scene.state, account, pen) else { return };
    let start = pen.right(pen.width().saturating_sub(1), 0, 20, &next(scene, account, pen), pen.theme.dim);
    let room = start.saturating_sub(2);
    pen.fit(1, 0, room, &words, style);
}

/// What the matter is.
fn words(state: &State, account: &Account, pen: &Pen) -> Option<(String, Style)> {
    let (theme, g) = (pen.theme, pen.theme.glyphs);
    let outage = account.outage.as_ref().filter(|o| is_outage_told(state, o));
    let domain = account.id().jid().domain();
    match &account.conn {
        // What the user asked for is no fault.
        ConnState::Stopped(reason @ DownReason::Asked) => {
            Some((format!("{} {}: {}", g.offline, account.id(), reason.words().raw()), theme.dim))
        }
        ConnState::Waiting { reason, .. } => {
            // That the server has an outage says more than that it does not answer.
            let words = match outage.filter(|o| o.phase(state.now) == Phase::Now) {
                Some(outage) => format!("{domain}: {}", said(state, outage)),
                None => format!("{}: {}", account.id(), reason.words().raw()),
            };
            Some((format!("{} {words}", g.failed), theme.error))
        }
        ConnState::Stopped(reason) => {
            Some((format!("{} {}: {}", g.failed, account.id(), reason.words().raw()), theme.error))
        }
        ConnState::Idle | ConnState::Connecting | ConnState::Online { .. } => {
            outage.map(|outage| (format!("{} {domain}: {}", g.alert, said(state, outage)), theme.warning))
        }
    }
}

fn said(state: &State, outage: &Outage) -> String {
    words::outage::words(outage.told(&state.language), state.now.0, state.zone_minutes)
}

/// What happens next, and what the user can do.
fn next(scene: &Scene, account: &Account, pen: &Pen) -> String {
    match &account.conn {
        ConnState::Waiting { retry_at, .. } => {
            let left = retry_at.since(scene.state.now).as_millis().div_ceil(1000);
            let when = if left == 0 { words::screen::retrying_now() } else { words::screen::retry_in(left) };
            words::screen::when_and_command(&when, pen.theme.glyphs.dot)
        }
        ConnState::Stopped(DownReason::Asked) => words::screen::reconnect_signs_in(),
        ConnState::Stopped(_) => words::screen::reconnect_retries(),
        ConnState::Idle | ConnState::Connecting | ConnState::Online { .. } => words::screen::outage_looks(),
    }
}
