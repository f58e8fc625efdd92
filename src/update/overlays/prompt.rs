//! A line to fill in: a password, or whom to talk with.

use super::super::effect::Effect;
use super::super::turn::Turn;
use super::super::{actions, chats};
use crate::contract::{Command, command};
use crate::model::account::wipe;
use crate::model::{AccountId, BareJid, Secret, Untrusted};
use crate::state::composer::TextBox;
use crate::state::overlays::{Overlay, Prompt, PromptKind};

/// Asks for the password of an account, once.
pub(crate) fn password(turn: &mut Turn, account: &AccountId, error: Option<Untrusted>) {
    let text = format!("Password of {account}");
    show(turn, PromptKind::Password(account.clone()), text, true, error);
    turn.effect(Effect::AskKeyring(account.clone()));
}

/// Asks for the password of a room.
pub(crate) fn room_password(turn: &mut Turn, account: &AccountId, room: &BareJid, was_tried: bool) {
    let error = was_tried.then(|| "that was not it".into());
    let text = format!("{room} asks for a password");
    show(turn, PromptKind::RoomPassword(account.clone(), room.clone()), text, true, error);
}

/// Asks for an address to join or to talk with.
pub(crate) fn join(turn: &mut Turn) {
    let text = "A room (name or address), or somebody's address".to_owned();
    show(turn, PromptKind::Join, text, false, None);
}

pub(super) fn show(turn: &mut Turn, kind: PromptKind, text: String, is_secret: bool, error: Option<Untrusted>) {
    let same = |o: &Overlay| matches!(o, Overlay::Prompt(p) if p.kind == kind);
    turn.state.overlays.retain(|o| !same(o));
    let prompt = Prompt { kind, text: text.into(), input: TextBox::default(), is_secret, saving: None, error };
    // What the user is typing into stays on top: the question comes when that is done.
    let is_unasked = is_secret || matches!(prompt.kind, PromptKind::Consent(..));
    let at = match turn.state.overlays.last() {
        Some(Overlay::Prompt(_) | Overlay::FirstRun(_)) if is_unasked => 0,
        Some(_) | None => turn.state.overlays.len(),
    };
    turn.state.overlays.insert(at, Overlay::Prompt(prompt));
}

/// The text changed: what was wrong may be right now.
pub(crate) fn edited(turn: &mut Turn) {
    if let Some(Overlay::Prompt(prompt)) = turn.state.overlays.last_mut() {
        prompt.error = None;
    }
}

/// Takes what was filled in.
pub(crate) fn submit(turn: &mut Turn) {
    let Some(Overlay::Prompt(prompt)) = turn.state.overlays.last_mut() else { return };
    let text = prompt.input.text.clone();
    if text.trim().is_empty() {
        prompt.error = Some("nothing was typed; Esc closes this".into());
        return;
    }
    let is_saving = prompt.saving == Some(true);
    match prompt.kind.clone() {
        PromptKind::Password(account) => {
            // What was typed is left nowhere but in the secret.
            if let Some(Overlay::Prompt(prompt)) = turn.state.overlays.pop() {
                wipe(prompt.input.text);
            }
            let secret = Secret::new(&text);
            wipe(text);
            turn.state.work.to_save = is_saving.then(|| (account.clone(), secret.clone()));
            let settings = turn.state.accounts.get(&account).map(|a| a.settings.clone());
            match settings {
                Some(_) => {
                    let command = command::session::Command::SetPassword(secret);
                    turn.command(&account, Command::Session(command));
                }
                None => turn.error(format!("{account} is not set up any more")),
            }
        }
        PromptKind::Consent(account, what) => super::consent::answer(turn, &account, what, text.trim()),
        PromptKind::RoomPassword(account, room) => {
            turn.state.overlays.pop();
            chats::join(turn, &account, &room, None, Some(text));
        }
        PromptKind::Join => {
            if let Err(why) = actions::rooms::go(turn, text.trim()) {
                if let Some(Overlay::Prompt(prompt)) = turn.state.overlays.last_mut() {
                    prompt.error = Some(why.into());
                }
                return;
            }
            turn.state.overlays.retain(|o| !matches!(o, Overlay::Prompt(p) if p.kind == PromptKind::Join));
        }
    }
}

/// No password is known for an account that was not started yet: its settings are, so that it can be.
pub(crate) fn wanted(turn: &mut Turn, account: &AccountId, looked: &str) {
    turn.log(format!("{account}: no password: {looked}"));
    let why = if looked.is_empty() { String::new() } else { format!(" ({looked})") };
    let text = format!("Password of {account}{why}");
    show(turn, PromptKind::Password(account.clone()), text, true, None);
    turn.effect(Effect::AskKeyring(account.clone()));
}

/// There is a keyring that would take the password: the user may say yes. Who said it before means it still.
pub(crate) fn can_save(turn: &mut Turn, account: &AccountId) {
    let was_wished = turn.state.work.to_save.as_ref().is_some_and(|(of, _)| of == account);
    let kind = PromptKind::Password(account.clone());
    for overlay in &mut turn.state.overlays {
        if let Overlay::Prompt(prompt) = overlay
            && prompt.kind == kind
        {
            prompt.saving = prompt.saving.or(Some(was_wished));
        }
    }
}

/// Up or down: to save it, or not.
pub(crate) fn toggle(turn: &mut Turn) {
    if let Some(Overlay::Prompt(Prompt { saving: Some(saving), .. })) = turn.state.overlays.last_mut() {
        *saving = !*saving;
    }
}

/// A password came from elsewhere while the prompt was open.
pub(crate) fn given(turn: &mut Turn, account: &AccountId, secret: Secret) {
    turn.state.overlays.retain(|o| !matches!(o, Overlay::Prompt(p) if p.kind == PromptKind::Password(account.clone())));
    turn.effect(Effect::Command(account.clone(), Command::Session(command::session::Command::SetPassword(secret))));
}
