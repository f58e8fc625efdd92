//! `/connection` shows the last login from the first DNS query on: how long each step took and what it means. It is for
//! users who want to know how safe the connection is, why it fails, or how XMPP works.
//!
//! The text is made again whenever the login gets further, so that it can be watched.

use super::super::turn::Turn;
use super::{certificate, offers, opening, text};
use crate::model::{AccountId, ConnState, LoginLine, Outage, Step, StepState, TlsInfo, Untrusted};
use crate::state::State;
use crate::state::accounts::Account;
use crate::state::overlays::{Overlay, TextView};
use crate::words;

/// Shows the last login of an account.
pub(crate) fn open(turn: &mut Turn, account: &AccountId) {
    let Some(known) = turn.state.accounts.get(account) else { return };
    let lines = lines(turn, known);
    let title = words::connection::title(account);
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
        heading(&mut out, &words::connection::operators());
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
        ConnState::Idle => words::connection::idle(),
        ConnState::Connecting => words::connection::connecting(),
        ConnState::Online { tls, .. } => words::connection::online(tls),
        ConnState::Waiting { reason, .. } => words::connection::waiting(reason.words().raw()),
        ConnState::Stopped(reason) => words::connection::stopped(reason.words().raw()),
    }
}

/// An outage in one line.
pub(crate) fn outage_words(state: &State, outage: &Outage) -> String {
    words::outage::words(outage.told(&state.language), state.now.0, state.zone_minutes)
}

fn heading(out: &mut Vec<String>, words: &str) {
    out.push(String::new());
    out.push(format!("# {words}"));
}

fn timeline(account: &Account, out: &mut Vec<String>) {
    heading(out, &words::connection::timeline());
    if account.login.lines.is_empty() {
        out.push(words::connection::nothing_yet());
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
        StepState::Running(words) => (words::connection::under_way(), words),
        StepState::Done(words) => (words::connection::took(took), words),
        StepState::Failed(words) => (words::connection::failed_after(took), words),
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
fn meaning(step: Step) -> String {
    match step {
        Step::Resolve => words::connection::about_find(),
        Step::Connect => words::connection::about_connect(),
        Step::Secure => words::connection::about_secure(),
        Step::SignIn => words::connection::about_sign_in(),
        Step::Bind => words::connection::about_bind(),
        Step::Load => words::connection::about_load(),
    }
}

fn encryption(tls: &TlsInfo, out: &mut Vec<String>) {
    heading(out, &words::connection::encryption());
    let how = if tls.is_direct { words::connection::direct_tls() } else { words::connection::starttls() };
    out.push(format!("{}, {how}, {}", tls.version, tls.cipher));
    out.push(words::connection::who_can_read());
}

fn signed_in(account: &Account, out: &mut Vec<String>) {
    let Some((mechanism, binding)) = &account.login.signed_in else { return };
    heading(out, &words::connection::signing_in());
    out.push(text::line(
        &words::connection::mechanism(),
        format!("{}: {}", mechanism.raw(), mechanism_words(mechanism.raw())),
    ));
    let bound = match binding {
        Some(binding) => words::connection::bound_by(binding.raw()),
        None => words::connection::not_bound(),
    };
    out.push(text::line(&words::connection::bound(), bound));
}

fn mechanism_words(mechanism: &str) -> String {
    if mechanism.starts_with("SCRAM-") {
        words::connection::scram()
    } else if mechanism.starts_with("HT-") {
        words::connection::token()
    } else {
        match mechanism {
            "PLAIN" => words::connection::plain(),
            "EXTERNAL" => words::connection::external(),
            "ANONYMOUS" => words::connection::anonymous(),
            _ => words::connection::other_mechanism(),
        }
    }
}

fn session(account: &Account, out: &mut Vec<String>) {
    let Some(bound) = account.bound.as_ref().filter(|_| account.conn.is_online()) else { return };
    heading(out, &words::connection::session());
    out.push(text::line(&words::card::address(), bound));
    let is_resumed = matches!(account.conn, ConnState::Online { is_resumed: true, .. });
    let how = if is_resumed { words::connection::resumed() } else { words::connection::anew() };
    out.push(text::line(&words::connection::begun(), how));
}
