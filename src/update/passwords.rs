//! Passwords of rooms: kept in the keyring once the room has taken them, found there when a room that is entered by itself
//! asks for one, and forgotten when they are wrong. They go nowhere else: not into the database, not into the bookmark.
//!
//! The keyring is asked only when a room has asked, so that a start without such rooms never wakes it.

use super::effect::Effect;
use super::turn::Turn;
use crate::contract::command::muc;
use crate::model::{AccountId, BareJid, ChatId, ChatKind, RoomFailure, Secret};
use crate::state::work::{FromKeyring, RoomWish};

/// So many rooms are tried by the keyring at a time.
const TRIED: usize = 100;

/// A room asks for a password that the user did not just type. Returns whether the keyring is asked for it first.
pub(crate) fn is_looked_up(turn: &mut Turn, account: &AccountId, room: &BareJid, reason: &RoomFailure) -> bool {
    let work = &mut turn.state.work;
    let is_tried = work.from_keyring.iter().any(|(of, jid, _)| of == account && jid == room);
    if *reason != RoomFailure::Password || !work.has_keyring || is_tried || work.from_keyring.len() >= TRIED {
        return false;
    }
    work.from_keyring.push((account.clone(), room.clone(), FromKeyring::Asked));
    turn.effect(Effect::ReadRoomPassword(account.clone(), room.clone()));
    true
}

/// What the keyring has for a room.
pub(crate) fn found(turn: &mut Turn, account: &AccountId, room: &BareJid, secret: &Secret) {
    let tried = &mut turn.state.work.from_keyring;
    let Some((.., state)) = tried.iter_mut().find(|(of, jid, _)| of == account && jid == room) else { return };
    *state = FromKeyring::Tried;
    let password = Some(secret.expose().to_owned());
    let wish = turn.state.work.wishes.iter().find(|w| w.account == *account && w.room == *room);
    let nick = wish.and_then(|wish| wish.nick.clone());
    turn.muc(account, muc::Command::Enter { room: room.clone(), nick, password });
}

/// A room refused a password. Returns whether that was the kept one, which is forgotten with this.
pub(crate) fn was_kept(turn: &mut Turn, account: &AccountId, room: &BareJid) -> bool {
    let tried = &turn.state.work.from_keyring;
    let is_kept = tried.iter().any(|(of, jid, state)| of == account && jid == room && *state == FromKeyring::Tried);
    if is_kept {
        turn.effect(Effect::SaveRoomPassword(account.clone(), room.clone(), None));
    }
    forget_trial(turn, account, room);
    is_kept
}

/// The user is in: what they typed for it was right.
pub(crate) fn was_right(turn: &mut Turn, account: &AccountId, room: &BareJid, wish: Option<RoomWish>) {
    forget_trial(turn, account, room);
    if let Some(secret) = wish.and_then(|wish| wish.password)
        && turn.state.work.has_keyring
    {
        turn.effect(Effect::SaveRoomPassword(account.clone(), room.clone(), Some(secret)));
    }
}

/// The account goes, and with it what was kept for its rooms.
pub(crate) fn forget_all(turn: &mut Turn, account: &AccountId) {
    turn.state.work.from_keyring.retain(|(of, ..)| of != account);
    let chats = turn.state.chats.by_id.values();
    let rooms = chats.filter(|chat| chat.kind == ChatKind::Room && chat.id.account == *account);
    let rooms: Vec<ChatId> = rooms.map(|chat| chat.id.clone()).collect();
    if !turn.state.work.has_keyring {
        return;
    }
    for id in rooms {
        turn.effect(Effect::SaveRoomPassword(id.account.clone(), id.address.bare(), None));
    }
}

/// Whether the keyring was asked for the password of a room that nothing else has happened to since.
pub(crate) fn is_awaited(turn: &Turn, account: &AccountId, room: &BareJid) -> bool {
    let tried = &turn.state.work.from_keyring;
    tried.iter().any(|(of, jid, state)| of == account && jid == room && *state == FromKeyring::Asked)
}

/// The room is not tried any more.
pub(crate) fn forget_trial(turn: &mut Turn, account: &AccountId, room: &BareJid) {
    turn.state.work.from_keyring.retain(|(of, jid, _)| of != account || jid != room);
}
