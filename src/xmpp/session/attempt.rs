//! One login, from the dial to the session, as one future: the session drops it to give it up.

use crate::model::{AccountSettings, DownReason, Form, Intent, Jid, Secret, Step, StepState};
use crate::xmpp::connect::{Dial, Link, Security, TlsFacts};
use crate::xmpp::stream::management::Management;
use crate::xmpp::stream::negotiate::{Bound, Progress, Talk, namespaces};
use crate::xmpp::stream::registration::register;
use crate::xmpp::stream::sasl::Terms;
use crate::xmpp::stream::watchdog::LOGIN;
use crate::xmpp::stream::wire::Wire;
use std::future::Future;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};

/// What a login needs.
pub struct Attempt<'a> {
    /// The account.
    pub settings: &'a AccountSettings,
    /// Sign in, or register first.
    pub intent: Intent,
    /// The user name, where it is not the JID's localpart.
    pub user: Option<String>,
    /// Makes the byte stream.
    pub dial: &'a mut dyn Dial,
    /// The session to go on with.
    pub management: &'a mut Management,
    /// Its full JID.
    pub me: Option<Jid>,
    /// Where to tell how it goes.
    pub tell: &'a mpsc::Sender<Progress>,
    /// Filled-in registration forms.
    pub forms: &'a mut mpsc::Receiver<Form>,
    /// Whether console lines are wanted.
    pub watched: watch::Receiver<bool>,
}

impl Attempt<'_> {
    /// Signs in.
    pub async fn run(mut self) -> Result<Bound, DownReason> {
        let tell = self.tell;
        let mut steps = |step: Step, state: StepState| {
            // The channel is far larger than the steps of a login.
            let _full = tell.try_send(Progress::Step(step, state));
        };
        let link = match self.dial.dial(self.settings, &mut steps).await {
            Err(reason @ DownReason::NoTls(_)) => return failed(tell, Step::Secure, Err(reason)).await,
            dialled => dialled?,
        };
        let mut deadline = Instant::now() + LOGIN;
        let domain = self.settings.id.jid().domain().to_owned();
        let is_in_process = matches!(link.security, Security::InProcess);
        let secured = within(deadline, Step::Secure, secure(link, &domain, tell, self.watched.clone()));
        let (mut talk, tls) = failed(tell, Step::Secure, secured.await).await?;
        let opened = within(deadline, Step::SignIn, talk.open()).await;
        let features = failed(tell, Step::SignIn, opened).await?;
        talk.offered(false, &features).await;
        let local = self.settings.id.jid().local();
        let (user, password) = match self.intent.clone() {
            Intent::SignIn(password) => {
                let user = self.user.clone().or_else(|| local.map(str::to_owned));
                let none = || DownReason::Password("the address has no part before the @".into());
                (user.ok_or_else(none)?, password)
            }
            Intent::WithoutPassword => {
                let user = if self.settings.is_guest { "a guest" } else { local.unwrap_or_default() };
                (user.to_owned(), Secret::new(""))
            }
            // Never tried: the session waits for the password first.
            Intent::AwaitPassword => return Err(DownReason::Asked),
            Intent::Register => {
                let made = register(&mut talk, local, self.forms).await;
                deadline = Instant::now() + LOGIN;
                failed(tell, Step::SignIn, made).await?
            }
        };
        let terms = Terms {
            is_plain_allowed: self.settings.allow_plain || is_in_process,
            has_password: self.intent != Intent::WithoutPassword,
            is_guest: self.settings.is_guest,
            address: self.settings.id.jid().as_str(),
            tls: &tls,
            strength: &self.settings.strength,
        };
        let signed = within(deadline, Step::SignIn, talk.authenticate(&features, &user, &password, terms)).await;
        let features = failed(tell, Step::SignIn, signed).await?;
        talk.offered(true, &features).await;
        let bound = within(deadline, Step::Bind, self.bind(talk, &features, tls.version.clone())).await;
        failed(tell, Step::Bind, bound).await
    }

    async fn bind(
        &mut self,
        mut talk: Talk<'_>,
        features: &minidom::Element,
        tls: String,
    ) -> Result<Bound, DownReason> {
        talk.step(Step::Bind, StepState::Running(self.settings.resource.as_str().into())).await;
        let mut acked = Vec::new();
        let mut early = Vec::new();
        let old = self.me.clone();
        let was_restored = self.management.is_restored();
        let is_resumed = old.is_some() && talk.resume(features, self.management, &mut acked).await?;
        let me = match old.filter(|_| is_resumed) {
            Some(me) => me,
            None => talk.bind(features, &self.settings.resource, self.management, &mut early).await?,
        };
        let is_restored = is_resumed && was_restored;
        let words = match (is_resumed, is_restored) {
            (true, true) => format!("{me}, going on where parlour was before its start"),
            (true, false) => format!("{me}, going on where we were"),
            (false, _) => me.to_string(),
        };
        talk.step(Step::Bind, StepState::Done(words.into())).await;
        let features = namespaces(features);
        Ok(Bound { wire: talk.wire, me, is_resumed, is_restored, features, acked, early, tls })
    }
}

async fn secure<'a>(
    link: Link,
    domain: &str,
    tell: &'a mpsc::Sender<Progress>,
    watched: watch::Receiver<bool>,
) -> Result<(Talk<'a>, TlsFacts), DownReason> {
    let mut talk = Talk::new(Wire::new(link.io, watched.clone()), domain, tell);
    match link.security {
        Security::Tls(tls) => {
            talk.secured(tls.info(true)).await;
            Ok((talk, *tls))
        }
        Security::InProcess => {
            talk.step(Step::Secure, StepState::Done("inside this program".into())).await;
            Ok((talk, TlsFacts { version: "in process".to_owned(), ..TlsFacts::default() }))
        }
        Security::StartTls(upgrade) => {
            talk.step(Step::Secure, StepState::Running("STARTTLS".into())).await;
            talk.start_tls(upgrade, watched).await
        }
    }
}

async fn within<T>(
    deadline: Instant,
    step: Step,
    work: impl Future<Output = Result<T, DownReason>>,
) -> Result<T, DownReason> {
    timeout_at(deadline, work).await.unwrap_or(Err(DownReason::StepTimeout(step)))
}

/// Tells a step's failure.
async fn failed<T>(tell: &mpsc::Sender<Progress>, step: Step, result: Result<T, DownReason>) -> Result<T, DownReason> {
    if let Err(reason) = &result {
        let _gone = tell.send(Progress::Step(step, StepState::Failed(reason.words()))).await;
    }
    result
}
