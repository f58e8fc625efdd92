//! The header of the open chat: name, address, traits; the topic or the status below.

use crate::model::{ChatKind, Subscription};
use crate::state::State;
use crate::state::chats::Chat;
use crate::state::rooms::Membership;
use crate::ui::pen::{Pen, cells};
use crate::ui::{Scene, text};
use crate::words;

/// Draws the header.
pub fn draw(scene: &Scene, pen: &mut Pen) {
    if pen.height() == 0 {
        return;
    }
    let Some(chat) = scene.state.current() else { return };
    // A narrow screen has the name in its top line.
    let topic_row = if scene.layout.is_narrow {
        0
    } else {
        title(scene, chat, pen);
        1
    };
    let topic = topic(scene, chat, pen.theme.glyphs.dot);
    let mut end = pen.width().saturating_sub(1);
    if scene.layout.is_narrow {
        let traits = traits(scene, chat, pen.theme.glyphs.dot, pen.width() / 2);
        end = pen.right(end, topic_row, 2, &traits, pen.theme.dim).saturating_sub(u16::from(!traits.is_empty()));
    }
    pen.fit(1, topic_row, end.saturating_sub(1), &topic, pen.theme.dim);
    pen.rule(topic_row + 1);
}

fn title(scene: &Scene, chat: &Chat, pen: &mut Pen) {
    let (state, theme) = (scene.state, pen.theme);
    let (mark, style) = super::sidebar::chat_mark(state, chat, theme);
    let x = pen.put(1, 0, mark, style) + 1;
    let name = state.chat_title(&chat.id);
    // The name comes first, then what the room is, then the address.
    let named = x + cells(name.raw()).min(pen.width() / 2) + 2;
    let traits = traits(scene, chat, theme.glyphs.dot, pen.width().saturating_sub(named + 1));
    let end = pen.right(pen.width().saturating_sub(1), 0, x, &traits, theme.dim);
    let address = match chat.kind {
        ChatKind::Contact | ChatKind::Room => chat.id.address.clone(),
        ChatKind::Occupant => chat.id.address.bare().to_jid(),
    };
    let address = address.shown();
    let x = pen.fit(x, 0, end.saturating_sub(x + 1), &text::name(&name, &address), theme.heading) + 2;
    if name.raw() != address {
        pen.fit(x, 0, end.saturating_sub(x + 1), &address, theme.dim);
    }
}

/// Traits of rooms, the least important first: where not all fit, these go.
const LEAST: [&str; 5] = ["persistent", "addresses hidden", "temporary", "hidden", "moderated"];

/// What there is to know of the chat, in at most so many columns.
fn traits(scene: &Scene, chat: &Chat, dot: &str, room: u16) -> String {
    let state = scene.state;
    match chat.kind {
        ChatKind::Room => {
            let known = state.rooms.get(&chat.id.account, &chat.id.address.bare());
            let mut shown: Vec<&str> = known.map_or_else(Vec::new, |r| r.traits.iter().map(String::as_str).collect());
            let dot = format!(" {dot} ");
            let mut least = LEAST.iter();
            while cells(&shown.join(&dot)) > room {
                match least.next() {
                    Some(least) => shown.retain(|trait_| trait_ != least),
                    None => drop(shown.pop()),
                }
            }
            shown.join(&dot)
        }
        ChatKind::Contact if state.is_own(&chat.id.account, &chat.id.address) => words::screen::own_address(),
        ChatKind::Contact => match state.roster.get(&chat.id.account, &chat.id.address.bare()) {
            None if chat.is_accepted => words::presence::not_a_contact(),
            None => words::screen::message_request(),
            Some(c) if c.is_asked => words::screen::request_sent(),
            Some(c) => match c.subscription {
                Subscription::Both | Subscription::To => String::new(),
                Subscription::From => words::screen::sees_you(),
                Subscription::None => words::screen::no_subscription(),
            },
        },
        ChatKind::Occupant => words::screen::private(),
    }
}

fn topic(scene: &Scene, chat: &Chat, dot: &str) -> String {
    let state = scene.state;
    match chat.kind {
        ChatKind::Room => {
            let Some(room) = state.rooms.get(&chat.id.account, &chat.id.address.bare()) else {
                return words::room::not_in_room();
            };
            match &room.membership {
                Membership::In if room.subject.is_empty() => words::room::no_topic(),
                Membership::In => room.subject.raw().to_owned(),
                Membership::Joining => words::room::entering(),
                Membership::Out => words::room::not_in_room(),
                Membership::Failed(why) => failure(why),
            }
        }
        ChatKind::Contact if scene.state.accounts.get(&chat.id.account).is_some_and(|a| a.blocks(&chat.id.address)) => {
            words::blocking::sign()
        }
        ChatKind::Contact => presence(scene, chat, dot),
        ChatKind::Occupant => words::screen::about_private(),
    }
}

/// How a contact is there, and to which of several devices the messages go.
fn presence(scene: &Scene, chat: &Chat, dot: &str) -> String {
    let resources = scene.state.presence.of(&chat.id.account, &chat.id.address.bare());
    let held = chat.device.as_ref().and_then(|device| resources.iter().find(|r| r.jid == *device));
    let how = match held.or(resources.first()) {
        None if is_presence_known(scene.state, chat) => words::presence::offline(),
        None => words::screen::presence_unknown(),
        Some(r) => match r.status.as_ref().filter(|s| !s.is_empty()) {
            Some(status) => words::presence::with_status(&words::presence::label(r.availability), status.raw()),
            None => words::presence::label(r.availability),
        },
    };
    // Where only that one is there, it needs no word.
    let chosen = chat.device.as_ref().filter(|device| resources.iter().any(|r| r.jid != **device));
    match chosen.and_then(crate::model::Jid::resource) {
        Some(device) => words::screen::messages_go_to(&how, dot, device),
        None => how,
    }
}

/// Whether no presence means that the person is offline: they told, or would have told, and we are online to hear it.
fn is_presence_known(state: &State, chat: &Chat) -> bool {
    let (account, peer) = (&chat.id.account, chat.id.address.bare());
    let is_told = state.roster.get(account, &peer).is_some_and(|c| match c.subscription {
        Subscription::Both | Subscription::To => true,
        Subscription::From | Subscription::None => false,
    });
    let is_online = state.accounts.get(account).is_some_and(|a| a.conn.is_online());
    is_online && (is_told || state.is_own(account, &chat.id.address))
}

/// Why a room could not be entered, and what to do.
fn failure(why: &crate::model::RoomFailure) -> String {
    use crate::model::RoomFailure;
    match why {
        RoomFailure::Password => words::room::wants_password(),
        RoomFailure::WrongPassword => words::room::password_was_wrong(),
        RoomFailure::MembersOnly => words::room::members_only(),
        RoomFailure::Banned => words::room::banned(),
        RoomFailure::NickConflict => words::room::nick_taken(),
        RoomFailure::Full => words::room::full(),
        RoomFailure::NotThere => words::room::not_there(),
        RoomFailure::NotFound => words::room::not_there_or_locked(),
        RoomFailure::MayNotCreate => words::room::may_not_create(),
        RoomFailure::Timeout => words::room::timeout(),
        RoomFailure::Other(words) => words::room::could_not_enter(words.raw()),
    }
}
