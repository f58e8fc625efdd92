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
        Ok(Trust::Authority) => "accepted: an authority that this machine trusts vouches for it".to_owned(),
        Ok(Trust::Pinned(None)) => {
            "accepted: its key is the pinned one; an authority vouches for it as well".to_owned()
        }
        Ok(Trust::Pinned(Some(why))) => {
            format!("accepted: its key is the pinned one. Without the pin it would be refused: {}", why.raw())
        }
        Err(refusal) => format!("refused: {}", refusal.why.raw()),
    }
}

/// The certificate in a few lines.
pub(crate) fn short(turn: &Turn, account: &Account, out: &mut Vec<String>) {
    let Some((certificate, answer)) = shown(account) else { return };
    out.push(String::new());
    out.push("# Certificate".to_owned());
    out.push(format!("Verdict      {}", verdict(answer)));
    facts(turn, certificate, out);
    out.push(pins(account));
}

fn facts(turn: &Turn, certificate: &Certificate, out: &mut Vec<String>) {
    let names: Vec<&str> = certificate.names.iter().take(20).map(Untrusted::raw).collect();
    out.push(format!("For          {}", if names.is_empty() { "nobody by name".to_owned() } else { names.join(", ") }));
    let signer = if certificate.is_self_signed() { "itself" } else { certificate.issuer.raw() };
    out.push(format!("Signed by    {signer}"));
    let day = |time: crate::model::Time| date::short_day(time.0, 0);
    let left = match certificate.days_left(turn.state.now) {
        0.. if turn.state.now < certificate.not_before => "not valid yet".to_owned(),
        0 => "its last day".to_owned(),
        1 => "1 day left".to_owned(),
        days @ 2.. => format!("{days} days left"),
        _ => "expired".to_owned(),
    };
    out.push(format!("Valid        {} to {} ({left})", day(certificate.not_before), day(certificate.not_after)));
    out.push(format!("Key          {}", grouped(&certificate.key)));
}

fn pins(account: &Account) -> String {
    match account.settings.pins.as_slice() {
        [] => "Pinned       no key: any certificate is good that an authority vouches for".to_owned(),
        pins => format!("Pinned       {}", pins.iter().map(|p| grouped(p)).collect::<Vec<_>>().join(" or ")),
    }
}

/// Shows the certificate.
pub(crate) fn open(turn: &mut Turn, id: &AccountId) -> Result<(), String> {
    let account = turn.state.accounts.get(id).ok_or("no such account")?;
    let mut out: Vec<String> = Vec::new();
    match shown(account) {
        None => {
            out.push("The server has shown no certificate since parlour started: /reconnect signs in.".to_owned());
            out.push(pins(account));
        }
        Some((certificate, answer)) => {
            out.push(format!("Server of    {}", id.jid().domain()));
            out.push(format!("Verdict      {}", verdict(answer)));
            if let Err(refusal) = answer
                && !refusal.pins.is_empty()
            {
                out.push(
                    "Nothing was sent. Ask the server's operator, by another way, why the key changed.".to_owned(),
                );
            }
            facts(turn, certificate, &mut out);
            out.push(pins(account));
            out.push(String::new());
            out.push("# To accept this key and no other, whatever an authority says".to_owned());
            out.push(
                "Compare it with what the server's operator tells you by another way: a letter, the telephone, a"
                    .to_owned()
                    + " web page. Then type",
            );
            out.push(format!(
                "  /cert pin {} (or more of it)",
                grouped(&certificate.key.chars().take(7 + TYPED_MIN).collect::<String>())
            ));
            if !account.settings.pins.is_empty() {
                out.push("  /cert forget    asks the authorities again".to_owned());
            }
        }
    }
    text::open(turn, "The server's certificate", out.into_iter().map(Untrusted::from).collect());
    Ok(())
}

/// Pins the key that was shown, where the typed digits are those of its fingerprint.
pub(crate) fn pin(turn: &mut Turn, id: &AccountId, typed: &str) -> Result<(), String> {
    let digits = typed_fingerprint(typed)?;
    let account = turn.state.accounts.get(id).ok_or("no such account")?;
    let (certificate, _) = shown(account).ok_or("the server has shown no certificate yet: /reconnect first")?;
    let key = certificate.key.clone();
    if !key.strip_prefix("sha256:").is_some_and(|whole| whole.starts_with(&digits)) {
        return Err("this is not the key that the server showed: /cert shows that one. Nothing is changed".to_owned());
    }
    set(turn, id, vec![key]);
    turn.info(format!("{id}: only this key is accepted from now on"));
    Ok(())
}

/// Takes the pins away.
pub(crate) fn forget(turn: &mut Turn, id: &AccountId) -> Result<(), String> {
    let account = turn.state.accounts.get(id).ok_or("no such account")?;
    if account.settings.pins.is_empty() {
        return Err(format!("no key is pinned for {id}"));
    }
    set(turn, id, Vec::new());
    turn.info(format!("{id}: the pin is forgotten, authorities decide again"));
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
