//! `/cert` shows the certificate that the server presented, why it was accepted or refused, and the pinned keys.
//!
//! The user pins a key by typing its first digits, so that they compare it with what the server's operator tells them.

use super::super::effect::Effect;
use super::super::turn::Turn;
use super::text;
use crate::contract::{Command, command};
use crate::model::login::{TYPED_MIN, typed_fingerprint};
use crate::model::{AccountId, Certificate, ConnState, DownReason, Refusal, Trust, Untrusted};
use crate::state::accounts::Account;
use crate::text::date;
use crate::words;

/// What the server showed last: the certificate, and why it was taken or refused.
fn shown(account: &Account) -> Option<(&Certificate, Result<&Trust, &Refusal>)> {
    if let ConnState::Stopped(DownReason::Certificate(refusal))
    | ConnState::Waiting { reason: DownReason::Certificate(refusal), .. } = &account.conn
    {
        return refusal.certificate.as_ref().map(|c| (c, Err(&**refusal)));
    }
    let (certificate, trust) = account.login.tls.as_ref()?.certificate.as_ref()?;
    Some((certificate, Ok(trust)))
}

/// Groups of four digits, for comparing by eye.
pub(super) fn grouped(fingerprint: &str) -> String {
    let digits: Vec<char> = fingerprint.strip_prefix("sha256:").unwrap_or(fingerprint).chars().collect();
    digits.chunks(4).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn verdict(answer: Result<&Trust, &Refusal>) -> String {
    match answer {
        Ok(Trust::Authority) => words::certificate::by_authority(),
        Ok(Trust::Pinned(None)) => words::certificate::pinned_and_by_authority(),
        Ok(Trust::Pinned(Some(why))) => words::certificate::pinned_only(why.raw()),
        Err(refusal) => words::certificate::refused(refusal.why.raw()),
    }
}

/// The certificate in a few lines.
pub(crate) fn short(turn: &Turn, account: &Account, out: &mut Vec<String>) {
    let Some((certificate, answer)) = shown(account) else { return };
    out.push(String::new());
    out.push(format!("# {}", words::certificate::certificate()));
    out.push(text::line(&words::certificate::verdict(), verdict(answer)));
    facts(turn, certificate, out);
    out.push(pins(account));
}

fn facts(turn: &Turn, certificate: &Certificate, out: &mut Vec<String>) {
    let names: Vec<&str> = certificate.names.iter().take(20).map(Untrusted::raw).collect();
    let names = if names.is_empty() { words::certificate::no_names() } else { names.join(", ") };
    out.push(text::line(&words::certificate::names(), names));
    let is_own = certificate.is_self_signed();
    let signer = if is_own { words::certificate::itself() } else { certificate.issuer.raw().to_owned() };
    out.push(text::line(&words::certificate::signed_by(), signer));
    let day = |time: crate::model::Time| date::short_day(time.0, 0);
    let left = match certificate.days_left(turn.state.now) {
        0.. if turn.state.now < certificate.not_before => words::certificate::not_valid_yet(),
        0 => words::certificate::last_day(),
        days @ 1.. => words::certificate::days_left(days),
        _ => words::certificate::expired(),
    };
    out.push(text::line(
        &words::certificate::validity(),
        words::certificate::valid(&day(certificate.not_before), &day(certificate.not_after), &left),
    ));
    out.push(text::line(&words::certificate::key(), grouped(&certificate.key)));
}

fn pins(account: &Account) -> String {
    match account.settings.pins.as_slice() {
        [] => text::line(&words::certificate::pins(), words::certificate::no_pin()),
        pins => {
            let or = format!(" {} ", words::certificate::or());
            text::line(&words::certificate::pins(), pins.iter().map(|p| grouped(p)).collect::<Vec<_>>().join(&or))
        }
    }
}

/// Shows the certificate.
pub(crate) fn open(turn: &mut Turn, id: &AccountId) -> Result<(), String> {
    let account = turn.state.accounts.get(id).ok_or_else(words::session::no_such_account)?;
    let mut out: Vec<String> = Vec::new();
    match shown(account) {
        None => {
            out.push(words::certificate::none_shown());
            out.push(pins(account));
        }
        Some((certificate, answer)) => {
            out.push(text::line(&words::certificate::server_of(), id.jid().domain()));
            out.push(text::line(&words::certificate::verdict(), verdict(answer)));
            if let Err(refusal) = answer
                && !refusal.pins.is_empty()
            {
                out.push(words::certificate::ask_operator());
            }
            facts(turn, certificate, &mut out);
            out.push(pins(account));
            out.push(String::new());
            out.push(format!("# {}", words::certificate::to_pin()));
            out.push(words::certificate::compare());
            let digits = grouped(&certificate.key.chars().take(7 + TYPED_MIN).collect::<String>());
            out.push(words::certificate::pin_command(&digits));
            if !account.settings.pins.is_empty() {
                out.push(words::certificate::forget_command());
            }
        }
    }
    text::open(turn, words::certificate::title(), out.into_iter().map(Untrusted::from).collect());
    Ok(())
}

/// Pins the key that was shown, where the typed digits are those of its fingerprint.
pub(crate) fn pin(turn: &mut Turn, id: &AccountId, typed: &str) -> Result<(), String> {
    let digits = typed_fingerprint(typed)?;
    let account = turn.state.accounts.get(id).ok_or_else(words::session::no_such_account)?;
    let (certificate, _) = shown(account).ok_or(words::certificate::none_shown_yet())?;
    let key = certificate.key.clone();
    if !key.strip_prefix("sha256:").is_some_and(|whole| whole.starts_with(&digits)) {
        return Err(words::certificate::other_key());
    }
    set(turn, id, vec![key]);
    turn.info(words::certificate::pinned(id));
    Ok(())
}

/// Takes the pins away.
pub(crate) fn forget(turn: &mut Turn, id: &AccountId) -> Result<(), String> {
    let account = turn.state.accounts.get(id).ok_or_else(words::session::no_such_account)?;
    if account.settings.pins.is_empty() {
        return Err(words::certificate::nothing_pinned(id));
    }
    set(turn, id, Vec::new());
    turn.info(words::certificate::unpinned(id));
    Ok(())
}

/// The engine takes the pins over, and tries again where a certificate stopped it; the config keeps them.
fn set(turn: &mut Turn, id: &AccountId, pins: Vec<String>) {
    let Some(account) = turn.state.accounts.get_mut(id) else { return };
    account.settings.pins.clone_from(&pins);
    let settings = account.settings.clone();
    let is_refused = matches!(account.conn, ConnState::Stopped(DownReason::Certificate(_)));
    turn.effect(Effect::SaveAccount(Box::new(settings)));
    turn.command(id, Command::Session(command::session::Command::SetPins(pins)));
    if is_refused {
        turn.command(id, Command::Session(command::session::Command::Connect));
    }
}
