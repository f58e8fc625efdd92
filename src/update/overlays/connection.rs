//! `/connection` shows the last login from the first DNS query on: how long each step took and what it means. It is for
//! users who want to know how safe the connection is, why it fails, or how XMPP works.
//!
//! The text is made again whenever the login gets further, so that it can be watched.

use super::super::turn::Turn;
use super::{certificate, offers, opening};
use crate::model::{AccountId, ConnState, LoginLine, Outage, Step, StepState, TlsInfo, Untrusted};
use crate::state::State;
use crate::state::accounts::Account;
use crate::state::overlays::{Overlay, TextView};
use crate::text::outage;

/// Shows the last login of an account.
pub(crate) fn open(turn: &mut Turn, account: &AccountId) {
    let Some(known) = turn.state.accounts.get(account) else { return };
    let lines = lines(turn, known);
    let title = format!("Connection of {account}");
    let view = TextView { title, lines, top: 0, live: Some(account.clone()), filter: None };
    opening::open(turn, Overlay::Text(view));
}

/// Something happened to an account's connection: where it is shown, it is shown anew.
pub(crate) fn refresh(turn: &mut Turn, account: &AccountId) {
    let is_shown = |o: &Overlay| matches!(o, Overlay::Text(view) if view.live.as_ref() == Some(account));
    let Some(at) = turn.state.overlays.iter().position(is_shown) else { return };
    let Some(known) = turn.state.accounts.get(account) else { return };
    let lines = lines(turn, known);
    if let Some(Overlay::Text(view)) = turn.state.overlays.get_mut(at) {
        view.top = view.top.min(lines.len().saturating_sub(1));
        view.lines = lines;
    }
}

fn lines(turn: &Turn, account: &Account) -> Vec<Untrusted> {
    let mut out: Vec<String> = vec![state_words(&account.conn)];
    if let Some(outage) = &account.outage {
        heading(&mut out, "What the operators of the server say");
        out.push(outage_words(turn.state, outage));
    }
    timeline(account, &mut out);
    if let Some(tls) = &account.login.tls {
        encryption(tls, &mut out);
    }
    certificate::short(turn, account, &mut out);
    signed_in(account, &mut out);
    session(account, &mut out);
    offers::lines(account, &mut out);
    out.into_iter().map(Untrusted::from).collect()
}

/// How a connection is, in words.
pub(crate) fn state_words(state: &ConnState) -> String {
    match state {
        ConnState::Idle => "not started".to_owned(),
        ConnState::Connecting => "connecting".to_owned(),
        ConnState::Online { tls, .. } => format!("online, {tls}"),
        ConnState::Waiting { reason, .. } => format!("down, retrying automatically: {}", reason.words().raw()),
        ConnState::Stopped(reason) => format!("down: {} · /reconnect retries", reason.words().raw()),
    }
}

/// An outage in one line.
pub(crate) fn outage_words(state: &State, outage: &Outage) -> String {
    outage::words(outage.told(&state.language), state.now.0, state.zone_minutes)
}

fn heading(out: &mut Vec<String>, words: &str) {
    out.push(String::new());
    out.push(format!("# {words}"));
}

fn timeline(account: &Account, out: &mut Vec<String>) {
    heading(out, "Timeline, in milliseconds");
    if account.login.lines.is_empty() {
        out.push("Nothing yet: /reconnect signs in.".to_owned());
    }
    let mut before = None;
    for line in &account.login.lines {
        one_step(line, before != Some(line.step), out);
        before = Some(line.step);
    }
}

/// When, what, how long; then what came of it, and where the step is new what it is for.
fn one_step(line: &LoginLine, is_new: bool, out: &mut Vec<String>) {
    let took = line.until.saturating_sub(line.from).as_millis();
    let (how, words) = match &line.state {
        StepState::Running(words) => ("under way".to_owned(), words),
        StepState::Done(words) => (format!("{took} ms"), words),
        StepState::Failed(words) => (format!("failed after {took} ms"), words),
    };
    out.push(format!("{:>6}  {}: {how}", line.from.as_millis(), line.step.label()));
    if !words.is_empty() {
        out.push(format!("        {}", words.raw()));
    }
    if is_new {
        out.push(format!("        {}", meaning(line.step)));
    }
}

/// What a step is for, for newcomers.
fn meaning(step: Step) -> &'static str {
    match step {
        Step::Resolve => {
            "(which hosts serve the part after the @: DNS says it, by SRV records, RFC 6120 §3.2 and XEP-0368, where \
             you set no host and no proxy)"
        }
        Step::Connect => "(a TCP connection; where a host has several addresses, the first that answers wins)",
        Step::Secure => "(TLS: from the first byte, or asked for by STARTTLS; the server shows its certificate)",
        Step::SignIn => "(SASL: we prove that we know the password, and the server that it knows it, too)",
        Step::Bind => "(the server gives this device its full address, or the old session goes on, XEP-0198)",
        Step::Load => "(contacts, rooms, and the messages that came meanwhile)",
    }
}

fn encryption(tls: &TlsInfo, out: &mut Vec<String>) {
    heading(out, "Encryption");
    let how = if tls.is_direct { "from the first byte (direct TLS)" } else { "after STARTTLS" };
    out.push(format!("{}, {how}, {}", tls.version, tls.cipher));
    out.push("Nobody between here and the server can read or change what is sent; the server itself can.".to_owned());
}

fn signed_in(account: &Account, out: &mut Vec<String>) {
    let Some((mechanism, binding)) = &account.login.signed_in else { return };
    heading(out, "Signing in");
    out.push(format!("Mechanism    {}: {}", mechanism.raw(), mechanism_words(mechanism.raw())));
    out.push(match binding {
        Some(binding) => {
            format!(
                "Bound        by {}: the login holds for this TLS connection alone, so nobody can sit",
                binding.raw()
            ) + " in between, not even with a false certificate"
        }
        None => "Bound        no: the login is not tied to this TLS connection (channel binding)".to_owned(),
    });
}

fn mechanism_words(mechanism: &str) -> &'static str {
    if mechanism.starts_with("SCRAM-") {
        "the password is proved in both directions and never sent"
    } else if mechanism.starts_with("HT-") {
        "a token from the login before stood in for the password"
    } else {
        match mechanism {
            "PLAIN" => "the server was given the password itself, inside TLS",
            "EXTERNAL" => "a certificate of our own stood in for the password",
            "ANONYMOUS" => "without an account (anonymous)",
            _ => "as the server asked",
        }
    }
}

fn session(account: &Account, out: &mut Vec<String>) {
    let Some(bound) = account.bound.as_ref().filter(|_| account.conn.is_online()) else { return };
    heading(out, "Session");
    out.push(format!("Address      {bound}"));
    let is_resumed = matches!(account.conn, ConnState::Online { is_resumed: true, .. });
    let how = if is_resumed {
        "resumed: the session from before the break goes on, nothing was lost (XEP-0198)"
    } else {
        "new: contacts, rooms and history are caught up with"
    };
    out.push(format!("Begun        {how}"));
}
