//! Handles events of the connection: its state, the steps of a login, and the moments when the user must act.

use super::super::effect::Effect;
use super::super::overlays::{self, consent};
use super::super::seek;
use super::super::turn::Turn;
use crate::contract::event::session::Event;
use crate::contract::{Command, command};
use crate::model::{AccountId, ConnState, DownReason, Login, StatusNews, Step, StepState};
use crate::state::accounts;
use crate::state::overlays::{FormPurpose, Overlay};
use crate::words;
use std::time::Duration;

pub(super) fn event(turn: &mut Turn, account: &AccountId, event: Event) {
    take(turn, account, event);
    overlays::connection::refresh(turn, account);
}

fn take(turn: &mut Turn, account: &AccountId, event: Event) {
    match event {
        Event::StateChanged(state) => state_changed(turn, account, state),
        Event::StepChanged { step, state, after } => step_changed(turn, account, step, state, after),
        Event::Learned(fact) => {
            if let Some(known) = turn.state.accounts.get_mut(account) {
                known.login.fact(fact);
            }
        }
        Event::Bound(jid) => {
            turn.log(words::session::signed_in(&jid));
            if let Some(known) = turn.state.accounts.get_mut(account) {
                known.bound = Some(jid);
            }
            // The engine answers requests for receipts until it is told not to.
            if !turn.state.options.send_receipts {
                turn.command(account, Command::Chat(command::chat::Command::AnswerReceipts(false)));
            }
            if turn.state.work.is_inattentive {
                turn.command(account, super::super::idle::attention(false));
            }
        }
        Event::RegistrationAsked(form) => {
            overlays::form::open(turn, FormPurpose::Account(account.clone()), form);
        }
        Event::Registered { username } => {
            turn.info(words::session::account_created(&username, account.jid().domain()));
            overlays::opening::withdraw(turn, |o| is_registration(o, account));
            overlays::first_run::registered(turn, account, &username);
        }
        Event::PasswordAccepted => {
            overlays::first_run::accepted(turn, account);
            save_password(turn, account);
        }
        Event::StrengthLearned(strength) => consent::learned(turn, account, *strength),
        Event::TokenLearned(token) => turn.effect(Effect::SaveToken(account.clone(), token)),
        Event::Wire(line) => turn.state.console.wire(account.clone(), line),
        Event::Noticed(text) => turn.warn(text),
        Event::RawRefused(text) => turn.error(words::session::raw_refused(text.raw())),
        Event::StatusArrived { news, is_asked } => status_arrived(turn, account, news, is_asked),
        Event::Closed => turn.log(words::session::signed_out_of(account)),
    }
}

/// What the operators say of outages. Nobody is bothered with what came of a look that nobody asked for: where there
/// is an outage, it stands under the top line.
fn status_arrived(turn: &mut Turn, account: &AccountId, news: StatusNews, is_asked: bool) {
    let domain = account.jid().domain();
    let Some(known) = turn.state.accounts.get_mut(account) else { return };
    match news {
        StatusNews::Told(told) => {
            let is_new = known.outage != told;
            known.outage.clone_from(&told);
            let words = match &told {
                Some(outage) => overlays::connection::outage_words(turn.state, outage),
                None => words::session::no_outage(),
            };
            let words = words::session::status_is(domain, &words);
            match (is_asked, told) {
                (true, Some(_)) => turn.warn(words),
                (true, None) => turn.info(words),
                (false, _) if is_new => turn.log(words),
                (false, _) => {}
            }
        }
        StatusNews::Unknown(why) => {
            let words = words::session::status_unknown(domain, why.raw());
            if is_asked { turn.warn(words) } else { turn.log(words) }
        }
    }
}

fn is_registration(overlay: &Overlay, account: &AccountId) -> bool {
    matches!(overlay, Overlay::Form(form) if form.purpose == FormPurpose::Account(account.clone()))
}

fn save_password(turn: &mut Turn, account: &AccountId) {
    if turn.state.work.to_save.as_ref().is_some_and(|(of, _)| of == account)
        && let Some((of, secret)) = turn.state.work.to_save.take()
    {
        turn.effect(Effect::SavePassword(of, secret));
    }
}

