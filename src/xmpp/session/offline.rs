//! The phases without a stream: connecting, waiting for the next attempt, stopped until a person acts.

use super::attempt::{Attempt, elsewhere};
use super::online::Online;
use super::{CommonInput, Next, Phase, Session, common_input};
use crate::clock::boot_time;
use crate::contract::Command;
use crate::contract::command::session::Command as Ask;
use crate::contract::event::session;
use crate::model::{ConnState, DownReason, Intent, Step, StepState, Time};
use crate::xmpp::connect::Dial;
use crate::xmpp::stanza::{Kind, Stanza};
use crate::xmpp::stream::negotiate::{Bound, Progress};
use crate::xmpp::stream::watchdog::{STABLE, SUSPECT};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// So long a server may need to end a session that it does not keep.
const ENDING: Duration = Duration::from_secs(30);
/// So long a server keeps a session, where it does not say how long.
const KEPT: Duration = Duration::from_mins(5);

/// A rest between two attempts, or after the last.
struct Rest {
    /// Until then; for good where `None`.
    until: Option<Instant>,
    reason: DownReason,
}

/// Whether this wants an attempt now.
fn is_hurry(input: &CommonInput) -> bool {
    matches!(input, CommonInput::Command(Command::Session(Ask::Connect | Ask::NetworkChanged)))
}

