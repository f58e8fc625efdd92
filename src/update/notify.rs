//! Noise: the title, the bell and notifications. Only for what was said to the user, by somebody
//! they accepted, now and not in a backlog, while they look elsewhere; and at most once a second.

use super::effect::Effect;
use super::turn::Turn;
use crate::model::{Availability, Message};
use std::time::Duration;

/// The least time between two noises, so that a flood is not a siren.
const QUIET: Duration = Duration::from_secs(1);

/// Rings and notifies for a message that was not seen as it came.
pub(crate) fn message(turn: &mut Turn, message: &Message) {
    if !message.is_mention || message.is_delayed || message.is_own() {
        return;
    }
    let account = turn.state.accounts.get(&message.chat.account);
    if account.is_some_and(|a| a.presence.availability == Availability::DoNotDisturb) {
        return;
    }
    let now = turn.now();
    if turn.state.work.last_noise != crate::model::Time::default() && now.since(turn.state.work.last_noise) < QUIET {
        return;
    }
    turn.state.work.last_noise = now;
    if turn.state.options.bell {
        turn.effect(Effect::Bell);
    }
    if turn.state.options.notify {
        let who = turn.state.sender_name(message);
        let chat = turn.state.chat_name(&message.chat);
        let title = if who == chat { plain(who.raw(), 60) } else { plain(&format!("{} in {}", who.raw(), chat.raw()), 80) };
        turn.effect(Effect::Notify { title, body: plain(message.body.raw(), 200) });
    }
}

/// Sets the terminal's title where it changed.
pub(crate) fn title(turn: &mut Turn) {
    if !turn.state.options.title {
        return;
    }
    let (unread, mentions) = turn.state.unread_total();
    let count = match (unread, mentions) {
        (0, 0) => String::new(),
        (n, 0) => format!("({n}) "),
        (n, m) => format!("({n}, @{m}) "),
    };
    let name = turn.state.current_id().map(|id| turn.state.chat_name(id));
    let title = match name {
        Some(name) => format!("{count}{} · parlour", plain(name.raw(), 60)),
        None => format!("{count}parlour"),
    };
    if turn.state.work.title != title {
        turn.state.work.title.clone_from(&title);
        turn.effect(Effect::Title(title));
    }
}

/// Text for sinks outside the screen: one line, no control, format or bidirectional characters.
pub(crate) fn plain(text: &str, max: usize) -> String {
    let hidden = |c: &char| {
        !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
    };
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut out: String = spaced.filter(hidden).take(max + 1).collect();
    if out.chars().count() > max {
        out.pop();
        out.push('…');
    }
    out.trim().to_owned()
}
