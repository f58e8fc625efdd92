//! The terminal's title, the bell and notifications. They are for live messages to the user from accepted people that
//! arrive while the user looks elsewhere, and come at most once a second.

use super::effect::Effect;
use super::turn::Turn;
use crate::model::{Availability, Message, Placing};
use crate::text::encode;
use crate::words;
use std::time::Duration;

/// The least time between two noises, so that a flood is not a siren.
const QUIET: Duration = Duration::from_secs(1);

/// Rings and notifies for a message that was not seen as it came.
pub(crate) fn message(turn: &mut Turn, message: &Message) {
    let is_old = message.is_delayed && !matches!(message.placing, Placing::Arrival(_));
    if !message.is_mention || is_old || message.is_own() {
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
        let title = if who == chat { who.raw().to_owned() } else { words::notify::in_room(who.raw(), chat.raw()) };
        let body = encode::notification(message.body.raw());
        turn.effect(Effect::Notify { title: encode::notification(&title), body });
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
        Some(name) => encode::title(&format!("{count}{} · parlour", name.raw())),
        None => format!("{count}parlour"),
    };
    if turn.state.work.title != title {
        turn.state.work.title.clone_from(&title);
        turn.effect(Effect::Title(title));
    }
}