fn step_changed(turn: &mut Turn, account: &AccountId, step: Step, state: StepState, after: Duration) {
    overlays::first_run::step(turn, account, step, &state);
    let Some(known) = turn.state.accounts.get_mut(account) else { return };
    known.login.step(step, state.clone(), after);
    accounts::put_step(&mut known.steps, step, state);
}

fn state_changed(turn: &mut Turn, account: &AccountId, state: ConnState) {
    let now = turn.now();
    let Some(known) = turn.state.accounts.get_mut(account) else { return };
    let was_online = known.conn.is_online();
    known.conn = state.clone();
    turn.state.work.is_sidebar_stale = true;
    match state {
        ConnState::Idle => {}
        ConnState::Connecting => {
            known.steps.clear();
            known.login = Login::default();
            known.connecting_since = Some(now);
            overlays::prompt::not_needed(turn, account);
        }
        ConnState::Online { tls, is_resumed } => {
            let how = if is_resumed { words::session::connected_again() } else { words::presence::online() };
            turn.log(words::session::state_for_log(account, &how, &tls));
            if is_resumed {
                return;
            }
            // Archives may have more by now.
            for timeline in turn.state.timelines.list.iter_mut().filter(|t| t.chat.account == *account) {
                timeline.is_start = false;
            }
        }
        ConnState::Waiting { reason, .. } => {
            known.catching_up = 0;
            seek::caught_up(turn, account);
            offline(turn, account);
            let words = words::session::retries(account, reason.words().raw());
            if was_online {
                turn.warn(words);
            } else {
                turn.log(words);
            }
            overlays::first_run::failed(turn, account, &reason);
        }
        ConnState::Stopped(reason) => {
            known.catching_up = 0;
            seek::caught_up(turn, account);
            offline(turn, account);
            stopped(turn, account, &reason);
        }
    }
}

/// What cannot be known without a connection is not shown.
fn offline(turn: &mut Turn, account: &AccountId) {
    for chat in turn.state.chats.by_id.values_mut().filter(|c| c.id.account == *account) {
        chat.typing.clear();
        chat.told_state = None;
    }
    for timeline in turn.state.timelines.list.iter_mut().filter(|t| t.chat.account == *account) {
        // The archive will not answer any more; the store still will.
        timeline.is_loading = timeline.asked.is_some();
    }
    turn.state.work.asked.retain(|(_, of, _)| of != account);
    overlays::form::offline(turn, account);
}

fn stopped(turn: &mut Turn, account: &AccountId, reason: &DownReason) {
    if overlays::first_run::failed(turn, account, reason) {
        return;
    }
    let advice = match reason {
        DownReason::Asked => {
            // The line under the clock says the same for as long as it holds.
            turn.log(words::session::signed_out(account));
            return;
        }
        DownReason::Password(_) => {
            overlays::prompt::password(turn, account, Some(reason.words()));
            turn.log(words::session::stopped_for(account, reason.words().raw()));
            return;
        }
        DownReason::OnlyPlain | DownReason::Weaker(_) => {
            consent::ask(turn, account, reason);
            turn.log(words::session::stopped_for(account, reason.words().raw()));
            return;
        }
        DownReason::Certificate(_) => words::session::advice_certificate(),
        DownReason::CaFile(_) => words::session::advice_ca_file(),
        DownReason::NoTls(_) => words::session::advice_tls(),
        DownReason::NoMechanism(_) => words::session::advice_mechanism(),
        DownReason::ServerProof(_) => words::session::advice_server_proof(),
        DownReason::Conflict => words::session::advice_conflict(),
        DownReason::Registration(_) => words::session::advice_registration(),
        DownReason::Unreachable(_)
        | DownReason::LinkLost(_)
        | DownReason::Silent
        | DownReason::StepTimeout(_)
        | DownReason::Refused(_)
        | DownReason::SentElsewhere(_)
        | DownReason::Stream(_)
        | DownReason::Crashed(_) => words::session::advice_retry(),
    };
    turn.error(words::session::stopped(account, reason.words().raw(), &advice));
}
