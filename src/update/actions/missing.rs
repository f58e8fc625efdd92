//! A room that is not there: asks whether to create it, or whether another one was meant.
//!
//! A room is never made in silence: a slip of the fingers would make one, and leave the user alone in it.

use super::super::overlays::confirm;
use super::super::turn::Turn;
use super::super::{chats, composer};
use crate::action::near::nearest;
use crate::contract::Command;
use crate::contract::command::service;
use crate::model::{AccountId, BareJid, ChatId, DiscoItems, Untrusted};
use crate::state::overlays::{AboutMissing, Choice, Confirm};
use crate::state::work::{Question, RoomWish};
use crate::words;

/// The service says that there is no such room: its other rooms are asked for, since one of them may have been meant.
pub(crate) fn not_there(turn: &mut Turn, account: &AccountId, room: &BareJid) {
    if !turn.state.work.wishes.iter().any(|w| w.account == *account && w.room == *room) {
        return;
    }
    let token = turn.ask(account, Question::Near(room.clone()));
    let jid = room.domain_jid().to_jid();
    turn.command(account, Command::Service(service::Command::Items { jid, node: None, after: None, token }));
}

/// The other rooms of the service are known, or are not told: asks.
pub(crate) fn ask(turn: &mut Turn, account: &AccountId, room: &BareJid, listed: Result<DiscoItems, Untrusted>) {
    let Some(wish) = turn.state.work.wishes.iter().find(|w| w.account == *account && w.room == *room) else { return };
    let listed = listed.map(|page| page.items).unwrap_or_default();
    let known = turn.state.rooms.by_jid.keys().filter(|(of, _)| of == account).map(|(_, jid)| jid.clone());
    let all: Vec<BareJid> = listed.into_iter().map(|item| item.jid.bare()).chain(known).collect();
    let meant = meant(wish, all.iter().filter(|jid| jid.domain() == room.domain() && *jid != room));
    let choice = |what| Choice::Missing(account.clone(), room.clone(), what);
    let name = |jid: &BareJid| jid.local().unwrap_or(jid.as_str()).to_owned();
    let text = match &meant {
        Some(meant) => words::muc::ask_create_or_other(&name(room), &name(meant)),
        None => words::muc::ask_create(&name(room), room.domain()),
    };
    let confirm = Confirm {
        text: text.into(),
        choice: choice(AboutMissing::Create),
        instead: meant.map(|jid| choice(AboutMissing::Instead(jid))),
        otherwise: Some(choice(AboutMissing::Forget)),
    };
    confirm::ask_about(turn, account, confirm);
}

/// Which room was probably meant: the one whose name is that of the command's words together, as in
/// `/join verona plaza`; else one that is nearly called so, or begins so.
fn meant<'a>(wish: &RoomWish, known: impl Iterator<Item = &'a BareJid>) -> Option<BareJid> {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let local = wish.room.local().unwrap_or_default();
    let whole = plain(&format!("{local}{}", wish.nick.as_deref().unwrap_or_default()));
    let known: Vec<(&BareJid, &str)> = known.filter_map(|jid| Some((jid, jid.local()?))).collect();
    let is_whole = |(_, name): &&(&BareJid, &str)| plain(name) == whole || plain(name) == plain(local);
    let near = || {
        let name = nearest(local, known.iter().map(|(_, name)| *name))?;
        known.iter().find(|(_, known)| *known == name)
    };
    known.iter().find(is_whole).or_else(near).map(|(jid, _)| (*jid).clone())
}

/// What the user wants.
pub(crate) fn answered(turn: &mut Turn, account: &AccountId, room: &BareJid, what: AboutMissing) {
    let Some(wish) = chats::take_wish(turn, account, room) else { return };
    let password = wish.password.as_ref().map(|secret| secret.expose().to_owned());
    let id = ChatId::new(account.clone(), room);
    let is_here = turn.state.current_id() == Some(&id);
    let text = if is_here { turn.state.composer.text.text.clone() } else { String::new() };
    match what {
        AboutMissing::Create => chats::create(turn, account, room, wish.nick, password),
        AboutMissing::Instead(meant) => {
            if !wish.was_known {
                composer::load(&mut turn.state.composer, "");
                chats::close(turn, &id);
            }
            // The words that made up its name are no nickname.
            let is_part = |nick: &String| !meant.local().is_some_and(|local| local.contains(&nick.to_lowercase()));
            chats::join(turn, account, &meant, wish.nick.filter(is_part), password);
            bring(turn, &text);
        }
        // What is written there is not put out of sight.
        AboutMissing::Forget if !wish.was_known && text.is_empty() => chats::close(turn, &id),
        AboutMissing::Forget => {}
    }
}

/// What was written for the room that is not there comes along to the one that was meant.
fn bring(turn: &mut Turn, text: &str) {
    if !text.is_empty() && turn.state.composer.text.text.is_empty() {
        composer::load(&mut turn.state.composer, text);
        chats::draft_changed(turn);
    }
}
