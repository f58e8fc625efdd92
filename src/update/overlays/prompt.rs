//! A prompt for one line: a password, or the room or person to go to.

use super::super::chats;
use super::super::effect::Effect;
use super::super::turn::{Done, Turn};
use super::layer::{LIST_AND_LINE, Layer, PLAIN, TypedLine};
use super::opening;
use crate::action::{List, Move};
use crate::contract::{Command, command};
use crate::model::secret::wipe;
use crate::model::{AccountId, BareJid, Secret, Untrusted};
use crate::state::composer::TextBox;
use crate::state::overlays::{Choice, Overlay, Prompt, PromptKind};
use crate::words;
use crate::words::hint;

/// What this overlay is to the rest of the program.
pub(super) static LAYER: Layer = Layer {
    contexts: |_| LIST_AND_LINE,
    hints: |state| match state.overlays.last() {
        Some(Overlay::Prompt(Prompt { saving: Some(_), .. })) => {
            &[("list.open", hint::go_on), ("list.up", hint::save_or_not), ("cancel", hint::close)]
        }
        Some(_) | None => &[("list.open", hint::go_on), ("cancel", hint::close)],
    },
    line: |state| match state.overlays.last_mut() {
        Some(Overlay::Prompt(prompt)) => Some(TypedLine::Box(&mut prompt.input)),
        Some(_) | None => None,
    },
    edited,
    list: |turn, list| match list {
        List::Open => submit(turn),
        List::Move(Move::Up | Move::Down) => toggle(turn),
        List::Move(_) | List::Filter | List::FindNext | List::FindPrev | List::Edit => {}
    },
    ..PLAIN
};

/// Asks for the password of an account, once.
pub(crate) fn password(turn: &mut Turn, account: &AccountId, error: Option<Untrusted>) {
    let text = words::prompt::password_of(account);
    opening::open_prompt(turn, account, PromptKind::Password(account.clone()), text, true, error);
    turn.effect(Effect::AskKeyring(account.clone()));
}

/// Asks for the password of a room. Only the user has this asked, never the room.
pub(crate) fn room_password(turn: &mut Turn, account: &AccountId, room: &BareJid, was_wrong: bool) {
    let error = was_wrong.then(|| words::prompt::was_wrong().into());
    let text = words::prompt::room_password(room);
    opening::open_prompt(turn, account, PromptKind::RoomPassword(account.clone(), room.clone()), text, true, error);
}

/// Asks for an address to join or to talk with.
pub(crate) fn join(turn: &mut Turn) {
    let text = words::prompt::join();
    turn.state.overlays.retain(|o| !matches!(o, Overlay::Prompt(p) if p.kind == PromptKind::Join));
    let (kind, input) = (PromptKind::Join, TextBox::default());
    let prompt = Prompt { kind, text: text.into(), input, is_secret: false, saving: None, error: None };
    opening::open(turn, Overlay::Prompt(prompt));
}

/// The text changed: what was wrong may be right now.
fn edited(turn: &mut Turn) {
    if let Some(Overlay::Prompt(prompt)) = turn.state.overlays.last_mut() {
        prompt.error = None;
    }
}

/// Takes what was filled in.
fn submit(turn: &mut Turn) {
    let Some(Overlay::Prompt(prompt)) = turn.state.overlays.last_mut() else { return };
    if prompt.kind == PromptKind::Obsolete {
        close_prompt(turn);
        return;
    }
    let text = prompt.input.text.clone();
    if text.trim().is_empty() {
        prompt.error = Some(words::prompt::nothing_typed().into());
        return;
    }
    let is_saving = prompt.saving == Some(true);
    match prompt.kind.clone() {
        PromptKind::Password(account) => {
            // What was typed is left nowhere but in the secret.
            close_prompt(turn);
            opening::awaits(turn, &account);
            let secret = Secret::new(&text);
            wipe(text);
            turn.state.work.to_save = is_saving.then(|| (account.clone(), secret.clone()));
            let settings = turn.state.accounts.get(&account).map(|a| a.settings.clone());
            match settings {
                Some(_) => {
                    let command = command::session::Command::SetPassword(secret);
                    turn.command(&account, Command::Session(command));
                }
                None => turn.error(words::prompt::account_gone(&account)),
            }
        }
        PromptKind::Consent(account, what) => super::consent::answer(turn, &account, what, text.trim()),
        PromptKind::RoomPassword(account, room) => {
            turn.state.overlays.pop();
            chats::join(turn, &account, &room, None, Some(text));
        }
        PromptKind::Join => turn.choose(Choice::Go(text.trim().to_owned())),
        PromptKind::Obsolete => {}
    }
}

fn close_prompt(turn: &mut Turn) {
    if let Some(Overlay::Prompt(prompt)) = turn.state.overlays.pop() {
        wipe(prompt.input.text);
    }
}

/// What was typed led to a room or a person, or not: then the line stays, with the reason.
pub(crate) fn went(turn: &mut Turn, done: Done) {
    match (done, turn.state.overlays.last_mut()) {
        (Ok(()), _) => {
            turn.state.overlays.retain(|o| !matches!(o, Overlay::Prompt(p) if p.kind == PromptKind::Join));
        }
        (Err(why), Some(Overlay::Prompt(prompt))) => prompt.error = Some(why.into()),
        (Err(_), _) => {}
    }
}

/// No password is known for an account that was not started yet: its settings are, so that it can be.
pub(crate) fn wanted(turn: &mut Turn, account: &AccountId, looked: &str) {
    turn.log(words::prompt::no_password(account, looked));
    let text = if looked.is_empty() {
        words::prompt::password_of(account)
    } else {
        words::prompt::password_of_because(account, looked)
    };
    opening::open_prompt(turn, account, PromptKind::Password(account.clone()), text, true, None);
    turn.effect(Effect::AskKeyring(account.clone()));
}

/// There is a keyring that would take the password: the user may say yes. Who said it before means it still.
pub(crate) fn can_save(turn: &mut Turn, account: &AccountId) {
    let was_wished = turn.state.work.to_save.as_ref().is_some_and(|(of, _)| of == account);
    for prompt in opening::prompts(turn, &PromptKind::Password(account.clone())) {
        prompt.saving = prompt.saving.or(Some(was_wished));
    }
}

/// Up or down: to save it, or not.
fn toggle(turn: &mut Turn) {
    if let Some(Overlay::Prompt(Prompt { saving: Some(saving), .. })) = turn.state.overlays.last_mut() {
        *saving = !*saving;
    }
}

/// A password came from elsewhere while the prompt was open.
pub(crate) fn given(turn: &mut Turn, account: &AccountId, secret: Secret) {
    not_needed(turn, account);
    turn.effect(Effect::Command(account.clone(), Command::Session(command::session::Command::SetPassword(secret))));
}

/// The login goes on: what was asked for it is not needed any more.
pub(crate) fn not_needed(turn: &mut Turn, account: &AccountId) {
    opening::withdraw(
        turn,
        |o| matches!(o, Overlay::Prompt(Prompt { kind: PromptKind::Password(of) | PromptKind::Consent(of, _), .. }) if of == account),
    );
}