impl Session<'_> {
    /// Signs in. The login is a future beside the commands; leaving this function drops it.
    pub(super) async fn connect(&mut self, dial: &mut dyn Dial) -> Next {
        if self.engine.intent == Intent::AwaitPassword && self.engine.token.is_none() {
            self.state(ConnState::Idle).await;
            return self.rest(None).await;
        }
        let began = boot_time();
        self.backoff.on_attempt(began);
        self.login_began = Instant::now();
        self.state(ConnState::Connecting).await;
        let (tell, mut told) = mpsc::channel(256);
        let (forms_in, mut forms) = mpsc::channel(1);
        let mut settings = self.engine.settings.clone();
        if let Some(there) = self.sent_to.take().and_then(|to| elsewhere(&settings, &to, false, dial.reach()).ok()) {
            settings = there;
        }
        // Lent to the login, back when it is over or dropped.
        let mut management = std::mem::take(&mut self.management);
        let resumed_from = management.resume_id().map(str::to_owned);
        let attempt = Attempt {
            settings: &settings,
            intent: self.engine.intent.clone(),
            user: self.engine.user.clone(),
            token: self.engine.token.clone(),
            dial,
            management: &mut management,
            me: self.me.clone(),
            tell: &tell,
            forms: &mut forms,
            watched: self.engine.watched.subscribe(),
            is_direct: false,
            is_in_process: false,
        };
        let mut login = Box::pin(attempt.run());
        let end = loop {
            if self.is_store_gone {
                break Err(Next::Quit);
            }
            let deadline = self.next_deadline();
            tokio::select! {
                biased;
                Some(progress) = told.recv() => self.progress(progress).await,
                input = common_input(&mut self.engine.commands, &mut self.engine.committed, &mut self.status, deadline) => {
                    if let CommonInput::Command(Command::Session(Ask::SubmitRegistration(form))) = input {
                        if forms_in.try_send(form).is_err() {
                            self.notice("nobody asked for this form now").await;
                        }
                    } else if is_hurry(&input) {
                        // One that has just begun is as good as another; one that began on the old network is not.
                        let now = boot_time();
                        if now >= began + SUSPECT && self.backoff.hurry(now).is_zero() {
                            break Err(Next::Connect);
                        }
                    } else if let Some(next) = self.happened(input, Phase::Trying).await {
                        break Err(next);
                    }
                }
                result = &mut login => break Ok(result),
            }
        };
        drop(login);
        // What was confirmed while the login ran on a lent copy is made up for here.
        management.on_committed(*self.engine.committed.borrow());
        if !matches!(end, Ok(Ok(_))) && management.resume_id() != resumed_from.as_deref() {
            // A session that began and was not entered: nothing was asked in it, so to go on with it would show nothing.
            management.reset();
        }
        self.management = management;
        let settled = self.management.take_settled();
        if !settled.is_empty() {
            let outputs = self.router.on_acked(Time::now(), settled);
            self.commit(outputs).await;
        }
        while let Ok(progress) = told.try_recv() {
            self.progress(progress).await;
        }
        match end {
            Ok(Ok(bound)) => {
                self.router.reached(dial.reach());
                self.bound(bound).await
            }
            Ok(Err(reason)) => Next::Down(reason),
            Err(next) => next,
        }
    }

    async fn progress(&mut self, progress: Progress) {
        match progress {
            Progress::Step(step, state) => self.step(step, state).await,
            Progress::Learned(fact) => self.tell(session::Event::Learned(fact)).await,
            Progress::Lines(lines) => self.lines(lines).await,
            Progress::FormAsked(form) => self.tell(session::Event::RegistrationAsked(form)).await,
            Progress::Strength(strength) => {
                if strength != self.engine.settings.strength {
                    self.engine.settings.strength = strength.clone();
                    self.tell(session::Event::StrengthLearned(Box::new(strength))).await;
                }
            }
            Progress::Token(token) => {
                self.engine.token.clone_from(&token);
                self.tell(session::Event::TokenLearned(token)).await;
            }
            Progress::PasswordAccepted => self.tell(session::Event::PasswordAccepted).await,
            Progress::Registered { user, password } => {
                // The account is there now: from here on this is a login like any other.
                self.engine.user = Some(user.clone());
                self.engine.intent = Intent::SignIn(password);
                self.tell(session::Event::Registered { username: user }).await;
            }
        }
    }

    async fn bound(&mut self, bound: Bound) -> Next {
        let Bound { mut wire, me, is_resumed, is_restored, features, early, is_asked, does_early_count, tls } = bound;
        self.management.went_on();
        // Contacts and rooms were lost with the program: to the app and to the features it is as after a new bind.
        let is_resumed = is_resumed && !is_restored;
        let lines = wire.take_lines();
        self.online = Some(Online::new(wire));
        self.me = Some(me.clone());
        self.keep().await;
        self.lines(lines).await;
        self.tell(session::Event::Bound(me.clone())).await;
        self.state(ConnState::Online { tls, is_resumed }).await;
        if !is_resumed {
            self.is_loading = true;
            self.step(Step::Load, StepState::Running("roster".into())).await;
        }
        if is_restored {
            // Presences that the server thinks we know come again after this, and rooms let us in as a newcomer.
            self.transmit(vec![Stanza::new(Kind::Presence).with_type("unavailable")]);
        }
        self.router.had_time(self.free_at.is_some_and(|at| boot_time() >= at));
        let now = Time::now();
        let outputs = self.router.on_bound(now, me, is_resumed, features);
        self.commit(outputs).await;
        for stanza in early {
            if does_early_count {
                self.stanza(stanza).await;
                continue;
            }
            let outputs = self.router.on_stanza(Time::now(), stanza);
            self.commit(outputs).await;
        }
        self.status_of_login();
        if is_asked && let Some(end) = self.answer().await {
            return end;
        }
        Next::Live
    }

    /// The link is down: tells everybody, then waits for the time or a person.
    pub(super) async fn down(&mut self, reason: DownReason) -> Next {
        let was_online = self.online.is_some();
        let session = self.online.take().map_or(Duration::ZERO, |online| boot_time().saturating_sub(online.since));
        if was_online {
            // A session that the server ended itself has no window any more.
            let window = self.management.is_resumable().then(|| self.management.window().unwrap_or(KEPT));
            self.free_at = Some(boot_time().saturating_add(window.unwrap_or(ENDING)));
        }
        self.awaiting_commit.clear();
        self.is_loading = false;
        if let DownReason::SentElsewhere(to) = &reason {
            // For one attempt; should nobody be there, the next one goes the usual way.
            self.sent_to = Some(to.clone());
        }
        self.status_of_down(was_online, reason.is_final());
        if reason.is_final() {
            self.management.reset();
        }
        if session >= STABLE || !matches!(reason, DownReason::Stream(_)) {
            self.refusals = 0;
        }
        self.keep().await;
        let outputs = self.router.on_down(Time::now());
        self.commit(outputs).await;
        if reason.is_final() {
            self.state(ConnState::Stopped(reason.clone())).await;
            return self.rest(Some(Rest { until: None, reason })).await;
        }
        let pause = self.backoff.next(session, getrandom::u32().unwrap_or(u32::MAX / 2));
        let retry_at = Time::now().plus(pause);
        self.state(ConnState::Waiting { reason: reason.clone(), retry_at }).await;
        self.rest(Some(Rest { until: Some(Instant::now() + pause), reason })).await
    }

    /// Serves commands until the time has come, or one of them ends the rest.
    async fn rest(&mut self, rest: Option<Rest>) -> Next {
        let mut rest = rest;
        loop {
            let until = rest.as_ref().and_then(|rest| rest.until);
            let phase = if until.is_some() { Phase::Trying } else { Phase::Stopped };
            if self.is_store_gone {
                return Next::Quit;
            }
            let deadline = self.next_deadline();
            let timer = async {
                match until {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                input = common_input(&mut self.engine.commands, &mut self.engine.committed, &mut self.status, deadline) => {
                    let is_person = matches!(input, CommonInput::Command(Command::Session(Ask::Connect)));
                    if let Some(rest) = rest.as_mut().filter(|r| is_hurry(&input) && (is_person || r.until.is_some())) {
                        if let Some(next) = self.hurry(rest).await {
                            return next;
                        }
                    } else if let Some(next) = self.happened(input, phase).await {
                        return next;
                    }
                }
                () = timer => return Next::Connect,
            }
        }
    }

    /// An attempt is wanted now: made at once, or, where there were too many, as soon as may be.
    async fn hurry(&mut self, rest: &mut Rest) -> Option<Next> {
        let wait = self.backoff.hurry(boot_time());
        if wait.is_zero() {
            return Some(Next::Connect);
        }
        let at = Instant::now() + wait;
        if rest.until.is_none_or(|until| at < until) {
            rest.until = Some(at);
            let reason = rest.reason.clone();
            self.state(ConnState::Waiting { reason, retry_at: Time::now().plus(wait) }).await;
        }
        None
    }
}
