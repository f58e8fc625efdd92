//! Asks for consent to a login that parlour does not make by itself: the server is weaker than before, or wants the
//! password itself. The answer is a typed `yes`, so that a key pressed in a hurry does not give it.

use super::super::effect::Effect;
use super::super::turn::Turn;
use super::opening;
use crate::contract::{Command, command::session};
use crate::model::{AccountId, DownReason, Strength};
use crate::state::overlays::{Consent, Overlay, PromptKind};
use crate::words;

/// Asks for consent, where the reason of a stop is one that can be consented to.
pub(crate) fn ask(turn: &mut Turn, account: &AccountId, reason: &DownReason) {
    let (what, text) = match reason {
        DownReason::OnlyPlain => (Consent::Plain, words::consent::plain(account)),
        DownReason::Weaker(weaker) => {
            (Consent::Weaker(weaker.accepted.clone()), words::consent::weaker(account, weaker.words.raw()))
        }
        DownReason::Asked
        | DownReason::Unreachable(_)
        | DownReason::LinkLost(_)
        | DownReason::Silent
        | DownReason::StepTimeout(_)
        | DownReason::Certificate(_)
        | DownReason::CaFile(_)
        | DownReason::NoTls(_)
        | DownReason::Password(_)
        | DownReason::NoMechanism(_)
        | DownReason::ServerProof(_)
        | DownReason::Conflict
        | DownReason::Refused(_)
        | DownReason::SentElsewhere(_)
        | DownReason::Stream(_)
        | DownReason::Registration(_)
        | DownReason::Crashed(_) => return,
    };
    let kind = PromptKind::Consent(account.clone(), what);
    let is_old = |o: &Overlay| matches!(o, Overlay::Prompt(p) if p.kind != kind && matches!(&p.kind, PromptKind::Consent(of, _) if of == account));
    opening::withdraw(turn, is_old);
    opening::open_prompt(turn, account, kind.clone(), text, false, None);
}

/// Takes the answer.
pub(super) fn answer(turn: &mut Turn, account: &AccountId, what: Consent, text: &str) {
    if !text.eq_ignore_ascii_case("yes") {
        if let Some(Overlay::Prompt(prompt)) = turn.state.overlays.last_mut() {
            prompt.error = Some(words::consent::type_yes().into());
        }
        return;
    }
    turn.state.overlays.pop();
    opening::awaits(turn, account);
    let is_known = turn.state.accounts.get(account).is_some();
    match what {
        Consent::Plain => {
            let Some(known) = turn.state.accounts.get_mut(account) else { return };
            known.settings.allow_plain = true;
            let settings = known.settings.clone();
            turn.effect(Effect::SaveAccount(Box::new(settings)));
            turn.command(account, Command::Session(session::Command::AllowPlain));
        }
        Consent::Weaker(strength) => {
            turn.effect(Effect::SaveStrength(account.clone(), Box::new(strength.clone())));
            if is_known {
                turn.command(account, Command::Session(session::Command::AcceptWeaker(Box::new(strength))));
            }
        }
    }
}

/// A login taught something of the server: it is kept.
pub(crate) fn learned(turn: &mut Turn, account: &AccountId, strength: Strength) {
    if let Some(known) = turn.state.accounts.get_mut(account) {
        known.settings.strength = strength.clone();
    }
    turn.effect(Effect::SaveStrength(account.clone(), Box::new(strength)));
}
